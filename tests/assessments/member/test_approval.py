import json

import pytest
from sqlmodel import select

from jpmirai_compliance.accounts.models import Membership, Organisation
from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    Snapshot,
    Status,
)
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.policy import Actor, Role
from tests.assessments.member.acts import approve, ask, events, mails, row_of, send_back, submit
from tests.factories import NOW, actor_of, make_member, make_staff, make_user


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
        "/m/2026/P1-01#level",
        "/m/2026/P2-01#na_reason",
    ]
    assert str(error.value.gaps[1].text).startswith("P1-01 ")
    assert str(error.value.gaps[2].text).endswith(": Write why this does not apply to you.")
    assert row_of(member).status is before
    assert uow.session.exec(select(Snapshot)).all() == []
    assert uow.session.exec(select(OutboxMail)).all() == []


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
