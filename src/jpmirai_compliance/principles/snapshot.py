"""Answers and scores as plain data for the frozen submission, and back.

Everything is a str, int, bool, None, list or dict, so that canonical JSON and its hash are stable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from typing import TypeVar

from jpmirai_compliance.principles.answers import Answer
from jpmirai_compliance.principles.catalogue import load_edition
from jpmirai_compliance.principles.model import Edition, EvidenceState, Indicator, MemberKind
from jpmirai_compliance.principles.scoring import (
    Coverage,
    Overall,
    PrincipleScore,
    Scores,
    TraceRow,
    score,
)

_WHOLE = ("level", "reviewer_level")
_FLAGS = ("not_applicable", "na_rejected", "has_reason")
_ANSWER_KEYS = {*_WHOLE, *_FLAGS, "evidence"}

E = TypeVar("E", bound=StrEnum)


def take_snapshot(
    edition: Edition,
    indicators: Sequence[Indicator],
    answers: Mapping[str, Answer],
    *,
    kind: MemberKind,
) -> dict[str, object]:
    """Return what ``rescore`` needs and what it must give.

    Keys: edition, kind, indicators (ids in order), answers (by id, blanks written out), scores.
    """
    asked = {indicator.id: answers.get(indicator.id, Answer()) for indicator in indicators}
    return {
        "edition": edition.id,
        "kind": kind.value,
        "indicators": list(asked),
        "answers": answers_as_dict(asked),
        "scores": scores_as_dict(score(edition, indicators, asked, kind=kind)),
    }


def rescore(snapshot: Mapping[str, object]) -> Scores:
    """Return the scores worked out again from the answers of a snapshot.

    ValueError if it is not a snapshot, ``BankError`` if its edition is unknown.
    """
    edition = load_edition(_text(snapshot, "edition"))
    ids = snapshot.get("indicators")
    if not isinstance(ids, list):
        msg = "indicators: a list expected"
        raise ValueError(msg)  # noqa: TRY004 -- wrong data, not a wrong call
    known = {indicator.id: indicator for indicator in edition.indicators}
    unknown = [name for name in ids if not isinstance(name, str) or name not in known]
    if unknown:
        msg = f"indicators: not in edition {edition.id}: {unknown[0]}"
        raise ValueError(msg)
    return score(
        edition,
        [known[name] for name in ids],
        answers_from_dict(snapshot.get("answers")),
        kind=_member(MemberKind, _text(snapshot, "kind"), "kind"),
    )


def scores_as_dict(scores: Scores) -> dict[str, object]:
    """Return all numbers as plain data; the band by its id."""
    coverage = scores.coverage
    return {
        "edition": scores.edition,
        "kind": scores.kind.value,
        "principles": [_part(part) for part in scores.principles],
        "overall": _flat(scores.overall),
        "supply_chain": _part(scores.supply_chain),
        "band": scores.band.id if scores.band else None,
        "coverage": {
            **_flat(coverage),
            "answered_percent": coverage.answered_percent,
            "na_percent": coverage.na_percent,
            "accepted_percent": coverage.accepted_percent,
        },
    }


def answers_as_dict(answers: Mapping[str, Answer]) -> dict[str, object]:
    """Return answers by indicator id, each with all its keys."""
    return {name: _flat(answer) for name, answer in answers.items()}


def answers_from_dict(data: object) -> dict[str, Answer]:
    """Return the answers that ``answers_as_dict`` wrote; ValueError naming what is wrong."""
    if not isinstance(data, dict):
        msg = "answers: an object expected"
        raise ValueError(msg)  # noqa: TRY004 -- wrong data, not a wrong call
    return {str(name): _answer(str(name), value) for name, value in data.items()}


def _answer(name: str, value: object) -> Answer:
    if not isinstance(value, dict) or value.keys() != _ANSWER_KEYS:
        msg = f"{name}: exactly {', '.join(sorted(_ANSWER_KEYS))} expected"
        raise ValueError(msg)
    for key in _WHOLE:
        # bool is an int to Python
        if value[key] is not None and type(value[key]) is not int:
            msg = f"{name}.{key}: a whole number or null expected"
            raise ValueError(msg)
    for key in _FLAGS:
        if not isinstance(value[key], bool):
            msg = f"{name}.{key}: true or false expected"
            raise ValueError(msg)  # noqa: TRY004 -- wrong data, not a wrong call
    evidence = _member(EvidenceState, str(value["evidence"]), f"{name}.evidence")
    try:
        return Answer(**{**value, "evidence": evidence})
    except ValueError as fault:
        msg = f"{name}: {fault}"
        raise ValueError(msg) from None


def _part(part: PrincipleScore) -> dict[str, object]:
    return {**_flat(part), "rows": [_flat(row) for row in part.rows]}


def _flat(value: PrincipleScore | Overall | Coverage | TraceRow | Answer) -> dict[str, object]:
    plain: dict[str, object] = {}
    for field in fields(value):
        item = getattr(value, field.name)
        plain[field.name] = item.value if isinstance(item, StrEnum) else item
    return plain


def _member(kind: type[E], value: str, place: str) -> E:
    try:
        return kind(value)
    except ValueError:
        msg = f"{place}: {value} is not one of {', '.join(kind)}"
        raise ValueError(msg) from None


def _text(data: Mapping[str, object], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        msg = f"{key}: text expected"
        raise ValueError(msg)  # noqa: TRY004 -- wrong data, not a wrong call
    return value
