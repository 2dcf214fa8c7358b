"""Taking in a filled-in workbook, and taking over the rows that somebody ticked."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, delete, select

from jpmirai_compliance.assessments import rules as states
from jpmirai_compliance.assessments.queries import member, member_answers
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.service import answers
from jpmirai_compliance.assessments.service.holding import Held, hold
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import DomainError, NotFound
from jpmirai_compliance.foundation.policy import Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.reports.models import AnswerFile
from jpmirai_compliance.reports.queries import workbooks
from jpmirai_compliance.reports.rules.comparing import Compared
from jpmirai_compliance.reports.rules.waiting import ROWS_MAX, Waiting, dumped, loaded, text_out

WAITS = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a workbook's stamp says about where it comes from."""

    org_id: uuid.UUID
    assessment_id: uuid.UUID
    year: int
    edition: str
    current: bool  # of the format that is written now


@dataclass(frozen=True, slots=True)
class File:
    """The file as it came, which lies in the store."""

    filename: str
    sha256: str
    size: int


def record_download(
    uow: UnitOfWork, *, actor: Actor, found: AssessmentView, locale: str, now: dt.datetime
) -> None:
    """Record that a workbook with the organisation's answers went out."""
    audit.record(
        uow,
        Event.DATA_EXPORTED,
        actor=actor,
        now=now,
        subject=f"assessment:{found.id}",
        data={"kind": "workbook", "language": locale, "rows": len(found.indicators)},
    )


def examine(
    uow: UnitOfWork, *, actor: Actor, year: int, origin: Origin | None, now: dt.datetime
) -> None:
    """Raise what ``receive`` would, before the file is kept."""
    found = member.assessment(uow, actor, year)
    authorize(actor, Permission.ASSESSMENT_ANSWER, found)
    _require_open(found, now)
    _require_own(found, origin)


def receive(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    origin: Origin | None,
    waiting: Waiting,
    file: File,
    now: dt.datetime,
) -> uuid.UUID:
    """Keep an upload until its rows are ticked, and return its id; nothing is changed yet.

    It replaces what the same person uploaded before and did not use. Raises NotFound,
    NotPermitted, DomainError in words if the file is not of this form or answers cannot change.
    """
    held = hold(uow, actor, Permission.ASSESSMENT_ANSWER, year=year)
    _require_open(held.view, now)
    _require_own(held.view, origin)
    if len(waiting.rows) > ROWS_MAX:
        raise DomainError(Text("There are too many rows with numbers of questions in this file."))
    uow.session.exec(
        delete(AnswerFile).where(
            col(AnswerFile.org_id) == held.row.org_id,
            col(AnswerFile.imported_at).is_(None),
            (col(AnswerFile.uploaded_by) == actor.user_id) | (col(AnswerFile.expires_at) <= now),
        )
    )
    row = AnswerFile(
        org_id=held.row.org_id,
        assessment_id=held.row.id,
        filename=file.filename,
        sha256=file.sha256,
        size=file.size,
        rows=dumped(waiting),
        uploaded_at=now,
        uploaded_by=actor.user_id,
        expires_at=now + WAITS,
    )
    uow.session.add(row)
    uow.session.flush()
    _record(uow, Event.ANSWERS_UPLOADED, actor, row, now, {"rows": len(waiting.rows)})
    return row.id


def take_over(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    upload_id: uuid.UUID,
    ticked: Mapping[str, int],
    now: dt.datetime,
) -> workbooks.Upload:
    """Store the ticked rows (number → version of the answer that was shown), and say what happened.

    A row whose answer changed since it was shown is left alone and named with the reason. Raises
    NotFound, NotPermitted, DomainError if the answers cannot change now or nothing is ticked.
    """
    held = hold(uow, actor, Permission.ASSESSMENT_ANSWER, year=year)
    row = _waiting(uow, held, upload_id, now)
    _require_open(held.view, now)
    if not ticked:
        raise DomainError(Text("No row is ticked, so nothing was taken over."))
    stored = member_answers.answers(uow, held.row.id)
    rows = workbooks.compared(held.view, stored, loaded(row.rows))
    by_id = {r.indicator_id: r for r in rows if r.offered}
    taken: list[str] = []
    left: list[tuple[str, Text]] = []
    for indicator_id, version in ticked.items():
        if why := _refusal(by_id.get(indicator_id), version):
            left.append((indicator_id, why))
            continue
        answers.save(
            uow,
            actor=actor,
            assessment_id=held.row.id,
            indicator_id=indicator_id,
            content=by_id[indicator_id].content,
            version=version,
            now=now,
        )
        taken.append(indicator_id)
    row.imported_at, row.imported_by, row.rows = now, actor.user_id, ""
    row.result = json.dumps({"taken": taken, "left": [(i, text_out(text)) for i, text in left]})
    uow.session.add(row)
    uow.session.flush()
    data = {"rows": taken, "left": [i for i, _text in left]}
    _record(uow, Event.ANSWERS_IMPORTED, actor, row, now, data)
    return workbooks.upload(uow, actor, year, upload_id)


def _refusal(row: Compared | None, version: int) -> Text | None:
    if row is None:
        return Text("There is nothing to take over in this row any more.")
    if row.version != version:
        return Text("Somebody changed this answer on the web after the list was shown.")
    return None


def _waiting(uow: UnitOfWork, held: Held, upload_id: uuid.UUID, now: dt.datetime) -> AnswerFile:
    query = (
        select(AnswerFile)
        .where(col(AnswerFile.id) == upload_id, col(AnswerFile.assessment_id) == held.row.id)
        .with_for_update()
    )
    if (row := uow.session.exec(query).one_or_none()) is None:
        raise NotFound
    if row.imported_at is not None:
        raise DomainError(Text("The rows of this file were taken over before."))
    if now >= row.expires_at:
        raise DomainError(
            Text("This upload is older than a day and was put aside. Please upload the file again.")
        )
    return row


def _require_open(found: AssessmentView, now: dt.datetime) -> None:
    if found.status is not states.Status.RETURNED:
        states.require_editable(found.status, reopened=False)
    states.require_open(found.window, now)


def _require_own(found: AssessmentView, origin: Origin | None) -> None:
    """DomainError in words unless the workbook was downloaded for this very form."""
    if origin is None:
        raise DomainError(
            Text(
                "We cannot tell that this workbook was downloaded here: its hidden sheet “_meta”"
                " is missing or was changed. Download the workbook again, copy your texts into it,"
                " and upload that."
            )
        )
    if origin.org_id != found.org_id:
        raise DomainError(
            Text(
                "This workbook belongs to another organisation. Download your own on this page,"
                " fill it in, and upload that."
            )
        )
    if origin.assessment_id != found.id:
        raise DomainError(
            Text(
                "This workbook is of the self-assessment %(theirs)s; this page is for"
                " %(ours)s. Go to that year, or download this year’s workbook here.",
                {"theirs": str(origin.year), "ours": str(found.year)},
            )
        )
    if not origin.current or origin.edition != found.round.edition:
        raise DomainError(
            Text(
                "The form has changed since this workbook was downloaded. Download it again, copy"
                " your texts into it, and upload that."
            )
        )


def _record(  # noqa: PLR0913, PLR0917 -- private, two callers
    uow: UnitOfWork,
    event: Event,
    actor: Actor,
    row: AnswerFile,
    now: dt.datetime,
    data: Mapping[str, object],
) -> None:
    audit.record(
        uow,
        event,
        actor=actor,
        now=now,
        subject=f"answer-file:{row.id}",
        org_id=row.org_id,
        data={"sha256": row.sha256, **data},
    )
