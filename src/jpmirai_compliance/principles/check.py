"""What a member should look at before submitting."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.answers import Answer, Effective, effective
from jpmirai_compliance.principles.model import Edition, EvidenceState, Gate, Indicator


class Severity(StrEnum):
    """How much a finding weighs: it stops the submission, lowers the score, or costs the badge."""

    ERROR = "error"
    WARNING = "warning"
    BADGE = "badge"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, and the indicator it is about."""

    severity: Severity
    indicator_id: str
    text: Text


def check(
    edition: Edition, indicators: Sequence[Indicator], answers: Mapping[str, Answer]
) -> tuple[Finding, ...]:
    """Return the findings in catalogue order; without an error the answers can be submitted."""
    return tuple(
        Finding(severity, indicator.id, text)
        for indicator in indicators
        for severity, text in _findings(edition, indicator, answers.get(indicator.id, Answer()))
    )


def _findings(
    edition: Edition, indicator: Indicator, answer: Answer
) -> Iterator[tuple[Severity, Text]]:
    if answer.blank:
        yield Severity.ERROR, Text("Answer this question, or say that it does not apply to you.")
        return
    if answer.not_applicable and not answer.has_reason:
        yield Severity.ERROR, Text("Write why this does not apply to you.")
    counts = effective(answer, edition.caps)
    if _worth_a_warning(edition, answer, counts):
        yield Severity.WARNING, counts.text
    minimum = edition.gates[Gate.BADGE].minimum_level
    if indicator.gate is Gate.BADGE and counts.level is not None and counts.level < minimum:
        values = {"level": counts.level, "minimum": minimum}
        yield (
            Severity.BADGE,
            Text(
                "This counts as level %(level)s. Below level %(minimum)s there is no badge, "
                "whatever the score.",
                values,
            ),
        )


def _worth_a_warning(edition: Edition, answer: Answer, counts: Effective) -> bool:
    if answer.na_rejected:
        return True
    if answer.evidence is EvidenceState.NONE:
        from_level = edition.thresholds.warn_without_evidence_from
        return counts.lowered and answer.claimed >= from_level
    return counts.lowered and answer.evidence is EvidenceState.GAP
