"""The reviewers' desk: verdicts, returns, the end of a check."""

import datetime as dt
import uuid
from contextlib import suppress

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from jpmirai_compliance.assessments.forms import secretariat as forms
from jpmirai_compliance.assessments.queries import presence
from jpmirai_compliance.assessments.queries import review as queries
from jpmirai_compliance.assessments.queries.review import Desk, DeskAnswer
from jpmirai_compliance.assessments.rules import VerdictKind
from jpmirai_compliance.assessments.service import presence as presence_service
from jpmirai_compliance.assessments.service import reasons
from jpmirai_compliance.assessments.service import review as service
from jpmirai_compliance.assessments.service.review import Choice, Ruling
from jpmirai_compliance.assessments.views import bp, listing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.errors import Busy, Competing, Conflict, DiskFull, Incomplete
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.web import actor, now, uow

DUE_TIME = dt.time(17)  # an office's day ends here, as the deadlines of rounds do
LANGUAGES = (("ja", "日本語"), ("en", "English"))


@bp.get("/s/reviews/<uuid:assessment_id>")
@audience(Audience.SECRETARIAT)
def review(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Show one submission: scores, and every answer with its verdict."""
    return _overview(_desk(assessment_id))


@bp.route("/s/reviews/<uuid:assessment_id>/<indicator_id>", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.VERDICT_GIVEN,))
def review_answer(assessment_id: uuid.UUID, indicator_id: str) -> ResponseReturnValue:
    """Show one answer beside its verdict; save the verdict: 303 to the next, 422, or 409."""
    desk = _desk(assessment_id)
    answer = desk.answer(indicator_id)
    form = _verdict_form(answer)
    if request.method == "GET":
        _be_there(assessment_id, indicator_id)
        return _answer_page(desk, answer, form)
    if "insert" in request.form:
        return _with_reason(desk, answer, form)
    if not form.validate():
        return _answer_page(desk, answer, form), 422
    try:
        _give(desk, answer, form)
    except Incomplete as error:
        forms.show_gaps(form, error.gaps)
        return _answer_page(desk, answer, form), 422
    except Conflict as error:
        newer = _desk(assessment_id)
        return _answer_page(newer, newer.answer(indicator_id), form, error.fields), 409
    return redirect(_after_verdict(assessment_id, indicator_id), 303)


def _be_there(assessment_id: uuid.UUID, indicator_id: str) -> None:
    """Let colleagues see who looks at the answer; not worth an error if the database is busy."""
    moment = now()
    if _around(assessment_id).lately(indicator_id, moment - presence_service.EVERY):
        return
    with suppress(Busy, DiskFull), uow().transaction() as work:
        presence_service.be_at(
            work, actor=actor(), assessment_id=assessment_id, indicator_id=indicator_id, now=moment
        )


def _around(assessment_id: uuid.UUID) -> presence.Around:
    return presence.around(uow(), actor=actor(), assessment_id=assessment_id, now=now())


def _give(desk: Desk, answer: DeskAnswer, form: forms.VerdictForm) -> None:
    with uow().transaction() as work:
        service.give_verdict(
            work,
            actor=actor(),
            assessment_id=desk.assessment_id,
            indicator_id=answer.indicator.id,
            ruling=Ruling(Choice(form.choice.data), _level(form), form.reason.data or ""),
            version=listing.version(),
            now=now(),
        )


def _after_verdict(assessment_id: uuid.UUID, indicator_id: str) -> str:
    """Return the next answer's address; the overview's if none is left or it was asked for."""
    following = _desk(assessment_id).next_open(indicator_id)
    if following is None or "stay" in request.form:
        flash(_("The verdict on %(id)s was saved.", id=indicator_id), "success")
        return url_for("assessments.review", assessment_id=assessment_id)
    return url_for("assessments.review_answer", assessment_id=assessment_id, indicator_id=following)


@bp.route("/s/reviews/<uuid:assessment_id>/accept-remaining", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.VERDICT_GIVEN,))
def review_accept_remaining(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whether to accept all evidence without a verdict, then do it."""
    if request.method == "GET":
        desk = _desk(assessment_id)
        return render_template("assessments/secretariat/accept_remaining.html", desk=desk)
    with uow().transaction() as work:
        count = service.accept_remaining(
            work,
            actor=actor(),
            assessment_id=assessment_id,
            expected=listing.version(),
            now=now(),
        )
    text = ngettext(
        "The evidence of %(num)d answer was accepted.",
        "The evidence of %(num)d answers was accepted.",
        count,
    )
    flash(text, "success")
    return redirect(url_for("assessments.review", assessment_id=assessment_id), 303)


@bp.route("/s/reviews/<uuid:assessment_id>/return", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.REVIEW_RETURNED,))
def review_return(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Show what will be sent back with a due date and a message; send it: 303 or 422."""
    desk = _desk(assessment_id)
    due = (now().astimezone(TOKYO) + dt.timedelta(days=service.RETURN_DAYS)).date()
    form = forms.ReturnForm(data={"due": due.isoformat()})
    if request.method == "GET":
        return _return_page(desk, form)
    if not form.validate():
        return _return_page(desk, form), 422
    try:
        with uow().transaction() as work:
            count = service.send_back(
                work,
                actor=actor(),
                assessment_id=assessment_id,
                due_at=forms.moment(form.due.day, DUE_TIME),
                message=form.message.data or "",
                base_url=current_app.extensions["settings"].public_base_url,
                now=now(),
            )
    except Incomplete as error:
        return _return_page(desk, form, forms.show_gaps(form, error.gaps)), 422
    text = ngettext(
        "%(num)d answer was sent back, and the member was told by mail.",
        "%(num)d answers were sent back, and the member was told by mail.",
        count,
    )
    flash(text, "success")
    return redirect(url_for("assessments.queue"), 303)


@bp.route("/s/reviews/<uuid:assessment_id>/accept", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.REVIEW_ACCEPTED,))
def review_accept(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Show the result, then finish the check: 303, or 422 with the answers that are open."""
    if request.method == "GET":
        return _accept_page(_desk(assessment_id))
    try:
        with uow().transaction() as work:
            number = service.accept(
                work,
                actor=actor(),
                assessment_id=assessment_id,
                base_url=current_app.extensions["settings"].public_base_url,
                now=now(),
            )
    except Incomplete as error:
        open_ones = [
            (
                translated(gap.text),
                url_for(
                    "assessments.review_answer",
                    assessment_id=assessment_id,
                    indicator_id=gap.target,
                ),
            )
            for gap in error.gaps
        ]
        return _accept_page(_desk(assessment_id), open_ones), 422
    flash(_("The check is finished. Result number: %(number)s", number=number), "success")
    return redirect(url_for("assessments.review", assessment_id=assessment_id), 303)


def _desk(assessment_id: uuid.UUID) -> Desk:
    return queries.desk(uow(), actor=actor(), assessment_id=assessment_id)


SHOWN = ("all", "open", "returning", "na", "changed")


def _overview(desk: Desk) -> str:
    shown = request.args.get("show", "all")
    shown = shown if shown in SHOWN else "all"
    kept = {
        "all": desk.answers,
        "open": tuple(a for a in desk.answers if a.open and not a.waiting),
        "returning": desk.waiting,
        "na": tuple(a for a in desk.answers if a.frozen.answer.not_applicable),
        "changed": tuple(a for a in desk.answers if a.before is not None),
    }
    return render_template(
        "assessments/secretariat/review.html",
        desk=desk,
        shown=shown,
        counts={name: len(answers) for name, answers in kept.items()},
        answers=kept[shown],
        around=_around(desk.assessment_id),
        here=listing.here,
    )


def _verdict_form(answer: DeskAnswer) -> forms.VerdictForm:
    """Return the form of this answer, filled with the verdict it has."""
    given = answer.verdict
    data: dict[str, object] = {}
    if given is not None and not (given.to_return and not given.waiting):
        kept = {VerdictKind.ACCEPTED: "accept", VerdictKind.GAP: "gap"}
        choice = "again" if given.to_return else kept.get(given.kind, given.kind.value)
        level = "" if given.level is None else str(given.level)
        data = {"choice": choice, "level": level, "reason": given.reason}
    form = forms.VerdictForm(data=data)
    words = _words(answer)
    forms.offer(form.choice, [(c.value, words[c]) for c in service.choices(answer)])
    sentences = [translated(s) for s in answer.indicator.levels]
    levels = [(str(n), f"{n}: {sentences[n]}") for n in service.gap_levels(answer)]
    forms.offer(form.level, [("", _("Choose a level")), *levels])
    ordered = sorted(LANGUAGES, key=lambda pair: pair[0] != str(get_locale()))
    texts = [(name, r, tag) for tag, name in ordered for r in reasons.REASONS]
    forms.offer(
        form.template,
        [(f"{r.id}:{tag}", r.label.pick(tag)) for _name, r, tag in texts],
        groups=[name for name, _reason, _tag in texts],
    )
    return form


def _words(answer: DeskAnswer) -> dict[Choice, str]:
    """Return what each choice is called for this answer."""
    if answer.frozen.answer.not_applicable:
        accept = _("Accept “not applicable”")
    elif answer.evident:
        accept = _("Accept the evidence")
    else:
        accept = _("Nothing to check: leave it as it is")
    return {
        Choice.ACCEPT: accept,
        Choice.GAP: _("Evidence gap: it supports a lower level"),
        Choice.NA_REJECTED: _("Reject “not applicable”: it counts as level 0"),
        Choice.AGAIN: _("Ask again: send this answer back"),
    }


def _with_reason(desk: Desk, answer: DeskAnswer, form: forms.VerdictForm) -> str:
    """Show the page again with the chosen ready-made reason under what was typed."""
    chosen = str(form.template.data or "")
    language = "en" if chosen.endswith(":en") else "ja"
    level = answer.frozen.answer.level
    text = reasons.fill(
        chosen,
        indicator=f"{answer.indicator.id} {answer.indicator.title.pick(language)}",
        level="" if level is None else level,
        organisation=desk.name.pick(language),
        year=desk.year,
    )
    form.reason.data = "\n".join(part for part in (form.reason.data or "", text) if part)
    return _answer_page(desk, answer, form)


def _level(form: forms.VerdictForm) -> int | None:
    """Return the level chosen for a gap, None if none of the choices was."""
    if form.choice.data != Choice.GAP.value:
        return None
    offered = {choice.value for choice in form.level.choices if choice.value}
    return int(form.level.data) if form.level.data in offered else None


def _answer_page(
    desk: Desk,
    answer: DeskAnswer,
    form: forms.VerdictForm,
    conflict: tuple[Competing, ...] = (),
) -> str:
    ids = [a.indicator.id for a in desk.answers]
    place = ids.index(answer.indicator.id)
    return render_template(
        "assessments/secretariat/review_answer.html",
        desk=desk,
        answer=answer,
        form=form,
        around=_around(desk.assessment_id),
        conflict=conflict,
        place=place + 1,
        previous=ids[place - 1] if place else "",
        next=ids[place + 1] if place + 1 < len(ids) else "",
    )


def _return_page(
    desk: Desk, form: forms.ReturnForm, extra: list[tuple[str, str]] | None = None
) -> str:
    day = listing.day_of(form.due)
    return render_template(
        "assessments/secretariat/review_return.html",
        desk=desk,
        form=form,
        extra_errors=extra or [],
        weekday=translated(day) if day else "",
    )


def _accept_page(desk: Desk, open_ones: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "assessments/secretariat/review_accept.html", desk=desk, extra_errors=open_ones or []
    )
