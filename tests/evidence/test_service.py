import threading
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import Session, select

from jpmirai_compliance.evidence import queries, service
from jpmirai_compliance.evidence.models import Evidence, EvidenceUse, EvidenceVersion, Visibility
from jpmirai_compliance.evidence.rules import FileRefused
from jpmirai_compliance.evidence.service import Upload
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import Scope, UnitOfWork
from jpmirai_compliance.foundation.errors import Incomplete, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.foundation.storage import LocalStore
from tests.evidence.files import PDF, office
from tests.factories import NOW, actor_of, make_assessment, make_member, make_round, make_staff


@dataclass
class Member:
    org: Any
    actor: Actor
    assessment: Any
    round: Any


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "evidence")


@pytest.fixture
def member(uow):
    org, _user, actor = make_member(uow)
    other, _their, _actor = make_member(uow, "別の会社")
    round_ = make_round(uow, orgs=[org, other])
    make_assessment(uow, other, round_)
    return Member(org, actor, make_assessment(uow, org, round_), round_)


def attach(uow, store, member, content=PDF, filename="方針.pdf", **more):
    values = {
        "actor": member.actor,
        "assessment_id": member.assessment.id,
        "org_id": member.org.id,
        "indicator_id": "P1-01",
        "upload": Upload(filename, content),
        "now": NOW,
    }
    with uow.transaction():
        return service.attach_file(uow, store, **(values | more))


def events(uow, event):
    return uow.session.exec(select(AuditEvent).where(AuditEvent.event == event)).all()


def rows(uow):
    kinds = (Evidence, EvidenceVersion, EvidenceUse)
    return [len(uow.session.exec(select(kind)).all()) for kind in kinds]


def test_fi_6_bytes_lie_under_their_hash_and_the_name_in_the_row_only(uow, store, member):
    id_ = attach(uow, store, member, filename="a/b\\か\u3099\u202e名簿.pdf")
    [found] = queries.of_answer(uow, member.assessment.id, "P1-01")
    assert (found.id, found.filename, found.title) == (id_, "が名簿.pdf", "が名簿.pdf")
    assert (found.size, found.media_type) == (len(PDF), "application/pdf")
    assert store.get(found.sha256) == PDF
    files = [p for p in store.folder.rglob("*") if p.is_file()]
    assert files == [store.folder / found.sha256[:2] / found.sha256]
    [event] = events(uow, Event.EVIDENCE_ATTACHED)
    assert event.subject == f"evidence:{id_}"
    assert found.sha256 in event.data
    assert "名簿" not in event.data


def test_av_3_the_same_file_sent_twice_is_one_piece_of_evidence(uow, store, member):
    first = attach(uow, store, member)
    assert attach(uow, store, member, filename="again.pdf") == first
    assert rows(uow) == [1, 1, 1]
    other = attach(uow, store, member, indicator_id="P1-02")
    assert other == first, "one piece, many answers"
    assert rows(uow) == [1, 1, 2]
    elsewhere = attach(uow, store, member, indicator_id="P1-03", visibility=Visibility.PUBLIC)
    assert elsewhere != first, "what was said about it may not be lost"
    assert rows(uow) == [2, 2, 3]
    assert len(list(store.names())) == 1


def test_av_3_the_same_file_sent_eight_times_at_once_is_one_piece(uow, engine, store, member):
    gate, found = threading.Barrier(8), []

    def send():
        with Session(engine) as session:
            work = UnitOfWork(session, Scope(member.org.id))
            gate.wait()
            try:
                found.append(attach(work, store, member))
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test shows it
                found.append(error)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1, found
    assert rows(uow) == [1, 1, 1]
    assert len(events(uow, Event.EVIDENCE_ATTACHED)) == 1


@pytest.mark.parametrize("who", ["approver", "other organisation", "secretariat"])
def test_only_editors_of_the_organisation_attach_and_detach(uow, store, member, who):
    id_ = attach(uow, store, member)
    if who == "approver":
        actor = Actor(member.actor.user_id, member.org.id, frozenset({Role.APPROVER}))
    elif who == "secretariat":
        _user, actor = make_staff(uow)
    else:
        org, user, _actor = make_member(uow, "第三の会社")
        actor = actor_of(user, org)
    before = rows(uow)
    with pytest.raises(NotPermitted):
        attach(uow, store, member, office(), "b.docx", actor=actor)
    with pytest.raises(NotPermitted), uow.transaction():
        service.attach_link(
            uow,
            actor=actor,
            assessment_id=member.assessment.id,
            org_id=member.org.id,
            indicator_id="P1-01",
            url="https://example.org/",
            now=NOW,
        )
    with pytest.raises(NotPermitted), uow.transaction():
        service.detach(
            uow,
            actor=actor,
            assessment_id=member.assessment.id,
            org_id=member.org.id,
            indicator_id="P1-01",
            evidence_id=id_,
            now=NOW,
        )
    assert rows(uow) == before
    assert len(list(store.names())) == 1


