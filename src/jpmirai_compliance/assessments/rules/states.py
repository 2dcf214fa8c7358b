"""What a self-assessment may become, when it may change, the numbers of receipts. Pure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from jpmirai_compliance.foundation.errors import DomainError
from jpmirai_compliance.foundation.text import Text

FIRST_YEAR, LAST_YEAR = 2000, 2100


class FormLength(StrEnum):
    """All applicable indicators, or only those of the core set."""

    FULL = "full"
    CORE = "core"


class Status(StrEnum):
    """The only moves are those of ``MOVES``."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    RETURNED = "returned"  # the reopened answers can be changed, the rest stays frozen
    ACCEPTED = "accepted"


class Reach(StrEnum):
    """What an answer speaks for."""

    OWN = "own"
    GROUP = "group"
    SUPPLY_CHAIN = "supply_chain"


class SnapshotKind(StrEnum):
    """What was frozen: a submission, or the result of the secretariat's check."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"


class VerdictKind(StrEnum):
    """What the secretariat found for one answer."""

    ACCEPTED = "accepted"
    GAP = "gap"
    DECLARATION_GAP = "declaration_gap"  # the evidence proves more: a level is offered
    NA_REJECTED = "na_rejected"


#: From each state, the states that may follow. Nothing else happens to an assessment.
MOVES: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        Status.DRAFT: frozenset({Status.AWAITING_APPROVAL, Status.APPROVED}),
        Status.AWAITING_APPROVAL: frozenset({Status.DRAFT, Status.APPROVED}),
        Status.APPROVED: frozenset({Status.DRAFT, Status.SUBMITTED}),
        Status.SUBMITTED: frozenset({Status.RETURNED, Status.ACCEPTED}),
        Status.RETURNED: frozenset({Status.SUBMITTED}),
        Status.ACCEPTED: frozenset(),
    }
)

#: Every answer can be changed in these states.
OPEN_STATES = frozenset({Status.DRAFT, Status.AWAITING_APPROVAL, Status.APPROVED})

_IN_WORDS = MappingProxyType(
    {
        Status.DRAFT: Text("It is in progress."),
        Status.AWAITING_APPROVAL: Text("It is awaiting approval."),
        Status.APPROVED: Text("It is approved and not yet submitted."),
        Status.SUBMITTED: Text("It is submitted and with the secretariat."),
        Status.RETURNED: Text("It was returned; answer what the secretariat asked, then submit."),
        Status.ACCEPTED: Text("The secretariat has finished its check."),
    }
)


def may_move(status: Status, target: Status) -> bool:
    """Return whether ``target`` may follow ``status``."""
    return target in MOVES[status]


def move(status: Status, target: Status) -> Status:
    """Return ``target``; DomainError in words if it may not follow ``status``."""
    if not may_move(status, target):
        raise DomainError(
            Text(
                "This cannot be done with the assessment now. %(state)s",
                {"state": _IN_WORDS[status]},
            )
        )
    return target


def editable(status: Status, *, reopened: bool) -> bool:
    """Return whether an answer can be changed: while it is ours, or if it was asked for again."""
    return status in OPEN_STATES or (status is Status.RETURNED and reopened)


def require_editable(status: Status, *, reopened: bool) -> None:
    """DomainError in words if an answer cannot be changed in this state."""
    if not editable(status, reopened=reopened):
        raise DomainError(
            Text(
                "This answer is frozen and was not changed. %(state)s",
                {"state": _IN_WORDS[status]},
            )
        )


def writable(status: Status, *, reopened: bool, evidence_only: bool) -> bool:
    """Return whether an answer's text and level can be changed, not only its evidence."""
    return editable(status, reopened=reopened) and not (status is Status.RETURNED and evidence_only)


def require_writable(status: Status, *, reopened: bool, evidence_only: bool) -> None:
    """DomainError in words if an answer's text and level cannot be changed in this state."""
    require_editable(status, reopened=reopened)
    if not writable(status, reopened=reopened, evidence_only=evidence_only):
        raise DomainError(
            Text(
                "Only the evidence of this answer can be changed. Its text and level stay as they"
                " were submitted."
            )
        )


@dataclass(frozen=True, slots=True)
class Window:
    """When members may change and submit: the half-open interval [opens_at, closes_at)."""

    opens_at: dt.datetime
    closes_at: dt.datetime

    def holds(self, now: dt.datetime) -> bool:
        """Return whether ``now`` lies inside; the opening moment does, the closing one does not."""
        return self.opens_at <= now < self.closes_at

    def before(self, now: dt.datetime) -> bool:
        """Return whether the window has not opened yet."""
        return now < self.opens_at

    def days_left(self, now: dt.datetime) -> int:
        """Return whole days until it closes, 0 on the last day and after it."""
        return max(0, (self.closes_at - now).days)


def window(
    *,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    late_until: dt.datetime | None = None,
    status: Status | None = None,
    return_due_at: dt.datetime | None = None,
) -> Window:
    """Return one member's own window.

    ``late_until`` replaces an earlier closing time: a round that is moved beyond an extension
    closes later for all. While answers are returned, the due date of the return decides.
    """
    closes = max(late_until, closes_at) if late_until else closes_at
    if status is Status.RETURNED and return_due_at is not None:
        closes = return_due_at
    return Window(opens_at, closes)


def require_open(found: Window, now: dt.datetime) -> None:
    """DomainError with the date if ``now`` is not inside the window."""
    if found.before(now):
        raise DomainError(
            Text("This round is not open yet. It opens on %(opens)s.", {"opens": found.opens_at})
        )
    if not found.holds(now):
        raise DomainError(
            Text(
                "The time to answer ended on %(closed)s. Nothing was saved."
                " Ask the secretariat if you need an extension.",
                {"closed": found.closes_at},
            )
        )


def verdict_counts(*, to_return: bool) -> bool:
    """Return whether a verdict tells anything about the score.

    One that sends the answer back does not: it speaks about the answer of before, and stays
    only so that its reason can be read until the next verdict replaces it.
    """
    return not to_return


def receipt_number(year: int, serial: int, ordinal: int) -> str:
    """Return the number on a receipt: year, running number of the member, which snapshot."""
    return f"{year}-{serial:04d}-{ordinal}"


def serial_of(number: str) -> int:
    """Return the running number inside a receipt number."""
    return int(number.split("-")[1])
