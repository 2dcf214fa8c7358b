"""The evidence library at a browser: chosen, dropped, pasted, refused; with and without script."""

import base64
import datetime as dt
import re

import pytest
from sqlmodel import col, select

from jpmirai_compliance.evidence.models import Evidence
from jpmirai_compliance.evidence.rules import FILE_MAX
from jpmirai_compliance.foundation import web
from jpmirai_compliance.foundation.catalogue import TOKYO
from tests import factories
from tests.e2e.site import Site
from tests.e2e.test_bad_input import QUESTION, TYPED, Member
from tests.evidence import bombs
from tests.evidence.files import picture

PAPER = {"name": "方針.pdf", "mimeType": "application/pdf", "buffer": bombs.paper()}
PHOTO = {"name": "掲示.png", "mimeType": "image/png", "buffer": picture()}
WRONG = {"name": "悪い.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}
PERSONAL = {"name": "在留カード.png", "mimeType": "image/png", "buffer": picture(size=(50, 50))}
UPLOADS = "[data-upload-list] li"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    found = Site(tmp_path_factory.mktemp("library")).start()
    with found.look() as uow:
        factories.make_round(uow)
    yield found
    found.stop()


@pytest.fixture
def member(site):
    return Member(site)


def titles(site, member):
    with site.look() as uow:
        query = select(Evidence.title).where(col(Evidence.org_id) == member.org.id)
        return sorted(uow.session.exec(query))


@pytest.mark.parametrize("js", [True, False])
def test_a_piece_is_added_once_and_used_for_two_answers(site, member, visit, js):
    hanako = visit(site, js=js).sign_in(member.emails[0])
    hanako.go("/m/library")
    hanako.says("There is no evidence yet")
    hanako.follow("Our own web page")
    hanako.press("Add to the library", fields={"url": "https://aoba.example.com/kodo"})
    hanako.follow("Add evidence")
    hanako.press("Add to the library", fields={"valid_until": "2027-03-31", "files": [PAPER]})
    hanako.go("/m/library")
    hanako.open("方針.pdf")
    assert hanako.page.locator("img.app-evidence").evaluate("e => e.naturalWidth") > 100
    hanako.press("Save", fields={"title": "人権方針"})
    for question in (QUESTION, "/m/2026/P1-02"):
        hanako.go(question)
        hanako.press("Save and choose from the library", fields={"level": 3, "text": TYPED})
        hanako.page.get_by_label("人権方針", exact=True).check()
        pages = hanako.page.locator("[name^=pages-]:visible").first
        pages.fill("３〜５")
        hanako.press("Use these for the answer")
        hanako.shows("人権方針", "3-5")
        assert hanako.page.locator("[name=text]").input_value() == TYPED
    hanako.go("/m/library?q=人権")
    hanako.open("人権方針")
    hanako.follow("Go on to removing it")
    hanako.press("Remove from the answers and the library")
    hanako.shows_not("方針.pdf")
    hanako.go(QUESTION)
    hanako.shows_not("3-5")
    assert member.answers() == {"P1-01": TYPED, "P1-02": TYPED}


def test_files_go_by_themselves_and_a_refused_one_costs_nothing(site, member, visit):
    hanako = visit(site).sign_in(member.emails[0])
    hanako.go(QUESTION)
    hanako.fill(level=3, text=TYPED)
    hanako.faults.clear()
    hanako.page.locator("[name=files]").set_input_files([PAPER, WRONG, PHOTO, PERSONAL])
    lines = hanako.page.locator(UPLOADS)
    hanako.page.wait_for_selector(f"{UPLOADS}:nth-child(4)[data-state=good]")
    assert [line.get_attribute("data-state") for line in lines.all()] == [
        "good",
        "bad",
        "good",
        "good",
    ]
    assert "悪い.exe" in lines.nth(1).inner_text()
    assert hanako.page.locator(".app-uploads__hint").count() == 1
    shown = hanako.page.locator("[data-evidence-list]").inner_text()
    assert all(name in shown for name in ("方針.pdf", "掲示.png", "在留カード.png"))
    assert hanako.page.locator("[name=text]").input_value() == TYPED, "the answer stands still"
    hanako.faults.clear()  # the refusal is a 422, which the page put into words
    hanako.press("Save and go back to the list")
    assert member.answers() == {"P1-01": TYPED}
    assert titles(site, member) == ["在留カード.png", "掲示.png", "方針.pdf"]


def _event(page, kind, target, file):
    """Let a file be dropped on, or pasted into, an element."""
    content = base64.b64encode(file["buffer"]).decode()
    page.evaluate(
        """([kind, target, name, type, content]) => {
          const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], name, { type }));
          const element = document.querySelector(target);
          const event = kind === "paste"
            ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
            : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
          element.dispatchEvent(event);
        }""",
        [kind, target, file["name"], file["mimeType"], content],
    )


def test_files_can_be_dropped_and_pasted(site, member, visit):
    hanako = visit(site).sign_in(member.emails[0])
    hanako.go(QUESTION)
    _event(hanako.page, "drop", ".govuk-file-upload-button", PAPER)
    hanako.page.wait_for_selector(f"{UPLOADS}:nth-child(1)[data-state=good]")
    pasted = dict(PHOTO, name="image.png")
    _event(hanako.page, "paste", "[name=text]", pasted)
    hanako.page.wait_for_selector(f"{UPLOADS}:nth-child(2)[data-state=good]")
    [shot, paper] = sorted(titles(site, member), reverse=True)
    assert paper == "方針.pdf"
    assert re.fullmatch(r"貼り付けた画像 \d{8}-\d{6}\.png", shot)
    taken = dt.datetime.strptime(shot[-19:-4], "%Y%m%d-%H%M%S").replace(tzinfo=TOKYO)
    assert abs(web.now() - taken) < dt.timedelta(hours=1)  # the reader's clock, not the server's


def test_a_form_waits_for_its_files(site, member, visit):
    hanako = visit(site).sign_in(member.emails[0])
    hanako.go(QUESTION)
    hanako.fill(level=2, text=TYPED, files=[PAPER, PHOTO])
    hanako.press("Save and add the evidence")
    hanako.shows("方針.pdf", "掲示.png")
    assert member.answers() == {"P1-01": TYPED}


def test_what_is_too_large_is_said_before_it_is_sent(site, member, visit, tmp_path):
    hanako = visit(site).sign_in(member.emails[0])
    hanako.go(QUESTION)
    large = tmp_path / "大きい.pdf"
    large.write_bytes(PAPER["buffer"].ljust(FILE_MAX + 1, b" "))
    hanako.page.locator("[name=files]").set_input_files([large])
    hanako.page.wait_for_selector(f"{UPLOADS}[data-state=bad]")
    hanako.says("This file is too large.")
    assert titles(site, member) == []


def test_signed_out_meanwhile_says_so_and_keeps_the_text(site, member, visit):
    hanako = visit(site).sign_in(member.emails[0])
    hanako.go(QUESTION)
    hanako.fill(text=TYPED)
    hanako.context.clear_cookies()
    hanako.page.locator("[name=files]").set_input_files([PAPER])
    hanako.page.wait_for_selector(f"{UPLOADS}[data-state=bad]")
    assert hanako.page.locator("[name=text]").input_value() == TYPED
    assert titles(site, member) == []
