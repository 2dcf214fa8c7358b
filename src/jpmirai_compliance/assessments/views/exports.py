"""The secretariat's other lists as spreadsheets: all pages of what the page shows, recorded."""

from collections.abc import Sequence

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.queries import dashboard, outbox, queue
from jpmirai_compliance.assessments.queries.outbox import Box
from jpmirai_compliance.assessments.views import bp, listing, queueing
from jpmirai_compliance.assessments.views.outbox import BOX_WORDS
from jpmirai_compliance.foundation import audit, downloads
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Permission, authorize
from jpmirai_compliance.foundation.tabular import Cell, Column, Sheet
from jpmirai_compliance.foundation.web import actor, now, uow

MOST = 20_000  # rows of one file; a file with more says so in its last row


@bp.get("/s/mail.<any(csv, xlsx):suffix>")
@audience(Audience.SECRETARIAT, records=(Event.DATA_EXPORTED,))
def outbox_list(suffix: str) -> ResponseReturnValue:
    """Send the list of mails as a spreadsheet; never what is in them."""
    box, words = listing.choice("box", Box), listing.words("q")
    rows = outbox.mails(uow(), actor=actor(), box=box, words=words, limit=MOST + 1)
    heads = [_("To"), _("Subject"), _("Member"), _("Status"), _("Made"), _("Sent")]
    lines: list[list[Cell]] = [
        [
            m.recipient,
            m.subject,
            translated(m.name) if m.name else "",
            translated(BOX_WORDS[m.box]),
            m.created_at,
            m.sent_at,
            m.attempts,
            m.error,
        ]
        for m in rows
    ]
    return _file(
        "mails", suffix, _("Mails"), [*heads, _("Tries"), _("What the server said")], lines
    )


@bp.get("/s/audit.<any(csv, xlsx):suffix>")
@audience(Audience.SECRETARIAT, records=(Event.DATA_EXPORTED,))
def audit_list(suffix: str) -> ResponseReturnValue:
    """Send the record of events as a spreadsheet, newest first."""
    authorize(actor(), Permission.AUDIT_READ, SECRETARIAT_ITSELF)
    room = listing.words("room")
    room = room if room in dashboard.rooms() else ""
    rows = dashboard.happened(uow(), actor=actor(), room=room, limit=MOST + 1)
    heads = [_("Row"), _("When"), _("Event"), _("Who"), _("Member"), _("What"), _("Details")]
    lines: list[list[Cell]] = [
        [
            e.seq,
            e.at,
            e.event,
            e.actor or _("The service itself"),
            translated(e.organisation) if e.organisation else "",
            e.subject,
            e.data,
        ]
        for e in rows
    ]
    return _file("events", suffix, _("Events"), heads, lines)


@bp.get("/s/reviews.<any(csv, xlsx):suffix>")
@audience(Audience.SECRETARIAT, records=(Event.DATA_EXPORTED,))
def queue_list(suffix: str) -> ResponseReturnValue:
    """Send the queue of submissions as a spreadsheet, in the order of the page."""
    asked, moment = queueing.asked(), now()
    lines: list[list[Cell]] = []
    after = None
    while len(lines) <= MOST:
        page = queue.queue(uow(), actor=actor(), asked=asked, now=moment, after=after)
        lines += [_queue_line(row) for row in page]
        if len(page) < queue.PAGE:
            break
        after = page[-1].key
    heads = [_("Member"), _("Year"), _("Submitted"), _("Not checked yet"), _("In charge")]
    return _file("reviews", suffix, _("Reviews"), [*heads, _("Why it needs eyes")], lines)


def _queue_line(row: queue.Waiting) -> list[Cell]:
    reasons = "、".join(translated(reason) for reason in row.reasons)
    name = translated(row.name)
    return [name, row.year, row.submitted_at, row.counts.unchecked, row.assignee, reasons]


def _file(
    stem: str, suffix: str, name: str, heads: Sequence[str], lines: list[list[Cell]]
) -> Response:
    """Return the list as a file and record that it left; what is too much is said in it."""
    if len(lines) > MOST:
        text = _("There are more rows. Narrow the list to see the rest.")
        lines = [*lines[:MOST], [text, *[None] * (len(heads) - 1)]]
    with uow().transaction() as work:
        audit.record(
            work,
            Event.DATA_EXPORTED,
            actor=actor(),
            now=now(),
            subject=f"list:{stem}",
            data={"rows": len(lines), "kind": suffix},
        )
    return downloads.table(stem, suffix, [Sheet(name, [Column(h) for h in heads], lines)])
