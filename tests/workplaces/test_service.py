import pytest
from sqlmodel import select

from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import Conflict, DomainError, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.workplaces import queries, rules, service
from jpmirai_compliance.workplaces.models import Workplace
from jpmirai_compliance.workplaces.rules import Contact
from jpmirai_compliance.workplaces.service import Details
from tests import factories
from tests.factories import NOW

SITE = Details(
    "浜松工場",
    "22",
    ("ja", "vi"),
    (
        Contact("人事部", ("ja",), "平日9:00–17:00", "053-000-0000"),
        Contact("相談係", ("vi",), web="https://example.com/"),
    ),
)


@pytest.fixture
def member(uow):
    _other, _user, other = factories.make_member(uow, "隣の会社")
    add(uow, other, Details("隣の工場"))
    return factories.make_member(uow)


def add(uow, actor, details=SITE):
    with uow.transaction():
        return service.add(uow, actor=actor, org_id=actor.org_id, details=details, now=NOW)


def act(uow, function, **arguments):
    with uow.transaction():
        return function(uow, now=NOW, **arguments)


def test_a_site_gets_a_code_that_can_be_read_off_a_wall(uow, member):
    org, _user, actor = member
    added = add(uow, actor)
    assert rules.CODE.fullmatch(added.code)
    assert queries.workplaces(uow, org.id) == (added,)
    for typed in (added.code, added.code.lower(), f" {added.code} "):
        assert queries.by_code(uow, typed) == added
    assert (added.languages, added.has_contact) == (("ja", "vi"), True)
    assert (added.contacts, added.contact_name) == (SITE.contacts, "人事部")
    [event] = uow.session.exec(
        select(AuditEvent).where(
            AuditEvent.org_id == org.id, AuditEvent.event == Event.WORKPLACE_CHANGED
        )
    ).all()
    assert "053" not in event.data


def test_a_retired_code_still_leads_to_its_site(uow, member):
    actor = member[2]
    added = add(uow, actor)
    code = act(uow, service.renew_code, actor=actor, workplace_id=added.id)
    assert code != added.code
    assert queries.by_code(uow, added.code).id == queries.by_code(uow, code).id == added.id


def test_a_closed_site_has_no_page_and_cannot_change(uow, member):
    actor = member[2]
    added = add(uow, actor)
    act(uow, service.close, actor=actor, workplace_id=added.id)
    assert queries.by_code(uow, added.code) is None
    for function, more in (
        (service.close, {}),
        (service.renew_code, {}),
        (service.change, {"version": 2, "details": SITE}),
    ):
        with pytest.raises(DomainError, match="closed"):
            act(uow, function, actor=actor, workplace_id=added.id, **more)


def test_who_may_not_and_who_came_second(uow, member):
    org, user, actor = member
    added = add(uow, actor)
    approver = factories.actor_of(user, org, (Role.APPROVER,))
    with pytest.raises(NotPermitted):
        add(uow, approver)
    change = {"workplace_id": added.id, "version": 1, "details": Details("新しい名前")}
    with pytest.raises(NotPermitted):
        act(uow, service.change, actor=approver, **change)
    _org, _user, stranger = factories.make_member(uow, "よその会社")
    for function, more in ((service.change, change), (service.close, {"workplace_id": added.id})):
        with pytest.raises(NotFound):
            act(uow, function, actor=stranger, **more)
    with pytest.raises(NotFound):
        queries.find(uow, stranger, added.id)
    act(uow, service.change, actor=actor, **change)
    with pytest.raises(Conflict):
        act(uow, service.change, actor=actor, **change)
    assert queries.find(uow, actor, added.id).name == "新しい名前"


def test_a_member_sees_its_own_sites_only(uow, make_uow, member):
    added = add(uow, member[2])
    own = make_uow(Scope(member[0].id))
    assert queries.by_code(own, added.code) == added
    other, _user, _actor = factories.make_member(uow, "よその会社")
    assert queries.by_code(make_uow(Scope(other.id)), added.code) is None


def test_a_closed_site_makes_room_for_another(uow, member, monkeypatch):
    monkeypatch.setattr(queries, "MOST", 2)
    _org, _user, actor = member
    first, _second = add(uow, actor), add(uow, actor)
    with pytest.raises(DomainError, match="too many workplaces"):
        add(uow, actor)
    act(uow, service.close, actor=actor, workplace_id=first.id)
    add(uow, actor)


def test_a_site_from_before_the_list_has_the_contact_it_had(uow, member):
    added = add(uow, member[2])
    with uow.transaction():
        row = uow.session.get(Workplace, added.id)
        row.contacts = ""
    found = queries.find(uow, member[2], added.id)
    assert found.contacts == (Contact("人事部", (), "平日9:00–17:00", "053-000-0000"),)
    assert add(uow, member[2], Details("相談先なし")).has_contact is False
