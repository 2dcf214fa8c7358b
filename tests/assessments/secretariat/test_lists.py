import datetime as dt

import pytest

from jpmirai_compliance.assessments.models import (
    FormLength,
    Status,
)
from jpmirai_compliance.assessments.queries import dashboard
from jpmirai_compliance.assessments.queries import participants as taking_part
from jpmirai_compliance.assessments.queries import rounds as queries
from jpmirai_compliance.assessments.queries.participants import Filters, Stage
from jpmirai_compliance.assessments.queries.standing import standings
from jpmirai_compliance.assessments.service import rounds as service
from jpmirai_compliance.foundation import mail
from jpmirai_compliance.foundation.catalogue import TOKYO
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


def listed(uow, staff, round_, **asked):
    return taking_part.participants(uow, actor=staff, round_id=round_.id, now=NOW, **asked)


def open_round(uow, actor, org_ids=(), plan=PLAN):
    with uow.transaction():
        return service.open_round(uow, actor=actor, plan=plan, org_ids=org_ids, now=NOW)


def add(uow, actor, org_ids):
    with uow.transaction():
        return service.add_participants(uow, actor=actor, year=2027, org_ids=org_ids, now=NOW)


def test_stages_are_counted_and_filtered(uow, staff, orgs):
    round_ = factories.make_round(uow, year=2027, orgs=orgs)
    factories.make_assessment(uow, orgs[0], round_, status=Status.SUBMITTED, submitted_at=NOW)
    factories.make_assessment(
        uow,
        orgs[1],
        round_,
        status=Status.APPROVED,
        approved_at=NOW,
        approved_by=factories.make_user(uow, orgs[1]).id,
    )
    counts = taking_part.stage_counts(uow, actor=staff, round_id=round_.id)
    assert counts == dict.fromkeys(Stage, 0) | {
        Stage.SUBMITTED: 1,
        Stage.AWAITING_APPROVAL: 1,
        Stage.NOT_STARTED: 1,
    }
    for stage, number in counts.items():
        found = taking_part.participants(
            uow, actor=staff, round_id=round_.id, now=NOW, filters=Filters(stage=stage)
        )
        assert [p.stage for p in found] == [stage] * number


def test_participants_page_by_name_and_are_found_by_words(uow, staff, orgs, monkeypatch):
    round_ = factories.make_round(uow, year=2027, orgs=orgs)
    every = listed(uow, staff, round_)
    pages, after = [], None
    for _ in range(3):
        [row] = taking_part.participants(
            uow, actor=staff, round_id=round_.id, now=NOW, after=after, limit=1
        )
        pages.append(row)
        after = (row.name_ja, row.org_id)
    assert tuple(pages) == every
    assert listed(uow, staff, round_, after=after) == ()
    found = taking_part.participants(
        uow, actor=staff, round_id=round_.id, now=NOW, filters=Filters(words="乙")
    )
    assert [p.name_ja for p in found] == ["乙社"]
    for words in ("%", "_", "'; DROP TABLE participation; --"):
        assert (
            taking_part.participants(
                uow, actor=staff, round_id=round_.id, now=NOW, filters=Filters(words=words)
            )
            == ()
        )
    other = factories.make_round(uow, year=2028, orgs=orgs[:1])
    missing = queries.candidates(uow, actor=staff, round_id=other.id)
    assert {c.name_ja for c in missing} == {"乙社", "丙社"}


def test_lists_ask_the_database_as_often_for_three_as_for_one(uow, staff, statements):
    round_ = factories.make_round(uow, year=2027)
    seen = []
    for number in range(3):
        org = factories.make_organisation(uow, f"会社{number}")
        add(uow, staff, [org.id])
        factories.make_assessment(
            uow, org, round_, status=Status.RETURNED, submitted_at=NOW, return_due_at=NOW
        )
        with statements() as asked:
            rows = listed(uow, staff, round_)
            found = queries.round_of_year(uow, actor=staff, year=2027)
            standings(uow, found, rows, NOW)
            queries.rounds(uow, actor=staff)
            taking_part.stage_counts(uow, actor=staff, round_id=round_.id)
            dashboard.to_do(uow, actor=staff, now=NOW, round_id=round_.id)
            dashboard.happened(uow, actor=staff)
        seen.append(len(asked))
    assert seen == [seen[0]] * 3


def test_current_round_is_the_open_one_then_the_last_closed_then_the_next(uow, staff):
    for year in (2025, 2026, 2027):
        opens = dt.datetime(year, 1, 10, tzinfo=dt.UTC)
        factories.make_round(uow, year=year, opens_at=opens, closes_at=opens.replace(month=4))
    years = [
        queries.current_round(uow, actor=staff, now=dt.datetime(*day, tzinfo=dt.UTC)).year
        for day in ((2024, 1, 1), (2025, 2, 1), (2025, 6, 1), (2026, 4, 9), (2026, 4, 10))
    ]
    assert years == [2025, 2025, 2025, 2026, 2026]


def test_a_round_is_open_from_its_opening_until_just_before_its_closing(uow, staff):
    open_round(uow, staff)
    found = queries.round_of_year(uow, actor=staff, year=2027)
    tick = dt.timedelta(microseconds=1)
    moments = (OPENS - tick, OPENS, CLOSES - tick, CLOSES)
    assert [found.phase(m) for m in moments] == ["invited", "open", "open", "closed"]


def test_to_do_names_what_waits(uow, staff, orgs):
    round_ = factories.make_round(uow, year=2027)
    for org, fields in zip(
        orgs,
        (
            {"status": Status.SUBMITTED},
            {"status": Status.RETURNED, "return_due_at": NOW},
            {"status": Status.RETURNED, "return_due_at": NOW + dt.timedelta(days=1)},
        ),
        strict=True,
    ):
        factories.make_assessment(uow, org, round_, submitted_at=NOW, **fields)
    with uow.transaction():
        for next_try, sent, address in (
            (None, None, "gone@example.org"),
            (NOW, None, "waits@example.org"),
            (None, NOW, "got@example.org"),
        ):
            uow.session.add(
                mail.OutboxMail(
                    kind="t",
                    recipient=address,
                    locale="ja",
                    subject="件名",
                    body="本文",
                    created_at=NOW,
                    next_try_at=next_try,
                    sent_at=sent,
                )
            )
    found = dashboard.to_do(uow, actor=staff, now=NOW)
    assert (found.waiting, found.overdue_count, found.failed_count, found.nothing) == (
        1,
        1,
        1,
        False,
    )
    assert [o.org_id for o in found.overdue] == [orgs[1].id]
    assert [m.recipient for m in found.failed] == ["gone@example.org"]


def test_the_record_is_newest_first_by_pages_and_rooms(uow, staff, orgs):
    open_round(uow, staff, [orgs[0].id])
    add(uow, staff, [orgs[1].id])
    first, second = dashboard.happened(uow, actor=staff)
    assert (first.event, second.event) == ("assessments:round-changed", "assessments:round-opened")
    [only] = dashboard.happened(uow, actor=staff, before=first.seq)
    assert only == second
    assert dashboard.happened(uow, actor=staff, room="accounts") == ()
    assert second.actor.startswith("利用者")
