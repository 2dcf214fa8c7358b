"""A declaration gap: the evidence proves more than was claimed, and a higher level is offered.

It counts only once the member has taken it; until then, and after a refusal, the claimed level
stands with its evidence accepted. Pure.
"""

import datetime as dt

from jpmirai_compliance.assessments.rules.states import Status
from jpmirai_compliance.foundation.errors import DomainError
from jpmirai_compliance.foundation.text import Text

LASTS = dt.timedelta(days=30)  # after the check; then the result is final
HIGHEST = 4


def offered_levels(claimed: int | None, *, has_evidence: bool) -> tuple[int, ...]:
    """Return the levels that can be offered: those above the claimed one, on evidence only."""
    if claimed is None or not has_evidence:
        return ()
    return tuple(range(claimed + 1, HIGHEST + 1))


def level_with_offer(claimed: int | None, offered: int | None, *, taken: bool) -> int | None:
    """Return the level that is claimed now: the offered one only if it was taken, never a lower."""
    if not taken or claimed is None or offered is None:
        return claimed
    return max(claimed, offered)


def open_for_offers(status: Status, accepted_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether the member can decide: while returned, and 30 days after the check."""
    if status is Status.ACCEPTED and accepted_at is not None:
        return now < accepted_at + LASTS
    return status is Status.RETURNED


def require_open_for_offers(
    status: Status, accepted_at: dt.datetime | None, now: dt.datetime
) -> None:
    """DomainError in words if the member cannot decide on an offer now."""
    if not open_for_offers(status, accepted_at, now):
        raise DomainError(
            Text(
                "This offer can be decided while the assessment is returned to you,"
                " and for 30 days after the check. Nothing was changed."
            )
        )
