"""An administrator's rights pass on and come back."""

import datetime as dt

import pytest
from sqlmodel import select

from jpmirai_compliance.accounts.models import (
    Handover,
    Invitation,
    LoginSession,
    Membership,
    User,
)
from jpmirai_compliance.accounts.service import handover as service
from jpmirai_compliance.accounts.service import invite, open_session, people
from jpmirai_compliance.accounts.service.links import LinkOver
from jpmirai_compliance.foundation.errors import (
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.accounts.scene import events, race, rows

NOW = factories.NOW
BASE = "http://localhost"
DAY = dt.timedelta(days=1)
ADMIN, EDITOR, APPROVER = Role.ADMIN, Role.EDITOR, Role.APPROVER


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


def ask(uow, old, org, email="heir@aoba.example.com", *, leaves=False, now=NOW):
    with uow.transaction():
        return service.ask(
            uow,
            actor=factories.actor_of(old, org),
            email=email,
            name="後任 花子",
            locale="ja",
            leaves=leaves,
            base_url=BASE,
            now=now,
        )


def confirm(uow, token, user, now=NOW + DAY):
    with uow.transaction():
        return service.confirm_as(uow, token=token, user_id=user.id, base_url=BASE, now=now)


def held(uow, org):
    uow.session.rollback()
    found = {}
    query = select(Membership).where(Membership.org_id == org.id, Membership.ended_at.is_(None))
    for row in uow.session.exec(query):
        found.setdefault(row.user_id, set()).add(row.role)
    return found


def undo_token(uow, old):
    query = select(OutboxMail.body).where(
        OutboxMail.recipient == old.email, OutboxMail.kind == "accounts:handover-done"
    )
    body = uow.session.exec(query).one()
    uow.session.rollback()
    return body.rpartition("/hand-over/undo/")[2].split()[0]


def handover_id(uow):
    [row] = rows(uow, Handover)
    return row.id


def test_nothing_changes_before_the_successor_confirms(uow, org, old, heir):
    token = ask(uow, old, org)
    assert held(uow, org) == {old.id: {ADMIN, EDITOR, APPROVER}, heir.id: {EDITOR}}
    [mail] = rows(uow, OutboxMail)
    assert (mail.recipient, token in mail.body) == (heir.email, True)
    assert rows(uow, Handover)[0].token_hash != token
    assert confirm(uow, token, heir) == (heir.id, org.id)
    assert held(uow, org) == {old.id: {EDITOR, APPROVER}, heir.id: {ADMIN, EDITOR}}
    assert events(uow) == [
        "accounts:handover-asked",
        "accounts:roles-changed",
        "accounts:roles-changed",
        "accounts:handover-confirmed",
    ]


def test_whoever_was_administrator_only_and_stays_goes_on_as_an_editor(uow, org, heir):
    only = factories.make_user(uow, org, (ADMIN,), email="only@aoba.example.com")
    with uow.transaction():
        token = service.ask(
            uow,
            actor=factories.actor_of(only, org, (ADMIN,)),
            email=heir.email,
            name="",
            locale="ja",
            leaves=False,
            base_url=BASE,
            now=NOW,
        )
    confirm(uow, token, heir)
    assert held(uow, org)[only.id] == {EDITOR}


def test_az_6_whoever_leaves_loses_everything_in_the_same_transaction(uow, org, old, heir):
    elsewhere = factories.make_organisation(uow, "兼務先")
    with uow.transaction():
        uow.session.add(Membership(user_id=old.id, org_id=elsewhere.id, role=EDITOR, since=NOW))
        open_session(uow, user_id=old.id, org_id=org.id, now=NOW)
        invite(
            uow,
            actor=factories.actor_of(old, org),
            email="guest@aoba.example.com",
            name="客",
            org_id=org.id,
            roles={EDITOR},
            locale="ja",
            base_url=BASE,
            now=NOW,
        )
    token = ask(uow, old, org, leaves=True)
    confirm(uow, token, heir)
    assert held(uow, org) == {heir.id: {ADMIN, EDITOR}}
    assert held(uow, elsewhere) == {old.id: {EDITOR}}
    assert {s.ended_at for s in rows(uow, LoginSession)} == {NOW + DAY}
    assert [i.revoked_at for i in rows(uow, Invitation)] == [NOW + DAY]
    [row] = rows(uow, Handover)
    assert (row.undo_hash, row.undo_until) == (None, NOW + 15 * DAY)
    bodies = [m.body for m in rows(uow, OutboxMail) if m.recipient == old.email]
    assert len(bodies) == 1
    assert "/hand-over/" not in bodies[0]


def test_az_6_an_undo_link_dies_with_the_membership_of_its_owner(uow, org, old, heir):
    confirm(uow, ask(uow, old, org), heir)
    token = undo_token(uow, old)
    with uow.transaction():
        people.remove(
            uow,
            actor=factories.actor_of(heir, org, (ADMIN, EDITOR)),
            org_id=org.id,
            user_id=old.id,
            now=NOW + DAY,
        )
    with pytest.raises(LinkOver), uow.transaction():
        service.undo_by_link(uow, token=token, now=NOW + 2 * DAY)
    assert held(uow, org) == {heir.id: {ADMIN, EDITOR}}


def test_az_6_a_hand_over_dies_with_the_rights_of_who_asked(uow, org, old, heir):
    factories.make_user(uow, org, (ADMIN,), email="second@aoba.example.com")
    token = ask(uow, old, org)
    with uow.transaction():
        uow.session.get(User, old.id).disabled_at = NOW
    with pytest.raises(LinkOver):
        confirm(uow, token, heir)
    assert held(uow, org)[heir.id] == {EDITOR}


def test_it_is_undone_by_the_link_within_14_days_and_once(uow, org, old, heir):
    confirm(uow, ask(uow, old, org), heir, NOW)
    token = undo_token(uow, old)
    for moment, ends in ((NOW + 14 * DAY, False), (NOW + 13 * DAY, True), (NOW + 13 * DAY, False)):
        if ends:
            with uow.transaction():
                service.undo_by_link(uow, token=token, now=moment)
        else:
            with pytest.raises(LinkOver), uow.transaction():
                service.undo_by_link(uow, token=token, now=moment)
    assert held(uow, org) == {old.id: {ADMIN, EDITOR, APPROVER}, heir.id: {EDITOR}}
    assert events(uow)[-1] == "accounts:handover-undone"
    told = {m.recipient for m in rows(uow, OutboxMail) if m.kind == "accounts:handover-undone"}
    assert told == {old.email, heir.email}


def test_the_secretariat_gives_back_what_somebody_who_left_had(uow, org, old, staff):
    with uow.transaction():
        new_id = people.create_user(uow, email="new@aoba.example.com", name="新", now=NOW)
    new = uow.session.get(User, new_id)
    uow.session.expunge(new)
    uow.session.rollback()
    confirm(uow, ask(uow, old, org, new.email, leaves=True), new, NOW)
    assert held(uow, org) == {new_id: {ADMIN}}
    given = {"org_id": org.id, "handover_id": handover_id(uow)}
    for actor in (factories.actor_of(old, org), factories.make_staff(uow, Role.REVIEWER)[1]):
        with pytest.raises(NotPermitted), uow.transaction():
            service.undo(uow, actor=actor, now=NOW, **given)
    other = factories.make_organisation(uow, "他社")
    with pytest.raises(NotFound), uow.transaction():
        service.undo(uow, actor=staff, now=NOW, **(given | {"org_id": other.id}))
    with pytest.raises(DomainError), uow.transaction():
        service.undo(uow, actor=staff, now=NOW + 14 * DAY, **given)
    with uow.transaction():
        service.undo(uow, actor=staff, now=NOW + DAY, **given)
    assert held(uow, org) == {old.id: {ADMIN, EDITOR, APPROVER}}


def test_a_hand_over_that_was_passed_on_is_undone_from_the_last(uow, org, old, heir, staff):
    confirm(uow, ask(uow, old, org), heir, NOW)
    token, first = undo_token(uow, old), handover_id(uow)
    third = factories.make_user(uow, org, (EDITOR,), email="third@aoba.example.com")
    second = ask(uow, heir, org, third.email, now=NOW + DAY)
    confirm(uow, second, third, NOW + DAY)
    with pytest.raises(DomainError, match="Undo that hand-over first"), uow.transaction():
        service.undo_by_link(uow, token=token, now=NOW + 2 * DAY)
    [last] = [h.id for h in rows(uow, Handover) if h.id != first]
    for found in (last, first):
        with uow.transaction():
            service.undo(uow, actor=staff, org_id=org.id, handover_id=found, now=NOW + 2 * DAY)
    assert held(uow, org) == {
        old.id: {ADMIN, EDITOR, APPROVER},
        heir.id: {EDITOR},
        third.id: {EDITOR},
    }


@pytest.mark.parametrize("way", ["expired", "withdrawn", "asked again", "used"])
def test_an_6_a_link_of_a_hand_over_that_is_over_changes_nothing(uow, org, old, heir, way):
    token, moment = ask(uow, old, org), NOW + DAY
    if way == "expired":
        moment = NOW + 7 * DAY
    elif way == "withdrawn":
        with uow.transaction():
            service.withdraw(
                uow,
                actor=factories.actor_of(old, org),
                org_id=org.id,
                handover_id=handover_id(uow),
                now=NOW,
            )
    elif way == "asked again":
        ask(uow, old, org, "other@aoba.example.com")
    else:
        confirm(uow, token, heir)
    before = held(uow, org)
    with pytest.raises(LinkOver):
        confirm(uow, token, heir, moment)
    assert held(uow, org) == before


def test_two_confirmations_at_once_pass_the_rights_on_once(engine, uow, org, old, heir):
    token = ask(uow, old, org)
    third = factories.make_user(uow, org, (EDITOR,), email="third@aoba.example.com")

    def taking(user):
        return lambda work: service.confirm_as(
            work, token=token, user_id=user.id, base_url=BASE, now=NOW
        )

    results = race(engine, taking(heir), taking(third))
    assert sorted(results, key=str) == ["LinkOver", None]
    admins = [user for user, roles in held(uow, org).items() if ADMIN in roles]
    assert admins == [(heir, third)[results.index(None)].id]


def test_undo_against_the_next_hand_over_leaves_one_administrator(engine, uow, org, old, heir):
    confirm(uow, ask(uow, old, org), heir, NOW)
    undo = undo_token(uow, old)
    third = factories.make_user(uow, org, (EDITOR,), email="third@aoba.example.com")
    second = ask(uow, heir, org, third.email)
    results = race(
        engine,
        lambda work: service.undo_by_link(work, token=undo, now=NOW + DAY),
        lambda work: service.confirm_as(
            work, token=second, user_id=third.id, base_url=BASE, now=NOW + DAY
        ),
    )
    assert results.count(None) == 1
    admins = [user for user, roles in held(uow, org).items() if ADMIN in roles]
    assert admins == [(old, third)[results.index(None)].id]


def test_only_an_administrator_hands_over_and_not_to_one(uow, org, old, heir, staff):
    second = factories.make_user(uow, org, (ADMIN,), email="second@aoba.example.com")
    for email in (old.email, second.email):
        with pytest.raises(Incomplete):
            ask(uow, old, org, email)
    for actor, error in (
        (factories.actor_of(heir, org, (EDITOR,)), NotPermitted),
        (staff, NotFound),
    ):
        with pytest.raises(error), uow.transaction():
            service.ask(
                uow,
                actor=actor,
                email="x@aoba.example.com",
                name="",
                locale="ja",
                leaves=False,
                base_url=BASE,
                now=NOW,
            )
    token = ask(uow, old, org)
    with pytest.raises(DomainError, match="for your successor"):
        confirm(uow, token, old)
