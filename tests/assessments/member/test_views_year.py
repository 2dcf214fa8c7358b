"""One member's year in the browser, as pressed."""

import io

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import AnswerRow, Assessment, Snapshot, Status
from jpmirai_compliance.foundation.policy import Role
from tests.evidence.files import PDF
from tests.factories import all_answers, make_assessment, make_member, make_round, make_user


@pytest.fixture
def member(uow):
    org, user, _actor = make_member(uow)
    other, _user, _actor = make_member(uow, "別の会社")
    round_ = make_round(uow, orgs=[org, other])
    make_assessment(uow, other, round_, all_answers(other, 4), by=_user)
    return org, user, round_


def words(element):
    return " ".join(element.get_text().split())


def test_start_answer_attach_check_approve_submit(login, uow, member, outbox):
    org, user, round_ = member
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
    page = browser.press("Save and go to the next question")
    assert browser.url.endswith("/m/2026/P1-02")
    [assessment] = uow.session.exec(select(Assessment).where(Assessment.org_id == org.id)).all()
    with uow.transaction():
        for id_, level in all_answers(org, 2).items():
            if id_ != "P1-01":
                uow.session.add(
                    AnswerRow(
                        org_id=org.id,
                        assessment_id=assessment.id,
                        indicator_id=id_,
                        level=level,
                        updated_at=assessment.started_at,
                        updated_by=user.id,
                    )
                )
    page = browser.get("/m/2026/check")
    assert "Nothing is missing: all questions are answered." in words(page.main)
    page = browser.press("Approve the answers")
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
    assert [b for b in page.select("main form button")] == []


PAGES = ["/m", "/m/2026", "/m/2026/principles/2", "/m/2026/P2-01", "/m/2026/scores", "/m/2026/check"]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("status", ["draft", "awaiting_approval", "approved"])
def test_every_page_is_there_in_both_languages(login, uow, member, language, url, status):
    org, user, round_ = member
    more = {"approved_at": round_.opens_at, "approved_by": user.id} if status == "approved" else {}
    make_assessment(uow, org, round_, {"P2-01": 3}, by=user, status=Status(status), **more)
    page = login(user, org, language=language).get(url)
    assert page.html["lang"] == language
