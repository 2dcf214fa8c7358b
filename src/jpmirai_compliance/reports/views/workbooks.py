"""Answering in a spreadsheet: download, upload, look at what would change, take it over."""

import re
import uuid

from flask import Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from jpmirai_compliance.assessments.queries import member, member_pages
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.rules import Status, editable
from jpmirai_compliance.foundation import downloads
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Busy, DiskFull, DomainError, NotFound, NotPermitted
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.inputs import BadInput, clean_line
from jpmirai_compliance.foundation.policy import Permission, authorize, may
from jpmirai_compliance.foundation.storage import Store
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.foundation.workbook import FILE_MAX, Refusal, Unreadable
from jpmirai_compliance.reports.forms import WorkbookForm
from jpmirai_compliance.reports.queries import workbooks as queries
from jpmirai_compliance.reports.rules.waiting import Waiting
from jpmirai_compliance.reports.service import workbooks as service
from jpmirai_compliance.reports.sheets import reading, stamp, writing
from jpmirai_compliance.reports.views import bp

#: A tick says which row, and at which version its answer was shown.
_TICK = re.compile(r"([A-Z0-9-]{1,16})@([0-9]{1,9})")
_INERT = "default-src 'none'; sandbox"


@bp.get("/m/<int:year>/excel")
@audience(Audience.MEMBER)
def workbook(year: int) -> ResponseReturnValue:
    """Show the three steps, and what was taken over before."""
    return _page(member.assessment(uow(), actor(), year), WorkbookForm())


@bp.get("/m/<int:year>/excel/<any(ja, en):language>.xlsx")
@audience(Audience.MEMBER, records=(Event.DATA_EXPORTED,))
def download(year: int, language: str) -> ResponseReturnValue:
    """Send the answers of the year as a workbook to fill in, in one of the two languages."""
    moment = now()
    overview = member_pages.overview(uow(), actor(), year)
    found = overview.assessment
    facts = writing.Facts(queries.organisation(uow(), found.org_id), moment, _open(found))
    secrets = stamp.secrets_of(current_app.extensions["settings"])
    content = writing.workbook(overview, facts, secrets=secrets, locale=language)
    with uow().transaction() as work:
        service.record_download(work, actor=actor(), found=found, locale=language, now=moment)
    stem = {"ja": f"自己評価_{year}", "en": f"self-assessment_{year}"}[language]
    return downloads.attachment(f"{stem}.xlsx", content, downloads.XLSX)


@bp.post("/m/<int:year>/excel")
@audience(Audience.MEMBER, records=(Event.ANSWERS_UPLOADED,))
def upload(year: int) -> ResponseReturnValue:
    """Read a workbook and keep it until its rows are ticked: 303, or 422 saying why not."""
    found = member.assessment(uow(), actor(), year)
    authorize(actor(), Permission.ASSESSMENT_ANSWER, found)
    form = WorkbookForm()
    received = request.files.get("file")
    if not form.validate() or received is None or not received.filename:
        form.file.errors = [_("Choose the workbook that you filled in.")]
        return _page(found, form), 422
    try:
        kept = _received(year, received)
    except (NotFound, NotPermitted, Busy, DiskFull):
        raise
    except DomainError as error:
        form.file.errors = [translated(error.text)]
        return _page(found, form), 422
    return redirect(url_for(".preview", year=year, upload_id=kept), 303)


@bp.get("/m/<int:year>/excel/<uuid:upload_id>")
@audience(Audience.MEMBER)
def preview(year: int, upload_id: uuid.UUID) -> ResponseReturnValue:
    """Show what an upload would change, row by row; afterwards, what became of it."""
    seen = queries.upload(uow(), actor(), year, upload_id)
    found = member.assessment(uow(), actor(), year)
    if not seen.waits(now()):
        return render_template("reports/member/workbook_done.html", assessment=found, upload=seen)
    return _preview(found, upload_id)


