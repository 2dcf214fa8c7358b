"""The secretariat's pages of one participant, and the list as a spreadsheet."""

import uuid

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts.rules import places
from jpmirai_compliance.assessments.forms import secretariat as forms
from jpmirai_compliance.assessments.models import FormLength
from jpmirai_compliance.assessments.queries import extensions
from jpmirai_compliance.assessments.queries import participants as queries
from jpmirai_compliance.assessments.queries.rounds import RoundRow, round_of_year
from jpmirai_compliance.assessments.queries.standing import Standing, standings
from jpmirai_compliance.assessments.service import extensions as extending
from jpmirai_compliance.assessments.service import rounds as service
from jpmirai_compliance.assessments.views import bp, narrowing
from jpmirai_compliance.foundation import audit, downloads
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.errors import Conflict, Incomplete
from jpmirai_compliance.foundation.forms import Difference, differences
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.tabular import Cell, Column, Sheet
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import load_edition


@bp.get("/s/rounds/<int:year>/participants/<uuid:org_id>")
@audience(Audience.SECRETARIAT)
def round_participant(year: int, org_id: uuid.UUID) -> ResponseReturnValue:
    """Show one participant: stage, form, deadline."""
    return _page(year, org_id)


@bp.post("/s/rounds/<int:year>/participants/<uuid:org_id>/form")
@audience(Audience.SECRETARIAT, records=(Event.FORM_CHANGED,))
def round_form(year: int, org_id: uuid.UUID) -> ResponseReturnValue:
    """Give the participant the short or full form; 303, 422, or 409 with what it is by now."""
    form = forms.LengthForm()
    if not form.validate():
        return _page(year, org_id, length=form), 422
    try:
        with uow().transaction() as work:
            service.change_form(
                work,
                actor=actor(),
                year=year,
                org_id=org_id,
                form=FormLength(form.form_length.data),
                seen=form.seen.data or "",
                now=now(),
            )
    except Conflict:
        stored = _shown(year, org_id)[0]
        return _page(year, org_id, length=form, overtaken=_overtaken(form, stored)), 409
    flash(_("The form was changed."), "success")
    return redirect(url_for("assessments.round_participant", year=year, org_id=org_id), 303)


@bp.post("/s/rounds/<int:year>/participants/<uuid:org_id>/extension")
@audience(Audience.SECRETARIAT, records=(Event.ROUND_CHANGED,))
def round_extension(year: int, org_id: uuid.UUID) -> ResponseReturnValue:
    """Give the participant more time; 303, 422, or 409 with the deadline it has by now."""
    form = forms.ExtensionForm()
    if not form.validate():
        return _page(year, org_id, extension=form), 422
    try:
        with uow().transaction() as work:
            extending.extend(
                work,
                actor=actor(),
                year=year,
                org_id=org_id,
                late_until=forms.moment(form.late_day.day, form.late_time.time),
                reason=form.reason.data,
                seen=form.seen.data or "",
                base_url=current_app.extensions["settings"].public_base_url,
                now=now(),
            )
    except Incomplete as error:
        forms.show_gaps(form, error.gaps)
        return _page(year, org_id, extension=form), 422
    except Conflict:
        stored = _shown(year, org_id)[1]
        return _page(year, org_id, extension=form, overtaken=_overtaken(form, stored)), 409
    flash(_("The deadline was extended and the member was told by mail."), "success")
    return redirect(url_for("assessments.round_participant", year=year, org_id=org_id), 303)


@bp.post("/s/rounds/<int:year>/participants/<uuid:org_id>/extension/end")
@audience(Audience.SECRETARIAT, records=(Event.ROUND_CHANGED,))
def round_extension_end(year: int, org_id: uuid.UUID) -> ResponseReturnValue:
    """End the participant's extension; 303, 422 without a reason, 409 if none or another runs."""
    form = forms.EndExtensionForm()
    if not form.validate():
        return _page(year, org_id, ending=form), 422
    try:
        with uow().transaction() as work:
            extending.end(
                work,
                actor=actor(),
                year=year,
                org_id=org_id,
                reason=form.end_reason.data,
                seen=form.seen.data or "",
                base_url=current_app.extensions["settings"].public_base_url,
                now=now(),
            )
    except Conflict:
        stored = _shown(year, org_id)[1]
        form.seen.data = stored.seen.data
        theirs = f"{stored.late_day.data} {stored.late_time.data}"
        changed = [Difference(_("Deadline of its own"), _("Ended early"), theirs)]
        return _page(year, org_id, ending=form, overtaken=changed), 409
    flash(_("The extension was ended and the member was told by mail."), "success")
    return redirect(url_for("assessments.round_participant", year=year, org_id=org_id), 303)


