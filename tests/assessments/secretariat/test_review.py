import datetime as dt
from functools import partial

import pytest
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Membership
from jpmirai_compliance.assessments.models import AnswerRow, Assessment, Snapshot, Status, Verdict
from jpmirai_compliance.assessments.queries import queue, review, snapshots
from jpmirai_compliance.assessments.rules import SnapshotKind, VerdictKind
from jpmirai_compliance.assessments.service import answers
from jpmirai_compliance.assessments.service import review as service
from jpmirai_compliance.assessments.service.review import Choice, Ruling
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.models import Visibility
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.assessments.secretariat.acts import (
    ACCEPT,
    BASE,
    DUE,
    LATER,
    accept,
    accept_remaining,
    desk_of,
    events,
    give,
    send_back,
)
from tests.assessments.secretariat.conftest import NOW, submit_again


def test_desk_shows_what_was_frozen_and_nothing_of_the_note(uow, case, reviewer):
    desk = desk_of(uow, reviewer, case)
    assert (desk.org_id, desk.status, [a.indicator.id for a in desk.answers]) == (
        case.org.id,
        Status.SUBMITTED,
        case.asked,
    )
    first = desk.answer(case.proven[0])
    assert (first.frozen.answer.level, first.frozen.text) == (2, f"取組 {case.proven[0]}")
    assert [p.title for p in first.frozen.evidence] == ["資料0"]
    assert [a.indicator.id for a in desk.open] == case.proven
    assert (desk.needed, desk.waiting, first.since_return, first.verdict) == (3, (), None, None)
    assert not hasattr(first.frozen, "note")


def test_desk_never_shows_what_the_member_types_while_it_is_returned(uow, make_uow, case, reviewer):
    give(uow, reviewer, case, case.bare, Ruling(Choice.AGAIN, reason="資料をください"))
    send_back(uow, reviewer, case)
    with make_uow().transaction() as other:
        row = other.session.exec(
            select(AnswerRow).where(
                col(AnswerRow.assessment_id) == case.id,
                col(AnswerRow.indicator_id) == case.bare,
            )
        ).one()
        row.text = "書きかけ"
        other.session.add(row)
    assert desk_of(uow, reviewer, case).answer(case.bare).frozen.text == f"取組 {case.bare}"


def test_internal_evidence_never_reaches_the_reviewer(uow, make_uow, make_case, round_, reviewer):
    org, user, member = factories.make_member(uow, "社内資料の会社")
    case = make_case.again(round_, org, user, member)
    own = make_uow(Scope(org.id))
    with own.transaction():
        evidence.attach_link(
            own,
            actor=member,
            assessment_id=case.id,
            org_id=org.id,
            indicator_id=case.bare,
            url="https://internal.example/",
            title="社内だけ",
            visibility=Visibility.INTERNAL,
            now=NOW,
        )
    give(uow, reviewer, case, case.bare, Ruling(Choice.AGAIN, reason="資料をください"))
    send_back(uow, reviewer, case)
    submit_again(own, member, 2026, LATER + dt.timedelta(hours=1))
    assert desk_of(uow, reviewer, case).answer(case.bare).frozen.evidence == ()


def test_accepting_evidence_counts_the_claimed_level(uow, case, reviewer):
    before = desk_of(uow, reviewer, case).answer(case.proven[0])
    assert give(uow, reviewer, case, case.proven[0], ACCEPT) == 1
    after = desk_of(uow, reviewer, case).answer(case.proven[0])
    assert (before.open, after.open, after.effective.level) == (True, False, 2)
    assert (after.verdict.tag, after.verdict.version) == ("accepted", 1)
    assert events(uow)[-1] == "assessments:verdict-given"


def test_a_gap_counts_the_reviewers_level(uow, make_case, round_, reviewer):
    case = make_case(round_, levels={0: 4})
    give(uow, reviewer, case, case.proven[0], Ruling(Choice.GAP, 1, "方針だけです"))
    found = desk_of(uow, reviewer, case).answer(case.proven[0])
    assert (found.frozen.answer.level, found.effective.level, found.verdict.level) == (4, 1, 1)


