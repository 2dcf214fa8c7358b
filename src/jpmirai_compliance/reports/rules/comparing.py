"""What a filled-in row would change, given what is stored now. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from jpmirai_compliance.assessments.rules import FIELDS, Content, content_of, merge
from jpmirai_compliance.assessments.rules.merging import Given
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.reports.rules.filled import Filled


class Outcome(StrEnum):
    """What becomes of one row."""

    CHANGED = "changed"
    NEWER_ON_THE_WEB = "newer"  # both sides changed the same field since the download
    REJECTED = "rejected"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """One field: what is stored, and what the workbook would make of it."""

    field: str
    now: Content
    then: Content
    conflict: bool = False

    @property
    def clears(self) -> bool:
        """The workbook would empty a text."""
        return self.field in {"text", "note"} and not getattr(self.then, self.field)


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of the preview; ``content`` is what would be stored, ``version`` what is now."""

    indicator_id: str
    place: str
    outcome: Outcome
    content: Content
    version: int = 0
    changes: tuple[Change, ...] = ()
    web: tuple[str, ...] = ()
    problems: tuple[Text, ...] = ()

    @property
    def offered(self) -> bool:
        """The row can be ticked."""
        return self.outcome in {Outcome.CHANGED, Outcome.NEWER_ON_THE_WEB}

    @property
    def ticked(self) -> bool:
        """The row is ticked to begin with: nothing of it was changed elsewhere or gets lost."""
        return self.outcome is Outcome.CHANGED and not any(c.clears for c in self.changes)


def compare(  # noqa: PLR0913 -- keyword-only
    filled: Filled,
    *,
    seen: str,
    stored: Given | None,
    version: int,
    editable: bool,
    repeated: bool = False,
) -> Compared:
    """Return what the row would change; ``seen`` is the token of what the workbook showed."""
    before = content_of(stored)
    merged = merge(seen, filled.content, stored, yielding=filled.keeps)
    changes = tuple(
        Change(name, before, merged.content, conflict=name in merged.conflicts)
        for name, parts in FIELDS.items()
        if any(getattr(before, p) != getattr(merged.content, p) for p in parts)
    )
    problems = list(filled.problems)
    if repeated:
        problems.append(
            Text("%(cell)s: this question is in the file more than once", {"cell": filled.place})
        )
    if changes and not editable:
        problems.append(
            Text("%(cell)s: this answer is frozen and cannot be changed", {"cell": filled.place})
        )
    web = tuple(name for name in merged.taken if name not in filled.keeps)
    return Compared(
        indicator_id=filled.indicator_id,
        place=filled.place,
        outcome=_outcome(problems, changes),
        content=merged.content,
        version=version,
        changes=() if problems else changes,
        web=web,
        problems=tuple(problems),
    )


def _outcome(problems: list[Text], changes: tuple[Change, ...]) -> Outcome:
    if problems:
        return Outcome.REJECTED
    if any(change.conflict for change in changes):
        return Outcome.NEWER_ON_THE_WEB
    return Outcome.CHANGED if changes else Outcome.UNCHANGED


def counts(rows: tuple[Compared, ...]) -> Mapping[Outcome, int]:
    """Return how many rows have each outcome."""
    return {kind: sum(row.outcome is kind for row in rows) for kind in Outcome}
