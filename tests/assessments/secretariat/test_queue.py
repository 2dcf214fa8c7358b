import datetime as dt
import threading
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import col, select

from jpmirai_compliance.assessments.models import ReviewItem, Status, VerdictLog
from jpmirai_compliance.assessments.queries import dashboard, presence, queue
from jpmirai_compliance.assessments.queries.queue import Asked, Only, Sort, Who
from jpmirai_compliance.assessments.service import presence as where
from jpmirai_compliance.assessments.service import queueing
from jpmirai_compliance.assessments.service.review import Choice, Ruling
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import Conflict, NotFound, NotPermitted
from jpmirai_compliance.foundation.schema import migrate, unmigrate
from jpmirai_compliance.migrations import versions
from tests import factories
from tests.assessments.secretariat.acts import (
    ACCEPT,
    LATER,
    accept,
    accept_remaining,
    desk_of,
    events,
    give,
    send_back,
)
from tests.assessments.secretariat.conftest import NOW, submit_again

AGAIN = Ruling(Choice.AGAIN, reason="資料をください")


def rows_of(uow, actor, after=None, now=LATER, **asked):
    return queue.queue(uow, actor=actor, asked=Asked(**asked), now=now, after=after)


def assign(uow, actor, case, *, to_me=True, seen=None):
    with uow.transaction():
        queueing.assign(uow, actor=actor, assessment_id=case.id, to_me=to_me, seen=seen, now=LATER)


@pytest.fixture
def five(uow, make_uow, make_case, round_, reviewer):
    """One of each: waiting longest, second year unchanged, second year changed, first, again."""
    past = factories.make_round(uow, year=2025)
    cases = {}
    for number, name in enumerate(("unchanged", "changed")):
        org, user, member = factories.make_member(uow, name)
        make_case.again(past, org, user, member, at=NOW - dt.timedelta(days=20))
        levels = {0: 4, 1: 1} if name == "changed" else None
        at = NOW + dt.timedelta(hours=number)
        cases[name] = make_case.again(round_, org, user, member, levels=levels, at=at)
    cases["first"] = make_case(round_, "first", at=NOW + dt.timedelta(hours=2))
    again = make_case(round_, "again", at=NOW + dt.timedelta(hours=3))
    give(uow, reviewer, again, again.bare, AGAIN)
    send_back(uow, reviewer, again)
    submit_again(make_uow(Scope(again.org.id)), again.member, 2026, LATER + dt.timedelta(hours=1))
    cases["again"] = again
    return cases


def names(rows):
    return [row.name.pick("ja") for row in rows]


def test_what_needs_eyes_comes_first_and_says_why(uow, five, reviewer):
    now = NOW + dt.timedelta(days=20)
    rows = rows_of(uow, reviewer, year=2026, now=now)
    assert names(rows) == ["again", "first", "changed", "unchanged"]
    assert names(rows_of(uow, reviewer, year=2026, sort=Sort.WAITING)) == [
        "unchanged",
        "changed",
        "first",
        "again",
    ]
    again, first, changed, unchanged = rows
    assert (again.again, first.first_time, changed.counts.changed) == (True, True, 2)
    assert (changed.counts.high, unchanged.counts.changed, unchanged.counts.high) == (1, 0, 0)
    said = [str(reason) for reason in changed.reasons]
    assert said[:2] == ["Changed since last year: 2", "Level 3 or 4 claimed: 1"]
    assert said[-1] == "Waiting for 19 days"
    assert str(first.reasons[0]) == "First submission of this member"
    assert str(again.reasons[0]) == "Submitted again after a return"


