"""What a badge and the award shortlist need, rule by rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.answers import Answer, effective
from jpmirai_compliance.principles.model import Edition, Gate, Indicator
from jpmirai_compliance.principles.scoring import Scores, ScoreState


@dataclass(frozen=True, slots=True)
class GateResult:
    """One rule and whether it is met; ``indicator_id`` is None for a rule about scores."""

    indicator_id: str | None
    rule: Text
    passed: bool


def badge_gates(
    edition: Edition,
    indicators: Sequence[Indicator],
    answers: Mapping[str, Answer],
    scores: Scores,
) -> tuple[GateResult, ...]:
    """Return the rules of the badge: a band to print, and no badge item below its level."""
    band = scores.overall.evidenced is not None
    return (
        GateResult(None, Text("There is an evidenced overall score, and so a band."), band),
        *_item_gates(Gate.BADGE, edition, indicators, answers),
    )


def award_gates(
    edition: Edition,
    indicators: Sequence[Indicator],
    answers: Mapping[str, Answer],
    scores: Scores,
) -> tuple[GateResult, ...]:
    """Return the rules of the shortlist: overall score, each scored principle, award items.

    Members who get a narrative have no number, so only the rules about items are left for them.
    """
    items = _item_gates(Gate.AWARD, edition, indicators, answers)
    if scores.overall.state is ScoreState.NARRATIVE:
        return items
    return (_overall_gate(edition, scores), *_principle_gates(edition, scores), *items)


def passed(results: Iterable[GateResult]) -> bool:
    """Say whether every rule is met."""
    return all(result.passed for result in results)


def _overall_gate(edition: Edition, scores: Scores) -> GateResult:
    minimum = edition.thresholds.award_min_overall
    percent = scores.overall.evidenced
    if percent is None:
        text = Text(
            "Evidenced overall score: %(minimum)s or more (there is none).", {"minimum": minimum}
        )
        return GateResult(None, text, passed=False)
    text = Text(
        "Evidenced overall score: %(minimum)s or more (now %(score)s).",
        {"minimum": minimum, "score": percent},
    )
    return GateResult(None, text, percent >= minimum)


def _principle_gates(edition: Edition, scores: Scores) -> list[GateResult]:
    minimum = edition.thresholds.award_min_principle
    return [
        GateResult(
            None,
            Text(
                "Principle %(number)s, evidenced score: %(minimum)s or more (now %(score)s).",
                {"number": part.principle, "minimum": minimum, "score": part.evidenced},
            ),
            part.evidenced >= minimum,
        )
        for part in scores.principles
        if part.evidenced is not None
    ]


def _item_gates(
    gate: Gate,
    edition: Edition,
    indicators: Sequence[Indicator],
    answers: Mapping[str, Answer],
) -> tuple[GateResult, ...]:
    minimum = edition.gates[gate].minimum_level
    results = []
    for indicator in indicators:
        if indicator.gate is not gate:
            continue
        level = effective(answers.get(indicator.id, Answer()), edition.caps).level
        values: dict[str, object] = {
            "id": indicator.id,
            "title": indicator.title,
            "minimum": minimum,
            "level": level,
        }
        if level is None:
            text = Text("%(id)s %(title)s: not applicable.", values)
        else:
            text = Text(
                "%(id)s %(title)s: counts as level %(minimum)s or more (now %(level)s).", values
            )
        results.append(GateResult(indicator.id, text, level is None or level >= minimum))
    return tuple(results)
