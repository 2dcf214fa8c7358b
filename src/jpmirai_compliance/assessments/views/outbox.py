"""The secretariat's page of the outbox: what waits, left, failed, came back."""

import uuid
from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.queries import outbox as queries
from jpmirai_compliance.assessments.queries.outbox import Box
from jpmirai_compliance.assessments.service import outbox as service
from jpmirai_compliance.assessments.views import bp, listing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.foundation.web import actor, now, uow

BOX_WORDS = {
    Box.WAITING: Text("Waiting"),
    Box.HELD: Text("Held: the address bounced"),
    Box.FAILED: Text("Failed"),
    Box.BOUNCED: Text("Came back"),
    Box.SENT: Text("Sent"),
    Box.CANCELLED: Text("Cancelled"),
}


@bp.get("/s/mail")
@audience(Audience.SECRETARIAT)
def outbox() -> ResponseReturnValue:
    """List mails, newest first, by the box and the words in the address."""
    box, words, key = listing.choice("box", Box), listing.words("q"), listing.time_key()
    rows = queries.mails(uow(), actor=actor(), box=box, words=words, after=key)
    more = rows[-1] if len(rows) == queries.PAGE else None
    return render_template(
        "assessments/secretariat/outbox.html",
        mails=rows,
        counts=queries.box_counts(uow(), actor=actor(), words=words),
        box=box,
        boxes=BOX_WORDS,
        words=words,
        first=listing.here(after=None, last=None) if key else "",
        next=listing.here(after=more.created_at.isoformat(), last=more.id) if more else "",
    )


@bp.post("/s/mail/<uuid:mail_id>/retry")
@audience(Audience.SECRETARIAT, records=(Event.MAIL_RETRIED,))
def mail_retry(mail_id: uuid.UUID) -> ResponseReturnValue:
    """Send a failed or held mail again."""
    return _do(service.retry, mail_id, _("The mail will be sent again within a minute."))


@bp.post("/s/mail/<uuid:mail_id>/cancel")
@audience(Audience.SECRETARIAT, records=(Event.MAIL_CANCELLED,))
def mail_cancel(mail_id: uuid.UUID) -> ResponseReturnValue:
    """Keep a waiting mail from leaving."""
    return _do(service.cancel, mail_id, _("The mail was cancelled. It will not be sent."))


def _do(deed: Callable[..., None], mail_id: uuid.UUID, said: str) -> ResponseReturnValue:
    with uow().transaction() as work:
        deed(work, actor=actor(), mail_id=mail_id, now=now())
    flash(said, "success")
    box = listing.choice("box", Box)  # back to the list that the button was pressed in
    return redirect(url_for("assessments.outbox", box=box, q=listing.words("q") or None), 303)
