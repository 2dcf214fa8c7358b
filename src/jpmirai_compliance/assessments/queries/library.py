"""The evidence library with the answers that its pieces support."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import AnswerRow, Assessment, Round, Status
from jpmirai_compliance.evidence import queries as evidence
from jpmirai_compliance.evidence import rules as evidence_rules
from jpmirai_compliance.evidence.models import EvidenceUse
from jpmirai_compliance.evidence.queries import EvidenceView
from jpmirai_compliance.evidence.rules import Expiry, Filters
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles import load_edition

PAGE = 50
CHOICES = 200  # of the page on which some are chosen


@dataclass(frozen=True, slots=True)
class Use:
    """One answer that a piece supports; ``editable``: it may still be taken away there."""

    evidence_id: uuid.UUID
    assessment_id: uuid.UUID
    year: int
    indicator_id: str
    question: Localized
    pages: str
    status: Status
    editable: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece of the library, how long it is good, and where it is used."""

    piece: EvidenceView
    expiry: Expiry
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """One page of what fits the filters; ``counts`` are of the whole library, by ``show``."""

    kept: tuple[Kept, ...]
    fitting: int
    total: int
    counts: Mapping[str, int]
    page: int
    size: int

    @property
    def more(self) -> bool:
        """Whether there is a next page."""
        return self.page * self.size < self.fitting


def library(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    actor: Actor,
    filters: Filters,
    *,
    today: dt.date,
    page: int = 1,
    size: int = PAGE,
) -> Library:
    """Return a page of the actor's own library in two queries; NotFound without one."""
    org_id = _own(actor)
    found = uses(uow, org_id)
    whole = [
        Kept(piece, evidence_rules.expiry(piece.valid_until, today), found.get(piece.id, ()))
        for piece in evidence.library(uow, org_id)
    ]
    fitting = [kept for kept in whole if _fits(kept, filters)]
    first = (page - 1) * size
    return Library(
        kept=tuple(fitting[first : first + size]),
        fitting=len(fitting),
        total=len(whole),
        counts={show: sum(_shows(kept, show) for kept in whole) for show in evidence_rules.SHOWN},
        page=page,
        size=size,
    )


def uses(
    uow: UnitOfWork, org_id: uuid.UUID, evidence_id: uuid.UUID | None = None
) -> dict[uuid.UUID, tuple[Use, ...]]:
    """Return piece → the answers that it supports, newest year first."""
    query = (
        select(EvidenceUse, Assessment, Round, col(AnswerRow.reopened))
        .join(Assessment, col(Assessment.id) == col(EvidenceUse.assessment_id))
        .join(Round, col(Round.id) == col(Assessment.round_id))
        .outerjoin(
            AnswerRow,
            (col(AnswerRow.assessment_id) == col(EvidenceUse.assessment_id))
            & (col(AnswerRow.indicator_id) == col(EvidenceUse.indicator_id)),
        )
        .where(col(EvidenceUse.org_id) == org_id)
        .order_by(col(Round.year).desc(), col(EvidenceUse.indicator_id))
    )
    if evidence_id is not None:
        query = query.where(col(EvidenceUse.evidence_id) == evidence_id)
    found: dict[uuid.UUID, list[Use]] = defaultdict(list)
    for use, assessment, round_, reopened in uow.session.exec(query):
        found[use.evidence_id].append(
            Use(
                evidence_id=use.evidence_id,
                assessment_id=assessment.id,
                year=round_.year,
                indicator_id=use.indicator_id,
                question=load_edition(round_.edition).indicator(use.indicator_id).question,
                pages=use.pages,
                status=assessment.status,
                editable=rules.editable(assessment.status, reopened=bool(reopened)),
            )
        )
    return {id_: tuple(several) for id_, several in found.items()}


def last_year(
    uow: UnitOfWork, actor: Actor, year: int, indicator_id: str
) -> tuple[EvidenceView, ...]:
    """Return what supported the same answer in the newest earlier year and is in the library.

    What supports this year's answer already is left out; oldest first.
    """
    org_id = _own(actor)
    query = (
        select(Assessment.id, Round.year)
        .join(Round, col(Round.id) == col(Assessment.round_id))
        .where(col(Assessment.org_id) == org_id, col(Round.year) <= year)
        .order_by(col(Round.year).desc())
        .limit(2)
    )
    ids = {found_year: id_ for id_, found_year in uow.session.exec(query)}
    earlier = [found_year for found_year in ids if found_year < year]
    if not earlier:
        return ()
    before = evidence.of_answer(uow, ids[max(earlier)], indicator_id, internal=True)
    here: set[uuid.UUID] = set()
    if year in ids:
        here = {v.id for v in evidence.of_answer(uow, ids[year], indicator_id, internal=True)}
    return tuple(view for view in before if not view.removed and view.id not in here)


def _fits(kept: Kept, filters: Filters) -> bool:
    piece = kept.piece
    return (
        evidence_rules.matches(piece, filters.words)
        and filters.category in {"", piece.category.value}
        and filters.visibility in {"", piece.visibility.value}
        and (not filters.show or _shows(kept, filters.show))
    )


def _shows(kept: Kept, show: str) -> bool:
    if show == "unused":
        return not kept.uses
    if show == "blocked":
        return not kept.piece.available
    return kept.expiry.value == show


def _own(actor: Actor) -> uuid.UUID:
    if actor.org_id is None:
        raise NotFound
    return actor.org_id
