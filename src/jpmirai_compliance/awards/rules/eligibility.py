"""Who may enter a category, rule by rule, from the frozen assessment; and whom to suggest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import (
    MemberKind,
    answers_from_dict,
    award_gates,
    load_edition,
    rescore,
)

CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """Which members a category is for; no ``sizes`` means every size.

    ``principle`` is the one whose evidenced score speaks for the category's kind of initiative,
    ``supply_chain`` adds the sub-score across the supply chain to it.
    """

    kinds: tuple[str, ...]
    sizes: tuple[str, ...]
    principle: int
    supply_chain: bool

    def as_dict(self) -> dict[str, object]:
        """Return plain data for the database."""
        return {
            "kinds": list(self.kinds),
            "sizes": list(self.sizes),
            "principle": self.principle,
            "supply_chain": self.supply_chain,
        }


def rule_from_dict(raw: Mapping[str, object]) -> CategoryRule:
    """Return the rule that ``as_dict`` wrote; ValueError if it is none."""
    kinds, sizes, principle = raw.get("kinds"), raw.get("sizes"), raw.get("principle")
    if not isinstance(kinds, list) or not isinstance(sizes, list) or not isinstance(principle, int):
        msg = "not a category's rule"
        raise ValueError(msg)  # noqa: TRY004 -- wrong data, not a wrong call
    return CategoryRule(
        tuple(MemberKind(k).value for k in kinds),
        tuple(str(s) for s in sizes),
        principle,
        bool(raw.get("supply_chain")),
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule and whether it is met."""

    code: str
    text: Text
    passed: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the rules look at; ``gates`` of the accepted snapshot, None if there is none."""

    kind: str
    size: str
    gates: tuple[Finding, ...] | None
    published: bool
    consented: bool = False


def eligibility(rule: CategoryRule, candidate: Candidate) -> tuple[Finding, ...]:
    """Return every rule of a category and whether this candidate meets it, in a fixed order."""
    return (
        Finding(
            "kind", Text("The category is for this kind of member."), candidate.kind in rule.kinds
        ),
        *_size(rule, candidate),
        Finding(
            "accepted",
            Text("The secretariat has checked and accepted this year's self-assessment."),
            candidate.gates is not None,
        ),
        *(candidate.gates or ()),
        Finding("published", Text("This year's result is published."), passed=candidate.published),
        Finding(
            CONSENT, Text("The organisation consents to the entry."), passed=candidate.consented
        ),
    )


def eligible(findings: Iterable[Finding], *, before_consent: bool = False) -> bool:
    """Say whether every rule is met; ``before_consent`` leaves the last one out."""
    return all(f.passed for f in findings if not (before_consent and f.code == CONSENT))


def _size(rule: CategoryRule, candidate: Candidate) -> tuple[Finding, ...]:
    if not rule.sizes:
        return ()
    text = Text("The category is for this size of organisation.")
    return (Finding("size", text, candidate.size in rule.sizes),)


def gates(frozen: Mapping[str, object]) -> tuple[Finding, ...]:
    """Return the award rules of the bank's edition over a frozen assessment."""
    edition = load_edition(str(frozen["edition"]))
    ids = frozen["indicators"]
    asked = [edition.indicator(str(i)) for i in ids] if isinstance(ids, list) else []
    answers = answers_from_dict(frozen["answers"])
    results = award_gates(edition, asked, answers, rescore(frozen))
    return tuple(Finding(r.indicator_id or "score", r.rule, r.passed) for r in results)


@dataclass(frozen=True, slots=True)
class Member:
    """An eligible member without an entry, and the frozen assessments of this and last year."""

    id: str
    assessment: Mapping[str, object]
    last_year: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whom the figures suggest, and the rule that fired."""

    id: str
    code: str
    text: Text
    score: int


def suggestions(
    rule: CategoryRule, members: Sequence[Member], *, most: int, gain_from: int
) -> tuple[Suggestion, ...]:
    """Return the ``most`` best evidenced members, then the one that gained most since last year.

    The gain counts from ``gain_from`` points of the category's principle. Equal figures are
    ordered by id. A member without a number (an individual) is never suggested.
    """
    scored = [(s, m) for m in members if (s := category_score(rule, m.assessment)) is not None]
    scored.sort(key=lambda pair: (-pair[0], pair[1].id))
    found = [
        Suggestion(
            m.id,
            "evidenced",
            Text(
                "Place %(place)s by evidenced score of principle %(principle)s: %(score)s%%.",
                {"place": place, "principle": rule.principle, "score": score},
            ),
            score,
        )
        for place, (score, m) in enumerate(scored[:most], 1)
    ]
    named = {s.id for s in found}
    gains = [
        (score - before, score, m)
        for score, m in scored
        if m.id not in named
        and m.last_year is not None
        and (before := category_score(rule, m.last_year)) is not None
        and score - before >= gain_from
    ]
    if gains:
        gain, score, best = min(gains, key=lambda g: (-g[0], g[2].id))
        text = Text(
            "Largest gain since last year, principle %(principle)s: %(gain)s points.",
            {"principle": rule.principle, "gain": gain},
        )
        found.append(Suggestion(best.id, "gain", text, score))
    return tuple(found)


def category_score(rule: CategoryRule, assessment: Mapping[str, object]) -> int | None:
    """Return the evidenced percent that speaks for the category, 0 to 100; None without a number.

    With ``supply_chain`` it is the mean, rounded down, with the supply-chain score if there is one.
    """
    scores = rescore(assessment)
    own = next(p.evidenced for p in scores.principles if p.principle == rule.principle)
    chain = scores.supply_chain.evidenced
    if own is None or not rule.supply_chain or chain is None:
        return own
    return (own + chain) // 2
