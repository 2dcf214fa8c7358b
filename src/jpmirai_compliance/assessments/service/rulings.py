"""What a reviewer can say about one answer, and what is missing from what was said."""

from dataclasses import dataclass
from enum import StrEnum

from jpmirai_compliance.assessments.queries.review import DeskAnswer
from jpmirai_compliance.assessments.rules import VerdictKind, offers
from jpmirai_compliance.foundation.errors import Competing, Conflict, Gap
from jpmirai_compliance.foundation.text import Text


class Choice(StrEnum):
    """What a reviewer can say about one answer."""

    ACCEPT = "accept"
    GAP = "gap"
    OFFER = "offer"
    NA_REJECTED = "na_rejected"
    AGAIN = "again"
    EVIDENCE = "evidence"  # again, but only its evidence

    @property
    def asks_again(self) -> bool:
        """Whether the answer is sent back."""
        return self in {Choice.AGAIN, Choice.EVIDENCE}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the reviewer typed; ``level`` for a gap or an offer, ``reason`` unless accepted."""

    choice: Choice
    level: int | None = None
    reason: str = ""


def choices(answer: DeskAnswer) -> tuple[Choice, ...]:
    """Return what can be said about this answer: N/A is rejected, a level has gaps and evidence."""
    if answer.frozen.answer.not_applicable:
        return Choice.ACCEPT, Choice.NA_REJECTED, Choice.AGAIN
    found = [Choice.ACCEPT]
    if answer.frozen.answer.level:
        found.append(Choice.GAP)
    if offer_levels(answer):
        found.append(Choice.OFFER)
    if answer.frozen.answer.level is not None:
        found.append(Choice.EVIDENCE)
    return *found, Choice.AGAIN


def gap_levels(answer: DeskAnswer) -> tuple[int, ...]:
    """Return the levels a gap can leave: 0 to the claimed one, to 1 if nothing is attached."""
    claimed = answer.frozen.answer.level or 0
    return tuple(range((claimed if answer.frozen.evidence else min(claimed, 1)) + 1))


def offer_levels(answer: DeskAnswer) -> tuple[int, ...]:
    """Return the levels that can be offered to the member."""
    claimed = answer.frozen.answer.level
    return offers.offered_levels(claimed, has_evidence=bool(answer.frozen.evidence))


def gaps_of(answer: DeskAnswer, ruling: Ruling) -> list[Gap]:
    """Return what is missing or does not fit, in the order of the form."""
    gaps = []
    if ruling.choice not in choices(answer):
        gaps.append(Gap(Text("This verdict does not fit the answer."), "choice"))
    if ruling.choice is Choice.GAP and ruling.level not in gap_levels(answer):
        gaps.append(Gap(Text("Choose the level that the evidence supports."), "level"))
    if ruling.choice is Choice.OFFER and ruling.level not in offer_levels(answer):
        gaps.append(Gap(Text("Choose the level that the evidence proves."), "offer"))
    if ruling.choice is not Choice.ACCEPT and not ruling.reason:
        gaps.append(Gap(Text("Enter the reason. The member will read it."), "reason"))
    return gaps


def as_stored(answer: DeskAnswer, ruling: Ruling) -> tuple[VerdictKind, int | None, str]:
    """Return kind, level and reason of the verdict; one that asks again has no level."""
    if ruling.choice is Choice.GAP:
        return VerdictKind.GAP, ruling.level, ruling.reason
    if ruling.choice is Choice.OFFER:
        return VerdictKind.DECLARATION_GAP, ruling.level, ruling.reason
    if ruling.choice is Choice.ACCEPT:
        return VerdictKind.ACCEPTED, None, ruling.reason
    refused = answer.frozen.answer.not_applicable
    return VerdictKind.NA_REJECTED if refused else VerdictKind.GAP, None, ruling.reason


def conflict_of(answer: DeskAnswer, ruling: Ruling) -> Conflict:
    """Return the conflict with both verdicts, field by field."""
    theirs = answer.verdict
    if theirs is None:  # somebody's verdict was there and is gone: nothing to compare with
        return Conflict()
    asked = Choice.EVIDENCE if theirs.evidence_only else Choice.AGAIN
    first = asked.value if theirs.to_return else theirs.kind.value
    kinds = {Choice.ACCEPT: VerdictKind.ACCEPTED.value, Choice.OFFER: "declaration_gap"}
    pairs = (
        ("verdict", kinds.get(ruling.choice, ruling.choice.value), first),
        ("level", _number(ruling.level), _number(theirs.level)),
        ("reason", ruling.reason, theirs.reason),
    )
    return Conflict([Competing(f, m, t, theirs.by, theirs.at) for f, m, t in pairs if m != t])


def _number(level: int | None) -> str:
    return "" if level is None else str(level)
