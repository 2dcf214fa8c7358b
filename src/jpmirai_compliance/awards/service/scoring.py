"""Reviewers say whether they have a conflict, score on their own, submit once."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col, select

from jpmirai_compliance.awards.models import (
    Assignment,
    AwardCycle,
    Category,
    Conflict,
    Decision,
    Entry,
    Score,
    Scorecard,
    ScoreLog,
)
from jpmirai_compliance.awards.queries import desk
from jpmirai_compliance.awards.queries.cycles import CriterionView, criteria
from jpmirai_compliance.awards.queries.desk import Sheet, written
from jpmirai_compliance.awards.rules import CardState, Choice, ConflictKind
from jpmirai_compliance.awards.service.rows import cycle_row, require_scores_open
from jpmirai_compliance.evidence.queries import EvidenceView
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict as Overtaken
from jpmirai_compliance.foundation.errors import (
    DomainError,
    Gap,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Text

VALUES = ("1", "2", "3", "4", "5")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reviewer chose for one criterion, "1" to "5", "na" or "" (not yet), and why."""

    choice: str
    reason: str = ""


def clear(uow: UnitOfWork, *, actor: Actor, entry_id: uuid.UUID, now: dt.datetime) -> None:
    """Put on record that the reviewer knows of no conflict; opens the entry. Twice is once.

    NotFound for an entry that is not assigned, or with which there is a conflict; DomainError
    outside the time for judging.
    """
    found = desk.sheet(uow, actor=actor, entry_id=entry_id)
    _require_open(uow, found, now)
    if found.card is None:
        uow.session.add(Scorecard(entry_id=entry_id, judge_id=actor.user_id, cleared_at=now))
        _record(uow, Event.AWARD_CONFLICT_DECLARED, actor, now, found, {"conflict": False})


def declare(
    uow: UnitOfWork, *, actor: Actor, entry_id: uuid.UUID, reason: str, now: dt.datetime
) -> None:
    """Declare a conflict: the entry leaves the reviewer's desk, a submitted card stops counting.

    Incomplete without a reason, NotFound as ``clear``, DomainError once the shortlist is fixed.
    """
    found = desk.sheet(uow, actor=actor, entry_id=entry_id)
    _require_reason(reason)
    _require_undecided(uow, found)
    uow.session.add(
        Conflict(
            judge_id=actor.user_id,
            entry_id=entry_id,
            kind=ConflictKind.DECLARED,
            basis=reason,
            at=now,
        )
    )
    _leave(uow, actor, found, reason, now)
    _record(uow, Event.AWARD_CONFLICT_DECLARED, actor, now, found, {"conflict": True})


def recuse(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    entry_id: uuid.UUID,
    reason: str,
    version: int,
    now: dt.datetime,
) -> None:
    """Give an opened entry back without scoring it (no conflict, but no judgement either)."""
    found = desk.sheet(uow, actor=actor, entry_id=entry_id)
    _require_reason(reason)
    if found.card is None:
        raise NotFound
    if found.card.state is not CardState.DRAFT:
        raise DomainError(Text("You have submitted your scores. They do not change any more."))
    if found.card.version != version:
        raise Overtaken
    _leave(uow, actor, found, reason, now)
    _record(uow, Event.AWARD_SCORED, actor, now, found, {"state": CardState.RECUSED.value})


def save(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    entry_id: uuid.UUID,
    marks: Mapping[str, Mark],
    comment: str,
    version: int,
    submit: bool,
    now: dt.datetime,
) -> int:
    """Store the marks by criterion code, and submit them for good; returns the new version.

    Submitting needs every criterion (Incomplete); sent twice it is submitted once. Conflict if
    the card changed since ``version``; DomainError outside the time for judging, before the
    declaration, once submitted, or once the shortlist is fixed.
    """
    found = desk.sheet(uow, actor=actor, entry_id=entry_id)
    rubric = criteria(uow, found.cycle.id)
    _require_open(uow, found, now)
    card = _card(uow, actor, found)
    if card.state is CardState.SUBMITTED:
        return _again(found, marks, comment, submit=submit)
    if card.version != version:
        raise Overtaken
    _require_choices(rubric, marks, submit=submit)
    changed = _write(uow, actor, card, rubric, marks, now)
    card.comment = comment
    flag_modified(card, "comment")  # a change of scores alone must raise the version too
    if submit:
        card.state, card.submitted_at = CardState.SUBMITTED, now
    data = {"state": card.state.value, "changed": changed}
    _record(uow, Event.AWARD_SCORED, actor, now, found, data)
    uow.session.flush()
    return card.version


def read_evidence(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    entry_id: uuid.UUID,
    evidence_id: uuid.UUID,
    ordinal: int,
    now: dt.datetime,
) -> EvidenceView:
    """Return a frozen file of an opened entry and record that the reviewer had it.

    NotFound as ``queries.desk.evidence``.
    """
    found = desk.sheet(uow, actor=actor, entry_id=entry_id)
    piece = desk.evidence(uow, found, evidence_id, ordinal)
    data = {"evidence": str(evidence_id), "ordinal": ordinal, "sha256": piece.sha256}
    _record(uow, Event.EVIDENCE_READ, actor, now, found, data)
    return piece


