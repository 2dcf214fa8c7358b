"""What a reviewer sees: assigned entries without a conflict, and nothing that hints at others."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.models import Snapshot
from jpmirai_compliance.assessments.queries.frozen import Frozen, Piece, frozen_answers
from jpmirai_compliance.awards.models import (
    Assignment,
    AwardCycle,
    Category,
    Criterion,
    Entry,
    Score,
    Scorecard,
)
from jpmirai_compliance.awards.queries.conflicts import clear_of, tied
from jpmirai_compliance.awards.queries.cycles import (
    CategoryView,
    CycleView,
    category_view,
    cycle_view,
)
from jpmirai_compliance.awards.queries.entries import named
from jpmirai_compliance.awards.rules import CardState, Choice, EntryState
from jpmirai_compliance.evidence import queries as files
from jpmirai_compliance.evidence.queries import EvidenceView
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One line of a reviewer's queue; ``state`` is None before the reviewer opened the entry."""

    entry_id: uuid.UUID
    year: int
    category: Localized
    organisation: Localized
    state: CardState | None

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.state is CardState.SUBMITTED


@dataclass(frozen=True, slots=True)
class MarkView:
    """What was chosen for one criterion: "1" to "5", "na" or ""; and why."""

    choice: str
    reason: str


@dataclass(frozen=True, slots=True)
class CardView:
    """A scorecard with its marks by criterion code."""

    id: uuid.UUID
    state: CardState
    comment: str
    version: int
    marks: Mapping[str, MarkView]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An entry on the reviewer's desk; without a card the content stays closed (``body`` None)."""

    entry_id: uuid.UUID
    org_id: uuid.UUID
    cycle: CycleView
    category: CategoryView
    organisation: Localized
    card: CardView | None
    title: str
    statement: str
    body: Mapping[str, Any] | None

    @property
    def answers(self) -> Mapping[str, Frozen]:
        """Return indicator id → what was said; nothing while the entry is closed."""
        return frozen_answers(self.body) if self.body is not None else {}

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Return every piece of evidence of the entry; one that supports two answers twice."""
        return tuple(piece for said in self.answers.values() for piece in said.evidence)


def desk(uow: UnitOfWork, *, actor: Actor) -> tuple[DeskRow, ...]:
    """Return the reviewer's queue of the years that are not released, in the categories' order."""
    authorize(actor, Permission.AWARD_SCORE, SECRETARIAT_ITSELF)
    query = _own(uow, actor).order_by(
        col(AwardCycle.year).desc(),
        col(Category.position),
        col(Organisation.name_ja),
        col(Entry.id),
    )
    return tuple(
        DeskRow(
            entry.id,
            cycle.year,
            category_view(category).name,
            named(org.name_ja, org.name_en),
            card.state if card else None,
        )
        for entry, category, cycle, org, card in uow.session.execute(query)
    )


def sheet(uow: UnitOfWork, *, actor: Actor, entry_id: uuid.UUID) -> Sheet:
    """Return one entry of the reviewer's queue; NotFound for every other, conflicts included."""
    authorize(actor, Permission.AWARD_SCORE, SECRETARIAT_ITSELF)
    found = uow.session.execute(_own(uow, actor).where(col(Entry.id) == entry_id)).one_or_none()
    if found is None:
        raise NotFound
    entry, category, cycle, org, card = found
    return Sheet(
        entry_id=entry.id,
        org_id=entry.org_id,
        cycle=cycle_view(cycle),
        category=category_view(category),
        organisation=named(org.name_ja, org.name_en),
        card=_card(uow, card) if card else None,
        title=entry.title if card else "",
        statement=entry.statement if card else "",
        body=_frozen(uow, entry.snapshot_id) if card else None,
    )


def peers(uow: UnitOfWork, *, actor: Actor, entry_id: uuid.UUID) -> tuple[CardView, ...]:
    """Return the other reviewers' submitted cards, nameless; nothing before one's own is in."""
    own = sheet(uow, actor=actor, entry_id=entry_id).card
    if own is None or own.state is not CardState.SUBMITTED:
        return ()
    query = (
        select(Scorecard)
        .where(
            col(Scorecard.entry_id) == entry_id,
            col(Scorecard.judge_id) != actor.user_id,
            col(Scorecard.state) == CardState.SUBMITTED,
        )
        .order_by(col(Scorecard.submitted_at), col(Scorecard.id))
    )
    return tuple(_card(uow, row) for row in uow.session.exec(query).all())


def evidence(uow: UnitOfWork, found: Sheet, evidence_id: uuid.UUID, ordinal: int) -> EvidenceView:
    """Return a frozen file of an opened sheet as it may be handed out now.

    NotFound also where the organisation has made it internal since, where it waits for the virus
    scanner or is blocked.
    """
    if (str(evidence_id), ordinal) not in {(p.id, p.ordinal) for p in found.pieces if p.sha256}:
        raise NotFound
    view = files.version(uow, evidence_id, ordinal)
    if not (view.available and view.shown_to_reviewers):
        raise NotFound
    return view


def written(choice: Choice, value: int | None) -> str:
    """Return a score as forms and the log write it: "1" to "5", "na" or ""."""
    if choice is Choice.NA:
        return Choice.NA.value
    return "" if value is None else str(value)


def _own(
    uow: UnitOfWork, actor: Actor
) -> Select[Entry, Category, AwardCycle, Organisation, Scorecard]:
    return (
        select_columns(Entry, Category, AwardCycle, Organisation, Scorecard)
        .join(Assignment, col(Assignment.entry_id) == col(Entry.id))
        .join(Category, col(Category.id) == col(Entry.category_id))
        .join(AwardCycle, col(AwardCycle.id) == col(Category.cycle_id))
        .join(Organisation, col(Organisation.id) == col(Entry.org_id))
        .outerjoin(
            Scorecard,
            (col(Scorecard.entry_id) == col(Entry.id)) & (col(Scorecard.judge_id) == actor.user_id),
        )
        .where(
            col(Assignment.judge_id) == actor.user_id,
            col(Assignment.ended_at).is_(None),
            col(Entry.state) == EntryState.ENTERED,
            col(AwardCycle.released_at).is_(None),
            clear_of(actor.user_id, tied(uow, actor.user_id)),
        )
    )


def _card(uow: UnitOfWork, card: Scorecard) -> CardView:
    query = (
        select(Criterion.code, Score)
        .join(Score, col(Score.criterion_id) == col(Criterion.id))
        .where(col(Score.scorecard_id) == card.id)
        .order_by(col(Criterion.position))
    )
    marks = {
        code: MarkView(written(s.choice, s.value), s.reason) for code, s in uow.session.exec(query)
    }
    return CardView(card.id, card.state, card.comment, card.version, marks)


def _frozen(uow: UnitOfWork, snapshot_id: uuid.UUID) -> Mapping[str, Any]:
    query = select(Snapshot.body).where(col(Snapshot.id) == snapshot_id)
    body: Mapping[str, Any] = json.loads(uow.session.exec(query).one())
    return body
