"""Colleagues among themselves: flags, who answers, comments. Nobody else sees or touches any."""

import datetime as dt
import threading

import pytest
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from jpmirai_compliance.accounts.models import Membership
from jpmirai_compliance.assessments.models import AnswerRow, Comment, Flag, Task
from jpmirai_compliance.assessments.queries import member_pages
from jpmirai_compliance.assessments.queries import teamwork as reading
from jpmirai_compliance.assessments.service import teamwork as service
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import Scope, UnitOfWork
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.policy import Role
from tests.factories import NOW, actor_of, make_member, make_staff, make_user

HOUR = dt.timedelta(hours=1)


def act(who, deed, *, actor=None, uow=None, now=NOW, **values):
    work = uow or who.uow
    with work.transaction():
        return deed(work, actor=actor or who.actor, now=now, **values)


def say(who, text="どの期間ですか", *, indicator_id="P1-01", **more):
    return act(
        who,
        service.comment,
        assessment_id=who.assessment.id,
        indicator_id=indicator_id,
        text=text,
        **more,
    )


def flag(who, *, on=True, **more):
    where = {"assessment_id": who.assessment.id, "indicator_id": "P1-01"}
    act(who, service.flag, on=on, **(where | more))


def assign(who, place, user_id, seen=None, **more):
    act(
        who,
        service.assign,
        assessment_id=who.assessment.id,
        place=place,
        user_id=user_id,
        seen=seen,
        **more,
    )


def question(who, indicator_id="P1-01"):
    who.uow.session.rollback()
    return member_pages.overview(who.uow, who.actor, 2026).question(indicator_id)


def thread(who):
    who.uow.session.rollback()
    return reading.thread(who.uow, who.assessment.id, "P1-01")


def colleague(uow, who, *roles, name="佐藤"):
    user = make_user(uow, who.org, roles or (Role.EDITOR,), name=name)
    return user, actor_of(user, who.org, roles or (Role.EDITOR,))


def recorded(uow, event):
    uow.session.rollback()
    query = select(AuditEvent.subject, AuditEvent.data).where(AuditEvent.event == event)
    return uow.session.exec(query).all()


def test_a_flag_is_put_on_and_taken_off_once(uow, make):
    who = make(level=2)
    flag(who)
    flag(who)
    assert (question(who).flagged, question(who, "P1-02").flagged) == (True, False)
    assert len(recorded(uow, Event.QUESTION_FLAGGED)) == 1
    flag(who, on=False)
    assert question(who).flagged is False


def test_a_question_has_its_own_assignee_before_the_principles(uow, make):
    who = make(level=2)
    sato, _actor = colleague(uow, who)
    assign(who, "P1", sato.id)
    assert (question(who).assignee.name, question(who).assignee.place) == ("佐藤", "P1")
    assign(who, "P1-01", who.user.id)
    assert question(who).assignee.user_id == who.user.id
    assert question(who, "P1-02").assignee.user_id == sato.id
    assert question(who, "P2-01").assignee is None
    assign(who, "P1-01", None, seen=who.user.id)
    assert question(who).assignee.user_id == sato.id
    subjects = [subject for subject, _data in recorded(uow, Event.QUESTION_ASSIGNED)]
    assert subjects == [f"question:{who.assessment.id}:{p}" for p in ("P1", "P1-01", "P1-01")]


def test_assigning_over_a_colleagues_choice_says_so(uow, make):
    who = make(level=2)
    sato, _actor = colleague(uow, who)
    assign(who, "P1-01", sato.id)
    with pytest.raises(Conflict):
        assign(who, "P1-01", who.user.id, seen=None)
    assert question(who).assignee.user_id == sato.id
    assign(who, "P1-01", who.user.id, seen=sato.id)
    assert question(who).assignee.user_id == who.user.id


def test_a_task_ends_when_the_person_leaves_and_does_not_come_back_with_them(uow, make):
    who = make(level=2)
    sato, _actor = colleague(uow, who)
    assign(who, "P1-01", sato.id)
    with uow.transaction():
        row = uow.session.exec(select(Membership).where(Membership.user_id == sato.id)).one()
        row.ended_at = NOW + HOUR
    assert question(who).assignee is None
    with uow.transaction():
        uow.session.add(
            Membership(user_id=sato.id, org_id=who.org.id, role=Role.EDITOR, since=NOW + 2 * HOUR)
        )
    assert question(who).assignee is None
    assign(who, "P1-01", sato.id, now=NOW + 3 * HOUR)
    assert question(who).assignee.user_id == sato.id


def test_only_colleagues_who_can_answer_are_asked(uow, make):
    who = make(level=2)
    approver, signs = colleague(uow, who, Role.APPROVER)
    _org, stranger, _actor = make_member(uow, "第三の会社")
    staff, _actor = make_staff(uow)
    for person in (approver, stranger, staff):
        with pytest.raises(Incomplete):
            assign(who, "P1-01", person.id)
    with pytest.raises(NotPermitted):
        assign(who, "P1-01", who.user.id, actor=signs)
    for place in ("P9", "P9-99", "", "P1-01x"):
        with pytest.raises(NotFound):
            assign(who, place, who.user.id)
    who.uow.session.rollback()
    assert who.uow.session.exec(select(Task)).all() == []


