import datetime as dt
from functools import partial

import pytest
from sqlmodel import col, select

from jpmirai_compliance.assessments.models import AnswerRow, Verdict
from jpmirai_compliance.assessments.queries import offers as queries
from jpmirai_compliance.assessments.queries import snapshots
from jpmirai_compliance.assessments.rules import SnapshotKind, Status, offers
from jpmirai_compliance.assessments.service import offers as service
from jpmirai_compliance.assessments.service.review import Choice, Ruling
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.policy import Role
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
from tests.assessments.secretariat.conftest import submit_again

OFFER = Ruling(Choice.OFFER, 3, "研修の記録が成熟度3を示しています。")
AGAIN = Ruling(Choice.AGAIN, reason="資料をください")


@pytest.fixture
def own(make_uow, case):
    return make_uow(Scope(case.org.id))


def decide(own, case, *, take=True, version=1, actor=None, indicator_id=None, now=LATER):
    with own.transaction():
        service.decide(
            own,
            actor=actor or case.member,
            year=2026,
            indicator_id=indicator_id or case.proven[0],
            take=take,
            version=version,
            now=now,
        )


def offered(own, case, now=LATER):
    return queries.offers(own, case.member, 2026, now)


@pytest.mark.parametrize(
    ("claimed", "evidence", "levels"),
    [(None, True, ()), (0, True, (1, 2, 3, 4)), (3, True, (4,)), (4, True, ()), (1, False, ())],
)
def test_only_levels_above_the_claim_are_offered_and_only_on_evidence(claimed, evidence, levels):
    assert offers.offered_levels(claimed, has_evidence=evidence) == levels


@pytest.mark.parametrize(
    ("claimed", "level", "taken", "counts"),
    [(2, 3, True, 3), (2, 3, False, 2), (3, 2, True, 3), (None, 3, True, None), (2, None, True, 2)],
)
def test_an_offer_counts_only_if_taken_and_never_lowers(claimed, level, taken, counts):
    assert offers.level_with_offer(claimed, level, taken=taken) == counts


@pytest.mark.parametrize(
    ("status", "days", "open_"),
    [
        (Status.RETURNED, 0, True),
        (Status.SUBMITTED, 0, False),
        (Status.DRAFT, 0, False),
        (Status.ACCEPTED, 29, True),
        (Status.ACCEPTED, 30, False),
    ],
)
def test_an_offer_is_open_while_returned_and_thirty_days_after_the_check(status, days, open_):
    done = LATER if status is Status.ACCEPTED else None
    moment = LATER + dt.timedelta(days=days)
    assert offers.open_for_offers(status, done, moment) is open_


def test_until_the_member_agrees_the_claimed_level_stands(uow, case, reviewer):
    before = desk_of(uow, reviewer, case).scores
    give(uow, reviewer, case, case.proven[0], OFFER)
    answer = desk_of(uow, reviewer, case).answer(case.proven[0])
    assert (answer.effective.claimed, answer.effective.level, answer.open) == (2, 2, False)
    assert answer.verdict.tag == "declaration_gap"
    assert desk_of(uow, reviewer, case).scores.overall.claimed == before.overall.claimed


@pytest.mark.parametrize(
    ("place", "ruling", "targets"),
    [
        (0, Ruling(Choice.OFFER, 2, "なぜ"), ["offer"]),
        (0, Ruling(Choice.OFFER, None, "なぜ"), ["offer"]),
        (0, Ruling(Choice.OFFER, 3, ""), ["reason"]),
        (3, Ruling(Choice.OFFER, 3, "なぜ"), ["choice", "offer"]),
        (-1, Ruling(Choice.OFFER, 3, "なぜ"), ["choice", "offer"]),
    ],
    ids=["same level", "no level", "no reason", "no evidence", "not applicable"],
)
def test_an_offer_that_does_not_fit_is_refused(uow, case, reviewer, place, ruling, targets):
    with pytest.raises(Incomplete) as error:
        give(uow, reviewer, case, case.asked[place], ruling)
    assert [g.target for g in error.value.gaps] == targets
    assert uow.session.exec(select(Verdict)).all() == []


