"""One member's year, pressed through in a browser by everybody who takes part.

On SQLite in Japanese with JavaScript, on PostgreSQL in English without it. The tests are the
stages of one story and go on from each other.
"""

import re

import pypdf

from tests.e2e import steps
from tests.e2e.story import (
    AOBA,
    CORE,
    ENGLISH,
    HIKARI,
    MIDORI,
    YEAR,
    guest_list,
    in_days,
    working_day,
)
from tests.e2e.visitor import words


def test_the_secretariat_opens_the_round_and_invites(story):
    made = story.command(
        "create-admin", "--email", "mori@office.example.com", "--name", "森 由美子"
    )
    mori = story.person("mori")
    mori.join(re.search(r"/invitations/\S+", made)[0], "森 由美子", second_factor=True)
    mori.says("There is no round yet")

    mori.follow("Create a round")
    mori.press(
        "Create the round",
        fields={
            "year": YEAR,
            "opens_day": in_days(-1),
            "opens_time": "9:00",
            "closes_day": working_day(30),
            "closes_time": "17時",
            "form_length": "core",
            "participants": "none",
        },
    )
    mori.says("Short form")

    mori.follow("Members")
    mori.follow("Invite an organisation")
    mori.press(
        "Send the invitation",
        fields={
            "organisation": AOBA,
            "organisation_en": "Aoba Precision Industries",
            "kind": "employer",
            "name": "青木 花子",
            "email": "aoki@aoba.example.com",
            "locale": story.locale,
        },
    )
    mori.follow("Invite from a CSV file")
    mori.press("Invite everybody in the file", fields={"file": guest_list()})
    mori.says("%(count)d invitations were sent.", count=2)
    mori.shows(AOBA, MIDORI, HIKARI)

    mori.follow("Rounds")
    mori.open(str(YEAR))
    mori.follow("Add participants")
    for box in mori.page.locator("main [name=organisations]").all():
        mori.fill(organisations=box.get_attribute("value"))
    mori.press("Add the ticked members")
    mori.shows(*map(story.named, (AOBA, MIDORI, HIKARI)))

    sent = story.site.send_mails()
    assert {str(m["To"]) for m in sent} == {
        "mori@office.example.com",
        "aoki@aoba.example.com",
        "midori@midori.example.com",
        "hikari@hikari.example.com",
    }


def test_the_member_joins_and_invites_an_approver(story):
    aoki = story.person("aoki")
    aoki.join(story.site.link("aoki@aoba.example.com"), "青木 花子")
    aoki.follow("Organisation")
    aoki.press(
        "Save the profile",
        fields={
            "size": "30-299",
            "prefecture": "23",
            "sector": "E",
            "corporate_number": "５８３５６７８２５６２４６",
            "website": "https://aoba.example.com/",
            "contact_name": "青木 花子",
            "contact_email": "aoki@aoba.example.com",
        },
    )
    aoki.shows_not(
        aoki.word("Please fill in the profile first. It decides which questions you are asked.")
    )

    aoki.follow("People")
    aoki.follow("Invite a person")
    aoki.press(
        "Send the invitation",
        fields={
            "email": "ishida@aoba.example.com",
            "name": "石田 健",
            "locale": story.locale,
            "roles": "approver",
        },
    )
    ishida = story.person("ishida")
    ishida.join(story.site.link("ishida@aoba.example.com"), "石田 健")
    aoki.follow("People")
    aoki.shows("石田 健", "ishida@aoba.example.com")


def test_the_member_answers_and_submits(story):
    aoki, ishida = story.person("aoki"), story.person("ishida")
    aoki.follow("This year")
    aoki.press("Start the self-assessment")
    aoki.says("%(answered)d of %(total)d questions answered", answered=0, total=len(CORE))
    aoki.follow("Go to the next open question (%(id)s)", id=CORE[0].id)
    for number, indicator in enumerate(CORE):
        aoki.shows(indicator.question.pick(story.locale))
        steps.answer(aoki, indicator.id)
        last = number == len(CORE) - 1
        aoki.press("Save and check all answers" if last else "Save and go to the next question")
    aoki.says("Nothing is missing: all questions are answered.")
    aoki.shows("契約書の見本.pdf", "夜勤はありません。")

    aoki.follow("Scores and how they are worked out")
    row = aoki.page.locator("tr", has_text=steps.UNPROVEN)
    cells = [c.inner_text() for c in row.locator("td").all()]
    assert cells[1:3] == ["4", "1"], cells  # claimed, and what counts without evidence
    claimed, evidenced = steps.overall(aoki)
    assert 0 < evidenced < claimed <= 100

    aoki.go(f"/m/{YEAR}/check")
    aoki.press("Ask for approval")
    asked = [m.recipient for m in story.site.mails(kind="approval-asked")]
    assert "ishida@aoba.example.com" in asked

    ishida.go(f"/m/{YEAR}/check")
    ishida.press("Approve the answers")
    ishida.press("Submit the self-assessment")
    number = ishida.page.locator(".govuk-panel__body strong").inner_text()
    assert re.fullmatch(rf"{YEAR}-\d{{4}}-1", number)
    sha256 = re.search(r"\b[0-9a-f]{64}\b", ishida.text)[0]
    receipt = pypdf.PdfReader(ishida.download("Download the receipt (PDF)"))
    printed = "".join(page.extract_text() for page in receipt.pages)
    assert number in printed
    assert sha256 in re.sub(r"\s", "", printed)

    aoki.go(f"/m/{YEAR}/{CORE[0].id}")
    assert aoki.page.locator("main form").count() == 0  # frozen


