import datetime as dt
import itertools

import pytest

from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.rules import Status
from jpmirai_compliance.foundation.errors import DomainError

OPENS = dt.datetime(2026, 4, 1, 0, 0, tzinfo=dt.UTC)
CLOSES = dt.datetime(2026, 6, 30, 8, 0, tzinfo=dt.UTC)
MS = dt.timedelta(milliseconds=1)

ALLOWED = {
    ("draft", "awaiting_approval"),
    ("draft", "approved"),
    ("awaiting_approval", "draft"),
    ("awaiting_approval", "approved"),
    ("approved", "draft"),
    ("approved", "submitted"),
    ("submitted", "returned"),
    ("submitted", "accepted"),
    ("returned", "submitted"),
}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(Status, Status)))
def test_az_11_the_state_moves_only_along_the_declared_machine(before, after):
    if (before.value, after.value) in ALLOWED:
        assert rules.move(before, after) is after
    else:
        with pytest.raises(DomainError, match="cannot be done with the assessment now"):
            rules.move(before, after)


@pytest.mark.parametrize("status", list(Status))
def test_az_11_what_can_be_changed_in_which_state(status):
    everything = status in {Status.DRAFT, Status.AWAITING_APPROVAL, Status.APPROVED}
    assert rules.editable(status, reopened=False) is everything
    assert rules.editable(status, reopened=True) is (everything or status is Status.RETURNED)
    for reopened in (True, False):
        whole = rules.editable(status, reopened=reopened)
        assert rules.writable(status, reopened=reopened, evidence_only=False) is whole
        assert rules.writable(status, reopened=reopened, evidence_only=True) is everything


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (OPENS - MS, "It opens on 2026-04-01"),
        (OPENS, None),
        (CLOSES - MS, None),
        (CLOSES, "ended on 2026-06-30"),
        (CLOSES + MS, "ended on 2026-06-30"),
    ],
)
def test_az_11_the_window_is_half_open(now, said):
    found = rules.window(opens_at=OPENS, closes_at=CLOSES)
    if said is None:
        rules.require_open(found, now)
        return
    with pytest.raises(DomainError, match=said):
        rules.require_open(found, now)


def test_an_extension_and_a_due_date_replace_the_closing_time():
    late, due = CLOSES + dt.timedelta(days=3), CLOSES + dt.timedelta(days=9)
    values = {"opens_at": OPENS, "closes_at": CLOSES, "late_until": late, "return_due_at": due}
    assert rules.window(**values).closes_at == late
    assert rules.window(**values, status=Status.DRAFT).closes_at == late
    assert rules.window(**values, status=Status.RETURNED).closes_at == due
    assert (
        rules.window(opens_at=OPENS, closes_at=CLOSES, status=Status.RETURNED).closes_at == CLOSES
    )


def test_a_round_that_closes_later_than_an_extension_closes_later_for_all():
    early = {"late_until": CLOSES - dt.timedelta(days=2)}
    found = rules.window(opens_at=OPENS, closes_at=CLOSES, **early)
    assert found.closes_at == CLOSES


def test_days_left_are_whole_and_never_negative():
    found = rules.window(opens_at=OPENS, closes_at=CLOSES)
    assert found.days_left(CLOSES - dt.timedelta(days=7)) == 7
    assert found.days_left(CLOSES - dt.timedelta(hours=23)) == 0
    assert found.days_left(CLOSES + dt.timedelta(days=2)) == 0


def test_receipt_numbers_carry_year_member_and_snapshot():
    assert rules.receipt_number(2026, 7, 2) == "2026-0007-2"
    assert rules.serial_of("2026-0007-2") == 7
    assert rules.serial_of(rules.receipt_number(2026, 12_345, 1)) == 12_345
