"""One member's year in the browser, as pressed."""

import io

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    Snapshot,
    Status,
    Verdict,
    VerdictKind,
)
from tests.assessments.member.acts import errors, words
from tests.evidence.files import PDF
from tests.factories import (
    NOW,
    all_answers,
    clock,
    make_assessment,
    make_member,
    make_organisation,
    make_round,
    make_staff,
    make_user,
)


def test_the_list_of_a_year_that_was_not_started_leads_to_where_it_starts(login, uow, member):
    org, user, _round = member
    make_round(uow, 2025, orgs=[make_organisation(uow, "ほかの組織")])
    browser = login(user, org, language="en")
    answer = browser.client.get("/m/2026")
    assert (answer.status_code, answer.location) == (303, "/m")
    page = browser.get("/m")
    assert "The self-assessment of 2026 has not been started." in words(page.main)
    assert page.select("form[action='/m/2026/start']")
    browser.get("/m/2025", 404)  # not a round of this organisation
    browser.get("/m/2024", 404)


def test_start_answer_attach_check_approve_submit(login, uow, member, outbox):
    org, user, _round = member
    browser = login(user, org, language="en")
    page = browser.get("/m")
    assert "Deadline: " in words(page.main)
    page = browser.press("Start the self-assessment")
    assert words(page.h1) == "Self-assessment 2026"
    page = browser.get("/m/2026/P1-01")
    page = browser.press(
        "Save and add the evidence",
        level="3",
        text="毎年確認しています。",
        files=(io.BytesIO(PDF), "方針.pdf"),
        title="方針",
    )
    assert "Your answer was saved and 1 piece of evidence added." in words(page.main)
    assert [a.text for a in page.select("section a[href^='/evidence/']")] == ["方針"]
    assert "counts as level 3 at most" in words(page.select_one("#counts").parent)
    browser.press("Save and go to the next question")
    assert browser.url.endswith("/m/2026/P1-02")
    [assessment] = uow.session.exec(select(Assessment).where(Assessment.org_id == org.id)).all()
    answer_rest(uow, org, user, assessment)
    page = browser.get("/m/2026/check")
    assert "Nothing is missing: all questions are answered." in words(page.main)
    to_the_end = page.select_one("a[href='#next-step']")
    assert words(to_the_end) == "Go to the next step, at the end of this page"
    assert words(page.select_one("#next-step")) == "Next step"
    browser.press("Approve the answers")
    page = browser.press("Submit the self-assessment")
    assert words(page.h1) == "Self-assessment 2026 submitted"
    [snapshot] = uow.session.exec(select(Snapshot)).all()
    assert snapshot.number == "2026-0001-1"
    assert snapshot.sha256 in words(page.main)
    answer = browser.get("/m/2026/receipt.pdf")
    assert answer.data.startswith(b"%PDF-")
    assert [m["To"] for m in outbox()] == [user.email]
    page = browser.get("/m/2026/P1-01")
    assert "This answer is frozen as it was submitted." in words(page.main)
    assert page.select("main form") == []


def answer_rest(uow, org, user, assessment):
    with uow.transaction():
        for id_, level in all_answers(org, 2).items():
            if id_ != "P1-01":
                uow.session.add(
                    AnswerRow(
                        org_id=org.id,
                        assessment_id=assessment.id,
                        indicator_id=id_,
                        level=level,
                        updated_at=NOW,
                        updated_by=user.id,
                    )
                )


PAGES = ("/m", "/m/2026", "/m/2026/principles/2", "/m/2026/P2-01", "/m/2026/scores")


