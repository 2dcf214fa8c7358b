import datetime as dt
import uuid

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    Participation,
    Reach,
    Status,
)
from jpmirai_compliance.assessments.queries import member_answers
from jpmirai_compliance.assessments.service import answers
from jpmirai_compliance.assessments.service.answers import Content
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.service import Description, Upload
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import Conflict, DomainError, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.foundation.storage import LocalStore
from tests.assessments.member.conftest import CLOSES, OPENS
from tests.evidence.files import PDF
from tests.factories import NOW, make_assessment, make_member, make_round, make_staff, make_user

MS = dt.timedelta(milliseconds=1)


def stored(member, indicator_id="P1-01"):
    return member_answers.answers(member.uow, member.assessment.id).get(indicator_id)


def row_of(member):
    member.uow.session.rollback()
    query = select(Assessment).where(Assessment.id == member.assessment.id)
    return member.uow.session.exec(query).one()


def saves(uow):
    query = select(AuditEvent).where(AuditEvent.event == Event.ANSWER_SAVED)
    return uow.session.exec(query).all()


def test_save_stores_the_answer_and_raises_both_versions(make):
    member = make()
    assert member.save(level=3, text="毎年", note="社内", reach=Reach.SUPPLY_CHAIN) == 1
    found = stored(member)
    assert (found.level, found.text, found.note, found.reach) == (3, "毎年", "社内", "supply_chain")
    assert (found.version, found.updated_by, found.updated_at) == (1, member.user.id, NOW)
    assert row_of(member).version == member.assessment.version + 1
    assert member.save(version=1, not_applicable=True, na_reason="該当なし") == 2
    found = stored(member)
    assert (found.level, found.not_applicable, found.na_reason, found.text) == (
        None,
        True,
        "該当なし",
        "",
    )
    assert row_of(member).version == member.assessment.version + 2


def test_the_record_never_holds_the_text_of_an_answer(uow, make):
    member = make()
    member.save(level=3, text="秘密の文", note="もっと秘密")
    [event] = saves(uow)
    assert event.subject == f"answer:{member.assessment.id}:P1-01"
    assert event.data == '{"approval_dropped":false,"version":1}'


def test_saving_what_is_stored_changes_nothing(uow, make):
    member = make()
    member.save(level=3, text="同じ")
    before = row_of(member).version
    assert member.save(level=3, text="同じ", version=0) == 1
    assert (row_of(member).version, len(saves(uow))) == (before, 1)


def test_av_2_the_second_editor_gets_both_texts_and_nothing_is_lost(uow, make_uow, make):
    member = make()
    colleague = make_user(uow, member.org, (Role.EDITOR,), name="佐藤")
    theirs = Actor(colleague.id, member.org.id, frozenset({Role.EDITOR}))
    member.save(level=1, text="最初")
    member.save(
        level=2, text="佐藤の文", version=1, actor=theirs, uow=make_uow(Scope(member.org.id))
    )
    with pytest.raises(Conflict) as error:
        member.save(level=3, text="わたしの文", note="メモ", version=1)
    assert [(c.field, c.mine, c.theirs, c.by, c.at) for c in error.value.fields] == [
        ("level", "3", "2", "佐藤", NOW),
        ("text", "わたしの文", "佐藤の文", "佐藤", NOW),
        ("note", "メモ", "", "佐藤", NOW),
    ]
    assert (stored(member).text, stored(member).version) == ("佐藤の文", 2)
    assert member.save(level=3, text="わたしの文", version=2) == 3


def test_av_2_two_first_answers_at_once_conflict_too(make):
    member = make()
    member.save(level=1)
    with pytest.raises(Conflict) as error:
        member.save(not_applicable=True, na_reason="x", version=0)
    assert [(c.field, c.mine, c.theirs) for c in error.value.fields] == [
        ("level", "na", "1"),
        ("na_reason", "x", ""),
    ]


