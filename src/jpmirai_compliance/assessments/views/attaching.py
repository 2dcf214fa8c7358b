"""Evidence of one question: files and links that come with the answer, and taking them away."""

import uuid
from collections.abc import Sequence

from flask import current_app, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from jpmirai_compliance.assessments.forms.answering import AnswerForm
from jpmirai_compliance.assessments.queries import member_pages
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.queries.member_pages import Question
from jpmirai_compliance.assessments.service import answers as service
from jpmirai_compliance.assessments.views import bp
from jpmirai_compliance.assessments.views.library import personal_hint, sent_files
from jpmirai_compliance.evidence import rules
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Incomplete, NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import Permission, authorize
from jpmirai_compliance.foundation.web import actor, now, uow


def add(found: AssessmentView, question: Question, form: AnswerForm) -> int:
    """Add what the form brings and return how many; what is refused becomes errors at its field."""
    chosen = sent_files(form.files)
    added = _add_files(found, question, form, chosen)
    if form.url.data:
        added += _add_link(found, question, form, single=not chosen)
    return added


def removed_in_words(*, alone: bool) -> str:
    """Return what to say once a piece was taken away; ``alone``: no answer was saved with it."""
    if alone:
        return str(_("The evidence was removed from the answer."))
    return str(_("Your answer was saved and the evidence removed from it."))


def refused_in_words(*, alone: bool) -> str:
    """Return what to say where some of the evidence was refused."""
    if alone:
        return str(_("Not all of the evidence was added: see below."))
    return str(_("Your answer was saved. Not all of the evidence was added: see below."))


def added_in_words(question: Question, added: int, saved: service.Saved | None) -> str:
    """Return what to say of so many pieces beside what was ``saved``; nothing if nothing was."""
    if saved is None:
        text = ngettext(
            "%(num)d piece of evidence was added to the answer.",
            "%(num)d pieces of evidence were added to the answer.",
            added,
        )
        return str(text) if added else ""
    if added:
        text = ngettext(
            "Your answer was saved and %(num)d piece of evidence added.",
            "Your answer was saved and %(num)d pieces of evidence added.",
            added,
        )
    elif saved.content.level is not None or saved.content.not_applicable:
        text = _("Your answer to %(id)s was saved.", id=question.indicator.id)
    else:
        text = _("Saved. %(id)s is still open: no level is selected.", id=question.indicator.id)
    return str(text)


def here(year: int, question: Question) -> str:
    """Return the address of the evidence on the question's page."""
    place = url_for("assessments.indicator", year=year, indicator_id=question.indicator.id)
    return place + "#evidence"


def onwards(year: int, question: Question, action: str | None) -> str:
    """Return where a button of the evidence leads once the answer is saved."""
    pages = {"choose": "assessments.choose_evidence", "reuse": "assessments.reuse_evidence"}
    if action not in pages:
        return here(year, question)
    return url_for(pages[action], year=year, indicator_id=question.indicator.id)


@bp.post("/m/<int:year>/<indicator_id>/evidence")
@audience(Audience.MEMBER, records=(Event.EVIDENCE_ADDED, Event.EVIDENCE_ATTACHED))
def attach_evidence(year: int, indicator_id: str) -> ResponseReturnValue:
    """Add files to an answer and nothing else: 201 or 422, with the list as it is now.

    For the progress of each file; without script files come with the answer.
    """
    found, question = _find(year, indicator_id)
    authorize(actor(), Permission.ASSESSMENT_ANSWER, found)
    form = AnswerForm()
    form.choose(question.indicator, str(get_locale()))
    hints = []
    if form.validate():
        add(found, question, form)
        names = [file.filename or "" for file in sent_files(form.files)]
        hints = [personal_hint(name) for name in names if rules.looks_personal(name)]
    errors = [str(text) for field in form for text in field.errors]
    _found, now_there = _find(year, indicator_id)
    shown = render_template("assessments/member/evidence_list.html", question=now_there)
    return jsonify(errors=errors, hints=hints, list=shown), 422 if errors else 201


def _find(year: int, indicator_id: str) -> tuple[AssessmentView, Question]:
    overview = member_pages.overview(uow(), actor(), year)
    question = overview.question(indicator_id)
    if question is None:
        raise NotFound
    return overview.assessment, question


def remove(found: AssessmentView, question: Question, removing: str) -> None:
    """Take the named piece of evidence from the answer; NotFound if it does not support it."""
    try:
        evidence_id = uuid.UUID(removing)
    except ValueError:
        raise NotFound from None
    with uow().transaction() as work:
        service.detach(
            work,
            actor=actor(),
            assessment_id=found.id,
            indicator_id=question.indicator.id,
            evidence_id=evidence_id,
            now=now(),
        )


def _add_files(
    found: AssessmentView, question: Question, form: AnswerForm, chosen: Sequence[FileStorage]
) -> int:
    """Add each file by itself, so that one refusal does not cost the others; return how many."""
    added = 0
    refused = []
    settings = current_app.extensions["settings"]
    quota_mb = settings.evidence_quota_mb
    for file in chosen:
        try:
            received = evidence.receive(
                uow(),
                current_app.extensions["store"],
                actor=actor(),
                org_id=found.org_id,
                upload=evidence.Upload(file.filename or "", file.read()),
                quota_mb=quota_mb,
                quarantine=bool(settings.clamd_address),
            )
            with uow().transaction() as work:
                service.attach_file(
                    work,
                    actor=actor(),
                    assessment_id=found.id,
                    indicator_id=question.indicator.id,
                    received=received,
                    description=form.description(single=len(chosen) == 1),
                    quota_mb=quota_mb,
                    now=now(),
                )
        except Incomplete as error:
            refused.append(translated(error.text))
        else:
            added += 1
    form.files.errors = refused
    return added


def _add_link(found: AssessmentView, question: Question, form: AnswerForm, *, single: bool) -> int:
    try:
        with uow().transaction() as work:
            service.attach_link(
                work,
                actor=actor(),
                assessment_id=found.id,
                indicator_id=question.indicator.id,
                url=form.url.data,
                description=form.description(single=single),
                now=now(),
            )
    except Incomplete as error:
        form.url.errors = [translated(error.text)]
        return 0
    return 1
