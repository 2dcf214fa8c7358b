"""The secretariat's pages of editions, as pressed."""

import io
import re

import pytest

from jpmirai_compliance.assessments.queries import editions as queries
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles.data import as_yaml
from tests.assessments.member.acts import errors, words
from tests.factories import make_assessment, make_member, make_round, make_staff


@pytest.fixture
def uow(make_uow):
    return make_uow()


@pytest.fixture
def office(uow):
    return make_staff(uow, Role.SECRETARIAT)


@pytest.fixture
def browser(login, office):
    browser = login(office[0], language="en")
    browser.get("/s/editions")
    browser.press("Clone to a draft", source="2026.1")
    return browser


def draft(uow, office, edition_id="2026.2"):
    uow.session.rollback()
    return queries.edition(uow, actor=office[1], edition_id=edition_id)


def test_clone_edit_retire_add_diff_publish_and_offer_to_a_round(browser, uow, office):
    assert words(browser.page.h1) == "Edition 2026.2"
    browser.get("/s/editions/2026.2/indicators/P1-01")
    browser.press("Save in the draft", title_ja="法令の責任者", weight="3")
    browser.press("Retire P1-13")
    page = browser.get("/s/editions/2026.2/add/5")
    assert "New question of principle 5" in words(page.h1)
    browser.press("Save in the draft", **new_question())
    page = browser.get("/s/editions/2026.2/diff")
    assert words(page.h1) == "From 2026.1 to 2026.2"
    titles = [words(h) for h in page.select("main h2")]
    assert titles == ["Added questions (1)", "Retired questions (1)", "Changed questions (1)"]
    assert [words(d) for d in page.select("del")][-1].startswith("[removed:")
    assert "P5-10" in words(page.main)
    page = browser.get("/s/rounds/new")
    assert [o.text for o in page.select("#edition option")] == ["2026.1"]
    browser.get("/s/editions/2026.2/publish")
    page = browser.press("Publish for the next round")
    assert "Edition 2026.2 is published." in words(page.main)
    assert page.select("main form") == []
    page = browser.get("/s/rounds/new")
    assert [o.text for o in page.select("#edition option")] == ["2026.2", "2026.1"]
    assert draft(uow, office).asked == 54


def new_question():
    texts = {
        f"{name}_{tag}": f"{name} {tag}"
        for name in ("title", "question", "why", "example", *(f"level{n}" for n in range(5)))
        for tag in ("ja", "en")
    }
    return texts | {
        "evidence_ja": "規程\n記録",
        "evidence_en": "Rules\nRecords",
        "weight": "1",
        "gate": "none",
        "applies_to": "employer",
        "refs": "LSA 24",
    }


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"title_en": " "}, "title_en", "Write the English text."),
        ({"question_ja": "あ" * 1001}, "question_ja", "Use 1000 characters or fewer."),
        ({"na_when_ja": "該当なし"}, "na_when_en", "Write the English text."),
        ({"evidence_en": "One line"}, "evidence_en", "Write as many lines in English"),
        ({"refs": "LSA 24\nXYZ 1"}, "refs", "there is no reference XYZ"),
        ({"gate": "badge", "core": None}, "core", "an indicator with a gate must be in"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    browser, uow, office, typed, field, message
):
    before = draft(uow, office)
    browser.get("/s/editions/2026.2/indicators/P1-01")
    page = browser.press("Save in the draft", status=422, **({"title_ja": "新題"} | typed))
    assert any(message in text for text in errors(page)), errors(page)
    assert page.select_one(f"[name={field}]")
    assert page.select_one("[name=title_ja]").text.strip() == "新題"
    assert draft(uow, office) == before


def test_two_secretaries_see_both_texts_and_the_second_press_decides(browser, login, uow, office):
    other = login(make_staff(uow, Role.SECRETARIAT)[0], language="en")
    browser.get("/s/editions/2026.2/indicators/P1-01")
    other.get("/s/editions/2026.2/indicators/P1-01")
    other.press("Save in the draft", title_ja="他の題")
    page = browser.press("Save in the draft", status=409, title_ja="私の題")
    assert "Somebody else changed this question" in words(page.main)
    assert [words(td) for td in page.select("main td")] == ["私の題", "他の題"]
    assert draft(uow, office).edition.indicator("P1-01").title.pick("ja") == "他の題"
    browser.press("Save in the draft")
    assert draft(uow, office).edition.indicator("P1-01").title.pick("ja") == "私の題"


