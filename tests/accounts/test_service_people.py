import datetime as dt

import pytest
from sqlmodel import select

from jpmirai_compliance.accounts import queries, service
from jpmirai_compliance.accounts.models import Invitation, Membership, Organisation, User
from jpmirai_compliance.accounts.queries import LinkState, Tie
from jpmirai_compliance.accounts.rules.invitation_list import Guest
from jpmirai_compliance.accounts.service.links import LinkOver
from jpmirai_compliance.foundation.errors import (
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
    TooMany,
)
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.principles.model import MemberKind
from tests.accounts.scene import PASSWORD, rows
from tests.factories import (
    NOW,
    actor_of,
    make_member,
    make_organisation,
    make_staff,
    make_user,
)

DAY = dt.timedelta(days=1)
ALL = (Role.ADMIN, Role.EDITOR, Role.APPROVER)


def invite(uow, actor, org, email="new@example.com", roles=(Role.EDITOR,), now=NOW):
    with uow.transaction():
        return service.invite(
            uow,
            actor=actor,
            email=email,
            name="新人 一郎",
            org_id=org.id if org else None,
            roles=roles,
            locale="ja",
            base_url="http://localhost",
            now=now,
        )


def accept(uow, vault, token, password=PASSWORD, now=NOW):
    with uow.transaction():
        return service.accept_as_new(
            uow, token=token, name="新人", password=password, locale="en", vault=vault, now=now
        )


def test_an_invitation_makes_a_person_with_the_roles_it_names_and_works_once(uow, vault, outbox):
    org, _, admin = make_member(uow)
    make_member(uow, "別の会社")
    token = invite(uow, admin, org, "New@Example.com", (Role.EDITOR, Role.APPROVER))
    [message] = outbox(NOW)
    assert message["To"] == "new@example.com"
    assert f"http://localhost/invitations/{token}" in message.get_content()
    user_id, org_id = accept(uow, vault, token)
    assert org_id == org.id
    assert queries.person(uow, user_id).roles == {Role.EDITOR, Role.APPROVER}
    assert [p.user_id for p in queries.people(uow, org.id) if p.user_id == user_id] == [user_id]
    with pytest.raises(LinkOver):
        accept(uow, vault, token)
    assert queries.invitation(uow, token, NOW).state is LinkState.USED


def test_an_6_an_invitation_ends_after_seven_days_when_revoked_and_when_sent_again(uow, vault):
    org, _, admin = make_member(uow)
    token = invite(uow, admin, org)
    assert queries.invitation(uow, token, NOW + DAY * 7).state is LinkState.EXPIRED
    with pytest.raises(LinkOver):
        accept(uow, vault, token, now=NOW + DAY * 7)
    found = queries.invitation(uow, token, NOW)
    ids = {"org_id": org.id, "invitation_id": found.invitation_id}
    with uow.transaction():
        newer = service.resend(uow, actor=admin, base_url="http://localhost", now=NOW, **ids)
    with pytest.raises(LinkOver):
        accept(uow, vault, token)
    with uow.transaction():
        service.revoke(uow, actor=admin, now=NOW, **ids)
    with pytest.raises(LinkOver):
        accept(uow, vault, newer)
    assert len(rows(uow, User)) == 1


def test_inviting_again_voids_the_first_link(uow, vault):
    org, _, admin = make_member(uow)
    first = invite(uow, admin, org)
    second = invite(uow, admin, org)
    with pytest.raises(LinkOver):
        accept(uow, vault, first)
    accept(uow, vault, second)


def test_an_4_three_invitations_in_six_hours_to_one_address(uow):
    org, _, admin = make_member(uow)
    for _ in range(3):
        invite(uow, admin, org)
    with pytest.raises(TooMany):
        invite(uow, admin, org)
    invite(uow, admin, org, "another@example.com")
    invite(uow, admin, org, now=NOW + DAY / 4)


@pytest.mark.parametrize("who", ["editor", "admin of another", "reviewer", "judge"])
def test_only_administrators_and_the_secretariat_invite(uow, who):
    org, user, _ = make_member(uow)
    other, other_user, _ = make_member(uow, "別の会社")
    actor = {
        "editor": Actor(user.id, org.id, frozenset({Role.EDITOR, Role.APPROVER})),
        "admin of another": actor_of(other_user, other),
        "reviewer": make_staff(uow, Role.REVIEWER)[1],
        "judge": make_staff(uow, Role.JUDGE)[1],
    }[who]
    with pytest.raises(NotPermitted):
        invite(uow, actor, org)
    assert rows(uow, Invitation) == []


def test_an_administrator_cannot_make_staff_and_staff_roles_do_not_fit_a_member(uow):
    org, _, admin = make_member(uow)
    _, secretariat = make_staff(uow)
    with pytest.raises(NotPermitted):
        invite(uow, admin, None, roles=(Role.SECRETARIAT,))
    with pytest.raises(Incomplete):
        invite(uow, admin, org, roles=(Role.SECRETARIAT,))
    with pytest.raises(Incomplete):
        invite(uow, secretariat, None, roles=(Role.ADMIN,))
    with pytest.raises(Incomplete):
        invite(uow, admin, org, roles=())


