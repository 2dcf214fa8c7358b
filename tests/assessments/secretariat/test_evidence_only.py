"""An answer that is asked for again with its evidence only: text and level stay frozen."""

import datetime as dt
import json
from functools import partial

import pytest
from sqlmodel import col, select

from jpmirai_compliance.assessments.models import Verdict, VerdictLog
from jpmirai_compliance.assessments.queries import member_answers, member_pages, review, snapshots
from jpmirai_compliance.assessments.service import answers, prefilling
from jpmirai_compliance.assessments.service.review import Choice, Ruling
from jpmirai_compliance.assessments.service.rulings import choices
from jpmirai_compliance.evidence import queries as evidence
from jpmirai_compliance.evidence.service import Description
from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import DomainError, Incomplete
from tests.assessments.secretariat.acts import ACCEPT, LATER, desk_of, give, send_back
from tests.assessments.secretariat.conftest import NOW, submit_again

AGAIN = Ruling(Choice.AGAIN, reason="説明を書き直してください")
EVIDENCE = Ruling(Choice.EVIDENCE, reason="議事録を添付してください")
SOON = LATER + dt.timedelta(hours=1)
NEW = "https://evidence.example/minutes"


@pytest.fixture
def own(make_uow, case):
    return make_uow(Scope(case.org.id))


@pytest.fixture
def returned(uow, case, reviewer):
    """The first answer is back with its evidence only, the second one as a whole."""
    give(uow, reviewer, case, case.proven[0], EVIDENCE)
    give(uow, reviewer, case, case.proven[1], AGAIN)
    send_back(uow, reviewer, case)
    return case


def save(own, case, indicator_id, **content):
    version = member_answers.answers(own, case.id)[indicator_id].version
    own.session.rollback()
    with own.transaction():
        return answers.save(
            own,
            actor=case.member,
            assessment_id=case.id,
            indicator_id=indicator_id,
            content=answers.Content(**content),
            version=version,
            now=SOON,
        )


def attach(own, case, indicator_id, url=NEW):
    with own.transaction():
        return answers.attach_link(
            own,
            actor=case.member,
            assessment_id=case.id,
            indicator_id=indicator_id,
            url=url,
            description=Description(title="議事録"),
            now=SOON,
        )


def test_text_and_level_stay_and_evidence_changes(own, returned):
    first, second = returned.proven[:2]
    before = member_answers.answers(own, returned.id)[first]
    confirm = partial(prefilling.confirm, own, actor=returned.member, assessment_id=returned.id)
    for change in (
        {"level": 3, "text": before.text},
        {"level": 2, "text": "書き直した説明"},
        {"level": 2, "text": before.text},  # nothing new, and still not theirs to save
        {"not_applicable": True, "na_reason": "当てはまりません"},
    ):
        with pytest.raises(DomainError, match="Only the evidence of this answer can be changed"):
            save(own, returned, first, **change)
    with pytest.raises(DomainError, match="Only the evidence"), own.transaction():
        confirm(indicator_id=first, version=before.version, now=SOON)
    assert member_answers.answers(own, returned.id)[first] == before
    own.session.rollback()
    attach(own, returned, first)
    [old, _new] = evidence.of_answer(own, returned.id, first)
    own.session.rollback()
    with own.transaction():
        answers.detach(
            own,
            actor=returned.member,
            assessment_id=returned.id,
            indicator_id=first,
            evidence_id=old.id,
            now=SOON,
        )
    assert [e.url for e in evidence.of_answer(own, returned.id, first)] == [NEW]
    own.session.rollback()
    assert save(own, returned, second, level=3, text="書き直した説明").content.level == 3
    with pytest.raises(DomainError, match="This answer is frozen"):
        attach(own, returned, returned.proven[2])


