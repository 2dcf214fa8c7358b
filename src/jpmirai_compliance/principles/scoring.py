"""Scores of one member, claimed and evidenced. Pure, and in whole numbers throughout.

- principle score = 100 · Σ weight·level / Σ weight·4, rounded down, so that nobody reaches a
  band by rounding;
- overall score = mean of the principle scores *as shown*, rounded down again, so that a reader
  can work it out from the page;
- ``claimed`` takes the member's level, ``evidenced`` the level that the evidence allows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.answers import Answer, CapRule, effective
from jpmirai_compliance.principles.model import (
    MAX_LEVEL,
    PRINCIPLES,
    Band,
    Cap,
    Edition,
    EvidenceState,
    Indicator,
    MemberKind,
    Thresholds,
)

_FULL = 100


class ScoreState(StrEnum):
    """Whether there is a number, and if not, why."""

    SCORED = "scored"
    TOO_FEW = "too_few"
    NARRATIVE = "narrative"


@dataclass(frozen=True, slots=True)
class TraceRow:
    """What one answer adds to a score.

    "Not applicable" has no levels and adds 0 points of 0 possible.
    """

    indicator_id: str
    weight: int
    claimed: int | None
    level: int | None
    cap: int | None
    rule: CapRule
    claimed_points: int
    points: int
    possible: int


@dataclass(frozen=True, slots=True)
class PrincipleScore:
    """The score of one principle; ``principle`` is None for the supply-chain score.

    ``claimed`` and ``evidenced`` are whole percents, rounded down, and None unless ``state`` is
    scored. ``applicable``, ``answered``, ``not_applicable`` count items; ``weight`` is the sum over
    the applicable ones, ``weight_not_applicable`` the part of it that was left out.
    """

    principle: int | None
    state: ScoreState
    claimed: int | None
    evidenced: int | None
    applicable: int
    answered: int
    not_applicable: int
    weight: int
    weight_not_applicable: int
    claimed_points: int
    points: int
    possible: int
    rows: tuple[TraceRow, ...]


@dataclass(frozen=True, slots=True)
class Overall:
    """The overall score in whole percents, and over how many scored principles it is the mean."""

    state: ScoreState
    claimed: int | None
    evidenced: int | None
    scored: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much was answered and checked. ``accepted`` is seen against what counts, without N/A."""

    applicable: int
    answered: int
    not_applicable: int
    accepted: int

    @property
    def answered_percent(self) -> int:
        """Answered items of all applicable ones, rounded down."""
        return _percent(self.answered, self.applicable)

    @property
    def na_percent(self) -> int:
        """Items left out as "not applicable" of all applicable ones, rounded down."""
        return _percent(self.not_applicable, self.applicable)

    @property
    def accepted_percent(self) -> int:
        """Answers with accepted evidence of all answers that count, rounded down."""
        return _percent(self.accepted, self.applicable - self.not_applicable)


@dataclass(frozen=True, slots=True)
class Scores:
    """All numbers of one member; ``band`` follows the evidenced overall score, None without one."""

    edition: str
    kind: MemberKind
    principles: tuple[PrincipleScore, ...]
    overall: Overall
    supply_chain: PrincipleScore
    band: Band | None
    coverage: Coverage


def score(
    edition: Edition,
    indicators: Sequence[Indicator],
    answers: Mapping[str, Answer],
    *,
    kind: MemberKind,
) -> Scores:
    """Return the scores over ``indicators``, which is what the member is asked.

    A missing answer is a blank one; answers to anything else are left aside.
    Kinds that the edition lists as narrative get no number, only coverage and rows.
    """
    rows = [
        (indicator, _row(indicator, answers.get(indicator.id, Answer()), edition.caps))
        for indicator in indicators
    ]
    narrative = kind in edition.narrative_kinds
    parts = tuple(
        _part(
            number,
            [row for indicator, row in rows if indicator.principle == number],
            edition.thresholds,
            narrative=narrative,
        )
        for number in PRINCIPLES
    )
    chain = [row for indicator, row in rows if indicator.supply_chain]
    overall = _overall(parts, edition.thresholds, narrative=narrative)
    return Scores(
        edition=edition.id,
        kind=kind,
        principles=parts,
        overall=overall,
        supply_chain=_part(None, chain, edition.thresholds, narrative=narrative),
        band=None if overall.evidenced is None else edition.band(overall.evidenced),
        coverage=_coverage([row for _, row in rows]),
    )


def _row(indicator: Indicator, answer: Answer, caps: Mapping[EvidenceState, Cap]) -> TraceRow:
    counts = effective(answer, caps)
    return TraceRow(
        indicator_id=indicator.id,
        weight=indicator.weight,
        claimed=counts.claimed,
        level=counts.level,
        cap=counts.cap,
        rule=counts.rule,
        claimed_points=indicator.weight * (counts.claimed or 0),
        points=indicator.weight * (counts.level or 0),
        possible=indicator.weight * MAX_LEVEL if answer.counts else 0,
    )