def test_counts_follow_each_verdict_return_and_end(uow, make_case, round_, reviewer, english):
    case = make_case(round_, levels={0: 4, 1: 3})
    [row] = rows_of(uow, reviewer)
    gated = [i for i in desk_of(uow, reviewer, case).edition.indicators if i.id in case.proven]
    assert (row.counts.unchecked, row.counts.high) == (3, 2)
    assert row.counts.gates == sum(i.gate != "none" for i in gated)
    assert row.counts.supply_chain == sum(i.supply_chain for i in gated)
    give(uow, reviewer, case, case.proven[0], ACCEPT)
    [row] = rows_of(uow, reviewer)
    assert (row.counts.unchecked, row.counts.high) == (2, 1)
    give(uow, reviewer, case, case.proven[1], AGAIN)
    assert rows_of(uow, reviewer)[0].counts.unchecked == 1
    send_back(uow, reviewer, case)
    assert (rows_of(uow, reviewer), len(rows_of(uow, reviewer, status=Status.RETURNED))) == ((), 1)


def test_a_finished_check_leaves_the_queue(uow, case, reviewer):
    accept_remaining(uow, reviewer, case)
    accept(uow, reviewer, case)
    assert [r.assessment_id for r in rows_of(uow, reviewer, status=Status.ACCEPTED)] == [case.id]
    assert names(rows_of(uow, reviewer)) == ["別の会社"]


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_by_key_show_each_submission_once_in_a_stable_order(
    uow, five, reviewer, monkeypatch, sort
):
    whole = [row.assessment_id for row in rows_of(uow, reviewer, sort=sort)]
    monkeypatch.setattr(queue, "PAGE", 1)
    seen, after = [], None
    while page := rows_of(uow, reviewer, sort=sort, after=after):
        seen += [row.assessment_id for row in page]
        after = page[-1].key
    assert (seen, len(set(seen))) == (whole, 6)


def test_filters_show_what_their_counts_say(uow, five, reviewer):
    asked = Asked(year=2026)
    numbers = queue.numbers(uow, actor=reviewer, asked=asked, now=LATER)
    assert numbers.status == {Status.SUBMITTED: 4, Status.RETURNED: 0, Status.ACCEPTED: 0}
    shown = {only: len(rows_of(uow, reviewer, year=2026, only=only)) for only in Only}
    assert numbers.only == shown
    assert (shown[Only.FIRST], shown[Only.AGAIN], shown[Only.CHANGED]) == (2, 1, 1)
    assert (shown[Only.HIGH], shown[Only.LONG]) == (1, 0)
    late = NOW + dt.timedelta(days=14, minutes=30)
    assert names(rows_of(uow, reviewer, year=2026, only=Only.LONG, now=late)) == ["unchanged"]
    assign(uow, reviewer, five["first"])
    both = Asked(year=2026, only=Only.FIRST)
    numbers = queue.numbers(uow, actor=reviewer, asked=both, now=LATER)
    assert numbers.who == {Who.MINE: 1, Who.NOBODY: 1}
    mine = rows_of(uow, reviewer, year=2026, who=Who.MINE)
    assert (names(mine), mine[0].assigned_to) == (["first"], reviewer.user_id)


def test_one_takes_a_submission_and_lets_go_of_it(uow, case, reviewer, colleague):
    assign(uow, reviewer, case)
    found = presence.around(uow, actor=colleague, assessment_id=case.id, now=LATER)
    assert (found.assigned_to, found.others) == (reviewer.user_id, ())
    with pytest.raises(Conflict, match="has taken this submission meanwhile"):
        assign(uow, colleague, case)
    assign(uow, colleague, case, seen=reviewer.user_id)  # on purpose: it stood on the page
    with pytest.raises(Conflict):
        assign(uow, reviewer, case, to_me=False, seen=reviewer.user_id)
    assign(uow, colleague, case, to_me=False, seen=colleague.user_id)
    assign(uow, colleague, case, to_me=False, seen=colleague.user_id)
    assert uow.session.get(ReviewItem, case.id).assigned_to is None
    assert events(uow).count("assessments:review-assigned") == 3


def be_at(uow, actor, case, indicator_id, now=LATER):
    with uow.transaction():
        return where.be_at(
            uow, actor=actor, assessment_id=case.id, indicator_id=indicator_id, now=now
        )


