"""Eight colleagues of one organisation and two of another, signed in, with answers to write."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlmodel import Session, col, select

from jpmirai_compliance.accounts.models import LoginSession
from jpmirai_compliance.app import create_app
from jpmirai_compliance.assessments.models import AnswerRow
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.operations.writers import UNITS, Ledger, Page

YEAR = 2026


@dataclass(frozen=True)
class Desk:
    """One organisation's answers and the session cookies of its people."""

    assessment_id: object
    indicators: tuple
    cookies: tuple


@dataclass(frozen=True)
class Office:
    """Ours, and a second organisation that writes at the same time."""

    ours: Desk
    theirs: Desk


def furnish(engine, settings, people=8):
    """Fill an empty database; return who may write what."""
    app = create_app(settings, engine)
    with Session(engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        orgs = [factories.make_organisation(uow, name) for name in ("青葉工業", "第二の会社")]
        round_ = factories.make_round(uow, YEAR, orgs)
        desks = [
            _desk(uow, app, org, round_, number)
            for org, number in zip(orgs, (people, 2), strict=True)
        ]
    return Office(*desks)


def _desk(uow, app, org, round_, people):
    users = [factories.make_user(uow, org, (Role.EDITOR,)) for _ in range(people)]
    assessment = factories.make_assessment(uow, org, round_)
    cookies = tuple(_signed_in(uow, app, user, org) for user in users)
    return Desk(assessment.id, tuple(factories.all_answers(org)), cookies)


def _signed_in(uow, app, user, org):
    token, now = secrets.token_urlsafe(32), factories.clock()
    with uow.transaction():
        uow.session.add(
            LoginSession(
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                user_id=user.id,
                org_id=org.id,
                created_at=now,
                seen_at=now,
                fresh_at=now,
            )
        )
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return f"jpmirai={client.get_cookie('jpmirai').value}"


@dataclass(frozen=True)
class Shift:
    """Who writes where: the pages of one run, and the ledger of each answer that is written."""

    pages: tuple
    ledgers: dict  # (assessment id, indicator id) → Ledger

    def lost(self, engine):
        """Return in words whatever is lost, of all answers."""
        found = []
        with Session(engine) as session:
            uow = UnitOfWork(session, EVERYTHING)
            for (assessment_id, indicator_id), ledger in self.ledgers.items():
                query = select(AnswerRow).where(
                    col(AnswerRow.assessment_id) == assessment_id,
                    col(AnswerRow.indicator_id) == indicator_id,
                )
                row = uow.session.exec(query).one()
                found += [f"{indicator_id}: {x}" for x in ledger.lost(fields_of(row), row.version)]
        return found


def fields_of(row):
    """Return a stored answer as the fields of its page."""
    level = "na" if row.not_applicable else "" if row.level is None else str(row.level)
    texts = {name: getattr(row, name) for name in ("na_reason", "text", "note")}
    return {"level": level, **texts, "reach": row.reach.value}


def own_answers(office, port, first):
    """Everybody in an answer of their own, ``first`` and following."""
    places = office.ours.indicators[first:]
    return _shift(office, port, [(p, "text") for p in places[: len(office.ours.cookies)]])


def different_fields(office, port, first):
    """Everybody in one answer, in its four parts in turn: with more people, two share a part."""
    units = list(UNITS)
    place = office.ours.indicators[first]
    many = len(office.ours.cookies)
    return _shift(office, port, [(place, units[n % len(units)]) for n in range(many)])


def same_field(office, port, first):
    """Everybody in the text of one answer."""
    return _shift(
        office, port, [(office.ours.indicators[first], "text")] * len(office.ours.cookies)
    )


def _shift(office, port, places):
    ledgers, pages = {}, []
    first = places[0][0]
    noise = [(first, "text"), (first, "text")]
    for desk, wanted, mark in ((office.ours, places, "a"), (office.theirs, noise, "z")):
        for number, (cookie, (indicator_id, unit)) in enumerate(
            zip(desk.cookies, wanted, strict=True)
        ):
            ledger = ledgers.setdefault((desk.assessment_id, indicator_id), Ledger())
            path = f"/m/{YEAR}/{indicator_id}"
            name = f"{mark}{number}"
            pages.append(Page(port, cookie, path, name=name, unit=unit, ledger=ledger))
    return Shift(tuple(pages), ledgers)
