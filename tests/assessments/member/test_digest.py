"""One mail a person an hour at most, about what others did."""

import datetime as dt

import pytest
from sqlmodel import select

from jpmirai_compliance.accounts.models import Membership
from jpmirai_compliance.assessments.models import Comment, Task
from jpmirai_compliance.assessments.service import teamwork
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.schedule import jobs
from tests.assessments.member.acts import mails
from tests.factories import NOW, actor_of, make_user

LATER = NOW + dt.timedelta(minutes=15)


@pytest.fixture
def team(uow, make):
    """Who starts things, and 佐藤 who is asked."""
    who = make(level=2)
    who.sato = make_user(uow, who.org, (Role.EDITOR,), name="佐藤")
    who.sato_actor = actor_of(who.sato, who.org, (Role.EDITOR,))
    return who


def say(who, actor, indicator_id="P1-01", now=NOW):
    with who.uow.transaction() as work:
        teamwork.comment(
            work,
            actor=actor,
            assessment_id=who.assessment.id,
            indicator_id=indicator_id,
            text="秘密の相談",
            now=now,
        )


def ask(who, place, user, now=NOW):
    with who.uow.transaction() as work:
        teamwork.assign(
            work,
            actor=who.actor,
            assessment_id=who.assessment.id,
            place=place,
            user_id=user.id,
            seen=None,
            now=now,
        )


def run(engine, settings, now):
    return jobs.tell_colleagues(jobs.Context(engine, settings, lambda: now))


def test_everything_of_an_hour_comes_in_one_mail(engine, settings, uow, team):
    for place in ("P1-01", "P1-02", "P2"):
        ask(team, place, team.sato)
    for _number in range(3):
        say(team, team.actor)
    assert run(engine, settings, NOW) == 0  # what was just pressed can still be taken back
    assert run(engine, settings, LATER) == 1
    [mail] = mails(uow, "colleagues")
    assert mail.recipient == team.sato.email
    assert "（新着3件）" in mail.body
    assert "原則2のすべての設問" in mail.body
    assert mail.body.count("P1-02") == 1
    assert "秘密" not in mail.body
    assert f"{settings.public_base_url}/m/2026?filter=mine" in mail.body


def test_nobody_hears_twice_nor_again_within_the_hour(engine, settings, uow, team):
    ask(team, "P1-01", team.sato)
    assert run(engine, settings, LATER) == 1
    assert run(engine, settings, LATER) == 0
    ask(team, "P1-02", team.sato)
    soon = NOW + dt.timedelta(minutes=30)
    assert run(engine, settings, soon) == 0
    assert run(engine, settings, NOW + dt.timedelta(minutes=61)) == 1
    assert len(mails(uow, "colleagues")) == 2


def test_nobody_is_told_what_they_did_themselves(engine, settings, uow, team):
    ask(team, "P1-01", team.user)
    say(team, team.actor)
    assert run(engine, settings, LATER) == 0
    assert mails(uow, "colleagues") == []
    query = select(Comment.id).where(Comment.told_at.is_(None))
    assert uow.session.exec(query).all() == []


def test_an_answer_to_ones_comment_is_news(engine, settings, uow, team):
    say(team, team.actor)
    say(team, team.sato_actor, now=NOW + dt.timedelta(minutes=1))
    assert run(engine, settings, LATER) == 1
    [mail] = mails(uow, "colleagues")
    assert mail.recipient == team.user.email


def test_who_has_left_is_not_written_to(engine, settings, uow, team):
    ask(team, "P1-01", team.sato)
    say(team, team.actor)
    with uow.transaction():
        uow.session.exec(
            select(Membership).where(Membership.user_id == team.sato.id)
        ).one().ended_at = NOW
    assert run(engine, settings, LATER) == 0
    assert mails(uow, "colleagues") == []
    assert uow.session.exec(select(Task.id).where(Task.told_at.is_(None))).all() == []