def two(uow, make_uow, make):
    """A member's first answer, its token, and a colleague who saves from the same page."""
    member = make()
    colleague = make_user(uow, member.org, (Role.EDITOR,), name="佐藤")
    theirs = {
        "actor": Actor(colleague.id, member.org.id, frozenset({Role.EDITOR})),
        "uow": make_uow(Scope(member.org.id)),
    }
    first = member.saved(level=1, text="最初", note="")
    return member, first.seen, theirs


def test_av_2_fields_that_only_one_of_two_editors_changed_merge(uow, make_uow, make):
    member, seen, theirs = two(uow, make_uow, make)
    member.save(level=1, text="佐藤の文", version=1, seen=seen, **theirs)
    saved = member.saved(level=3, text="最初", note="メモ", version=1, seen=seen)
    assert (saved.version, saved.taken) == (3, ("text",))
    found = stored(member)
    assert (found.level, found.text, found.note) == (3, "佐藤の文", "メモ")
    assert (saved.seen, saved.content.text) == (found.seen, "佐藤の文")


def test_av_2_a_conflict_names_only_what_both_changed_and_carries_what_was_shown(
    uow, make_uow, make
):
    member, seen, theirs = two(uow, make_uow, make)
    member.save(level=1, text="佐藤の文", note="佐藤のメモ", version=1, seen=seen, **theirs)
    with pytest.raises(answers.Competed) as error:
        member.save(level=3, text="わたしの文", version=1, seen=seen)
    assert [(c.field, c.mine, c.theirs) for c in error.value.fields] == [
        ("text", "わたしの文", "佐藤の文")
    ]
    assert (error.value.units, error.value.version) == (("text",), 2)
    assert error.value.merged == Content(level=3, text="わたしの文", note="佐藤のメモ")
    assert error.value.seen == stored(member).seen
    assert (stored(member).level, stored(member).text) == (1, "佐藤の文")


def test_av_2_settling_a_conflict_does_not_run_over_a_third_person(uow, make_uow, make):
    member, seen, theirs = two(uow, make_uow, make)
    member.save(level=1, text="佐藤の文", version=1, seen=seen, **theirs)
    with pytest.raises(answers.Competed) as error:
        member.save(level=1, text="わたしの文", version=1, seen=seen)
    shown = {"version": error.value.version, "seen": error.value.seen}
    member.save(level=1, text="三人目の文", **shown, **theirs)
    with pytest.raises(answers.Competed) as error:
        member.save(level=1, text="わたしの文", **shown)
    assert [(c.mine, c.theirs) for c in error.value.fields] == [("わたしの文", "三人目の文")]
    saved = member.saved(level=4, text="わたしの文", **shown, yielding={"text"})
    assert (saved.version, saved.taken) == (4, ("text",))
    assert (stored(member).level, stored(member).text) == (4, "三人目の文")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (OPENS - MS, "not open yet"),
        (OPENS, None),
        (CLOSES - MS, None),
        (CLOSES, "Nothing was saved"),
    ],
    ids=["before", "opening", "last millisecond", "closing"],
)
def test_az_11_answers_are_taken_in_the_half_open_window_only(make, now, said):
    member = make()
    if said is None:
        assert member.save(level=1, now=now) == 1
        return
    with pytest.raises(DomainError, match=said):
        member.save(level=1, now=now)
    assert stored(member) is None
    assert row_of(member).version == member.assessment.version


FROZEN = {
    "submitted": {"submitted_at": NOW},
    "returned": {"submitted_at": NOW},
    "accepted": {"submitted_at": NOW, "accepted_at": NOW},
}


