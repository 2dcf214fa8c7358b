import datetime as dt

from jpmirai_compliance.assessments.models import Status
from jpmirai_compliance.assessments.queries import dashboard, queue
from jpmirai_compliance.assessments.service import reasons
from tests import factories
from tests.assessments.secretariat.acts import ACCEPT, LATER, desk_of, give
from tests.assessments.secretariat.conftest import NOW


def test_queue_is_oldest_first_and_counts_what_needs_eyes(uow, make_case, round_, reviewer):
    late = make_case(round_, "後の会社", at=NOW + dt.timedelta(hours=2))
    early = make_case(round_, "先の会社", levels={0: 4, 1: 3})
    rows = queue.queue(uow, actor=reviewer)
    assert [r.org_id for r in rows] == [early.org.id, late.org.id]
    assert [(r.unchecked, r.high, r.first_time, r.again, r.tied) for r in rows] == [
        (3, 2, True, False, False),
        (3, 0, True, False, False),
    ]
    gated = [
        i.gate != "none"
        for i in desk_of(uow, reviewer, early).edition.indicators
        if i.id in early.proven
    ]
    assert rows[0].gates == sum(gated)
    give(uow, reviewer, early, early.proven[0], ACCEPT)
    assert queue.queue(uow, actor=reviewer)[0].unchecked == 2


def test_queue_pages_by_key_and_filters(uow, make_case, round_, reviewer, monkeypatch):
    monkeypatch.setattr(queue, "PAGE", 1)
    past = factories.make_round(uow, year=2025)
    org, user, member = factories.make_member(uow, "二年目の会社")
    make_case.again(past, org, user, member, at=NOW - dt.timedelta(days=20))
    second = make_case.again(round_, org, user, member)
    new = make_case(round_, "新しい会社", at=NOW + dt.timedelta(hours=1))
    [first] = queue.queue(uow, actor=reviewer, year=2026)
    [after] = queue.queue(
        uow, actor=reviewer, year=2026, after=(first.submitted_at, first.assessment_id)
    )
    assert (first.assessment_id, after.assessment_id) == (second.id, new.id)
    assert (
        queue.queue(uow, actor=reviewer, year=2026, after=(after.submitted_at, after.assessment_id))
        == ()
    )
    [only] = queue.queue(uow, actor=reviewer, year=2026, first_time=True)
    assert only.assessment_id == new.id
    assert queue.queue(uow, actor=reviewer, again=True) == ()
    assert queue.status_counts(uow, actor=reviewer, year=2026) == {
        Status.SUBMITTED: 2,
        Status.RETURNED: 0,
        Status.ACCEPTED: 0,
    }
    assert desk_of(uow, reviewer, second).answer(second.bare).last_year.level == 2


def test_queue_and_desk_ask_the_database_as_often_for_three_as_for_one(
    uow, make_case, round_, reviewer, statements
):
    seen = []
    for number in range(3):
        case = make_case(round_, f"会社{number}")
        with statements() as asked:
            queue.queue(uow, actor=reviewer)
            desk_of(uow, reviewer, case)
            dashboard.to_do(uow, actor=reviewer, now=LATER)
        seen.append(len(asked))
        uow.session.rollback()
    assert seen == [seen[0]] * 3


def test_ou_5_ready_made_reasons_are_data(uow):
    filled = reasons.fill(
        "does-not-show:en", indicator="{{7*7}} ${level} {0.__class__}", level="$year", year=2026
    )
    assert filled.startswith(
        "The evidence for {{7*7}} ${level} {0.__class__} does not show what level $year describes."
    )
    assert reasons.fill("does-not-show:ja", indicator="P1-01") == (
        "P1-01 の証跡からは、申告された成熟度$level の取組みを確認できません。"
        "取組みの内容が分かる箇所（ページ）を示すか、別の証跡を添付してください。"
    )
    assert reasons.fill("../../etc/passwd:ja") == ""
