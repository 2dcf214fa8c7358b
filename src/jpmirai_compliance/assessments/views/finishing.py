"""A return and the end of a check: the one mail is shown, may be edited, and leaves with it."""

import datetime as dt
import uuid
from collections.abc import Sequence

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from jpmirai_compliance.assessments.forms import secretariat as forms
from jpmirai_compliance.assessments.queries import review as queries
from jpmirai_compliance.assessments.queries.review import Desk
from jpmirai_compliance.assessments.service import review as service
from jpmirai_compliance.assessments.service import review_mail
from jpmirai_compliance.assessments.service.review_mail import Letter
from jpmirai_compliance.assessments.views import bp, listing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.errors import Conflict, Gap, Incomplete
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.web import actor, now, uow

DUE_TIME = dt.time(17)  # an office's day ends here, as the deadlines of rounds do


@bp.get("/s/reviews/<uuid:assessment_id>/return")
@audience(Audience.SECRETARIAT)
def review_return(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask until when the marked answers are due."""
    form = forms.ReturnForm(data={"due": _usual_due().isoformat()})
    return _due_page(_desk(assessment_id), form)


@bp.route("/s/reviews/<uuid:assessment_id>/return/mail", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.REVIEW_RETURNED,))
def review_return_mail(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Show the mail for a due date (``?due=``), then send it and the answers: 303, 422 or 409."""
    desk = _desk(assessment_id)
    form = forms.ReturnForm(request.values, meta={"csrf": False})  # the guard has looked already
    if not form.validate() or _past(form):
        return _due_page(desk, form), 422
    due_at = forms.moment(form.due.day, DUE_TIME)
    written = review_mail.returned(uow(), desk, due_at=due_at, base_url=_base())
    letters = _letter_forms(written, typed=request.method == "POST")
    if request.method == "GET":
        return _return_page(desk, form, letters)
    if not _all_valid(letters):
        return _return_page(desk, form, letters), 422
    try:
        count = _send_back(desk, due_at, letters)
    except Incomplete as error:
        return _return_page(desk, form, letters, _put(letters, error.gaps)), 422
    except Conflict as error:
        return _return_page(_desk(assessment_id), form, letters, conflict=error), 409
    text = ngettext(
        "%(num)d answer was sent back, and the member was told by mail.",
        "%(num)d answers were sent back, and the member was told by mail.",
        count,
    )
    flash(text, "success")
    return redirect(url_for("assessments.queue"), 303)


def _past(form: forms.ReturnForm) -> bool:
    """Say so at the field if the due date has passed."""
    past = forms.moment(form.due.day, DUE_TIME) <= now()
    if past:
        form.due.errors = [_("The due date must be after today.")]
    return past


def _send_back(desk: Desk, due_at: dt.datetime, letters: dict[str, forms.LetterForm]) -> int:
    with uow().transaction() as work:
        return service.send_back(
            work,
            actor=actor(),
            assessment_id=desk.assessment_id,
            due_at=due_at,
            base_url=_base(),
            now=now(),
            letters=_letters(letters),
            expected=request.form.get("stamp", ""),
        )


@bp.route("/s/reviews/<uuid:assessment_id>/accept", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.REVIEW_ACCEPTED,))
def review_accept(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Show the result and the mail, then finish the check: 303, 422 with what is open, or 409."""
    desk = _desk(assessment_id)
    written = review_mail.accepted(uow(), desk, base_url=_base())
    letters = _letter_forms(written, typed=request.method == "POST")
    if request.method == "GET":
        return _accept_page(desk, letters)
    if not _all_valid(letters):
        return _accept_page(desk, letters), 422
    try:
        with uow().transaction() as work:
            number = service.accept(
                work,
                actor=actor(),
                assessment_id=assessment_id,
                base_url=_base(),
                now=now(),
                letters=_letters(letters),
                expected=request.form.get("stamp", ""),
            )
    except Incomplete as error:
        return _accept_page(_desk(assessment_id), letters, _put(letters, error.gaps, desk)), 422
    except Conflict as error:
        return _accept_page(_desk(assessment_id), letters, conflict=error), 409
    flash(_("The check is finished. Result number: %(number)s", number=number), "success")
    return redirect(url_for("assessments.review", assessment_id=assessment_id), 303)


def _desk(assessment_id: uuid.UUID) -> Desk:
    return queries.desk(uow(), actor=actor(), assessment_id=assessment_id)


def _base() -> str:
    return str(current_app.extensions["settings"].public_base_url)


def _usual_due() -> dt.date:
    return (now().astimezone(TOKYO) + dt.timedelta(days=service.RETURN_DAYS)).date()


def _letter_forms(written: Sequence[Letter], *, typed: bool = False) -> dict[str, forms.LetterForm]:
    """Return a form for each language: with what was written for it, or with what was typed."""
    found = {}
    for letter in written:
        data = {"subject": letter.subject, "body": letter.body}
        given = {"formdata": request.form} if typed else {"formdata": None, "data": data}
        prefix, meta = f"{letter.locale}-", {"csrf": False}  # the guard has looked already
        found[letter.locale] = forms.LetterForm(prefix=prefix, meta=meta, **given)
    return found


def _all_valid(letters: dict[str, forms.LetterForm]) -> bool:
    return len([form for form in letters.values() if form.validate()]) == len(letters)


def _letters(typed: dict[str, forms.LetterForm]) -> tuple[Letter, ...]:
    return tuple(
        Letter(locale, form.subject.data or "", form.body.data or "")
        for locale, form in typed.items()
    )


def _put(
    letters: dict[str, forms.LetterForm], gaps: Sequence[Gap], desk: Desk | None = None
) -> list[tuple[str, str]]:
    """Put each gap at its field of the mail; return the rest as (text, href) for the summary."""
    rest = []
    for gap in gaps:
        locale, _dash, name = gap.target.partition("-")
        if locale in letters and name in letters[locale]:
            letters[locale][name].errors = [translated(gap.text)]
            continue
        href = ""
        if desk is not None:
            href = url_for(
                "assessments.review_answer",
                assessment_id=desk.assessment_id,
                indicator_id=gap.target,
            )
        rest.append((translated(gap.text), href))
    return rest


def _faults(letters: dict[str, forms.LetterForm]) -> list[tuple[str, str]]:
    """Return what is wrong in the mail for the summary, each with a link to its field."""
    return [
        (str(error), f"#{field.id}")
        for form in letters.values()
        for field in (form.subject, form.body)
        for error in field.errors
    ]


def _due_page(desk: Desk, form: forms.ReturnForm) -> str:
    day = listing.day_of(form.due)
    return render_template(
        "assessments/secretariat/review_return.html",
        desk=desk,
        form=form,
        weekday=translated(day) if day else "",
    )


def _return_page(
    desk: Desk,
    form: forms.ReturnForm,
    letters: dict[str, forms.LetterForm],
    extra: Sequence[tuple[str, str]] = (),
    conflict: Conflict | None = None,
) -> str:
    return render_template(
        "assessments/secretariat/review_return_mail.html",
        desk=desk,
        due=form.due.day,
        due_at=forms.moment(form.due.day, DUE_TIME),
        letters=letters,
        extra_errors=[*extra, *_faults(letters)],
        conflict=conflict,
    )


def _accept_page(
    desk: Desk,
    letters: dict[str, forms.LetterForm],
    extra: Sequence[tuple[str, str]] = (),
    conflict: Conflict | None = None,
) -> str:
    return render_template(
        "assessments/secretariat/review_accept.html",
        desk=desk,
        letters=letters,
        extra_errors=[*extra, *_faults(letters)],
        conflict=conflict,
    )