@pytest.mark.parametrize("status", FROZEN)
def test_after_submission_only_reopened_answers_change(uow, make, store, status):
    fields = dict(FROZEN[status])
    if status == "accepted":
        staff, _actor = make_staff(uow)
        fields["accepted_by"] = staff.id
    member = make(level=2, status=Status(status), return_due_at=CLOSES, **fields)
    with uow.transaction():
        for row in uow.session.exec(select(AnswerRow).where(AnswerRow.indicator_id == "P1-02")):
            row.reopened = row.org_id == member.org.id
    with pytest.raises(DomainError, match="frozen and was not changed"):
        member.save(level=4, version=1)
    with pytest.raises(DomainError, match="frozen and was not changed"), member.uow.transaction():
        answers.attach_link(
            member.uow,
            actor=member.actor,
            assessment_id=member.assessment.id,
            indicator_id="P1-01",
            url="https://example.org/",
            description=Description(),
            now=NOW,
        )
    if status == "returned":
        assert member.save("P1-02", level=4, version=1) == 2
        assert stored(member, "P1-02").reopened is True
        with pytest.raises(DomainError, match="ended on"):
            member.save("P1-02", level=1, version=2, now=CLOSES)
    else:
        with pytest.raises(DomainError, match="frozen and was not changed"):
            member.save("P1-02", level=4, version=1)
    assert (stored(member).level, row_of(member).status) == (2, Status(status))


def test_a_change_after_approval_goes_back_to_draft(uow, make):
    member = make(level=2, status=Status.APPROVED)
    with uow.transaction():
        row = uow.session.get_one(Assessment, member.assessment.id)
        row.approved_at, row.approved_by = NOW, member.user.id
    member.save(level=2, version=1)
    assert row_of(member).status is Status.APPROVED
    member.save(level=3, version=1)
    row = row_of(member)
    assert (row.status, row.approved_at, row.approved_by) == (Status.DRAFT, None, None)
    assert '"approval_dropped":true' in saves(uow)[-1].data


def test_a_change_while_awaiting_approval_raises_the_version_that_approvers_see(make):
    member = make(level=2, status=Status.AWAITING_APPROVAL)
    member.save(level=3, version=1)
    row = row_of(member)
    assert (row.status, row.version) == (Status.AWAITING_APPROVAL, member.assessment.version + 1)


@pytest.mark.parametrize("who", ["approver only", "another organisation", "secretariat"])
def test_only_editors_of_the_organisation_answer(uow, make_uow, make, who):
    member = make()
    if who == "approver only":
        actor = Actor(member.user.id, member.org.id, frozenset({Role.APPROVER}))
        work, error = member.uow, NotPermitted
    elif who == "secretariat":
        _staff, actor = make_staff(uow)
        work, error = make_uow(), NotPermitted
    else:
        org, _user, actor = make_member(uow, "第三の会社")
        work, error = make_uow(Scope(org.id)), NotFound
    with pytest.raises(error):
        member.save(level=1, actor=actor, uow=work)
    if who == "another organisation":  # also where the unit of work would see the row
        with pytest.raises(NotFound):
            member.save(level=1, actor=actor, uow=make_uow())
    assert stored(member) is None


@pytest.mark.parametrize("indicator_id", ["P9-99", "", "P1-01\0", "x" * 500])
def test_a_question_that_is_not_asked_is_missing(make, indicator_id):
    member = make()
    with pytest.raises(NotFound):
        member.save(indicator_id, level=1)


@pytest.mark.parametrize("bad", [{"level": 5}, {"level": -1}, {"level": 2, "not_applicable": True}])
def test_an_answer_is_a_level_or_not_applicable(bad):
    with pytest.raises(ValueError, match="a level of 0-4 or not applicable"):
        Content(**bad)


def test_start_takes_the_participations_form_and_is_there_only_once(uow, make_uow):
    org, _user, actor = make_member(uow)
    make_round(uow, orgs=[org], default_form="core")
    work = make_uow(Scope(org.id))
    for _turn in range(2):
        with work.transaction():
            found = answers.start(work, actor=actor, year=2026, now=NOW)
    [row] = uow.session.exec(select(Assessment)).all()
    assert (row.id, row.org_id, row.form, row.status) == (found, org.id, "core", Status.DRAFT)
    started = uow.session.exec(
        select(AuditEvent).where(AuditEvent.event == Event.ASSESSMENT_STARTED)
    ).all()
    assert len(started) == 1