@pytest.mark.parametrize(
    ("place", "ruling", "targets"),
    [
        (0, Ruling(Choice.GAP, 3, "なぜ"), ["level"]),
        (0, Ruling(Choice.GAP, None, "なぜ"), ["level"]),
        (0, Ruling(Choice.GAP, 1, ""), ["reason"]),
        (0, Ruling(Choice.NA_REJECTED, None, "なぜ"), ["choice"]),
        (0, Ruling(Choice.AGAIN, None, ""), ["reason"]),
        (3, Ruling(Choice.GAP, 2, "なぜ"), ["level"]),
        (-1, Ruling(Choice.GAP, 0, "なぜ"), ["choice"]),
        (-1, Ruling(Choice.NA_REJECTED), ["reason"]),
    ],
)
def test_a_verdict_that_does_not_fit_is_refused_and_nothing_is_stored(
    uow, case, reviewer, place, ruling, targets
):
    with pytest.raises(Incomplete) as error:
        give(uow, reviewer, case, case.asked[place], ruling)
    assert [g.target for g in error.value.gaps] == targets
    assert uow.session.exec(select(Verdict)).all() == []


def test_rejecting_not_applicable_counts_as_zero(uow, case, reviewer):
    give(uow, reviewer, case, case.not_applicable, Ruling(Choice.NA_REJECTED, reason="該当します"))
    found = desk_of(uow, reviewer, case).answer(case.not_applicable)
    assert (found.effective.level, found.verdict.kind) == (0, VerdictKind.NA_REJECTED)


def test_a_second_reviewer_gets_both_verdicts(uow, make_uow, case, reviewer, colleague):
    give(uow, reviewer, case, case.proven[0], ACCEPT)
    with pytest.raises(Conflict) as error:
        give(make_uow(), colleague, case, case.proven[0], Ruling(Choice.GAP, 1, "足りません"))
    assert [(f.field, f.mine, f.theirs) for f in error.value.fields] == [
        ("verdict", "gap", "accepted"),
        ("level", "1", ""),
        ("reason", "足りません", ""),
    ]
    assert desk_of(uow, reviewer, case).answer(case.proven[0]).verdict.kind is VerdictKind.ACCEPTED
    assert give(make_uow(), colleague, case, case.proven[0], Ruling(Choice.GAP, 1, "足"), 1) == 2


@pytest.mark.parametrize("who", ["member", "another member", "judge"])
def test_az_9_only_reviewers_give_verdicts_send_back_and_accept(uow, case, strangers, who):
    actor = strangers[who]
    for act in (
        partial(give, uow, actor, case, case.proven[0], ACCEPT),
        partial(accept_remaining, uow, actor, case),
        partial(send_back, uow, actor, case),
        partial(accept, uow, actor, case),
    ):
        with pytest.raises(NotPermitted):
            act()
    with pytest.raises(NotFound):
        desk_of(uow, actor, case)
    with pytest.raises(NotPermitted):
        queue.queue(uow, actor=actor, asked=queue.Asked(), now=LATER)
    assert uow.session.exec(select(Verdict)).all() == []


def test_az_9_a_reviewer_cannot_write_an_answer(uow, case, reviewer):
    with pytest.raises((NotPermitted, NotFound)), uow.transaction():
        answers.save(
            uow,
            actor=reviewer,
            assessment_id=case.id,
            indicator_id=case.bare,
            content=answers.Content(level=4),
            version=1,
            now=LATER,
        )
    assert desk_of(uow, reviewer, case).answer(case.bare).frozen.answer.level == 2


@pytest.mark.parametrize("ended", [None, NOW], ids=["current", "former"])
def test_az_8_nobody_reviews_an_organisation_they_belong_or_belonged_to(uow, case, staff, ended):
    user, actor = staff
    with uow.transaction():
        uow.session.add(
            Membership(
                user_id=user.id, org_id=case.org.id, role=Role.EDITOR, since=NOW, ended_at=ended
            )
        )
    for act in (
        partial(desk_of, uow, actor, case),
        partial(give, uow, actor, case, case.proven[0], ACCEPT),
        partial(accept_remaining, uow, actor, case),
        partial(send_back, uow, actor, case),
        partial(accept, uow, actor, case),
    ):
        with pytest.raises(NotPermitted, match="You belong or belonged to this organisation"):
            act()
    rows = {r.org_id: r.tied for r in queue.queue(uow, actor=actor, asked=queue.Asked(), now=LATER)}
    assert rows.pop(case.org.id) is True
    assert list(rows.values()) == [False]