def test_an_7_one_address_has_one_account(uow, vault):
    org, user, admin = make_member(uow)
    for typed in (user.email, user.email.upper(), user.email.replace("u", "ｕ")):
        with pytest.raises(Incomplete, match="already"):
            invite(uow, admin, org, typed)
        with pytest.raises(Incomplete, match="already"), uow.transaction():
            service.create_user(uow, email=typed, name="x", now=NOW)
    with pytest.raises(Incomplete), uow.transaction():
        service.create_user(uow, email=user.email.replace("u", "ü"), name="x", now=NOW)


def test_an_8_a_new_installation_has_no_account(uow):
    assert rows(uow, User) == []


def test_an_2_the_password_of_an_invited_person_may_not_name_the_organisation(uow, vault):
    org, _, admin = make_member(uow, "青空食品")
    token = invite(uow, admin, org)
    with pytest.raises(Incomplete) as error:
        accept(uow, vault, token, "青空食品 の 社員 です 2026")
    assert [gap.target for gap in error.value.gaps] == ["password"]
    assert queries.invitation(uow, token, NOW).state is LinkState.OPEN


def guest(name="見本製作所", email="a@example.jp", row=2):
    return Guest(row, name, "Mihon", MemberKind.NPO, "見本", email, "ja")


def test_a_list_invites_all_or_nobody(uow, outbox):
    _, secretariat = make_staff(uow)
    make_organisation(uow, "もういる会社")
    guests = [guest(), guest("もういる会社", "b@example.jp", 3)]
    with pytest.raises(Incomplete) as error, uow.transaction():
        service.invite_all(
            uow, actor=secretariat, guests=guests, base_url="http://localhost", now=NOW
        )
    assert [str(gap.text) for gap in error.value.gaps] == [
        "Row 3: A member of this name exists already. Invite the person on its page."
    ]
    assert (len(rows(uow, Organisation)), outbox(NOW)) == (1, [])
    with uow.transaction():
        count = service.invite_all(
            uow, actor=secretariat, guests=guests[:1], base_url="http://localhost", now=NOW
        )
    assert count == 1
    [message] = outbox(NOW)
    assert message["Subject"] == "【JP-MIRAI】見本製作所の自己評価へのご招待"
    [invitation] = rows(uow, Invitation)
    assert invitation.roles == "admin,editor,approver"


def test_members_do_not_invite_organisations(uow):
    _, _, admin = make_member(uow)
    with pytest.raises(NotPermitted), uow.transaction():
        service.invite_organisation(
            uow, actor=admin, guest=guest(), base_url="http://localhost", now=NOW
        )


def test_az_6_removal_ends_roles_sessions_and_invitations_in_one_transaction(uow, vault):
    org, _, admin = make_member(uow)
    leaving = make_user(uow, org, (Role.ADMIN,))
    other, _, _ = make_member(uow, "別の会社")
    sent = invite(uow, actor_of(leaving, org, (Role.ADMIN,)), org)
    with uow.transaction():
        token = service.open_session(uow, user_id=leaving.id, org_id=org.id, now=NOW)
    assert queries.signed_in(uow, token, NOW).actor.roles == {Role.ADMIN}
    with uow.transaction():
        service.remove(uow, actor=admin, org_id=org.id, user_id=leaving.id, now=NOW)
    assert queries.signed_in(uow, token, NOW) is None
    assert queries.invitation(uow, sent, NOW).state is LinkState.REVOKED
    assert [p.user_id for p in queries.people(uow, org.id)] == [admin.user_id]
    assert len(queries.people(uow, other.id)) == 1
    assert queries.ties(uow, leaving.id)[org.id] == {Tie.FORMER, Tie.MAIL_DOMAIN}


def test_az_6_whoever_is_disabled_has_no_invitation_left_on_the_way(uow):
    org, _, admin = make_member(uow)
    _, secretariat = make_staff(uow)
    lost, lost_actor = make_staff(uow)
    to_staff = invite(uow, lost_actor, None, "a@example.com", (Role.SECRETARIAT,))
    to_member = invite(uow, lost_actor, org, "b@example.com", (Role.EDITOR,))
    to_lost = invite(uow, admin, org, lost.email)
    kept = invite(uow, secretariat, None, "c@example.com", (Role.JUDGE,))
    with uow.transaction():
        service.disable(uow, actor=secretariat, user_id=lost.id, now=NOW)
    states = [queries.invitation(uow, t, NOW).state for t in (to_staff, to_member, to_lost, kept)]
    assert states == [LinkState.REVOKED, LinkState.REVOKED, LinkState.REVOKED, LinkState.OPEN]


