"""A member's workplaces: list, new, change, close, new code."""

import uuid
from dataclasses import asdict
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts.rules.places import PREFECTURES
from jpmirai_compliance.disclosure.queries.postings import sites as posted_sites
from jpmirai_compliance.disclosure.queries.texts import wording_languages
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, NotFound
from jpmirai_compliance.foundation.forms import Difference, differences
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import Of, Permission, authorize, may
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import endonym
from jpmirai_compliance.workplaces import queries, service
from jpmirai_compliance.workplaces.forms import WorkplaceForm
from jpmirai_compliance.workplaces.rules import CONTACTS_MAX
from jpmirai_compliance.workplaces.views.routes import bp


@bp.get("/m/workplaces")
@audience(Audience.MEMBER)
def index() -> ResponseReturnValue:
    """Show the organisation's sites and their codes."""
    return render_template(
        "workplaces/index.html",
        found=queries.workplaces(uow(), _own()),
        may_edit=may(actor(), Permission.WORKPLACE_EDIT, Of(_own())),
        prefectures=PREFECTURES,
        hanging={site.workplace_id: site for site in posted_sites(uow(), _own())},
    )


@bp.route("/m/workplaces/new", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.WORKPLACE_CHANGED,))
def new() -> ResponseReturnValue:
    """Add a site: 303 to the list, or 422."""
    authorize(actor(), Permission.WORKPLACE_EDIT, Of(_own()))
    form = _form(WorkplaceForm(data={"languages": ["ja"], "contacts": [{}]}))
    if request.method == "GET" or _rearranged(form):
        return _edit_page(form)
    if not form.validate():
        return _edit_page(form), 422
    with uow().transaction() as work:
        added = service.add(work, actor=actor(), org_id=_own(), details=form.details(), now=now())
    flash(
        _("%(name)s was added. Its code is %(code)s.", name=added.name, code=added.code), "success"
    )
    return redirect(url_for(".index"), 303)


@bp.route("/m/workplaces/<uuid:workplace_id>", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.WORKPLACE_CHANGED,))
def edit(workplace_id: uuid.UUID) -> ResponseReturnValue:
    """Change a site: 303 to the list, 422, or 409 with what somebody else saved meanwhile."""
    found = queries.find(uow(), actor(), workplace_id)
    form = _form(WorkplaceForm(data=_values(found)))
    if request.method == "GET" or found.closed_at or _rearranged(form):
        return _edit_page(form, found)
    if not form.validate():
        return _edit_page(form, found), 422
    try:
        with uow().transaction() as work:
            service.change(
                work,
                actor=actor(),
                workplace_id=workplace_id,
                version=form.seen,
                details=form.details(),
                now=now(),
            )
    except Conflict:
        newer = queries.find(uow(), actor(), workplace_id)
        stored = _form(WorkplaceForm(formdata=None, data=_values(newer)))
        form.version.data = stored.version.data
        return _edit_page(form, newer, differences(form, stored)), 409
    flash(_("The workplace was saved."), "success")
    return redirect(url_for(".index"), 303)


@bp.post("/m/workplaces/<uuid:workplace_id>/close")
@audience(Audience.MEMBER, records=(Event.WORKPLACE_CHANGED,))
def close(workplace_id: uuid.UUID) -> ResponseReturnValue:
    """Close a site: 303 to the list."""
    with uow().transaction() as work:
        service.close(work, actor=actor(), workplace_id=workplace_id, now=now())
    flash(_("The workplace is closed. Its posters lead to the general page now."), "success")
    return redirect(url_for(".index"), 303)


@bp.post("/m/workplaces/<uuid:workplace_id>/new-code")
@audience(Audience.MEMBER, records=(Event.WORKPLACE_CHANGED,))
def renew_code(workplace_id: uuid.UUID) -> ResponseReturnValue:
    """Give a site a new code: 303 to its page."""
    with uow().transaction() as work:
        code = service.renew_code(work, actor=actor(), workplace_id=workplace_id, now=now())
    flash(_("The new code is %(code)s. Old posters still lead here.", code=code), "success")
    return redirect(url_for(".edit", workplace_id=workplace_id), 303)


def _values(found: queries.WorkplaceView) -> dict[str, Any]:
    """Return what the form of a site shows first."""
    return {
        "version": found.version,
        "name": found.name,
        "prefecture": found.prefecture,
        "languages": list(found.languages),
        "contacts": [asdict(contact) for contact in found.contacts] or [{}],
    }


def _form(form: WorkplaceForm) -> WorkplaceForm:
    form.prefecture.choices = [
        ("", _("Not chosen")),
        *((code, translated(name)) for code, name in PREFECTURES.items()),
    ]
    form.offer([(tag, endonym(tag)) for tag in wording_languages(uow())])
    return form


def _rearranged(form: WorkplaceForm) -> bool:
    """Do what a button beside a contact asks; nothing is saved, and nothing typed is lost."""
    done = form.rearrange(request.form.get("action", ""))
    if done:
        form.offer(form.languages.choices)
    return done


def _edit_page(
    form: WorkplaceForm,
    found: queries.WorkplaceView | None = None,
    overtaken: list[Difference] | None = None,
) -> str:
    return render_template(
        "workplaces/edit.html", form=form, found=found, most=CONTACTS_MAX, overtaken=overtaken
    )


def _own() -> uuid.UUID:
    org_id = actor().org_id
    if org_id is None:
        raise NotFound
    return org_id
