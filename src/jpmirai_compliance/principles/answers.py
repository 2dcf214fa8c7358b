"""One answer to one indicator, and the level at which it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.model import MAX_LEVEL, Cap, EvidenceState


@dataclass(frozen=True, slots=True)
class Answer:
    """A level 0-4, "not applicable", or neither: blank.

    ``reviewer_level`` is what the evidence supports and is read only for a gap. ``has_reason``
    says that a reason for "not applicable" is written; it does not change the score.
    ValueError for a level outside 0-4 and for values that contradict each other.
    """

    level: int | None = None
    not_applicable: bool = False
    na_rejected: bool = False
    evidence: EvidenceState = EvidenceState.NONE
    reviewer_level: int | None = None
    has_reason: bool = False

    def __post_init__(self) -> None:
        for name in ("level", "reviewer_level"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= MAX_LEVEL:
                msg = f"{name} must be 0-{MAX_LEVEL}, got {value}"
                raise ValueError(msg)
        if self.not_applicable and self.level is not None:
            msg = "an answer is a level or not applicable, never both"
            raise ValueError(msg)
        if self.na_rejected and not self.not_applicable:
            msg = "only a 'not applicable' can be rejected"
            raise ValueError(msg)

    @property
    def blank(self) -> bool:
        """Nothing has been answered yet."""
        return self.level is None and not self.not_applicable

    @property
    def counts(self) -> bool:
        """False only for a "not applicable" that stands: it leaves both sides of the fraction."""
        return not self.not_applicable or self.na_rejected

    @property
    def claimed(self) -> int:
        """The level the member claims; 0 if blank or "not applicable"."""
        return self.level or 0


class CapRule(StrEnum):
    """Which rule decided how an answer counts."""

    NOT_APPLICABLE = "not_applicable"
    NA_REJECTED = "na_rejected"
    BLANK = "blank"
    NO_EVIDENCE = "no_evidence"
    NOT_REVIEWED = "not_reviewed"
    ACCEPTED = "accepted"
    GAP_REVIEWER = "gap_reviewer"
    GAP_UNSUPPORTED = "gap_unsupported"


@dataclass(frozen=True, slots=True)
class Effective:
    """How an answer counts: ``level`` = min(``claimed``, ``cap``), and the rule in words.

    All three are None for a "not applicable" that stands.
    """

    claimed: int | None
    level: int | None
    cap: int | None
    rule: CapRule
    text: Text

    @property
    def lowered(self) -> bool:
        """The answer counts for less than was claimed."""
        return self.claimed is not None and self.level is not None and self.level < self.claimed


_RULE_OF_STATE = {
    EvidenceState.NONE: CapRule.NO_EVIDENCE,
    EvidenceState.ATTACHED: CapRule.NOT_REVIEWED,
    EvidenceState.ACCEPTED: CapRule.ACCEPTED,
    EvidenceState.GAP: CapRule.GAP_UNSUPPORTED,
}


def effective(answer: Answer, caps: Mapping[EvidenceState, Cap]) -> Effective:
    """Return the level at which an answer counts, with the rule that decided.

    A gap counts as the reviewer's level, or the cap for gaps if the reviewer named none.
    """
    if not answer.counts:
        rule = CapRule.NOT_APPLICABLE
        return Effective(None, None, None, rule, _text(rule, 0))
    if answer.not_applicable:
        rule, cap = CapRule.NA_REJECTED, 0
    elif answer.blank:
        rule, cap = CapRule.BLANK, 0
    elif answer.evidence is EvidenceState.GAP and answer.reviewer_level is not None:
        rule, cap = CapRule.GAP_REVIEWER, answer.reviewer_level
    else:
        rule, cap = _RULE_OF_STATE[answer.evidence], caps[answer.evidence].max_level
    return Effective(answer.claimed, min(answer.claimed, cap), cap, rule, _text(rule, cap))


def _text(rule: CapRule, cap: int) -> Text:
    values = {"cap": cap}
    texts = {
        CapRule.NOT_APPLICABLE: Text("Not applicable: left out of the score."),
        CapRule.NA_REJECTED: Text("“Not applicable” was not accepted: counts as level 0."),
        CapRule.BLANK: Text("No answer yet: counts as level 0."),
        CapRule.NO_EVIDENCE: Text("No evidence attached: counts as level %(cap)s at most.", values),
        CapRule.NOT_REVIEWED: Text(
            "Evidence attached, not yet reviewed: counts as level %(cap)s at most.", values
        ),
        CapRule.ACCEPTED: Text("Evidence accepted: counts up to level %(cap)s.", values),
        CapRule.GAP_REVIEWER: Text(
            "The reviewer found that the evidence shows level %(cap)s: counts as that at most.",
            values,
        ),
        CapRule.GAP_UNSUPPORTED: Text(
            "The reviewer found that the evidence does not support the answer: "
            "counts as level %(cap)s at most.",
            values,
        ),
    }
    return texts[rule]
