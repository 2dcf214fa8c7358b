"""One submission on the reviewer's desk, read from what was frozen when it was submitted."""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.accounts.models import User
from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.models import (
    Assessment,
    Round,
    Snapshot,
    SnapshotKind,
    Status,
    Verdict,
    VerdictKind,
    VerdictLog,
)
from jpmirai_compliance.assessments.queries import member_answers
from jpmirai_compliance.assessments.queries.frozen import Changes, Frozen, changes, frozen_answers
from jpmirai_compliance.assessments.rules import offers, queueing
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.differences import Stretch, word_diff
from jpmirai_compliance.foundation.errors import NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Actor, Of, Permission, Role, may
from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles import (
    Answer,
    Edition,
    Effective,
    EvidenceState,
    Gate,
    Indicator,
    MemberKind,
    Scores,
    effective,
    load_edition,
    score,
)


@dataclass(frozen=True, slots=True)
class GivenVerdict:
    """A verdict with its author; ``waiting`` asks for the answer again, not sent back yet."""

    kind: VerdictKind
    level: int | None
    reason: str
    to_return: bool
    waiting: bool
    version: int
    at: dt.datetime
    by: str
    offer_taken: bool | None = None
    evidence_only: bool = False  # and then asks for its evidence only

    @property
    def tag(self) -> str:
        """Return the key of the status tag."""
        return "returned" if self.to_return else self.kind.value


@dataclass(frozen=True, slots=True)
class DeskAnswer:
    """One answer under review; ``since_return`` says what changed since it was last returned."""

    indicator: Indicator
    frozen: Frozen
    verdict: GivenVerdict | None
    effective: Effective
    since_return: Changes | None
    last_year: member_answers.PreviousAnswer | None

    @property
    def evident(self) -> bool:
        """Whether a level is claimed and evidence for it is attached."""
        return self.frozen.answer.level is not None and bool(self.frozen.evidence)

    @property
    def open(self) -> bool:
        """Whether a verdict is still needed: evidence not looked at, or asked for again."""
        if self.verdict is None:
            return self.evident
        return self.verdict.to_return

    @property
    def changed(self) -> bool:
        """Whether the member says something else than last year; not if it was not asked then."""
        past = self.last_year
        if past is None:
            return False
        given = self.frozen.answer
        before = past.level, past.not_applicable, past.text, past.na_reason
        said = given.level, given.not_applicable, self.frozen.text, self.frozen.na_reason
        return before != said

    @property
    def since_last_year(self) -> tuple[Stretch, ...]:
        """Return what changed in the words since last year; empty if nothing did."""
        past = self.last_year
        if past is None or past.text == self.frozen.text:
            return ()
        return word_diff(past.text, self.frozen.text)

    @property
    def look(self) -> queueing.Look:
        """Return what makes the answer need eyes."""
        return queueing.Look(
            level=self.frozen.answer.level or 0,
            changed=self.changed,
            gate=self.indicator.gate is not Gate.NONE,
            supply_chain=self.indicator.supply_chain,
        )

    @property
    def waiting(self) -> bool:
        """Whether the answer is marked to be sent back with the next return."""
        return self.verdict is not None and self.verdict.waiting

    @property
    def evidence_only(self) -> bool:
        """Whether it was asked for again with its evidence only."""
        return self.verdict is not None and self.verdict.evidence_only


