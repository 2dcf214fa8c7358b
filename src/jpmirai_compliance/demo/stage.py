"""A stage to act on: every act is one service call of one person, in one transaction."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import Engine
from sqlmodel import Session

from jpmirai_compliance.accounts import service as accounts
from jpmirai_compliance.demo.cast import MEMBERS, PASSWORD, PEOPLE, SECOND_FACTOR, Member, Person
from jpmirai_compliance.foundation.db import EVERYTHING, Scope, UnitOfWork
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.foundation.settings import Settings

TOKYO = ZoneInfo("Asia/Tokyo")
T = TypeVar("T")


@dataclass
class Stage:
    """The application, its database, and who is who."""

    app: Flask
    engine: Engine
    settings: Settings
    today: dt.datetime
    orgs: dict[str, uuid.UUID] = field(default_factory=dict)
    users: dict[str, uuid.UUID] = field(default_factory=dict)

    def act(self, actor: Actor | None, deed: Callable[[UnitOfWork], T]) -> T:
        """Return what the deed gives, committed."""
        scope = Scope(actor.org_id) if actor and actor.org_id else EVERYTHING
        with Session(self.engine) as session:
            uow = UnitOfWork(session, scope)
            with uow.transaction():
                return deed(uow)

    def actor(self, local: str) -> Actor:
        """Return the person with this name before the @, in all their roles."""
        person = next(p for p in PEOPLE if p.local == local)
        org_id = self.orgs[person.org] if person.org else None
        return Actor(self.users[local], org_id, frozenset(Role(r) for r in person.roles))

    def of(self, key: str, role: str) -> Actor:
        """Return a person of the organisation who has the role."""
        found = next(p for p in PEOPLE if p.org == key and role in p.roles)
        return self.actor(found.local)

    def at(self, year: int, month: int, day: int, hour: int = 10) -> dt.datetime:
        """Return a moment in Japan."""
        return dt.datetime(year, month, day, hour, tzinfo=TOKYO)


def fill_cast(stage: Stage, *, now: dt.datetime) -> None:
    """Create the organisations and the people."""
    for member in MEMBERS:
        stage.orgs[member.key] = stage.act(None, partial(_organisation, member=member, now=now))
    vault = accounts.Vault.of(stage.settings)
    for person in PEOPLE:
        deed = partial(_person, person=person, stage=stage, vault=vault, now=now)
        stage.users[person.local] = stage.act(None, deed)


def _organisation(uow: UnitOfWork, member: Member, now: dt.datetime) -> uuid.UUID:
    return accounts.create_organisation(
        uow,
        actor=None,
        name_ja=member.name_ja,
        name_en=member.name_en,
        kind=member.kind,
        size=member.size,
        prefecture=member.prefecture,
        sector=member.sector,
        website=member.website,
        contact_name=next(p.name for p in PEOPLE if p.org == member.key),
        contact_email=next(p.email for p in PEOPLE if p.org == member.key),
        now=now,
    )


def _person(
    uow: UnitOfWork, person: Person, stage: Stage, vault: accounts.Vault, now: dt.datetime
) -> uuid.UUID:
    user_id = accounts.create_user(
        uow,
        email=person.email,
        name=person.name,
        locale=person.locale,
        password=PASSWORD,
        totp_secret="" if person.org else SECOND_FACTOR,
        vault=vault,
        now=now,
    )
    accounts.grant(
        uow,
        actor=None,
        user_id=user_id,
        org_id=stage.orgs[person.org] if person.org else None,
        roles=frozenset(Role(r) for r in person.roles),
        now=now,
    )
    return user_id
