"""One question in the browser: saving, conflicts, evidence, bad input."""

import io

import pytest
from sqlmodel import select

from jpmirai_compliance.evidence.models import Evidence
from jpmirai_compliance.foundation.policy import Role
from tests.assessments.member.acts import errors, stored, words
from tests.evidence.files import PDF
from tests.factories import (
    clock,
    make_assessment,
    make_user,
)


def close(uow, round_):
    with uow.transaction():
        uow.session.merge(round_).closes_at = clock()


def test_az_11_what_was_typed_comes_back_when_the_round_has_closed(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    browser = login(user, org, language="en")
    browser.get("/m/2026/P1-01")
    close(uow, round_)
    page = browser.press(
        "Save and go to the next question", status=409, level="3", text="長い\n文", note="メモ"
    )
    assert words(page.h1) == "Your answer was not saved"
    assert "Nothing was saved. Ask the secretariat" in words(page.main)
    assert [t.text.strip() for t in page.select("textarea[readonly]")] == ["長い\n文", "メモ"]
    assert stored(uow, org) is None
    page = browser.get("/m/2026/P1-01")
    assert page.select("main form") == []


def test_av_2_the_second_editor_sees_both_texts_and_chooses(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    colleague = make_user(uow, org, (Role.EDITOR,), name="佐藤")
    mine, theirs = login(user, org, language="en"), login(colleague, org, language="en")
    mine.get("/m/2026/P1-01")
    theirs.get("/m/2026/P1-01")
    theirs.press("Save and go back to the list", text="佐藤の文")
    page = mine.press("Save and go to the next question", status=409, level="3", text="自分の文")
    cards = [words(p) for p in page.select(".app-versions__text")]
    assert cards == ["自分の文", "佐藤の文"]
    assert "佐藤 changed this on" in words(page.main)
    assert (stored(uow, org).text, stored(uow, org).level) == ("佐藤の文", None)
    mine.press("Edit both together", status=200)
    mine.press("Save and go back to the list", text="佐藤の文\n自分の文")
    assert (stored(uow, org).text, stored(uow, org).level) == ("佐藤の文\n自分の文", 3)


def test_av_2_a_form_that_was_sent_without_a_button_gets_both_texts_as_well(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    colleague = make_user(uow, org, (Role.EDITOR,), name="佐藤")
    mine, theirs = login(user, org, language="en"), login(colleague, org, language="en")
    mine.get("/m/2026/P1-01")
    theirs.get("/m/2026/P1-01")
    theirs.press("Save and go back to the list", text="佐藤の文")
    page = mine.press("Save and go to the next question", 409, action=None, text="自分の文")
    assert len(page.select(".app-versions__text")) == 2


@pytest.mark.parametrize(
    ("button", "text"),
    [("Keep mine", "自分の文"), ("Keep the other one", "佐藤の文")],
)
def test_av_2_one_of_the_two_texts_can_be_kept(login, uow, member, button, text):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    colleague = make_user(uow, org, (Role.EDITOR,), name="佐藤")
    mine, theirs = login(user, org, language="en"), login(colleague, org, language="en")
    mine.get("/m/2026/P1-01")
    theirs.get("/m/2026/P1-01")
    theirs.press("Save and go back to the list", text="佐藤の文")
    mine.press("Save and go to the next question", status=409, level="3", text="自分の文")
    mine.press(button)
    assert (stored(uow, org).text, stored(uow, org).level) == (text, 3)


REFUSED_EXE = (
    "“悪い.exe” is not of a kind that we accept. Save it as PDF, PNG, JPEG, WebP, docx, xlsx,"
    " pptx, csv or txt and add it again."
)


def test_fi_1_a_refused_file_does_not_cost_the_answer_nor_the_good_file(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    browser = login(user, org, language="en")
    page = browser.get("/m/2026/P1-01")
    page = browser.press(
        "Save and add the evidence",
        status=422,
        level="2",
        text="文",
        note="メモ",
        files=[(io.BytesIO(PDF), "よい.pdf"), (io.BytesIO(b"MZ"), "悪い.exe")],
        url="javascript:alert(1)",
    )
    assert errors(page) == [
        REFUSED_EXE,
        "Enter a whole address that starts with https:// or http://.",
    ]
    assert [a["href"] for a in page.select("[role=alert] a")] == ["#files", "#url"]
    assert "Your answer was saved." in words(page.main)
    assert (stored(uow, org).text, stored(uow, org).note) == ("文", "メモ")
    assert page.select_one("#text").text.strip() == "文"
    assert [words(a) for a in page.select("section a[href^='/evidence/']")] == ["よい.pdf"]
    page = browser.press("Save and go back to the list", url="https://example.org/方針", files=None)
    uow.session.rollback()
    assert [e.url for e in uow.session.exec(select(Evidence).order_by(Evidence.kind))] == [
        "",
        "https://example.org/方針",
    ]
    assert stored(uow, org).version == 1
    page = browser.get("/m/2026/P1-01")
    [link] = page.select("section a[href^='https://example.org']")
    assert link["rel"] == ["noopener", "noreferrer", "nofollow"]


def test_evidence_is_removed_without_losing_what_was_typed(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    browser = login(user, org, language="en")
    browser.get("/m/2026/P1-01")
    browser.press("Save and add the evidence", files=(io.BytesIO(PDF), "a.pdf"))
    page = browser.press("Remove a.pdf", text="書きかけ")
    assert "the evidence removed" in words(page.main)
    assert page.select("section a[href^='/evidence/']") == []
    assert stored(uow, org).text == "書きかけ"


def test_not_applicable_needs_a_reason_and_keeps_what_was_typed(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    browser = login(user, org, language="en")
    browser.get("/m/2026/P1-01")
    page = browser.press("Save and go to the next question", status=422, level="na", text="文")
    assert errors(page) == ["Write why this does not apply to you."]
    assert page.select_one("[role=alert] a")["href"] == "#na_reason"
    assert page.select_one("input[name=level][value=na]").has_attr("checked")
    assert page.select_one("#text").text.strip() == "文"
    assert stored(uow, org) is None
    browser.press("Save and go to the next question", na_reason="受け入れていません")
    assert (stored(uow, org).not_applicable, stored(uow, org).na_reason) == (
        True,
        "受け入れていません",
    )


HOSTILE = [
    {"level": "9"},
    {"level": "' OR 1=1"},
    {"reach": "everything"},
    {"text": "a\0b"},
    {"text": "あ" * 4_001},
    {"text": "a\ufffeb"},
    {"version": "x"},
    {"version": "9" * 40},
    {"visibility": "secret"},
    {"valid_until": "2026-02-31"},
    {"valid_until": "9999-12-31"},
    {"title": "t" * 201},
]


@pytest.mark.parametrize("fields", HOSTILE, ids=[str(f)[:40] for f in HOSTILE])
def test_fi_9_bad_input_is_said_at_the_field_and_stores_nothing(login, uow, member, fields):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    browser = login(user, org, language="en")
    browser.get("/m/2026/P1-01")
    page = browser.press("Save and go to the next question", status=422, **fields)
    assert len(errors(page)) == 1
    assert stored(uow, org) is None


def test_az_10_fields_that_the_form_does_not_list_are_not_written(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    browser = login(user, org, language="en")
    browser.get("/m/2026/P1-01")
    browser.press(
        "Save and go to the next question",
        level="1",
        reopened="1",
        org_id="x",
        updated_by="x",
        id="x",
        submitted_at="2026-01-01",
    )
    row = stored(uow, org)
    assert (row.org_id, row.updated_by, row.reopened) == (org.id, user.id, False)


def test_az_2_an_approver_reads_but_does_not_answer(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    approver = make_user(uow, org, (Role.APPROVER,))
    editor, browser = login(user, org, language="en"), login(approver, org, language="en")
    page = browser.get("/m/2026/P1-01")
    assert page.select("main form") == []
    assert "You can read this answer." in words(page.main)
    editor.get("/m/2026/P1-01")
    token = editor.page.select_one("input[name=csrf_token]")["value"]
    assert token
    page = browser.get("/m")
    token = browser.page.select_one("input[name=csrf_token]")["value"]
    answer = browser.client.post("/m/2026/P1-01", data={"csrf_token": token, "level": "3"})
    assert answer.status_code == 403
    assert stored(uow, org) is None


def test_the_enter_key_saves_and_removes_nothing(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    browser = login(user, org, language="en")
    browser.get("/m/2026/P1-01")
    page = browser.press("Save and add the evidence", files=(io.BytesIO(PDF), "a.pdf"))
    [form] = [f for f in page.select("main form") if f.select_one("#text")]
    first = form.select_one("button")
    assert (first["name"], first["value"], first["tabindex"]) == ("action", "next", "-1")
    assert page.select_one("label[for=files] .app-required") is None
