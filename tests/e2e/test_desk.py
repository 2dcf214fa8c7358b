"""A check from the queue to its end, pressed through with and without JavaScript."""

import pytest

from tests.e2e.pages.world import World
from tests.evidence import bombs

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


def look_through(person):
    """Turn the pages of the document by keys; what is typed beside it stays."""
    person.fill(reason="書きかけの理由")
    card = person.page.locator("section.app-card", has_text="議事録")
    card.scroll_into_view_if_needed()
    frame = card.frame_locator("iframe")
    for keys, page in (((), 2), (("next",), 3), (("prev", "prev"), 1)):
        for rel in keys:
            frame.locator(f"a[rel={rel}]").focus()
            person.page.keyboard.press("Enter")
            frame.locator("main").wait_for()
        said = person.word("Page %(page)s of %(pages)s", page=page, pages=5)
        frame.get_by_text(said, exact=True).wait_for()
        picture = frame.locator("img")
        assert picture.get_attribute("src").endswith(f"/page/{page}.png")
        drawn = picture.evaluate("e => e.decode().then(() => e.naturalWidth)")
        assert drawn == 300 * page
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
    for indicator_id in ("P1-01", "P1-05"):
        mori.go(f"{here}/{indicator_id}")
        mori.press("Save and go back", fields={"choice": "again", "reason": REASON})
    mori.follow("Send back %(count)s answers", count=2)
    mori.press("Go on to the mail")
    text = mori.page.locator("textarea").first.input_value()
    assert text.count(REASON) == 2
    assert len(world.site.mails("midori@midori.example.com", kind="review-returned")) == 1
    mori.fill(**{f"{mori.locale}-body": f"{text}\n\n追伸"})
    mori.press("Send the answers back")
    *_earlier, mail = world.site.mails("midori@midori.example.com", kind="review-returned")
    assert mail.body.rstrip().endswith("追伸")

    for indicator_id in ("P1-01", "P1-05"):
        midorikawa.go(f"/m/{world.year}/{indicator_id}")
        midorikawa.shows(REASON)
        if indicator_id == "P1-01":
            attach_minutes(midorikawa)
        midorikawa.press(
            "Save and go back to the list",
            fields={"text": f"議事録は3ページです（{indicator_id}）。"},
        )
    midorikawa.go(f"/m/{world.year}/P1-03")
    assert midorikawa.page.locator("main textarea").count() == 0  # the rest stays frozen
    midorikawa.go(f"/m/{world.year}/check")
    midorikawa.press("Submit the self-assessment")

    mori.go(f"{here}?show=changed#answers")
    assert mori.page.locator("main tbody tr th a").count() == 2
    for indicator_id in ("P1-01", "P1-05"):
        mori.go(f"{here}/{indicator_id}")
        shown = mori.page.locator("#since-return ~ .app-diff ins").first.inner_text()
        assert "議事録は3ページです" in shown
        if indicator_id == "P1-01":
            look_through(mori)
            mori.go(f"{here}/{indicator_id}")
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
