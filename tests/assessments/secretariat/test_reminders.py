"""Reminding many members at once: who gets a mail, once, and who gets none and why."""

import datetime as dt
import threading
import uuid

import pytest
from sqlmodel import Session, select

from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.assessments.models import Status
from jpmirai_compliance.assessments.queries import participants as queries
from jpmirai_compliance.assessments.queries.participants import Filters, Flag, of_ids
from jpmirai_compliance.assessments.queries.rounds import round_of_year
from jpmirai_compliance.assessments.queries.standing import standings
from jpmirai_compliance.assessments.rules import reminding
from jpmirai_compliance.assessments.service import reminders as service
from jpmirai_compliance.assessments.service.reminders import Draft
from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict, Incomplete, NotPermitted
from jpmirai_compliance.foundation.mail import BouncedAddress, OutboxMail
from jpmirai_compliance.foundation.policy import Role
from tests import factories

NOW = factories.NOW
CLOSES = NOW + dt.timedelta(days=10)
BASE = "http://localhost"
EVERYBODY = Filters()


@pytest.fixture
def staff(uow):
    return factories.make_staff(uow)[1]


@pytest.fixture
def orgs(uow):
    """Started, not started, submitted, without people, with a bounced address."""
    made = [factories.make_organisation(uow, f"{n}社") for n in "甲乙丙丁戊"]
    round_ = factories.make_round(uow, year=2026, orgs=made, closes_at=CLOSES)
    for number in (0, 1, 2, 4):
        factories.make_user(uow, made[number], email=f"p{number}@example.com", locale="en")
    factories.make_user(uow, made[0], (Role.EDITOR,), email="editor@example.com")
    factories.make_user(uow, made[0], (Role.EDITOR,), email="gone@example.com", disabled_at=NOW)
    factories.make_assessment(uow, made[0], round_)
    factories.make_assessment(uow, made[2], round_, status=Status.SUBMITTED, submitted_at=NOW)
    with uow.transaction():
        uow.session.add(BouncedAddress(address="p4@example.com", at=NOW))
    return made


def plan(uow, actor, filters=EVERYBODY, now=NOW, **given):
    return service.plan(uow, actor=actor, year=2026, filters=filters, now=now, **given)


def send(uow, actor, expected, *, key=None, filters=EVERYBODY, draft=None, now=NOW, **given):
    with uow.transaction():
        return service.send(
            uow,
            actor=actor,
            year=2026,
            filters=filters,
            draft=draft or service.proposed(),
            expected=expected,
            key=key or uuid.uuid4(),
            base_url=BASE,
            now=now,
            **given,
        )


def mails(uow):
    uow.session.rollback()
    return uow.session.exec(select(OutboxMail).order_by(OutboxMail.recipient)).all()


def test_those_who_can_still_answer_get_a_mail_and_the_others_are_named(uow, staff, orgs):
    found = plan(uow, staff)
    assert sorted(a.person.email for a in found.addressees) == [
        "editor@example.com",
        "p0@example.com",
        "p1@example.com",
    ]
    assert {one.name.pick("ja"): str(one.why) for one in found.left_out} == {
        "丙社": "It has submitted already.",
        "丁社": "Nobody of it can sign in.",
        "戊社": "Mail to all its people came back.",
    }
    assert found.members == 2
    chosen = plan(uow, staff, of_ids([orgs[1].id]))
    assert [a.person.email for a in chosen.addressees] == ["p1@example.com"]


def test_the_mail_holds_the_values_of_each_member_in_its_language(uow, staff, orgs, outbox):
    assert send(uow, staff, 3) == 3
    sent = {m["To"]: m for m in outbox(NOW)}
    assert sent["p1@example.com"]["Subject"] == "【JP-MIRAI】2026 self-assessment: 10 days left"
    english, japanese = (sent[a].get_content() for a in ("p1@example.com", "editor@example.com"))
    assert f"To everybody at {orgs[1].name_en} who" in english
    assert "http://localhost/m/2026" in english
    assert "{" not in english + japanese
    assert "甲社" in japanese
    assert "締切まであと10日です" in japanese
    [event] = uow.session.exec(select(AuditEvent)).all()
    assert (event.event, event.subject, event.data) == (
        "assessments:members-reminded",
        "round:2026",
        '{"again":false,"left_out":3,"mails":3,"members":2,"year":2026}',
    )


def test_a_double_press_sends_once(uow, staff, orgs):
    key = uuid.uuid4()
    assert [send(uow, staff, 3, key=key), send(uow, staff, 3, key=key)] == [3, 0]
    assert len(mails(uow)) == 3
    assert len(uow.session.exec(select(AuditEvent)).all()) == 1


def test_two_presses_at_the_same_moment_send_once(engine, uow, staff, orgs):
    key, results, gate = uuid.uuid4(), [], threading.Barrier(2)

    def press():
        with Session(engine) as session:
            work = UnitOfWork(session, EVERYTHING)
            gate.wait()
            results.append(send(work, staff, 3, key=key))

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0, 3]
    assert len(mails(uow)) == 3


