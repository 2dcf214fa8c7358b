"""A database with many answers in it, written in bulk: what pages and queues are measured on.

Every organisation answers every year. Earlier years are accepted and frozen; of the newest year a
third is in progress, a third waits for the secretariat, the rest is returned or accepted. Every
third answer has a link as evidence, every saved answer its event in the audit chain. The first
organisation, whose pages are measured, is always in progress.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import insert
from sqlmodel import Session

from jpmirai_compliance.accounts.models import Membership, Organisation, SizeBand, User
from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    FormLength,
    Participation,
    Reach,
    Round,
    Snapshot,
    SnapshotKind,
    Status,
)
from jpmirai_compliance.assessments.service import freezing
from jpmirai_compliance.evidence.models import Evidence, EvidenceKind, EvidenceUse
from jpmirai_compliance.foundation.audit import FIRST, AuditEvent, Event, digest
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.principles import MemberKind, editions, load_edition

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
YEAR = 2026
LIVE = (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.SUBMITTED, Status.ACCEPTED)
MEMBER = frozenset({Role.ADMIN, Role.EDITOR, Role.APPROVER})
STAFF = frozenset({Role.SECRETARIAT, Role.REVIEWER})
CHUNK = 5_000


@dataclass(frozen=True)
class Size:
    """How much to write; an employer has about fifty questions a year."""

    organisations: int
    years: int = 1


THOUSAND = Size(20)  # about 1,000 answers
HUNDRED_THOUSAND = Size(400, years=5)  # about 100,000: as many members as the platform has


@dataclass(frozen=True)
class Filled:
    """What is there: whose pages to ask for, and how many answers lie around them."""

    answers: int
    org_id: uuid.UUID
    member: Actor
    staff: Actor
    assessment_id: uuid.UUID


def fill(engine, size):
    """Write ``size`` into an empty database with all tables and return what is there."""
    with Session(engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        with uow.transaction():
            users, orgs = _people(session, size)
            staff = _staff(session)
            found = _years(session, size, users, orgs)
        with uow.transaction():
            _frozen(uow, found, Actor(staff, None, STAFF))
    mine = next(row for row in found if row.org_id == orgs[0] and row.status is Status.DRAFT)
    return Filled(
        answers=len(found) * len(_indicators()),
        org_id=orgs[0],
        member=Actor(users[0], orgs[0], MEMBER),
        staff=Actor(staff, None, STAFF),
        assessment_id=mine.id,
    )


def _put(session, rows):
    """Insert rows of one table; through the models, so that new columns have their defaults."""
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        session.execute(insert(type(part[0]).__table__), [row.model_dump() for row in part])


def _people(session, size):
    orgs = [
        Organisation(
            name_ja=f"見本製作所{number}",
            kind=MemberKind.EMPLOYER,
            size=SizeBand.UNDER_300,
            prefecture="23",
            sector="E",
            contact_name="担当 花子",
            contact_email=f"contact{number}@example.org",
            profile_completed_at=NOW,
            created_at=NOW,
        )
        for number in range(size.organisations)
    ]
    users = [
        User(email=f"person{number}@example.org", name=f"担当{number}", created_at=NOW)
        for number in range(size.organisations)
    ]
    _put(session, orgs)
    _put(session, users)
    pairs = list(zip(users, orgs, strict=True))
    _put(
        session,
        [
            Membership(user_id=u.id, org_id=o.id, role=r, since=NOW)
            for u, o in pairs
            for r in MEMBER
        ],
    )
    return [user.id for user in users], [org.id for org in orgs]


def _staff(session):
    user = User(
        email="staff@secretariat.example", name="事務局", totp_secret="enrolled", created_at=NOW
    )
    _put(session, [user])
    _put(session, [Membership(user_id=user.id, role=role, since=NOW) for role in STAFF])
    return user.id


def _years(session, size, users, orgs):
    """Write rounds, assessments, answers, evidence and the audit chain; return the assessments."""
    found, prev, seq = [], FIRST, 0
    for year in range(YEAR - size.years + 1, YEAR + 1):
        opens = NOW.replace(year=year) - dt.timedelta(days=30)
        round_ = Round(
            year=year,
            edition=editions()[-1],
            opens_at=opens,
            closes_at=opens + dt.timedelta(days=3650 if year == YEAR else 90),
            created_at=opens,
            submissions=size.organisations,
        )
        _put(session, [round_])
        rows = [
            _assessment(round_, org, user, number, newest=year == YEAR)
            for number, (org, user) in enumerate(zip(orgs, users, strict=True))
        ]
        _put(session, rows)
        _put(
            session,
            [
                Participation(org_id=org, round_id=round_.id, form=FormLength.FULL, added_at=opens)
                for org in orgs
            ],
        )
        for row, user in zip(rows, users, strict=True):
            prev, seq = _answers(session, row, user, prev, seq)
        found += rows
    return found


def _assessment(round_, org, user, number, *, newest):
    status = LIVE[number % len(LIVE)] if newest else Status.ACCEPTED
    at = round_.opens_at + dt.timedelta(days=2, minutes=number)
    sent = None if status is Status.DRAFT else at
    return Assessment(
        org_id=org,
        round_id=round_.id,
        form=FormLength.FULL,
        status=status,
        started_at=round_.opens_at,
        submitted_at=sent,
        approved_at=sent,
        approved_by=user if sent else None,
        return_due_at=at + dt.timedelta(days=3000) if status is Status.RETURNED else None,
        accepted_at=at if status is Status.ACCEPTED else None,
        accepted_by=user if status is Status.ACCEPTED else None,
        claimed=50 if sent else None,
        evidenced=30 if sent else None,
    )


def _answers(session, row, user, prev, seq):
    given, pieces, uses, events = [], [], [], []
    for number, indicator in enumerate(_indicators()):
        given.append(
            AnswerRow(
                org_id=row.org_id,
                assessment_id=row.id,
                indicator_id=indicator.id,
                level=number % 5,
                text=f"毎年見直し、{number}の事業所で説明会を開いています。" * 4,
                note="次は海外拠点。",
                reach=Reach.OWN,
                reopened=row.status is Status.RETURNED and number % 7 == 0,
                updated_at=row.started_at,
                updated_by=user,
            )
        )
        if number % 3 == 0:
            piece = Evidence(
                org_id=row.org_id,
                kind=EvidenceKind.LINK,
                title=f"資料{number}",
                url="https://example.org/policy",
                created_at=row.started_at,
                created_by=user,
            )
            pieces.append(piece)
            uses.append(
                EvidenceUse(
                    org_id=row.org_id,
                    evidence_id=piece.id,
                    assessment_id=row.id,
                    indicator_id=indicator.id,
                    attached_at=row.started_at,
                    attached_by=user,
                )
            )
        seq += 1
        event = AuditEvent(
            seq=seq,
            at=row.started_at,
            event=Event.ANSWER_SAVED.value,
            actor_id=user,
            org_id=row.org_id,
            subject=f"answer:{row.id}:{indicator.id}",
            prev=prev,
            hash="",
        )
        event.hash = prev = digest(event)
        events.append(event)
    for rows in (given, pieces, uses, events):
        _put(session, rows)
    return prev, seq


def _frozen(uow, found, staff):
    """Freeze one submission in earnest; the others get its text under their own number."""
    sent = [row for row in found if row.submitted_at is not None]
    model = uow.session.get_one(Assessment, sent[0].id)
    view = freezing.freeze(
        uow,
        model,
        kind=SnapshotKind.SUBMITTED,
        actor=staff,
        event=Event.ASSESSMENT_SUBMITTED,
        now=NOW,
    )
    frozen = uow.session.get_one(Snapshot, view.id)
    years = {row.round_id: uow.session.get_one(Round, row.round_id).year for row in sent}
    _put(
        uow.session,
        [
            Snapshot(
                org_id=row.org_id,
                assessment_id=row.id,
                kind=SnapshotKind.SUBMITTED,
                ordinal=1,
                number=f"{years[row.round_id]}-{number:04d}-1",
                year=years[row.round_id],
                body=frozen.body,
                sha256=frozen.sha256,
                at=row.submitted_at,
                by=row.approved_by,
            )
            for number, row in enumerate(sent[1:], 1)
        ],
    )


def _indicators():
    return load_edition(editions()[-1]).applicable(MemberKind.EMPLOYER)
