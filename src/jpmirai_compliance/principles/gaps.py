"""What costs a member most, what would close it, and the result in a sentence. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.answers import CapRule
from jpmirai_compliance.principles.model import MAX_LEVEL, Edition
from jpmirai_compliance.principles.scoring import (
    PrincipleScore,
    Scores,
    ScoreState,
    TraceRow,
    overall_formula,
)

SHOWN = 3
_FULL = 100


class Remedy(StrEnum):
    """What would close a gap."""

    EVIDENCE = "evidence"  # the claim is higher than what counts
    NEXT_LEVEL = "next_level"  # what is claimed counts: do more


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An answer that counts for less than level 4; it would count as ``target`` if closed.

    ``lost`` are the points to level 4 (weight times levels), ``gain`` the percent that closing
    adds to the score of its principle, rounded down.
    """

    indicator_id: str
    principle: int
    weight: int
    claimed: int
    level: int
    target: int
    lost: int
    gain: int
    remedy: Remedy
    rule: CapRule


def costliest(scores: Scores, count: int = SHOWN) -> tuple[Shortfall, ...]:
    """Return what costs most: weight times the levels that are missing to level 4.

    Of equal ones the heavier question comes first, then the order of the catalogue. Principles
    without a score cost nothing, and "not applicable" that stands does not either.
    """
    found = [s for part in scores.principles for s in _shortfalls(part)]
    return tuple(sorted(found, key=lambda s: (-s.lost, -s.weight))[:count])  # sorting is stable


def headline(edition: Edition, scores: Scores, before: int | None = None) -> tuple[Text, ...]:
    """Return the result in sentences, the first one as a headline.

    ``before`` is the evidenced overall score of the year before, if there is one.
    """
    overall = scores.overall
    if overall.state is ScoreState.NARRATIVE:
        return (Text("What the secretariat found, in words"),)
    if overall.claimed is None or overall.evidenced is None:
        return overall_formula(edition, scores)
    values = {"claimed": overall.claimed, "evidenced": overall.evidenced}
    first = Text("You claim %(claimed)s of 100; the evidence supports %(evidenced)s.", values)
    if overall.claimed == overall.evidenced:
        first = Text("The evidence supports all of the %(claimed)s of 100 that you claim.", values)
    return (first, *_change(overall.evidenced, before), *_extremes(scores))


def _shortfalls(part: PrincipleScore) -> Iterator[Shortfall]:
    if part.state is not ScoreState.SCORED:
        return
    for row in part.rows:
        if row.level is not None and row.level < MAX_LEVEL:
            yield _shortfall(part, row, row.level)


def _shortfall(part: PrincipleScore, row: TraceRow, level: int) -> Shortfall:
    claimed = row.claimed or 0
    remedy = Remedy.EVIDENCE if claimed > level else Remedy.NEXT_LEVEL
    target = claimed if remedy is Remedy.EVIDENCE else level + 1
    return Shortfall(
        indicator_id=row.indicator_id,
        principle=part.principle or 0,
        weight=row.weight,
        claimed=claimed,
        level=level,
        target=target,
        lost=row.weight * (MAX_LEVEL - level),
        gain=row.weight * (target - level) * _FULL // part.possible,
        remedy=remedy,
        rule=row.rule,
    )


def _change(now: int, before: int | None) -> tuple[Text, ...]:
    if before is None:
        return ()
    if now > before:
        return (Text("The evidenced score rose from %(b)s to %(n)s.", {"b": before, "n": now}),)
    if now < before:
        return (Text("The evidenced score fell from %(b)s to %(n)s.", {"b": before, "n": now}),)
    return (Text("The evidenced score is %(n)s, as before.", {"n": now}),)


def _extremes(scores: Scores) -> tuple[Text, ...]:
    """Name the highest and the lowest principle, the first in order of equal ones."""
    scored = [(p.evidenced, p.principle) for p in scores.principles if p.evidenced is not None]
    high, low = max(scored, key=lambda s: s[0]), min(scored, key=lambda s: s[0])
    if high[0] == low[0]:
        return ()
    values = {"high": high[1], "low": low[1], "best": high[0], "least": low[0]}
    return (
        Text(
            "Highest is principle %(high)s (%(best)s), most room is in principle %(low)s "
            "(%(least)s).",
            values,
        ),
    )