def test_a_colleague_is_seen_at_an_answer_for_some_minutes(uow, case, reviewer, colleague):
    later = LATER + dt.timedelta(seconds=29)
    assert be_at(uow, reviewer, case, case.bare)
    assert not be_at(uow, reviewer, case, case.bare, later)
    assert be_at(uow, reviewer, case, case.proven[0], later)
    seen = partial(presence.around, uow, assessment_id=case.id)
    [person] = seen(actor=colleague, now=later).others
    assert (person.indicator_id, person.seen_at) == (case.proven[0], later)
    own = seen(actor=reviewer, now=later)
    assert (own.others, own.lately(case.proven[0], LATER), own.lately(case.bare, LATER)) == (
        (),
        True,
        False,
    )
    assert seen(actor=colleague, now=later + presence.LASTS).others == ()


def test_of_two_who_take_it_at_once_one_is_told(uow, make_uow, case, reviewer, colleague):
    outcomes = []

    def take(actor, work):
        try:
            assign(work, actor, case)
            outcomes.append("taken")
        except Conflict:
            outcomes.append("told")

    threads = [
        threading.Thread(target=take, args=(actor, make_uow())) for actor in (reviewer, colleague)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["taken", "told"]


@pytest.mark.parametrize("who", ["member", "another member", "judge"])
def test_az_9_only_reviewers_see_the_queue_and_take_submissions(uow, case, strangers, who):
    actor = strangers[who]
    for act in (
        partial(rows_of, uow, actor),
        partial(queue.numbers, uow, actor=actor, asked=Asked(), now=LATER),
        partial(presence.around, uow, actor=actor, assessment_id=case.id, now=LATER),
        partial(assign, uow, actor, case),
        partial(be_at, uow, actor, case, case.bare),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert uow.session.get(ReviewItem, case.id).assigned_to is None


def test_nothing_can_be_taken_that_was_never_submitted(uow, make_case, round_, reviewer):
    org, user, _ = factories.make_member(uow, "下書きの会社")
    draft = factories.make_assessment(uow, org, round_, {"P1-01": 2}, by=user)
    with pytest.raises(NotFound):
        assign(uow, reviewer, draft)


def test_az_2_a_member_reads_no_line_of_the_queue_but_its_own(uow, make_uow, case):
    own = make_uow(Scope(case.org.id))
    assert [i.assessment_id for i in own.session.exec(select(ReviewItem))] == [case.id]
    assert len(uow.session.exec(select(ReviewItem).order_by(col(ReviewItem.turn))).all()) == 2


def test_queue_and_desk_ask_the_database_as_often_for_three_as_for_one(
    uow, make_case, round_, reviewer, statements
):
    seen = []
    for number in range(3):
        case = make_case(round_, f"会社{number}")
        with statements() as asked:
            rows_of(uow, reviewer)
            queue.numbers(uow, actor=reviewer, asked=Asked(), now=LATER)
            presence.around(uow, actor=reviewer, assessment_id=case.id, now=LATER)
            desk_of(uow, reviewer, case)
            dashboard.to_do(uow, actor=reviewer, now=LATER)
        seen.append(len(asked))
        uow.session.rollback()
    assert seen == [seen[0]] * 3


def test_a_database_of_before_gets_the_lines_that_it_would_have_had(engine, uow, five, reviewer):
    give(uow, reviewer, five["changed"], five["changed"].proven[0], ACCEPT)

    def kept():
        items = {i.assessment_id: i.model_dump() for i in uow.session.exec(select(ReviewItem))}
        log = uow.session.exec(select(VerdictLog))
        logged = {v.indicator_id: v.model_dump(exclude={"id"}) for v in log}
        uow.session.rollback()
        uow.session.expunge_all()
        return items, logged

    before = kept()
    [script] = Path(versions.__file__).parent.glob("v*_review_desk.py")
    unmigrate(engine, f"{int(script.name[1:5]) - 1:04}")
    migrate(engine)
    assert (kept(), len(before[0]), len(before[1])) == (before, 6, 2)
