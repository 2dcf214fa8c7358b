import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    SnapshotKind,
    Status,
    Verdict,
    VerdictKind,
)
from jpmirai_compliance.assessments.queries import (
    member,
    member_answers,
    member_pages,
    snapshots,
)
from jpmirai_compliance.assessments.service import freezing
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.models import Visibility
from jpmirai_compliance.evidence.service import Upload
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.storage import LocalStore
from jpmirai_compliance.principles import EvidenceState
from tests.evidence.files import PDF
from tests.factories import NOW, all_answers, make_assessment, make_member, make_round, make_staff


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "evidence")


def attach(uow, store, who, indicator_id, visibility=Visibility.REVIEWERS):
    with uow.transaction():
        evidence.attach_file(
            uow,
            store,
            actor=who.actor,
            assessment_id=who.assessment.id,
            org_id=who.org.id,
            indicator_id=indicator_id,
            upload=Upload("a.pdf", PDF),
            visibility=visibility,
            now=NOW,
        )


def judge(uow, who, indicator_id, kind, *, level=None, to_return=False):
    staff, _actor = make_staff(uow)
    with uow.transaction():
        uow.session.add(
            Verdict(
                org_id=who.org.id,
                assessment_id=who.assessment.id,
                indicator_id=indicator_id,
                kind=kind,
                level=level,
                reason="" if kind == "accepted" else "理由",
                to_return=to_return,
                at=NOW,
                by=staff.id,
            )
        )


def frozen(uow, who, row_id, kind, event=Event.ASSESSMENT_SUBMITTED):
    with uow.transaction():
        row = uow.session.get_one(Assessment, row_id)
        return freezing.freeze(uow, row, kind=kind, actor=who.actor, event=event, now=NOW)


NONE, ATTACHED, ACCEPTED, GAP = EvidenceState


@pytest.mark.parametrize(
    ("has", "verdict", "state", "level"),
    [
        (None, None, NONE, None),
        ("internal", None, NONE, None),
        ("reviewers", None, ATTACHED, None),
        ("public", None, ATTACHED, None),
        ("reviewers", ("accepted", None, False), ACCEPTED, None),
        (None, ("accepted", None, False), NONE, None),
        ("internal", ("accepted", None, False), NONE, None),
        ("reviewers", ("gap", 2, False), GAP, 2),
        ("reviewers", ("gap", None, False), GAP, None),
        (None, ("gap", 2, False), GAP, 1),
        ("reviewers", ("gap", 2, True), ATTACHED, None),
        ("reviewers", ("accepted", None, True), ATTACHED, None),
    ],
)
def test_evidence_and_verdict_become_what_scoring_sees(
    uow, make, store, has, verdict, state, level
):
    who = make(level=3)
    if has:
        attach(uow, store, who, "P1-01", Visibility(has))
    if verdict:
        kind, reviewer_level, to_return = verdict
        judge(uow, who, "P1-01", kind, level=reviewer_level, to_return=to_return)
    found = member_answers.evidence_states(uow, who.assessment.id)["P1-01"]
    assert (found.evidence, found.reviewer_level, found.level) == (state, level, 3)


def test_a_rejected_not_applicable_counts_only_until_the_answer_changes(uow, make):
    who = make()
    who.save("P1-01", not_applicable=True, na_reason="対象者がいない")
    judge(uow, who, "P1-01", VerdictKind.NA_REJECTED)
    found = member_answers.evidence_states(uow, who.assessment.id)["P1-01"]
    assert (found.not_applicable, found.na_rejected, found.has_reason) == (True, True, True)
    who.save("P1-01", level=2, version=1)
    found = member_answers.evidence_states(who.uow, who.assessment.id)["P1-01"]
    assert (found.level, found.na_rejected, found.has_reason) == (2, False, False)


def test_az_3_a_foreign_assessment_is_missing(uow, make_uow, make):
    who = make(level=1)
    _org, _user, stranger = make_member(uow, "第三の会社")
    _staff, reviewer = make_staff(uow, Role.REVIEWER)
    _judge, outsider = make_staff(uow, Role.JUDGE)
    assert member.assessment(who.uow, who.actor, 2026).id == who.assessment.id
    assert member.by_id(uow, reviewer, who.assessment.id).org_id == who.org.id
    for work, actor in (
        (make_uow(Scope(stranger.org_id)), stranger),
        (uow, stranger),
        (uow, outsider),
    ):
        with pytest.raises(NotFound):
            member.assessment(work, actor, 2026)
        with pytest.raises(NotFound):
            member.by_id(work, actor, who.assessment.id)


@pytest.mark.parametrize("year", [2025, 0, -1, 1999, 2101, 10**12, 10**40])
def test_av_5_a_year_without_a_round_is_missing_whatever_the_number(make, year):
    who = make()
    for read in (member.round_of, lambda u, y: member.assessment(u, who.actor, y)):
        with pytest.raises(NotFound):
            read(who.uow, year)


def test_standings_are_the_own_rounds_newest_first(uow, make_uow):
    org, user, actor = make_member(uow)
    other, _user, _actor = make_member(uow, "別の会社")
    old = make_round(uow, 2025, orgs=[org, other])
    new = make_round(uow, 2026, orgs=[org])
    make_round(uow, 2027, orgs=[other])
    made = make_assessment(uow, org, old, {"P1-01": 1}, by=user)
    make_assessment(uow, other, old)
    found = member.standings(make_uow(Scope(org.id)), actor)
    assert [(s.round.year, s.assessment and s.assessment.id) for s in found] == [
        (new.year, None),
        (old.year, made.id),
    ]


