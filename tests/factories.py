"""The smallest valid things; nothing here surprises."""

import datetime as dt
import itertools

from jpmirai_compliance.accounts.models import Membership, Organisation, SizeBand, User
from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    FormLength,
    Participation,
    Round,
    Status,
)
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.principles import MemberKind, load_edition

NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)
EDITION = "2026.1"
_numbers = itertools.count(1)


def clock():
    """The real moment: for what a view compares with its own clock."""
    return dt.datetime.now(dt.UTC)


def _detached(uow, row):
    """Free the row from the session, and end the read snapshot that loading it began."""
    uow.session.refresh(row)
    uow.session.expunge(row)
    uow.session.rollback()
    return row


def make_organisation(uow, name="テスト製作所", kind=MemberKind.EMPLOYER, **fields):
    values = {
        "name_ja": name,
        "name_en": f"Org {next(_numbers)}",
        "kind": kind,
        "size": SizeBand.UNDER_300,
        "prefecture": "23",
        "sector": "E",
        "contact_name": "担当 花子",
        "contact_email": f"contact{next(_numbers)}@example.org",
        "profile_completed_at": NOW,
        "created_at": NOW,
    }
    with uow.transaction():
        org = Organisation(**(values | fields))
        uow.session.add(org)
    return _detached(uow, org)


def make_user(uow, org=None, roles=(Role.ADMIN, Role.EDITOR, Role.APPROVER), **fields):
    number = next(_numbers)
    values = {"email": f"user{number}@example.com", "name": f"利用者{number}", "created_at": NOW}
    if org is None and roles:
        values["totp_secret"] = "enrolled"  # staff and judges are let in only with one
    with uow.transaction():
        user = User(**(values | fields))
        uow.session.add(user)
        uow.session.flush()
        for role in roles:
            uow.session.add(
                Membership(user_id=user.id, org_id=org.id if org else None, role=role, since=NOW)
            )
    return _detached(uow, user)


def actor_of(user, org=None, roles=(Role.ADMIN, Role.EDITOR, Role.APPROVER)):
    return Actor(user.id, org.id if org else None, frozenset(roles))


def make_member(uow, name="テスト製作所", **fields):
    """An organisation with one person in all three roles, and that person's actor."""
    org = make_organisation(uow, name, **fields)
    user = make_user(uow, org)
    return org, user, actor_of(user, org)


def make_staff(uow, *roles):
    """A person of the secretariat (all staff roles unless named), and that person's actor."""
    roles = roles or (Role.SECRETARIAT, Role.REVIEWER)
    # a mail domain of its own: the members' would tie the secretariat to every one of them
    email = f"staff{next(_numbers)}@secretariat.example"
    user = make_user(uow, None, roles, totp_secret="enrolled", email=email)
    return user, actor_of(user, None, roles)


def make_round(uow, year=2026, orgs=(), **fields):
    values = {
        "year": year,
        "edition": EDITION,
        "opens_at": NOW - dt.timedelta(days=30),
        "closes_at": NOW + dt.timedelta(days=3650),
        "created_at": NOW - dt.timedelta(days=31),
    }
    with uow.transaction():
        round_ = Round(**(values | fields))
        uow.session.add(round_)
        uow.session.flush()
        for org in orgs:
            uow.session.add(
                Participation(
                    round_id=round_.id, org_id=org.id, form=round_.default_form, added_at=NOW
                )
            )
    return _detached(uow, round_)


def make_assessment(uow, org, round_, answers=None, by=None, **fields):
    """A draft; ``answers``: {indicator id: level, or a dict of AnswerRow fields}."""
    values = {"form": FormLength.FULL, "status": Status.DRAFT, "started_at": NOW}
    with uow.transaction():
        found = Assessment(org_id=org.id, round_id=round_.id, **(values | fields))
        uow.session.add(found)
        uow.session.flush()
        for indicator_id, given in (answers or {}).items():
            given = given if isinstance(given, dict) else {"level": given}
            uow.session.add(
                AnswerRow(
                    org_id=org.id,
                    assessment_id=found.id,
                    indicator_id=indicator_id,
                    updated_at=NOW,
                    updated_by=by.id,
                    **given,
                )
            )
    return _detached(uow, found)


def all_answers(org, level=2, *, core_only=False):
    """Every applicable indicator of the organisation at one level."""
    indicators = load_edition(EDITION).applicable(org.kind, core_only=core_only)
    return {i.id: level for i in indicators}