def test_saving_without_a_level_says_that_the_question_is_still_open(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    browser = login(user, org, language="en")
    browser.get("/m/2026/P1-01")
    page = browser.press("Save and go to the next question", text="毎年")
    assert "P1-01 is still open: no level is selected." in words(page.main)
    browser.get("/m/2026/P1-01")
    page = browser.press("Save and go to the next question", level="0")
    assert "Your answer to P1-01 was saved." in words(page.main)


@pytest.mark.parametrize(
    "url",
    [
        "/m/2025",
        "/m/2026/P9-99",
        "/m/2026/principles/6",
        "/m/2026/principles/0",
        "/m/99999999999999999999",
        "/m/2026/done",
        "/m/2026/receipt.pdf",
    ],
)
def test_what_is_not_there_is_a_404(login, uow, member, url):
    org, user, round_ = member
    make_assessment(uow, org, round_)
    login(user, org).get(url, status=404)


def test_an_error_of_a_members_page_leads_back_to_the_members_own_start(login, member):
    org, user, _round = member
    browser = login(user, org, language="en")
    browser.get("/m/1999", status=404)
    [back] = browser.page.select("main a")
    assert (words(back), back["href"]) == ("Go to your start page", "/start")
    assert browser.client.get("/start").location == "/m"
    browser.get("/en/no-such-page", status=404)
    assert [words(a) for a in browser.page.select("main a")] == ["Go to the front page"]


def test_az_1_staff_have_no_member_pages(login, uow, member):
    staff, _actor = make_staff(uow)
    for url in (*PAGES, "/m/2026/check"):
        login(staff).get(url, status=403)


def test_submitting_too_early_lists_what_is_missing_with_links(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_, all_answers(org, 1) | {"P1-02": {}}, by=user)
    browser = login(user, org, language="en")
    page = browser.get("/m/2026/check")
    assert "To do before submitting (1)" in words(page.main)
    assert [words(li) for li in page.select(".app-tiles li")] == [
        "1To do before submitting",
        "0Warnings",
        "0Hints",
    ]
    page = browser.press("Approve the answers", status=422)
    [error] = page.select("[role=alert] a")
    assert error["href"] == "/m/2026/P1-02#level"
    assert words(error).endswith("Answer this question, or say that it does not apply to you.")
    browser.get(error["href"])


def test_av_3_the_second_press_of_submit_shows_the_same_receipt(login, uow, member):
    org, user, round_ = member
    approved = {"status": Status.APPROVED, "approved_at": NOW, "approved_by": user.id}
    make_assessment(uow, org, round_, all_answers(org, 2), by=user, **approved)
    first, second = login(user, org, language="en"), login(user, org, language="en")
    first.get("/m/2026/check")
    second.get("/m/2026/check")
    first.press("Submit the self-assessment")
    page = second.press("Submit the self-assessment")
    assert words(page.select_one(".govuk-panel__body strong")) == "2026-0001-1"
    assert len(uow.session.exec(select(Snapshot)).all()) == 1


def test_the_approver_sends_back_with_a_reason_that_the_editor_reads(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_, all_answers(org, 2), by=user, status=Status.AWAITING_APPROVAL)
    browser = login(user, org, language="en")
    browser.get("/m/2026/check")
    page = browser.press("Send back to the editors", status=422, reason=" ")
    assert errors(page) == ["Write what should be changed."]
    page = browser.press("Send back to the editors", reason="数字を<b>足して</b>")
    assert "数字を<b>足して</b>" in words(page.main)


def test_a_returned_answer_shows_the_reason_and_only_it_can_be_changed(login, uow, member):
    org, user, round_ = member
    assessment = make_assessment(
        uow,
        org,
        round_,
        all_answers(org, 2),
        by=user,
        status=Status.RETURNED,
        submitted_at=NOW,
        return_due_at=clock().replace(year=2099),
    )
    with uow.transaction():
        query = select(AnswerRow).where(
            AnswerRow.assessment_id == assessment.id, AnswerRow.indicator_id == "P2-01"
        )
        uow.session.exec(query).one().reopened = True
        uow.session.add(
            Verdict(
                org_id=org.id,
                assessment_id=assessment.id,
                indicator_id="P2-01",
                kind=VerdictKind.GAP,
                reason="方針の日付が分かりません",
                to_return=True,
                at=NOW,
                by=user.id,
            )
        )
    browser = login(user, org, language="en")
    page = browser.get("/m/2026")
    assert "方針の日付が分かりません" in words(page.select_one("#returned-title").parent.parent)
    page = browser.follow("Open the answer to change (P2-01)")
    assert "方針の日付が分かりません" in words(page.main)
    browser.press("Save and check all answers", level="1", text="直しました")
    assert browser.url.endswith("/m/2026/check")
    page = browser.get("/m/2026/P1-01")
    assert page.select("main form") == []


def test_scores_show_the_rule_of_every_answer(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_, all_answers(org, 3), by=user)
    page = login(user, org, language="en").get("/m/2026/scores")
    [row] = [tr for tr in page.select("tbody tr") if words(tr.th).startswith("P1-01")]
    assert [words(td) for td in row.select("td")] == [
        "2",
        "3",
        "1",
        "2 / 8",
        "No evidence attached: counts as level 1 at most.",
    ]
    assert "Claimed: (75 + 75 + 75 + 75 + 75) ÷ 5 = 75, rounded down." in words(page.main)
    assert "Evidenced: (25 + 25 + 25 + 25 + 25) ÷ 5 = 25, rounded down." in words(page.main)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("status", list(Status))
def test_every_page_is_there_in_every_state(login, uow, member, language, status):
    org, user, round_ = member
    more = {"approved_at": NOW, "approved_by": user.id} if status is Status.APPROVED else {}
    if status in {Status.SUBMITTED, Status.RETURNED, Status.ACCEPTED}:
        more = {"submitted_at": NOW}
    if status is Status.ACCEPTED:
        more |= {"accepted_at": NOW, "accepted_by": user.id}
    make_assessment(uow, org, round_, {"P2-01": 3}, by=user, status=status, **more)
    browser = login(user, org, language=language)
    for url in (*PAGES, "/m/2026/check"):
        page = browser.get(url)
        assert page.html["lang"] == language
    browser.get("/m/2026/done", status=404)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED])
