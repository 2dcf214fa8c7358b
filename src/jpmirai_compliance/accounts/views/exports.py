"""Members and people as spreadsheets, for the secretariat; recorded like every export."""

import uuid

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts import queries
from jpmirai_compliance.accounts.queries.organisations import PAGE
from jpmirai_compliance.accounts.rules import places
from jpmirai_compliance.accounts.rules import roles as role_rules
from jpmirai_compliance.accounts.views.blueprint import bp
from jpmirai_compliance.accounts.views.members import search_words
from jpmirai_compliance.foundation import audit, downloads, mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import (
    SECRETARIAT_ITSELF,
    Of,
    Permission,
    authorize,
)
from jpmirai_compliance.foundation.tabular import Cell, Column, Sheet
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.get("/s/members.<any(csv, xlsx):suffix>")
@audience(Audience.SECRETARIAT, records=(Event.DATA_EXPORTED,))
def members_list(suffix: str) -> ResponseReturnValue:
    """Send the list of members, filtered as the page is, as a spreadsheet."""
    authorize(actor(), Permission.PEOPLE_MANAGE, SECRETARIAT_ITSELF)
    search = search_words(request.args.get("q", ""))
    rows: list[list[Cell]] = []
    after = None
    while True:
        page = queries.members(uow(), search=search, after=after)[:PAGE]
        known = queries.organisations(uow(), [row.org_id for row in page])
        for row in page:
            org = known[row.org_id]
            size = translated(places.SIZES[org.size]) if org.size else ""
            line = [row.name_ja, row.name_en, translated(places.KINDS[row.kind]), size]
            rows.append([*line, row.people, org.contact_name, org.contact_email, org.website])
        if len(page) < PAGE:
            break
        after = (page[-1].name_ja, page[-1].org_id)
    heads = [_("Name (Japanese)"), _("Name (English)"), _("Kind of member"), _("Size")]
    more = [_("People with access"), _("Contact"), _("E-mail address"), _("Website")]
    return _file("members", suffix, _("Members"), [*heads, *more], rows, None)


@bp.get("/s/members/<uuid:org_id>/people.<any(csv, xlsx):suffix>")
@audience(Audience.SECRETARIAT, records=(Event.DATA_EXPORTED,))
def member_list(org_id: uuid.UUID, suffix: str) -> ResponseReturnValue:
    """Send the people of one member as a spreadsheet."""
    return _people(org_id, suffix)


@bp.get("/s/people.<any(csv, xlsx):suffix>")
@audience(Audience.SECRETARIAT, records=(Event.DATA_EXPORTED,))
def staff_list(suffix: str) -> ResponseReturnValue:
    """Send the secretariat and the judges as a spreadsheet."""
    return _people(None, suffix)


def _people(org_id: uuid.UUID | None, suffix: str) -> ResponseReturnValue:
    authorize(actor(), Permission.PEOPLE_MANAGE, Of(org_id))
    if org_id is not None:
        queries.organisation(uow(), org_id)
    found = queries.people(uow(), org_id)
    marked = mail.marks(uow(), [person.email for person in found])
    order = role_rules.choices(org_id)
    rows: list[list[Cell]] = [
        [
            person.name,
            person.email,
            "、".join(translated(role_rules.NAMES[r]) for r in order if r in person.roles),
            _("Yes") if person.disabled else "",
            _("Yes") if person.email in marked else "",
        ]
        for person in found
    ]
    heads = [_("Name"), _("E-mail address"), _("Roles"), _("Disabled"), _("Mail came back")]
    return _file("people", suffix, _("People"), heads, rows, org_id)


def _file(  # noqa: PLR0913, PLR0917 -- one file
    stem: str,
    suffix: str,
    name: str,
    heads: list[str],
    rows: list[list[Cell]],
    org_id: uuid.UUID | None,
) -> ResponseReturnValue:
    with uow().transaction() as work:
        audit.record(
            work,
            Event.DATA_EXPORTED,
            actor=actor(),
            now=now(),
            org_id=org_id,
            subject=f"list:{stem}",
            data={"rows": len(rows), "kind": suffix},
        )
    return downloads.table(stem, suffix, [Sheet(name, [Column(h) for h in heads], rows)])
