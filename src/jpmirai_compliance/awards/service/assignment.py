"""Who reviews what: balanced, free of conflicts, refused where one exists."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.models import Assignment, AwardCycle, Category, Conflict, Entry
from jpmirai_compliance.awards.queries.results import WITHHELD, shut_pairs
from jpmirai_compliance.awards.rules import ConflictKind, EntryState
from jpmirai_compliance.awards.service.rows import cycle_row, require_scores_open
from jpmirai_compliance.foundation import audit, mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import DomainError, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import (
    JUDGING,
    SECRETARIAT_ITSELF,
    Actor,
    Permission,
    authorize,
)
from jpmirai_compliance.foundation.text import Text


@dataclass(frozen=True, slots=True)
class Assigned:
    """How many reviews were given out, and which entries lack how many reviewers."""

    made: int
    short: Mapping[uuid.UUID, int]


@dataclass(frozen=True, slots=True)
class _Seat:
    entry_id: uuid.UUID
    org_id: uuid.UUID
    needed: int


def assign(
    uow: UnitOfWork, *, actor: Actor, year: int, base_url: str, now: dt.datetime
) -> Assigned:
    """Give every entry the reviewers it lacks, with loads as even as conflicts allow.

    Reviewers are all judges and reviewers of the secretariat. Conflicts found from people and
    organisations are put on record in the same transaction. The same rows give the same result.
    """
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    cycle = _open_cycle(uow, year, now)
    pool = accounts.with_roles(uow, None, JUDGING)
    seats = _seats(uow, cycle.id)
    shut = _derived_on_record(uow, [p.user_id for p in pool], seats, now)
    known = _assignments(uow, seats)
    active = [a for a in known if a.ended_at is None]
    excluded = {(a.entry_id, a.judge_id) for a in known} | set(shut)
    needs = [
        rules.Need(
            str(seat.entry_id),
            max(0, seat.needed - sum(a.entry_id == seat.entry_id for a in active)),
            frozenset(str(j) for e, j in excluded if e == seat.entry_id),
        )
        for seat in seats
    ]
    people = {str(p.user_id): p for p in pool}
    loads = {j: sum(str(a.judge_id) == j for a in active) for j in people}
    found = rules.plan(needs, list(people), loads)
    for entry, judge in found.pairs:
        _add(uow, actor, uuid.UUID(entry), uuid.UUID(judge), now)
    _tell(uow, [people[j] for j in sorted({j for _, j in found.pairs})], year, base_url, now)
    return Assigned(len(found.pairs), {uuid.UUID(e): n for e, n in found.short.items()})


def assign_one(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    entry_id: uuid.UUID,
    judge_id: uuid.UUID,
    base_url: str,
    now: dt.datetime,
) -> None:
    """Give one entry to one reviewer; DomainError where a conflict exists, or a second time.

    NotPermitted for whoever has a conflict with the entry: nobody chooses their own judges.
    """
    authorize(actor, Permission.AWARD_MANAGE, SECRETARIAT_ITSELF)
    cycle = _open_cycle(uow, year, now)
    people = {p.user_id: p for p in accounts.with_roles(uow, None, JUDGING)}
    seat = next((s for s in _seats(uow, cycle.id) if s.entry_id == entry_id), None)
    if seat is None or judge_id not in people:
        raise NotFound
    if (entry_id, actor.user_id) in shut_pairs(uow, [actor.user_id], [(entry_id, seat.org_id)]):
        raise NotPermitted(WITHHELD)
    if _derived_on_record(uow, [judge_id], [seat], now):
        raise DomainError(
            Text("This reviewer has a conflict of interest with the entry and cannot judge it.")
        )
    if any(a.judge_id == judge_id for a in _assignments(uow, [seat])):
        raise DomainError(Text("This reviewer had this entry before."))
    _add(uow, actor, entry_id, judge_id, now)
    _tell(uow, [people[judge_id]], year, base_url, now)


def _open_cycle(uow: UnitOfWork, year: int, now: dt.datetime) -> AwardCycle:
    cycle = cycle_row(uow, year)
    lock(uow, "awards:assign")
    require_scores_open(cycle, now, early=True)
    return cycle


def _seats(uow: UnitOfWork, cycle_id: uuid.UUID) -> list[_Seat]:
    query = (
        select(Entry.id, Entry.org_id, Category.reviews_needed)
        .join(Category, col(Category.id) == col(Entry.category_id))
        .where(col(Category.cycle_id) == cycle_id, col(Entry.state) == EntryState.ENTERED)
        .order_by(col(Entry.id))
    )
    return [_Seat(*row) for row in uow.session.exec(query)]


def _assignments(uow: UnitOfWork, seats: Sequence[_Seat]) -> list[Assignment]:
    query = select(Assignment).where(col(Assignment.entry_id).in_([s.entry_id for s in seats]))
    return list(uow.session.exec(query))


def _derived_on_record(
    uow: UnitOfWork, judges: Sequence[uuid.UUID], seats: Sequence[_Seat], now: dt.datetime
) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Return the (entry, judge) pairs with any conflict; write those not on record yet."""
    pairs = shut_pairs(uow, judges, [(s.entry_id, s.org_id) for s in seats])
    known = set(
        uow.session.exec(
            select(Conflict.entry_id, Conflict.judge_id).where(
                col(Conflict.kind) == ConflictKind.DERIVED,
                col(Conflict.entry_id).in_([s.entry_id for s in seats]),
            )
        ).all()
    )
    for judge in judges:
        ties = accounts.ties(uow, judge)
        for seat in seats:
            if seat.org_id in ties and (seat.entry_id, judge) not in known:
                basis = ", ".join(sorted(tie.value for tie in ties[seat.org_id]))
                uow.session.add(
                    Conflict(
                        judge_id=judge,
                        entry_id=seat.entry_id,
                        kind=ConflictKind.DERIVED,
                        basis=basis,
                        at=now,
                    )
                )
    return {pair for pair in pairs if pair[1] in set(judges)}


def _add(
    uow: UnitOfWork, actor: Actor, entry_id: uuid.UUID, judge_id: uuid.UUID, now: dt.datetime
) -> None:
    uow.session.add(
        Assignment(entry_id=entry_id, judge_id=judge_id, assigned_at=now, assigned_by=actor.user_id)
    )
    audit.record(
        uow,
        Event.AWARD_JUDGE_ASSIGNED,
        actor=actor,
        now=now,
        subject=f"award-entry:{entry_id}",
        data={"judge": str(judge_id)},
    )


def _tell(
    uow: UnitOfWork,
    people: Iterable[accounts.PersonView],
    year: int,
    base_url: str,
    now: dt.datetime,
) -> None:
    """Mail the reviewers; the mail names no entry and no number of entries."""
    for person in people:
        mail.queue(
            uow,
            kind="award-assigned",
            recipient=person.email,
            locale=person.locale,
            subject=Text("Award entries of %(year)s to review", {"year": str(year)}),
            paragraphs=[
                Text("You have been asked to review award entries. Please begin here:"),
                f"{base_url}/j",
                Text("If you have a conflict of interest, say so there before you open an entry."),
            ],
            now=now,
        )
