"""A check from the queue to its end, pressed through with and without JavaScript."""

import io

import pytest
from PIL import Image

from tests.e2e.pages.world import World
from tests.evidence import bombs

ONLY = "Only the evidence can be changed. The level and what you wrote stay as you submitted them."
MINUTES = {"name": "議事録.pdf", "mimeType": "application/pdf", "buffer": bombs.book(5)}
REASON = "議事録の該当ページを示してください。"


@pytest.fixture(scope="module", params=[True, False], ids=["js", "no-js"])
def told(request, chromium, tmp_path_factory):
    """The demo year, and both sides of a check in it."""
    world = World(tmp_path_factory.mktemp("desk"))
    locale = "ja" if request.param else "en"
    world.speak(locale)
    names = ("jimukyoku", "midori")
    people = [world.visitor(chromium, who, locale, js=request.param) for who in names]
    yield world, *people
    for person in people:
        person.close()
    world.close()


def accept(person):
    """Choose and save: by keys alone where there is JavaScript, else with the form."""
    if not person.js:
        person.press("Save and go to the next", fields={"choice": "accept"})
        return
    radios = person.page.locator("[data-choices] input[type=radio]")
    radios.nth(1).focus()
    person.page.keyboard.press("Digit1")
    assert radios.nth(0).is_checked()
    person.page.locator("textarea").focus()
    person.page.keyboard.press("Digit2")  # typed, not chosen
    assert radios.nth(0).is_checked()
    with person.page.expect_navigation():
        person.page.keyboard.press("Control+Enter")


def attach_minutes(member):
    """Add a document and say which of its pages show the answer."""
    said = {"files": [MINUTES], "visibility": "reviewers"}
    member.press("Save and add the evidence", fields=said)
    member.press("Save and choose from the library")
    box = member.page.locator(".govuk-checkboxes__item", has_text="議事録")
    id_ = box.locator("input").get_attribute("value")
    member.page.locator(f"[name=pages-{id_}]").fill("2-3")
    member.press("Use these for the answer")


def change_what_was_asked(member, year):
    """Write one answer anew, with a document; of the other one only the evidence opens."""
    member.go(f"/m/{year}/P1-01")
    member.shows(REASON)
    attach_minutes(member)
    member.press("Save and go back to the list", fields={"text": "議事録は3ページです。"})
    member.go(f"/m/{year}/P1-05")
    member.shows(REASON)
    member.says(ONLY)
    assert member.page.locator("main :is(textarea, [name=level])").count() == 0
    link = {"url": "https://example.org/minutes", "title": "議事録のページ"}
    member.press("Add and go back to the list", fields=link)


def look_through(person):
    """Turn the pages of the document by keys; what is typed beside it stays."""
    person.fill(reason="書きかけの理由")
    card = person.page.locator("section.app-card", has_text="議事録")
    card.scroll_into_view_if_needed()
    frame = card.frame_locator("iframe")
    for rel, page in (("", 2), ("next", 3), ("prev", 2), ("prev", 1)):
        if rel:
            frame.locator(f"a[rel={rel}]").focus()
            person.page.keyboard.press("Enter")
        said = person.word("Page %(page)s of %(pages)s", page=page, pages=5)
        frame.get_by_text(said, exact=True).wait_for()
        picture = frame.locator("img")
        source = picture.get_attribute("src")
        assert source.endswith(f"/page/{page}.png")
        picture.wait_for()
        drawn = person.page.request.get(source).body()  # no script can ask inside such a frame
        assert Image.open(io.BytesIO(drawn)).width == 300 * page
    assert person.page.locator("textarea").first.input_value() == "書きかけの理由"
    with person.page.context.expect_page() as opened:
        card.locator("a[target=_blank]").click()
    assert opened.value.locator("main img").get_attribute("src").endswith("/page/2.png")
    opened.value.close()


def test_from_the_queue_to_the_edited_mail(told):
    world, mori, midorikawa = told
    mori.go("/s/reviews")
    mori.says("Submitted again after a return")
    mori.open("みどり農園" if mori.locale == "ja" else "Midori Farm")
    mori.press("Take it over")
    here = f"/s/reviews/{world.assessment('midori')}"
    mori.go(f"{here}/P1-01")
    assert "第4章" in mori.page.locator("#since-return ~ .app-diff ins").first.inner_text()
    for indicator_id, choice in (("P1-01", "again"), ("P1-05", "evidence")):
        mori.go(f"{here}/{indicator_id}")
        mori.press("Save and go back", fields={"choice": choice, "reason": REASON})
    mori.follow("Send back %(count)s answers", count=2)
    mori.press("Go on to the mail")
    text = mori.page.locator("textarea").first.input_value()
    assert text.count(REASON) == 2
    assert len(world.site.mails("midori@midori.example.com", kind="review-returned")) == 1
    mori.fill(**{f"{mori.locale}-body": f"{text}\n\n追伸"})
    mori.press("Send the answers back")
    *_earlier, mail = world.site.mails("midori@midori.example.com", kind="review-returned")
    assert mail.body.rstrip().endswith("追伸")

    change_what_was_asked(midorikawa, world.year)
    midorikawa.go(f"/m/{world.year}/P1-03")
    assert midorikawa.page.locator("main textarea").count() == 0  # the rest stays frozen
    midorikawa.go(f"/m/{world.year}/check")
    midorikawa.press("Submit the self-assessment")

    mori.go(f"{here}?show=changed#answers")
    assert mori.page.locator("main tbody tr th a").count() == 2
    mori.go(f"{here}/P1-01")
    shown = mori.page.locator("#since-return ~ .app-diff ins").first.inner_text()
    assert "議事録は3ページです" in shown
    look_through(mori)
    mori.go(f"{here}/P1-01")
    accept(mori)
    mori.go(f"{here}/P1-05")
    mori.says("Added: %(title)s", title="議事録のページ")
    accept(mori)
    mori.go(here)
    mori.follow("Accept all remaining evidence")
    mori.press("Accept this evidence")
    mori.follow("Finish the check")
    mori.fill(**{f"{mori.locale}-subject": "確認が終わりました"})
    mori.press("Finish the check")
    *_last_year, mail = world.site.mails("midori@midori.example.com", kind="review-accepted")
    assert mail.subject == "【JP-MIRAI】確認が終わりました"

    midorikawa.go(f"/m/{world.year}/offers")
    midorikawa.page.locator("button[name=take]").first.click()
    midorikawa.page.wait_for_load_state()
    assert midorikawa.page.locator("button[name=take]").count() == 0
    assert mori.faults + midorikawa.faults == []