def test_accept_remaining_takes_what_has_evidence_and_no_verdict(uow, case, reviewer):
    give(uow, reviewer, case, case.proven[0], Ruling(Choice.GAP, 0, "空の資料"))
    assert accept_remaining(uow, reviewer, case) == 2
    kinds = {
        a.indicator.id: a.verdict.kind for a in desk_of(uow, reviewer, case).answers if a.verdict
    }
    assert kinds == {
        case.proven[0]: VerdictKind.GAP,
        case.proven[1]: VerdictKind.ACCEPTED,
        case.proven[2]: VerdictKind.ACCEPTED,
    }
    assert accept_remaining(uow, reviewer, case) == 0


def test_accept_remaining_refuses_a_desk_that_others_changed(uow, case, reviewer, colleague):
    seen = desk_of(uow, reviewer, case).stamp
    give(uow, colleague, case, case.proven[0], Ruling(Choice.GAP, 1, "方針だけです"))
    with pytest.raises(Conflict, match="Another reviewer"):
        accept_remaining(uow, reviewer, case, seen)
    assert [v.by for v in uow.session.exec(select(Verdict))] == [colleague.user_id]


def test_sending_back_reopens_only_the_marked_answers_and_mails_the_reasons(
    uow, case, reviewer, outbox
):
    outbox(now=NOW + dt.timedelta(hours=2))
    give(
        uow,
        reviewer,
        case,
        case.bare,
        Ruling(Choice.AGAIN, reason="$indicator {7*7} 記録をください"),
    )
    assert send_back(uow, reviewer, case) == 1
    rows = uow.session.exec(select(AnswerRow).where(col(AnswerRow.reopened).is_(True))).all()
    assert [(r.assessment_id, r.indicator_id) for r in rows] == [(case.id, case.bare)]
    row = uow.session.get_one(Assessment, case.id)
    assert (row.status, row.return_due_at) == (Status.RETURNED, DUE)
    [message] = outbox(now=LATER)
    assert message["To"] == case.user.email
    body = message.get_content()
    assert "$indicator {7*7} 記録をください" in body
    assert f"{BASE}/m/2026" in body
    assert events(uow)[-2:] == ["assessments:verdict-given", "assessments:review-returned"]


def test_sending_back_nothing_or_into_the_past_is_refused(uow, case, reviewer):
    with pytest.raises(Incomplete) as error:
        send_back(uow, reviewer, case, due_at=LATER)
    assert [g.target for g in error.value.gaps] == ["", "due"]
    assert uow.session.get_one(Assessment, case.id).status is Status.SUBMITTED


def test_az_11_verdicts_and_results_only_while_it_is_submitted(uow, case, reviewer):
    give(uow, reviewer, case, case.bare, Ruling(Choice.AGAIN, reason="記録をください"))
    send_back(uow, reviewer, case)
    for act in (
        partial(give, uow, reviewer, case, case.proven[0], ACCEPT),
        partial(accept_remaining, uow, reviewer, case),
        partial(send_back, uow, reviewer, case),
        partial(accept, uow, reviewer, case),
    ):
        with pytest.raises(DomainError, match="not under review"):
            act()
    assert uow.session.get_one(Assessment, case.id).status is Status.RETURNED


def test_az_11_a_draft_has_no_desk(uow, round_, reviewer):
    org, user, _ = factories.make_member(uow, "下書きの会社")
    draft = factories.make_assessment(uow, org, round_, by=user)
    with pytest.raises(NotFound):
        review.desk(uow, actor=reviewer, assessment_id=draft.id)
    with pytest.raises(NotFound), uow.transaction():
        service.accept(uow, actor=reviewer, assessment_id=draft.id, base_url=BASE, now=LATER)


