"""What everybody may see: the winners of released years."""

import uuid
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.awards.models import AwardCycle, Entry
from jpmirai_compliance.awards.queries.cycles import categories
from jpmirai_compliance.awards.queries.entries import named
from jpmirai_compliance.awards.queries.results import DecisionView, decisions, latest
from jpmirai_compliance.awards.rules import Stage
from jpmirai_compliance.disclosure.models import Publication, PublicPage
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.text import Localized


@dataclass(frozen=True, slots=True)
class Winner:
    """A winner; ``slug`` of its public page of that year, or "" without one."""

    organisation: Localized
    title: str
    slug: str


@dataclass(frozen=True, slots=True)
class Prize:
    """A decided category: its winners, none if the award was not given, and why."""

    category: Localized
    winners: tuple[Winner, ...]
    reason: str


def released(uow: UnitOfWork) -> tuple[int, ...]:
    """Return the released years, newest first."""
    query = (
        select(AwardCycle.year)
        .where(col(AwardCycle.released_at).is_not(None))
        .order_by(col(AwardCycle.year).desc())
    )
    return tuple(uow.session.exec(query).all())


def winners(uow: UnitOfWork, year: int) -> tuple[Prize, ...]:
    """Return the decided categories of a released year in order; nothing before the release."""
    query = select(AwardCycle.id).where(
        col(AwardCycle.year) == year, col(AwardCycle.released_at).is_not(None)
    )
    cycle_id = uow.session.exec(query).one_or_none()
    if cycle_id is None:
        return ()
    of_year = categories(uow, cycle_id)
    by_category: dict[uuid.UUID, list[DecisionView]] = {}
    for decision in decisions(uow, [c.id for c in of_year]):
        by_category.setdefault(decision.category_id, []).append(decision)
    final = {c: last for c, found in by_category.items() if (last := latest(found, Stage.FINAL))}
    people = _people(uow, year, [e for d in final.values() for e in d.named])
    return tuple(
        Prize(c.name, tuple(people[e] for e in final[c.id].named), final[c.id].reason)
        for c in of_year
        if c.id in final
    )


def _people(uow: UnitOfWork, year: int, ids: list[uuid.UUID]) -> dict[uuid.UUID, Winner]:
    entries = uow.session.exec(
        select(Entry, Organisation)
        .join(Organisation, col(Organisation.id) == col(Entry.org_id))
        .where(col(Entry.id).in_(ids))
    ).all()
    pages = dict(
        uow.session.exec(
            select(PublicPage.org_id, PublicPage.slug)
            .join(Publication, col(Publication.org_id) == col(PublicPage.org_id))
            .where(
                col(Publication.year) == year,
                col(Publication.withdrawn_at).is_(None),
                col(PublicPage.org_id).in_([org.id for _, org in entries]),
            )
        ).all()
    )
    return {
        entry.id: Winner(named(org.name_ja, org.name_en), entry.title, pages.get(org.id, ""))
        for entry, org in entries
    }
