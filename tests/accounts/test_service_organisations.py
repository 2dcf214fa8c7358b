import pytest

from jpmirai_compliance.accounts import queries, service
from jpmirai_compliance.accounts.models import Membership, SizeBand
from jpmirai_compliance.accounts.queries import Tie
from jpmirai_compliance.foundation.errors import (
    Conflict,
    Incomplete,
    NotPermitted,
)
from jpmirai_compliance.foundation.policy import STAFF, Actor, Role
from jpmirai_compliance.principles.model import MemberKind
from tests.accounts.scene import OTHER, events, rows
from tests.accounts.test_service_people import accept, invite
from tests.factories import (
    NOW,
    make_member,
    make_organisation,
    make_staff,
    make_user,
)


def profile(**changed):
    values = {
        "name_ja": "新しい名前",
        "name_en": "New",
        "kind": MemberKind.EMPLOYER,
        "size": SizeBand.LARGE,
        "prefecture": "13",
        "sector": "E",
        "corporate_number": "4011001098993",
        "website": "https://example.jp",
        "contact_name": "担当",
        "contact_email": "c@example.jp",
        "contact_phone": "",
    }
    return service.Profile(**(values | changed))


def save(uow, actor, org, version, **changed):
    with uow.transaction():
        service.save_profile(
            uow, actor=actor, org_id=org.id, version=version, profile=profile(**changed), now=NOW
        )


def test_av_2_the_second_editor_of_a_profile_gets_both_texts(uow):
    org, user, admin = make_member(uow)
    other, _, _ = make_member(uow, "別の会社")
    save(uow, admin, org, 1)
    with pytest.raises(Conflict) as error:
        save(uow, admin, org, 1, name_en="Mine")
    [field] = error.value.fields
    assert (field.field, field.mine, field.theirs, field.by) == (
        "name_en",
        "Mine",
        "New",
        user.name,
    )
    found = queries.organisation(uow, org.id)
    assert (found.name_ja, found.name_en, found.version) == ("新しい名前", "New", 2)
    assert queries.organisation(uow, other.id).version == 1


def test_a_corporate_number_belongs_to_one_member(uow):
    org, _, admin = make_member(uow)
    other, _, other_admin = make_member(uow, "別の会社")
    save(uow, admin, org, 1)
    with pytest.raises(Incomplete) as error:
        save(uow, other_admin, other, 1)
    assert [gap.target for gap in error.value.gaps] == ["corporate_number"]
    save(uow, other_admin, other, 1, corporate_number=None)


def test_only_an_administrator_changes_the_profile(uow):
    org, user, _ = make_member(uow)
    _, secretariat = make_staff(uow)
    _, _, other_admin = make_member(uow, "別の会社")
    for actor in (
        Actor(user.id, org.id, frozenset({Role.EDITOR})),
        secretariat,
        other_admin,
    ):
        with pytest.raises(NotPermitted):
            save(uow, actor, org, 1)
    assert "accounts:organisation-changed" not in events(uow)


def test_az_8_ties_are_own_former_group_and_mail_domain(uow):
    parent = make_organisation(uow, "親会社")
    own = make_organisation(uow, "自社", parent_id=parent.id)
    sister = make_organisation(uow, "姉妹会社", parent_id=parent.id)
    same_mail = make_organisation(uow, "同じ会社", contact_email="info@Tied.example")
    make_organisation(uow, "関係ない会社", contact_email="x@untied.example")
    person = make_user(uow, own, (Role.EDITOR,), email="me@tied.example")
    assert queries.ties(uow, person.id) == {
        own.id: {Tie.CURRENT},
        parent.id: {Tie.GROUP},
        sister.id: {Tie.GROUP},
        same_mail.id: {Tie.MAIL_DOMAIN},
    }


def test_a_colleague_who_once_worked_for_a_member_ties_nobody_else(uow):
    org = make_organisation(uow, "前の勤め先", contact_email="info@elsewhere.example")
    colleague = make_user(uow, None, (Role.SECRETARIAT,), email="a@office.example")
    reviewer = make_user(uow, None, (Role.REVIEWER,), email="b@office.example")
    with uow.transaction():
        uow.session.add(
            Membership(
                user_id=colleague.id, org_id=org.id, role=Role.EDITOR, since=NOW, ended_at=NOW
            )
        )
    assert queries.ties(uow, colleague.id) == {org.id: {Tie.FORMER}}
    assert queries.ties(uow, reviewer.id) == {}


def test_free_mail_ties_nobody(uow):
    org = make_organisation(uow, contact_email="shop@gmail.com")
    make_user(uow, org, email="a@gmail.com")
    judge = make_user(uow, None, (Role.JUDGE,), email="judge@gmail.com")
    assert queries.ties(uow, judge.id) == {}


def test_with_roles_leaves_out_the_disabled_and_other_organisations(uow):
    org, user, _ = make_member(uow)
    make_member(uow, "別の会社")
    make_user(uow, org, (Role.APPROVER,), disabled_at=NOW)
    make_user(uow, org, (Role.EDITOR,))
    found = queries.with_roles(uow, org.id, {Role.APPROVER})
    assert [p.user_id for p in found] == [user.id]
    staff, _ = make_staff(uow, *STAFF)
    assert [p.user_id for p in queries.with_roles(uow, None, STAFF)] == [staff.id]


def test_members_are_listed_by_name_in_pages_and_searched_literally(uow):
    for i in range(52):
        make_organisation(uow, f"会社{i:02d}")
    make_organisation(uow, "会社100%")
    first = queries.members(uow)
    assert [m.name_ja for m in first][:2] == ["会社00", "会社01"]
    assert len(first) == 51
    last = first[49]
    rest = queries.members(uow, after=(last.name_ja, last.org_id))
    names = [m.name_ja for m in (*first[:50], *rest)]
    assert (len(names), len({*names})) == (53, 53)
    assert [m.name_ja for m in queries.members(uow, search="100%")] == ["会社100%"]
    assert [m.name_ja for m in queries.members(uow, search="_")] == []


def test_lists_cost_the_same_for_one_and_for_three_people(uow, statements):
    org, _, _ = make_member(uow)
    counts = []
    for _ in range(2):
        uow.session.rollback()
        with statements() as seen:
            queries.people(uow, org.id)
            queries.members(uow)
        counts.append(len(seen))
        make_user(uow, org)
        make_user(uow, org)
    assert counts[0] == counts[1]


def test_passwords_and_tokens_are_not_in_the_audit_record(uow, vault):
    from jpmirai_compliance.foundation.audit import AuditEvent

    org, _, admin = make_member(uow)
    token = invite(uow, admin, org)
    accept(uow, vault, token, OTHER)
    text = "".join(f"{r.subject}{r.data}" for r in rows(uow, AuditEvent))
    assert OTHER not in text
    assert token not in text
    assert events(uow) == [
        "accounts:invitation-sent",
        "accounts:created",
        "accounts:roles-changed",
        "accounts:invitation-accepted",
    ]
