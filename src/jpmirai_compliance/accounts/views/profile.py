"""The organisation's profile."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts import queries, service
from jpmirai_compliance.accounts.forms import ProfileForm
from jpmirai_compliance.accounts.queries import OrganisationView
from jpmirai_compliance.accounts.rules import places
from jpmirai_compliance.accounts.views.blueprint import bp, refuse
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, Incomplete
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.inputs import BadInput, whole_number
from jpmirai_compliance.foundation.policy import Of, Permission, authorize, may
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.get("/m/profile")
@audience(Audience.MEMBER)
def profile() -> ResponseReturnValue:
    """Show the profile: as a form to administrators, as a list to everybody else."""
    found = _own()
    if not may(actor(), Permission.ORGANISATION_EDIT, Of(found.org_id)):
        return render_template(
            "accounts/profile_read.html",
            organisation=found,
            kind=places.KINDS[found.kind],
            size=places.SIZES[found.size.value] if found.size else None,
            prefecture=places.PREFECTURES.get(found.prefecture),
            sector=places.SECTORS.get(found.sector),
        )
    form = ProfileForm(
        obj=found,
        no_corporate_number=found.complete and found.corporate_number is None,
        size=found.size.value if found.size else "",
    )
    return _page(found, form)


@bp.post("/m/profile")
@audience(Audience.MEMBER, records=(Event.ORGANISATION_CHANGED,))
def profile_post() -> ResponseReturnValue:
    """Save the profile; 422 with what to mend, 409 with both texts if somebody was faster."""
    found = _own()
    authorize(actor(), Permission.ORGANISATION_EDIT, Of(found.org_id))
    form = ProfileForm()
    form.offer()
    if not form.validate():
        return _page(found, form, _version()), 422
    try:
        with uow().transaction() as work:
            service.save_profile(
                work,
                actor=actor(),
                org_id=found.org_id,
                version=_version(),
                profile=form.profile(),
                now=now(),
            )
    except Incomplete as error:
        refuse(form, error)
        return _page(found, form, _version()), 422
    except Conflict as error:
        return _page(_own(), form, competing=error), 409
    flash(_("The profile was saved."), "success")
    return redirect(url_for("accounts.profile"), 303)


def _own() -> OrganisationView:
    org_id = actor().org_id
    assert org_id is not None  # the audience is MEMBER
    return queries.organisation(uow(), org_id)


def _version() -> int:
    try:
        return whole_number(request.form.get("version", "0"))
    except BadInput:
        return 0  # no row's version: Conflict


def _page(
    found: OrganisationView,
    form: ProfileForm,
    version: int | None = None,
    competing: Conflict | None = None,
) -> str:
    form.offer()
    return render_template(
        "accounts/profile.html",
        organisation=found,
        form=form,
        version=found.version if version is None else version,
        competing=_told(competing, form) if competing else [],
    )


def _told(error: Conflict, form: ProfileForm) -> list[dict[str, object]]:
    """Return each field that two people changed, as the reader sees it."""
    named: dict[str, dict[str, object]] = {
        "kind": {str(k): v for k, v in places.KINDS.items()},
        "size": dict(places.SIZES),
        "prefecture": dict(places.PREFECTURES),
        "sector": dict(places.SECTORS),
    }

    def shown(field: str, value: str) -> object:
        return named.get(field, {}).get(value, value)

    return [
        {
            "label": form[c.field].label.text,
            "mine": shown(c.field, c.mine),
            "theirs": shown(c.field, c.theirs),
            "by": c.by,
            "at": c.at,
        }
        for c in error.fields
    ]