def test_the_secretariat_checks_the_evidence(story):
    mori, aoki, ishida = story.person("mori"), story.person("aoki"), story.person("ishida")
    mori.follow("Reviews")
    mori.open(story.named(AOBA))
    mori.open(CORE[0].id)
    mori.shows_not("社内だけの覚え書き")
    frames = mori.page.locator("iframe.app-evidence")
    assert frames.count() == 2
    assert mori.page.locator("main :is(img, object, embed)").count() == 0
    photo = mori.page.frame_locator("iframe.app-evidence >> nth=1")
    photo.locator("img").wait_for()
    steps.rule(mori, choice="accept")
    for indicator_id, ruling in (
        (steps.WEAK, {"choice": "gap", "level": "2", "reason": "計画だけで、実績がありません。"}),
        (steps.NOT_OURS, {"choice": "na_rejected", "reason": "夜勤でなくても当てはまります。"}),
        (steps.ASKED, {"choice": "again", "reason": "議事録を添付してください。"}),
    ):
        mori.open(indicator_id)
        steps.rule(mori, **ruling)
    mori.follow("Send back %(count)s answers", count=1)
    mori.press("Go on to the mail")
    mori.press("Send the answers back")
    [told] = story.site.mails("ishida@aoba.example.com", kind="review-returned")
    assert "議事録を添付してください。" in told.body

    aoki.go("/m")
    aoki.follow("See what should be changed")
    aoki.shows("議事録を添付してください。")
    aoki.go(f"/m/{YEAR}/{CORE[0].id}")
    assert aoki.page.locator("main form").count() == 0  # not sent back, so still frozen
    aoki.go(f"/m/{YEAR}")
    aoki.open(steps.ASKED)
    aoki.fill(level=4, text="議事録を添付しました。", files=[steps.PAPER])
    aoki.press("Save and go back to the list")
    ishida.go(f"/m/{YEAR}/check")
    ishida.press("Submit the self-assessment")
    ishida.shows(f"{YEAR}-0001-2")

    mori.follow("Reviews")
    mori.open(story.named(AOBA))
    mori.open(steps.ASKED)
    mori.says("Changed since the return")
    steps.rule(mori, choice="accept")
    mori.follow("Accept all remaining evidence")
    mori.press("Accept this evidence")
    mori.follow("Finish the check")
    mori.press("Finish the check")
    kinds = {m.kind for m in story.site.mails("ishida@aoba.example.com")}
    assert {"submitted", "review-returned", "review-accepted"} <= kinds
    mori.follow("Overview")
    mori.follow("Record of events")
    mori.press("Check the record now")
    assert mori.page.locator(".app-banner--success").count() == 1
    assert story.site.broken_audit_row() is None


def test_the_member_publishes_and_withdraws(story):
    aoki, ishida, site = story.person("aoki"), story.person("ishida"), story.site
    ishida.go("/m")
    ishida.follow("Prepare the publication")
    ishida.press(
        "Save and look at the page",
        fields={
            "headline_ja": "声を聞く職場へ",
            "statement_ja": "できていないことも公開します。",
            "statement_en": "We publish what is missing, too.",
            "numbers": "numbers",
            "principles": ["1"],
            "texts_1": [CORE[0].id],
        },
    )
    ishida.follow("Preview in Japanese")
    ishida.shows(AOBA, "できていないことも公開します。", f"{CORE[0].id}の取組を続けています。")
    ishida.shows_not("社内だけの覚え書き", f"{CORE[1].id}の取組を続けています。")
    ishida.go(f"/m/{YEAR}/publish/check")
    stranger = story.person("stranger")
    ishida.press("Publish the page")
    addresses = steps.addresses(ishida)
    story.kept["code"] = addresses["verify"]

    for language, sentence in (
        ("ja", "できていないことも公開します。"),
        ("en", "We publish what is missing, too."),
    ):
        stranger.go(addresses["page"].replace("/ja/", f"/{language}/"))
        stranger.shows(sentence, AOBA, ENGLISH[AOBA])
        assert stranger.page.locator("html").get_attribute("lang") == language
        stranger.shows_not("社内だけの覚え書き")
    badge = stranger.context.request.get(addresses["badge"])
    assert badge.headers["content-type"].startswith("image/svg+xml")
    for said in (str(YEAR), "自己評価・事務局確認範囲"):
        assert said in badge.text()
    stranger.go(addresses["verify"])
    stranger.shows(AOBA, str(YEAR))
    assert stranger.context.cookies() == []
    assert stranger.elsewhere == []

    with site.later(days=400):
        lapsed = stranger.context.request.get(addresses["badge"])
        assert lapsed.text() != badge.text()
        passer_by = story.person("passer-by")  # whose browser remembers nothing
        passer_by.go(addresses["verify"])
        assert passer_by.heading != stranger.heading
    steps.posters(story, aoki, stranger)

    ishida.go(f"/m/{YEAR}/share")
    ishida.follow("Withdraw the page of %(year)s", year=YEAR)
    ishida.press("Withdraw the page", fields={"reason": "数字を直します。"})
    for address in (
        addresses["page"],
        addresses["badge"],
        addresses["data"],
        addresses["page"].replace("/ja/", "/en/"),
    ):
        assert stranger.context.request.get(address).status == 404, address
    ishida.go(f"/m/{YEAR}/publish/check")
    ishida.press("Publish the page")
    stranger.go(addresses["page"])


