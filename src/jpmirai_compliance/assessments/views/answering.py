"""One question and its answer; the evidence behind it is in `attaching`."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from jpmirai_compliance.accounts.views import forget_typed, typed, wants_json
from jpmirai_compliance.assessments.forms.answering import AnswerForm
from jpmirai_compliance.assessments.queries import member_pages
from jpmirai_compliance.assessments.queries.member import AssessmentView
from jpmirai_compliance.assessments.queries.member_pages import Overview, Question
from jpmirai_compliance.assessments.service import answers as service
from jpmirai_compliance.assessments.views import (
    attaching,
    autosaving,
    bp,
    disputing,
    last_year,
    teamwork,
    way,
)
from jpmirai_compliance.evidence import rules as files
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import (
    Busy,
    DiskFull,
    DomainError,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.guard import Audience, audience, keeps
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import Permission, may
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.foundation.web import actor, now, uow

_SAVING = (Event.ANSWER_SAVED, Event.EVIDENCE_ATTACHED, Event.EVIDENCE_DETACHED)
_STATUS = {Busy: 503, DiskFull: 507}
_ANSWER = {"level", "na_reason", "text", "note"}
_TOO_LATE = Text("This answer cannot be changed any more. What you typed was not saved.")


@bp.get("/m/<int:year>/<indicator_id>")
@audience(Audience.MEMBER)
def indicator(year: int, indicator_id: str) -> ResponseReturnValue:
    """Show one question with its answer, last year's, guidance and evidence.

    What the same person typed here when the session had ended is in the form again, unsaved.
    """
    overview, question = _find(year, indicator_id)
    form = _form(question)
    if (unsaved := typed()) is None:
        form.fill(question.answer)
        return _page(overview, question, form)
    form = _form(question, MultiDict(unsaved))
    if not (_may_answer(overview, question) and question.writable):
        return _not_saved(overview, question, form, _TOO_LATE)
    return _page(overview, question, form, unsaved=True)


@bp.post("/m/<int:year>/<indicator_id>")
@audience(Audience.MEMBER, records=_SAVING)
@keeps("version", "seen", *disputing.FIELDS)
def save_answer(year: int, indicator_id: str) -> ResponseReturnValue:
    """Save the answer, then add or remove evidence; 303 onwards, or values for a script.

    422 with the errors at the fields, 409 with both texts if somebody was faster, 409 with what
    was typed if the answer is frozen or the time is over: nothing that was typed is lost.
    """
    overview, question = _find(year, indicator_id)
    form = _form(question)
    if (asked := last_year.taken(question, form)) is not None:
        return asked
    if request.form.get("forget"):
        with uow().transaction() as work:
            forget_typed(work)
        return redirect(request.path, 303)
    if not form.validate():
        return autosaving.invalid(form) if wants_json() else (_page(overview, question, form), 422)
    if joining := disputing.to_join():
        return _joined(overview, question, form, joining)
    if question.evidence_only and not _ANSWER & set(request.form):
        return _then_evidence(overview.assessment, question, form, None)
    return _saved(overview, question, form)


def _saved(overview: Overview, question: Question, form: AnswerForm) -> ResponseReturnValue:
    """Save, and say how it went: in values for a script, else on a page."""
    try:
        saved = _save(overview, question.indicator.id, form)
    except (NotFound, NotPermitted):
        raise
    except service.Competed as error:
        if wants_json():
            return autosaving.disputed(form, error)
        return _conflict(overview.assessment.year, question, form, error), 409
    except DomainError as error:
        return _typed_back(overview, question, form, error)
    if wants_json():
        return autosaving.stored(saved, now())
    form.version.data, form.seen.data = str(saved.version), saved.seen
    return _then_evidence(overview.assessment, question, form, saved)


def _save(overview: Overview, indicator_id: str, form: AnswerForm) -> service.Saved:
    """Store the answer; what was kept of it while nobody was signed in is no longer needed."""
    seen, yielding = disputing.settled(form)
    with uow().transaction() as work:
        saved = service.save(
            work,
            actor=actor(),
            assessment_id=overview.assessment.id,
            indicator_id=indicator_id,
            content=form.content(),
            version=form.version.number or 0,
            seen=seen,
            yielding=yielding,
            now=now(),
        )
        if form.kept.data:
            forget_typed(work)
    return saved


def _joined(
    overview: Overview, question: Question, form: AnswerForm, name: str
) -> ResponseReturnValue:
    """Show the form again with both texts in one field, to be edited; nothing is saved yet."""
    form.seen.data = disputing.settled(form)[0]
    theirs = str(request.form.get(f"theirs_{name}", ""))
    form[name].data = f"{theirs}\n\n{form[name].data}".strip()
    return _page(overview, question, form, joined=name)


def _then_evidence(
    found: AssessmentView, question: Question, form: AnswerForm, saved: service.Saved | None
) -> ResponseReturnValue:
    """Go on with the evidence: the answer is safe, whatever goes wrong from here.

    ``saved`` is None where only the evidence can be changed.
    """
    alone = saved is None
    if removing := request.form.get("remove"):
        attaching.remove(found, question, removing)
        flash(attaching.removed_in_words(alone=alone), "success")
        return redirect(attaching.here(found.year, question), 303)
    added = attaching.add(found, question, form)
    if form.errors:
        flash(attaching.refused_in_words(alone=alone), "info")
        return _page(*_find(found.year, question.indicator.id), form), 422
    said = attaching.added_in_words(question, added, saved)
    if said:
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


def _form(question: Question, given: MultiDict[str, str] | None = None) -> AnswerForm:
    """Return the form as sent, or with what is ``given``."""
    form = AnswerForm() if given is None else AnswerForm(formdata=given)
    form.choose(question.indicator, str(get_locale()))
    return form


def _may_answer(overview: Overview, question: Question) -> bool:
    found = overview.assessment
    return (
        question.editable
        and found.window.holds(now())
        and may(actor(), Permission.ASSESSMENT_ANSWER, found)
    )


def _page(
    overview: Overview,
    question: Question,
    form: AnswerForm,
    *,
    unsaved: bool = False,
    joined: str = "",
) -> str:
    return render_template(
        "assessments/member/indicator.html",
        overview=overview,
        assessment=overview.assessment,
        question=question,
        way=way.around(overview, question.indicator.id),
        last=last_year.beside(question),
        same_as_before=last_year.is_same(question),
        form=form,
        may_answer=_may_answer(overview, question),
        unsaved=unsaved,
        joined=joined,
        following=overview.after(question.indicator.id),
        accept=files.ACCEPT,
        limits=translated(files.limits()),
        moment=now(),
        file_max=files.FILE_MAX,
        personal=files.PERSONAL,
    )


def _conflict(year: int, question: Question, form: AnswerForm, error: service.Competed) -> str:
    """Show both texts of each field; the form carries mine, and what was seen of the other."""
    return render_template(
        "assessments/member/conflict.html",
        year=year,
        question=question,
        typed=form,
        mine=disputing.fields_of(error.merged),
        theirs=disputing.fields_of(error.stored),
        disputes=disputing.disputes(form, error),
        seen=disputing.seen_after(form, error),
        other=error.seen,
        by=error.fields[0].by,
        at=error.fields[0].at,
    )


def _typed_back(
    overview: Overview, question: Question, form: AnswerForm, error: DomainError
) -> ResponseReturnValue:
    status = _STATUS.get(type(error), 409)
    headers = {"Retry-After": "3"} if isinstance(error, Busy) else {}
    if wants_json():
        return autosaving.refused(error.text, status, headers)
    return _not_saved(overview, question, form, error.text), status, headers


def _not_saved(overview: Overview, question: Question, form: AnswerForm, text: Text) -> str:
    return render_template(
        "assessments/member/not_saved.html",
        assessment=overview.assessment,
        question=question,
        typed=form,
        choice=disputing.choice_in_words(form, "level", form.level.data or ""),
        text=text,
    )