def test_a_deadline_is_shown_while_there_is_something_to_hand_in(login, uow, member, status):
    org, user, round_ = member
    more = {"submitted_at": NOW} if status is Status.SUBMITTED else {}
    make_assessment(uow, org, round_, {"P2-01": 3}, by=user, status=status, **more)
    browser = login(user, org, language="en")
    due = status is Status.DRAFT
    assert ["Deadline: " in words(browser.get(url).main) for url in ("/m", "/m/2026")] == [due] * 2
    assert ("Answer in Excel" in words(browser.page.main)) == due
    assert ("The answers as an Excel file" in words(browser.page.main)) != due


def test_pages_are_in_japanese(login, uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_, {"P1-01": 3}, by=user)
    browser = login(user, org, language="ja")
    page = browser.get("/m/2026")
    assert words(page.h1) == "2026年度 自己評価"
    page = browser.get("/m/2026/P1-01")
    assert words(page.select_one(".govuk-caption-l")).startswith("原則1・12問中1問目")
    for word in ("健康診断", "在留カード", "旅券", "マイナンバー", "20 MB"):
        assert word in words(page.main)
    page = browser.press("保存して次の設問へ進む", level="2", text="確認しています。")
    assert browser.url.endswith("/m/2026/P1-02")
    query = select(AnswerRow.text).where(AnswerRow.org_id == org.id)
    assert uow.session.exec(query).all() == ["確認しています。"]


def test_before_the_first_round_the_start_page_says_what_to_do(login, uow):
    org = make_organisation(uow)
    user = make_user(uow, org)
    page = login(user, org, language="en").get("/m")
    assert words(page.h1) == "Self-assessment"
    assert "does not take part in a round at the moment" in words(page.main)


def test_a_closed_round_cannot_be_started_from_an_old_page(login, uow):
    org, user, _actor = make_member(uow)
    round_ = make_round(uow, orgs=[org])
    browser = login(user, org, language="en")
    browser.get("/m")
    close(uow, round_)
    page = browser.press("Start the self-assessment", status=409)
    assert "The time to answer ended on" in words(page.main)
    assert "Your organisation did not start in time." in words(browser.get("/m").main)


def close(uow, round_):
    with uow.transaction():
        uow.session.merge(round_).closes_at = clock()
