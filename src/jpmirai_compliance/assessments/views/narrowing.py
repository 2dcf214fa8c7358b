"""What the pages of a round share: filters in the address, its timeline, who was ticked."""

import datetime as dt
import uuid
from collections.abc import Callable
from operator import itemgetter
from typing import cast

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext

from jpmirai_compliance.accounts.models import SizeBand
from jpmirai_compliance.assessments.queries.participants import (
    Filters,
    Flag,
    Public,
    Stage,
    of_ids,
)
from jpmirai_compliance.assessments.queries.rounds import RoundRow
from jpmirai_compliance.assessments.rules.reminding import mornings
from jpmirai_compliance.assessments.views import listing
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import MemberKind

TICKED_MAX = 200
STAGE_WORDS = {
    Stage.NOT_STARTED: Text("Not started"),
    Stage.IN_PROGRESS: Text("In progress"),
    Stage.AWAITING_APPROVAL: Text("Awaiting approval"),
    Stage.SUBMITTED: Text("Submitted"),
    Stage.RETURNED: Text("Changes requested"),
    Stage.CHECKED: Text("Checked"),
    Stage.PUBLISHED: Text("Published"),
}
FLAG_WORDS = {
    Flag.OVERDUE: Text("Returned answers overdue"),
    Flag.EXTENDED: Text("A deadline of its own"),
    Flag.ENDING: Text("Extension ends within three days"),
    Flag.BOUNCED: Text("Mail came back"),
    Flag.UNREACHABLE: Text("No administrator who gets mail"),
}


def public() -> Public:
    """Return the query of assessments that are public; the room that knows it is above this."""
    found = cast("Callable[[], Public]", current_app.extensions["public_assessments"])
    return found()


def filters() -> Filters:
    """Return what the address narrows the list to; nonsense narrows to nothing."""
    return Filters(
        stage=listing.choice("stage", Stage),
        words=listing.words("q"),
        kind=listing.choice("kind", MemberKind),
        size=listing.choice("size", SizeBand),
        flag=listing.choice("flag", Flag),
    )


def narrowed(found: Filters) -> dict[str, str]:
    """Return the filters as parameters of an address, without empty ones."""
    named = {
        "stage": found.stage,
        "q": found.words,
        "kind": found.kind,
        "size": found.size,
        "flag": found.flag,
    }
    return {name: str(value) for name, value in named.items() if value}


def chosen() -> Filters | None:
    """Return who was chosen: those ticked, or (``all``) the whole list; None if nobody was."""
    if request.args.get("all"):
        return filters()
    found = set()
    for text in request.args.getlist("who")[:TICKED_MAX]:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue  # not one of the boxes of our page
    return of_ids(found) if found else None


def timeline(round_: RoundRow, now: dt.datetime) -> list[tuple[str, str, str]]:
    """Return when, what and more of the round in order, with today where it belongs."""
    moments = [(round_.opens_at, _("The round opens"))]
    moments += [
        (
            at,
            ngettext(
                "Reminder: %(num)d day before the end",
                "Reminder: %(num)d days before the end",
                days,
            ),
        )
        for days, at in mornings(round_.opens_at, round_.closes_at).items()
    ]
    moments.append((round_.closes_at, _("The round closes")))
    rows = [(at, translated(at), what, "") for at, what in moments]
    today = now.astimezone(TOKYO).date()  # a day, without the minute the page was opened
    rows.append((now, translated(today), _("Today"), _today(round_, now)))
    return [row[1:] for row in sorted(rows, key=itemgetter(0))]


def _today(round_: RoundRow, now: dt.datetime) -> str:
    if now < round_.opens_at:
        return str(_("It opens in %(days)d days.", days=(round_.opens_at - now).days))
    if now < round_.closes_at:
        return str(_("%(days)d days are left.", days=(round_.closes_at - now).days))
    return str(_("The round is closed."))
