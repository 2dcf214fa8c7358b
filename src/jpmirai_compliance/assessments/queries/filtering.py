"""Which questions somebody wants to see now: filters, their numbers, and the way through them."""

import uuid
from collections.abc import Mapping, Sequence
from enum import StrEnum

from jpmirai_compliance.assessments.queries.last_year import changed
from jpmirai_compliance.assessments.queries.member_pages import Overview, Question
from jpmirai_compliance.assessments.rules import Status


class Filter(StrEnum):
    """What may stand in the address as ``?filter=``."""

    UNANSWERED = "unanswered"
    PREFILLED = "prefilled"
    FLAGGED = "flagged"
    MINE = "mine"
    RETURNED = "returned"
    CHANGED = "changed"
    NO_EVIDENCE = "no-evidence"


def matches(question: Question, wanted: Filter, user_id: uuid.UUID) -> bool:
    """Return whether a question is of the kind that the person wants to see."""
    return {
        Filter.UNANSWERED: not question.answered and not question.prefilled,
        Filter.PREFILLED: question.prefilled,
        Filter.FLAGGED: question.flagged,
        Filter.MINE: question.assignee is not None and question.assignee.user_id == user_id,
        Filter.RETURNED: question.reopened,
        Filter.CHANGED: changed(question.previous, question.answer),
        Filter.NO_EVIDENCE: _claims(question)
        and not any(piece.shown_to_reviewers for piece in question.evidence),
    }[wanted]


def _claims(question: Question) -> bool:
    """Return whether a level above 0 is claimed, which evidence would have to show."""
    return question.answered and question.answer is not None and bool(question.answer.level)


def counts(
    questions: Sequence[Question], overview: Overview, user_id: uuid.UUID
) -> Mapping[Filter, int]:
    """Return how many questions each filter shows; those that make no sense now are left out."""
    found = {f: sum(matches(q, f, user_id) for q in questions) for f in Filter}
    if not overview.first_year:
        return _without(found, overview)
    del found[Filter.CHANGED], found[Filter.PREFILLED]
    return _without(found, overview)


def _without(found: dict[Filter, int], overview: Overview) -> dict[Filter, int]:
    if overview.assessment.status is not Status.RETURNED:
        del found[Filter.RETURNED]
    return found


def chosen(
    questions: Sequence[Question], wanted: Filter | None, user_id: uuid.UUID
) -> tuple[Question, ...]:
    """Return the questions to show, all of them without a filter."""
    return tuple(q for q in questions if wanted is None or matches(q, wanted, user_id))


def following(
    overview: Overview, here: str, wanted: Filter | None, user_id: uuid.UUID
) -> Question | None:
    """Return the next question of the kind, or None; without a filter, the next to work on."""
    if wanted is None:
        return overview.after(here)
    rest = overview.questions[_place(overview, here) + 1 :]
    return next((q for q in rest if matches(q, wanted, user_id)), None)


def preceding(
    overview: Overview, here: str, wanted: Filter | None, user_id: uuid.UUID
) -> Question | None:
    """Return the question of the kind before this one, or None."""
    rest = reversed(overview.questions[: _place(overview, here)])
    return next((q for q in rest if wanted is None or matches(q, wanted, user_id)), None)


def _place(overview: Overview, here: str) -> int:
    return [question.indicator.id for question in overview.questions].index(here)