def lift(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    conflict_id: uuid.UUID,
    reason: str,
    now: dt.datetime,
) -> None:
    """Lift a conflict that somebody else declared; the row stays, the reviewer is not reassigned.

    NotPermitted for one's own, DomainError for one that was found from facts.
    """
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    query = (
        select(Conflict)
        .join(Entry, col(Entry.id) == col(Conflict.entry_id))
        .join(Category, col(Category.id) == col(Entry.category_id))
        .join(AwardCycle, col(AwardCycle.id) == col(Category.cycle_id))
        .where(col(AwardCycle.year) == year, col(Conflict.id) == conflict_id)
    )
    row = uow.session.exec(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    if row.judge_id == actor.user_id:
        raise NotPermitted(Text("Nobody lifts their own conflict of interest."))
    if row.kind is not ConflictKind.DECLARED:
        raise DomainError(Text("This conflict follows from facts and cannot be lifted."))
    _require_reason(reason)
    row.lifted_at, row.lifted_by, row.lift_reason = now, actor.user_id, reason
    audit.record(
        uow,
        Event.AWARD_CONFLICT_DECLARED,
        actor=actor,
        now=now,
        subject=f"award-entry:{row.entry_id}",
        data={"conflict": False, "lifted": str(conflict_id)},
    )


def _require_open(uow: UnitOfWork, found: Sheet, now: dt.datetime) -> None:
    require_scores_open(cycle_row(uow, found.cycle.year), now)
    _require_undecided(uow, found)


def _require_undecided(uow: UnitOfWork, found: Sheet) -> None:
    query = select(Decision.id).where(col(Decision.category_id) == found.category.id).limit(1)
    if uow.session.exec(query).first() is not None:
        raise DomainError(Text("The shortlist of this category is fixed. Scores stay as they are."))


def _require_reason(reason: str) -> None:
    if not reason:
        text = Text("Say why, in a few words.")
        raise Incomplete(text, [Gap(text, "reason")])


def _require_choices(
    rubric: tuple[CriterionView, ...], marks: Mapping[str, Mark], *, submit: bool
) -> None:
    gaps = []
    for criterion in rubric:
        choice = marks.get(criterion.code, Mark("")).choice
        allowed = (*VALUES, Choice.NA.value) if criterion.na_allowed else VALUES
        if (choice or submit) and choice not in allowed:
            text = Text("Choose a score for “%(name)s”.", {"name": criterion.name})
            gaps.append(Gap(text, f"score_{criterion.code}"))
    if gaps:
        raise Incomplete(Text("The scorecard is not finished yet."), gaps)


def _card(uow: UnitOfWork, actor: Actor, found: Sheet) -> Scorecard:
    query = select(Scorecard).where(
        col(Scorecard.entry_id) == found.entry_id, col(Scorecard.judge_id) == actor.user_id
    )
    card = uow.session.exec(query.with_for_update()).one_or_none()
    if card is None:
        raise DomainError(Text("Say first whether you have a conflict of interest."))
    return card


def _again(found: Sheet, marks: Mapping[str, Mark], comment: str, *, submit: bool) -> int:
    """Return the version if exactly the submitted card was sent once more; else DomainError."""
    card = found.card
    same = card is not None and all(
        card.marks[code].choice == mark.choice and card.marks[code].reason == mark.reason
        for code, mark in marks.items()
        if code in card.marks
    )
    if card is None or not submit or not same or card.comment != comment:
        raise DomainError(Text("You have submitted your scores. They do not change any more."))
    return card.version


def _write(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    actor: Actor,
    card: Scorecard,
    rubric: tuple[CriterionView, ...],
    marks: Mapping[str, Mark],
    now: dt.datetime,
) -> list[str]:
    """Store the marks and log every changed value; returns the codes whose value changed."""
    query = select(Score).where(col(Score.scorecard_id) == card.id)
    stored = {s.criterion_id: s for s in uow.session.exec(query)}
    changed = []
    for criterion in rubric:
        mark = marks.get(criterion.code, Mark(""))
        score = stored.get(criterion.id) or Score(scorecard_id=card.id, criterion_id=criterion.id)
        old = written(score.choice, score.value)
        score.value = int(mark.choice) if mark.choice in VALUES else None
        score.choice = _choice(mark.choice)
        score.reason = mark.reason
        uow.session.add(score)
        if old != mark.choice:
            changed.append(criterion.code)
            log = ScoreLog(
                scorecard_id=card.id,
                criterion_id=criterion.id,
                old=old,
                new=mark.choice,
                by=actor.user_id,
                at=now,
            )
            uow.session.add(log)
    return changed


def _choice(typed: str) -> Choice:
    if typed in VALUES:
        return Choice.GIVEN
    return Choice.NA if typed == Choice.NA.value else Choice.OPEN


def _leave(uow: UnitOfWork, actor: Actor, found: Sheet, reason: str, now: dt.datetime) -> None:
    """End the assignment; a draft card is closed, a submitted one stays as it is."""
    query = select(Assignment).where(
        col(Assignment.entry_id) == found.entry_id, col(Assignment.judge_id) == actor.user_id
    )
    uow.session.exec(query.with_for_update()).one().ended_at = now
    if found.card is not None and found.card.state is CardState.DRAFT:
        card = _card(uow, actor, found)
        card.state, card.recused_at, card.recuse_reason = CardState.RECUSED, now, reason


def _record(  # noqa: PLR0913, PLR0917 -- private
    uow: UnitOfWork,
    event: Event,
    actor: Actor,
    now: dt.datetime,
    found: Sheet,
    data: Mapping[str, object],
) -> None:
    audit.record(
        uow, event, actor=actor, now=now, subject=f"award-entry:{found.entry_id}", data=data
    )
