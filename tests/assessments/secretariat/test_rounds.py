import datetime as dt
from functools import partial

import pytest
from sqlmodel import col, select

from jpmirai_compliance.assessments.models import (
    Assessment,
    FormLength,
    Participation,
    Round,
    Status,
)
from jpmirai_compliance.assessments.queries import dashboard
from jpmirai_compliance.assessments.queries import extensions as given
from jpmirai_compliance.assessments.queries import participants as taking_part_of
from jpmirai_compliance.assessments.queries import rounds as queries
from jpmirai_compliance.assessments.queries.participants import Stage
from jpmirai_compliance.assessments.service import answers, extensions
from jpmirai_compliance.assessments.service import rounds as service
from jpmirai_compliance.foundation import mail
from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.text import Text
from tests import factories

NOW = factories.NOW
OPENS = dt.datetime(2027, 1, 12, 9, tzinfo=TOKYO)
CLOSES = dt.datetime(2027, 3, 31, 17, tzinfo=TOKYO)
PLAN = service.Plan(2027, "2026.1", OPENS, CLOSES, FormLength.FULL)
BASE = "http://localhost"


@pytest.fixture
def staff(uow):
    return factories.make_staff(uow)[1]


@pytest.fixture
def orgs(uow):
    return [factories.make_organisation(uow, name) for name in ("甲社", "乙社", "丙社")]


def open_round(uow, actor, org_ids=(), plan=PLAN):
    with uow.transaction():
        return service.open_round(uow, actor=actor, plan=plan, org_ids=org_ids, now=NOW)


def change(uow, actor, version, opens_at=OPENS, closes_at=CLOSES, form=FormLength.FULL):
    with uow.transaction():
        service.change_round(
            uow,
            actor=actor,
            year=2027,
            opens_at=opens_at,
            closes_at=closes_at,
            form=form,
            version=version,
            now=NOW,
        )


def extend(uow, actor, org, until, reason="担当者の交代のため", now=NOW):
    with uow.transaction():
        extensions.extend(
            uow,
            actor=actor,
            year=2027,
            org_id=org.id,
            late_until=until,
            reason=reason,
            base_url=BASE,
            now=now,
        )


def end(uow, actor, org, reason="早く終わったため", now=NOW):
    with uow.transaction():
        extensions.end(
            uow, actor=actor, year=2027, org_id=org.id, reason=reason, base_url=BASE, now=now
        )


def change_form(uow, actor, org, form=FormLength.CORE):
    with uow.transaction():
        service.change_form(uow, actor=actor, year=2027, org_id=org.id, form=form, now=NOW)


def events(uow):
    rows = uow.session.exec(select(AuditEvent).order_by(col(AuditEvent.seq))).all()
    return [(e.event, e.subject) for e in rows]


def test_a_round_opens_with_its_participants(uow, staff, orgs):
    round_id = open_round(uow, staff, [o.id for o in orgs[:2]])
    found = queries.round_of_year(uow, actor=staff, year=2027)
    assert (found.id, found.opens_at, found.closes_at, found.participants) == (
        round_id,
        OPENS,
        CLOSES,
        2,
    )
    taking_part = taking_part_of.participants(uow, actor=staff, round_id=round_id, now=NOW)
    assert {(p.org_id, p.form, p.stage) for p in taking_part} == {
        (o.id, FormLength.FULL, Stage.NOT_STARTED) for o in orgs[:2]
    }
    assert events(uow) == [("assessments:round-opened", "round:2027")]


@pytest.mark.parametrize(
    ("fields", "targets"),
    [
        ({"closes_at": OPENS}, ["closes_day"]),
        ({"edition": "1999.9"}, ["edition"]),
        ({"year": 2026}, ["year"]),
        ({"closes_at": OPENS, "year": 2026, "edition": ""}, ["closes_day", "year", "edition"]),
    ],
)
def test_an_impossible_round_leaves_nothing_behind(uow, staff, orgs, fields, targets):
    factories.make_round(uow, year=2026)
    values = {k: getattr(PLAN, k) for k in ("year", "edition", "opens_at", "closes_at", "form")}
    with pytest.raises(Incomplete) as error:
        open_round(uow, staff, [orgs[0].id], service.Plan(**(values | fields)))
    assert [g.target for g in error.value.gaps] == targets
    assert [r.year for r in uow.session.exec(select(Round))] == [2026]
    assert uow.session.exec(select(Participation)).all() == []