def test_start_needs_a_part_in_the_round_the_right_and_the_time(uow, make_uow):
    org, user, actor = make_member(uow)
    other, _user, stranger = make_member(uow, "参加しない会社")
    make_round(uow, orgs=[org], opens_at=OPENS, closes_at=CLOSES)
    for who, scope, now, error in (
        (stranger, other.id, NOW, NotFound),
        (Actor(user.id, org.id, frozenset({Role.APPROVER})), org.id, NOW, NotPermitted),
        (actor, org.id, OPENS - MS, DomainError),
        (actor, org.id, CLOSES, DomainError),
    ):
        work = make_uow(Scope(scope))
        with pytest.raises(error), work.transaction():
            answers.start(work, actor=who, year=2026, now=now)
    assert uow.session.exec(select(Assessment)).all() == []


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "evidence")


def test_evidence_is_added_and_removed_only_where_the_answer_may_change(uow, make, store):
    member = make(level=2, status=Status.APPROVED)
    with uow.transaction():
        row = uow.session.get_one(Assessment, member.assessment.id)
        row.approved_at, row.approved_by = NOW, member.user.id
    upload = Upload("a.pdf", PDF)
    received = evidence.receive(
        uow, store, actor=member.actor, org_id=member.org.id, upload=upload, quota_mb=9
    )
    values = {
        "actor": member.actor,
        "assessment_id": member.assessment.id,
        "indicator_id": "P1-01",
    }
    work = member.uow
    with pytest.raises(DomainError, match="Nothing was saved"), work.transaction():
        answers.attach_file(
            work, **values, received=received, description=Description(), quota_mb=9, now=CLOSES
        )
    assert row_of(member).status is Status.APPROVED
    with work.transaction():
        id_ = answers.attach_file(
            work, **values, received=received, description=Description(), quota_mb=9, now=NOW
        )
    assert row_of(member).status is Status.DRAFT
    states = member_answers.evidence_states(work, member.assessment.id)
    assert [states["P1-01"].evidence, states["P1-02"].evidence] == ["attached", "none"]
    with pytest.raises(DomainError, match="Nothing was saved"), work.transaction():
        answers.detach(work, **values, evidence_id=id_, now=CLOSES)
    with pytest.raises(NotFound), work.transaction():
        answers.detach(work, **values, evidence_id=uuid.uuid4(), now=NOW)
    with work.transaction():
        answers.detach(work, **values, evidence_id=id_, now=NOW)
    assert member_answers.evidence_states(work, member.assessment.id)["P1-01"].evidence == "none"


def test_az_11_an_extension_opens_the_window_for_one_member_only(uow, make):
    member = make()
    with uow.transaction():
        query = select(Participation).where(Participation.org_id == member.org.id)
        uow.session.exec(query).one().late_until = CLOSES + dt.timedelta(days=2)
    assert member.save(level=1, now=CLOSES + dt.timedelta(days=1)) == 1
    other = uow.session.exec(select(Assessment).where(Assessment.org_id != member.org.id)).one()
    theirs = Actor(member.user.id, other.org_id, member.actor.roles)
    with pytest.raises(DomainError, match="Nothing was saved"), uow.transaction():
        answers.save(
            uow,
            actor=theirs,
            assessment_id=other.id,
            indicator_id="P1-01",
            content=Content(level=1),
            version=1,
            now=CLOSES + dt.timedelta(days=1),
        )


def test_a_second_assessment_of_the_same_year_cannot_exist(uow, make):
    member = make()
    with pytest.raises(IntegrityError):
        make_assessment(uow, member.org, member.round)
