import datetime as dt
import hashlib
import json
import threading

import pytest
import rfc8785
from sqlmodel import Session, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    Snapshot,
    SnapshotKind,
    Status,
    Verdict,
    VerdictKind,
)
from jpmirai_compliance.assessments.queries import snapshots
from jpmirai_compliance.assessments.service import approval, submission
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.models import Visibility
from jpmirai_compliance.evidence.service import Upload
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import Scope, UnitOfWork
from jpmirai_compliance.foundation.errors import (
    DomainError,
)
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.storage import LocalStore
from jpmirai_compliance.principles import rescore
from tests.assessments.member.acts import (
    URL,
    approve,
    ask,
    events,
    mails,
    row_of,
    submit,
)
from tests.assessments.member.conftest import CLOSES
from tests.evidence.files import PDF, office
from tests.factories import NOW, actor_of, make_staff, make_user

MS = dt.timedelta(milliseconds=1)


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "evidence")


def test_editor_asks_approver_approves_and_submits(uow, make, store):
    member = make(level=2)
    editor = make_user(uow, member.org, (Role.EDITOR,), locale="en")
    staff, _actor = make_staff(uow)
    theirs = actor_of(editor, member.org, (Role.EDITOR,))
    ask(member, actor=theirs)
    assert row_of(member).status is Status.AWAITING_APPROVAL
    [mail] = mails(uow, "approval-asked")
    assert (mail.recipient, mail.org_id) == (member.user.email, member.org.id)
    assert f"{URL}/m/2026/check" in mail.body
    approve(member)
    row = row_of(member)
    assert (row.status, row.approved_at, row.approved_by) == (Status.APPROVED, NOW, member.user.id)
    frozen = submit(member, now=NOW + MS)
    row = row_of(member)
    assert (row.status, row.submitted_at, row.claimed) == (Status.SUBMITTED, NOW + MS, 50)
    assert frozen.number == "2026-0001-1"
    receipts = mails(uow, "submitted")
    assert {m.recipient for m in receipts} == {member.user.email, editor.email}
    assert all(frozen.sha256 in m.body and frozen.number in m.subject for m in receipts)
    assert [m.recipient for m in mails(uow, "submitted-secretariat")] == [staff.email]
    [event] = events(uow, Event.ASSESSMENT_SUBMITTED)
    assert json.loads(event.data) == {"number": frozen.number, "sha256": frozen.sha256}
    assert snapshots.audit_seq(uow, frozen) == event.seq
    assert audit.verify(uow.session)[1] is None


def test_au_6_the_snapshot_is_canonical_and_its_numbers_can_be_worked_out_again(uow, make, store):
    member = make(level=3)
    for indicator, content, visibility in (
        ("P1-01", PDF, Visibility.PUBLIC),
        ("P1-02", office(), Visibility.INTERNAL),
    ):
        with member.uow.transaction():
            evidence.attach_file(
                member.uow,
                store,
                actor=member.actor,
                assessment_id=member.assessment.id,
                org_id=member.org.id,
                indicator_id=indicator,
                upload=Upload("a.pdf" if content is PDF else "b.docx", content),
                visibility=visibility,
                now=NOW,
            )
    member.save("P1-01", level=3, text="公開の文", note="社内の文", version=1)
    approve(member)
    frozen = submit(member)
    [row] = uow.session.exec(select(Snapshot)).all()
    assert rfc8785.dumps(json.loads(row.body)).decode() == row.body
    assert hashlib.sha256(row.body.encode()).hexdigest() == row.sha256 == frozen.sha256
    body = frozen.body
    assert sorted(body) == [
        "approval",
        "assessment",
        "at",
        "evidence",
        "kind",
        "number",
        "organisation",
        "previous",
        "schema",
        "texts",
        "verdicts",
        "year",
    ]
    assert "社内の文" not in row.body
    assert body["texts"]["P1-01"] == {"text": "公開の文", "na_reason": "", "reach": "own"}
    assert list(body["evidence"]) == ["P1-01"]
    [piece] = body["evidence"]["P1-01"]
    assert piece.pop("id")
    assert piece == {
        "title": "a.pdf",
        "kind": "file",
        "category": "other",
        "url": "",
        "visibility": "public",
        "sha256": hashlib.sha256(PDF).hexdigest(),
        "filename": "a.pdf",
        "media_type": "application/pdf",
        "size": len(PDF),
        "ordinal": 1,
        "pages": "",
        "issued_on": None,
        "valid_until": None,
    }
    assert (body["previous"], body["verdicts"], body["schema"]) == (None, {}, 1)
    assert body["approval"]["own_work"] is True
    scores = rescore(body["assessment"])
    stored = row_of(member)
    assert (stored.claimed, stored.evidenced) == (
        scores.overall.claimed,
        scores.overall.evidenced,
    )
    assert scores.principles[0].evidenced < scores.principles[0].claimed == 75


