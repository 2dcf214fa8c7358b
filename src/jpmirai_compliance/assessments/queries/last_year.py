"""Last year beside a question: the answer, what changed, whether its evidence still holds."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import col, select

from jpmirai_compliance.assessments.queries.member_answers import AnswerView, PreviousAnswer
from jpmirai_compliance.assessments.queries.member_pages import Question
from jpmirai_compliance.evidence.models import Evidence
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.differences import Stretch, word_diff
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import changed_texts


class Validity(StrEnum):
    """Whether a piece of last year's evidence could still be shown today."""

    VALID = "valid"
    EXPIRED = "expired"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class PreviousEvidence:
    """What supported last year's answer, and until when it is valid if somebody said so."""

    title: str
    valid_until: dt.date | None
    validity: Validity


@dataclass(frozen=True, slots=True)
class WordingChange:
    """The question or a level's sentence, where it reads differently now."""

    place: Text
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class LastYear:
    """One question's earlier answer; ``text`` is empty while this year's text says the same."""

    answer: PreviousAnswer
    evidence: tuple[PreviousEvidence, ...]
    text: tuple[Stretch, ...]
    wording: tuple[WordingChange, ...]


def beside(uow: UnitOfWork, question: Question, *, locale: str, today: dt.date) -> LastYear | None:
    """Return what to show beside a question, or None if it had no answer last year."""
    before = question.previous
    if before is None:
        return None
    return LastYear(
        answer=before,
        evidence=_evidence(uow, before, today),
        text=_text(before, question.answer),
        wording=_wording(before, question, locale),
    )


def changed(before: PreviousAnswer | None, answer: AnswerView | None) -> bool:
    """Return whether somebody answered differently than last year, or for the first time."""
    if answer is None or not answer.given:
        return False
    if before is None:
        return True
    names = ("level", "not_applicable", "na_reason", "text", "reach")
    return any(getattr(answer, name) != getattr(before, name) for name in names)


def validity(valid_until: dt.date | None, today: dt.date) -> Validity:
    """Return whether something valid until a day (that day included) is valid today."""
    if valid_until is None:
        return Validity.UNDATED
    return Validity.VALID if today <= valid_until else Validity.EXPIRED


def _text(before: PreviousAnswer, answer: AnswerView | None) -> tuple[Stretch, ...]:
    if answer is None or not answer.text or not before.text or answer.text == before.text:
        return ()
    return word_diff(before.text, answer.text)


def _wording(before: PreviousAnswer, question: Question, locale: str) -> tuple[WordingChange, ...]:
    found = []
    for change in changed_texts(before.indicator, question.indicator):
        old, new = (text.pick(locale) if text else "" for text in (change.old, change.new))
        if change.field in {"question", "levels"} and old != new:
            place = Text("Question")
            if change.place is not None:
                place = Text("Level %(level)s", {"level": change.place})
            found.append(WordingChange(place, word_diff(old, new)))
    return tuple(found)


def _evidence(
    uow: UnitOfWork, before: PreviousAnswer, today: dt.date
) -> tuple[PreviousEvidence, ...]:
    ids = [uuid.UUID(piece["id"]) for piece in before.evidence]
    known = _valid_until(uow, ids) if ids else {}
    found = []
    for id_, piece in zip(ids, before.evidence, strict=True):
        until = known.get(id_)
        found.append(PreviousEvidence(piece["title"], until, validity(until, today)))
    return tuple(found)


def _valid_until(uow: UnitOfWork, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dt.date | None]:
    query = select(Evidence).where(col(Evidence.id).in_(ids))
    return {row.id: row.valid_until for row in uow.session.exec(query)}
