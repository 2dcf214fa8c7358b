"""The reviewers' queue, and who takes care of a submission."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.queries import queue as queries
from jpmirai_compliance.assessments.queries.queue import Asked, Only, Sort, Waiting, Who
from jpmirai_compliance.assessments.rules import Status
from jpmirai_compliance.assessments.service import queueing as service
from jpmirai_compliance.assessments.views import bp, listing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.get("/s/reviews")
@audience(Audience.SECRETARIAT)
def queue() -> ResponseReturnValue:
    """Show the submissions that wait, what needs eyes first; filters and order in the address."""
    found, after = asked(), listing.turn_key()
    rows = queries.queue(uow(), actor=actor(), asked=found, now=now(), after=after)
    return render_template(
        "assessments/secretariat/queue.html",
        rows=rows,
        asked=found,
        numbers=queries.numbers(uow(), actor=actor(), asked=found, now=now()),
        here=_here,
        first=_here() if after else "",
        next=_after(rows[-1]) if len(rows) == queries.PAGE else "",
    )


def asked() -> Asked:
    """Return the filters and the order that the address names."""
    status = listing.choice("status", Status)
    return Asked(
        status=status if status in queries.REVIEWED else Status.SUBMITTED,
        year=listing.number("year"),
        only=listing.choice("only", Only),
        who=listing.choice("who", Who),
        sort=listing.choice("sort", Sort) or Sort.EYES,
    )


def _here(**changed: object) -> str:
    """Return the address of the first page with these filters."""
    return listing.here(**{"after": None, "last": None, "turn": None, **changed})


def _after(row: Waiting) -> str:
    key = row.key
    return listing.here(
        after=key.submitted_at.isoformat(), last=key.assessment_id, turn=str(key.turn)
    )


@bp.post("/s/reviews/<uuid:assessment_id>/assign")
@audience(Audience.SECRETARIAT, records=(Event.REVIEW_ASSIGNED,))
def review_assign(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Take the submission over or let go of it; 303, or 409 if somebody was faster."""
    to_me = "take" in request.form
    with uow().transaction() as work:
        service.assign(
            work,
            actor=actor(),
            assessment_id=assessment_id,
            to_me=to_me,
            seen=_seen(),
            now=now(),
        )
    flash(
        _("You take care of this submission.")
        if to_me
        else _("Nobody takes care of this submission now."),
        "success",
    )
    return redirect(url_for("assessments.review", assessment_id=assessment_id), 303)


def _seen() -> uuid.UUID | None:
    """Return whom the page showed as in charge; None for nobody or nonsense."""
    try:
        return uuid.UUID(request.form.get("seen", ""))
    except ValueError:
        return None