@dataclass(frozen=True, slots=True)
class Desk:
    """A submission under review, in catalogue order; scores with the verdicts given so far."""

    assessment_id: uuid.UUID
    org_id: uuid.UUID
    name: Localized
    kind: MemberKind
    year: int
    status: Status
    number: str
    submitted_at: dt.datetime
    return_due_at: dt.datetime | None
    edition: Edition
    answers: tuple[DeskAnswer, ...]
    scores: Scores
    locale: str  # in which most of those who get its mails read; "" if there are none

    @property
    def reviewable(self) -> bool:
        """Whether verdicts can be given now."""
        return self.status is Status.SUBMITTED

    @property
    def waiting(self) -> tuple[DeskAnswer, ...]:
        """Return the answers marked to be sent back."""
        return tuple(a for a in self.answers if a.waiting)

    @property
    def open(self) -> tuple[DeskAnswer, ...]:
        """Return the answers that still need a verdict, those to be sent back included."""
        return tuple(a for a in self.answers if a.open)

    @property
    def counts(self) -> queueing.Counts:
        """Count the answers that need a verdict and have none, by what makes them need eyes."""
        return queueing.count(a.look for a in self.open if a.evident and not a.waiting)

    @property
    def unseen(self) -> tuple[DeskAnswer, ...]:
        """Return the answers with evidence and no verdict at all."""
        return tuple(a for a in self.answers if a.verdict is None and a.evident)

    @property
    def stamp(self) -> str:
        """Return what tells this state of the check from any other: submission and verdicts."""
        seen = [(a.indicator.id, a.verdict.version if a.verdict else 0) for a in self.answers]
        return hashlib.sha256(json.dumps([self.number, seen]).encode()).hexdigest()[:32]

    @property
    def needed(self) -> int:
        """Return how many answers need, or needed, a verdict."""
        return sum(a.evident or a.verdict is not None for a in self.answers)

    def answer(self, indicator_id: str) -> DeskAnswer:
        """Return one answer; NotFound if the indicator is not in this form."""
        for found in self.answers:
            if found.indicator.id == indicator_id:
                return found
        raise NotFound

    def next_open(self, indicator_id: str) -> str | None:
        """Return the next indicator without any verdict after this one, from the start again."""
        ids = [a.indicator.id for a in self.answers]
        place = ids.index(indicator_id) + 1
        undecided = {a.indicator.id for a in self.answers if a.open and not a.waiting}
        rest = [i for i in (*ids[place:], *ids[: place - 1]) if i in undecided]
        return rest[0] if rest else None


def desk(uow: UnitOfWork, *, actor: Actor, assessment_id: uuid.UUID) -> Desk:
    """Return a submission for its reviewer.

    NotFound if there is none or the actor reviews nothing, NotPermitted (in words) if the
    reviewer belongs or belonged to the organisation.
    """
    found = _row(uow, assessment_id)
    if found is None or found[0].submitted_at is None:
        raise NotFound
    row, round_ = found
    if not may(actor, Permission.ASSESSMENT_REVIEW, Of(row.org_id)):
        raise NotFound
    require_no_tie(uow, actor, row.org_id)
    return read(uow, row, round_)


def read(uow: UnitOfWork, row: Assessment, round_: Round) -> Desk:
    """Return a submission as it lies on the desk, for whoever has been authorised."""
    now_frozen, *earlier = _submissions(uow, row.id)
    body = json.loads(now_frozen.body)
    edition = load_edition(body["assessment"]["edition"])
    kind = MemberKind(body["assessment"]["kind"])
    verdicts = _verdicts(uow, row)
    answers = _answers(
        body,
        edition,
        verdicts,
        before=frozen_answers(json.loads(earlier[0].body)) if earlier else {},
        past=member_answers.previous(uow, row.org_id, round_.year),
    )
    judged = {a.indicator.id: _judged(a.frozen, a.verdict) for a in answers}
    return Desk(
        assessment_id=row.id,
        org_id=row.org_id,
        name=_name(body),
        kind=kind,
        year=round_.year,
        status=row.status,
        number=now_frozen.number,
        submitted_at=row.submitted_at or now_frozen.at,
        return_due_at=row.return_due_at,
        edition=edition,
        answers=answers,
        scores=score(edition, [a.indicator for a in answers], judged, kind=kind),
        locale=_locale(uow, row.org_id),
    )


def _locale(uow: UnitOfWork, org_id: uuid.UUID) -> str:
    people = accounts.with_roles(uow, org_id, {Role.APPROVER, Role.EDITOR})
    return max((p.locale for p in people), key=[p.locale for p in people].count, default="")


def _row(uow: UnitOfWork, assessment_id: uuid.UUID) -> tuple[Assessment, Round] | None:
    query = (
        select(Assessment, Round)
        .join(Round, col(Round.id) == col(Assessment.round_id))
        .where(col(Assessment.id) == assessment_id)
    )
    found = uow.session.exec(query).one_or_none()
    return (found[0], found[1]) if found else None


