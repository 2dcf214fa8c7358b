import datetime as dt
import hashlib
import json
import threading

import pytest
import rfc8785
from sqlmodel import Session, select

from jpmirai_compliance.accounts.models import Membership, Organisation
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
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import Scope, UnitOfWork
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.foundation.storage import LocalStore
from jpmirai_compliance.principles import rescore
from tests.assessments.member.conftest import CLOSES
from tests.evidence.files import PDF, office
from tests.factories import NOW, actor_of, make_member, make_staff, make_user

MS = dt.timedelta(milliseconds=1)
URL = "https://jpmirai.example"


def row_of(member):
    member.uow.session.rollback()
    query = select(Assessment).where(Assessment.id == member.assessment.id)
    return member.uow.session.exec(query).one()


def approve(member, *, actor=None, now=NOW, version=None):
    version = row_of(member).version if version is None else version
    with member.uow.transaction():
        approval.approve(
            member.uow, actor=actor or member.actor, year=2026, version=version, now=now
        )


def submit(member, *, actor=None, now=NOW, version=None, uow=None):
    version = row_of(member).version if version is None else version
    work = uow or member.uow
    with work.transaction():
        return submission.submit(
            work,
            actor=actor or member.actor,
            year=2026,
            version=version,
            base_url=URL,
            now=now,
        )


def ask(member, *, actor=None, version=None, now=NOW):
    version = row_of(member).version if version is None else version
    with member.uow.transaction():
        approval.ask(
            member.uow,
            actor=actor or member.actor,
            year=2026,
            version=version,
            base_url=URL,
            now=now,
        )


def send_back(member, reason="数字を足してください", *, actor=None):
    with member.uow.transaction():
        approval.send_back(
            member.uow,
            actor=actor or member.actor,
            year=2026,
            reason=reason,
            base_url=URL,
            now=NOW,
        )


def mails(uow, kind):
    uow.session.rollback()
    query = select(OutboxMail).where(OutboxMail.kind == kind).order_by(OutboxMail.recipient)
    return uow.session.exec(query).all()


def events(uow, event):
    uow.session.rollback()
    return uow.session.exec(select(AuditEvent).where(AuditEvent.event == event)).all()


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
    assert body["evidence"]["P1-01"][0]["sha256"] == hashlib.sha256(PDF).hexdigest()
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


@pytest.mark.parametrize("act", [ask, approve, submit])
def test_nothing_goes_on_while_something_is_missing(uow, make, act):
    member = make(level=2, status=Status.APPROVED if act is submit else Status.DRAFT)
    with uow.transaction():
        uow.session.get_one(Organisation, member.org.id).profile_completed_at = None
        query = select(AnswerRow).where(AnswerRow.org_id == member.org.id)
        for row in uow.session.exec(query):
            if row.indicator_id == "P1-01":
                row.level = None
            if row.indicator_id == "P2-01":
                row.level, row.not_applicable = None, True
        if act is submit:
            assessment = uow.session.get_one(Assessment, member.assessment.id)
            assessment.approved_at, assessment.approved_by = NOW, member.user.id
    before = row_of(member).status
    with pytest.raises(Incomplete) as error:
        act(member)
    assert [gap.target for gap in error.value.gaps] == [
        "/m/profile",
        "/m/2026/P1-01",
        "/m/2026/P2-01",
    ]
    assert str(error.value.gaps[1].text).startswith("P1-01 ")
    assert str(error.value.gaps[2].text).endswith(": Write why this does not apply to you.")
    assert row_of(member).status is before
    assert uow.session.exec(select(Snapshot)).all() == []
    assert uow.session.exec(select(OutboxMail)).all() == []


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


@pytest.mark.parametrize("act", [ask, approve, submit])
def test_av_2_a_page_that_was_overtaken_does_nothing(uow, make, act):
    member = make(level=2)
    if act is submit:
        approve(member)
    seen = row_of(member).version
    member.save(level=3, version=1)
    before = row_of(member).status
    with pytest.raises(Conflict):
        act(member, version=seen)
    assert row_of(member).status is before
    assert uow.session.exec(select(Snapshot)).all() == []


@pytest.mark.parametrize("who", ["editor", "another organisation", "secretariat"])
@pytest.mark.parametrize("act", [approve, submit, send_back])
def test_only_an_approver_of_the_organisation_signs(uow, make, who, act):
    member = make(level=2, status=Status.AWAITING_APPROVAL)
    if act is submit:
        approve(member)
    error = NotPermitted
    if who == "editor":
        actor = Actor(member.user.id, member.org.id, frozenset({Role.EDITOR, Role.ADMIN}))
    elif who == "secretariat":
        _staff, actor = make_staff(uow)
        error = NotFound  # it has no year of its own
    else:
        _org, _user, actor = make_member(uow, "第三の会社")
        error = NotFound
    before = row_of(member).status
    with pytest.raises(error):
        act(member, actor=actor)
    assert row_of(member).status is before


def test_an_only_approver_may_approve_own_work_and_the_record_says_so(uow, make):
    member = make(level=2)
    approve(member)
    [event] = events(uow, Event.ASSESSMENT_APPROVED)
    assert json.loads(event.data) == {"own_work": True, "year": 2026}


def test_own_work_is_left_to_another_approver_who_wrote_nothing(uow, make):
    member = make(level=2)
    second = make_user(uow, member.org, (Role.APPROVER,))
    with pytest.raises(DomainError, match="Ask another approver"):
        approve(member)
    approve(member, actor=actor_of(second, member.org, (Role.APPROVER,)))
    [event] = events(uow, Event.ASSESSMENT_APPROVED)
    assert json.loads(event.data) == {"own_work": False, "year": 2026}


def test_sending_back_needs_a_reason_and_tells_the_editors(uow, make):
    member = make(level=2, status=Status.AWAITING_APPROVAL)
    editor = make_user(uow, member.org, (Role.EDITOR,))
    with pytest.raises(Incomplete, match="Write what should be changed"):
        send_back(member, "  \n ")
    send_back(member)
    row = row_of(member)
    assert (row.status, row.sent_back_reason) == (Status.DRAFT, "数字を足してください")
    [mail] = mails(uow, "approval-sent-back")
    assert mail.recipient == editor.email
    assert "数字を足してください" in mail.body
    [event] = events(uow, Event.ASSESSMENT_REOPENED)
    assert "数字" not in event.data
    with pytest.raises(DomainError, match="cannot be done"):
        send_back(member)
    approve(member)
    assert row_of(member).sent_back_reason == ""


def test_asking_where_nobody_can_approve_says_what_to_do(uow, make):
    member = make(level=2)
    with uow.transaction():
        query = select(Membership).where(
            Membership.user_id == member.user.id, Membership.role == Role.APPROVER
        )
        uow.session.exec(query).one().ended_at = NOW
    with pytest.raises(DomainError, match="Invite an approver"):
        ask(member)
    assert row_of(member).status is Status.DRAFT