def test_az_4_only_the_secretariat_manages_rounds_and_reviewers_read_them(uow, staff, orgs):
    open_round(uow, staff, [orgs[0].id])
    reviewer = factories.make_staff(uow, Role.REVIEWER)[1]
    judge = factories.make_user(uow, None, (Role.JUDGE,))
    member = factories.make_member(uow, "丁社")[2]
    judge_actor = factories.actor_of(judge, None, (Role.JUDGE,))
    plan = service.Plan(2028, "2026.1", OPENS, CLOSES, FormLength.FULL)
    for actor in (reviewer, judge_actor, member):
        for act in (
            partial(open_round, uow, actor, (), plan),
            partial(change, uow, actor, 1),
            partial(extend, uow, actor, orgs[0], CLOSES + dt.timedelta(days=1)),
            partial(change_form, uow, actor, orgs[0]),
            partial(add, uow, actor, [orgs[1].id]),
        ):
            with pytest.raises(NotPermitted):
                act()
    assert [r.year for r in queries.rounds(uow, actor=reviewer)] == [2027]
    for actor in (judge_actor, member):
        with pytest.raises(NotPermitted):
            queries.rounds(uow, actor=actor)
        with pytest.raises(NotPermitted):
            dashboard.to_do(uow, actor=actor, now=NOW)
    with pytest.raises(NotPermitted):
        dashboard.happened(uow, actor=reviewer)
    assert len(events(uow)) == 1


def add(uow, actor, org_ids):
    with uow.transaction():
        return service.add_participants(uow, actor=actor, year=2027, org_ids=org_ids, now=NOW)


def test_adding_participants_twice_adds_them_once(uow, staff, orgs):
    open_round(uow, staff, [orgs[0].id])
    assert add(uow, staff, [o.id for o in orgs]) == 2
    assert add(uow, staff, [o.id for o in orgs]) == 0
    assert queries.round_of_year(uow, actor=staff, year=2027).participants == 3
    assert len(events(uow)) == 2
    with pytest.raises(Incomplete):
        add(uow, staff, [])


def test_an_id_that_is_no_organisation_is_not_added(uow, staff, orgs):
    round_id = open_round(uow, staff)
    assert add(uow, staff, [round_id, orgs[0].id]) == 1


def test_dates_move_and_are_recorded(uow, staff):
    open_round(uow, staff)
    later = CLOSES + dt.timedelta(days=14)
    change(uow, staff, 1, closes_at=later)
    found = queries.round_of_year(uow, actor=staff, year=2027)
    assert (found.closes_at, found.version) == (later, 2)
    change(uow, staff, 2, closes_at=later)
    assert [e for e, _s in events(uow)] == ["assessments:round-opened", "assessments:round-changed"]


def test_the_second_one_to_move_dates_gets_both_values(uow, make_uow, staff):
    open_round(uow, staff)
    user, other = factories.make_staff(uow)
    change(uow, other, 1, closes_at=CLOSES + dt.timedelta(days=1))
    with pytest.raises(Conflict) as error:
        change(make_uow(), staff, 1, closes_at=CLOSES + dt.timedelta(days=2))
    assert [(f.field, f.mine, f.theirs, f.by) for f in error.value.fields] == [
        ("closes", "2027年4月2日（金）17:00", "2027年4月1日（木）17:00", user.name)
    ]
    assert queries.round_of_year(uow, actor=staff, year=2027).closes_at == CLOSES + dt.timedelta(
        days=1
    )


def test_an_extension_is_kept_recorded_and_mailed(uow, staff, outbox):
    org, user, _member = factories.make_member(uow, "延長の会社")
    other = factories.make_member(uow, "ほかの会社")[0]
    open_round(uow, staff, [org.id, other.id])
    until = CLOSES + dt.timedelta(days=14)
    extend(uow, staff, org, until)
    rows = {p.org_id: p for p in uow.session.exec(select(Participation))}
    assert (rows[org.id].late_until, rows[org.id].late_reason) == (until, "担当者の交代のため")
    assert rows[other.id].late_until is None
    [message] = outbox(now=NOW)
    assert message["To"] == user.email
    assert "2027年4月14日（水）17:00" in message.get_content()
    assert "担当者の交代のため" in message.get_content()
    assert events(uow)[-1] == ("assessments:round-changed", f"participation:{rows[org.id].id}")


@pytest.mark.parametrize(
    ("until", "reason", "now", "targets"),
    [
        (CLOSES, "理由", NOW, ["late_day"]),
        (CLOSES + dt.timedelta(days=1), "", NOW, ["reason"]),
        (CLOSES + dt.timedelta(days=1), "理由", CLOSES + dt.timedelta(days=2), ["late_day"]),
    ],
)
def test_an_extension_that_gives_no_time_is_refused(uow, staff, orgs, until, reason, now, targets):
    open_round(uow, staff, [orgs[0].id])
    with pytest.raises(Incomplete) as error:
        extend(uow, staff, orgs[0], until, reason, now)
    assert [g.target for g in error.value.gaps] == targets
    assert uow.session.exec(select(mail.OutboxMail)).all() == []


def test_an_extension_moves_the_due_date_of_a_return(uow, staff):
    org = factories.make_member(uow, "差戻しの会社")[0]
    round_ = factories.make_round(uow, year=2027, orgs=[org], opens_at=OPENS, closes_at=CLOSES)
    due = CLOSES + dt.timedelta(days=3)
    found = factories.make_assessment(
        uow, org, round_, status=Status.RETURNED, submitted_at=NOW, return_due_at=due
    )
    with pytest.raises(Incomplete):
        extend(uow, staff, org, due)
    extend(uow, staff, org, due + dt.timedelta(days=7))
    assert uow.session.get_one(Assessment, found.id).return_due_at == due + dt.timedelta(days=7)


