"""Answering in a real browser: saved while typing, two editors, lost network, ended sessions."""

import datetime as dt
import re
import time

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from jpmirai_compliance.accounts.models import LoginSession
from jpmirai_compliance.accounts.service import Vault
from jpmirai_compliance.assessments.models import AnswerRow
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.e2e.site import Site
from tests.e2e.visitor import PASSWORD

SAVED = re.compile(r"^Saved at \d\d:\d\d")
LATER = 8_000


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("answering")).start()
    yield site
    site.stop()


class Place:
    """An organisation of its own for each test, with two people and an open question."""

    def __init__(self, site, visit):
        self.site, self.visit, self.path = site, visit, "/m/2026/P1-01"
        secret = Vault.of(site.settings).hash_password(PASSWORD)
        with site.look() as uow:
            self.org = factories.make_organisation(uow, "青空食品")
            self.people = [
                factories.make_user(
                    uow, self.org, (Role.EDITOR,), name=name, password_hash=secret, locale="en"
                )
                for name in ("青木", "佐藤")
            ]
            found = uow.session.exec(select(factories.Round)).first()
            if found is None:
                self.round = factories.make_round(uow)
            else:
                uow.session.expunge(found)
                uow.session.rollback()
                self.round = found
            factories.make_assessment(uow, self.org, self.round)

    def open(self, number=0, *, js=True):
        person = self.visit(self.site, locale="en", js=js)
        person.sign_in(self.people[number].email)
        return person.go(self.path)

    def stored(self):
        with self.site.look() as uow:
            query = select(AnswerRow).where(AnswerRow.org_id == self.org.id)
            return uow.session.exec(query).one_or_none()

    def texts(self):
        row = self.stored()
        return (row.text, row.note) if row else None

    def comes_to(self, text, note=""):
        """What is stored becomes this, shortly."""
        until = time.monotonic() + LATER / 1000
        while self.texts() != (text, note) and time.monotonic() < until:
            time.sleep(0.05)
        assert self.texts() == (text, note)

    def expire(self, *, by=dt.timedelta(hours=3)):
        """Let every session of this organisation have been idle for too long."""
        with self.site.work() as uow:
            query = select(LoginSession).where(LoginSession.org_id == self.org.id)
            for row in uow.session.exec(query):
                row.seen_at -= by
                row.created_at -= by


@pytest.fixture
def place(site, visit):
    return Place(site, visit)


def line(person):
    return person.page.locator("[data-line]")


def saved(person):
    expect(line(person)).to_have_text(SAVED, timeout=LATER)


def write(person, text, name="text"):
    field = person.page.locator(f"#{name}")
    field.click()
    field.press("End")
    field.press_sequentially(text)


@pytest.mark.parametrize("js", [True, False])
def test_the_line_about_saving_covers_nothing_while_it_has_nothing_to_say(place, js):
    person = place.open(js=js)
    line = person.page.locator(".app-saving")
    assert line.evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)"
    if js:
        person.fill(text="毎朝、母語で確かめます。")
        expect(line.locator("[data-line]")).to_have_text(SAVED, timeout=LATER)
        assert line.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"


def test_what_is_typed_is_saved_by_itself_and_is_there_after_a_reload(place):
    aoki = place.open()
    aoki.page.locator("input[name=level][value='3']").check()
    saved(aoki)
    assert place.stored().level == 3
    write(aoki, "every year")
    assert aoki.page.evaluate("document.activeElement.id") == "text"
    place.comes_to("every year")
    write(aoki, ", since 2020")
    aoki.page.keyboard.press("Control+Enter")
    aoki.page.wait_for_url("**/P1-02")
    assert place.texts() == ("every year, since 2020", "")
    aoki.go(place.path)
    assert aoki.page.locator("#text").input_value() == "every year, since 2020"
    assert aoki.page.locator("[data-kept]").is_hidden()