def test_az_6_who_may_invite_nobody_any_more_has_no_invitation_left_on_the_way(uow):
    org, user, admin = make_member(uow)
    second = make_user(uow, org, (Role.ADMIN, Role.EDITOR))
    sent = invite(uow, actor_of(second, org, (Role.ADMIN,)), org, "a@example.com")
    kept = invite(uow, admin, org, "b@example.com")
    change = {"actor": admin, "org_id": org.id, "now": NOW}
    with uow.transaction():
        service.change_roles(uow, user_id=second.id, roles={Role.ADMIN, Role.APPROVER}, **change)
    assert queries.invitation(uow, sent, NOW).state is LinkState.OPEN
    with uow.transaction():
        service.change_roles(uow, user_id=second.id, roles={Role.EDITOR}, **change)
    assert queries.invitation(uow, sent, NOW).state is LinkState.REVOKED
    assert queries.invitation(uow, kept, NOW).state is LinkState.OPEN
    assert queries.person(uow, user.id).roles == set(ALL)


def test_az_6_permissions_follow_the_membership_even_if_a_session_were_left(uow):
    org, user, _ = make_member(uow)
    with uow.transaction():
        token = service.open_session(uow, user_id=user.id, org_id=org.id, now=NOW)
        for row in uow.session.exec(select(Membership)).all():
            row.ended_at = NOW if row.role is not Role.EDITOR else None
    assert queries.signed_in(uow, token, NOW).actor.roles == {Role.EDITOR}
    with uow.transaction():
        for row in uow.session.exec(select(Membership)).all():
            row.ended_at = NOW
    assert queries.signed_in(uow, token, NOW) is None


def test_the_last_administrator_keeps_the_role(uow):
    org, user, admin = make_member(uow)
    make_user(uow, org, (Role.EDITOR,))
    with pytest.raises(DomainError, match="last administrator"), uow.transaction():
        service.remove(uow, actor=admin, org_id=org.id, user_id=user.id, now=NOW)
    with pytest.raises(Incomplete, match="last administrator"), uow.transaction():
        service.change_roles(
            uow, actor=admin, org_id=org.id, user_id=user.id, roles={Role.EDITOR}, now=NOW
        )
    assert queries.person(uow, user.id).roles == set(ALL)


def test_the_last_of_the_secretariat_cannot_be_removed_or_disabled(uow):
    user, actor = make_staff(uow)
    reviewer, _ = make_staff(uow, Role.REVIEWER)
    with pytest.raises(DomainError), uow.transaction():
        service.remove(uow, actor=actor, org_id=None, user_id=user.id, now=NOW)
    with pytest.raises(DomainError), uow.transaction():
        service.disable(uow, actor=actor, user_id=user.id, now=NOW)
    with uow.transaction():
        service.disable(uow, actor=actor, user_id=reviewer.id, now=NOW)
    assert queries.person(uow, reviewer.id).disabled


def test_a_disabled_administrator_does_not_count_as_one_who_is_left(uow):
    org, user, admin = make_member(uow)
    gone = make_user(uow, org, (Role.ADMIN,), disabled_at=NOW)
    staff, secretariat = make_staff(uow)
    make_user(uow, None, (Role.SECRETARIAT,), disabled_at=NOW)
    with pytest.raises(DomainError, match="last administrator"), uow.transaction():
        service.remove(uow, actor=admin, org_id=org.id, user_id=user.id, now=NOW)
    with pytest.raises(Incomplete, match="last administrator"), uow.transaction():
        service.change_roles(
            uow, actor=admin, org_id=org.id, user_id=user.id, roles={Role.EDITOR}, now=NOW
        )
    with pytest.raises(DomainError, match="last administrator"), uow.transaction():
        service.remove(uow, actor=secretariat, org_id=None, user_id=staff.id, now=NOW)
    with uow.transaction():
        service.remove(uow, actor=admin, org_id=org.id, user_id=gone.id, now=NOW)
    assert [p.user_id for p in queries.people(uow, org.id)] == [user.id]


def test_az_5_people_and_invitations_are_found_through_their_own_organisation_only(uow):
    org, user, admin = make_member(uow)
    other, _, other_admin = make_member(uow, "別の会社")
    token = invite(uow, admin, org)
    invitation_id = queries.invitation(uow, token, NOW).invitation_id
    with pytest.raises(NotFound), uow.transaction():
        service.revoke(
            uow, actor=other_admin, org_id=other.id, invitation_id=invitation_id, now=NOW
        )
    with pytest.raises(NotFound), uow.transaction():
        service.remove(uow, actor=other_admin, org_id=other.id, user_id=user.id, now=NOW)
    with pytest.raises(NotPermitted), uow.transaction():
        service.remove(uow, actor=other_admin, org_id=org.id, user_id=user.id, now=NOW)
    assert len(queries.people(uow, org.id)) == 1