def test_an_extension_is_ended_with_a_reason_kept_recorded_and_mailed(uow, staff, outbox):
    org, user, member = factories.make_member(uow, "延長の会社")
    other = factories.make_member(uow, "ほかの会社")[0]
    open_round(uow, staff, [org.id, other.id])
    until, late = CLOSES + dt.timedelta(days=14), CLOSES + dt.timedelta(days=1)
    for one in (org, other):
        extend(uow, staff, one, until)
    outbox(now=NOW)
    end(uow, staff, org, now=late)
    rows = {p.org_id: p for p in uow.session.exec(select(Participation))}
    assert (rows[org.id].late_until, rows[org.id].late_reason) == (None, "")
    assert rows[other.id].late_until == until
    [message] = outbox(now=late)
    assert message["To"] == user.email
    assert "早く終わったため" in message.get_content()
    assert "2027年3月31日" in message.get_content()
    kept = given.history(uow, actor=staff, year=2027, org_id=org.id)
    assert [(g.ended, g.reason, g.until) for g in kept] == [
        (True, "早く終わったため", late),
        (False, "担当者の交代のため", until),
    ]
    assert [g.ended for g in given.history(uow, actor=staff, year=2027, org_id=other.id)] == [False]
    assert events(uow)[-1] == ("assessments:round-changed", f"participation:{rows[org.id].id}")
    with pytest.raises(DomainError, match="The time to answer ended"), uow.transaction():
        answers.start(uow, actor=member, year=2027, now=late)
    with pytest.raises(DomainError, match="no extension that could be ended"):
        end(uow, staff, org, now=late)
    extend(uow, staff, org, until, now=late + dt.timedelta(minutes=1))
    with uow.transaction():
        answers.start(uow, actor=member, year=2027, now=late + dt.timedelta(minutes=2))


def test_what_cannot_be_ended_stays(uow, staff):
    org, _user, member = factories.make_member(uow, "延長の会社")
    round_ = factories.make_round(uow, year=2027, orgs=[org], opens_at=OPENS, closes_at=CLOSES)
    until = CLOSES + dt.timedelta(days=14)
    extend(uow, staff, org, until)
    with pytest.raises(Incomplete) as error:
        end(uow, staff, org, reason="")
    assert [g.target for g in error.value.gaps] == ["end_reason"]
    with pytest.raises(DomainError, match="no extension"):
        end(uow, staff, org, now=until)  # over already
    with pytest.raises(NotPermitted):
        end(uow, member, org)
    found = factories.make_assessment(
        uow, org, round_, status=Status.RETURNED, submitted_at=NOW, return_due_at=until
    )
    with pytest.raises(DomainError, match="until their due date"):
        end(uow, staff, org)
    with uow.transaction():
        uow.session.get_one(Assessment, found.id).status = Status.SUBMITTED
    with pytest.raises(DomainError, match="submitted already"):
        end(uow, staff, org)
    assert uow.session.exec(select(Participation.late_until)).one() == until
    assert len(given.history(uow, actor=staff, year=2027, org_id=org.id)) == 1


def test_who_has_submitted_needs_no_extension_and_keeps_its_form(uow, staff):
    org = factories.make_organisation(uow)
    round_ = factories.make_round(uow, year=2027, orgs=[org], opens_at=OPENS, closes_at=CLOSES)
    factories.make_assessment(uow, org, round_, status=Status.SUBMITTED, submitted_at=NOW)
    with pytest.raises(DomainError, match="submitted already"):
        extend(uow, staff, org, CLOSES + dt.timedelta(days=7))
    with pytest.raises(DomainError, match="cannot change now"):
        change_form(uow, staff, org)


def test_the_form_changes_for_one_member_also_after_it_started(uow, staff, orgs):
    open_round(uow, staff, [o.id for o in orgs[:2]])
    round_ = uow.session.exec(select(Round)).one()
    found = factories.make_assessment(uow, orgs[0], round_)
    change_form(uow, staff, orgs[0])
    forms = {p.org_id: p.form for p in uow.session.exec(select(Participation))}
    assert forms == {orgs[0].id: FormLength.CORE, orgs[1].id: FormLength.FULL}
    assert uow.session.get_one(Assessment, found.id).form is FormLength.CORE
    with pytest.raises(NotFound):
        change_form(uow, staff, orgs[2])


@pytest.mark.parametrize(
    ("day", "ja"),
    [
        ((2027, 3, 22), "休日"),  # the equinox fell on a Sunday
        ((2027, 3, 31), None),
        ((2027, 1, 1), "元日"),
    ],
)
def test_day_off_names_japanese_holidays(day, ja):
    found = service.day_off(dt.datetime(*day, 12, tzinfo=TOKYO))
    if ja is None:
        assert found is None
    else:
        assert ja in found.pick("ja")
        assert found.pick("en").isascii()


def test_day_off_looks_at_the_day_in_japan():
    saturday_there = dt.datetime(2027, 4, 2, 15, tzinfo=dt.UTC)
    assert service.day_off(saturday_there) == Text("a weekend day")
    assert service.day_off(saturday_there - dt.timedelta(hours=1)) is None