def _part(
    number: int | None, rows: Sequence[TraceRow], thresholds: Thresholds, *, narrative: bool
) -> PrincipleScore:
    left_out = [row for row in rows if row.rule is CapRule.NOT_APPLICABLE]
    weight = sum(row.weight for row in rows)
    weight_left_out = sum(row.weight for row in left_out)
    claimed_points = sum(row.claimed_points for row in rows)
    points = sum(row.points for row in rows)
    possible = sum(row.possible for row in rows)
    state = ScoreState.SCORED
    if narrative:
        state = ScoreState.NARRATIVE
    elif (
        len(rows) - len(left_out) < thresholds.min_items
        or weight_left_out * _FULL > thresholds.max_na_percent * weight
    ):
        state = ScoreState.TOO_FEW
    scored = state is ScoreState.SCORED
    return PrincipleScore(
        principle=number,
        state=state,
        claimed=_percent(claimed_points, possible) if scored else None,
        evidenced=_percent(points, possible) if scored else None,
        applicable=len(rows),
        answered=sum(row.rule is not CapRule.BLANK for row in rows),
        not_applicable=len(left_out),
        weight=weight,
        weight_not_applicable=weight_left_out,
        claimed_points=claimed_points,
        points=points,
        possible=possible,
        rows=tuple(rows),
    )


def _overall(
    parts: Sequence[PrincipleScore], thresholds: Thresholds, *, narrative: bool
) -> Overall:
    if narrative:
        return Overall(ScoreState.NARRATIVE, None, None, 0)
    claimed = [part.claimed for part in parts if part.claimed is not None]
    evidenced = [part.evidenced for part in parts if part.evidenced is not None]
    count = len(evidenced)
    if count < thresholds.min_scored_principles:
        return Overall(ScoreState.TOO_FEW, None, None, count)
    return Overall(ScoreState.SCORED, sum(claimed) // count, sum(evidenced) // count, count)


def _coverage(rows: Sequence[TraceRow]) -> Coverage:
    return Coverage(
        applicable=len(rows),
        answered=sum(row.rule is not CapRule.BLANK for row in rows),
        not_applicable=sum(row.rule is CapRule.NOT_APPLICABLE for row in rows),
        accepted=sum(row.rule is CapRule.ACCEPTED for row in rows),
    )


def _percent(part: int, whole: int) -> int:
    return part * _FULL // whole if whole else 0


def trace(part: PrincipleScore) -> tuple[TraceRow, ...]:
    """Return the rows whose points add up to a score, in catalogue order."""
    return part.rows


def state_text(edition: Edition, state: ScoreState) -> Text:
    """Return in words why a principle or the supply chain has, or has not, a number."""
    texts = {
        ScoreState.SCORED: Text("Scored"),
        ScoreState.TOO_FEW: Text(
            "No score: at least %(items)s items must count, and at most %(percent)s percent "
            "of the weight may be “not applicable”.",
            {
                "items": edition.thresholds.min_items,
                "percent": edition.thresholds.max_na_percent,
            },
        ),
        ScoreState.NARRATIVE: Text("No score: this kind of member gets a report in words."),
    }
    return texts[state]


def formula(edition: Edition, part: PrincipleScore) -> tuple[Text, ...]:
    """Return the sentences that work out one score from the sums over its rows."""
    if part.state is not ScoreState.SCORED:
        return (state_text(edition, part.state),)
    lines = [
        Text(
            "Claimed: %(points)s points (weight times level) of %(possible)s (weight times 4) "
            "= %(percent)s of 100, rounded down.",
            {
                "points": part.claimed_points,
                "possible": part.possible,
                "percent": part.claimed,
            },
        ),
        Text(
            "Evidenced: %(points)s points (weight times the level that counts) of %(possible)s "
            "= %(percent)s of 100, rounded down.",
            {"points": part.points, "possible": part.possible, "percent": part.evidenced},
        ),
    ]
    if part.not_applicable:
        lines.append(
            Text(
                "Left out as “not applicable”: %(count)s of %(applicable)s items, "
                "weight %(weight)s of %(total)s.",
                {
                    "count": part.not_applicable,
                    "applicable": part.applicable,
                    "weight": part.weight_not_applicable,
                    "total": part.weight,
                },
            )
        )
    return tuple(lines)


def overall_formula(edition: Edition, scores: Scores) -> tuple[Text, ...]:
    """Return the sentences that work out the overall score from the principle scores shown."""
    overall = scores.overall
    if overall.state is ScoreState.NARRATIVE:
        return (state_text(edition, overall.state),)
    if overall.state is ScoreState.TOO_FEW:
        values = {"needed": edition.thresholds.min_scored_principles, "scored": overall.scored}
        return (
            Text(
                "No overall score: %(needed)s principles need a score, %(scored)s have one.",
                values,
            ),
        )
    parts = [part for part in scores.principles if part.state is ScoreState.SCORED]
    claimed: dict[str, object] = {
        "sum": " + ".join(str(part.claimed) for part in parts),
        "count": overall.scored,
        "percent": overall.claimed,
    }
    evidenced = {
        **claimed,
        "sum": " + ".join(str(part.evidenced) for part in parts),
        "percent": overall.evidenced,
    }
    return (
        Text("Claimed: (%(sum)s) ÷ %(count)s = %(percent)s, rounded down.", claimed),
        Text("Evidenced: (%(sum)s) ÷ %(count)s = %(percent)s, rounded down.", evidenced),
    )
