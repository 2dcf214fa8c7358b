"""From the desk to the member's page: only the evidence of an answer opens again."""

import datetime as dt

import pytest
from sqlmodel import col, select

from jpmirai_compliance.assessments.models import AnswerRow
from jpmirai_compliance.evidence.models import EvidenceUse
from tests import factories

REASON = "議事録を添付してください"


@pytest.fixture
def case(make_case, round_):
    return make_case(round_, at=factories.clock() - dt.timedelta(hours=2))


def words(element):
    return " ".join(element.get_text(" ").split()).replace("\u200b", "")


@pytest.fixture
def member(login, english, case):
    """The member's browser once the first answer is back with its evidence only."""
    desk = login(english)
    desk.get(f"/s/reviews/{case.id}/{case.proven[0]}")
    desk.press("Save and go back", choice="evidence", reason=REASON)
    page = desk.get(f"/s/reviews/{case.id}/{case.proven[0]}")
    assert page.select_one("input[name=choice][checked]")["value"] == "evidence"
    assert "Evidence only" in [t.text for t in page.select(".govuk-tag")]
    page = desk.get(f"/s/reviews/{case.id}/return")
    assert [words(c) for c in page.select("tbody td")] == ["Evidence only", REASON]
    page = desk.get(f"/s/reviews/{case.id}/return/mail?due=2099-04-14")
    assert "（変更できるのは証跡だけです）" in page.textarea.text
    desk.press("Send the answers back")
    return login(case.user, case.org, language="en")


def test_the_page_says_it_and_takes_evidence_only(member, uow, case):
    url = f"/m/2026/{case.proven[0]}"
    assert "Evidence only" in [t.text for t in member.get("/m/2026").select(".govuk-tag")]
    page = member.get(url)
    assert "Only the evidence can be changed." in words(page.select_one("#asked") or page.main)
    names = {e["name"] for e in page.select("main form [name]")}
    assert names.isdisjoint({"level", "text", "note", "na_reason", "reach", "version"})
    assert f"取組 {case.proven[0]}" in words(page.select_one("dl.govuk-summary-list"))
    before = member_row(uow, case)
    page = member.press("Add the evidence", url="https://example.org/minutes", title="議事録")
    assert "1 piece of evidence was added to the answer." in words(page)
    assert uses(uow, case) == 2
    page = member.press("Remove 資料0")
    assert "The evidence was removed from the answer." in words(page)
    assert uses(uow, case) == 1
    page = member.press("Add the evidence", status=422, url="javascript:alert(1)", title="題")
    assert "Not all of the evidence was added: see below." in words(page)
    assert page.select_one("[name=title]")["value"] == "題"
    assert member_row(uow, case) == before


def test_text_that_is_sent_all_the_same_is_refused_and_comes_back(member, uow, case):
    url = f"/m/2026/{case.proven[0]}"
    before = member_row(uow, case)
    member.get(url)
    page = member.press("Add the evidence", status=409, text="書き直した説明", level="4")
    assert "Only the evidence of this answer can be changed." in words(page.main)
    assert "書き直した説明" in words(page.main)
    assert member_row(uow, case) == before
    page = member.get(f"/m/2026/principles/{case.proven[0][1]}/table")
    fields = page.select(f"[name^='{case.proven[0]}-text']")
    assert [f for f in fields if f.get("type") != "hidden"] == []


def member_row(uow, case):
    uow.session.rollback()
    row = uow.session.exec(
        select(AnswerRow).where(
            col(AnswerRow.assessment_id) == case.id, col(AnswerRow.indicator_id) == case.proven[0]
        )
    ).one()
    return row.level, row.text, row.note, row.version, row.reopened


def uses(uow, case):
    uow.session.rollback()
    return len(
        uow.session.exec(
            select(EvidenceUse).where(
                col(EvidenceUse.assessment_id) == case.id,
                col(EvidenceUse.indicator_id) == case.proven[0],
            )
        ).all()
    )
