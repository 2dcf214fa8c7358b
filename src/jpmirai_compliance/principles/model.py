"""Value objects of the code of conduct: an edition of the bank and what it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from jpmirai_compliance.foundation.text import Localized

#: Answers run from level 0 to this one.
MAX_LEVEL = 4

#: The numbers of the principles, in order.
PRINCIPLES = (1, 2, 3, 4, 5)


class MemberKind(StrEnum):
    """What kind of member answers; decides which indicators apply."""

    EMPLOYER = "employer"
    SUPERVISING_ORG = "supervising_org"
    SUPPORT_ORG = "support_org"
    RECRUITER = "recruiter"
    MUNICIPALITY = "municipality"
    NPO = "npo"
    INDUSTRY_ASSOC = "industry_assoc"
    INDIVIDUAL = "individual"


class Gate(StrEnum):
    """What an indicator can withhold, whatever the score."""

    NONE = "none"
    BADGE = "badge"
    AWARD = "award"


class EvidenceState(StrEnum):
    """How far the evidence behind one answer has come."""

    NONE = "none"
    ATTACHED = "attached"
    ACCEPTED = "accepted"
    GAP = "gap"


class Confidence(StrEnum):
    """How sure a reference is: A seen, B well established, C to be checked before publication."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Principle:
    """One of the five principles, by a short title; its wording is a ``Wording``."""

    number: int
    title: Localized


@dataclass(frozen=True, slots=True)
class Locator:
    """An article, section or item of a reference; ``verified`` if its content was seen."""

    id: str
    label: Localized
    verified: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A law, guideline or standard that indicators refer to."""

    id: str
    name: Localized
    url: str
    confidence: Confidence
    note: Localized | None
    locators: tuple[Locator, ...]

    def locator(self, locator_id: str) -> Locator:
        """Return one locator; KeyError if there is none of this id."""
        for locator in self.locators:
            if locator.id == locator_id:
                return locator
        raise KeyError(locator_id)


@dataclass(frozen=True, slots=True)
class Citation:
    """One place in one reference, as an indicator names it."""

    reference: Reference
    locator: Locator

    @property
    def confidence(self) -> Confidence:
        """The reference's confidence; a locator whose content was not seen is B at best."""
        if self.locator.verified:
            return self.reference.confidence
        return max(self.reference.confidence, Confidence.B)

    @property
    def label(self) -> str:
        """The short form that the data files use, such as ``LSA 24``."""
        return f"{self.reference.id} {self.locator.id}"


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the glossary and what it means here."""

    id: str
    name: Localized
    meaning: Localized


@dataclass(frozen=True, slots=True)
class Guide:
    """What stands beside a question: its terms, a good example, why it matters."""

    terms: tuple[Term, ...]
    example: Localized
    why: Localized


@dataclass(frozen=True, slots=True)
class Indicator:
    """One question of one principle. Its id is for ever; ``until`` names the edition it left."""

    id: str
    principle: int
    title: Localized
    question: Localized
    weight: int
    gate: Gate
    core: bool
    supply_chain: bool
    applies_to: tuple[MemberKind, ...]
    levels: tuple[Localized, ...]
    evidence: tuple[Localized, ...]
    citations: tuple[Citation, ...]
    na_when: Localized | None = None
    caution: Localized | None = None
    until: str | None = None

    def in_force(self, edition: str) -> bool:
        """Say whether the indicator is still asked in an edition."""
        return self.until is None or edition_order(edition) < edition_order(self.until)


@dataclass(frozen=True, slots=True)
class Band:
    """A range of the evidenced overall score, from ``minimum`` percent up to the next band."""

    id: str
    minimum: int
    name: Localized


@dataclass(frozen=True, slots=True)
class Cap:
    """The highest level that counts while the evidence is in one state."""

    state: EvidenceState
    max_level: int
    name: Localized


@dataclass(frozen=True, slots=True)
class GateRule:
    """The effective level that an indicator with this gate needs, and the rule in words."""

    gate: Gate
    minimum_level: int
    rule: Localized


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers that decide; the head of ``edition.yaml`` says what each one means."""

    min_items: int
    max_na_percent: int
    min_scored_principles: int
    award_min_overall: int
    award_min_principle: int
    warn_without_evidence_from: int


@dataclass(frozen=True, slots=True)
class Notes:
    """Explanations shown beside the form."""

    core_set: Localized
    supply_chain: Localized
    not_applicable: Localized


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the bank: everything that a round needs to ask and to score."""

    id: str
    levels: tuple[Localized, ...]
    principles: tuple[Principle, ...]
    member_types: Mapping[MemberKind, Localized]
    narrative_kinds: frozenset[MemberKind]
    caps: Mapping[EvidenceState, Cap]
    gates: Mapping[Gate, GateRule]
    bands: tuple[Band, ...]
    thresholds: Thresholds
    notes: Notes
    references: Mapping[str, Reference]
    indicators: tuple[Indicator, ...]
    terms: Mapping[str, Term]
    guides: Mapping[str, Guide]

    def indicator(self, indicator_id: str) -> Indicator:
        """Return one indicator, also a retired one; KeyError if the edition never had it."""
        for indicator in self.indicators:
            if indicator.id == indicator_id:
                return indicator
        raise KeyError(indicator_id)

    def principle(self, number: int) -> Principle:
        """Return one principle by its number, 1-5; KeyError for another number."""
        for principle in self.principles:
            if principle.number == number:
                return principle
        raise KeyError(number)

    def applicable(self, kind: MemberKind, *, core_only: bool = False) -> tuple[Indicator, ...]:
        """Return what a kind of member is asked, in catalogue order; never a retired one."""
        return tuple(
            indicator
            for indicator in self.indicators
            if kind in indicator.applies_to
            and indicator.in_force(self.id)
            and (indicator.core or not core_only)
        )

    def of_principle(self, number: int) -> tuple[Indicator, ...]:
        """Return the indicators of one principle that are in force, in catalogue order."""
        return tuple(
            indicator
            for indicator in self.indicators
            if indicator.principle == number and indicator.in_force(self.id)
        )

    def band(self, percent: int) -> Band:
        """Return the band of an overall score in percent, 0-100."""
        return [band for band in self.bands if band.minimum <= percent][-1]


def edition_order(edition_id: str) -> tuple[int, int]:
    """Return what editions are sorted by: ``2026.10`` comes after ``2026.9``."""
    year, _, number = edition_id.partition(".")
    return int(year), int(number)
