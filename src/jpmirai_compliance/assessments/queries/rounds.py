"""Rounds and who takes part in them, as the secretariat reads them."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.models import (
    FormLength,
    Participation,
    Round,
)
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles import MemberKind

PAGE = 100


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One year's round; open in [opens_at, closes_at); ``version`` guards changes."""

    id: uuid.UUID
    year: int
    edition: str
    default_form: FormLength
    members_choose: bool
    opens_at: dt.datetime
    closes_at: dt.datetime
    version: int
    participants: int

    def phase(self, now: dt.datetime) -> str:
        """Return ``invited`` before it opens, ``open`` during it, ``closed`` after."""
        if now < self.opens_at:
            return "invited"
        return "open" if now < self.closes_at else "closed"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that could be added to a round."""

    org_id: uuid.UUID
    name: Localized
    name_ja: str
    kind: MemberKind


Key = tuple[str, uuid.UUID]  # name_ja and id of the last row of a page


def organisation_name(name_ja: str, name_en: str) -> Localized:
    """Return an organisation's name in both languages."""
    return Localized({"ja": name_ja, "en": name_en})


def rounds(uow: UnitOfWork, *, actor: Actor) -> tuple[RoundRow, ...]:
    """Return every round, newest first, with how many take part; NotPermitted for members."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    rows = uow.session.execute(_round_select().order_by(col(Round.year).desc()).limit(PAGE))
    return tuple(RoundRow(*row) for row in rows)


def round_of_year(uow: UnitOfWork, *, actor: Actor, year: int) -> RoundRow:
    """Return the round of a year; NotFound if there is none."""
    authorize(actor, Permission.ROUND_READ, SECRETARIAT_ITSELF)
    row = uow.session.execute(_round_select().where(col(Round.year) == year)).one_or_none()
    if row is None:
        raise NotFound
    return RoundRow(*row)


def current_round(uow: UnitOfWork, *, actor: Actor, now: dt.datetime) -> RoundRow | None:
    """Return the round that is open, else the newest that has opened, else the next; or None."""
    found = rounds(uow, actor=actor)
    for wanted in ("open", "closed", "invited"):
        if same := [r for r in found if r.phase(now) == wanted]:
            return same[-1] if wanted == "invited" else same[0]
    return None


def candidates(
    uow: UnitOfWork,
    *,
    actor: Actor,
    round_id: uuid.UUID,
    words: str = "",
    after: Key | None = None,
) -> tuple[Candidate, ...]:
    """Return up to 100 organisations that do not take part yet, by name, after the key."""
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    taking_part = select(Participation.org_id).where(col(Participation.round_id) == round_id)
    query = select_columns(
        col(Organisation.id),
        col(Organisation.name_ja),
        col(Organisation.name_en),
        col(Organisation.kind),
    ).where(col(Organisation.id).not_in(taking_part), *after_name(after))
    rows = uow.session.execute(named(query, words).order_by(*by_name()).limit(PAGE))
    return tuple(Candidate(i, organisation_name(ja, en), ja, kind) for i, ja, en, kind in rows)


def organisation_ids(uow: UnitOfWork, *, of_round: uuid.UUID | None = None) -> set[uuid.UUID]:
    """Return the ids of all organisations, or of those that took part in a round."""
    if of_round is None:
        return set(uow.session.exec(select(Organisation.id)))
    query = select(Participation.org_id).where(col(Participation.round_id) == of_round)
    return set(uow.session.exec(query))


def known_organisations(uow: UnitOfWork, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of ``ids`` that are organisations."""
    return set(uow.session.exec(select(Organisation.id).where(col(Organisation.id).in_(ids))))


def organisation_count(uow: UnitOfWork) -> int:
    """Return how many organisations there are."""
    return uow.session.exec(select(func.count(col(Organisation.id)))).one()


def _round_select() -> Select[*tuple[Any, ...]]:
    taking_part = (
        select(func.count(col(Participation.id)))
        .where(col(Participation.round_id) == col(Round.id))
        .correlate(Round)
        .scalar_subquery()
    )
    return select_columns(
        col(Round.id),
        col(Round.year),
        col(Round.edition),
        col(Round.default_form),
        col(Round.members_choose),
        col(Round.opens_at),
        col(Round.closes_at),
        col(Round.version),
        taking_part,
    )


def named(query: Select[*tuple[Any, ...]], words: str) -> Select[*tuple[Any, ...]]:
    """Return the query narrowed to organisations whose name holds the words."""
    if not words:
        return query
    japanese = col(Organisation.name_ja).icontains(words, autoescape=True)
    return query.where(or_(japanese, col(Organisation.name_en).icontains(words, autoescape=True)))


def by_name() -> tuple[Any, Any]:
    """Return the order of lists by name."""
    return col(Organisation.name_ja), col(Organisation.id)


def after_name(key: Key | None) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a list by name goes on after a key."""
    if key is None:
        return ()
    name, org_id = col(Organisation.name_ja), col(Organisation.id)
    return (or_(name > key[0], and_(name == key[0], org_id > key[1])),)
