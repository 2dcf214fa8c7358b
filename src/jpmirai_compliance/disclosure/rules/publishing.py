"""What may become public, and what does: pure functions of a snapshot and a choice."""

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import (
    PRINCIPLES,
    Edition,
    PrincipleScore,
    Scores,
    ScoreState,
    answers_from_dict,
    badge_gates,
    load_edition,
    passed,
    rescore,
)

#: Languages of the public pages; the code of conduct itself has more.
LANGUAGES = ("ja", "en")
#: Printed codes: no 0 and O, no 1, I and L.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 10
TAIL_LENGTH = 6
CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
HEADLINE_MAX = 120
STATEMENT_MAX = 2_000
REASON_MAX = 500
BADGE_NAME_MAX = 40
_SORT_BYTES = 60
_JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the organisation wants to say; ids are those of indicators and of evidence."""

    headline_ja: str = ""
    headline_en: str = ""
    statement_ja: str = ""
    statement_en: str = ""
    numbers: bool = False  # percentages, not only bands
    principles: tuple[int, ...] = PRINCIPLES  # whose activities are shown
    indicators: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()

    def dump(self) -> str:
        """Return JSON that ``load_choices`` reads back."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Proof:
    """A public piece of evidence; ``url`` is empty for a file."""

    id: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Activity:
    """What an organisation wrote for one indicator, and the evidence it may show with it."""

    indicator: str
    principle: int
    text: str
    evidence: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """All that a snapshot allows to be made public."""

    year: int
    narrative: bool  # individuals: words, no number
    badge: bool
    missing: tuple[Text, ...]  # rules of the badge that are not met
    activities: tuple[Activity, ...] = field(default=())

    def everything(self) -> Choices:
        """Return the choices that say all that may be said, bands only."""
        return Choices(
            indicators=tuple(a.indicator for a in self.activities if a.text),
            evidence=tuple(dict.fromkeys(e.id for a in self.activities for e in a.evidence)),
        )


def load_choices(body: str) -> Choices:
    """Return the choices that ``Choices.dump`` wrote."""
    data = json.loads(body)
    for name in ("principles", "indicators", "evidence"):
        data[name] = tuple(data[name])
    return Choices(**data)


def offer(body: Json, shareable: Iterable[str]) -> Offer:
    """Return what may be said from a snapshot's body.

    ``shareable`` are the ids of the evidence that is public still: what was public when the
    snapshot was taken and is not any more, is not offered.
    """
    scores = rescore(body["assessment"])
    results = badge_gates(*_basis(body), scores)
    return Offer(
        year=int(body["year"]),
        narrative=scores.overall.state is ScoreState.NARRATIVE,
        badge=passed(results),
        missing=tuple(r.rule for r in results if not r.passed),
        activities=_activities(body, frozenset(shareable)),
    )


def narrowed(choices: Choices, offered: Offer) -> Choices:
    """Return the choices without what may not be said: an invented id never gets out."""
    texts = {a.indicator for a in offered.activities if a.text}
    proofs = {e.id for a in offered.activities for e in a.evidence}
    values = asdict(choices) | {
        "numbers": choices.numbers and not offered.narrative,
        "principles": tuple(n for n in PRINCIPLES if n in choices.principles),
        "indicators": tuple(i for i in choices.indicators if i in texts),
        "evidence": tuple(e for e in choices.evidence if e in proofs),
    }
    return Choices(**values)


def page(body: Json, choices: Choices, offered: Offer) -> dict[str, Any]:
    """Return all that becomes public: pages, badge and JSON are made of this and nothing else."""
    chosen = narrowed(choices, offered)
    scores = rescore(body["assessment"])
    edition = load_edition(scores.edition)
    organisation = body["organisation"]
    names = ("name_ja", "name_en", "kind", "size", "prefecture", "sector", "corporate_number")
    return {
        "schema": 1,
        "year": offered.year,
        "edition": edition.id,
        "organisation": {n: organisation.get(n) or "" for n in (*names, "website")},
        "headline": {"ja": chosen.headline_ja, "en": chosen.headline_en},
        "statement": {"ja": chosen.statement_ja, "en": chosen.statement_en},
        "narrative": offered.narrative,
        "numbers": chosen.numbers,
        "badge": offered.badge,
        "band": scores.band.id if scores.band else None,
        "overall": _numbers(scores.overall.claimed, scores.overall.evidenced, shown=chosen.numbers),
        "supply_chain": _part(edition, scores.supply_chain, chosen),
        "principles": [_principle(edition, p, chosen, offered) for p in scores.principles],
        "coverage": _coverage(scores),
        "snapshot": {"number": body["number"], "checked_at": body["at"]},
    }


