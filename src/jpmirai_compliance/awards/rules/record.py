"""The record of a decision: all that it rests on as canonical JSON, to be recomputed years later.

Only strings and whole numbers are stored: a fraction is written "17/4", never as a float.
"""

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import rfc8785

from jpmirai_compliance.awards.rules.standing import (
    Card,
    Contender,
    Settings,
    Standing,
    Weighted,
    shortlist,
    standings,
)

SCHEMA = 1
NOT_APPLICABLE = "na"


def basis(  # noqa: PLR0913 -- keyword-only
    *,
    year: int,
    category: str,
    settings: Settings,
    criteria: Sequence[Weighted],
    contenders: Sequence[Contender],
    conflicts: Sequence[tuple[str, str, str]],
) -> dict[str, Any]:
    """Return what a result rests on; the same whatever order rows came in.

    ``conflicts`` are (entry, reviewer, kind). Criteria keep their order: it is the tie-break.
    """
    return {
        "schema": SCHEMA,
        "year": year,
        "category": category,
        "quota": settings.quota,
        "reserve": settings.reserve,
        "reviews_needed": settings.reviews_needed,
        "discuss_spread": str(settings.discuss_spread),
        "criteria": [{"code": c.code, "weight": c.weight} for c in criteria],
        "entries": [_entry(c) for c in sorted(contenders, key=lambda c: c.id)],
        "conflicts": sorted([*c] for c in set(conflicts)),
    }


def recompute(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return standings and shortlist from a stored basis; ValueError for an unknown schema."""
    if record["schema"] != SCHEMA:
        msg = f"basis of schema {record['schema']}"
        raise ValueError(msg)
    settings, criteria, contenders = parsed(record)
    lines = standings(criteria, contenders, settings)
    found = shortlist(lines, settings)
    return {
        "standings": [_line(criteria, s) for s in lines],
        "shortlist": list(found.named),
        "reserve": list(found.reserve),
        "below_quorum": list(found.below_quorum),
    }


def parsed(record: Mapping[str, Any]) -> tuple[Settings, tuple[Weighted, ...], list[Contender]]:
    """Return the values that a stored basis holds."""
    settings = Settings(
        record["quota"],
        record["reserve"],
        record["reviews_needed"],
        Fraction(record["discuss_spread"]),
    )
    criteria = tuple(Weighted(c["code"], c["weight"]) for c in record["criteria"])
    contenders = [
        Contender(e["id"], e["snapshot"], tuple(_card(c) for c in e["cards"]))
        for e in record["entries"]
    ]
    return settings, criteria, contenders


def canonical(value: object) -> str:
    """Return the one JSON text of a value (RFC 8785)."""
    return rfc8785.dumps(value).decode()  # type: ignore[arg-type]  # -- a recursive alias of theirs


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _entry(contender: Contender) -> dict[str, Any]:
    return {
        "id": contender.id,
        "snapshot": contender.snapshot_sha256,
        "cards": [
            {
                "judge": card.judge,
                "scores": {
                    code: NOT_APPLICABLE if value is None else value
                    for code, value in card.scores.items()
                },
            }
            for card in sorted(contender.cards, key=lambda c: c.judge)
        ],
    }


def _card(raw: Mapping[str, Any]) -> Card:
    scores = {c: None if v == NOT_APPLICABLE else v for c, v in raw["scores"].items()}
    return Card(raw["judge"], scores)


def _line(criteria: Sequence[Weighted], s: Standing) -> dict[str, Any]:
    means = zip(criteria, s.criteria, strict=True)
    return {
        "entry": s.id,
        "rank": s.rank,
        "total": _written(s.total),
        "criteria": {c.code: _written(mean) for c, mean in means},
        "median": _written(s.median),
        "reviews": s.reviews,
        "spread": _written(s.spread),
        "discuss": s.discuss,
        "settled_by": s.settled_by,
    }


def _written(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
