"""Half-year updates: who may say what until when, what is frozen, what stays apart."""

import datetime as dt
import json
import threading

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from jpmirai_compliance.assessments.models import UpdatePeriod, UpdateReport
from jpmirai_compliance.assessments.queries import updates as queries
from jpmirai_compliance.assessments.queries.updates import UpdateStage
from jpmirai_compliance.assessments.service import updates
from jpmirai_compliance.assessments.service.updates import Said
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import EVERYTHING, Scope, UnitOfWork
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.assessments.updates.conftest import CLOSED, NOW

DAY = dt.timedelta(days=1)


def submit(uow, actor, seen=None, now=NOW):
    seen = seen or queries.update(uow, actor, 2026).seen
    with uow.transaction():
        return updates.submit(uow, actor=actor, year=2026, seen=seen, now=now)


def plan(uow, actor, opens, closes, version=0):
    with uow.transaction():
        updates.set_period(
            uow, actor=actor, year=2026, opens_at=opens, closes_at=closes, version=version, now=NOW
        )


def test_what_is_said_is_kept_principle_by_principle_and_apart_from_others(
    uow, make_uow, member, other, write
):
    org, _user, actor = member
    assert write(actor, 1, done="研修を行いました。") == 1
    assert write(actor, 3, unsolved="通訳が足りません。") == 1
    assert write(actor, 1, version=1, done="研修を2回行いました。") == 2
    assert write(actor, 1, version=1, done="研修を2回行いました。") == 2  # the same text once more
    found = queries.update(uow, actor, 2026)
    assert [(p.principle, p.done, p.unsolved, p.version) for p in found.parts if p.said] == [
        (1, "研修を2回行いました。", "", 2),
        (3, "", "通訳が足りません。", 1),
    ]
    assert (found.said, found.stage, found.org_id) == (2, UpdateStage.IN_PROGRESS, org.id)
    theirs = queries.update(make_uow(Scope(other[0].id)), other[2], 2026)
    assert (theirs.said, theirs.stage) == (0, UpdateStage.NOT_STARTED)
    events = uow.session.exec(select(AuditEvent).where(AuditEvent.org_id == org.id)).all()
    assert [e.event for e in events] == [Event.UPDATE_SAVED] * 3
    assert "研修" not in "".join(e.data for e in events)


def test_av_2_the_second_writer_sees_both_texts_and_nothing_is_overwritten(uow, member, write):
    org, _user, actor = member
    colleague = factories.make_user(uow, org, (Role.EDITOR,), name="佐藤 桜")
    theirs = factories.actor_of(colleague, org, (Role.EDITOR,))
    write(theirs, 2, done="先に書いた文", changed="同じ文")
    with pytest.raises(Conflict) as error:
        write(actor, 2, done="あとから書いた文", changed="同じ文")
    [field] = error.value.fields
    assert (field.field, field.mine, field.theirs, field.by, field.at) == (
        "done",
        "あとから書いた文",
        "先に書いた文",
        "佐藤 桜",
        NOW,
    )
    assert queries.update(uow, actor, 2026).part(2).done == "先に書いた文"