def resubmit(make_uow, case, text="記録を添付しました"):
    own = make_uow(Scope(case.org.id))
    with own.transaction():
        row = own.session.exec(
            select(AnswerRow).where(
                col(AnswerRow.assessment_id) == case.id, col(AnswerRow.reopened).is_(True)
            )
        ).one()
        version = row.version
    with own.transaction():
        answers.save(
            own,
            actor=case.member,
            assessment_id=case.id,
            indicator_id=case.bare,
            content=answers.Content(level=2, text=text),
            version=version,
            now=LATER + dt.timedelta(hours=1),
        )
    submit_again(own, case.member, 2026, LATER + dt.timedelta(hours=2))


def test_after_a_resubmission_only_what_was_returned_waits_again(uow, make_uow, case, reviewer):
    accept_remaining(uow, reviewer, case)
    give(uow, reviewer, case, case.bare, Ruling(Choice.AGAIN, reason="記録をください"))
    send_back(uow, reviewer, case)
    resubmit(make_uow, case)
    desk = desk_of(uow, reviewer, case)
    assert [a.indicator.id for a in desk.open] == [case.bare]
    assert desk.waiting == ()
    found = desk.answer(case.bare)
    changed = found.since_return
    assert (changed.claimed, changed.added, changed.removed) == (None, (), ())
    assert [(s.kind.value, s.text) for s in changed.text] == [
        ("removed", f"取組 {case.bare}"),
        ("added", "記録を添付しました"),
    ]
    assert [a.indicator.id for a in desk.answers if a.since_return] == [case.bare]
    with pytest.raises(Incomplete) as error:
        accept(uow, reviewer, case, now=LATER + dt.timedelta(hours=3))
    assert [g.target for g in error.value.gaps] == [case.bare]
    give(
        uow, reviewer, case, case.bare, ACCEPT, found.verdict.version, LATER + dt.timedelta(hours=3)
    )
    assert accept(uow, reviewer, case, now=LATER + dt.timedelta(hours=3)) == "2026-0002-3"


def test_accepting_freezes_the_scores_of_the_desk_and_mails_the_result(uow, case, reviewer, outbox):
    outbox(now=NOW + dt.timedelta(hours=2))
    give(uow, reviewer, case, case.proven[0], Ruling(Choice.GAP, 1, "方針だけです"))
    give(uow, reviewer, case, case.not_applicable, Ruling(Choice.NA_REJECTED, reason="該当します"))
    accept_remaining(uow, reviewer, case)
    scores = desk_of(uow, reviewer, case).scores
    number = accept(uow, reviewer, case)
    row = uow.session.get_one(Assessment, case.id)
    frozen = snapshots.snapshot(uow, case.id, SnapshotKind.ACCEPTED)
    assert (row.status, row.accepted_at, row.accepted_by) == (
        Status.ACCEPTED,
        LATER,
        reviewer.user_id,
    )
    assert (row.claimed, row.evidenced) == (scores.overall.claimed, scores.overall.evidenced)
    assert (frozen.number, frozen.body["assessment"]["scores"]["overall"]["evidenced"]) == (
        number,
        scores.overall.evidenced,
    )
    assert set(frozen.body["verdicts"]) == {*case.proven, case.not_applicable}
    [message] = outbox(now=LATER)
    assert (message["To"], number in message.get_content()) == (case.user.email, True)
    assert "方針だけです" in message.get_content()
    assert events(uow)[-1] == "assessments:review-accepted"


def test_az_11_accepting_twice_changes_nothing_more(uow, case, reviewer, colleague):
    accept_remaining(uow, reviewer, case)
    number = accept(uow, reviewer, case)
    done = (len(events(uow)), len(uow.session.exec(select(OutboxMail)).all()))
    assert accept(uow, colleague, case, now=LATER + dt.timedelta(days=1)) == number
    assert (len(events(uow)), len(uow.session.exec(select(OutboxMail)).all())) == done
    assert len(uow.session.exec(select(Snapshot)).all()) == 3


def test_accepting_with_open_answers_lists_them(uow, case, reviewer):
    give(uow, reviewer, case, case.proven[0], ACCEPT)
    give(uow, reviewer, case, case.bare, Ruling(Choice.AGAIN, reason="記録をください"))
    with pytest.raises(Incomplete) as error:
        accept(uow, reviewer, case)
    assert [g.target for g in error.value.gaps] == [*case.proven[1:], case.bare]
    assert uow.session.get_one(Assessment, case.id).status is Status.SUBMITTED
