"""What a member should look at before submitting. Pure, and the same on the page and in services.

An error stops the submission. A warning says that an answer counts for less, that the badge is
withheld, or that something may become public by mistake. A hint is worth a second look.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.answers import Answer, CapRule, effective
from jpmirai_compliance.principles.model import Edition, EvidenceState, Gate, Indicator
from jpmirai_compliance.principles.personal import Kind, Place, personal_data

#: A text narrower than this beside a high level is short; Japanese characters count double.
SHORT_TEXT = 40
SHORT_FROM_LEVEL = 3


class Severity(StrEnum):
    """How much a finding weighs: it stops the submission, costs something, or is worth a look."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Code(StrEnum):
    """What was found; each has one severity."""

    PROFILE = "profile"
    BLANK = "blank"
    PREFILLED = "prefilled"
    NA_REASON = "na_reason"
    UNCHANGED = "unchanged"
    NA_REJECTED = "na_rejected"
    NO_EVIDENCE = "no_evidence"
    EVIDENCE_GAP = "evidence_gap"
    ONLY_INTERNAL = "only_internal"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    PERSONAL = "personal"
    BADGE = "badge"
    NAME = "name"
    SAME_TEXT = "same_text"
    SHORT_TEXT = "short_text"


_ERRORS = frozenset({Code.PROFILE, Code.BLANK, Code.PREFILLED, Code.NA_REASON})
_HINTS = frozenset({Code.NAME, Code.SAME_TEXT, Code.SHORT_TEXT})


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence behind an answer: its name, its last day, and who may look at it.

    ``blocked`` says that the virus scanner found something in it: nobody gets it.
    """

    title: str
    valid_until: dt.date | None = None
    internal: bool = False
    public: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What stands beside an answer's level, as far as a check reads it.

    ``before`` is last year's text. ``prefilled`` says that the answer is last year's and that
    nobody has confirmed it, ``unchanged`` that it was returned and nothing happened to it since.
    """

    text: str = ""
    na_reason: str = ""
    before: str = ""
    evidence: tuple[Piece, ...] = ()
    prefilled: bool = False
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """The day of the check, and the day from which the secretariat reviews."""

    today: dt.date
    review: dt.date


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: the indicator (empty: none in particular) and the field at ``anchor``.

    ``places`` are what looks like personal data; they are shown to the member only, never logged.
    """

    code: Code
    indicator_id: str
    text: Text
    anchor: str = "level"
    places: tuple[Place, ...] = field(default=(), repr=False)

    @property
    def severity(self) -> Severity:
        """How much it weighs."""
        if self.code in _ERRORS:
            return Severity.ERROR
        return Severity.HINT if self.code in _HINTS else Severity.WARNING


def check(
    edition: Edition,
    indicators: Sequence[Indicator],
    answers: Mapping[str, Answer],
    written: Mapping[str, Written] | None = None,
    days: Days | None = None,
) -> tuple[Finding, ...]:
    """Return the findings in catalogue order; without an error the answers can be submitted.

    Without ``days`` nothing is said about dates.
    """
    beside = written or {}
    return tuple(
        finding
        for indicator in indicators
        for finding in _findings(
            edition,
            indicator,
            answers.get(indicator.id, Answer()),
            beside.get(indicator.id, Written()),
            days,
        )
    )


def profile_missing() -> Finding:
    """Return the error of an organisation whose profile is not complete."""
    return Finding(Code.PROFILE, "", Text("Complete the organisation's profile."), "")


def _findings(
    edition: Edition, indicator: Indicator, answer: Answer, said: Written, days: Days | None
) -> Iterator[Finding]:
    name = indicator.id
    if said.prefilled:
        text = Text("This is last year's answer. Confirm it, or change it.")
        yield Finding(Code.PREFILLED, name, text)
        return
    if answer.blank:
        text = Text("Answer this question, or say that it does not apply to you.")
        yield Finding(Code.BLANK, name, text)
        return
    if answer.not_applicable and not answer.has_reason:
        text = Text("Write why this does not apply to you.")
        yield Finding(Code.NA_REASON, name, text, "na_reason")
    if said.unchanged:
        text = Text("The secretariat asked for a change here, and nothing has changed since.")
        yield Finding(Code.UNCHANGED, name, text)
    yield from _lowered(edition, indicator, answer, said)
    yield from _badge(edition, indicator, answer)
    if answer.level is not None:
        yield from _pieces(name, said.evidence, days)
        yield from _wording(name, answer.level, said)
    yield from _personal(name, said)


def _lowered(
    edition: Edition, indicator: Indicator, answer: Answer, said: Written
) -> Iterator[Finding]:
    """Say why an answer counts for less than it claims, where it is worth a warning."""
    counts = effective(answer, edition.caps)
    if counts.rule is CapRule.NA_REJECTED:
        yield Finding(Code.NA_REJECTED, indicator.id, counts.text)
    elif counts.lowered and answer.evidence is EvidenceState.GAP:
        yield Finding(Code.EVIDENCE_GAP, indicator.id, counts.text, "evidence")
    elif counts.rule is CapRule.NO_EVIDENCE and counts.lowered and _all_internal(said):
        text = Text(
            "All its evidence is for your organisation only, so it does not count: level %(cap)s "
            "at most. Let reviewers see a piece of it.",
            {"cap": counts.cap},
        )
        yield Finding(Code.ONLY_INTERNAL, indicator.id, text, "evidence")
    elif (
        counts.rule is CapRule.NO_EVIDENCE
        and counts.lowered
        and answer.claimed >= edition.thresholds.warn_without_evidence_from
    ):
        yield Finding(Code.NO_EVIDENCE, indicator.id, counts.text, "evidence")


def _all_internal(said: Written) -> bool:
    return bool(said.evidence) and all(piece.internal for piece in said.evidence)


def _badge(edition: Edition, indicator: Indicator, answer: Answer) -> Iterator[Finding]:
    level = effective(answer, edition.caps).level
    minimum = edition.gates[Gate.BADGE].minimum_level
    if indicator.gate is Gate.BADGE and level is not None and level < minimum:
        text = Text(
            "This counts as level %(level)s. Below level %(minimum)s there is no badge, "
            "whatever the score.",
            {"level": level, "minimum": minimum},
        )
        yield Finding(Code.BADGE, indicator.id, text)


def _pieces(name: str, evidence: Sequence[Piece], days: Days | None) -> Iterator[Finding]:
    for piece in evidence:
        if piece.blocked:
            text = Text(
                "Something was found in “%(title)s”, so it does not count. Upload a clean file.",
                {"title": piece.title},
            )
            yield Finding(Code.BLOCKED, name, text, "evidence")
        if piece.blocked or piece.internal or piece.valid_until is None or days is None:
            continue
        values = {"title": piece.title, "day": piece.valid_until}
        if piece.valid_until < days.today:
            text = Text("“%(title)s” was valid until %(day)s. Replace it.", values)
            yield Finding(Code.EXPIRED, name, text, "evidence")
        elif piece.valid_until < days.review:
            text = Text(
                "“%(title)s” is valid until %(day)s, and the secretariat looks at it after that.",
                values,
            )
            yield Finding(Code.EXPIRING, name, text, "evidence")


def _wording(name: str, level: int, said: Written) -> Iterator[Finding]:
    text = _folded(said.text)
    if text and text == _folded(said.before):
        same = Text("The text is the same as last year's. Is it still so?")
        yield Finding(Code.SAME_TEXT, name, same, "text")
    if level >= SHORT_FROM_LEVEL and _width(text) < SHORT_TEXT:
        short = Text(
            "Level %(level)s, and few words or none. Say since when, for whom and with what "
            "result.",
            {"level": level},
        )
        yield Finding(Code.SHORT_TEXT, name, short, "text")


def _personal(name: str, said: Written) -> Iterator[Finding]:
    titles = "\n".join(piece.title for piece in said.evidence if piece.public)
    for anchor, text in (("text", said.text), ("na_reason", said.na_reason), ("evidence", titles)):
        found = personal_data(text)
        people = tuple(place for place in found if place.kind is Kind.NAME)
        data = tuple(place for place in found if place.kind is not Kind.NAME)
        if data:
            warning = Text("This may become public and looks like personal data. Take it out.")
            yield Finding(Code.PERSONAL, name, warning, anchor, data)
        if people:
            hint = Text("This may become public and seems to name a person. Is that meant?")
            yield Finding(Code.NAME, name, hint, anchor, people)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in {"W", "F"} else 1 for c in text)