def test_an_input_method_is_never_interrupted(place):
    aoki = place.open()
    posts = []
    aoki.page.on("request", lambda r: posts.append(r.url) if r.method == "POST" else None)
    field = aoki.page.locator("#text")
    field.click()
    devtools = aoki.context.new_cdp_session(aoki.page)
    devtools.send(
        "Input.imeSetComposition", {"text": "まい", "selectionStart": 2, "selectionEnd": 2}
    )
    aoki.page.wait_for_timeout(1_900)
    aoki.page.evaluate(
        "document.querySelector('#text').dispatchEvent(new Event('change', {bubbles: true}))"
    )
    aoki.page.wait_for_timeout(300)
    assert posts == []
    assert place.stored() is None
    devtools.send("Input.insertText", {"text": "毎年"})
    saved(aoki)
    assert place.texts() == ("毎年", "")
    assert field.input_value() == "毎年"
    assert aoki.page.evaluate("document.activeElement.id") == "text"


def test_av_2_two_people_in_different_fields_lose_nothing_and_see_each_other(place):
    aoki, sato = place.open(0), place.open(1)
    write(sato, "Sato's note", "note")
    saved(sato)
    write(aoki, "Aoki's text")
    saved(aoki)
    assert place.texts() == ("Aoki's text", "Sato's note")
    assert aoki.page.locator("#note").input_value() == "Sato's note"
    # Sato is in the note: nothing is put in under the hands, and it is not lost either
    write(sato, ", more", "note")
    place.comes_to("Aoki's text", "Sato's note, more")
    expect(sato.page.locator("#text")).to_have_value("Aoki's text")
    # Aoki stays in the text while Sato changes it: not touched, not run over, but asked about
    write(sato, " and Sato's")
    place.comes_to("Aoki's text and Sato's", "Sato's note, more")
    write(aoki, " again")
    expect(line(aoki)).to_have_text(re.compile("a colleague has changed"), timeout=LATER)
    assert aoki.page.locator("#text").input_value() == "Aoki's text again"


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("Keep mine", "mine"),
        ("Keep the other one", "theirs"),
        ("Edit both together", "theirs\n\nmine"),
    ],
)
def test_av_2_a_conflict_is_shown_in_place_and_settled(place, button, expected):
    aoki, sato = place.open(0), place.open(1)
    write(sato, "theirs")
    saved(sato)
    write(aoki, "mine")
    expect(line(aoki)).to_have_text(re.compile("a colleague has changed"), timeout=LATER)
    box = aoki.page.locator("#disputes")
    expect(box).to_contain_text("佐藤 changed this on")
    assert box.locator(".app-versions__text").all_inner_texts() == ["mine", "theirs"]
    assert aoki.page.locator("#text").input_value() == "mine"
    assert place.texts() == ("theirs", "")
    box.get_by_role("button", name=button).click()
    saved(aoki)
    assert place.texts() == (expected, "")
    assert aoki.page.locator("#text").input_value() == expected
    expect(box).to_be_hidden()


def test_a_button_of_a_conflict_that_is_held_down_for_long_still_works(place):
    aoki, sato = place.open(0), place.open(1)
    write(sato, "theirs")
    saved(sato)
    write(aoki, "mine")
    expect(line(aoki)).to_have_text(re.compile("a colleague has changed"), timeout=LATER)
    button = aoki.page.locator("#disputes").get_by_role("button", name="Keep mine")
    button.hover()
    aoki.page.mouse.down()  # leaves the field, which tells of a change
    aoki.page.wait_for_timeout(1_000)  # long enough for an answer to what is told then
    aoki.page.mouse.up()
    saved(aoki)
    assert place.texts() == ("mine", "")


def test_a_lost_network_is_said_and_saving_goes_on_when_it_is_back(place):
    aoki = place.open()
    aoki.context.set_offline(True)
    write(aoki, "typed in a tunnel")
    expect(line(aoki)).to_have_text(re.compile("no connection"), timeout=LATER)
    expect(aoki.page.get_by_role("button", name="Try again now")).to_be_visible()
    assert place.stored() is None
    aoki.page.keyboard.press("Control+Enter")
    aoki.page.wait_for_timeout(500)
    assert aoki.page.url.endswith(place.path)
    assert aoki.page.locator("#text").input_value() == "typed in a tunnel"
    aoki.context.set_offline(False)
    saved(aoki)
    assert place.texts() == ("typed in a tunnel", "")
    aoki.faults.clear()


