"""Editions of the bank: shipped with the product, drafts, and those the secretariat published."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.assessments.models import BankEdition, Round, Snapshot
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import (
    BankError,
    Edition,
    EditionClash,
    changed_since_shipping,
    digest_of,
    editions,
    load_edition,
    register,
    rescore,
    scores_as_dict,
)
from jpmirai_compliance.principles.data import canonical, digest, from_canonical
from jpmirai_compliance.principles.model import edition_order

PAGE = 100


class EditionState(StrEnum):
    """Where an edition comes from, and whether it can still change."""

    SHIPPED = "shipped"
    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class EditionView:
    """One edition; ``version`` guards a draft, ``rounds`` are the years that use it.

    ``text`` is the canonical one; names and times are empty where nobody did it.
    """

    id: str
    state: EditionState
    text: str
    based_on: str = ""
    rounds: tuple[int, ...] = ()
    changed_at: dt.datetime | None = None
    changed_by: str = ""
    published_at: dt.datetime | None = None
    version: int = 0

    @property
    def edition(self) -> Edition:
        """The edition itself."""
        return parsed(self.text)

    @property
    def sha256(self) -> str:
        """The hash of the canonical text."""
        return digest(self.text)

    @property
    def asked(self) -> int:
        """How many indicators are in force."""
        return sum(indicator.in_force(self.id) for indicator in self.edition.indicators)


@lru_cache(maxsize=32)
def parsed(text: str) -> Edition:
    """Return the edition of a canonical text; drafts are read again on every page."""
    return from_canonical(text)


def make_known(uow: UnitOfWork) -> None:
    """Register the published editions of this database with the process.

    Called before anything that may read an edition: each request, job and command. Costs one
    small query. Raises ``EditionClash`` if an id means something else in this process already.
    """
    query = select(BankEdition.id, BankEdition.sha256).where(
        col(BankEdition.published_at).is_not(None)
    )
    for edition_id, sha256 in uow.session.exec(query).all():
        if digest_of(edition_id) != sha256:
            row = uow.session.exec(select(BankEdition).where(col(BankEdition.id) == edition_id))
            register(row.one().body)


def known_ids(uow: UnitOfWork) -> tuple[str, ...]:
    """Return the ids of the editions that a round may use, oldest first."""
    query = select(BankEdition.id).where(col(BankEdition.published_at).is_not(None))
    return tuple(sorted({*editions(), *uow.session.exec(query)}, key=edition_order))


def all_editions(uow: UnitOfWork, *, actor: Actor) -> tuple[EditionView, ...]:
    """Return every edition, newest first; NotPermitted for all but the secretariat."""
    authorize(actor, Permission.EDITION_MANAGE, SECRETARIAT_ITSELF)
    used = _rounds(uow)
    found = [_view(*row, used) for row in uow.session.exec(_stored().limit(PAGE)).all()]
    found += [_shipped(key, used) for key in editions()]
    return tuple(sorted(found, key=lambda view: edition_order(view.id), reverse=True))


def edition(uow: UnitOfWork, *, actor: Actor, edition_id: str) -> EditionView:
    """Return one edition; NotFound if there is none, NotPermitted but for the secretariat."""
    authorize(actor, Permission.EDITION_MANAGE, SECRETARIAT_ITSELF)
    if edition_id in editions():
        return _shipped(edition_id, _rounds(uow))
    row = uow.session.exec(_stored().where(col(BankEdition.id) == edition_id)).one_or_none()
    if row is None:
        raise NotFound
    return _view(*row, _rounds(uow))


def faults(uow: UnitOfWork) -> list[Text]:
    """Return a line for each edition or snapshot that is no longer what it was."""
    found = [
        Text("Edition %(id)s is not as it was shipped.", {"id": key})
        for key in changed_since_shipping()
    ]
    try:
        make_known(uow)
    except EditionClash as clash:
        found.append(_another(clash.edition_id))
    published = select(BankEdition).where(col(BankEdition.published_at).is_not(None))
    for row in uow.session.exec(published).all():
        found += _edition_faults(row)
    return found + list(_snapshot_faults(uow))


def _another(edition_id: str) -> Text:
    return Text("Edition %(id)s is there twice with different content.", {"id": edition_id})


def _edition_faults(row: BankEdition) -> list[Text]:
    values: dict[str, object] = {"id": row.id}
    if digest(row.body) != row.sha256:
        return [Text("Edition %(id)s is not as it was published.", values)]
    try:
        same = canonical(from_canonical(row.body)) == row.body
    except (BankError, ValueError):
        same = False
    return [] if same else [Text("Edition %(id)s cannot be read back.", values)]


def _snapshot_faults(uow: UnitOfWork) -> Iterator[Text]:
    for row in uow.session.exec(select(Snapshot).execution_options(yield_per=50)):
        if digest(row.body) != row.sha256:
            yield Text("Submission %(number)s is not as it was frozen.", {"number": row.number})
            continue
        frozen = json.loads(row.body)["assessment"]
        if scores_as_dict(rescore(frozen)) != frozen["scores"]:
            yield Text(
                "The scores of submission %(number)s come out differently.", {"number": row.number}
            )


def _rounds(uow: UnitOfWork) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for edition_id, year in uow.session.exec(
        select(Round.edition, Round.year).order_by(col(Round.year))
    ):
        found[edition_id] = (*found.get(edition_id, ()), year)
    return found


def _stored() -> Select[BankEdition, str]:
    return select(BankEdition, User.name).join(User, col(User.id) == col(BankEdition.changed_by))


def _view(row: BankEdition, name: str, used: dict[str, tuple[int, ...]]) -> EditionView:
    return EditionView(
        id=row.id,
        state=EditionState.PUBLISHED if row.published_at else EditionState.DRAFT,
        text=row.body,
        based_on=row.based_on,
        rounds=used.get(row.id, ()),
        changed_at=row.changed_at,
        changed_by=name,
        published_at=row.published_at,
        version=row.version,
    )


def _shipped(key: str, used: dict[str, tuple[int, ...]]) -> EditionView:
    text = canonical(load_edition(key))
    return EditionView(key, EditionState.SHIPPED, text, rounds=used.get(key, ()))
