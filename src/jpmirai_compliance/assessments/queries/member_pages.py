"""What the member's pages show: one value for each page, in a fixed number of queries."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import Status
from jpmirai_compliance.assessments.queries import member, member_answers, snapshots, teamwork
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.queries.member_answers import (
    AnswerView,
    PreviousAnswer,
    VerdictView,
)
from jpmirai_compliance.assessments.queries.teamwork import Assignee, Teamwork
from jpmirai_compliance.evidence import queries as evidence
from jpmirai_compliance.evidence.queries import EvidenceView
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.principles import (
    Answer,
    Effective,
    GateResult,
    Indicator,
    Principle,
    Scores,
    answers_from_dict,
    badge_gates,
    effective,
    rescore,
    score,
)

#: During the check, and after it, members see the frozen state and no half of a check.
FROZEN = frozenset({Status.SUBMITTED, Status.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Question:
    """One question as the pages show it."""

    indicator: Indicator
    principle: Principle
    position: int
    count: int
    answer: AnswerView | None
    counts: Effective
    evidence: tuple[EvidenceView, ...]
    verdict: VerdictView | None
    previous: PreviousAnswer | None
    editable: bool
    flagged: bool = False
    assignee: Assignee | None = None
    open_comments: int = 0

    @property
    def answered(self) -> bool:
        """Somebody gave a level or "not applicable"."""
        return self.answer is not None and self.answer.given

    @property
    def prefilled(self) -> bool:
        """What stands there was copied from last year and nobody confirmed it yet."""
        return self.answer is not None and self.answer.prefilled

    @property
    def reopened(self) -> bool:
        """The secretariat asked for this answer again."""
        return self.answer is not None and self.answer.reopened

    @property
    def evidence_only(self) -> bool:
        """Only its evidence can be changed; its text and level stay as they were submitted."""
        return self.editable and self.answer is not None and self.answer.evidence_only

    @property
    def writable(self) -> bool:
        """Its text and level can be changed."""
        return self.editable and not self.evidence_only


@dataclass(frozen=True, slots=True)
class Section:
    """One principle with its questions."""

    principle: Principle
    questions: tuple[Question, ...]

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(question.answered for question in self.questions)

    @property
    def prefilled(self) -> int:
        """How many answers were copied from last year and are not confirmed."""
        return sum(question.prefilled for question in self.questions)

    @property
    def returned(self) -> int:
        """How many answers the secretariat asked for again."""
        return sum(question.reopened for question in self.questions)


@dataclass(frozen=True, slots=True)
class Overview:
    """A whole assessment: sections, numbers, what is still to do."""

    assessment: AssessmentView
    sections: tuple[Section, ...]
    scores: Scores
    gates: tuple[GateResult, ...]
    profile_complete: bool
    snapshot: snapshots.SnapshotView | None
    tasks: Mapping[str, Assignee]
    first_year: bool

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in catalogue order."""
        return tuple(q for section in self.sections for q in section.questions)

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(section.answered for section in self.sections)

    @property
    def prefilled(self) -> int:
        """How many answers were copied from last year and are not confirmed."""
        return sum(section.prefilled for section in self.sections)

    @property
    def total(self) -> int:
        """How many questions are asked."""
        return sum(len(section.questions) for section in self.sections)

    @property
    def next_open(self) -> Question | None:
        """The first question to answer: one asked for again, else one without an answer."""
        if self.assessment.status is Status.RETURNED:
            return next((q for q in self.questions if q.reopened), None)
        return next((q for q in self.questions if not q.answered), None)

    def section(self, number: int) -> Section | None:
        """Return the section of a principle, or None if nothing is asked there."""
        return next((s for s in self.sections if s.principle.number == number), None)

    def question(self, indicator_id: str) -> Question | None:
        """Return one question, or None."""
        return next((q for q in self.questions if q.indicator.id == indicator_id), None)

    def after(self, indicator_id: str) -> Question | None:
        """Return the question that follows: while returned, the next one asked for again."""
        rest = self.questions[[q.indicator.id for q in self.questions].index(indicator_id) + 1 :]
        if self.assessment.status is Status.RETURNED:
            rest = tuple(q for q in rest if q.reopened)
        return rest[0] if rest else None


def overview(uow: UnitOfWork, actor: Actor, year: int) -> Overview:
    """Return the actor's own assessment of a year with everything on it; NotFound if none."""
    found = member.assessment(uow, actor, year)
    frozen = snapshots.snapshot(uow, found.id)
    given = member_answers.answers(uow, found.id)
    attached = evidence.of_assessment(uow, found.id, internal=True)
    seen = {} if found.status is Status.SUBMITTED else member_answers.verdicts(uow, found.id)
    before = member_answers.previous(uow, found.org_id, year)
    team = teamwork.teamwork(uow, found.id)
    states = _states(found, frozen, given, attached, seen)
    edition, indicators = found.edition, found.indicators
    if frozen is not None and found.status in FROZEN:
        scores = rescore(frozen.body["assessment"])
    else:
        scores = score(edition, indicators, states, kind=found.kind)
    sections = []
    for principle in edition.principles:
        asked = [i for i in indicators if i.principle == principle.number]
        questions = tuple(
            _question(
                found, principle, asked, position, given, states, attached, seen, before, team
            )
            for position in range(len(asked))
        )
        if questions:
            sections.append(Section(principle, questions))
    return Overview(
        assessment=found,
        sections=tuple(sections),
        scores=scores,
        gates=badge_gates(edition, indicators, states, scores),
        profile_complete=_profile_complete(uow, found.org_id),
        snapshot=frozen,
        tasks=team.tasks,
        first_year=before is None,
    )


def _question(  # noqa: PLR0913, PLR0917 -- private, one caller
    found: AssessmentView,
    principle: Principle,
    asked: list[Indicator],
    position: int,
    given: Mapping[str, AnswerView],
    states: Mapping[str, Answer],
    attached: Mapping[str, tuple[EvidenceView, ...]],
    verdicts: Mapping[str, VerdictView],
    before: member_answers.PreviousYear | None,
    team: Teamwork,
) -> Question:
    indicator = asked[position]
    answer = given.get(indicator.id)
    return Question(
        indicator=indicator,
        principle=principle,
        position=position + 1,
        count=len(asked),
        answer=answer,
        counts=effective(states.get(indicator.id, Answer()), found.edition.caps),
        evidence=attached.get(indicator.id, ()),
        verdict=verdicts.get(indicator.id),
        previous=before.answer(indicator.id) if before else None,
        editable=rules.editable(found.status, reopened=bool(answer and answer.reopened)),
        flagged=indicator.id in team.flags,
        assignee=team.assignee(indicator.id, indicator.principle),
        open_comments=team.open_comments.get(indicator.id, 0),
    )


def _states(
    found: AssessmentView,
    frozen: snapshots.SnapshotView | None,
    given: Mapping[str, AnswerView],
    attached: Mapping[str, tuple[EvidenceView, ...]],
    verdicts: Mapping[str, VerdictView],
) -> dict[str, Answer]:
    if frozen is not None and found.status in FROZEN:
        return answers_from_dict(frozen.body["assessment"]["answers"])
    return {
        id_: member_answers.weigh(
            answer,
            has_evidence=any(e.shown_to_reviewers for e in attached.get(id_, ())),
            verdict=verdicts.get(id_),
        )
        for id_, answer in given.items()
    }


def _profile_complete(uow: UnitOfWork, org_id: uuid.UUID) -> bool:
    query = select(Organisation.profile_completed_at).where(col(Organisation.id) == org_id)
    return uow.session.exec(query).one_or_none() is not None
