import logging

import pytest

from tests.assessments.member.acts import words
from tests.factories import all_answers, make_assessment, make_member, make_round

LONG = "2019年4月から、対象者全員に、年4回の面談を行い、結果を記録しています。"


@pytest.fixture
def case(uow):
    org, user, _actor = make_member(uow)
    other, their, _actor = make_member(uow, "別の会社")
    return org, user, other, their, make_round(uow, orgs=[org, other])


def test_all_clear_says_so_and_lists_nothing(login, uow, case):
    org, user, _other, _their, round_ = case
    make_assessment(uow, org, round_, all_answers(org, 2), by=user)
    page = login(user, org, language="en").get("/m/2026/check")
    assert words(page.select_one("#all-clear-title").find_parent("div").parent).endswith(
        "All clear: every question is answered, and the check found nothing to look at."
    )
    assert page.select(".app-tiles") == []


def test_findings_are_counted_grouped_and_lead_to_their_fields(login, uow, case):
    org, user, _other, _their, round_ = case
    given = all_answers(org, 2) | {
        "P1-01": {},
        "P1-02": {"level": 3, "text": f"{LONG}<b>佐藤さん</b> 090-1234-5678"},
        "P2-05": 0,
    }
    make_assessment(uow, org, round_, given, by=user)
    browser = login(user, org, language="en")
    page = browser.get("/m/2026/check")
    assert [words(li) for li in page.select(".app-tiles li")] == [
        "1To do before submitting",
        "3Warnings",
        "1Hints",
    ]
    seen = {
        section["aria-labelledby"]: [
            (words(h3), [a["href"] for a in h3.find_next("ul").select("a")])
            for h3 in section.select("h3")
        ]
        for section in page.select("main section")
    }
    assert seen == {
        "error": [("Questions without an answer (1)", ["/m/2026/P1-01#level"])],
        "warning": [
            ("High levels without evidence (1)", ["/m/2026/P1-02#evidence"]),
            ("Personal data in what may become public (1)", ["/m/2026/P1-02#text"]),
            ("Answers that keep you from the badge (1)", ["/m/2026/P2-05#level"]),
        ],
        "hint": [("Names of people in what may become public (1)", ["/m/2026/P1-02#text"])],
    }
    assert [words(m) for m in page.select("mark")] == ["090-1234-5678", "佐藤さん"]
    for target in ("P1-01#level", "P1-02#evidence", "P1-02#text"):
        path, _, anchor = target.partition("#")
        assert browser.get(f"/m/2026/{path}").select_one(f"#{anchor}"), target


def test_many_findings_of_one_kind_are_folded_and_their_sentence_said_once(login, uow, case):
    org, user, _other, _their, round_ = case
    make_assessment(uow, org, round_, {}, by=user)
    page = login(user, org, language="en").get("/m/2026/check")
    assert words(page.main).count("Answer this question, or say") == 1
    assert len(page.select("details li a")) == len(all_answers(org))


def test_what_looks_like_personal_data_is_on_the_page_and_in_no_log(
    login, uow, case, caplog, capsys
):
    org, user, _other, _their, round_ = case
    given = all_answers(org, 2) | {"P1-02": {"level": 2, "text": "電話 090-1234-5678"}, "P1-01": {}}
    make_assessment(uow, org, round_, given, by=user)
    browser = login(user, org, language="ja")
    with caplog.at_level(logging.DEBUG):
        page = browser.get("/m/2026/check")
        browser.press("回答を承認する", status=422)
    assert "電話番号" in words(page.main)
    assert "1234-5678" not in caplog.text + "".join(capsys.readouterr())


def test_az_1_the_check_of_another_organisation_is_its_own(login, uow, case):
    org, user, other, their, round_ = case
    make_assessment(uow, org, round_, all_answers(org, 2), by=user)
    login(their, other).get("/m/2026/check", status=404)


def test_all_answers_as_pdf_before_submitting(login, uow, case):
    org, user, other, their, round_ = case
    make_assessment(uow, org, round_, {"P1-01": {"level": 2, "note": "覚え"}}, by=user)
    browser = login(user, org, language="en")
    page = browser.get("/m/2026/check")
    links = [a["href"] for a in page.select("main a[href*='.pdf']")]
    assert links == ["/m/2026/answers/en.pdf", "/m/2026/answers/en.pdf?notes=1"]
    plain, inner = (browser.client.get(href) for href in links)
    assert [a.mimetype for a in (plain, inner)] == ["application/pdf"] * 2
    assert [a.headers["Cache-Control"] for a in (plain, inner)] == ["no-store"] * 2
    assert "2026-answers-en.pdf" in plain.headers["Content-Disposition"]
    assert "2026-internal-en.pdf" in inner.headers["Content-Disposition"]
    assert plain.data != inner.data
    login(their, other).get("/m/2026/answers/ja.pdf", status=404)
    browser.get("/m/2026/answers/fr.pdf", status=404)
