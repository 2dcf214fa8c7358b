"""A reviewer's desk and the two-pane scoring page."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.forms.library import CATEGORIES
from jpmirai_compliance.assessments.queries import pieces
from jpmirai_compliance.assessments.views.library import today
from jpmirai_compliance.awards import forms
from jpmirai_compliance.awards.queries import cycles
from jpmirai_compliance.awards.queries import desk as queries
from jpmirai_compliance.awards.queries.desk import DeskRow, Sheet
from jpmirai_compliance.awards.service import scoring as service
from jpmirai_compliance.awards.views import bp
from jpmirai_compliance.awards.views.secretariat import version
from jpmirai_compliance.evidence.previews import KINDS
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import load_edition

SUBMIT = "submit"


@bp.get("/j")
@audience(Audience.JUDGE)
def desk() -> ResponseReturnValue:
    """Show the reviewer's own queue, what is left first."""
    rows = queries.desk(uow(), actor=actor())
    return render_template(
        "awards/judge/desk.html",
        rows=sorted(rows, key=lambda r: r.done),
        done=sum(r.done for r in rows),
        next=_next(rows, None),
    )


@bp.get("/j/entries/<uuid:entry_id>")
@audience(Audience.JUDGE)
def scoring(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for conflicts first; then show the entry beside the rubric."""
    found = queries.sheet(uow(), actor=actor(), entry_id=entry_id)
    if found.card is None:
        return _closed_page(found, forms.ReasonForm())
    return _page(found, _form(found))


@bp.post("/j/entries/<uuid:entry_id>")
@audience(Audience.JUDGE, records=(Event.AWARD_SCORED,))
def scoring_post(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Save or submit the scorecard; 303, 422 or 409 with everything that was typed."""
    found = queries.sheet(uow(), actor=actor(), entry_id=entry_id)
    if found.body is None:  # nothing can have been typed: first comes the question of conflicts
        return redirect(url_for(".scoring", entry_id=entry_id), 303)
    form = _form(found)
    submit = request.form.get("action") == SUBMIT
    if not form.validate():
        return _page(found, form), 422
    try:
        with uow().transaction() as work:
            service.save(
                work,
                actor=actor(),
                entry_id=entry_id,
                marks=forms.marks(form, cycles.criteria(work, found.cycle.id)),
                comment=form.comment.data or "",
                version=form.seen,
                submit=submit,
                now=now(),
            )
    except Incomplete as error:
        return _page(found, form, forms.show_gaps(form, error.gaps)), 422
    except (NotFound, NotPermitted):
        raise
    except DomainError as error:
        again = queries.sheet(uow(), actor=actor(), entry_id=entry_id)
        overtaken = again.card if isinstance(error, Conflict) else None
        if overtaken is not None:
            form.version.data = str(overtaken.version)
        return _page(again, form, [(translated(error.text), "")], overtaken), 409
    if not submit:
        flash(_("The draft was saved."), "success")
        return redirect(url_for(".scoring", entry_id=entry_id), 303)
    flash(_("Your scores were submitted."), "success")
    following = _next(queries.desk(uow(), actor=actor()), entry_id)
    onwards = url_for(".scoring", entry_id=following.entry_id) if following else url_for(".desk")
    return redirect(onwards, 303)


@bp.post("/j/entries/<uuid:entry_id>/clear")
@audience(Audience.JUDGE, records=(Event.AWARD_CONFLICT_DECLARED,))
def clear(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Put on record that there is no conflict, and open the entry."""
    with uow().transaction() as work:
        service.clear(work, actor=actor(), entry_id=entry_id, now=now())
    return redirect(url_for(".scoring", entry_id=entry_id), 303)


@bp.route("/j/entries/<uuid:entry_id>/conflict", methods=["GET", "POST"])
@audience(Audience.JUDGE, records=(Event.AWARD_CONFLICT_DECLARED,))
def declare(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Declare a conflict of interest; the entry leaves the desk."""
    found = queries.sheet(uow(), actor=actor(), entry_id=entry_id)
    form = forms.ReasonForm()
    if request.method == "GET":
        return _closed_page(found, form)
    if not form.validate():
        return _closed_page(found, form), 422
    with uow().transaction() as work:
        service.declare(work, actor=actor(), entry_id=entry_id, reason=form.reason.data, now=now())
    flash(_("The conflict of interest is on record. Somebody else reviews the entry."), "success")
    return redirect(url_for(".desk"), 303)


@bp.route("/j/entries/<uuid:entry_id>/recuse", methods=["GET", "POST"])
@audience(Audience.JUDGE, records=(Event.AWARD_SCORED,))
def recuse(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Give an opened entry back unscored."""
    found = queries.sheet(uow(), actor=actor(), entry_id=entry_id)
    if found.card is None:
        raise NotFound
    form = forms.ReasonForm()
    if request.method == "GET" or not form.validate():
        page = render_template("awards/judge/recuse.html", sheet=found, form=form)
        return page, 200 if request.method == "GET" else 422
    with uow().transaction() as work:
        service.recuse(
            work,
            actor=actor(),
            entry_id=entry_id,
            reason=form.reason.data,
            version=version(),
            now=now(),
        )
    flash(_("You gave the entry back. Somebody else reviews it."), "success")
    return redirect(url_for(".desk"), 303)


def _next(rows: tuple[DeskRow, ...], after: uuid.UUID | None) -> DeskRow | None:
    """Return the next entry that waits, in the queue's order and from its start again."""
    ids = [r.entry_id for r in rows]
    start = ids.index(after) + 1 if after in ids else 0
    return next((r for r in (*rows[start:], *rows[:start]) if not r.done), None)


def _form(found: Sheet) -> Any:  # noqa: ANN401 -- WTForms
    return forms.scoring_form(cycles.criteria(uow(), found.cycle.id), found.card)


def _closed_page(found: Sheet, form: forms.ReasonForm) -> str:
    return render_template(
        "awards/judge/declare.html",
        sheet=found,
        form=form,
        opens=found.cycle.calendar.takes_scores(now()),
    )


def _page(
    found: Sheet,
    form: Any,  # noqa: ANN401 -- WTForms
    extra: list[tuple[str, str]] | None = None,
    overtaken: queries.CardView | None = None,
) -> str:
    rows = queries.desk(uow(), actor=actor())
    body = found.body or {}
    edition = load_edition(body["assessment"]["edition"])
    return render_template(
        "awards/judge/scoring.html",
        sheet=found,
        form=form,
        criteria=cycles.criteria(uow(), found.cycle.id),
        indicators=[edition.indicator(i) for i in body["assessment"]["indicators"]],
        levels=edition.levels,
        principles=edition.principles,
        pieces=pieces.shown(uow(), found.pieces, today=today()),
        categories=CATEGORIES,
        previewed=KINDS,
        peers=queries.peers(uow(), actor=actor(), entry_id=found.entry_id),
        done=sum(r.done for r in rows),
        total=len(rows),
        next=_next(tuple(r for r in rows if r.entry_id != found.entry_id), None),
        takes_scores=found.cycle.calendar.takes_scores(now()),
        overtaken=overtaken,
        extra_errors=extra or [],
    )
