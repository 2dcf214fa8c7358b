"""The secretariat's first page and its record of events."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from jpmirai_compliance.assessments.queries import dashboard, participants, rounds
from jpmirai_compliance.assessments.rules import events
from jpmirai_compliance.assessments.views import bp, listing, narrowing
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Permission, authorize
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.get("/s")
@audience(Audience.SECRETARIAT)
def secretariat_home() -> ResponseReturnValue:
    """Show how the current round stands and what waits."""
    moment = now()
    found = rounds.current_round(uow(), actor=actor(), now=moment)
    counts = (
        participants.stage_counts(
            uow(), actor=actor(), round_id=found.id, public=narrowing.public()
        )
        if found is not None
        else {}
    )
    return render_template(
        "assessments/secretariat/home.html",
        round=found,
        now=moment,
        counts=counts,
        moments=narrowing.timeline(found, moment) if found is not None else [],
        days=dashboard.PATIENCE.days,
        to_do=dashboard.to_do(
            uow(), actor=actor(), now=moment, round_id=found.id if found is not None else None
        ),
    )


@bp.get("/s/audit")
@audience(Audience.SECRETARIAT)
def audit_events() -> ResponseReturnValue:
    """Show what was recorded, newest first; check the whole chain if asked to."""
    authorize(actor(), Permission.AUDIT_READ, SECRETARIAT_ITSELF)
    room = request.args.get("room", "")
    room = room if room in dashboard.rooms() else ""
    before = listing.number("before")
    rows = dashboard.happened(uow(), actor=actor(), room=room, before=before)
    checked = audit.verify(uow().session) if request.args.get("check") else None
    return render_template(
        "assessments/secretariat/audit.html",
        events=rows,
        room=room,
        rooms=dashboard.rooms(),
        names=events,
        checked=checked,
        first=listing.here(before=None, check=None) if before is not None else "",
        next=listing.here(before=rows[-1].seq, check=None) if len(rows) == dashboard.PAGE else "",
    )
