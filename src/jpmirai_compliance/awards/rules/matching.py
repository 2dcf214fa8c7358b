"""Who reviews what: conflict-free, the largest load as small as possible, the same every time."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Need:
    """An entry, how many reviewers it still lacks, and who must not be (or already is) one."""

    entry: str
    lacking: int
    excluded: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """New pairs (entry, reviewer) in order, and entries that stay short with how many lack."""

    pairs: tuple[Pair, ...]
    short: Mapping[str, int] = field(default_factory=dict)


def plan(needs: Sequence[Need], reviewers: Collection[str], loads: Mapping[str, int]) -> Plan:
    """Return the pairs that give every entry its reviewers, as far as that is possible at all.

    ``loads`` are the reviewers' present loads. The cap on a load rises until as many places are
    filled as without a cap. What is left open goes by a hash of entry and reviewer, so that
    neither the order of rows nor a person chooses.
    """
    ordered = sorted(needs, key=lambda need: need.entry)
    places = sum(need.lacking for need in ordered)
    highest = max([loads.get(r, 0) for r in reviewers], default=0) + places
    possible = len(_fill(ordered, reviewers, loads, highest))
    pairs: set[Pair] = set()
    cap = min([loads.get(r, 0) for r in reviewers], default=0)
    while len(pairs) < possible:
        cap += 1
        pairs = _fill(ordered, reviewers, loads, cap)
    given = {need.entry: sum(e == need.entry for e, _ in pairs) for need in ordered}
    short = {n.entry: n.lacking - given[n.entry] for n in ordered if n.lacking > given[n.entry]}
    return Plan(tuple(sorted(pairs)), short)


def _fill(
    needs: Sequence[Need], reviewers: Collection[str], loads: Mapping[str, int], cap: int
) -> set[Pair]:
    """Return a largest set of pairs with no load above the cap."""
    filling = _Filling({need.entry: need for need in needs}, reviewers, loads, cap)
    for need in needs:
        for _ in range(need.lacking):
            if not filling.augment(need.entry, set()):
                break
    return filling.pairs


class _Filling:
    """Pairs so far; grows by augmenting paths."""

    def __init__(
        self,
        needs: Mapping[str, Need],
        reviewers: Collection[str],
        loads: Mapping[str, int],
        cap: int,
    ) -> None:
        self.needs, self.reviewers, self.loads, self.cap = needs, reviewers, loads, cap
        self.pairs: set[Pair] = set()

    def augment(self, entry: str, seen: set[str]) -> bool:
        """Give the entry one more reviewer, moving others where that helps; False if it cannot."""
        while left := self._able(entry, seen):
            reviewer = left[0]
            seen.add(reviewer)
            if self._load(reviewer) < self.cap:
                self.pairs.add((entry, reviewer))
                return True
            for other in sorted(e for e, r in self.pairs if r == reviewer):
                if self.augment(other, seen):
                    self.pairs.remove((other, reviewer))
                    self.pairs.add((entry, reviewer))
                    return True
        return False

    def _able(self, entry: str, seen: set[str]) -> list[str]:
        shut = self.needs[entry].excluded | seen | {r for e, r in self.pairs if e == entry}
        open_to = set(self.reviewers) - shut
        return sorted(open_to, key=lambda r: (self._load(r), _hash(entry, r)))

    def _load(self, reviewer: str) -> int:
        return self.loads.get(reviewer, 0) + sum(r == reviewer for _, r in self.pairs)


def _hash(entry: str, reviewer: str) -> str:
    return hashlib.sha256(f"{entry}|{reviewer}".encode()).hexdigest()
