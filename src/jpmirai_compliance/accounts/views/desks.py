"""Three lists of people with the same pages: one's own organisation's, a member's, the staff's."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts import queries, service
from jpmirai_compliance.accounts.forms import ChangeRolesForm, InviteForm
from jpmirai_compliance.accounts.queries import OrganisationView, PersonView, handovers
from jpmirai_compliance.accounts.queries.reach import has_reachable_admin
from jpmirai_compliance.accounts.rules import roles as role_rules
from jpmirai_compliance.accounts.views.blueprint import base_url, bp, refuse
from jpmirai_compliance.accounts.views.identity import fresh
from jpmirai_compliance.foundation import mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, Incomplete, NotFound
from jpmirai_compliance.foundation.forms import Difference, differences
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import Of, Permission, Role, authorize, may
from jpmirai_compliance.foundation.web import actor, now, uow

Place = uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose people; ``key`` begins the endpoints, ``path`` the addresses."""

    key: str
    path: str
    audience: Audience
    layout: str
    read: Permission

    def place(self, org_id: Place) -> Place:
        """Return whose people these are: the address's, one's own organisation's, or the staff."""
        return actor().org_id if self.audience is Audience.MEMBER else org_id

    def url(self, page: str, org_id: Place, **values: object) -> str:
        """Return the address of one of the desk's pages."""
        endpoint = f"accounts.{self.key}_{page}" if page else f"accounts.{self.key}"
        known = {"org_id": org_id} if "org_id" in self.path else {}
        return url_for(endpoint, **known, **values)  # type: ignore[arg-type]  # -- Flask takes any


DESKS = (
    Desk(
        "people", "/m/people", Audience.MEMBER, "layouts/member.html", Permission.ORGANISATION_READ
    ),
    Desk(
        "member",
        "/s/members/<uuid:org_id>",
        Audience.SECRETARIAT,
        "layouts/secretariat.html",
        Permission.ORGANISATION_READ,
    ),
    Desk(
        "staff",
        "/s/people",
        Audience.SECRETARIAT,
        "layouts/secretariat.html",
        Permission.PEOPLE_MANAGE,
    ),
)


def index(desk: Desk, org_id: Place = None) -> ResponseReturnValue:
    """List people and open invitations."""
    place = desk.place(org_id)
    organisation = _organisation(place)
    authorize(actor(), desk.read, Of(place))
    manages = may(actor(), Permission.PEOPLE_MANAGE, Of(place))
    people = queries.people(uow(), place)
    return render_template(
        "accounts/people.html",
        desk=desk,
        place=place,
        organisation=organisation,
        people=people,
        handovers=handovers.handovers(uow(), place, now()) if manages and place else (),
        reachable=place is None or has_reachable_admin(uow(), place),
        now=now(),
        marks=mail.marks(uow(), [person.email for person in people]) if manages else {},
        invitations=queries.invitations(uow(), place, now()) if manages else (),
        manages=manages,
        names=role_rules.NAMES,
        order=role_rules.choices(place),
    )


def invite_form(desk: Desk, org_id: Place = None) -> ResponseReturnValue:
    """Ask whom to invite."""
    place = desk.place(org_id)
    authorize(actor(), Permission.INVITATION_SEND, Of(place))
    fresh()
    return _invite_page(desk, place, InviteForm())


def invite(desk: Desk, org_id: Place = None) -> ResponseReturnValue:
    """Send an invitation."""
    place = desk.place(org_id)
    authorize(actor(), Permission.INVITATION_SEND, Of(place))
    fresh()
    form = InviteForm()
    form.offer(role_rules.choices(place))
    if not form.validate():
        return _invite_page(desk, place, form), 422
    try:
        with uow().transaction() as work:
            service.invite(
                work,
                actor=actor(),
                email=form.email.data or "",
                name=form.name.data or "",
                org_id=place,
                roles=form.chosen,
                locale=form.locale.data,
                base_url=base_url(),
                now=now(),
            )
    except Incomplete as error:
        refuse(form, error)
        return _invite_page(desk, place, form), 422
    flash(_("The invitation was sent to %(email)s.", email=form.email.data), "success")
    return redirect(desk.url("", place), 303)


def person(desk: Desk, user_id: uuid.UUID, org_id: Place = None) -> ResponseReturnValue:
    """Show one person's roles."""
    place = desk.place(org_id)
    authorize(actor(), Permission.PEOPLE_MANAGE, Of(place))
    found = _person(place, user_id)
    return _person_page(desk, place, found, ChangeRolesForm(data=_held(found)))


def change(desk: Desk, user_id: uuid.UUID, org_id: Place = None) -> ResponseReturnValue:
    """Change one person's roles; the person has to sign in again."""
    place = desk.place(org_id)
    authorize(actor(), Permission.PEOPLE_MANAGE, Of(place))
    fresh()
    found = _person(place, user_id)
    form = ChangeRolesForm()
    form.offer(role_rules.choices(place))
    if not form.validate():
        return _person_page(desk, place, found, form), 422
    try:
        with uow().transaction() as work:
            service.change_roles(
                work,
                actor=actor(),
                org_id=place,
                user_id=user_id,
                roles=form.chosen,
                seen=form.seen.data or "",
                now=now(),
            )
    except Incomplete as error:
        refuse(form, error)
        return _person_page(desk, place, found, form), 422
    except Conflict:
        found = _person(place, user_id)
        stored = ChangeRolesForm(formdata=None, data=_held(found))
        stored.offer(role_rules.choices(place))
        form.seen.data = stored.seen.data
        return _person_page(desk, place, found, form, differences(form, stored)), 409
    flash(_("The roles of %(name)s were saved.", name=found.name), "success")
    return redirect(desk.url("", place), 303)


