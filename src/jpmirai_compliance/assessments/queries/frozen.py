"""What a member said in one submission, as it was frozen, and what changed between two."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jpmirai_compliance.assessments.queries.member_answers import AnswerView
from jpmirai_compliance.assessments.rules import Reach
from jpmirai_compliance.evidence.models import Category, Visibility
from jpmirai_compliance.evidence.queries import EvidenceView
from jpmirai_compliance.foundation.differences import Stretch, word_diff
from jpmirai_compliance.principles import Answer, answers_from_dict


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence as it was frozen; ``url`` only of a link, the rest only of a file."""

    id: str
    title: str
    url: str
    filename: str
    media_type: str
    size: int
    ordinal: int
    sha256: str
    pages: str
    valid_until: dt.date | None
    issued_on: dt.date | None = None
    category: Category = Category.OTHER
    visibility: Visibility = Visibility.REVIEWERS


@dataclass(frozen=True, slots=True)
class Frozen:
    """What the member said about one indicator in one submission."""

    answer: Answer
    text: str
    na_reason: str
    reach: Reach
    evidence: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of an answer since it was returned; each part is empty if it stayed."""

    claimed: tuple[Frozen, Frozen] | None
    text: tuple[Stretch, ...]
    na_reason: tuple[Stretch, ...]
    reach: tuple[Reach, Reach] | None
    added: tuple[Piece, ...]
    removed: tuple[Piece, ...]
    newer: tuple[Piece, ...]  # the same evidence in a version of its own


def changes(before: Frozen, now: Frozen) -> Changes | None:
    """Return what the member changed, None if nothing; verdicts are no change of an answer."""
    old, new = {p.id: p for p in before.evidence}, {p.id: p for p in now.evidence}
    given = [(f.answer.level, f.answer.not_applicable) for f in (before, now)]
    found = Changes(
        claimed=(before, now) if given[0] != given[1] else None,
        text=_differs(before.text, now.text),
        na_reason=_differs(before.na_reason, now.na_reason),
        reach=(before.reach, now.reach) if before.reach != now.reach else None,
        added=tuple(p for p in now.evidence if p.id not in old),
        removed=tuple(p for p in before.evidence if p.id not in new),
        newer=tuple(p for p in now.evidence if p.id in old and p != old[p.id]),
    )
    return found if any(getattr(found, part) for part in Changes.__slots__) else None


def _differs(before: str, after: str) -> tuple[Stretch, ...]:
    return word_diff(before, after) if before != after else ()


def frozen_answers(body: Mapping[str, Any]) -> dict[str, Frozen]:
    """Return what a snapshot's body says, by indicator id; internal evidence is never in it."""
    answers = answers_from_dict(body["assessment"]["answers"])
    texts, evidence = body["texts"], body["evidence"]
    blank: dict[str, Any] = {}
    return {
        i: Frozen(
            answer=answers.get(i, Answer()),
            text=texts.get(i, blank).get("text", ""),
            na_reason=texts.get(i, blank).get("na_reason", ""),
            reach=Reach(texts.get(i, blank).get("reach") or Reach.OWN),
            evidence=tuple(_piece(given) for given in evidence.get(i, ())),
        )
        for i in body["assessment"]["indicators"]
    }


def said_now(answer: AnswerView, state: Answer, attached: Sequence[EvidenceView]) -> Frozen:
    """Return what freezing an answer now would keep of it."""
    return Frozen(
        answer=state,
        text=answer.text,
        na_reason=answer.na_reason,
        reach=answer.reach,
        evidence=tuple(_piece_now(view) for view in attached if view.for_others),
    )


def _piece_now(view: EvidenceView) -> Piece:
    return Piece(
        id=str(view.id),
        title=view.title,
        url=view.url,
        filename=view.filename,
        media_type=view.media_type,
        size=view.size,
        ordinal=view.ordinal,
        sha256=view.sha256,
        pages=view.pages,
        valid_until=view.valid_until,
        issued_on=view.issued_on,
        category=view.category,
        visibility=view.visibility,
    )


def _piece(given: Mapping[str, Any]) -> Piece:
    return Piece(
        id=given["id"],
        title=given["title"],
        url=given["url"] or "",
        filename=given["filename"] or "",
        media_type=given["media_type"] or "",
        size=given["size"] or 0,
        ordinal=given["ordinal"] or 0,
        sha256=given["sha256"] or "",
        pages=given.get("pages") or "",
        valid_until=_day(given.get("valid_until")),
        issued_on=_day(given.get("issued_on")),
        category=Category(given.get("category") or Category.OTHER),
        visibility=Visibility(given.get("visibility") or Visibility.REVIEWERS),
    )


def _day(given: str | None) -> dt.date | None:
    return dt.date.fromisoformat(given) if given else None