def test_comments_are_read_in_order_and_leave_the_answer_alone(uow, make):
    who = make(level=2)
    _user, signs = colleague(uow, who, Role.APPROVER, name="石田")
    before = who.uow.session.exec(select(AnswerRow.version, AnswerRow.text)).all()
    say(who, "いつの数字ですか")
    say(who, "昨年度です", actor=signs, now=NOW + HOUR)
    say(who, "別の設問", indicator_id="P1-02")
    found = thread(who)
    assert [(c.name, c.text, c.edited_at) for c in found] == [
        (who.user.name, "いつの数字ですか", None),
        ("石田", "昨年度です", None),
    ]
    assert question(who).open_comments == 2
    who.uow.session.rollback()
    assert who.uow.session.exec(select(AnswerRow.version, AnswerRow.text)).all() == before
    assert "いつの" not in str(recorded(uow, Event.COMMENT_WRITTEN))


def test_a_comment_is_changed_by_its_writer_for_a_day_and_says_so(uow, make):
    who = make(level=2)
    _user, other = colleague(uow, who)
    made = say(who)
    edit = {"comment_id": made, "text": "直しました"}
    with pytest.raises(NotPermitted):
        act(who, service.edit, actor=other, version=1, **edit)
    with pytest.raises(Conflict):
        act(who, service.edit, version=2, **edit)
    with pytest.raises(DomainError, match="24 hours"):
        act(who, service.edit, version=1, now=NOW + service.EDITABLE, **edit)
    assert thread(who)[0].text == "どの期間ですか"
    act(who, service.edit, version=1, now=NOW + HOUR, **edit)
    assert (thread(who)[0].text, thread(who)[0].edited_at) == ("直しました", NOW + HOUR)


def test_any_colleague_settles_a_comment_and_opens_it_again(uow, make):
    who = make(level=2)
    _user, other = colleague(uow, who, name="佐藤")
    made = say(who)
    for _twice in range(2):
        act(who, service.resolve, actor=other, comment_id=made, done=True)
    assert (thread(who)[0].resolved_name, question(who).open_comments) == ("佐藤", 0)
    assert len(recorded(uow, Event.COMMENT_CHANGED)) == 1
    act(who, service.resolve, comment_id=made, done=False)
    assert (thread(who)[0].resolved_at, question(who).open_comments) == (None, 1)


def test_a_comment_needs_words_and_a_thread_has_an_end(make, monkeypatch):
    who = make(level=2)
    with pytest.raises(Incomplete):
        say(who, " \n ")
    monkeypatch.setattr(service, "THREAD_MAX", 1)
    say(who)
    with pytest.raises(DomainError):
        say(who)
    assert len(thread(who)) == 1


def test_az_3_neither_the_secretariat_nor_another_organisation_sees_or_adds_anything(
    uow, make_uow, make
):
    who = make(level=2)
    made = say(who)
    flag(who)
    assign(who, "P1-01", who.user.id)
    _org, _user, stranger = make_member(uow, "第三の会社")
    _staff, reviewer = make_staff(uow)
    theirs = make_uow(Scope(stranger.org_id))
    for actor, work, error in (
        (stranger, theirs, NotFound),
        (stranger, uow, NotFound),
        (reviewer, uow, (NotFound, NotPermitted)),
    ):
        for deed, values in (
            (
                service.comment,
                {"assessment_id": who.assessment.id, "indicator_id": "P1-01", "text": "x"},
            ),
            (
                service.flag,
                {"assessment_id": who.assessment.id, "indicator_id": "P1-01", "on": False},
            ),
            (service.resolve, {"comment_id": made, "done": True}),
            (service.edit, {"comment_id": made, "text": "x", "version": 1}),
            (
                service.assign,
                {
                    "assessment_id": who.assessment.id,
                    "place": "P1-01",
                    "user_id": None,
                    "seen": who.user.id,
                },
            ),
        ):
            with pytest.raises(error):
                act(who, deed, actor=actor, uow=work, **values)
    for table in (Comment, Flag, Task):
        theirs.session.rollback()
        assert theirs.session.exec(select(table)).all() == []
    assert [c.text for c in thread(who)] == ["どの期間ですか"]
    assert (question(who).flagged, question(who).assignee.user_id) == (True, who.user.id)


def test_two_people_at_once_lose_nothing(engine, uow, make):
    who = make(level=2)
    sato, other = colleague(uow, who)
    started, faults, conflicts = threading.Barrier(2), [], []

    def work(actor, me):
        with Session(engine) as session:
            mine = UnitOfWork(session, Scope(who.org.id))
            started.wait()
            for number in range(10):
                try:
                    say(who, f"{me}-{number}", actor=actor, uow=mine)
                    assign(who, "P1-01", me, uow=mine, actor=actor)
                except Conflict as error:
                    conflicts.append(error)
                except (DomainError, SQLAlchemyError, RuntimeError) as error:
                    faults.append(error)

    people = [(who.actor, who.user.id), (other, sato.id)]
    threads = [threading.Thread(target=work, args=p) for p in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    assert sorted(c.text for c in thread(who)) == sorted(
        f"{me}-{n}" for _actor, me in people for n in range(10)
    )
    assert question(who).assignee.user_id in {who.user.id, sato.id}
    assert conflicts


def test_a_page_takes_as_many_queries_for_one_comment_as_for_many(make, statements):
    who = make(level=2)
    counts = []
    for more in (1, 3):
        for number in range(more):
            say(who, f"{more}-{number}", indicator_id=f"P1-0{number + 1}")
            assign(who, f"P{more}-0{number + 1}", who.user.id)
        who.uow.session.rollback()
        with statements() as seen:
            member_pages.overview(who.uow, who.actor, 2026)
            reading.thread(who.uow, who.assessment.id, "P1-01")
        counts.append(len(seen))
    assert counts[0] == counts[1]
