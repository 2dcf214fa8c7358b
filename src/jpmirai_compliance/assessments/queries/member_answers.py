"""Answers with their evidence and verdicts, scores, and last year's answers."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import AnswerRow, Reach, Verdict, VerdictKind
from jpmirai_compliance.assessments.queries import snapshots
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.evidence import queries as evidence
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles import (
    Answer,
    EvidenceState,
    Indicator,
    Scores,
    load_edition,
    score,
)

UNSUPPORTED_MAX = 1  # what a reviewer's level can be worth where there is no evidence at all


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One stored answer; ``note`` is internal to the organisation."""

    indicator_id: str
    level: int | None
    not_applicable: bool
    na_reason: str
    text: str
    note: str
    reach: Reach
    reopened: bool
    version: int
    updated_at: dt.datetime
    updated_by: uuid.UUID
    prefilled: bool = False
    evidence_only: bool = False  # reopened, but its text and level stay frozen

    @property
    def blank(self) -> bool:
        """Neither a level nor "not applicable" yet."""
        return self.level is None and not self.not_applicable

    @property
    def seen(self) -> str:
        """The token that a form which shows this answer carries (see ``rules.merge``)."""
        return rules.seen_of(self)

    @property
    def given(self) -> bool:
        """Somebody answered: not blank, and not merely copied from last year."""
        return not self.blank and not self.prefilled


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What the secretariat found for one answer."""

    indicator_id: str
    kind: VerdictKind
    level: int | None
    reason: str
    to_return: bool
    at: dt.datetime
    offer_taken: bool | None = None

    @property
    def offered(self) -> bool:
        """Whether a higher level is offered and not decided on yet."""
        return self.kind is VerdictKind.DECLARATION_GAP and self.offer_taken is None


@dataclass(frozen=True, slots=True)
class PreviousAnswer:
    """An earlier year's answer; ``indicator`` is the question as it was asked then."""

    year: int
    level: int | None
    not_applicable: bool
    text: str
    na_reason: str
    reach: Reach
    indicator: Indicator
    evidence: tuple[Mapping[str, Any], ...]

    @property
    def sentence(self) -> Localized | None:
        """What its level said then, None without a level."""
        return self.indicator.levels[self.level] if self.level is not None else None


@dataclass(frozen=True, slots=True)
class PreviousYear:
    """The newest snapshot of the newest earlier year."""

    year: int
    body: Mapping[str, Any]

    def answer(self, indicator_id: str) -> PreviousAnswer | None:
        """Return the answer to the same indicator, or None if it was not asked or left blank."""
        frozen = self.body["assessment"]
        given = frozen["answers"].get(indicator_id)
        if given is None or (given["level"] is None and not given["not_applicable"]):
            return None
        texts = self.body["texts"].get(indicator_id, {})
        return PreviousAnswer(
            year=self.year,
            level=given["level"],
            not_applicable=given["not_applicable"],
            text=texts.get("text", ""),
            na_reason=texts.get("na_reason", ""),
            reach=Reach(texts.get("reach", Reach.OWN)),
            indicator=load_edition(frozen["edition"]).indicator(indicator_id),
            evidence=tuple(self.body["evidence"].get(indicator_id, ())),
        )


def answers(uow: UnitOfWork, assessment_id: uuid.UUID) -> dict[str, AnswerView]:
    """Return indicator id → the stored answer; a missing one is blank."""
    query = (
        select(AnswerRow, col(Verdict.evidence_only))
        .outerjoin(
            Verdict,
            (col(Verdict.assessment_id) == col(AnswerRow.assessment_id))
            & (col(Verdict.indicator_id) == col(AnswerRow.indicator_id)),
        )
        .where(col(AnswerRow.assessment_id) == assessment_id)
    )
    return {
        row.indicator_id: answer_view(row, evidence_only=bool(row.reopened and evidence_only))
        for row, evidence_only in uow.session.exec(query)
    }


def asked_for_evidence_only(uow: UnitOfWork, row: AnswerRow) -> bool:
    """Return whether the secretariat asked for the answer again with its evidence only."""
    query = select(Verdict.evidence_only).where(
        col(Verdict.assessment_id) == row.assessment_id,
        col(Verdict.indicator_id) == row.indicator_id,
    )
    return row.reopened and bool(uow.session.exec(query).one_or_none())


def answer_view(row: AnswerRow, *, evidence_only: bool = False) -> AnswerView:
    """Return the frozen value of a row."""
    return AnswerView(
        indicator_id=row.indicator_id,
        level=row.level,
        not_applicable=row.not_applicable,
        na_reason=row.na_reason,
        text=row.text,
        note=row.note,
        reach=row.reach,
        reopened=row.reopened,
        version=row.version,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
        prefilled=row.prefilled,
        evidence_only=evidence_only,
    )


def verdicts(uow: UnitOfWork, assessment_id: uuid.UUID) -> dict[str, VerdictView]:
    """Return indicator id → the secretariat's newest verdict."""
    query = select(Verdict).where(col(Verdict.assessment_id) == assessment_id)
    return {
        row.indicator_id: VerdictView(
            row.indicator_id,
            row.kind,
            row.level,
            row.reason,
            row.to_return,
            row.at,
            row.offer_taken,
        )
        for row in uow.session.exec(query)
    }


def evidence_states(uow: UnitOfWork, assessment_id: uuid.UUID) -> dict[str, Answer]:
    """Return indicator id → the answer as the rules of scoring see it."""
    attached = evidence.of_assessment(uow, assessment_id)
    found = verdicts(uow, assessment_id)
    return {
        indicator_id: weigh(
            given, has_evidence=indicator_id in attached, verdict=found.get(indicator_id)
        )
        for indicator_id, given in answers(uow, assessment_id).items()
    }


def weigh(given: AnswerView, *, has_evidence: bool, verdict: VerdictView | None) -> Answer:
    """Return one answer as the rules of scoring see it.

    Evidence that only the organisation sees is no evidence here. Accepting an answer that has
    none accepts nothing; a gap without any is worth level 1 at most. What was only copied from
    last year is no answer yet.
    """
    if given.prefilled:
        return Answer(evidence=EvidenceState.ATTACHED if has_evidence else EvidenceState.NONE)
    if verdict is not None and not rules.verdict_counts(to_return=verdict.to_return):
        verdict = None
    state = EvidenceState.ATTACHED if has_evidence else EvidenceState.NONE
    level = None
    supported = {VerdictKind.ACCEPTED, VerdictKind.DECLARATION_GAP}
    if verdict and verdict.kind in supported and has_evidence:
        state = EvidenceState.ACCEPTED
    if verdict and verdict.kind is VerdictKind.GAP:
        state, level = EvidenceState.GAP, verdict.level
        if level is not None and not has_evidence:
            level = min(level, UNSUPPORTED_MAX)
    rejected = verdict is not None and verdict.kind is VerdictKind.NA_REJECTED
    return Answer(
        level=given.level,
        not_applicable=given.not_applicable,
        na_rejected=given.not_applicable and rejected,
        evidence=state,
        reviewer_level=level,
        has_reason=bool(given.na_reason.strip()),
    )


def scores(uow: UnitOfWork, found: AssessmentView) -> Scores:
    """Return both numbers of the live answers, per principle and overall."""
    states = evidence_states(uow, found.id)
    return score(found.edition, found.indicators, states, kind=found.kind)


def previous(uow: UnitOfWork, org_id: uuid.UUID, year: int) -> PreviousYear | None:
    """Return what the organisation last submitted for a year before this one, or None."""
    view = snapshots.newest_before(uow, org_id, year)
    return PreviousYear(view.year, view.body) if view else None
