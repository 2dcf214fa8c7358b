"""The secretariat's pages of one participant, and the list as a spreadsheet."""

import datetime as dt
import uuid

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.forms import secretariat as forms
from jpmirai_compliance.assessments.models import FormLength
from jpmirai_compliance.assessments.queries import rounds as queries
from jpmirai_compliance.assessments.queries.rounds import Participant, Stage
from jpmirai_compliance.assessments.service import rounds as service
from jpmirai_compliance.assessments.views import bp, listing
from jpmirai_compliance.foundation import audit, downloads
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.errors import Incomplete
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.tabular import Cell, Column, Sheet
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import load_edition

STAGE_WORDS = {
    Stage.NOT_STARTED: Text("Not started"),
    Stage.IN_PROGRESS: Text("In progress"),
    Stage.AWAITING_APPROVAL: Text("Awaiting approval"),
    Stage.SUBMITTED: Text("Submitted"),
    Stage.RETURNED: Text("Changes requested"),
    Stage.CHECKED: Text("Checked"),
}


@bp.get("/s/rounds/<int:year>/participants/<uuid:org_id>")
@audience(Audience.SECRETARIAT)
def round_participant(year: int, org_id: uuid.UUID) -> ResponseReturnValue:
    """Show one participant: stage, form, deadline."""
    return _page(year, org_id)


@bp.post("/s/rounds/<int:year>/participants/<uuid:org_id>/form")
@audience(Audience.SECRETARIAT, records=(Event.FORM_CHANGED,))
def round_form(year: int, org_id: uuid.UUID) -> ResponseReturnValue:
    """Give the participant the short or full form."""
    form = forms.LengthForm()
    if not form.validate():
        return _page(year, org_id, length=form), 422
    with uow().transaction() as work:
        service.change_form(
            work,
            actor=actor(),
            year=year,
            org_id=org_id,
            form=FormLength(form.form_length.data),
            now=now(),
        )
    flash(_("The form was changed."), "success")
    return redirect(url_for("assessments.round_participant", year=year, org_id=org_id), 303)


@bp.post("/s/rounds/<int:year>/participants/<uuid:org_id>/extension")
@audience(Audience.SECRETARIAT, records=(Event.ROUND_CHANGED,))
def round_extension(year: int, org_id: uuid.UUID) -> ResponseReturnValue:
    """Give the participant more time; 303, or 422 with what is wrong."""
    form = forms.ExtensionForm()
    if not form.validate():
        return _page(year, org_id, extension=form), 422
    try:
        with uow().transaction() as work:
            service.extend(
                work,
                actor=actor(),
                year=year,
                org_id=org_id,
                late_until=forms.moment(form.late_day.day, form.late_time.time),
                reason=form.reason.data,
                base_url=current_app.extensions["settings"].public_base_url,
                now=now(),
            )
    except Incomplete as error:
        forms.show_gaps(form, error.gaps)
        return _page(year, org_id, extension=form), 422
    flash(_("The deadline was extended and the member was told by mail."), "success")
    return redirect(url_for("assessments.round_participant", year=year, org_id=org_id), 303)


@bp.get("/s/rounds/<int:year>/participants.<any(csv, xlsx):suffix>")
@audience(Audience.SECRETARIAT, records=(Event.DATA_EXPORTED,))
def round_list(year: int, suffix: str) -> ResponseReturnValue:
    """Send the list of participants, filtered as the page is, as a spreadsheet."""
    found = queries.round_of_year(uow(), actor=actor(), year=year)
    people = queries.participants(
        uow(),
        actor=actor(),
        round_id=found.id,
        stage=listing.choice("stage", Stage),
        words=listing.words("q"),
        limit=None,
    )
    kinds = load_edition(found.edition).member_types
    rows = [_cells(p, translated(kinds[p.kind])) for p in people]
    with uow().transaction() as work:
        audit.record(
            work,
            Event.DATA_EXPORTED,
            actor=actor(),
            now=now(),
            subject=f"round:{found.id}",
            data={"rows": len(rows), "kind": suffix},
        )
    return downloads.table(
        f"participants-{year}", suffix, [Sheet(_("Participants"), _columns(), rows)]
    )


def _page(
    year: int,
    org_id: uuid.UUID,
    *,
    length: forms.LengthForm | None = None,
    extension: forms.ExtensionForm | None = None,
) -> str:
    found = queries.round_of_year(uow(), actor=actor(), year=year)
    who = queries.participant(uow(), actor=actor(), year=year, org_id=org_id)
    until = (who.late_until or found.closes_at).astimezone(TOKYO)
    length = length or forms.LengthForm(formdata=None, data={"form_length": who.form.value})
    extension = extension or forms.ExtensionForm(
        formdata=None, data={"late_time": f"{until:%H:%M}", "reason": who.late_reason}
    )
    return render_template(
        "assessments/secretariat/round_participant.html",
        round=found,
        who=who,
        now=now(),
        kind=load_edition(found.edition).member_types[who.kind],
        length=length,
        extension=extension,
        error_forms=[f for f in (length, extension) if f.errors],
        posted=request.method == "POST",
    )


def _columns() -> list[Column]:
    return [
        Column(_("Name (Japanese)")),
        Column(_("Name (English)")),
        Column(_("Kind of member")),
        Column(_("Form")),
        Column(_("Status")),
        Column(_("Submitted")),
        Column(_("Deadline of its own")),
        Column(_("Claimed score, percent")),
        Column(_("Evidenced score, percent")),
    ]


def _cells(row: Participant, kind: str) -> list[Cell]:
    moments: list[dt.datetime | None] = [row.submitted_at, row.late_until]
    return [
        row.name_ja,
        row.name.texts.get("en", ""),
        kind,
        _("Short form") if row.form is FormLength.CORE else _("Full form"),
        translated(STAGE_WORDS[row.stage]),
        *moments,
        row.claimed,
        row.evidenced,
    ]
