"""Which submission a reviewer should look at next, and why. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from jpmirai_compliance.foundation.text import Text

HIGH = 3  # a claimed level from which evidence decides most
LONG = dt.timedelta(days=14)  # a submission that waits longer is said to wait long
MOST = 999  # more answers than any form asks


@dataclass(frozen=True, slots=True)
class Look:
    """One answer that needs a verdict, and what makes it need eyes."""

    level: int
    changed: bool  # since last year's answer
    gate: bool
    supply_chain: bool

    @property
    def close(self) -> bool:
        """Whether anything about it asks for a close look."""
        return self.changed or self.level >= HIGH or self.gate or self.supply_chain


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answers need a verdict, and how many of those for which reason."""

    unchecked: int = 0
    changed: int = 0
    high: int = 0
    gates: int = 0
    supply_chain: int = 0
    close_looks: int = 0


def count(looks: Iterable[Look]) -> Counts:
    """Return the counts; an answer with two reasons is one close look."""
    found = tuple(looks)
    return Counts(
        unchecked=len(found),
        changed=sum(look.changed for look in found),
        high=sum(look.level >= HIGH for look in found),
        gates=sum(look.gate for look in found),
        supply_chain=sum(look.supply_chain for look in found),
        close_looks=sum(look.close for look in found),
    )


def turn(counts: Counts, *, first_time: bool, again: bool) -> int:
    """Return the place in the queue, smaller first; equal ones by how long they wait.

    Submitted again comes first, then first-timers, then the rest; inside each, the submission with
    the most answers that need a close look.
    """
    group = 0 if again else 1 if first_time else 2
    return group * (MOST + 1) + MOST - min(counts.close_looks, MOST)


def reasons(
    counts: Counts,
    *,
    first_time: bool,
    again: bool,
    waiting: dt.timedelta | None,
) -> tuple[Text, ...]:
    """Return in words why a submission stands where it stands; ``waiting`` None if it does not."""
    said = []
    if again:
        said.append(Text("Submitted again after a return"))
    if first_time:
        said.append(Text("First submission of this member"))
    numbered = (
        (counts.changed, Text("Changed since last year: %(count)s", {"count": counts.changed})),
        (counts.high, Text("Level 3 or 4 claimed: %(count)s", {"count": counts.high})),
        (counts.gates, Text("Gates of badge or award: %(count)s", {"count": counts.gates})),
        (counts.supply_chain, Text("Supply chain: %(count)s", {"count": counts.supply_chain})),
    )
    said.extend(text for number, text in numbered if number)
    if waiting is not None and waiting >= LONG:
        said.append(Text("Waiting for %(count)s days", {"count": waiting.days}))
    return tuple(said)