@bp.get("/s/rounds/<int:year>/participants.<any(csv, xlsx):suffix>")
@audience(Audience.SECRETARIAT, records=(Event.DATA_EXPORTED,))
def round_list(year: int, suffix: str) -> ResponseReturnValue:
    """Send the list of participants, filtered as the page is, as a spreadsheet."""
    found, moment = round_of_year(uow(), actor=actor(), year=year), now()
    people = queries.participants(
        uow(),
        actor=actor(),
        round_id=found.id,
        now=moment,
        filters=narrowing.filters(),
        public=narrowing.public(),
        limit=None,
    )
    rows = [_cells(found, line) for line in standings(uow(), found, people, moment)]
    with uow().transaction() as work:
        audit.record(
            work,
            Event.DATA_EXPORTED,
            actor=actor(),
            now=moment,
            subject=f"round:{found.id}",
            data={"rows": len(rows), "kind": suffix},
        )
    return downloads.table(
        f"participants-{year}", suffix, [Sheet(_("Participants"), _columns(), rows)]
    )


def _page(  # noqa: PLR0913 -- keyword-only
    year: int,
    org_id: uuid.UUID,
    *,
    length: forms.LengthForm | None = None,
    extension: forms.ExtensionForm | None = None,
    overtaken: list[Difference] | None = None,
    ending: forms.EndExtensionForm | None = None,
) -> str:
    found, moment = round_of_year(uow(), actor=actor(), year=year), now()
    who = queries.participant(
        uow(), actor=actor(), year=year, org_id=org_id, public=narrowing.public()
    )
    stored_length, stored = _shown(year, org_id)
    length = length or stored_length
    if ending is None:
        ending = forms.EndExtensionForm(formdata=None, data={"seen": stored.seen.data})
    if extension is None:
        extension = stored
        extension.late_day.data = extension.reason.data = ""
    return render_template(
        "assessments/secretariat/round_participant.html",
        round=found,
        who=who,
        stands=standings(uow(), found, [who], moment)[0],
        history=extensions.history(uow(), actor=actor(), year=year, org_id=org_id),
        now=moment,
        kind=load_edition(found.edition).member_types[who.kind],
        length=length,
        extension=extension,
        overtaken=overtaken,
        ending=ending,
        error_forms=[f for f in (length, extension, ending) if f.errors],
        posted=request.method == "POST",
    )


def _shown(year: int, org_id: uuid.UUID) -> tuple[forms.LengthForm, forms.ExtensionForm]:
    """Return both forms with what is stored now."""
    found = round_of_year(uow(), actor=actor(), year=year)
    who = queries.participant(
        uow(), actor=actor(), year=year, org_id=org_id, public=narrowing.public()
    )
    until = (who.late_until or found.closes_at).astimezone(TOKYO)
    length = {"form_length": who.form.value, "seen": who.form.value}
    deadline = {
        "late_day": f"{until:%Y-%m-%d}" if who.late_until else "",
        "late_time": f"{until:%H:%M}",
        "reason": who.late_reason,
        "seen": extending.seen_of({org_id: who.late_until}),
    }
    return (
        forms.LengthForm(formdata=None, data=length),
        forms.ExtensionForm(formdata=None, data=deadline),
    )


def _overtaken(
    form: forms.LengthForm | forms.ExtensionForm, stored: forms.LengthForm | forms.ExtensionForm
) -> list[Difference]:
    """Return what differs; from now on the form counts as having shown what is stored."""
    form.seen.data = stored.seen.data
    return differences(form, stored)


def _columns() -> list[Column]:
    return [
        Column(_("Name (Japanese)")),
        Column(_("Name (English)")),
        Column(_("Kind of member")),
        Column(_("Size")),
        Column(_("Form")),
        Column(_("Status")),
        Column(_("Answered")),
        Column(_("Questions that apply")),
        Column(_("Last activity")),
        Column(_("Responsible")),
        Column(_("Submitted")),
        Column(_("Deadline of its own")),
        Column(_("Reason")),
        Column(_("Last reminder")),
        Column(_("Next reminder")),
        Column(_("Addresses that bounced")),
        Column(_("Claimed score, percent")),
        Column(_("Evidenced score, percent")),
    ]


def _cells(round_: RoundRow, line: Standing) -> list[Cell]:
    row = line.of
    return [
        row.name_ja,
        row.name.texts.get("en", ""),
        translated(load_edition(round_.edition).member_types[row.kind]),
        translated(places.SIZES[row.size]) if row.size else "",
        _("Short form") if row.form is FormLength.CORE else _("Full form"),
        translated(narrowing.STAGE_WORDS[row.stage]),
        line.answered,
        line.applicable,
        line.active_at,
        "、".join(line.admins),
        row.submitted_at,
        row.late_until,
        row.late_reason,
        line.reminded_at,
        line.next_reminder,
        " ".join(line.bounced),
        row.claimed,
        row.evidenced,
    ]
