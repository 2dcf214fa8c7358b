"""The member decides on levels that the secretariat offers."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.queries import offers as queries
from jpmirai_compliance.assessments.service import offers as service
from jpmirai_compliance.assessments.views import bp, listing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.get("/m/<int:year>/offers")
@audience(Audience.MEMBER)
def offers(year: int) -> ResponseReturnValue:
    """Show the answers whose evidence proves more than was claimed, and what was decided."""
    found = queries.offers(uow(), actor(), year, now())
    return render_template("assessments/member/offers.html", offers=found)


@bp.post("/m/<int:year>/offers/<indicator_id>")
@audience(Audience.MEMBER, records=(Event.OFFER_DECIDED,))
def offer_decide(year: int, indicator_id: str) -> ResponseReturnValue:
    """Take the offered level or keep the claimed one: 303, 409 if it is too late or changed."""
    take = "take" in request.form
    with uow().transaction() as work:
        service.decide(
            work,
            actor=actor(),
            year=year,
            indicator_id=indicator_id,
            take=take,
            version=listing.version(),
            now=now(),
        )
    flash(
        _("%(id)s counts with the offered level now.", id=indicator_id)
        if take
        else _("%(id)s stays at the level that you claimed.", id=indicator_id),
        "success",
    )
    return redirect(url_for("assessments.offers", year=year), 303)