def remove(desk: Desk, user_id: uuid.UUID, org_id: Place = None) -> ResponseReturnValue:
    """End one person's roles here."""
    place = desk.place(org_id)
    authorize(actor(), Permission.PEOPLE_MANAGE, Of(place))
    fresh()
    found = _person(place, user_id)
    with uow().transaction() as work:
        service.remove(work, actor=actor(), org_id=place, user_id=user_id, now=now())
    flash(_("%(name)s no longer has access here.", name=found.name), "success")
    return redirect(desk.url("", place), 303)


def sign_out(desk: Desk, user_id: uuid.UUID, org_id: Place = None) -> ResponseReturnValue:
    """End one person's sessions; the roles stay."""
    place = desk.place(org_id)
    authorize(actor(), Permission.PEOPLE_MANAGE, Of(place))
    fresh()
    found = _person(place, user_id)
    with uow().transaction() as work:
        service.sign_out(work, actor=actor(), org_id=place, user_id=user_id, now=now())
    flash(_("%(name)s was signed out everywhere.", name=found.name), "success")
    return redirect(desk.url("person", place, user_id=user_id), 303)


def resend(desk: Desk, invitation_id: uuid.UUID, org_id: Place = None) -> ResponseReturnValue:
    """Mail a new link; the old one is void."""
    place = desk.place(org_id)
    fresh()
    with uow().transaction() as work:
        service.resend(
            work,
            actor=actor(),
            org_id=place,
            invitation_id=invitation_id,
            base_url=base_url(),
            now=now(),
        )
    flash(_("The invitation was sent again. The earlier link no longer works."), "success")
    return redirect(desk.url("", place), 303)


def revoke(desk: Desk, invitation_id: uuid.UUID, org_id: Place = None) -> ResponseReturnValue:
    """Make an invitation void."""
    place = desk.place(org_id)
    with uow().transaction() as work:
        service.revoke(work, actor=actor(), org_id=place, invitation_id=invitation_id, now=now())
    flash(_("The invitation was withdrawn."), "success")
    return redirect(desk.url("", place), 303)


#: Page, address after the desk's, method, view, audit events.
PAGES: tuple[tuple[str, str, str, Callable[..., ResponseReturnValue], tuple[Event, ...]], ...] = (
    ("", "", "GET", index, ()),
    ("invite", "/invite", "GET", invite_form, ()),
    ("invite_post", "/invite", "POST", invite, (Event.INVITATION_SENT,)),
    ("person", "/<uuid:user_id>", "GET", person, ()),
    ("person_post", "/<uuid:user_id>", "POST", change, (Event.ROLES_CHANGED,)),
    ("remove", "/<uuid:user_id>/remove", "POST", remove, (Event.ROLES_CHANGED,)),
    ("sign_out", "/<uuid:user_id>/sign-out", "POST", sign_out, (Event.SIGNED_OUT,)),
    (
        "resend",
        "/invitations/<uuid:invitation_id>/resend",
        "POST",
        resend,
        (Event.INVITATION_SENT,),
    ),
    (
        "revoke",
        "/invitations/<uuid:invitation_id>/revoke",
        "POST",
        revoke,
        (Event.INVITATION_REVOKED,),
    ),
)


def _register() -> None:
    for desk in DESKS:
        for page, path, method, view, events in PAGES:
            bp.add_url_rule(
                desk.path + path,
                f"{desk.key}_{page}" if page else desk.key,
                audience(desk.audience, records=events)(_at(desk, view)),
                methods=[method],
            )


def _at(desk: Desk, view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    def page(**values: uuid.UUID) -> ResponseReturnValue:
        return view(desk, **values)

    return page


def _organisation(place: Place) -> OrganisationView | None:
    return queries.organisation(uow(), place) if place is not None else None


def _person(place: Place, user_id: uuid.UUID) -> PersonView:
    for found in queries.people(uow(), place):
        if found.user_id == user_id:
            return found
    raise NotFound


def _invite_page(desk: Desk, place: Place, form: InviteForm) -> str:
    form.offer(role_rules.choices(place))
    return render_template(
        "accounts/people_invite.html",
        desk=desk,
        place=place,
        organisation=_organisation(place),
        form=form,
        hints=_hints(place),
    )


def _held(found: PersonView) -> dict[str, object]:
    """Return what the form of a person's roles shows first."""
    return {"roles": [r.value for r in found.roles], "seen": role_rules.written(found.roles)}


def _person_page(
    desk: Desk,
    place: Place,
    found: PersonView,
    form: ChangeRolesForm,
    overtaken: list[Difference] | None = None,
) -> str:
    form.offer(role_rules.choices(place))
    return render_template(
        "accounts/person.html",
        desk=desk,
        place=place,
        organisation=_organisation(place),
        person=found,
        form=form,
        overtaken=overtaken,
        hints=_hints(place),
    )


def _hints(place: Place) -> dict[Role, str]:
    return {role: translated(role_rules.HINTS[role]) for role in role_rules.choices(place)}


_register()
