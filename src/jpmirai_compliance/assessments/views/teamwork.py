"""Colleagues among themselves: flags, who answers, comments. The secretariat sees none of it."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments.forms.teamwork import AssignForm, CommentForm
from jpmirai_compliance.assessments.queries import member_pages
from jpmirai_compliance.assessments.queries import teamwork as reading
from jpmirai_compliance.assessments.queries.member_pages import Overview, Question
from jpmirai_compliance.assessments.queries.teamwork import ANSWERING, Assignee, whole
from jpmirai_compliance.assessments.service import prefilling
from jpmirai_compliance.assessments.service import teamwork as service
from jpmirai_compliance.assessments.views import bp, listing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.policy import Permission, may
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.get("/m/<int:year>/<indicator_id>/discussion")
@audience(Audience.MEMBER)
def discussion(year: int, indicator_id: str) -> ResponseReturnValue:
    """Show the comments on a question and who answers it; ``?edit=`` names one's own comment."""
    overview, question = _find(year, indicator_id)
    return _discussion(overview, question, CommentForm(formdata=None))


@bp.post("/m/<int:year>/<indicator_id>/discussion")
@audience(Audience.MEMBER, records=(Event.COMMENT_WRITTEN,))
def write_comment(year: int, indicator_id: str) -> ResponseReturnValue:
    """Add a comment; 303 to it, 422 with what was typed if it cannot be stored."""
    overview, question = _find(year, indicator_id)
    form = CommentForm()
    if not form.validate():
        return _discussion(overview, question, form), 422
    with uow().transaction() as work:
        made = service.comment(
            work,
            actor=actor(),
            assessment_id=overview.assessment.id,
            indicator_id=indicator_id,
            text=form.comment.data,
            now=now(),
        )
    flash(_("Your comment was added. Your colleagues see it here."), "success")
    return redirect(_there(year, indicator_id) + f"#comment-{made}", 303)


@bp.post("/m/<int:year>/<indicator_id>/discussion/<uuid:comment_id>")
@audience(Audience.MEMBER, records=(Event.COMMENT_CHANGED,))
def change_comment(year: int, indicator_id: str, comment_id: uuid.UUID) -> ResponseReturnValue:
    """Change one's own comment, settle one, or open it again; 303 back to it."""
    overview, question = _find(year, indicator_id)
    if comment_id not in {c.id for c in _thread(overview, question)}:
        raise NotFound
    pressed = request.form.get("action")
    form = CommentForm()
    if pressed == "edit" and not form.validate():
        return _discussion(overview, question, form, editing=comment_id), 422
    with uow().transaction() as work:
        if pressed == "edit":
            service.edit(
                work,
                actor=actor(),
                comment_id=comment_id,
                text=form.comment.data,
                version=form.version.number or 0,
                now=now(),
            )
        else:
            done = pressed == "resolve"
            service.resolve(work, actor=actor(), comment_id=comment_id, done=done, now=now())
    return redirect(_there(year, indicator_id) + f"#comment-{comment_id}", 303)


@bp.post("/m/<int:year>/<indicator_id>/assign")
@audience(Audience.MEMBER, records=(Event.QUESTION_ASSIGNED,))
def assign_question(year: int, indicator_id: str) -> ResponseReturnValue:
    """Ask a colleague to answer a question; 303 back to it."""
    overview, question = _find(year, indicator_id)
    form = AssignForm()
    form.offer(_colleagues(), None)
    if not form.validate():
        return _discussion(overview, question, CommentForm(formdata=None), assign=form), 422
    _assign(overview, indicator_id, form)
    return redirect(_there(year, indicator_id), 303)


@bp.post("/m/<int:year>/principles/<int:number>/assign")
@audience(Audience.MEMBER, records=(Event.QUESTION_ASSIGNED,))
def assign_principle(year: int, number: int) -> ResponseReturnValue:
    """Ask a colleague to answer all questions of a principle; 303 back to its list."""
    overview = member_pages.overview(uow(), actor(), year)
    if overview.section(number) is None:
        raise NotFound
    form = AssignForm()
    form.offer(_colleagues(), None)
    if form.validate():
        _assign(overview, whole(number), form)
    else:
        flash(_("Choose somebody who can answer for your organisation."), "error")
    return redirect(url_for(".principle", year=year, number=number) + "#assignee", 303)


