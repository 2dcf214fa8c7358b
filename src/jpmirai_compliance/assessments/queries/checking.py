"""What a member should look at before submitting: the answers with all that stands beside them."""

import datetime as dt
from collections.abc import Mapping, Sequence

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments.models import SnapshotKind, Status
from jpmirai_compliance.assessments.queries import frozen, member_answers, snapshots
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.queries.member_answers import AnswerView, PreviousYear
from jpmirai_compliance.evidence import queries as evidence
from jpmirai_compliance.evidence.models import ScanState, Visibility
from jpmirai_compliance.evidence.queries import EvidenceView
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.principles import (
    Answer,
    Days,
    Finding,
    Piece,
    Severity,
    Written,
    check,
    profile_missing,
)


def findings(uow: UnitOfWork, found: AssessmentView, now: dt.datetime) -> tuple[Finding, ...]:
    """Return what the check finds: first the profile, then question by question.

    While answers are returned, only those that can be changed get warnings and hints.
    """
    given = member_answers.answers(uow, found.id)
    attached = evidence.of_assessment(uow, found.id, internal=True)
    verdicts = member_answers.verdicts(uow, found.id)
    before = member_answers.previous(uow, found.org_id, found.year)
    states = {
        id_: member_answers.weigh(
            answer,
            has_evidence=any(piece.shown_to_reviewers for piece in attached.get(id_, ())),
            verdict=verdicts.get(id_),
        )
        for id_, answer in given.items()
    }
    same = _unchanged(uow, found, given, states, attached)
    beside = {
        id_: written(answer, attached.get(id_, ()), before, unchanged=id_ in same)
        for id_, answer in given.items()
    }
    days = Days(_day(now), _day(found.window.closes_at))
    seen = check(found.edition, found.indicators, states, beside, days)
    if found.status is Status.RETURNED:
        open_ = {id_ for id_, answer in given.items() if answer.reopened}
        seen = tuple(f for f in seen if f.severity is Severity.ERROR or f.indicator_id in open_)
    complete = accounts.organisation(uow, found.org_id).complete
    return seen if complete else (profile_missing(), *seen)


def _unchanged(
    uow: UnitOfWork,
    found: AssessmentView,
    given: Mapping[str, AnswerView],
    states: Mapping[str, Answer],
    attached: Mapping[str, Sequence[EvidenceView]],
) -> frozenset[str]:
    """Return the returned answers that say what was handed in, with the same evidence."""
    handed_in = None
    if found.status is Status.RETURNED:
        handed_in = snapshots.snapshot(uow, found.id, SnapshotKind.SUBMITTED)
    if handed_in is None:
        return frozenset()
    then = frozen.frozen_answers(handed_in.body)
    return frozenset(
        id_
        for id_, answer in given.items()
        if answer.reopened
        and id_ in then
        and not frozen.changes(
            then[id_], frozen.said_now(answer, states[id_], attached.get(id_, ()))
        )
    )


def written(
    answer: AnswerView,
    attached: Sequence[EvidenceView],
    before: PreviousYear | None,
    *,
    unchanged: bool = False,
) -> Written:
    """Return what stands beside an answer's level, as the rules of the check read it."""
    last = before.answer(answer.indicator_id) if before else None
    return Written(
        text=answer.text,
        na_reason=answer.na_reason if answer.not_applicable else "",
        before=last.text if last else "",
        prefilled=answer.prefilled,
        unchanged=unchanged,
        evidence=tuple(
            Piece(
                title=piece.title,
                valid_until=piece.valid_until,
                internal=piece.visibility is Visibility.INTERNAL,
                blocked=piece.state is ScanState.BLOCKED,
                public=piece.visibility is Visibility.PUBLIC,
            )
            for piece in attached
        ),
    )


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(TOKYO).date()
