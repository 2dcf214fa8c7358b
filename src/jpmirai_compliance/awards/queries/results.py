"""Scores, standings and decisions, for the secretariat."""

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.models import (
    Assignment,
    Category,
    Conflict,
    Criterion,
    Decision,
    Entry,
    Score,
    Scorecard,
)
from jpmirai_compliance.awards.queries import conflicts
from jpmirai_compliance.awards.queries.cycles import CategoryView, CycleView, criteria
from jpmirai_compliance.awards.rules import CardState, EntryState, Outcome, Stage
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.foundation.text import Text

WITHHELD = Text(
    "You have a conflict of interest with an entry here. Somebody else handles its results."
)


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision and what it rests on."""

    id: uuid.UUID
    category_id: uuid.UUID
    ordinal: int
    stage: Stage
    outcome: Outcome
    named: tuple[uuid.UUID, ...]
    basis: Mapping[str, Any]
    result: Mapping[str, Any]
    sha256: str
    reason: str
    decided_at: dt.datetime
    decided_by: uuid.UUID
    by_name: str

    @property
    def holds(self) -> bool:
        """Whether hash and result, worked out again from the stored basis, are those stored."""
        return (
            rules.digest(rules.canonical(self.basis)) == self.sha256
            and rules.recompute(self.basis) == self.result
            and self._named() == [str(i) for i in self.named]
        )

    def _named(self) -> list[str]:
        if self.stage is Stage.FINAL:
            return list(self.basis["decision"]["named"])
        return list(rules.recompute(self.basis)["shortlist"])


@dataclass(frozen=True, slots=True)
class JudgeProgress:
    """How far one reviewer is."""

    judge_id: uuid.UUID
    name: str
    assigned: int
    submitted: int


def basis(uow: UnitOfWork, cycle: CycleView, category: CategoryView) -> dict[str, Any]:
    """Return what a result of the category would rest on now.

    A card of somebody who has a conflict with the entry, found later perhaps, does not count.
    """
    entries = uow.session.exec(
        select(Entry.id, Entry.org_id, Entry.snapshot_sha256).where(
            col(Entry.category_id) == category.id, col(Entry.state) == EntryState.ENTERED
        )
    ).all()
    cards = _cards(uow, [e for e, _, _ in entries])
    judges = {judge for by_judge in cards.values() for judge in by_judge}
    shut = shut_pairs(uow, judges, [(e, org) for e, org, _ in entries])
    contenders = [
        rules.Contender(
            str(entry),
            sha256,
            tuple(
                rules.Card(str(judge), scores)
                for judge, scores in cards.get(entry, {}).items()
                if (entry, judge) not in shut
            ),
        )
        for entry, _, sha256 in entries
    ]
    return rules.basis(
        year=cycle.year,
        category=category.code,
        settings=rules.Settings(
            category.quota, cycle.reserve, category.reviews_needed, cycle.discuss_spread
        ),
        criteria=[c.weighted for c in criteria(uow, cycle.id)],
        contenders=contenders,
        conflicts=[(str(e), str(j), kind) for (e, j), kind in shut.items()],
    )


def shut_pairs(
    uow: UnitOfWork, judges: Collection[uuid.UUID], entries: Sequence[tuple[uuid.UUID, uuid.UUID]]
) -> dict[tuple[uuid.UUID, uuid.UUID], str]:
    """Return (entry, reviewer) pairs with a conflict and its kind; ``entries`` are (id, org)."""
    found: dict[tuple[uuid.UUID, uuid.UUID], str] = {}
    for judge in sorted(judges):
        orgs = conflicts.tied(uow, judge)
        found |= {(e, judge): rules.ConflictKind.DERIVED.value for e, org in entries if org in orgs}
    query = select(col(Conflict.entry_id), col(Conflict.judge_id), col(Conflict.kind)).where(
        col(Conflict.lifted_at).is_(None), col(Conflict.entry_id).in_([e for e, _ in entries])
    )
    for entry, judge, kind in uow.session.exec(query):
        found.setdefault((entry, judge), kind.value)
    return found


def withheld(uow: UnitOfWork, *, actor: Actor, category_id: uuid.UUID) -> Text | None:
    """Return why this person must not see or decide the category's results; None if they may."""
    if conflicts.touching(uow, actor.user_id, category_id):
        return WITHHELD
    query = (
        select(Assignment.id)
        .join(Entry, col(Entry.id) == col(Assignment.entry_id))
        .outerjoin(
            Scorecard,
            (col(Scorecard.entry_id) == col(Entry.id)) & (col(Scorecard.judge_id) == actor.user_id),
        )
        .where(
            col(Entry.category_id) == category_id,
            col(Entry.state) == EntryState.ENTERED,
            col(Assignment.judge_id) == actor.user_id,
            col(Assignment.ended_at).is_(None),
            col(Scorecard.state).is_(None) | (col(Scorecard.state) != CardState.SUBMITTED),
        )
    )
    if uow.session.exec(query.limit(1)).first() is not None:
        return Text("You see the results here after you have submitted your own scores.")
    return None


