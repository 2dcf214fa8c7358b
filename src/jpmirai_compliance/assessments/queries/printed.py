"""All answers of an assessment as a document shows them: live before submitting, then as frozen."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments.models import Reach, Status
from jpmirai_compliance.assessments.queries import member_pages
from jpmirai_compliance.assessments.queries.member_pages import FROZEN, Overview, Question
from jpmirai_compliance.evidence.queries import EvidenceView
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles import Indicator, Principle


@dataclass(frozen=True, slots=True)
class PrintedPiece:
    """A piece of evidence: a file by its hash, a link by its address."""

    title: str
    sha256: str
    url: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class PrintedAnswer:
    """One question with its answer; without a level and not "not applicable": blank."""

    indicator: Indicator
    level: int | None
    not_applicable: bool
    na_reason: str
    text: str
    reach: Reach
    evidence: tuple[PrintedPiece, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """A whole assessment; ``number`` and ``sha256`` are empty before it is submitted.

    ``at`` is when it was frozen, else None.
    """

    year: int
    name: Localized
    status: Status
    edition: str
    number: str
    sha256: str
    at: dt.datetime | None
    notes: bool
    sections: tuple[tuple[Principle, tuple[PrintedAnswer, ...]], ...]


def printed(uow: UnitOfWork, actor: Actor, year: int, *, notes: bool) -> Printed:
    """Return the actor's own assessment; internal notes and evidence only with ``notes``.

    NotFound if there is none.
    """
    overview = member_pages.overview(uow, actor, year)
    found = overview.assessment
    frozen = overview.snapshot if found.status in FROZEN else None
    sections = tuple(
        (section.principle, tuple(_answer(overview, q, notes=notes) for q in section.questions))
        for section in overview.sections
    )
    return Printed(
        year=year,
        name=accounts.organisation(uow, found.org_id).names,
        status=found.status,
        edition=found.round.edition,
        number=frozen.number if frozen else "",
        sha256=frozen.sha256 if frozen else "",
        at=frozen.at if frozen else None,
        notes=notes,
        sections=sections,
    )


def _answer(overview: Overview, question: Question, *, notes: bool) -> PrintedAnswer:
    answer, indicator = question.answer, question.indicator
    inner = tuple(p for p in question.evidence if notes and not p.shown_to_reviewers)
    note = answer.note if answer and notes else ""
    if overview.snapshot is not None and overview.assessment.status in FROZEN:
        return _frozen(overview.snapshot.body, indicator, inner, note)
    pieces = tuple(p for p in question.evidence if p.shown_to_reviewers) + inner
    return PrintedAnswer(
        indicator=indicator,
        level=answer.level if answer else None,
        not_applicable=bool(answer and answer.not_applicable),
        na_reason=answer.na_reason if answer and answer.not_applicable else "",
        text=answer.text if answer else "",
        reach=answer.reach if answer else Reach.OWN,
        evidence=tuple(_piece(piece) for piece in pieces),
        note=note,
    )


def _frozen(
    body: Mapping[str, Any], indicator: Indicator, inner: tuple[EvidenceView, ...], note: str
) -> PrintedAnswer:
    given = body["assessment"]["answers"][indicator.id]
    words = body["texts"].get(indicator.id) or {"text": "", "na_reason": "", "reach": Reach.OWN}
    shown = tuple(
        PrintedPiece(piece["title"], piece["sha256"] or "", piece["url"] or "")
        for piece in body["evidence"].get(indicator.id, ())
    )
    return PrintedAnswer(
        indicator=indicator,
        level=given["level"],
        not_applicable=given["not_applicable"],
        na_reason=words["na_reason"] if given["not_applicable"] else "",
        text=words["text"],
        reach=Reach(words["reach"]),
        evidence=(*shown, *(_piece(piece) for piece in inner)),
        note=note,
    )


def _piece(piece: EvidenceView) -> PrintedPiece:
    return PrintedPiece(piece.title, piece.sha256, piece.url, internal=not piece.shown_to_reviewers)
