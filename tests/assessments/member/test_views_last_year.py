"""Last year beside the question, as it is pressed."""

import pytest

from tests.assessments.member.acts import words
from tests.assessments.member.last_year import make_returning


@pytest.fixture
def returning(uow, make_uow):
    found = make_returning(uow, make_uow)
    found.start()
    return found


def test_confirming_goes_on_to_the_next_copied_answer_with_the_focus_on_its_button(
    login, returning
):
    browser = login(returning.user, returning.org, language="en")
    page = browser.get("/m/2026/P1-01")
    assert "Copied from last year, not confirmed" in words(page.select_one(".app-last-year"))
    assert not page.select("button[autofocus]")
    page = browser.press("It still holds: confirm")
    assert browser.url == "/m/2026/P1-02?filter=prefilled"
    assert [words(b) for b in page.select("[autofocus]")] == ["It still holds: confirm"]
    browser.press("It still holds: confirm")
    assert browser.url == "/m/2026/P1-04?filter=prefilled"
    rows = returning.rows()
    assert [rows[i].prefilled for i in ("P1-01", "P1-02", "P1-04")] == [False, False, True]
    assert (rows["P1-02"].not_applicable, rows["P1-02"].na_reason) == (True, "昨年の理由")


def test_confirming_with_a_changed_field_saves_the_change(login, returning):
    browser = login(returning.user, returning.org, language="en")
    browser.get("/m/2026/P1-01")
    browser.press("It still holds: confirm", level="4")
    row = returning.rows()["P1-01"]
    assert (row.level, row.prefilled) == (4, False)


def test_same_as_last_year_fills_an_empty_answer_and_asks_before_it_replaces_words(
    login, returning
):
    browser = login(returning.user, returning.org, language="en")
    browser.get("/m/2026/P1-01")
    browser.press("It still holds: confirm", level="1", text="", note="今年のメモ")
    page = browser.get("/m/2026/P1-01")
    browser.press("Same as last year", text="")
    row = returning.rows()["P1-01"]
    assert (row.level, row.text, row.note) == (3, "掲示は日本語と英語のみ。", "今年のメモ")
    page = browser.get("/m/2026/P1-01")
    assert "Same as last year" not in words(page.main)
    browser.press("Save and go back to the list", text="新しい文。")
    browser.get("/m/2026/P1-01")
    page = browser.press("Same as last year", status=200, level="2", text="打ちかけの文。")
    assert words(page.h1) == "Replace your text by last year's?"
    assert returning.rows()["P1-01"].text == "新しい文。"
    browser.press("Keep and save my text")
    row = returning.rows()["P1-01"]
    assert (row.level, row.text) == (2, "打ちかけの文。")
    browser.get("/m/2026/P1-01")
    browser.press("Same as last year", status=200)
    browser.press("Replace it by last year's answer")
    row = returning.rows()["P1-01"]
    assert (row.level, row.text, row.note) == (3, "掲示は日本語と英語のみ。", "今年のメモ")


def test_without_a_last_year_there_is_nothing_to_take(login, returning):
    browser = login(returning.user, returning.org, language="en")
    page = browser.get("/m/2026/P1-03")
    assert not page.select(".app-last-year")
    sent = {"csrf_token": page.select_one("[name=csrf_token]")["value"], "action": "same"}
    assert browser.client.post("/m/2026/P1-03", data=sent).status_code == 404


def test_lists_count_what_was_copied_apart(login, returning):
    browser = login(returning.user, returning.org, language="en")
    page = browser.get("/m/2026")
    assert "0 of 54" in words(page.main) or "0 of " in words(page.main)
    assert "copied from last year and are not confirmed yet" in words(page.main)
    browser.follow("Confirm the next copied answer (P1-01)")
    assert browser.url.endswith("/m/2026/P1-01")
    page = browser.get("/m/2026/principles/1")
    assert "Copied from last year, not confirmed" in words(page.main)
