"""«We put it up»: what hangs at a workplace, recording it, and ending a record."""

import uuid

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.assessments.queries.openings import taking_evidence
from jpmirai_compliance.disclosure.queries.postings import in_force, postings
from jpmirai_compliance.disclosure.queries.texts import wording_languages
from jpmirai_compliance.disclosure.rules import sites
from jpmirai_compliance.disclosure.service.postings import take_down
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.errors import DomainError, Incomplete
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.policy import Permission, authorize, may
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import endonym
from jpmirai_compliance.workplaces import queries, service
from jpmirai_compliance.workplaces.forms import HangingForm
from jpmirai_compliance.workplaces.views.routes import bp

_RECORDS = (
    Event.POSTER_HUNG,
    Event.EVIDENCE_ADDED,
    Event.EVIDENCE_ATTACHED,
)


@bp.route("/m/workplaces/<uuid:workplace_id>/posters", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=_RECORDS)
def hanging(workplace_id: uuid.UUID) -> ResponseReturnValue:
    """Show what hangs at a site, and record what was put up: 303 to the same page, or 422."""
    found = queries.find(uow(), actor(), workplace_id)
    form = _form(found)
    if request.method == "GET":
        return _page(found, form)
    authorize(actor(), Permission.WORKPLACE_EDIT, found)
    if not form.validate():
        return _page(found, form), 422
    try:
        recorded = _put_up(found, form)
    except Incomplete as error:
        form.refuse(error)
        return _page(found, form), 422
    flash(_said(recorded, photo=bool(form.photo.data)), "success")
    return redirect(url_for(".hanging", workplace_id=workplace_id), 303)


@bp.post("/m/workplaces/posters/<uuid:posting_id>/down")
@audience(Audience.MEMBER, records=(Event.POSTER_TAKEN_DOWN,))
def take_poster_down(posting_id: uuid.UUID) -> ResponseReturnValue:
    """End a record: 303 to the site's posters."""
    with uow().transaction() as work:
        where = take_down(work, actor=actor(), posting_id=posting_id, now=now())
    flash(_("The record ended. The public page changes with the next publication."), "success")
    return redirect(url_for(".hanging", workplace_id=where), 303)


def _put_up(found: queries.WorkplaceView, form: HangingForm) -> service.Recorded:
    """Keep the photo, then record: one transaction."""
    photo = _received(found, form)
    with uow().transaction() as work:
        return service.put_up(
            work,
            actor=actor(),
            workplace_id=found.id,
            hung=form.hung(),
            photo=photo,
            now=now(),
        )


def _received(found: queries.WorkplaceView, form: HangingForm) -> service.Photo | None:
    sent = form.photo.data
    if not sent:
        return None
    if found.closed_at is not None:  # before the bytes are kept
        raise DomainError(Text("This workplace is closed."))
    settings = current_app.extensions["settings"]
    received = evidence.receive(
        uow(),
        current_app.extensions["store"],
        actor=actor(),
        org_id=found.org_id,
        upload=evidence.Upload(sent.filename or "", form.content),
        quota_mb=settings.evidence_quota_mb,
        quarantine=bool(settings.clamd_address),
    )
    title = _("Photo of the poster on our wall: %(site)s", site=found.name)
    return service.Photo(received, title, settings.evidence_quota_mb)


def _said(recorded: service.Recorded, *, photo: bool) -> str:
    said: str
    if not photo:
        said = _("It was recorded. You can add a photo to the evidence library later.")
    elif recorded.year is None:
        said = _(
            "It was recorded. The photo is in the evidence library; add it to question"
            " %(question)s when its answer can change.",
            question=service.POSTING_INDICATOR,
        )
    else:
        said = _(
            "It was recorded. The photo is evidence of question %(question)s in %(year)d now.",
            question=service.POSTING_INDICATOR,
            year=recorded.year,
        )
    return said


def _form(found: queries.WorkplaceView) -> HangingForm:
    known = wording_languages(uow())
    form = HangingForm(
        data={
            "posted_on": now().astimezone(TOKYO).date().isoformat(),
            "languages": [tag for tag in found.languages if tag in known],
            "named": True,
        }
    )
    form.languages.choices = [(tag, endonym(tag)) for tag in known]
    return form


def _page(found: queries.WorkplaceView, form: HangingForm) -> str:
    records = postings(uow(), found.org_id, found.id)
    here = sites(records, in_force(uow())) if records else ()
    return render_template(
        "workplaces/hanging.html",
        found=found,
        form=form,
        records=records,
        site=here[0] if here else None,
        question=service.POSTING_INDICATOR,
        taking=taking_evidence(uow(), actor(), service.POSTING_INDICATOR, now=now()),
        may_edit=may(actor(), Permission.WORKPLACE_EDIT, found) and not found.closed_at,
        endonym=endonym,
    )
