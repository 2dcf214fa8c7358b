"""Uploaded workbooks of a member, and what one of them would change now."""

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation, User
from jpmirai_compliance.assessments import rules as states
from jpmirai_compliance.assessments.queries import member, member_answers
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.queries.member_answers import AnswerView
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Actor
from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.reports.models import AnswerFile
from jpmirai_compliance.reports.rules import comparing
from jpmirai_compliance.reports.rules.comparing import Compared, Outcome
from jpmirai_compliance.reports.rules.filled import Filled
from jpmirai_compliance.reports.rules.waiting import Waiting, loaded, text_in

RECENT = 10  # uploads shown


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload and what came of it."""

    id: uuid.UUID
    org_id: uuid.UUID
    assessment_id: uuid.UUID
    filename: str
    sha256: str
    uploaded_at: dt.datetime
    uploaded_by: str
    expires_at: dt.datetime
    imported_at: dt.datetime | None
    taken: tuple[str, ...]
    left: tuple[tuple[str, Text], ...]

    def waits(self, now: dt.datetime) -> bool:
        """Return whether its rows can still be taken over."""
        return self.imported_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Preview:
    """What an upload would change now; ``missing`` questions have no row in it."""

    upload: Upload
    rows: tuple[Compared, ...]
    counts: Mapping[Outcome, int]
    missing: int
    lost: tuple[Text, ...]
    unconfirmed: int


def organisation(uow: UnitOfWork, org_id: uuid.UUID) -> Localized:
    """Return the name of an organisation; NotFound if it is not there."""
    row = uow.session.exec(select(Organisation).where(col(Organisation.id) == org_id)).one_or_none()
    if row is None:
        raise NotFound
    return Localized({"ja": row.name_ja} | ({"en": row.name_en} if row.name_en else {}))


def recent(uow: UnitOfWork, found: AssessmentView) -> tuple[Upload, ...]:
    """Return the newest uploads that were taken over, newest first."""
    query = (
        select(AnswerFile, User.name)
        .join(User, col(User.id) == col(AnswerFile.uploaded_by))
        .where(col(AnswerFile.assessment_id) == found.id, col(AnswerFile.imported_at).is_not(None))
        .order_by(col(AnswerFile.imported_at).desc())
        .limit(RECENT)
    )
    return tuple(_upload(row, name) for row, name in uow.session.exec(query))


def upload(uow: UnitOfWork, actor: Actor, year: int, upload_id: uuid.UUID) -> Upload:
    """Return one upload of the actor's organisation and year; NotFound if there is none."""
    found = member.assessment(uow, actor, year)
    row, name = _row(uow, found.id, upload_id)
    return _upload(row, name)


def preview(uow: UnitOfWork, actor: Actor, year: int, upload_id: uuid.UUID) -> Preview:
    """Return what an upload would change now; NotFound if there is none or it was used up."""
    found = member.assessment(uow, actor, year)
    row, name = _row(uow, found.id, upload_id)
    if not row.rows:
        raise NotFound
    waiting = loaded(row.rows)
    answers = member_answers.answers(uow, found.id)
    rows = compared(found, answers, waiting)
    ids = {r.indicator_id for r in rows}
    return Preview(
        upload=_upload(row, name),
        rows=rows,
        counts=comparing.counts(rows),
        missing=sum(indicator.id not in ids for indicator in found.indicators),
        lost=waiting.lost,
        unconfirmed=sum(
            r.outcome is Outcome.UNCHANGED and _prefilled(answers.get(r.indicator_id)) for r in rows
        ),
    )


def compared(
    found: AssessmentView, answers: Mapping[str, AnswerView], waiting: Waiting
) -> tuple[Compared, ...]:
    """Return every row of an upload beside what is stored, in the order of the form."""
    order = {indicator.id: at for at, indicator in enumerate(found.indicators)}
    times = Counter(row.indicator_id for row in waiting.rows)
    rows = [
        _compared(found, answers.get(row.indicator_id), waiting, row, times)
        if row.indicator_id in order
        else _unknown(row)
        for row in waiting.rows
    ]
    return tuple(sorted(rows, key=lambda r: order.get(r.indicator_id, len(order))))


def _compared(
    found: AssessmentView,
    stored: AnswerView | None,
    waiting: Waiting,
    row: Filled,
    times: Mapping[str, int],
) -> Compared:
    return comparing.compare(
        row,
        seen=waiting.seen.get(row.indicator_id, ""),
        stored=stored,
        version=stored.version if stored else 0,
        editable=states.writable(
            found.status,
            reopened=bool(stored and stored.reopened),
            evidence_only=bool(stored and stored.evidence_only),
        ),
        repeated=times[row.indicator_id] > 1,
    )


def _unknown(row: Filled) -> Compared:
    values = {"cell": row.place, "id": row.indicator_id[:20]}
    text = (
        Text("%(cell)s: there is no question with the number “%(id)s” in your form", values)
        if row.indicator_id
        else Text("%(cell)s: the number of the question is missing", values)
    )
    return Compared(row.indicator_id, row.place, Outcome.REJECTED, row.content, problems=(text,))


def _prefilled(stored: AnswerView | None) -> bool:
    return stored is not None and stored.prefilled


def _row(uow: UnitOfWork, assessment_id: uuid.UUID, upload_id: uuid.UUID) -> tuple[AnswerFile, str]:
    query = (
        select(AnswerFile, User.name)
        .join(User, col(User.id) == col(AnswerFile.uploaded_by))
        .where(col(AnswerFile.id) == upload_id, col(AnswerFile.assessment_id) == assessment_id)
    )
    if (found := uow.session.exec(query).one_or_none()) is None:
        raise NotFound
    return found


def _upload(row: AnswerFile, name: str) -> Upload:
    result = json.loads(row.result) if row.result else {"taken": [], "left": []}
    return Upload(
        id=row.id,
        org_id=row.org_id,
        assessment_id=row.assessment_id,
        filename=row.filename,
        sha256=row.sha256,
        uploaded_at=row.uploaded_at,
        uploaded_by=name,
        expires_at=row.expires_at,
        imported_at=row.imported_at,
        taken=tuple(result["taken"]),
        left=tuple((id_, text_in(text)) for id_, text in result["left"]),
    )
