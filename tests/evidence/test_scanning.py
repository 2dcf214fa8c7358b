"""The virus scanner: what waits, what is clean, what is never handed out."""

import hashlib

import pytest
from sqlmodel import select

from jpmirai_compliance.disclosure import queries as disclosure
from jpmirai_compliance.evidence import queries, service
from jpmirai_compliance.evidence.models import EvidenceScan, ScanState, Visibility
from jpmirai_compliance.evidence.rules import FileRefused
from jpmirai_compliance.evidence.service import Description, Place, Upload
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.schedule import jobs
from tests.evidence.clamd import EICAR, stub
from tests.evidence.files import PDF
from tests.evidence.test_service import attach, events, member, store
from tests.factories import NOW, clock, make_staff

__all__ = ["member", "store"]


@pytest.fixture
def scanner():
    with stub() as (address, seen):
        yield service.clamd(address, 5), seen


def keep(uow, store, member, content=PDF, filename="方針.pdf", visibility=Visibility.PUBLIC):
    """Attach a file that waits for the scanner."""
    received = service.receive(
        uow,
        store,
        actor=member.actor,
        org_id=member.org.id,
        upload=Upload(filename, content),
        quota_mb=10,
        quarantine=True,
    )
    with uow.transaction():
        return service.attach_received(
            uow,
            actor=member.actor,
            place=Place(member.org.id, member.assessment.id, "P1-01"),
            received=received,
            description=Description(visibility=visibility),
            quota_mb=10,
            now=NOW,
        )


def infected():
    return PDF + EICAR + b"\n%%EOF\n"


def test_fi_8_what_waits_is_handed_to_nobody_and_counts(uow, store, member):
    id_ = keep(uow, store, member)
    _staff, reviewer = make_staff(uow, Role.REVIEWER)
    for actor in (member.actor, reviewer):
        with pytest.raises(NotFound):
            queries.find(uow, actor, id_, 1)
    [found] = queries.of_answer(uow, member.assessment.id, "P1-01")
    assert (found.state, found.available) == (ScanState.QUARANTINED, False)
    assert found.shown_to_reviewers, "a slow scanner must not cost a level"


def test_fi_8_eicar_is_blocked_never_served_and_no_evidence(uow, store, member, scanner):
    ask, seen = scanner
    bad = keep(uow, store, member, infected(), "悪い.pdf")
    good = keep(uow, store, member)
    assert service.scan(uow, store, ask, now=NOW) == 2
    assert sorted(seen) == sorted([infected(), PDF])
    _staff, reviewer = make_staff(uow, Role.REVIEWER)
    for actor in (member.actor, reviewer):
        with pytest.raises(NotFound):
            queries.find(uow, actor, bad, 1)
        assert queries.find(uow, actor, good, 1).state is ScanState.CLEAN
    counted = queries.of_assessment(uow, member.assessment.id)
    assert [e.id for e in counted["P1-01"]] == [good]
    ours = queries.of_assessment(uow, member.assessment.id, internal=True)
    states = {e.id: e.state for e in ours["P1-01"]}
    assert states == {bad: ScanState.BLOCKED, good: ScanState.CLEAN}
    rows = uow.session.exec(select(EvidenceScan).order_by(EvidenceScan.found)).all()
    assert [r.found for r in rows] == ["", "Win.Test.EICAR_HDB-1"]
    assert len(events(uow, Event.EVIDENCE_SCANNED)) == 2
    assert service.scan(uow, store, ask, now=NOW) == 0, "each is scanned once"


def test_fi_8_the_same_bytes_again_are_refused_at_once(uow, store, member, scanner):
    keep(uow, store, member, infected(), "悪い.pdf")
    service.scan(uow, store, scanner[0], now=NOW)
    with pytest.raises(FileRefused, match="virus scanner found something in it"):
        keep(uow, store, member, infected(), "別の名前.pdf")


def test_fi_8_a_scanner_that_is_away_changes_nothing(uow, store, member):
    id_ = keep(uow, store, member)
    nobody = str(store.folder / "clamd.ctl")
    assert service.scan(uow, store, service.clamd(nobody, 1), now=NOW) == 0
    [found] = queries.piece(uow, member.actor, id_)
    assert found.state is ScanState.QUARANTINED
    assert events(uow, Event.EVIDENCE_SCANNED) == []


def test_fi_8_what_was_added_without_a_scanner_is_served_and_scanned_later(
    uow, store, member, scanner
):
    id_ = attach(uow, store, member)
    assert queries.find(uow, member.actor, id_, 1).state is ScanState.NOT_SCANNED
    assert service.scan(uow, store, scanner[0], now=NOW) == 1
    assert queries.find(uow, member.actor, id_, 1).state is ScanState.CLEAN


def test_fi_8_without_a_scanner_what_waits_is_let_go_and_says_so(uow, store, member):
    id_ = keep(uow, store, member)
    assert service.release(uow, now=NOW) == 1
    assert queries.find(uow, member.actor, id_, 1).state is ScanState.NOT_SCANNED
    assert service.release(uow, now=NOW) == 0


@pytest.mark.parametrize("state", [ScanState.QUARANTINED, ScanState.BLOCKED])
def test_fi_8_nothing_of_it_is_offered_for_publication(uow, store, member, scanner, state):
    id_ = keep(uow, store, member, infected() if state is ScanState.BLOCKED else PDF)
    clean = attach(uow, store, member, b"a,b\r\n", "c.csv", visibility=Visibility.PUBLIC)
    frozen = {str(e.id): e.title for e in queries.of_answer(uow, member.assessment.id, "P1-01")}
    assert set(frozen) == {str(id_), str(clean)}
    if state is ScanState.BLOCKED:
        service.scan(uow, store, scanner[0], now=NOW)
    assert disclosure.public_evidence(uow, member.assessment.id) == {str(clean)}


def test_fi_8_the_job_asks_the_scanner_that_the_settings_name(
    socket_enabled, uow, engine, store, member, settings
):
    keep(uow, store, member, infected())
    with stub(loopback=True) as (address, seen):
        chosen = settings.model_copy(
            update={"clamd_address": address, "instance_path": store.folder.parent}
        )
        assert jobs.scan_evidence(jobs.Context(engine, chosen, clock)) == 1
    assert [hashlib.sha256(c).hexdigest() for c in seen] == list(store.names())
    uow.session.rollback()
    assert queries.of_assessment(uow, member.assessment.id) == {}