def test_after_handing_in_again_the_desk_shows_only_the_evidence_as_changed(
    uow, own, returned, reviewer
):
    first, second = returned.proven[:2]
    attach(own, returned, first)
    save(own, returned, second, level=2, text="書き直した説明")
    submit_again(own, returned.member, 2026, SOON + dt.timedelta(hours=1))
    uow.session.rollback()
    changed = desk_of(uow, reviewer, returned).answer(first).since_return
    assert ([p.url for p in changed.added], changed.text, changed.claimed) == ([NEW], (), None)
    frozen = snapshots.snapshot(uow, returned.id).body["texts"]
    assert (frozen[first]["text"], frozen[second]["text"]) == (f"取組 {first}", "書き直した説明")
    version = desk_of(uow, reviewer, returned).answer(first).verdict.version
    give(uow, reviewer, returned, first, ACCEPT, version, SOON + dt.timedelta(hours=2))
    answer = desk_of(uow, reviewer, returned).answer(first)
    assert (answer.evidence_only, answer.open) == (False, False)
    assert [v.evidence_only for v in review.history(uow, desk_of(uow, reviewer, returned), first)]
    logged = select(VerdictLog.evidence_only).where(col(VerdictLog.indicator_id) == first)
    assert uow.session.exec(logged.order_by(col(VerdictLog.version))).all() == [True, False]


def test_the_member_is_told_and_so_is_the_record(uow, own, returned, outbox):
    body = outbox(now=LATER)[-1].get_content()
    words = "（変更できるのは証跡だけです）"
    assert body.count(words) == 1
    assert body.index(words) < body.index(EVIDENCE.reason) < body.index(AGAIN.reason)
    given = [
        json.loads(e.data)
        for e in uow.session.exec(select(AuditEvent).order_by(col(AuditEvent.seq)))
        if e.event in {"assessments:verdict-given", "assessments:review-returned"}
    ]
    assert [d["evidence_only"] for d in given] == [True, False, [returned.proven[0]]]
    overview = member_pages.overview(own, returned.member, 2026)
    found = {
        q.indicator.id: (q.editable, q.writable, q.evidence_only)
        for q in overview.questions
        if q.indicator.id in returned.proven
    }
    assert found == dict(
        zip(
            returned.proven,
            [(True, False, True), (True, True, False), (False, False, False)],
            strict=True,
        )
    )


def test_it_is_offered_where_a_level_was_claimed_and_needs_a_reason(uow, case, reviewer):
    desk = desk_of(uow, reviewer, case)
    offered = [Choice.EVIDENCE in choices(a) for a in desk.answers]
    assert offered == [not a.frozen.answer.not_applicable for a in desk.answers]
    for indicator_id, ruling, target in (
        (case.not_applicable, EVIDENCE, "choice"),
        (case.proven[0], Ruling(Choice.EVIDENCE), "reason"),
    ):
        with pytest.raises(Incomplete) as error:
            give(uow, reviewer, case, indicator_id, ruling)
        assert [g.target for g in error.value.gaps] == [target]
    assert uow.session.exec(select(Verdict)).all() == []


def test_the_same_question_of_another_organisation_is_not_touched(
    uow, make_uow, make_case, round_, reviewer
):
    ours = make_case(round_, "対象の会社")
    theirs = make_case(round_, "別の会社", at=NOW + dt.timedelta(minutes=1))
    give(uow, reviewer, theirs, theirs.proven[0], EVIDENCE)
    send_back(uow, reviewer, theirs)
    give(uow, reviewer, ours, ours.proven[0], AGAIN)
    send_back(uow, reviewer, ours)
    for case, only in ((ours, False), (theirs, True)):
        own = make_uow(Scope(case.org.id))
        found = member_answers.answers(own, case.id)
        assert (found[case.proven[0]].reopened, found[case.proven[0]].evidence_only) == (True, only)
        assert len(found) == len(case.asked)
    saved = save(make_uow(Scope(ours.org.id)), ours, ours.proven[0], level=3, text="書き直した説明")
    assert saved.content.level == 3