def test_nobody_is_reminded_twice_within_two_days_unless_one_says_so(uow, staff, orgs):
    send(uow, staff, 1, filters=of_ids([orgs[1].id]))
    soon = NOW + reminding.QUIET - dt.timedelta(microseconds=1)
    found = plan(uow, staff, now=soon)
    assert ([a.of.of.name_ja for a in found.addressees], found.recent) == (["甲社"] * 2, 1)
    assert len(plan(uow, staff, now=soon, again=True).addressees) == 3
    assert len(plan(uow, staff, now=NOW + reminding.QUIET).addressees) == 3
    with pytest.raises(Incomplete, match="Nobody of those chosen"):
        send(uow, staff, 1, filters=of_ids([orgs[1].id]), now=soon)
    assert send(uow, staff, 1, filters=of_ids([orgs[1].id]), now=soon, again=True) == 1


def test_other_people_than_those_seen_are_not_written_to(uow, staff, orgs):
    factories.make_user(uow, orgs[1], (Role.EDITOR,), email="new@example.com")
    with pytest.raises(Conflict):
        send(uow, staff, 3)
    assert mails(uow) == []
    assert uow.session.exec(select(AuditEvent)).all() == []


@pytest.mark.parametrize(
    ("language", "subject", "body", "said"),
    [
        ("ja", "{name}", "{link}", [("These marks stand for nothing: {name}", "subject_ja")]),
        ("en", "x", "x", [("Leave {link} in the text, so that people find the way.", "body_en")]),
        ("en", "{x}", "{link} {0.__class__}", None),
    ],
)
def test_a_text_with_unknown_marks_or_without_the_link_is_not_sent(
    uow, staff, orgs, language, subject, body, said
):
    good = service.proposed()
    draft = Draft(good.subjects | {language: subject}, good.bodies | {language: body})
    with pytest.raises(Incomplete) as refused:
        send(uow, staff, 3, draft=draft)
    found = [(str(g.text), g.target) for g in refused.value.gaps]
    if said is None:
        assert [t for _text, t in found] == ["subject_en", "body_en"]
    else:
        assert found == said
    assert mails(uow) == []


def test_a_name_with_marks_in_it_is_not_read_again():
    values = {"organisation": "{link}", "link": "http://x"}
    assert reminding.filled("{organisation} {link} {other} {{", values) == (
        "{link} http://x {other} {{"
    )


def test_a_closed_or_not_yet_open_round_reminds_nobody(uow, staff, orgs):
    for moment, why in (
        (CLOSES, "Its time to answer is over. Extend it first."),
        (NOW - dt.timedelta(days=31), "The round is not open yet."),
    ):
        found = plan(uow, staff, now=moment)
        assert found.addressees == ()
        assert str(found.left_out[0].why) == why


def test_only_the_secretariat_reminds(uow, orgs):
    user = uow.session.exec(select(User).where(User.email == "p0@example.com")).one()
    member = factories.actor_of(user, orgs[0])
    reviewer = factories.make_staff(uow, Role.REVIEWER)[1]
    for actor in (member, reviewer):
        with pytest.raises(NotPermitted):
            plan(uow, actor)
        with pytest.raises(NotPermitted):
            send(uow, actor, 3)
    assert mails(uow) == []


def test_flags_narrow_and_are_counted(uow, staff, orgs):
    round_ = round_of_year(uow, actor=staff, year=2026)
    asked = {"actor": staff, "round_id": round_.id, "now": NOW}
    counts = queries.flag_counts(uow, **asked)
    assert counts == dict.fromkeys(Flag, 0) | {Flag.BOUNCED: 1, Flag.UNREACHABLE: 2}
    for flag, number in counts.items():
        rows = queries.participants(uow, **asked, filters=Filters(flag=flag))
        assert len(rows) == number
        assert queries.count(uow, **asked, filters=Filters(flag=flag)) == number
    lines = {line.of.name_ja: line for line in standings(uow, round_, rows, NOW)}
    assert {name: line.reachable for name, line in lines.items()} == {"丁社": False, "戊社": False}
    assert lines["戊社"].bounced == ("p4@example.com",)


def test_the_next_reminder_is_the_next_morning_that_is_still_to_come():
    closes = dt.datetime(2027, 3, 31, 8, tzinfo=dt.UTC)
    opens = dt.datetime(2027, 3, 10, tzinfo=dt.UTC)
    at = [
        reminding.next_reminder(opens, closes, moment)
        for moment in (opens, dt.datetime(2027, 3, 17, tzinfo=dt.UTC), closes)
    ]
    assert at == [
        dt.datetime(2027, 3, 17, tzinfo=dt.UTC),
        dt.datetime(2027, 3, 24, tzinfo=dt.UTC),
        None,
    ]


def test_reminding_asks_the_database_as_often_for_three_as_for_one(uow, staff, statements):
    round_ = factories.make_round(uow, year=2026, closes_at=CLOSES)
    seen = []
    for number in range(3):
        org, _user, _ = factories.make_member(uow, f"会社{number}")
        with uow.transaction():
            uow.session.add(
                queries.Participation(
                    round_id=round_.id, org_id=org.id, form=round_.default_form, added_at=NOW
                )
            )
        with statements() as asked:
            send(uow, staff, number + 1, again=True, now=NOW + dt.timedelta(minutes=number))
        seen.append(len(asked))
    assert seen == [seen[0]] * 3