def test_awards_are_judged_decided_and_released(story):
    mori, ishida, site = story.person("mori"), story.person("ishida"), story.site
    steps.midori_takes_part(story)
    steps.invite_staff(story)
    mori.follow("Awards")
    mori.follow("Open an award year")
    mori.press(
        "Open the award year",
        fields={
            "year": YEAR,
            "entries_open": in_days(-1),
            "entries_close": in_days(5),
            "judging_open": in_days(-1),
            "judging_close": in_days(20),
            "initiatives": ["b", "c"],
            "groups": ["2", "5"],
        },
    )
    links = mori.page.locator("main table").first.locator("a[href]")
    remedy, _npo_remedy, living, npo_living = [words(e.inner_text()) for e in links.all()]

    ishida.follow("Awards")
    ishida.open(remedy)
    ishida.says("The secretariat has checked and accepted this year's self-assessment.")
    steps.enter(ishida, "六つの言語の相談窓口", "Enter this category")

    mori.open(living)
    mori.shows(story.named(AOBA))
    mori.press("Take up this suggestion", story.named(AOBA))
    mori.says("Suggested by the figures")
    mori.follow("Awards")
    mori.open(str(YEAR))
    mori.open(npo_living)
    mori.shows_not(story.named(AOBA))
    mori.press("Nominate this member", story.named(MIDORI))
    mori.says("Nominated by the secretariat")
    midori = story.person("midori")
    for person, category, title in (
        (ishida, living, "町の日本語ひろば"),
        (midori, npo_living, "ともに育てる畑"),
    ):
        assert site.mails(kind="award-nominated")
        person.follow("Awards")
        person.open(category)
        steps.enter(person, title, "Enter this category")
    story.kept["categories"] = (remedy, living, npo_living)

    mori.follow("Awards")
    mori.open(str(YEAR))
    mori.press("Give out the missing reviews")
    steps.reviewers_score(story)
    steps.decide(story)

    okamoto = story.person("okamoto")
    for person, refused in ((mori, True), (okamoto, False)):
        person.follow("Awards")
        person.open(str(YEAR))
        person.follow("Go to the release")
        person.press("Release the results")
        if refused:
            person.says(
                "You decided one of these awards. Another person of the secretariat releases them."
            )
    stranger = story.person("stranger")
    stranger.go(f"/{story.locale}/awards")
    stranger.shows("六つの言語の相談窓口", "ともに育てる畑", "働く人の声が根拠です。")
    assert {m.recipient for m in site.mails(kind="award-result")} >= {
        "ishida@aoba.example.com",
        "midori@midori.example.com",
    }


def test_the_next_round_starts_from_this_years_answers(story):
    mori, aoki = story.person("mori"), story.person("aoki")
    mori.go("/s")
    mori.follow("Rounds")
    mori.open(str(YEAR))
    mori.follow("Change the dates")
    mori.press(
        "Save the dates",
        fields={"opens_day": in_days(-9), "closes_day": working_day(-7), "closes_time": "17:00"},
    )
    mori.follow("Rounds")
    mori.follow("Create a round")
    assert mori.page.locator("[name=year]").input_value() == str(YEAR + 1)
    mori.press(
        "Create the round",
        fields={
            "opens_day": in_days(-1),
            "closes_day": working_day(30),
            "form_length": "core",
            "participants": "last",
        },
    )
    mori.shows(*map(story.named, (AOBA, MIDORI, HIKARI)))

    aoki.go("/m")
    aoki.press("Start the self-assessment")
    first = CORE[0]
    aoki.follow("Confirm the next copied answer (%(id)s)", id=first.id)
    aoki.says("Last year's answer (%(year)s)", year=YEAR)
    aoki.shows(first.levels[4].pick(story.locale), f"{first.id}の取組を続けています。")
    # copied, and no answer before somebody confirms it
    assert aoki.page.locator("main [name=level]:checked").input_value() == "4"
    copied = aoki.page.locator("main textarea[name=text]").input_value()
    assert copied == f"{first.id}の取組を続けています。"
    aoki.go(f"/m/{YEAR + 1}/{steps.NOT_OURS}")
    aoki.shows("夜勤はありません。")