def test_two_who_write_at_once_never_end_in_a_fault(engine, uow, member, write):
    _org, _user, actor = member
    done, faults = [], []

    def work(text):
        with Session(engine) as session:
            mine = UnitOfWork(session, EVERYTHING)
            try:
                with mine.transaction():
                    updates.save_part(
                        mine,
                        actor=actor,
                        year=2026,
                        principle=1,
                        said=Said(done=text),
                        version=0,
                        now=NOW,
                    )
                done.append(text)
            except Conflict:
                pass
            except Exception as error:  # noqa: BLE001 -- it is what must not happen
                faults.append(error)

    threads = [threading.Thread(target=work, args=(f"文{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    uow.session.rollback()
    assert (len(done), faults) == (1, [])
    assert queries.update(uow, actor, 2026).part(1).done == done[0]


def test_only_an_approver_submits_and_only_what_was_read(uow, member, write):
    org, user, actor = member
    with pytest.raises(Incomplete, match="Nothing was submitted"):
        submit(uow, actor)
    write(actor, 1, done="研修")
    seen = queries.update(uow, actor, 2026).seen
    with pytest.raises(NotPermitted):
        submit(uow, factories.actor_of(user, org, (Role.EDITOR,)))
    write(actor, 4, done="あとから加えた文")
    with pytest.raises(Conflict, match="read it once more"):
        submit(uow, actor, seen)
    assert uow.session.exec(select(UpdateReport)).all() == []


def test_what_was_submitted_is_frozen_and_twice_is_once(uow, member, write):
    org, _user, actor = member
    write(actor, 1, done="研修")
    first = submit(uow, actor)
    assert submit(uow, actor) == first
    assert first.parts == {1: {"done": "研修", "changed": "", "unsolved": "", "following": ""}}
    write(actor, 1, version=1, done="研修を2回")
    found = queries.update(uow, actor, 2026)
    assert (found.changed, found.report) == (True, first)
    second = submit(uow, actor, now=NOW + DAY)
    assert (second.ordinal, second.parts[1]["done"]) == (2, "研修を2回")
    rows = uow.session.exec(select(UpdateReport).order_by(UpdateReport.ordinal)).all()
    assert [json.loads(r.body)["1"]["done"] for r in rows] == ["研修", "研修を2回"]
    assert queries.newest_report(uow, org.id, 2026) == second
    with pytest.raises(DBAPIError, match="append-only"), uow.transaction():
        uow.session.exec(select(UpdateReport)).first().body = "{}"
        uow.session.flush()


def test_the_period_is_half_open_and_nothing_is_taken_outside(uow, member, write, period):
    _org, _user, actor = member
    [row] = uow.session.exec(select(UpdatePeriod)).all()
    opens, closes = row.opens_at, row.closes_at
    write(actor, 1, now=opens, done="最初の瞬間")
    tick = dt.timedelta(microseconds=1)
    write(actor, 2, now=closes - tick, done="最後の瞬間")
    for moment in (opens - tick, closes):
        with pytest.raises(DomainError):
            write(actor, 3, now=moment, done="早すぎるか遅すぎる")
        with pytest.raises(DomainError):
            submit(uow, actor, now=moment)
    assert queries.update(uow, actor, 2026).said == 2


def test_who_does_not_take_part_and_who_only_approves(uow, member, write):
    _outside, _person, stranger = factories.make_member(uow, "不参加の会社")
    with pytest.raises(NotFound):
        write(stranger, 1, done="参加していない")
    org, user, actor = member
    with pytest.raises(NotPermitted):
        write(factories.actor_of(user, org, (Role.APPROVER,)), 1, done="承認だけの人")
    with pytest.raises(NotFound):
        queries.update(uow, actor, 2025)
    with pytest.raises(NotFound):
        write(actor, 6, done="6つ目の原則はない")


def test_the_secretariat_plans_it_after_the_round_and_two_do_not_collide(uow, round_, member):
    _staff, mori = factories.make_staff(uow)
    with pytest.raises(NotPermitted):
        plan(uow, member[2], CLOSED, NOW)
    with pytest.raises(Incomplete) as error:
        plan(uow, mori, CLOSED - DAY, NOW)
    assert [gap.target for gap in error.value.gaps] == ["opens_day"]
    with pytest.raises(Incomplete) as error:
        plan(uow, mori, NOW, NOW)
    assert [gap.target for gap in error.value.gaps] == ["closes_day"]
    assert queries.period(uow, 2026) is None
    plan(uow, mori, CLOSED, NOW)
    with pytest.raises(Conflict):
        plan(uow, mori, CLOSED, NOW + DAY)
    plan(uow, mori, CLOSED, NOW + DAY, version=1)
    found = queries.period(uow, 2026)
    assert (found.window.opens_at, found.window.closes_at) == (CLOSED, NOW + DAY)
    assert found.version == 2


def test_the_secretariat_sees_how_far_everybody_is(uow, member, other, write, statements):
    third, _person, _actor = factories.make_member(uow, "三つ目の会社")
    write(member[2], 1, done="研修")
    write(other[2], 1, done="調査")
    write(other[2], 1, version=1, done="")  # taken back: nothing is said
    submit(uow, member[2])
    _staff, mori = factories.make_staff(uow)
    found = queries.period(uow, 2026)
    with statements() as seen:
        rows = queries.reporters(uow, actor=mori, found=found)
    assert len(seen) == 1
    assert [(r.name_ja, r.stage, r.submitted_at) for r in rows] == [
        ("みらい製作所", UpdateStage.SUBMITTED, NOW),
        ("隣の会社", UpdateStage.NOT_STARTED, None),
    ]
    assert third.id not in {r.org_id for r in rows}
    assert queries.stage_counts(uow, actor=mori, found=found) == {
        UpdateStage.NOT_STARTED: 1,
        UpdateStage.IN_PROGRESS: 0,
        UpdateStage.SUBMITTED: 1,
    }
    only = queries.reporters(uow, actor=mori, found=found, stage=UpdateStage.NOT_STARTED)
    assert [r.name_ja for r in only] == ["隣の会社"]
    after = (rows[0].name_ja, rows[0].org_id)
    assert queries.reporters(uow, actor=mori, found=found, after=after) == rows[1:]
    with pytest.raises(NotPermitted):
        queries.reporters(uow, actor=member[2], found=found)
