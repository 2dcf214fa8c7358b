"""Checking all answers, the organisation's approval, submitting, and the receipt."""

import uuid

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments import documents
from jpmirai_compliance.assessments.forms.answering import SendBackForm
from jpmirai_compliance.assessments.models import SnapshotKind
from jpmirai_compliance.assessments.queries import checking, member_pages, snapshots
from jpmirai_compliance.assessments.queries import member as queries
from jpmirai_compliance.assessments.queries import printed as printing
from jpmirai_compliance.assessments.rules import Status
from jpmirai_compliance.assessments.service import approval, submission
from jpmirai_compliance.assessments.views import bp
from jpmirai_compliance.assessments.views.findings import KINDS, grouped
from jpmirai_compliance.assessments.views.member import STATUS_WORDS
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Incomplete, NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import Permission, may
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.get("/m/<int:year>/check")
@audience(Audience.MEMBER)
def check(year: int) -> ResponseReturnValue:
    """Show all answers with what is wrong or missing, and the next step towards submitting."""
    return _check_page(year, SendBackForm())


@bp.post("/m/<int:year>/ask-approval")
@audience(Audience.MEMBER, records=(Event.ASSESSMENT_APPROVAL_ASKED,))
def ask_approval(year: int) -> ResponseReturnValue:
    """Ask the approvers by mail; 303, or 422 with what is missing."""
    try:
        with uow().transaction() as work:
            approval.ask(
                work,
                actor=actor(),
                year=_asked(year),
                version=_version(),
                base_url=_base_url(),
                now=now(),
            )
    except Incomplete as error:
        return _check_page(year, SendBackForm(formdata=None), error), 422
    flash(_("The approvers of your organisation were asked by mail."), "success")
    return redirect(url_for(".check", year=year), 303)


@bp.post("/m/<int:year>/approve")
@audience(Audience.MEMBER, records=(Event.ASSESSMENT_APPROVED,))
def approve(year: int) -> ResponseReturnValue:
    """Approve the answers that the page showed; 303, or 422 with what is missing."""
    try:
        with uow().transaction() as work:
            approval.approve(work, actor=actor(), year=_asked(year), version=_version(), now=now())
    except Incomplete as error:
        return _check_page(year, SendBackForm(formdata=None), error), 422
    flash(_("The answers are approved. They can be submitted now."), "success")
    return redirect(url_for(".check", year=year), 303)


@bp.post("/m/<int:year>/send-back")
@audience(Audience.MEMBER, records=(Event.ASSESSMENT_REOPENED,))
def send_back(year: int) -> ResponseReturnValue:
    """Give the answers back to the editors with a reason; 303, or 422 without one."""
    form = SendBackForm()
    if not form.validate():
        return _check_page(year, form), 422
    with uow().transaction() as work:
        approval.send_back(
            work,
            actor=actor(),
            year=_asked(year),
            reason=form.reason.data,
            base_url=_base_url(),
            now=now(),
        )
    flash(_("The answers were sent back to the editors."), "success")
    return redirect(url_for(".task_list", year=year), 303)


@bp.post("/m/<int:year>/submit")
@audience(Audience.MEMBER, records=(Event.ASSESSMENT_SUBMITTED,))
def submit(year: int) -> ResponseReturnValue:
    """Hand in what the page showed; 303 to the receipt (also the second time), 422 with gaps."""
    try:
        with uow().transaction() as work:
            submission.submit(
                work,
                actor=actor(),
                year=_asked(year),
                version=_version(),
                base_url=_base_url(),
                now=now(),
            )
    except Incomplete as error:
        return _check_page(year, SendBackForm(formdata=None), error), 422
    return redirect(url_for(".done", year=year), 303)


@bp.get("/m/<int:year>/done")
@audience(Audience.MEMBER)
def done(year: int) -> ResponseReturnValue:
    """Show the number, the hash and what happens next; 404 before anything was submitted."""
    found, frozen = _frozen(year)
    return render_template(
        "assessments/member/done.html",
        assessment=found,
        frozen=frozen,
        seq=snapshots.audit_seq(uow(), frozen),
        words=STATUS_WORDS,
    )


@bp.get("/m/<int:year>/receipt.pdf")
@audience(Audience.MEMBER)
def receipt(year: int) -> ResponseReturnValue:
    """Give the receipt of the last submission as PDF, in the reader's language."""
    _found, frozen = _frozen(year)
    by = frozen.body["approval"]["by"]
    approver = accounts.person(uow(), uuid.UUID(by)) if by else None
    content = documents.receipt(
        frozen,
        seq=snapshots.audit_seq(uow(), frozen),
        approver=approver.name if approver else "",
        locale=str(get_locale()),
    )
    name = f"jpmirai-{frozen.number}.pdf"
    return Response(
        content,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get("/m/<int:year>/answers/<any(ja, en):language>.pdf")
@audience(Audience.MEMBER)
def answers_pdf(year: int, language: str) -> ResponseReturnValue:
    """Give all answers as PDF, before submitting and after; ``?notes=1`` adds internal notes."""
    notes = request.args.get("notes") == "1"
    found = printing.printed(uow(), actor(), year, notes=notes)
    content = documents.answers(found, locale=language, now=now())
    kind = "internal" if notes else "answers"
    name = f"jpmirai-{found.number or year}-{kind}-{language}.pdf"
    return Response(
        content,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _frozen(year: int) -> tuple[queries.AssessmentView, snapshots.SnapshotView]:
    found = queries.assessment(uow(), actor(), year)
    frozen = snapshots.snapshot(uow(), found.id, SnapshotKind.SUBMITTED)
    if frozen is None:
        raise NotFound
    return found, frozen


def _check_page(year: int, form: SendBackForm, error: Incomplete | None = None) -> str:
    overview = member_pages.overview(uow(), actor(), year)
    found = overview.assessment
    open_now = found.window.holds(now())
    return render_template(
        "assessments/member/check.html",
        overview=overview,
        assessment=found,
        form=form,
        extra_errors=[(translated(gap.text), gap.target) for gap in error.gaps] if error else [],
        found_groups=grouped(checking.findings(uow(), found, now())),
        kinds=KINDS,
        open_now=open_now,
        may_ask=open_now
        and found.status in {Status.DRAFT, Status.RETURNED}
        and may(actor(), Permission.ASSESSMENT_ANSWER, found),
        may_approve=open_now
        and found.status in {Status.DRAFT, Status.AWAITING_APPROVAL}
        and may(actor(), Permission.ASSESSMENT_APPROVE, found),
        may_send_back=open_now
        and found.status in {Status.AWAITING_APPROVAL, Status.APPROVED}
        and may(actor(), Permission.ASSESSMENT_APPROVE, found),
        may_submit=open_now
        and found.status in {Status.APPROVED, Status.RETURNED}
        and may(actor(), Permission.ASSESSMENT_SUBMIT, found),
        words=STATUS_WORDS,
    )


def _asked(year: int) -> int:
    """Return the year if there is such a round; NotFound for every other number."""
    return queries.round_of(uow(), year).year


def _version() -> int:
    """Return the version that the page showed; 0 is no row's version: Conflict."""
    return request.form.get("version", 0, int)


def _base_url() -> str:
    return str(current_app.extensions["settings"].public_base_url).rstrip("/")
