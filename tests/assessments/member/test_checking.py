import datetime as dt

import pytest

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.models import AnswerRow, Assessment, SnapshotKind, Status
from jpmirai_compliance.assessments.queries import checking, member
from jpmirai_compliance.assessments.service import freezing
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.models import Visibility
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import Scope
from tests.assessments.member.conftest import CLOSES
from tests.factories import NOW, all_answers, make_assessment, make_member, make_round

LONG = "2019年4月から、対象者全員に、年4回の面談を行い、結果を記録しています。"
OVER = NOW.date() - dt.timedelta(days=1)


def link(uow, who, indicator_id, url="https://example.org/doc", **fields):
    with uow.transaction():
        evidence.attach_link(
            uow,
            actor=who.actor,
            assessment_id=who.assessment.id,
            org_id=who.org.id,
            indicator_id=indicator_id,
            url=url,
            now=NOW,
            **fields,
        )


def change(uow, who, indicator_id, **fields):
    with uow.transaction():
        query = AnswerRow.__table__.update().where(
            AnswerRow.assessment_id == who.assessment.id, AnswerRow.indicator_id == indicator_id
        )
        uow.session.execute(query.values(**fields))


def codes(who, now=NOW):
    who.uow.session.rollback()
    found = checking.findings(who.uow, member.assessment(who.uow, who.actor, 2026), now)
    return [(f.code, f.indicator_id, f.anchor) for f in found]


def test_the_check_reads_profile_texts_evidence_and_their_dates(uow, make):
    who = make(level=2)
    assert codes(who) == []
    change(uow, who, "P1-02", level=3, text=LONG)
    change(uow, who, "P1-03", text="連絡は a@example.org")
    change(uow, who, "P1-04", level=None)
    change(uow, who, "P1-05", level=None, not_applicable=True, na_reason="090-1234-5678")
    link(uow, who, "P1-06", title="許可証", valid_until=OVER)
    link(uow, who, "P1-07", title="社内資料", visibility=Visibility.INTERNAL, valid_until=OVER)
    with uow.transaction():
        uow.session.get_one(Organisation, who.org.id).profile_completed_at = None
    assert codes(who) == [
        ("profile", "", ""),
        ("no_evidence", "P1-02", "evidence"),
        ("personal", "P1-03", "text"),
        ("blank", "P1-04", "level"),
        ("personal", "P1-05", "na_reason"),
        ("expired", "P1-06", "evidence"),
        ("only_internal", "P1-07", "evidence"),
    ]


@pytest.mark.parametrize(
    ("after", "code"), [(-1, "expiring"), (0, None)]
)  # days from the closing of the round, when the review begins
def test_evidence_must_be_valid_when_the_review_begins(uow, make, after, code):
    who = make(level=2)
    closes = CLOSES.astimezone(checking.TOKYO).date()
    link(uow, who, "P1-06", title="許可証", valid_until=closes + dt.timedelta(days=after))
    assert codes(who) == ([(code, "P1-06", "evidence")] if code else [])


def test_returned_answers_alone_get_warnings_the_frozen_ones_none(uow, make):
    who = make(level=4, status=Status.RETURNED, submitted_at=NOW)
    change(uow, who, "P1-02", reopened=True, text=LONG)
    change(uow, who, "P1-03", level=None)  # cannot be: an error is shown whatever it is about
    assert codes(who) == [
        ("no_evidence", "P1-02", "evidence"),
        ("blank", "P1-03", "level"),
    ]


def test_last_years_text_is_the_one_that_was_frozen(uow, make_uow):
    org, user, actor = make_member(uow)
    last, now = make_round(uow, 2025, orgs=[org]), make_round(uow, 2026, orgs=[org])
    given = all_answers(org, 2) | {"P1-01": {"level": 2, "text": LONG}}
    earlier = make_assessment(uow, org, last, given, by=user)
    with uow.transaction():
        freezing.freeze(
            uow,
            uow.session.get_one(Assessment, earlier.id),
            kind=SnapshotKind.SUBMITTED,
            actor=actor,
            event=Event.ASSESSMENT_SUBMITTED,
            now=NOW,
        )
    make_assessment(uow, org, now, given, by=user)
    work = make_uow(Scope(org.id))
    found = checking.findings(work, member.assessment(work, actor, 2026), NOW)
    assert [(f.code, f.indicator_id) for f in found] == [("same_text", "P1-01")]


def test_the_check_takes_as_many_queries_for_one_answer_as_for_all(uow, make, statements):
    who = make()
    counts = []
    for answered in ({"P1-01": 2}, {k: 2 for k in all_answers(who.org) if k != "P1-01"}):
        with uow.transaction():
            for id_ in answered:
                uow.session.add(
                    AnswerRow(
                        org_id=who.org.id,
                        assessment_id=who.assessment.id,
                        indicator_id=id_,
                        level=2,
                        updated_at=NOW,
                        updated_by=who.user.id,
                    )
                )
        who.uow.session.rollback()
        found = member.assessment(who.uow, who.actor, 2026)
        with statements() as seen:
            checking.findings(who.uow, found, NOW)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6


def test_a_returned_answer_that_says_what_it_said_is_pointed_out(uow, make, make_uow):
    who = make(level=2)
    for indicator_id in ("P1-02", "P1-03", "P1-04", "P1-05"):
        change(uow, who, indicator_id, text=LONG)
        link(uow, who, indicator_id, title="面談の記録")
    with uow.transaction():
        row = uow.session.get_one(Assessment, who.assessment.id)
        freezing.freeze(
            uow,
            row,
            kind=SnapshotKind.SUBMITTED,
            actor=who.actor,
            event=Event.ASSESSMENT_SUBMITTED,
            now=NOW,
        )
        row.status, row.submitted_at = Status.RETURNED, NOW
    for indicator_id in ("P1-02", "P1-03", "P1-04"):
        change(uow, who, indicator_id, reopened=True)  # P1-05 was not asked for again
    assert codes(who) == [("unchanged", f"P1-0{number}", "level") for number in (2, 3, 4)]
    change(uow, who, "P1-02", text=LONG + "2026年からは通訳も同席します。")
    link(uow, who, "P1-03", "https://example.org/rules", title="規程")
    inside = {"title": "社内資料", "visibility": Visibility.INTERNAL}  # reviewers see none of it
    link(uow, who, "P1-04", "https://example.org/inside", **inside)
    assert codes(who) == [("unchanged", "P1-04", "level")]