@bp.post("/m/<int:year>/<indicator_id>/flag")
@audience(Audience.MEMBER, records=(Event.QUESTION_FLAGGED,))
def flag_question(year: int, indicator_id: str) -> ResponseReturnValue:
    """Put a flag on a question or take it off; 303 back to the discussion."""
    overview, _question = _find(year, indicator_id)
    set_flag(overview, indicator_id, on=request.form.get("on") == "1")
    return redirect(_there(year, indicator_id) + "#flag", 303)


@bp.post("/m/<int:year>/<indicator_id>/confirm")
@audience(Audience.MEMBER, records=(Event.ANSWER_CONFIRMED,))
def confirm_answer(year: int, indicator_id: str) -> ResponseReturnValue:
    """Confirm a copied answer from a list; 303 back to the list, at the next one."""
    overview, question = _find(year, indicator_id)
    with uow().transaction() as work:
        prefilling.confirm(
            work,
            actor=actor(),
            assessment_id=overview.assessment.id,
            indicator_id=indicator_id,
            version=listing.version(),
            now=now(),
        )
    flash(_("%(id)s is confirmed.", id=indicator_id), "success")
    number = question.principle.number
    following = url_for(
        ".principle", year=year, number=number, filter="prefilled", confirmed=indicator_id
    )
    return redirect(following, 303)


def set_flag(overview: Overview, indicator_id: str, *, on: bool) -> None:
    """Put a flag on a question or take it off, in a transaction of its own."""
    with uow().transaction() as work:
        service.flag(
            work,
            actor=actor(),
            assessment_id=overview.assessment.id,
            indicator_id=indicator_id,
            on=on,
            now=now(),
        )


def assign_form(known: Assignee | None) -> AssignForm:
    """Return the form that asks who answers, with who is asked now."""
    form = AssignForm(formdata=None)
    form.offer(_colleagues(), known, fill=True)
    return form


def _assign(overview: Overview, place: str, form: AssignForm) -> None:
    with uow().transaction() as work:
        service.assign(
            work,
            actor=actor(),
            assessment_id=overview.assessment.id,
            place=place,
            user_id=form.person(form.assignee.data),
            seen=form.person(form.seen.data),
            now=now(),
        )
    flash(_("Who answers was changed. Colleagues are told in one mail an hour at most."), "success")


def _colleagues() -> tuple[accounts.PersonView, ...]:
    return accounts.with_roles(uow(), actor().org_id, ANSWERING)


def _find(year: int, indicator_id: str) -> tuple[Overview, Question]:
    overview = member_pages.overview(uow(), actor(), year)
    question = overview.question(indicator_id)
    if question is None or not may(actor(), Permission.ASSESSMENT_DISCUSS, overview.assessment):
        raise NotFound
    return overview, question


def _there(year: int, indicator_id: str) -> str:
    return url_for(".discussion", year=year, indicator_id=indicator_id)


def _thread(overview: Overview, question: Question) -> tuple[reading.CommentView, ...]:
    return reading.thread(uow(), overview.assessment.id, question.indicator.id)


def _discussion(
    overview: Overview,
    question: Question,
    form: CommentForm,
    *,
    assign: AssignForm | None = None,
    editing: uuid.UUID | None = None,
) -> str:
    found = overview.assessment
    comments = _thread(overview, question)
    shown = str(editing or request.args.get("edit", ""))
    own = next((c for c in comments if str(c.id) == shown and c.by == actor().user_id), None)
    if own is not None and not form.errors:
        form.comment.data, form.version.data = own.text, str(own.version)
    known = question.assignee
    return render_template(
        "assessments/member/discussion.html",
        assessment=found,
        question=question,
        comments=comments,
        editing=own,
        form=form,
        assign=assign
        or assign_form(known if known and known.place != _principle(question) else None),
        may_assign=may(actor(), Permission.ASSESSMENT_ANSWER, found),
        me=actor().user_id,
        editable_since=now() - service.EDITABLE,
    )


def _principle(question: Question) -> str:
    return whole(question.principle.number)