@bp.post("/m/<int:year>/excel/<uuid:upload_id>")
@audience(Audience.MEMBER, records=(Event.ANSWER_SAVED, Event.ANSWERS_IMPORTED))
def take_over(year: int, upload_id: uuid.UUID) -> ResponseReturnValue:
    """Store the ticked rows in one transaction; 303, 422 if none is ticked, 409 if frozen."""
    ticks = map(_TICK.fullmatch, request.form.getlist("row"))
    ticked = {tick[1]: int(tick[2]) for tick in ticks if tick}
    found = member.assessment(uow(), actor(), year)
    if not ticked:
        seen = queries.upload(uow(), actor(), year, upload_id)
        if seen.waits(now()):
            return _preview(found, upload_id, error=_("Tick at least one row.")), 422
    with uow().transaction() as work:
        service.take_over(
            work, actor=actor(), year=year, upload_id=upload_id, ticked=ticked, now=now()
        )
    return redirect(url_for(".preview", year=year, upload_id=upload_id), 303)


@bp.get("/m/<int:year>/excel/<uuid:upload_id>/file")
@audience(Audience.MEMBER)
def original(year: int, upload_id: uuid.UUID) -> ResponseReturnValue:
    """Hand out the file as it was uploaded, to be saved."""
    seen = queries.upload(uow(), actor(), year, upload_id)
    content = _store().get(seen.sha256)
    response: Response = downloads.attachment(seen.filename, content, downloads.XLSX)
    response.headers["Content-Security-Policy"] = _INERT
    return response


def _received(year: int, received: FileStorage) -> uuid.UUID:
    """Return the id of the upload that waits; DomainError says in words why there is none."""
    content = received.stream.read(FILE_MAX + 1)
    name = _name(received.filename or "")
    if name.lower().endswith((".xlsm", ".xltm")):
        raise Unreadable(Refusal.MACROS)
    returned = reading.read(content)
    known, origin = _origin(returned.stamp)
    service.examine(uow(), actor=actor(), year=year, origin=origin, now=now())
    file = service.File(name, _store().put(content), len(content))
    with uow().transaction() as work:
        return service.receive(
            work,
            actor=actor(),
            year=year,
            origin=origin,
            waiting=Waiting(returned.rows, known.seen if known else {}, returned.lost),
            file=file,
            now=now(),
        )


def _origin(line: str) -> tuple[stamp.Stamp | None, service.Origin | None]:
    known = stamp.verified(line, stamp.secrets_of(current_app.extensions["settings"]))
    if known is None:
        return None, None
    current = known.format == stamp.FORMAT
    return known, service.Origin(
        known.org_id, known.assessment_id, known.year, known.edition, current
    )


def _name(filename: str) -> str:
    """Return the file's name as it is kept; a plain one for what cannot be."""
    base = filename.replace("\\", "/").rpartition("/")[2]
    try:
        return clean_line(base, 200) or "workbook.xlsx"
    except BadInput:
        return "workbook.xlsx"


def _store() -> Store:
    store: Store = current_app.extensions["store"]
    return store


def _open(found: AssessmentView) -> bool:
    """Return whether any answer can be changed now."""
    state = found.status is Status.RETURNED or editable(found.status, reopened=False)
    return state and found.window.holds(now())


def _page(found: AssessmentView, form: WorkbookForm) -> str:
    return render_template(
        "reports/member/workbook.html",
        assessment=found,
        form=form,
        open=_open(found),
        may_answer=may(actor(), Permission.ASSESSMENT_ANSWER, found),
        uploads=queries.recent(uow(), found),
        file_max=FILE_MAX,
        moment=now(),
    )


def _preview(found: AssessmentView, upload_id: uuid.UUID, error: str = "") -> str:
    return render_template(
        "reports/member/workbook_preview.html",
        assessment=found,
        preview=queries.preview(uow(), actor(), found.year, upload_id),
        indicators={i.id: i for i in found.indicators},
        error=error,
        extra_errors=[(error, "#rows")] if error else [],
    )