def valid_until(published: dt.datetime) -> dt.datetime:
    """Return the moment a badge lapses: twelve months later (29 February: the 28th)."""
    try:
        return published.replace(year=published.year + 1)
    except ValueError:
        return published.replace(year=published.year + 1, day=28)


def slug_head(name_en: str) -> str:
    """Return the readable part of an address, ``member`` if the name has no Latin letters."""
    plain = unicodedata.normalize("NFKD", name_en).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join(words)[:40].strip("-") or "member"


def sort_key(name: str) -> str:
    """Return a key that sorts alike in every database: hexadecimal of the folded name."""
    return folded(name).encode()[:_SORT_BYTES].hex()


def folded(text: str) -> str:
    """Return text for searching: full and half width, capitals and small ones are the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def language_of(text: str) -> str:
    """Return ``ja`` if a text has a Japanese character, else ``en``: members write in these."""
    return "ja" if _JAPANESE.search(text) else "en"


def badge_name(name: str) -> str:
    """Return an organisation's name as a badge shows it: at most 40 characters."""
    return name if len(name) <= BADGE_NAME_MAX else name[: BADGE_NAME_MAX - 1] + "…"


def _basis(body: Json) -> tuple[Edition, tuple[Any, ...], dict[str, Any]]:
    taken = body["assessment"]
    edition = load_edition(taken["edition"])
    indicators = tuple(edition.indicator(i) for i in taken["indicators"])
    return edition, indicators, answers_from_dict(taken["answers"])


def _activities(body: Json, shareable: frozenset[str]) -> tuple[Activity, ...]:
    _edition, indicators, _answers = _basis(body)
    found = []
    for indicator in indicators:
        text = (body["texts"].get(indicator.id) or {}).get("text") or ""
        proofs = tuple(
            Proof(e["id"], e["title"], e.get("url") or "")
            for e in body["evidence"].get(indicator.id, ())
            if e["visibility"] == "public" and e["id"] in shareable
        )
        if text or proofs:
            found.append(Activity(indicator.id, indicator.principle, text, proofs))
    return tuple(found)


def _principle(
    edition: Edition, part: PrincipleScore, chosen: Choices, offered: Offer
) -> dict[str, Any]:
    levels = {row.indicator_id: row.level for row in part.rows}
    shown = [
        {
            "indicator": a.indicator,
            "title": dict(edition.indicator(a.indicator).title.texts),
            "level": levels.get(a.indicator) if chosen.numbers else None,
            "text": a.text if a.indicator in chosen.indicators else "",
            "evidence": [
                {"title": e.title, "url": e.url} for e in a.evidence if e.id in chosen.evidence
            ],
        }
        for a in offered.activities
        if a.principle == part.principle and part.principle in chosen.principles
    ]
    number = part.principle or 0
    return {
        "number": number,
        "title": dict(edition.principle(number).title.texts),
        **_part(edition, part, chosen),
        "activities": [a for a in shown if a["text"] or a["evidence"]],
    }


def _part(edition: Edition, part: PrincipleScore, chosen: Choices) -> dict[str, Any]:
    band = edition.band(part.evidenced).id if part.evidenced is not None else None
    return {
        "state": part.state.value,
        "band": band,
        **(_numbers(part.claimed, part.evidenced, shown=chosen.numbers) or {}),
    }


def _numbers(claimed: int | None, evidenced: int | None, *, shown: bool) -> dict[str, Any] | None:
    return {"claimed": claimed, "evidenced": evidenced} if shown else None


def _coverage(scores: Scores) -> dict[str, int]:
    found = scores.coverage
    return {
        "applicable": found.applicable,
        "answered": found.answered,
        "not_applicable": found.not_applicable,
        "accepted": found.accepted,
    }