def test_au_6_later_changes_leave_the_snapshot_byte_for_byte(uow, make):
    member = make(level=2)
    approve(member)
    submit(member)
    [before] = uow.session.exec(select(Snapshot.body)).all()
    with pytest.raises(DomainError, match="frozen"):
        member.save(level=4, version=1)
    with uow.transaction():
        org = uow.session.get_one(Organisation, member.org.id)
        org.name_ja, org.kind = "名前を変えた会社", "npo"
    with uow.transaction():
        for row in uow.session.exec(select(AnswerRow)):
            row.level, row.text = 0, "書き換え"
    with pytest.raises(Exception, match="append-only"), uow.transaction():
        uow.session.exec(select(Snapshot)).one().body = "{}"
    uow.session.rollback()
    assert uow.session.exec(select(Snapshot.body)).all() == [before]
    assert rescore(json.loads(before)["assessment"]).overall.claimed == 50


def test_av_3_eight_submits_at_once_are_one(uow, engine, make):
    member = make(level=2)
    approve(member)
    version, numbers, failures = row_of(member).version, [], []
    member.uow.session.rollback()
    gate = threading.Barrier(8)

    def press():
        with Session(engine) as session:
            work = UnitOfWork(session, Scope(member.org.id))
            gate.wait()
            try:
                numbers.append(submit(member, uow=work, version=version).number)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test shows it
                failures.append(error)

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert numbers == ["2026-0001-1"] * 8
    assert len(uow.session.exec(select(Snapshot)).all()) == 1
    assert len(events(uow, Event.ASSESSMENT_SUBMITTED)) == 1
    assert len(mails(uow, "submitted")) == 1


def test_numbers_run_over_the_members_of_a_year(uow, make, make_uow):
    member = make(level=2)
    approve(member)
    assert submit(member).number == "2026-0001-1"
    other = uow.session.exec(select(Organisation).where(Organisation.id != member.org.id)).one()
    user = make_user(uow, other)
    theirs, work = actor_of(user, other), make_uow(Scope(other.id))
    row = work.session.exec(select(Assessment)).one()
    with work.transaction():
        approval.approve(work, actor=theirs, year=2026, version=row.version, now=NOW)
    version = work.session.exec(select(Assessment)).one().version
    with work.transaction():
        found = submission.submit(
            work, actor=theirs, year=2026, version=version, base_url=URL, now=NOW
        )
    assert found.number == "2026-0002-1"


def test_returned_answers_are_submitted_again_as_the_next_snapshot(uow, make):
    member = make(level=2)
    approve(member)
    first = submit(member)
    staff, _actor = make_staff(uow)
    with uow.transaction():
        row = uow.session.get_one(Assessment, member.assessment.id)
        row.status, row.return_due_at = Status.RETURNED, CLOSES + dt.timedelta(days=20)
        for indicator, kind, to_return in (
            ("P1-01", VerdictKind.GAP, True),
            ("P1-02", VerdictKind.GAP, False),
        ):
            uow.session.add(
                Verdict(
                    org_id=member.org.id,
                    assessment_id=row.id,
                    indicator_id=indicator,
                    kind=kind,
                    reason="根拠が足りません",
                    to_return=to_return,
                    at=NOW,
                    by=staff.id,
                )
            )
        query = select(AnswerRow).where(
            AnswerRow.assessment_id == row.id, AnswerRow.indicator_id == "P1-01"
        )
        uow.session.exec(query).one().reopened = True
    later = CLOSES + dt.timedelta(days=10)  # the round is over, the due date is not
    member.save("P1-01", level=1, text="直しました", version=1, now=later)
    ask(member, now=later)
    assert row_of(member).status is Status.RETURNED
    second = submit(member, now=later)
    assert (second.number, second.body["previous"]) == ("2026-0001-2", first.sha256)
    row = row_of(member)
    assert (row.status, row.return_due_at, row.approved_by) == (
        Status.SUBMITTED,
        None,
        member.user.id,
    )
    rows = uow.session.exec(select(AnswerRow).where(AnswerRow.reopened)).all()
    assert rows == []
    assert second.body["verdicts"] == {
        "P1-02": {"kind": "gap", "level": None, "reason": "根拠が足りません"}
    }
    found = second.body["assessment"]["answers"]
    assert (found["P1-01"]["evidence"], found["P1-02"]["evidence"]) == ("none", "gap")
    assert snapshots.snapshot(uow, row.id, SnapshotKind.SUBMITTED).number == "2026-0001-2"


@pytest.mark.parametrize("status", [Status.DRAFT, Status.AWAITING_APPROVAL])
def test_az_11_a_step_cannot_be_skipped(make, status):
    member = make(level=2, status=status)
    with pytest.raises(DomainError, match="must approve the answers before"):
        submit(member)
    assert row_of(member).status is status


@pytest.mark.parametrize(("now", "ok"), [(CLOSES - MS, True), (CLOSES, False)])
def test_az_11_submitting_at_the_last_millisecond_and_at_the_close(uow, make, now, ok):
    member = make(level=2)
    approve(member)
    if ok:
        assert submit(member, now=now).at == now
        return
    for act in (submit, approve, ask):
        with pytest.raises(DomainError, match="The time to answer ended on"):
            act(member, now=now)
    assert row_of(member).status is Status.APPROVED
    assert uow.session.exec(select(Snapshot)).all() == []
