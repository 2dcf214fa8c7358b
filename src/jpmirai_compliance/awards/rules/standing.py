"""From scorecards to ranks: exact fractions, a published tie-break chain, nothing random.

A reviewer's mean is Σ weight·value / Σ weight over the criteria that got a value: a criterion
that does not apply leaves both sums. An entry's total is the mean of its reviewers' means.
Equal totals are told apart by the criteria's means in their published order, then by the median
of the reviewers' means; what is still equal is equal: a joint place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import median

JOINT = "joint"
MEDIAN = "median"
Key = tuple[Fraction, ...]
NOTHING = Fraction(-1)  # below every mean: a criterion without any value loses a tie


@dataclass(frozen=True, slots=True)
class Weighted:
    """A criterion as the sums see it; their order is the order of the tie-break."""

    code: str
    weight: int


@dataclass(frozen=True, slots=True)
class Card:
    """One reviewer's submitted values, 1 to 5 by criterion; None does not apply."""

    judge: str
    scores: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Contender:
    """An entry, the hash of the frozen assessment that was judged, and its scorecards."""

    id: str
    snapshot_sha256: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the year's rules fix before anybody scores."""

    quota: int
    reserve: int
    reviews_needed: int
    discuss_spread: Fraction


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the ranking; ``rank`` and ``total`` are None below the number of reviews.

    ``settled_by`` says what told equal totals apart: "" (no equal total), a criterion's code,
    ``median``, or ``joint`` (nothing did). ``discuss`` marks reviewers who differ widely.
    """

    id: str
    rank: int | None
    total: Fraction | None
    criteria: tuple[Fraction | None, ...]
    median: Fraction | None
    reviews: int
    spread: Fraction | None
    discuss: bool
    settled_by: str


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Ids in order of rank; a joint place at the line brings all who share it."""

    named: tuple[str, ...]
    reserve: tuple[str, ...]
    below_quorum: tuple[str, ...]


def card_mean(criteria: Sequence[Weighted], card: Card) -> Fraction | None:
    """Return the weighted mean over the given values, 1 to 5; None if none is given."""
    given = [(c.weight, v) for c in criteria if (v := card.scores.get(c.code)) is not None]
    weight = sum(w for w, _ in given)
    return Fraction(sum(w * v for w, v in given), weight) if weight else None


def standings(
    criteria: Sequence[Weighted], contenders: Sequence[Contender], settings: Settings
) -> tuple[Standing, ...]:
    """Return every entry, ranked ones first, best first; ids order only what is equal."""
    measured = [_measure(criteria, c, settings) for c in contenders]
    ranked = [s for s in measured if s.total is not None]
    rest = sorted((s for s in measured if s.total is None), key=lambda s: s.id)
    ranked.sort(key=lambda s: s.id)
    ranked.sort(key=_key, reverse=True)
    keys = [_key(s) for s in ranked]
    placed = [
        replace(s, rank=1 + sum(k > key for k in keys), settled_by=_settled(criteria, keys, i))
        for i, (s, key) in enumerate(zip(ranked, keys, strict=True))
    ]
    return (*placed, *rest)


def shortlist(lines: Sequence[Standing], settings: Settings) -> Shortlist:
    """Return who is named: ranks up to the quota; then as many in reserve as the rules say."""
    named = tuple(s.id for s in lines if s.rank is not None and s.rank <= settings.quota)
    line = len(named) + settings.reserve
    return Shortlist(
        named=named,
        reserve=tuple(
            s.id for s in lines if s.rank is not None and s.id not in named and s.rank <= line
        ),
        below_quorum=tuple(s.id for s in lines if s.rank is None),
    )


def _measure(criteria: Sequence[Weighted], contender: Contender, settings: Settings) -> Standing:
    means = [m for card in contender.cards if (m := card_mean(criteria, card)) is not None]
    spread = max(means) - min(means) if means else None
    enough = len(means) >= max(settings.reviews_needed, 1)
    return Standing(
        id=contender.id,
        rank=None,
        total=sum(means, Fraction(0)) / len(means) if enough else None,
        criteria=tuple(_criterion_mean(c.code, contender.cards) for c in criteria),
        median=median(means) if means else None,
        reviews=len(means),
        spread=spread,
        discuss=spread is not None and spread >= settings.discuss_spread,
        settled_by="",
    )


def _criterion_mean(code: str, cards: Sequence[Card]) -> Fraction | None:
    values = [v for card in cards if (v := card.scores.get(code)) is not None]
    return Fraction(sum(values), len(values)) if values else None


def _key(standing: Standing) -> Key:
    chain = (standing.total, *standing.criteria, standing.median)
    return tuple(NOTHING if value is None else value for value in chain)


def _settled(criteria: Sequence[Weighted], keys: Sequence[Key], i: int) -> str:
    """Return the step of the chain that parts line ``i`` from its nearest equal total."""
    beside = [keys[j] for j in (i - 1, i + 1) if 0 <= j < len(keys) and keys[j][0] == keys[i][0]]
    if not beside:
        return ""
    if keys[i] in beside:
        return JOINT
    steps = ("", *(c.code for c in criteria), MEDIAN)
    return steps[max(_first_difference(keys[i], other) for other in beside)]


def _first_difference(one: Key, other: Key) -> int:
    return next(n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
