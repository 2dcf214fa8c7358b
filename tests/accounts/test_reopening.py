"""A member whose administrators nobody reaches gets a new one, by two people."""

import datetime as dt

import pytest

from jpmirai_compliance.accounts.models import Invitation, Membership, Reopening
from jpmirai_compliance.accounts.service import invite, people, reopening
from jpmirai_compliance.foundation.errors import (
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.mail import BouncedAddress, OutboxMail
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.accounts.scene import events, race, rows

NOW = factories.NOW
BASE = "http://localhost"
DAY = dt.timedelta(days=1)
ADMIN, EDITOR = Role.ADMIN, Role.EDITOR


@pytest.fixture
def org(uow):
    factories.make_member(uow, "別の会社")
    return factories.make_organisation(uow, "青葉精密")


@pytest.fixture
def old(uow, org):
    return factories.make_user(uow, org, email="old@aoba.example.com")


@pytest.fixture
def heir(uow, org):
    return factories.make_user(uow, org, (EDITOR,), email="heir@aoba.example.com")


@pytest.fixture
def staff(uow):
    return factories.make_staff(uow)[1]


@pytest.fixture
def lost(uow, org, old):
    """The only administrator's address has bounced."""
    with uow.transaction():
        uow.session.add(BouncedAddress(address=old.email, at=NOW))
    return org


def propose(uow, actor, org, email="new@aoba.example.com", now=NOW):
    with uow.transaction():
        return reopening.propose(
            uow,
            actor=actor,
            org_id=org.id,
            email=email,
            name="新任",
            locale="ja",
            reason="担当者の退職",
            evidence="代表番号に電話で確認",
            base_url=BASE,
            now=now,
        )


def consent(uow, actor, org, found, now=NOW + DAY):
    with uow.transaction():
        return reopening.consent(
            uow, actor=actor, org_id=org.id, reopening_id=found, base_url=BASE, now=now
        )


def test_a_second_person_agrees_and_the_old_addresses_are_told(uow, lost, old, staff):
    second_user, second = factories.make_staff(uow)
    found = propose(uow, staff, lost)
    assert [m.recipient for m in rows(uow, OutboxMail)] == [second_user.email]
    assert rows(uow, Invitation) == []
    consent(uow, second, lost, found)
    [invitation] = rows(uow, Invitation)
    assert (invitation.email, invitation.roles) == (
        "new@aoba.example.com",
        "admin,editor,approver",
    )
    told = {m.recipient for m in rows(uow, OutboxMail) if m.kind == "accounts:reopened"}
    assert told == {old.email, lost.contact_email}
    assert events(uow) == [
        "accounts:reopening-proposed",
        "accounts:reopening-consented",
        "accounts:invitation-sent",
    ]


def test_neither_the_proposer_nor_anybody_tied_to_the_member_agrees(uow, lost, staff):
    found = propose(uow, staff, lost)
    tied_user, tied = factories.make_staff(uow)
    with uow.transaction():
        uow.session.add(
            Membership(user_id=tied_user.id, org_id=lost.id, role=EDITOR, since=NOW, ended_at=NOW)
        )
    reviewer = factories.make_staff(uow, Role.REVIEWER)[1]
    for actor in (staff, tied, reviewer):
        with pytest.raises(NotPermitted):
            consent(uow, actor, lost, found)
    with pytest.raises(NotPermitted):
        propose(uow, tied, lost)
    assert rows(uow, Invitation) == []


def test_nothing_is_reopened_while_an_administrator_can_be_reached(uow, org, old, staff):
    with pytest.raises(DomainError, match="can be reached"):
        propose(uow, staff, org)
    with uow.transaction():
        uow.session.add(BouncedAddress(address=old.email, at=NOW))
    found = propose(uow, staff, org)
    with uow.transaction():
        uow.session.delete(uow.session.get(BouncedAddress, old.email))
    with pytest.raises(DomainError, match="can be reached"):
        consent(uow, factories.make_staff(uow)[1], org, found)
    assert rows(uow, Invitation) == []


def test_a_proposal_expires_waits_alone_and_is_decided_once(uow, lost, staff):
    second = factories.make_staff(uow)[1]
    found = propose(uow, staff, lost)
    with pytest.raises(DomainError, match="waits for consent"):
        propose(uow, second, lost)
    with pytest.raises(DomainError, match="expired"):
        consent(uow, second, lost, found, NOW + 14 * DAY)
    with uow.transaction():
        reopening.refuse(uow, actor=second, org_id=lost.id, reopening_id=found, now=NOW + DAY)
    with pytest.raises(DomainError, match="decided"):
        consent(uow, second, lost, found)
    other = factories.make_organisation(uow, "他社")
    with pytest.raises(NotFound):
        consent(uow, second, other, found)
    assert [r.consented for r in rows(uow, Reopening)] == [False]


def test_two_people_agree_at_once_and_one_invitation_leaves(engine, uow, lost, staff):
    second, third = (factories.make_staff(uow)[1] for _ in range(2))
    found = propose(uow, staff, lost)

    def agreeing(actor):
        return lambda work: reopening.consent(
            work, actor=actor, org_id=lost.id, reopening_id=found, base_url=BASE, now=NOW
        )

    assert sorted(race(engine, agreeing(second), agreeing(third)), key=str) == [
        "DomainError",
        None,
    ]
    assert len(rows(uow, Invitation)) == 1


def test_one_person_of_the_secretariat_alone_makes_nobody_administrator(uow, org, old, heir, staff):
    invited = {"name": "x", "locale": "ja", "base_url": BASE, "now": NOW, "org_id": org.id}
    with pytest.raises(Incomplete), uow.transaction():
        invite(uow, actor=staff, email="x@aoba.example.com", roles={ADMIN}, **invited)
    with pytest.raises(Incomplete), uow.transaction():
        people.change_roles(
            uow, actor=staff, org_id=org.id, user_id=heir.id, roles={ADMIN}, now=NOW
        )
    with uow.transaction():
        invite(uow, actor=staff, email="x@aoba.example.com", roles={EDITOR}, **invited)
    fresh = factories.make_organisation(uow, "新会員")
    with uow.transaction():
        invited["org_id"] = fresh.id
        invite(uow, actor=staff, email="y@new.example.com", roles={ADMIN}, **invited)
