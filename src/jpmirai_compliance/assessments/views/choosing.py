"""Evidence that the library holds already, for one question: chosen by hand, or last year's."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from jpmirai_compliance.assessments.forms.library import CATEGORIES, VISIBILITIES
from jpmirai_compliance.assessments.queries import library as queries
from jpmirai_compliance.assessments.queries import member_pages
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.queries.member_pages import Question
from jpmirai_compliance.assessments.service import answers as service
from jpmirai_compliance.assessments.views import attaching, bp
from jpmirai_compliance.assessments.views.library import asked_for, today
from jpmirai_compliance.evidence import rules as files
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.evidence.queries import EvidenceView
from jpmirai_compliance.evidence.rules import Expiry
from jpmirai_compliance.evidence.service import Description
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Incomplete, NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.inputs import BadInput, calendar_day
from jpmirai_compliance.foundation.policy import Permission, authorize
from jpmirai_compliance.foundation.web import actor, now, uow

_CHOOSING = (Event.EVIDENCE_ATTACHED, Event.EVIDENCE_CHANGED)


@bp.route("/m/<int:year>/<indicator_id>/library", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=_CHOOSING)
def choose_evidence(year: int, indicator_id: str) -> ResponseReturnValue:
    """Let pieces of the library support an answer, with pages: 303 to the question, or 422."""
    found, question = _find(year, indicator_id)
    if request.method == "GET":
        return _choose_page(found, question)
    chosen = request.form.getlist("piece")
    errors = _attach(chosen, found, question, lambda _work, _piece: None)
    if errors:
        return _choose_page(found, question, chosen, errors), 422
    return _done(found, question, len(chosen))


@bp.route("/m/<int:year>/<indicator_id>/last-year", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=_CHOOSING)
def reuse_evidence(year: int, indicator_id: str) -> ResponseReturnValue:
    """Ask of each piece of last year whether it is still valid; "yes" attaches it: 303, or 422.

    An expired one needs a new date first, or a newer file in the library.
    """
    found, question = _find(year, indicator_id)
    offered = queries.last_year(uow(), actor(), year, indicator_id)
    if request.method == "GET":
        return _reuse_page(found, question, offered)
    asked = [_asked(piece) for piece in offered]
    errors = [(one.error, f"#valid-{one.piece.id}") for one in asked if one.error]
    if errors:
        return _reuse_page(found, question, offered, errors), 422
    dated = {str(one.piece.id): one for one in asked if one.still_valid}
    errors = _attach(list(dated), found, question, lambda work, id_: _renew(work, dated[id_]))
    if errors:
        return _reuse_page(found, question, offered, errors), 422
    return _done(found, question, len(dated))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was said about one piece of last year."""

    piece: EvidenceView
    still_valid: bool
    until: dt.date | None
    error: str


def _asked(piece: EvidenceView) -> _Asked:
    said = request.form.get(f"valid-{piece.id}", "")
    typed = request.form.get(f"until-{piece.id}", "").strip()
    error, until = "", None
    if said not in {"yes", "no"}:
        error = _("Choose whether “%(title)s” is still valid.", title=piece.title)
    elif said == "yes":
        try:
            until = calendar_day(typed) if typed else None
        except BadInput:
            error = _("Enter a date such as 2026-11-24.")
        good_until = until or piece.valid_until
        if not error and files.expiry(good_until, today()) is Expiry.EXPIRED:
            error = _(
                "“%(title)s” has expired. Enter until when it is valid now, or add a newer file"
                " in the library first.",
                title=piece.title,
            )
    return _Asked(piece, said == "yes", until, error)


def _renew(work: UnitOfWork, asked: _Asked) -> None:
    """Write the new date into the piece, for every answer that it supports."""
    piece = asked.piece
    if asked.until is None or asked.until == piece.valid_until:
        return
    evidence.edit(
        work,
        actor=actor(),
        evidence_id=piece.id,
        description=Description(
            piece.title, piece.visibility, piece.issued_on, asked.until, piece.category
        ),
        version=piece.version,
        now=now(),
    )


def _attach(
    chosen: list[str],
    found: AssessmentView,
    question: Question,
    before: Callable[[UnitOfWork, str], None],
) -> list[tuple[str, str]]:
    """Attach all or none, and return what is wrong as text and place."""
    at = ""
    try:
        with uow().transaction() as work:
            for id_ in chosen:
                at = id_
                before(work, id_)
                service.attach_known(
                    work,
                    actor=actor(),
                    assessment_id=found.id,
                    indicator_id=question.indicator.id,
                    evidence_id=_id(id_),
                    pages=request.form.get(f"pages-{id_}", "")[:100],
                    now=now(),
                )
    except Incomplete as error:
        return [(translated(error.text), f"#pages-{at}")]
    return []


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def _find(year: int, indicator_id: str) -> tuple[AssessmentView, Question]:
    """Return the question; NotFound, NotPermitted for who does not answer."""
    overview = member_pages.overview(uow(), actor(), year)
    question = overview.question(indicator_id)
    if question is None:
        raise NotFound
    authorize(actor(), Permission.ASSESSMENT_ANSWER, overview.assessment)
    return overview.assessment, question


def _done(found: AssessmentView, question: Question, count: int) -> ResponseReturnValue:
    if count:
        flash(
            ngettext(
                "%(num)d piece of evidence supports this answer now.",
                "%(num)d pieces of evidence support this answer now.",
                count,
            ),
            "success",
        )
    return redirect(attaching.here(found.year, question), 303)


def _choose_page(
    found: AssessmentView,
    question: Question,
    chosen: list[str] | None = None,
    errors: list[tuple[str, str]] | None = None,
) -> str:
    filters = asked_for()
    return render_template(
        "assessments/library/choose.html",
        year=found.year,
        question=question,
        found=queries.library(uow(), actor(), filters, today=today(), size=queries.CHOICES),
        attached={piece.id: piece for piece in question.evidence},
        chosen=set(chosen or ()),
        typed=request.form,
        filters=filters,
        categories=CATEGORIES,
        visibilities=VISIBILITIES,
        extra_errors=errors or [],
    )


def _reuse_page(
    found: AssessmentView,
    question: Question,
    offered: tuple[EvidenceView, ...],
    errors: list[tuple[str, str]] | None = None,
) -> str:
    return render_template(
        "assessments/library/reuse.html",
        year=found.year,
        question=question,
        offered=[(piece, files.expiry(piece.valid_until, today())) for piece in offered],
        typed=request.form,
        extra_errors=errors or [],
        wrong={place: text for text, place in errors or ()},
    )
