"""The award year's clock: half-open intervals, decided at the moment of writing."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """Where the year stands."""

    BEFORE = "before"
    ENTRIES = "entries"
    BETWEEN = "between"
    JUDGING = "judging"
    CLOSED = "closed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Entries are taken in [entries_open, entries_close), scores likewise while judging is open."""

    entries_open: dt.datetime
    entries_close: dt.datetime
    judging_open: dt.datetime
    judging_close: dt.datetime
    released_at: dt.datetime | None = None

    def takes_entries(self, now: dt.datetime) -> bool:
        """Say whether an entry may be made or changed now."""
        return self.released_at is None and self.entries_open <= now < self.entries_close

    def takes_scores(self, now: dt.datetime) -> bool:
        """Say whether a score may be given or changed now."""
        return self.released_at is None and self.judging_open <= now < self.judging_close

    def phase(self, now: dt.datetime) -> Phase:
        """Return where the year stands; entries and judging may overlap, judging is named then."""
        if self.released_at is not None:
            return Phase.RELEASED
        if self.takes_scores(now):
            return Phase.JUDGING
        if self.takes_entries(now):
            return Phase.ENTRIES
        if now >= self.judging_close:
            return Phase.CLOSED
        return Phase.BEFORE if now < self.entries_open else Phase.BETWEEN

    @property
    def in_order(self) -> bool:
        """Whether each interval has a length and judging neither opens nor closes first."""
        return (
            self.entries_open < self.entries_close <= self.judging_close
            and self.entries_open <= self.judging_open < self.judging_close
        )