def require_no_tie(uow: UnitOfWork, actor: Actor, org_id: uuid.UUID) -> None:
    """NotPermitted, in words, if the actor belongs or belonged to the organisation."""
    if org_id in accounts.ties(uow, actor.user_id):
        raise NotPermitted(
            Text(
                "You belong or belonged to this organisation, or to one connected with it."
                " Somebody else must check its assessment."
            )
        )


def _name(body: Mapping[str, Any]) -> Localized:
    return Localized({tag: body["organisation"][f"name_{tag}"] for tag in ("ja", "en")})


def _submissions(uow: UnitOfWork, assessment_id: uuid.UUID) -> Sequence[Snapshot]:
    query = (
        select(Snapshot)
        .where(
            col(Snapshot.assessment_id) == assessment_id,
            col(Snapshot.kind) == SnapshotKind.SUBMITTED,
        )
        .order_by(col(Snapshot.ordinal).desc())
        .limit(2)
    )
    if not (found := uow.session.exec(query).all()):
        raise NotFound
    return found


def _verdicts(uow: UnitOfWork, assessment: Assessment) -> dict[str, GivenVerdict]:
    query = (
        select(Verdict, User.name)
        .join(User, col(User.id) == col(Verdict.by))
        .where(col(Verdict.assessment_id) == assessment.id)
    )
    submitted = assessment.submitted_at or dt.datetime.max.replace(tzinfo=dt.UTC)
    return {
        v.indicator_id: GivenVerdict(
            kind=v.kind,
            level=v.level,
            reason=v.reason,
            to_return=v.to_return,
            evidence_only=v.evidence_only,
            waiting=v.to_return and v.at >= submitted,
            version=v.version,
            at=v.at,
            by=name,
            offer_taken=v.offer_taken,
        )
        for v, name in uow.session.exec(query)
    }


def history(uow: UnitOfWork, desk: Desk, indicator_id: str) -> tuple[GivenVerdict, ...]:
    """Return every verdict that was saved on an answer of the desk, newest first."""
    query = (
        select(VerdictLog, User.name)
        .join(User, col(User.id) == col(VerdictLog.by))
        .where(
            col(VerdictLog.assessment_id) == desk.assessment_id,
            col(VerdictLog.indicator_id) == indicator_id,
        )
        .order_by(col(VerdictLog.version).desc())
    )
    return tuple(
        GivenVerdict(
            kind=v.kind,
            level=v.level,
            reason=v.reason,
            to_return=v.to_return,
            evidence_only=v.evidence_only,
            waiting=False,
            version=v.version,
            at=v.at,
            by=name,
        )
        for v, name in uow.session.exec(query)
    )


def _answers(
    body: Mapping[str, Any],
    edition: Edition,
    verdicts: Mapping[str, GivenVerdict],
    *,
    before: Mapping[str, Frozen],
    past: member_answers.PreviousYear | None,
) -> tuple[DeskAnswer, ...]:
    return tuple(
        DeskAnswer(
            indicator=edition.indicator(i),
            frozen=frozen,
            verdict=verdicts.get(i),
            effective=effective(_judged(frozen, verdicts.get(i)), edition.caps),
            since_return=changes(before[i], frozen) if i in before else None,
            last_year=past.answer(i) if past else None,
        )
        for i, frozen in frozen_answers(body).items()
    )


def _judged(frozen: Frozen, verdict: GivenVerdict | None) -> Answer:
    """Return the answer as it counts with its verdict; one that asks again counts as none."""
    state = EvidenceState.ATTACHED if frozen.evidence else EvidenceState.NONE
    plain = replace(frozen.answer, evidence=state, na_rejected=False, reviewer_level=None)
    if verdict is None or not rules.verdict_counts(to_return=verdict.to_return):
        return plain
    if verdict.kind is VerdictKind.NA_REJECTED:
        return replace(plain, na_rejected=plain.not_applicable)
    if verdict.kind is VerdictKind.DECLARATION_GAP:
        taken = bool(verdict.offer_taken)
        plain = replace(
            plain, level=offers.level_with_offer(plain.level, verdict.level, taken=taken)
        )
    if verdict.kind is VerdictKind.GAP:
        level = verdict.level if frozen.evidence else min(verdict.level or 0, 1)
        return replace(plain, evidence=EvidenceState.GAP, reviewer_level=level)
    return replace(plain, evidence=EvidenceState.ACCEPTED) if frozen.evidence else plain
