"""A member's workplaces: list, new, change, close, new code."""

import uuid
from dataclasses import asdict

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts.rules.places import PREFECTURES
from jpmirai_compliance.disclosure.queries.postings import sites as posted_sites
from jpmirai_compliance.disclosure.queries.texts import wording_languages
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import NotFound
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
    """Change a site: 303 to the list, or 422."""
    found = queries.find(uow(), actor(), workplace_id)
    values = {
        "name": found.name,
        "prefecture": found.prefecture,
        "languages": list(found.languages),
        "contacts": [asdict(contact) for contact in found.contacts] or [{}],
    }
    form = _form(WorkplaceForm(data=values))
    if request.method == "GET" or found.closed_at or _rearranged(form):
        return _edit_page(form, found)
    if not form.validate():
        return _edit_page(form, found), 422
    with uow().transaction() as work:
        service.change(
            work,
            actor=actor(),
            workplace_id=workplace_id,
            version=request.form.get("version", 0, int),
            details=form.details(),
            now=now(),
        )
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


def _edit_page(form: WorkplaceForm, found: queries.WorkplaceView | None = None) -> str:
    return render_template("workplaces/edit.html", form=form, found=found, most=CONTACTS_MAX)


def _own() -> uuid.UUID:
    org_id = actor().org_id
    if org_id is None:
        raise NotFound
    return org_id
