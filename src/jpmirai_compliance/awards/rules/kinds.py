"""The closed sets of the awards, and the only moves between states."""

from enum import StrEnum


class Source(StrEnum):
    """How an entry came about."""

    OWN = "own"
    NOMINATED = "nominated"
    SUGGESTED = "suggested"


class EntryState(StrEnum):
    """Proposed by the secretariat, entered with the entrant's consent, or withdrawn."""

    PROPOSED = "proposed"
    ENTERED = "entered"
    WITHDRAWN = "withdrawn"


class CardState(StrEnum):
    """A reviewer's scorecard; submitted and recused are final."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECUSED = "recused"


class ConflictKind(StrEnum):
    """Said by the reviewer, or found from what is known about people and organisations."""

    DECLARED = "declared"
    DERIVED = "derived"


class Choice(StrEnum):
    """What a reviewer chose for one criterion; ``open`` is only possible in a draft."""

    OPEN = "open"
    GIVEN = "given"
    NA = "na"


class Stage(StrEnum):
    """A decision fixes the shortlist, or the winners."""

    SHORTLIST = "shortlist"
    FINAL = "final"


class Outcome(StrEnum):
    """There are names, or the award is not given this year."""

    NAMED = "named"
    NO_AWARD = "no_award"


#: Withdrawn entries may come back as long as entries are taken; nothing else goes backwards.
MOVES: frozenset[tuple[EntryState, EntryState]] = frozenset(
    {
        (EntryState.PROPOSED, EntryState.ENTERED),
        (EntryState.PROPOSED, EntryState.WITHDRAWN),
        (EntryState.ENTERED, EntryState.WITHDRAWN),
        (EntryState.WITHDRAWN, EntryState.ENTERED),
        (EntryState.WITHDRAWN, EntryState.PROPOSED),
    }
)
