"""One question and its answer; the evidence behind it is in `attaching`."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from jpmirai_compliance.assessments.forms.answering import AnswerForm
from jpmirai_compliance.assessments.queries import member_pages
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.queries.member_pages import Overview, Question
from jpmirai_compliance.assessments.service import answers as service
from jpmirai_compliance.assessments.views import attaching, bp, last_year, teamwork, way
from jpmirai_compliance.evidence import rules as files
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import (
    Busy,
    DiskFull,
    DomainError,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import Permission, may
from jpmirai_compliance.foundation.web import actor, now, uow

_SAVING = (Event.ANSWER_SAVED, Event.EVIDENCE_ATTACHED, Event.EVIDENCE_DETACHED)
_STATUS = {Busy: 503, DiskFull: 507}


@bp.get("/m/<int:year>/<indicator_id>")
@audience(Audience.MEMBER)
def indicator(year: int, indicator_id: str) -> ResponseReturnValue:
    """Show one question with its answer, last year's, guidance and evidence."""
    overview, question = _find(year, indicator_id)
    form = _form(question)
    form.fill(question.answer)
    return _page(overview, question, form)


@bp.post("/m/<int:year>/<indicator_id>")
@audience(Audience.MEMBER, records=_SAVING)
def save_answer(year: int, indicator_id: str) -> ResponseReturnValue:
    """Save the answer, then add or remove evidence; 303 onwards.

    422 with the errors at the fields, 409 with both texts if somebody was faster, 409 with what
    was typed if the answer is frozen or the time is over: nothing that was typed is lost.
    """
    overview, question = _find(year, indicator_id)
    form = _form(question)
    if (asked := last_year.taken(question, form)) is not None:
        return asked
    if not form.validate():
        return _page(overview, question, form), 422
    try:
        with uow().transaction() as work:
            saved = service.save(
                work,
                actor=actor(),
                assessment_id=overview.assessment.id,
                indicator_id=indicator_id,
                content=form.content(),
                version=form.version.number or 0,
                seen=form.seen.data or "",
                yielding=_yielding(),
                now=now(),
            )
    except (NotFound, NotPermitted):
        raise
    except service.Competed as error:
        return _conflict(year, question, form, error), 409
    except DomainError as error:
        return _typed_back(overview, question, form, error)
    form.version.data, form.seen.data = str(saved.version), saved.seen
    return _then_evidence(overview.assessment, question, form)


def _then_evidence(
    found: AssessmentView, question: Question, form: AnswerForm
) -> ResponseReturnValue:
    """Go on with the evidence: the answer is safe, whatever goes wrong from here."""
    if removing := request.form.get("remove"):
        attaching.remove(found, question, removing)
        flash(_("Your answer was saved and the evidence removed from it."), "success")
        return redirect(attaching.here(found.year, question), 303)
    added = attaching.add(found, question, form)
    if form.errors:
        flash(_("Your answer was saved. Not all of the evidence was added: see below."), "info")
        return _page(*_find(found.year, question.indicator.id), form), 422
    if added:
        said = ngettext(
            "Your answer was saved and %(num)d piece of evidence added.",
            "Your answer was saved and %(num)d pieces of evidence added.",
            added,
        )
    else:
        said = _("Your answer to %(id)s was saved.", id=question.indicator.id)
    flash(said, "success")
    return redirect(_onwards(found.year, question), 303)


def _onwards(year: int, question: Question) -> str:
    """Return where the pressed button leads; the plain page if it names nothing known."""
    here = question.indicator.id
    action = request.form.get("action")
    if action == "confirm":
        return last_year.after_confirming(member_pages.overview(uow(), actor(), year), here)
    if action in {"flag", "unflag"}:
        overview, _question = _find(year, here)
        teamwork.set_flag(overview, here, on=action == "flag")
    if action == "next":
        return way.onwards(member_pages.overview(uow(), actor(), year), here)
    if action == "back":
        return url_for(".principle", year=year, number=question.principle.number)
    return attaching.onwards(year, question, action)


def _find(year: int, indicator_id: str) -> tuple[Overview, Question]:
    overview = member_pages.overview(uow(), actor(), year)
    question = overview.question(indicator_id)
    if question is None:
        raise NotFound
    return overview, question


def _form(question: Question) -> AnswerForm:
    """Return the form as sent; of a conflict's page, with the texts that were put together."""
    form = AnswerForm()
    if request.form.get("resolution") == "both":
        sent = request.form.copy()
        for name in ("text", "note"):
            if (both := sent.get(f"{name}_both")) is not None:
                sent[name] = both
        form = AnswerForm(formdata=sent)
    form.choose(question.indicator, str(get_locale()))
    return form


def _page(overview: Overview, question: Question, form: AnswerForm) -> str:
    found = overview.assessment
    return render_template(
        "assessments/member/indicator.html",
        overview=overview,
        assessment=found,
        question=question,
        way=way.around(overview, question.indicator.id),
        last=last_year.beside(question),
        same_as_before=last_year.is_same(question),
        form=form,
        may_answer=question.editable
        and found.window.holds(now())
        and may(actor(), Permission.ASSESSMENT_ANSWER, found),
        following=overview.after(question.indicator.id),
        accept=files.ACCEPT,
        limits=translated(files.limits()),
        moment=now(),
        file_max=files.FILE_MAX,
        personal=files.PERSONAL,
    )


def _yielding() -> frozenset[str]:
    """Return the fields in which a conflict's page gives way to the other side."""
    given_way = request.form.get("resolution") == "theirs"
    return frozenset(request.form.getlist("disputed")) if given_way else frozenset()


def _conflict(year: int, question: Question, form: AnswerForm, error: service.Competed) -> str:
    """Show both texts of each field; the form carries mine, and that both were looked at."""
    return render_template(
        "assessments/member/conflict.html",
        year=year,
        question=question,
        typed=form,
        mine=error.merged,
        error=error,
        pairs=[
            (
                str(form[c.field].label.text),
                _in_words(form, c.field, c.mine),
                _in_words(form, c.field, c.theirs),
            )
            for c in error.fields
        ],
        texts={c.field: c for c in error.fields},
        by=error.fields[0].by,
        at=error.fields[0].at,
    )


def _in_words(form: AnswerForm, name: str, value: str) -> str:
    """Return a choice as its sentence; other texts as they are."""
    if name in {"level", "reach"}:
        return next((str(c.label) for c in form[name].choices if c.value == value), "")
    return value


def _typed_back(
    overview: Overview, question: Question, form: AnswerForm, error: DomainError
) -> ResponseReturnValue:
    page = render_template(
        "assessments/member/not_saved.html",
        assessment=overview.assessment,
        question=question,
        typed=form,
        choice=_in_words(form, "level", form.level.data or ""),
        text=error.text,
    )
    headers = {"Retry-After": "3"} if isinstance(error, Busy) else {}
    return page, _STATUS.get(type(error), 409), headers
