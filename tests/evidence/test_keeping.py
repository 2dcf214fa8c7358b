"""The library: versions, edits, removal; who may, and what a second organisation sees."""

import datetime as dt
import hashlib
import json
import uuid

import pytest
from sqlmodel import select

from jpmirai_compliance.evidence import queries, service
from jpmirai_compliance.evidence.models import Category, EvidenceVersion, Visibility
from jpmirai_compliance.evidence.rules import FileRefused
from jpmirai_compliance.evidence.service import Description, Place, Upload
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, Incomplete, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Actor, Role
from tests.evidence.files import PDF, located, office, picture
from tests.evidence.test_service import attach, events, member, rows, store
from tests.factories import NOW, actor_of, make_member, make_staff, make_user

__all__ = ["member", "store"]
LATER = NOW + dt.timedelta(hours=1)


def add(uow, store, member, content=PDF, filename="方針.pdf", description=None, **more):
    values = {"actor": member.actor, "org_id": member.org.id}
    upload = Upload(filename, content)
    received = service.receive(uow, store, upload=upload, quota_mb=10, **values)
    with uow.transaction():
        return service.add_received(
            uow,
            received=received,
            description=description or Description(),
            quota_mb=10,
            now=more.pop("now", NOW),
            **values,
        )


def newer(uow, store, member, id_, content, filename="方針2.pdf", **more):
    values = {"actor": member.actor} | more
    upload = Upload(filename, content)
    received = service.receive(
        uow, store, actor=member.actor, org_id=member.org.id, upload=upload, quota_mb=10
    )
    with uow.transaction():
        return service.add_version(
            uow, evidence_id=id_, received=received, quota_mb=10, now=LATER, **values
        )


def change(uow, member, id_, version=1, **more):
    values = {"title": "新しい題", "visibility": Visibility.PUBLIC} | more
    actor = values.pop("actor", member.actor)
    with uow.transaction():
        service.edit(
            uow,
            actor=actor,
            evidence_id=id_,
            description=Description(**values),
            version=version,
            now=LATER,
        )


def strangers(uow, member):
    org, user, _actor = make_member(uow, "第三の会社")
    _staff, secretariat = make_staff(uow)
    approver = Actor(member.actor.user_id, member.org.id, frozenset({Role.APPROVER}))
    return (
        (actor_of(user, org), NotFound),
        (secretariat, NotFound),
        (approver, NotPermitted),
    )


def test_the_library_holds_what_no_answer_uses_and_tells_kinds_apart(uow, store, member):
    photo = add(uow, store, member, picture("JPEG"), "掲示.jpg")
    paper = add(uow, store, member, office(), "b.docx", Description(category=Category.RECORD))
    with uow.transaction():
        link = service.add_link(
            uow,
            actor=member.actor,
            org_id=member.org.id,
            url="https://example.org/",
            description=Description("自社サイト"),
            now=LATER,
        )
    found = {e.id: (e.category, e.title) for e in queries.library(uow, member.org.id)}
    assert found == {
        photo: (Category.PHOTO, "掲示.jpg"),
        paper: (Category.RECORD, "b.docx"),
        link: (Category.WEB_PAGE, "自社サイト"),
    }
    assert rows(uow) == [3, 2, 0]
    assert len(events(uow, Event.EVIDENCE_ADDED)) == 3


def test_av_3_the_same_bytes_are_one_piece_unless_something_else_is_said(uow, store, member):
    first = add(uow, store, member, description=Description("方針"))
    assert add(uow, store, member, filename="again.pdf") == first
    assert add(uow, store, member, description=Description("方針")) == first
    other = add(uow, store, member, description=Description(visibility=Visibility.INTERNAL))
    assert other != first
    assert rows(uow) == [2, 2, 0]


def test_fi_4_the_stored_bytes_of_a_photo_hold_no_place(uow, store, member):
    add(uow, store, member, located(), "掲示.jpg")
    [name] = store.names()
    assert b"SecretCamera" not in store.get(name)
    [found] = queries.library(uow, member.org.id)
    assert (found.sha256, found.size) == (name, len(store.get(name)))
    assert service.verify(uow, store) == []


def test_a_new_version_leaves_the_old_one_as_it_was(uow, store, member):
    id_ = attach(uow, store, member)
    assert newer(uow, store, member, id_, PDF + b"%%EOF\n") == 2
    assert newer(uow, store, member, id_, PDF + b"%%EOF\n") == 2, "the same bytes are no version"
    new, old = queries.piece(uow, member.actor, id_)
    assert (new.ordinal, new.filename, new.at) == (2, "方針2.pdf", LATER)
    assert (old.ordinal, old.sha256) == (1, hashlib.sha256(PDF).hexdigest())
    [shown] = queries.of_answer(uow, member.assessment.id, "P1-01")
    assert (shown.ordinal, shown.version) == (2, 2)
    assert queries.find(uow, member.actor, id_, 1).sha256 == old.sha256
    assert len(uow.session.exec(select(EvidenceVersion)).all()) == 2
    with pytest.raises(Exception, match="append-only"), uow.transaction():
        uow.session.exec(select(EvidenceVersion)).first().filename = "x"
        uow.session.flush()