def test_taken_after_the_check_the_result_is_frozen_anew(uow, own, case, reviewer, outbox):
    give(uow, reviewer, case, case.proven[0], OFFER)
    accept_remaining(uow, reviewer, case)
    number = accept(uow, reviewer, case)
    first = snapshots.snapshot(uow, case.id, SnapshotKind.ACCEPTED).body["assessment"]
    assert first["answers"][case.proven[0]]["level"] == 2
    mails = [m.get_content() for m in outbox(now=LATER)]
    [told] = [m for m in mails if number in m]
    assert "申告：成熟度2　提案：成熟度3" in told
    assert "/m/2026/offers" in told
    uow.session.rollback()  # else SQLite shows what there was
    decide(own, case)
    after = snapshots.snapshot(uow, case.id, SnapshotKind.ACCEPTED)
    assert (number, after.number) == ("2026-0002-2", "2026-0002-3")
    answer = after.body["assessment"]["answers"][case.proven[0]]
    assert (answer["level"], answer["evidence"]) == (3, "accepted")
    assert desk_of(uow, reviewer, case).answer(case.proven[0]).effective.level == 3
    assert events(uow)[-2:] == ["assessments:offer-decided"] * 2
    assert snapshots.audit_seq(uow, after) == len(events(uow))
    [offer] = offered(own, case).found
    assert (offer.level, offer.offered, offer.taken, offer.decided_by) == (
        3,
        3,
        True,
        case.user.name,
    )


def test_kept_the_result_stays_as_it_is(uow, own, case, reviewer):
    give(uow, reviewer, case, case.proven[0], OFFER)
    accept_remaining(uow, reviewer, case)
    number = accept(uow, reviewer, case)
    decide(own, case, take=False)
    decide(own, case, take=False)  # pressed twice
    assert snapshots.snapshot(uow, case.id, SnapshotKind.ACCEPTED).number == number
    assert events(uow).count("assessments:offer-decided") == 1
    with pytest.raises(DomainError, match="decided already"):
        decide(own, case, take=True)


def test_taken_while_returned_it_counts_from_the_next_submission(uow, own, case, reviewer):
    give(uow, reviewer, case, case.proven[0], OFFER)
    give(uow, reviewer, case, case.bare, AGAIN)
    with pytest.raises(NotFound):
        decide(own, case)  # the check goes on: nothing has been told
    assert offered(own, case).found == ()
    send_back(uow, reviewer, case)
    decide(own, case)
    submit_again(own, case.member, 2026, LATER + dt.timedelta(hours=1))
    answer = desk_of(uow, reviewer, case).answer(case.proven[0])
    assert (answer.frozen.answer.level, answer.effective.level) == (3, 3)
    assert answer.since_return.claimed[0].answer.level == 2
    assert offered(own, case).found == ()


def test_too_late_another_verdict_and_other_answers_are_refused(uow, own, case, reviewer):
    give(uow, reviewer, case, case.proven[0], OFFER)
    give(uow, reviewer, case, case.proven[1], ACCEPT)
    accept_remaining(uow, reviewer, case)
    accept(uow, reviewer, case)
    with pytest.raises(Conflict):
        decide(own, case, version=2)
    with pytest.raises(NotFound):
        decide(own, case, indicator_id=case.proven[1])
    late = LATER + dt.timedelta(days=30)
    with pytest.raises(DomainError, match="30 days after the check"):
        decide(own, case, now=late)
    assert (offered(own, case, late).open, offered(own, case, late).until) == (False, late)
    level = select(AnswerRow.level).where(
        col(AnswerRow.assessment_id) == case.id, col(AnswerRow.indicator_id) == case.proven[0]
    )
    assert uow.session.exec(level).one() == 2


def test_az_9_only_an_approver_of_the_member_decides(uow, make_uow, own, case, reviewer):
    give(uow, reviewer, case, case.proven[0], OFFER)
    accept_remaining(uow, reviewer, case)
    accept(uow, reviewer, case)
    editor = factories.actor_of(case.user, case.org, (Role.EDITOR,))
    with pytest.raises(NotPermitted):
        decide(own, case, actor=editor)
    other_org, _user, other = factories.make_member(uow, "第三の会社")
    for work, actor in ((make_uow(Scope(other_org.id)), other), (make_uow(), reviewer)):
        with pytest.raises(NotFound):
            decide(work, case, actor=actor)
    with pytest.raises(NotFound):
        queries.offers(make_uow(Scope(other_org.id)), other, 2026, LATER)
    assert uow.session.exec(select(Verdict.offer_taken)).all() == [None] * 3


def test_a_new_verdict_takes_an_old_decision_with_it(uow, own, case, reviewer):
    give(uow, reviewer, case, case.proven[0], OFFER)
    give(uow, reviewer, case, case.bare, AGAIN)
    send_back(uow, reviewer, case)
    decide(own, case)
    submit_again(own, case.member, 2026, LATER + dt.timedelta(hours=1))
    again = partial(give, uow, reviewer, case, case.proven[0])
    assert again(ACCEPT, 1, LATER + dt.timedelta(hours=2)) == 2
    verdict = desk_of(uow, reviewer, case).answer(case.proven[0]).verdict
    assert (verdict.tag, verdict.offer_taken) == ("accepted", None)