def test_snapshots_newest_of_a_kind_and_accepted_of_a_year(uow, make):
    who = make(level=2)
    other = uow.session.exec(select(Assessment).where(Assessment.id != who.assessment.id)).one()
    first = frozen(uow, who, who.assessment.id, SnapshotKind.SUBMITTED)
    second = frozen(uow, who, who.assessment.id, SnapshotKind.ACCEPTED, Event.REVIEW_ACCEPTED)
    theirs = frozen(uow, who, other.id, SnapshotKind.SUBMITTED)
    numbers = [first.number, second.number, theirs.number]
    assert numbers == ["2026-0001-1", "2026-0001-2", "2026-0002-1"]
    assert second.body["previous"] == first.sha256
    assert snapshots.snapshot(uow, who.assessment.id) == second
    assert snapshots.snapshot(uow, who.assessment.id, SnapshotKind.SUBMITTED) == first
    assert snapshots.snapshot(uow, other.id, SnapshotKind.ACCEPTED) is None
    assert snapshots.accepted_snapshots(uow, 2026) == (second,)
    assert snapshots.accepted_snapshots(uow, 2025) == ()
    last = frozen(uow, who, who.assessment.id, SnapshotKind.ACCEPTED, Event.REVIEW_ACCEPTED)
    assert snapshots.accepted_snapshots(uow, 2026) == (last,)
    assert [snapshots.audit_seq(uow, s) for s in (first, second, theirs, last)] == [1, 2, 3, 4]


def test_the_next_round_starts_with_last_years_answers_beside_the_fields(uow, make_uow):
    org, user, actor = make_member(uow)
    other, their, _actor = make_member(uow, "別の会社")
    last = make_round(uow, 2025, orgs=[org, other])
    now = make_round(uow, 2026, orgs=[org, other])
    given = all_answers(org, 2) | {
        "P1-01": {"level": 3, "text": "昨年の文", "note": "昨年のメモ"},
        "P1-02": {"not_applicable": True, "na_reason": "昨年の理由"},
    }
    del given["P1-03"]
    earlier = make_assessment(uow, org, last, given, by=user)
    theirs = make_assessment(uow, other, last, all_answers(other, 4), by=their)
    make_assessment(uow, org, now)
    with uow.transaction():
        for id_ in (earlier.id, theirs.id):
            row = uow.session.get_one(Assessment, id_)
            freezing.freeze(
                uow,
                row,
                kind=SnapshotKind.SUBMITTED,
                actor=actor,
                event=Event.ASSESSMENT_SUBMITTED,
                now=NOW,
            )
        for row in uow.session.exec(select(AnswerRow)):  # live rows are never read for this
            row.level, row.text, row.not_applicable = 0, "あとから", False
    work = make_uow(Scope(org.id))
    found = member_pages.overview(work, actor, 2026)
    first, second, third = (found.question(f"P1-0{n}").previous for n in (1, 2, 3))
    assert (first.year, first.level, first.text) == (2025, 3, "昨年の文")
    assert str(first.sentence) == str(found.question("P1-01").indicator.levels[3])
    assert (second.not_applicable, second.na_reason, second.sentence) == (True, "昨年の理由", None)
    assert third is None
    assert found.answered == 0
    assert member_answers.previous(work, org.id, 2025) is None


def test_while_the_secretariat_checks_the_member_sees_no_half_of_a_check(uow, make, store):
    who = make(level=3, status=Status.SUBMITTED, submitted_at=NOW)
    attach(uow, store, who, "P1-01")
    frozen(uow, who, who.assessment.id, SnapshotKind.SUBMITTED)
    judge(uow, who, "P1-01", VerdictKind.GAP, level=0)
    found = member_pages.overview(who.uow, who.actor, 2026)
    question = found.question("P1-01")
    assert (question.counts.level, question.verdict) == (3, None)
    with uow.transaction():
        row = uow.session.get_one(Assessment, who.assessment.id)
        row.status = Status.RETURNED
    who.uow.session.rollback()
    question = member_pages.overview(who.uow, who.actor, 2026).question("P1-01")
    assert (question.counts.level, question.verdict.level) == (0, 0)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED])
def test_a_page_takes_as_many_queries_for_one_answer_as_for_all(
    uow, make, store, statements, status
):
    at = NOW if status is Status.SUBMITTED else None
    who = make(status=status, submitted_at=at)
    if at:
        frozen(uow, who, who.assessment.id, SnapshotKind.SUBMITTED)
    counts = []
    for answered in (["P1-01"], all_answers(who.org)):
        with uow.transaction():
            for id_ in answered:
                query = select(AnswerRow).where(
                    AnswerRow.assessment_id == who.assessment.id, AnswerRow.indicator_id == id_
                )
                if uow.session.exec(query).first() is None:
                    uow.session.add(
                        AnswerRow(
                            org_id=who.org.id,
                            assessment_id=who.assessment.id,
                            indicator_id=id_,
                            level=1,
                            updated_at=NOW,
                            updated_by=who.user.id,
                        )
                    )
        for id_ in list(answered)[:3]:
            attach(uow, store, who, id_)
        who.uow.session.rollback()
        with statements() as seen:
            member_pages.overview(who.uow, who.actor, 2026)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10


def test_next_open_and_after(make):
    who = make()
    found = member_pages.overview(who.uow, who.actor, 2026)
    ids = [q.indicator.id for q in found.questions]
    assert found.next_open.indicator.id == ids[0]
    assert found.after(ids[0]).indicator.id == ids[1]
    assert found.after(ids[-1]) is None
    who.save(ids[0], level=0)
    who.save(ids[1], text="まだ途中")
    found = member_pages.overview(who.uow, who.actor, 2026)
    assert (found.next_open.indicator.id, found.answered, found.total) == (ids[1], 1, len(ids))