def test_fi_2_quota_is_counted_per_organisation_and_nothing_is_left(uow, store, member):
    first = PDF + b" " * (600 * 1024) + b"%%EOF\n"
    attach(uow, store, member, first, quota_mb=1)
    with pytest.raises(FileRefused, match="may keep 1 MB in 2000 files"):
        attach(uow, store, member, first + b"\n", quota_mb=1)
    assert rows(uow) == [1, 1, 1]
    assert len(events(uow, Event.EVIDENCE_ATTACHED)) == 1
    assert len(list(store.names())) == 1, "a refused file would fill the disk"
    attach(uow, store, member, first, quota_mb=1)
    assert rows(uow) == [1, 1, 1]
    attach(uow, store, member, first + b"\n", quota_mb=2)
    assert queries.used(uow, member.org.id) == (2 * len(first) + 1, 2)


def test_detach_keeps_the_piece_in_the_library(uow, store, member):
    id_ = attach(uow, store, member)
    values = {
        "actor": member.actor,
        "assessment_id": member.assessment.id,
        "org_id": member.org.id,
        "indicator_id": "P1-01",
        "now": NOW,
    }
    with pytest.raises(NotFound), uow.transaction():
        service.detach(uow, evidence_id=uuid.uuid4(), **values)
    with uow.transaction():
        service.detach(uow, evidence_id=id_, **values)
    assert queries.of_assessment(uow, member.assessment.id) == {}
    [evidence] = uow.session.exec(select(Evidence)).all()
    assert (evidence.removed_at, rows(uow)) == (None, [1, 1, 0])
    assert [e.id for e in queries.library(uow, member.org.id)] == [id_]
    [name] = store.names()
    assert store.get(name) == PDF


def test_fi_10_a_link_is_stored_as_text_and_twice_is_once(uow, store, member):
    values = {
        "actor": member.actor,
        "assessment_id": member.assessment.id,
        "org_id": member.org.id,
        "indicator_id": "P1-01",
        "now": NOW,
    }
    with uow.transaction():
        first = service.attach_link(uow, url=" https://example.org/方針 ", title="方針", **values)
        second = service.attach_link(uow, url="https://example.org/方針", **values)
    assert first == second
    [found] = queries.of_answer(uow, member.assessment.id, "P1-01")
    assert (found.url, found.title, found.is_file) == ("https://example.org/方針", "方針", False)
    with pytest.raises(Incomplete), uow.transaction():
        service.attach_link(uow, url="javascript:alert(1)", **values)
    assert rows(uow) == [1, 0, 1]


def test_internal_evidence_is_seen_by_the_organisation_only(uow, store, member):
    attach(uow, store, member, visibility=Visibility.INTERNAL)
    shown = attach(uow, store, member, office(), "b.docx", visibility=Visibility.REVIEWERS)
    ours = queries.of_assessment(uow, member.assessment.id, internal=True)
    theirs = queries.of_assessment(uow, member.assessment.id)
    assert [len(ours["P1-01"]), [e.id for e in theirs["P1-01"]]] == [2, [shown]]


def test_find_is_the_same_404_for_foreign_internal_and_missing(uow, make_uow, store, member):
    secret = attach(uow, store, member, visibility=Visibility.INTERNAL)
    shown = attach(uow, store, member, office(), "b.docx")
    _staff, reviewer = make_staff(uow, Role.REVIEWER)
    _judge, judge = make_staff(uow, Role.JUDGE)
    org, _user, stranger = make_member(uow, "第三の会社")
    own, foreign = make_uow(Scope(member.org.id)), make_uow(Scope(org.id))
    assert queries.find(own, member.actor, secret, 1).id == secret
    assert queries.find(uow, reviewer, shown, 1).id == shown
    for work, actor, id_, ordinal in (
        (uow, reviewer, secret, 1),
        (uow, judge, shown, 1),
        (uow, stranger, shown, 1),
        (foreign, stranger, shown, 1),
        (own, member.actor, shown, 2),
        (own, member.actor, shown, 0),
        (own, member.actor, shown, 10**30),
        (own, member.actor, uuid.uuid4(), 1),
    ):
        with pytest.raises(NotFound, match="cannot find this page"):
            queries.find(work, actor, id_, ordinal)


def test_au_6_verify_names_what_is_missing_or_changed(uow, store, member):
    kept = attach(uow, store, member)
    gone = attach(uow, store, member, office(), "b.docx")
    changed = attach(uow, store, member, b"a,b\r\n", "c.csv")
    assert service.verify(uow, store) == []
    by_id = {e.id: e for e in queries.of_answer(uow, member.assessment.id, "P1-01")}
    path = {i: store.folder / e.sha256[:2] / e.sha256 for i, e in by_id.items()}
    path[gone].unlink()
    path[changed].write_bytes(b"a,c\r\n")
    bad = {b.evidence_id: (b.ordinal, b.sha256, str(b.text)) for b in service.verify(uow, store)}
    assert bad == {
        gone: (1, by_id[gone].sha256, "“b.docx” is missing in the store."),
        changed: (1, by_id[changed].sha256, "“c.csv” was changed in the store."),
    }
    assert kept not in bad


def test_reading_the_evidence_of_three_answers_takes_as_many_queries_as_of_one(
    uow, store, member, statements
):
    attach(uow, store, member)
    with statements() as one:
        queries.of_assessment(uow, member.assessment.id)
    attach(uow, store, member, indicator_id="P1-02")
    attach(uow, store, member, office(), "b.docx", indicator_id="P1-03")
    with statements() as three:
        found = queries.of_assessment(uow, member.assessment.id)
    assert sorted(found) == ["P1-01", "P1-02", "P1-03"]
    assert len(one) == len(three) == 1
