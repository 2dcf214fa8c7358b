"""The reviewers' overview of a submission, and accepting what is left."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from jpmirai_compliance.assessments.queries import presence
from jpmirai_compliance.assessments.queries import review as queries
from jpmirai_compliance.assessments.service import review as service
from jpmirai_compliance.assessments.views import bp, listing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import actor, now, uow

SHOWN = ("all", "open", "close", "returning", "na", "changed", "last-year")


@bp.get("/s/reviews/<uuid:assessment_id>")
@audience(Audience.SECRETARIAT)
def review(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Show one submission: scores, and every answer with its verdict; filter in the address."""
    desk = queries.desk(uow(), actor=actor(), assessment_id=assessment_id)
    shown = request.args.get("show", "all")
    shown = shown if shown in SHOWN else "all"
    undecided = tuple(a for a in desk.open if not a.waiting)
    kept = {
        "all": desk.answers,
        "open": undecided,
        "close": tuple(a for a in undecided if a.look.close),
        "returning": desk.waiting,
        "na": tuple(a for a in desk.answers if a.frozen.answer.not_applicable),
        "changed": tuple(a for a in desk.answers if a.since_return is not None),
        "last-year": tuple(a for a in desk.answers if a.changed),
    }
    return render_template(
        "assessments/secretariat/review.html",
        desk=desk,
        shown=shown,
        counts={name: len(answers) for name, answers in kept.items()},
        answers=kept[shown],
        around=presence.around(uow(), actor=actor(), assessment_id=assessment_id, now=now()),
        here=listing.here,
    )


@bp.route("/s/reviews/<uuid:assessment_id>/accept-remaining", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.VERDICT_GIVEN,))
def review_accept_remaining(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whether to accept all evidence without a verdict, then do it; 409 if it changed."""
    if request.method == "GET":
        desk = queries.desk(uow(), actor=actor(), assessment_id=assessment_id)
        return render_template("assessments/secretariat/accept_remaining.html", desk=desk)
    with uow().transaction() as work:
        count = service.accept_remaining(
            work,
            actor=actor(),
            assessment_id=assessment_id,
            expected=request.form.get("stamp", ""),
            now=now(),
        )
    text = ngettext(
        "The evidence of %(num)d answer was accepted.",
        "The evidence of %(num)d answers was accepted.",
        count,
    )
    flash(text, "success")
    return redirect(url_for("assessments.review", assessment_id=assessment_id), 303)
