"""Pages of the room: the member's and the secretariat's."""

from flask import Blueprint

bp = Blueprint("assessments", __name__)

from jpmirai_compliance.assessments.views import (  # noqa: E402, F401 -- they need bp
    answering,
    choosing,
    dashboard,
    desk,
    edition_items,
    editions,
    exports,
    finishing,
    form_length,
    library,
    member,
    offers,
    outbox,
    participants,
    queueing,
    reasons,
    reminding,
    review,
    rounds,
    submitting,
    table,
    teamwork,
    updates,
)
