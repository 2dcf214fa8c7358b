import uuid

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from jpmirai_compliance.disclosure import queries, rules, service
from jpmirai_compliance.disclosure.models import Publication
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.disclosure import cases
from tests.disclosure.cases import NOW


def draft_version(uow, actor, choices=None):
    with uow.transaction():
        return service.save_draft(
            uow, actor=actor, year=2026, choices=choices or cases.said(), version=0, now=NOW
        )


def send(uow, actor, version, *, key=None, write=lambda _page: "0" * 64, settled=None):
    settled = [] if settled is None else settled
    with uow.transaction():
        return service.publish(
            uow,
            actor=actor,
            year=2026,
            version=version,
            key=key or uuid.uuid4(),
            write=write,
            settle=settled.append,
            now=NOW,
        )


def test_a_published_year_is_live_for_twelve_months(uow, member):
    org, _user, actor = member
    settled = []
    sent = send(uow, actor, draft_version(uow, actor), settled=settled)
    found = queries.live_publication(uow, org.id, 2026)
    assert found == sent
    assert (found.published_at, found.valid_until) == (NOW, NOW.replace(year=2027))
    assert (found.name("ja"), found.name("en")) == ("株式会社みらい製作所", "Mirai Works")
    assert (found.band, found.badge, found.withdrawn_at) == ("starting", True, None)
    assert rules.CODE.fullmatch(found.code)
    assert found.slug.startswith("mirai-works-")
    assert len(found.slug) == len("mirai-works-") + 6
    assert settled == [org.id]
    events = uow.session.exec(select(AuditEvent).where(AuditEvent.org_id == org.id)).all()
    assert [e.event for e in events][-2:] == [Event.PUBLICATION_PREPARED, Event.PUBLISHED]
    assert "五つの原則" not in "".join(e.data for e in events)


def test_sent_twice_is_published_once(uow, member):
    _org, _user, actor = member
    version, key = draft_version(uow, actor), uuid.uuid4()
    first = send(uow, actor, version, key=key)
    assert send(uow, actor, version, key=key) == first
    assert len(uow.session.exec(select(Publication)).all()) == 1


def test_publishing_again_replaces_and_the_old_code_leads_on(uow, member):
    org, _user, actor = member
    old = send(uow, actor, draft_version(uow, actor))
    new = send(uow, actor, 1)
    assert new.slug == old.slug
    assert queries.live(uow, org.id) == (new,)
    assert queries.by_code(uow, old.code) == new


def test_only_an_approver_publishes_and_only_what_was_looked_at(uow, member):
    _org, user, actor = member
    version = draft_version(uow, actor)
    editor = factories.actor_of(user, member[0], (Role.EDITOR,))
    with pytest.raises(NotPermitted):
        send(uow, editor, version)
    for seen in (version + 1, 0):
        with pytest.raises(Conflict):
            send(uow, actor, seen)
    with pytest.raises(Conflict):  # a second editor with an old page
        draft_version(uow, actor)
    assert queries.live(uow) == ()


def test_nothing_is_published_before_the_check_or_without_a_statement(uow, member, round_):
    org, user, actor = factories.make_member(uow, "未確認の会社")
    factories.make_assessment(uow, org, round_, {}, by=user)
    with pytest.raises(DomainError, match="finished checking"):
        draft_version(uow, actor)
    version = draft_version(uow, member[2], cases.said(statement_ja=""))
    with pytest.raises(Incomplete) as error:
        send(uow, member[2], version)
    assert [gap.target for gap in error.value.gaps] == ["statement_ja"]


def test_nothing_is_left_when_the_files_cannot_be_written(uow, member):
    def broken(_page):
        raise OSError(5, "Input/output error")

    settled = []
    version = draft_version(uow, member[2])
    with pytest.raises(OSError, match="Input/output"):
        send(uow, member[2], version, write=broken, settled=settled)
    assert (queries.live(uow), settled) == ((), [])
    assert queries.slug_of(uow, member[0].id) is None


def test_an_invented_id_never_gets_out(uow, member):
    _org, _user, actor = member
    with uow.transaction():
        hidden = queries.accepted(uow, cases._assessment(uow, actor, 2026)).body["evidence"]
    wanted = ("P1-01", "P9-99", "P2-01")
    proofs = tuple(e["id"] for pieces in hidden.values() for e in pieces)
    assert len(proofs) == 2
    choices = cases.said(indicators=wanted, evidence=(*proofs, str(uuid.uuid4())))
    sent = send(uow, actor, draft_version(uow, actor, choices))
    activities = [a for p in sent.page["principles"] for a in p["activities"]]
    assert [(a["indicator"], a["text"]) for a in activities] == [
        ("P1-01", "雇用条件を母語で説明しています。")
    ]
    assert activities[0]["evidence"] == [{"title": "雇用方針", "url": cases.PUBLIC_LINK}]


def test_withdrawing_names_who_and_why(uow, member, app, settings):
    org, user, actor = member
    sent = send(uow, actor, draft_version(uow, actor))
    editor = factories.actor_of(user, org, (Role.EDITOR,))
    for who, error in ((editor, NotPermitted),):
        with pytest.raises(error):
            cases.withdraw(app, settings, uow, who)
    with pytest.raises(Incomplete), uow.transaction():
        service.withdraw(uow, actor=actor, year=2026, reason=" ", settle=print, now=NOW)
    cases.withdraw(app, settings, uow, actor)
    found = queries.by_code(uow, sent.code)
    assert (found.withdrawn_at, found.withdrawn_reason) == (NOW, "誤りがあったため")
    assert queries.live_publication(uow, org.id, 2026) is None
    with pytest.raises(NotFound):
        cases.withdraw(app, settings, uow, actor)


def test_the_secretariat_may_withdraw_and_a_stranger_may_not(uow, member, app, settings):
    org, _user, actor = member
    send(uow, actor, draft_version(uow, actor))
    _other, _person, stranger = factories.make_member(uow, "よその会社")
    arguments = {"year": 2026, "org_id": org.id, "reason": "x", "settle": print, "now": NOW}
    with pytest.raises(NotPermitted), uow.transaction():
        service.withdraw(uow, actor=stranger, **arguments)
    _staff, secretariat = factories.make_staff(uow)
    with uow.transaction():
        service.withdraw(uow, actor=secretariat, **arguments | {"settle": lambda _org: None})
    assert queries.live(uow) == ()


def test_a_member_sees_its_own_publications_only(uow, make_uow, member):
    _org, _user, actor = member
    send(uow, actor, draft_version(uow, actor))
    other, _person, _actor = factories.make_member(uow, "よその会社")
    assert queries.live(make_uow(Scope(other.id))) == ()
    assert len(queries.live(make_uow(Scope(member[0].id)))) == 1


def test_the_database_keeps_one_live_page_a_year(uow, member):
    _org, _user, actor = member
    sent = send(uow, actor, draft_version(uow, actor))
    row = uow.session.get(Publication, sent.id)
    values = row.model_dump() | {"id": uuid.uuid4(), "key": uuid.uuid4(), "code": "2" * 10}
    for wrong in (values, values | {"withdrawn_at": NOW}):
        with pytest.raises(IntegrityError), uow.transaction():
            uow.session.add(Publication(**wrong))