def test_what_could_not_be_saved_is_offered_after_a_reload_and_gone_after_sign_out(place):
    aoki = place.open()
    aoki.page.route(
        "**/m/2026/P1-01",
        lambda route: route.abort() if route.request.method == "POST" else route.fallback(),
    )
    write(aoki, "kept in this tab")
    expect(line(aoki)).to_have_text(re.compile("no connection"), timeout=LATER)
    aoki.page.unroute_all()
    aoki.page.on("dialog", lambda dialog: dialog.accept())
    aoki.page.reload()
    aoki.page.get_by_role("button", name="Put it into the form").click()
    saved(aoki)
    assert place.texts() == ("kept in this tab", "")
    held = "Object.keys(sessionStorage).filter(k => k.startsWith('jpmirai:')).length"
    assert aoki.page.evaluate(held) == 0
    aoki.page.evaluate("sessionStorage.setItem('jpmirai:typed:x:/m', '{}')")
    aoki.faults.clear()
    aoki.press("Sign out")
    assert aoki.page.evaluate(held) == 0


def test_se_4_an_ended_session_keeps_the_page_and_saving_goes_on_after_signing_in(place):
    aoki = place.open()
    place.expire()
    write(aoki, "typed after the session had ended")
    expect(line(aoki)).to_have_text(re.compile("your sign-in has ended"), timeout=LATER)
    aoki.faults.clear()
    with aoki.context.expect_page() as opened:
        aoki.page.get_by_role("link", name="Sign in again in a new tab").first.click()
    tab = opened.value
    tab.fill("[name=email]", place.people[0].email)
    tab.fill("[name=password]", PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.locator("h1")).to_have_text("You are signed in again")
    saved(aoki)
    assert place.texts() == ("typed after the session had ended", "")
    assert aoki.page.locator("#text").input_value() == "typed after the session had ended"
    aoki.faults.clear()


def test_se_4_somebody_elses_sign_in_never_saves_what_i_typed(place):
    aoki = place.open()
    place.expire()
    write(aoki, "Aoki's text")
    expect(line(aoki)).to_have_text(re.compile("your sign-in has ended"), timeout=LATER)
    tab = aoki.context.new_page()
    tab.goto("/sign-in")
    tab.fill("[name=email]", place.people[1].email)
    tab.fill("[name=password]", PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/m")
    aoki.page.get_by_role("button", name="Try again now").click()
    expect(line(aoki)).to_have_text(re.compile("somebody else has signed in"), timeout=LATER)
    assert place.stored() is None
    aoki.faults.clear()


def test_se_4_without_a_script_the_text_comes_back_after_signing_in(place):
    aoki = place.open(js=False)
    aoki.fill(level=2, text="長い文章\n二行目")
    place.expire()
    aoki.press("Save and go to the next question")
    assert "/sign-in" in aoki.page.url
    aoki.press("Sign in", fields={"email": place.people[0].email, "password": PASSWORD})
    assert aoki.page.url.endswith(place.path)
    aoki.shows("The form below shows what you typed when your sign-in had ended.")
    assert aoki.page.locator("#text").input_value() == "長い文章\n二行目"
    aoki.press("Save and go to the next question")
    assert (place.stored().level, place.texts()) == (2, ("長い文章\n二行目", ""))


@pytest.mark.parametrize(
    ("button", "expected"), [("Keep mine", "mine"), ("Keep the other one", "theirs")]
)
def test_av_2_without_a_script_both_texts_are_on_a_page(place, button, expected):
    aoki, sato = place.open(0, js=False), place.open(1, js=False)
    sato.press("Save and go back to the list", fields={"text": "theirs"})
    aoki.press("Save and go to the next question", fields={"text": "mine", "note": "my note"})
    aoki.shows("佐藤 changed this on", "mine", "theirs")
    aoki.press(button)
    assert place.texts() == (expected, "my note")


def test_se_4_the_end_of_the_session_is_announced_and_can_be_put_off(place):
    aoki = place.open()
    aoki.page.clock.install()
    aoki.page.reload()
    box = aoki.page.locator("[data-session][data-idle]")
    expect(box).to_be_hidden()
    aoki.page.clock.run_for(115 * 60_000)
    expect(box).to_contain_text("You will be signed out in about 5 minutes")
    box.get_by_role("button", name="Stay signed in").click()
    expect(box).to_be_hidden()
    aoki.page.clock.run_for(121 * 60_000)
    expect(box).to_contain_text("You have been signed out.")
    expect(box.get_by_role("link", name="Sign in again in a new tab")).to_be_visible()