def test_what_was_exported_is_imported_without_a_change(browser, uow, office):
    archive = browser.client.get("/s/editions/2026.2/files.zip").data
    before = draft(uow, office)
    browser.get("/s/editions/2026.2/import")
    page = browser.press("Import the files", files=(io.BytesIO(archive), "all.zip"))
    assert "The files say what is stored already." in words(page.main)
    assert draft(uow, office) == before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p1.yaml", b"principle: 1", "p1.yaml: indicators: missing"),
        ("p9.yaml", b"", "p9.yaml: unknown file"),
        ("p1.yaml", b"\xff\xfe", "p1.yaml: the file is not UTF-8"),
        ("p1.yaml", b"PK\x03\x04broken", "p1.yaml: not a ZIP archive that can be read"),
        ("p1.yaml", b"#" * 400_001, "p1.yaml: the file is longer than 400000 characters"),
    ],
)
def test_fi_9_a_wrong_file_gets_a_sentence_and_changes_nothing(
    browser, uow, office, name, content, message
):
    before = draft(uow, office)
    browser.get("/s/editions/2026.2/import")
    page = browser.press("Import the files", status=422, files=(io.BytesIO(content), name))
    assert errors(page) == [message]
    assert draft(uow, office) == before


def test_a_single_changed_file_is_imported(browser, uow, office):
    text = as_yaml(draft(uow, office).edition)["edition.yaml"].replace("from: 85", "from: 90")
    browser.get("/s/editions/2026.2/import")
    browser.press("Import the files", files=(io.BytesIO(text.encode()), "edition.yaml"))
    assert draft(uow, office).edition.bands[-1].minimum == 90


def test_the_check_says_that_the_past_is_unchanged(browser):
    page = browser.get("/s/editions/check")
    assert "Yes. Every edition" in words(page.main)
    assert [words(th) for th in page.select("tbody th")] == ["2026.1"]
    assert re.fullmatch("[0-9a-f]{64}", words(page.select_one("main code")))


def test_a_shipped_edition_is_read_and_never_edited(browser):
    page = browser.get("/s/editions/2026.1/indicators/P2-08")
    assert "Safe and dignified housing" in words(page.h1)
    assert page.select("main form") == []
    for path in ("import", "publish", "add/1"):
        browser.get(f"/s/editions/2026.1/{path}", status=404)


@pytest.mark.parametrize("path", ["", "/2026.1", "/2026.1/diff", "/2026.1/files.zip", "/check"])
def test_az_2_reviewers_and_members_are_turned_away(login, uow, path):
    reviewer = login(make_staff(uow, Role.REVIEWER)[0], language="en")
    reviewer.get(f"/s/editions{path}", status=403)
    org, user, _actor = make_member(uow)
    login(user, org).get(f"/s/editions{path}", status=403)


@pytest.mark.parametrize(
    "path", ["2099.1", "2026.2/indicators/P9-99", "2026.2/indicators/x", "2026.2/add/6"]
)
def test_what_does_not_exist_is_not_found(browser, path):
    browser.get(f"/s/editions/{path}", status=404)


def test_a_member_of_an_old_round_still_sees_the_old_text(browser, login, uow, office):
    org, user, _actor = make_member(uow)
    make_assessment(uow, org, make_round(uow, orgs=[org]))
    browser.get("/s/editions/2026.2/indicators/P1-01")
    browser.press("Save in the draft", question_en="A new question?", question_ja="新しい設問？")
    browser.get("/s/editions/2026.2/publish")
    browser.press("Publish for the next round")
    newer = make_round(uow, year=2027, edition="2026.2", orgs=[org])
    make_assessment(uow, org, newer)
    member = login(user, org, language="en")
    assert words(member.get("/m/2026/P1-01").h1).startswith("Is someone responsible for laws")
    assert words(member.get("/m/2027/P1-01").h1) == "A new question?"