def open_reviews(uow: UnitOfWork, category_id: uuid.UUID) -> int:
    """Return how many assigned reviews of a category's entries are not submitted."""
    query = (
        select(Assignment.id, Scorecard.state)
        .join(Entry, col(Entry.id) == col(Assignment.entry_id))
        .outerjoin(
            Scorecard,
            (col(Scorecard.entry_id) == col(Entry.id))
            & (col(Scorecard.judge_id) == col(Assignment.judge_id)),
        )
        .where(
            col(Entry.category_id) == category_id,
            col(Entry.state) == EntryState.ENTERED,
            col(Assignment.ended_at).is_(None),
        )
    )
    return sum(state is not CardState.SUBMITTED for _, state in uow.session.exec(query))


def decisions(uow: UnitOfWork, category_ids: Iterable[uuid.UUID]) -> tuple[DecisionView, ...]:
    """Return the decisions of these categories, oldest first within each."""
    query = (
        select(Decision, User.name)
        .join(User, col(User.id) == col(Decision.decided_by))
        .where(col(Decision.category_id).in_(list(category_ids)))
        .order_by(col(Decision.category_id), col(Decision.ordinal))
    )
    return tuple(_decision(row, name) for row, name in uow.session.exec(query))


def latest(found: Sequence[DecisionView], stage: Stage) -> DecisionView | None:
    """Return the last decision of a stage; a shortlist made after a final one voids that one."""
    last = found[-1] if found else None
    if stage is Stage.FINAL:
        return last if last is not None and last.stage is Stage.FINAL else None
    return next((d for d in reversed(found) if d.stage is Stage.SHORTLIST), None)


def verify(uow: UnitOfWork) -> list[uuid.UUID]:
    """Return the decisions whose stored basis does not give the stored hash and result."""
    ids = uow.session.exec(select(Category.id)).all()
    return [d.id for d in decisions(uow, ids) if not d.holds]


def progress(uow: UnitOfWork, cycle_id: uuid.UUID) -> tuple[JudgeProgress, ...]:
    """Return how many entries each reviewer has and has scored, by name."""
    query = (
        select(User.id, User.name, Scorecard.state)
        .join(Assignment, col(Assignment.judge_id) == col(User.id))
        .join(Entry, col(Entry.id) == col(Assignment.entry_id))
        .join(Category, col(Category.id) == col(Entry.category_id))
        .outerjoin(
            Scorecard,
            (col(Scorecard.entry_id) == col(Entry.id)) & (col(Scorecard.judge_id) == col(User.id)),
        )
        .where(
            col(Category.cycle_id) == cycle_id,
            col(Assignment.ended_at).is_(None),
            col(Entry.state) == EntryState.ENTERED,
        )
        .order_by(col(User.name), col(User.id))
    )
    found: dict[uuid.UUID, JudgeProgress] = {}
    for judge, name, state in uow.session.exec(query):
        old = found.get(judge, JudgeProgress(judge, name, 0, 0))
        done = old.submitted + (state is CardState.SUBMITTED)
        found[judge] = JudgeProgress(judge, name, old.assigned + 1, done)
    return tuple(found.values())


def assigned(uow: UnitOfWork, category_id: uuid.UUID) -> dict[uuid.UUID, tuple[str, ...]]:
    """Return the names of each entry's reviewers."""
    query = (
        select(Assignment.entry_id, User.name)
        .join(User, col(User.id) == col(Assignment.judge_id))
        .join(Entry, col(Entry.id) == col(Assignment.entry_id))
        .where(col(Entry.category_id) == category_id, col(Assignment.ended_at).is_(None))
        .order_by(col(User.name))
    )
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for entry, name in uow.session.exec(query):
        found[entry] = (*found.get(entry, ()), name)
    return found


def _cards(
    uow: UnitOfWork, entries: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[uuid.UUID, dict[str, int | None]]]:
    query = (
        select(Scorecard.entry_id, Scorecard.judge_id, Criterion.code, Score.value)
        .join(Score, col(Score.scorecard_id) == col(Scorecard.id))
        .join(Criterion, col(Criterion.id) == col(Score.criterion_id))
        .where(col(Scorecard.entry_id).in_(entries), col(Scorecard.state) == CardState.SUBMITTED)
    )
    found: dict[uuid.UUID, dict[uuid.UUID, dict[str, int | None]]] = {}
    for entry, judge, code, value in uow.session.exec(query):
        found.setdefault(entry, {}).setdefault(judge, {})[code] = value
    return found


def _decision(row: Decision, name: str) -> DecisionView:
    return DecisionView(
        id=row.id,
        category_id=row.category_id,
        ordinal=row.ordinal,
        stage=row.stage,
        outcome=row.outcome,
        named=tuple(uuid.UUID(i) for i in json.loads(row.named)),
        basis=json.loads(row.basis),
        result=json.loads(row.result),
        sha256=row.sha256,
        reason=row.reason,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        by_name=name,
    )