def test_av_2_the_second_editor_of_a_piece_gets_both_texts(uow, store, member):
    id_ = add(uow, store, member)
    colleague = make_user(uow, member.org, (Role.EDITOR,), name="佐藤")
    change(uow, member, id_, title="佐藤の題", actor=actor_of(colleague, member.org))
    with pytest.raises(Conflict) as caught:
        change(uow, member, id_, title="私の題")
    [field] = caught.value.fields
    assert (field.field, field.mine, field.theirs) == ("title", "私の題", "佐藤の題")
    assert (field.by, field.at) == ("佐藤", LATER)
    change(uow, member, id_, title="佐藤の題"), "what is stored already is no conflict"
    assert queries.piece(uow, member.actor, id_)[0].title == "佐藤の題"
    change(uow, member, id_, version=2, title="私の題")
    assert queries.piece(uow, member.actor, id_)[0].title == "私の題"
    [first, second] = events(uow, Event.EVIDENCE_CHANGED)
    assert json.loads(first.data) == {"fields": ["title", "visibility"]}
    assert json.loads(second.data) == {"fields": ["title"]}


def test_a_removed_piece_leaves_the_library_and_every_byte_stays(uow, store, member):
    id_ = attach(uow, store, member)
    with pytest.raises(Conflict), uow.transaction():
        service.remove(uow, actor=member.actor, evidence_id=id_, version=0, now=LATER)
    with uow.transaction():
        service.remove(uow, actor=member.actor, evidence_id=id_, version=1, now=LATER)
    assert queries.library(uow, member.org.id) == ()
    with pytest.raises(NotFound):
        queries.piece(uow, member.actor, id_)
    assert queries.find(uow, member.actor, id_, 1).removed
    assert len(list(store.names())) == 1
    assert add(uow, store, member) != id_, "what was removed does not come back by itself"


@pytest.mark.parametrize("number", [0, 1, 2])
def test_az_3_nobody_else_changes_a_piece(uow, store, member, number):
    id_ = add(uow, store, member)
    actor, refused = strangers(uow, member)[number]
    place = Place(member.org.id, member.assessment.id, "P1-01")
    with pytest.raises(refused):
        change(uow, member, id_, actor=actor)
    with pytest.raises(refused):
        newer(uow, store, member, id_, PDF + b"%%EOF", actor=actor)
    with pytest.raises(refused), uow.transaction():
        service.remove(uow, actor=actor, evidence_id=id_, version=1, now=NOW)
    with pytest.raises(NotPermitted), uow.transaction():
        service.attach_known(uow, actor=actor, place=place, evidence_id=id_, now=NOW)
    if refused is NotFound:
        with pytest.raises(NotFound):
            queries.piece(uow, actor, id_)
    assert rows(uow) == [1, 1, 0]
    assert queries.piece(uow, member.actor, id_)[0].title == "方針.pdf"


def test_az_3_a_foreign_piece_cannot_support_an_own_answer(uow, store, member):
    org, _user, stranger = make_member(uow, "第三の会社")
    id_ = add(uow, store, member)
    place = Place(org.id, member.assessment.id, "P1-01")
    with pytest.raises(NotFound), uow.transaction():
        service.attach_known(uow, actor=stranger, place=place, evidence_id=id_, now=NOW)
    assert rows(uow) == [1, 1, 0]


def test_one_piece_supports_many_answers_with_pages_of_its_own(uow, store, member):
    id_ = add(uow, store, member)
    for indicator, pages in (("P1-01", "３〜５"), ("P1-02", ""), ("P1-01", "8"), ("P1-01", "8")):
        with uow.transaction():
            service.attach_known(
                uow,
                actor=member.actor,
                place=Place(member.org.id, member.assessment.id, indicator, pages),
                evidence_id=id_,
                now=NOW,
            )
    found = queries.of_assessment(uow, member.assessment.id)
    assert {i: [(e.id, e.pages) for e in v] for i, v in found.items()} == {
        "P1-01": [(id_, "8")],
        "P1-02": [(id_, "")],
    }
    assert len(events(uow, Event.EVIDENCE_ATTACHED)) == 3, "the same again changes nothing"
    with pytest.raises(Incomplete), uow.transaction():
        place = Place(member.org.id, member.assessment.id, "P1-02", "abc")
        service.set_pages(uow, actor=member.actor, place=place, evidence_id=id_, now=NOW)
    with pytest.raises(NotFound), uow.transaction():
        place = Place(member.org.id, member.assessment.id, "P1-02", "1")
        service.set_pages(uow, actor=member.actor, place=place, evidence_id=uuid.uuid4(), now=NOW)


def test_fi_2_versions_count_against_the_space(uow, store, member):
    id_ = add(uow, store, member)
    received = service.receive(
        uow,
        store,
        actor=member.actor,
        org_id=member.org.id,
        upload=Upload("b.pdf", PDF + b"%%EOF\n"),
        quota_mb=1,
    )
    with pytest.raises(FileRefused, match="may keep 0 MB"), uow.transaction():
        service.add_version(
            uow, actor=member.actor, evidence_id=id_, received=received, quota_mb=0, now=NOW
        )
    assert rows(uow) == [1, 1, 0]


def test_a_library_of_three_takes_as_many_queries_as_of_one(uow, store, member, statements):
    add(uow, store, member)
    with statements() as one:
        queries.library(uow, member.org.id)
    add(uow, store, member, office(), "b.docx")
    add(uow, store, member, picture(), "c.png")
    with statements() as three:
        assert len(queries.library(uow, member.org.id)) == 3
    assert len(one) == len(three) == 1
