"""The secretariat's list of members, and inviting new ones, one by one or by a file."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts import queries, service
from jpmirai_compliance.accounts.forms import InviteOrganisationForm, ListForm
from jpmirai_compliance.accounts.queries.organisations import PAGE, SEARCH_MAX
from jpmirai_compliance.accounts.rules import invitation_list, places
from jpmirai_compliance.accounts.rules.invitation_list import Guest
from jpmirai_compliance.accounts.views.blueprint import base_url, bp, refuse
from jpmirai_compliance.accounts.views.identity import fresh
from jpmirai_compliance.foundation import downloads
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Incomplete
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.inputs import BadInput, clean_line
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Permission, authorize
from jpmirai_compliance.foundation.tabular import Column, Sheet
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles.model import MemberKind


@bp.get("/s/members")
@audience(Audience.SECRETARIAT)
def members() -> ResponseReturnValue:
    """List members by name, fifty a page."""
    search = search_words(request.args.get("q", ""))
    found = queries.members(uow(), search=search, after=_after(request.args.get("after", "")))
    more = ""
    if len(found) > PAGE:
        more = url_for("accounts.members", q=search or None, after=found[PAGE - 1].org_id)
    return render_template(
        "accounts/members.html",
        members=found[:PAGE],
        search=search,
        search_max=SEARCH_MAX,
        more=more,
        kinds=places.KINDS,
    )


@bp.get("/s/members/invite")
@audience(Audience.SECRETARIAT)
def invite() -> ResponseReturnValue:
    """Ask which organisation to invite."""
    authorize(actor(), Permission.INVITATION_SEND, SECRETARIAT_ITSELF)
    fresh()
    return _invite_page(InviteOrganisationForm())


@bp.post("/s/members/invite")
@audience(Audience.SECRETARIAT, records=(Event.ORGANISATION_CREATED, Event.INVITATION_SENT))
def invite_post() -> ResponseReturnValue:
    """Make a member and invite its first person."""
    authorize(actor(), Permission.INVITATION_SEND, SECRETARIAT_ITSELF)
    fresh()
    form = InviteOrganisationForm()
    form.offer()
    if not form.validate():
        return _invite_page(form), 422
    guest = Guest(
        row=0,
        organisation=form.organisation.data or "",
        organisation_en=form.organisation_en.data or "",
        kind=MemberKind(form.kind.data),
        name=form.name.data or "",
        email=form.email.data or "",
        locale=form.locale.data,
    )
    try:
        with uow().transaction() as work:
            service.invite_organisation(
                work, actor=actor(), guest=guest, base_url=base_url(), now=now()
            )
    except Incomplete as error:
        refuse(form, error)
        return _invite_page(form), 422
    flash(_("The invitation was sent to %(email)s.", email=guest.email), "success")
    return redirect(url_for("accounts.members"), 303)


@bp.get("/s/members/invite-csv")
@audience(Audience.SECRETARIAT)
def invite_csv() -> ResponseReturnValue:
    """Ask for a file with organisations to invite."""
    authorize(actor(), Permission.INVITATION_SEND, SECRETARIAT_ITSELF)
    fresh()
    return _list_page(ListForm())


@bp.post("/s/members/invite-csv")
@audience(Audience.SECRETARIAT, records=(Event.ORGANISATION_CREATED, Event.INVITATION_SENT))
def invite_csv_post() -> ResponseReturnValue:
    """Invite everybody in the file, or nobody, with the rows to mend."""
    authorize(actor(), Permission.INVITATION_SEND, SECRETARIAT_ITSELF)
    fresh()
    form = ListForm()
    upload = request.files.get("file")
    content = upload.read(invitation_list.MOST_BYTES + 1) if upload else b""
    if not form.validate() or not content:
        form.file.errors = [_("Choose a CSV file.")]
        return _list_page(form), 422
    try:
        guests = invitation_list.read_guests(content)
        with uow().transaction() as work:
            count = service.invite_all(
                work, actor=actor(), guests=guests, base_url=base_url(), now=now()
            )
    except Incomplete as error:
        refuse(form, error)
        return _list_page(form), 422
    flash(_("%(count)d invitations were sent.", count=count), "success")
    return redirect(url_for("accounts.members"), 303)


@bp.get("/s/members/invite-csv/example")
@audience(Audience.SECRETARIAT)
def invite_csv_example() -> ResponseReturnValue:
    """Return a file with the headings and one row to replace."""
    heads = [Column(words[0]) for words in invitation_list.HEADINGS.values()]
    row = ["見本製作所", "Mihon Manufacturing", "企業", "見本 花子", "hanako@example.jp", "ja"]
    return downloads.table("members", "csv", [Sheet("members", heads, [row])])


@bp.post("/s/accounts/<uuid:user_id>/disable")
@audience(Audience.SECRETARIAT, records=(Event.ACCOUNT_DISABLED,))
def disable(user_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody sign in nowhere any more."""
    fresh()
    with uow().transaction() as work:
        service.disable(work, actor=actor(), user_id=user_id, now=now())
    flash(_("The account was disabled."), "success")
    return redirect(url_for("accounts.members"), 303)


@bp.post("/s/accounts/<uuid:user_id>/enable")
@audience(Audience.SECRETARIAT, records=(Event.ACCOUNT_DISABLED,))
def enable(user_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody sign in again."""
    fresh()
    with uow().transaction() as work:
        service.enable(work, actor=actor(), user_id=user_id, now=now())
    flash(_("The account was enabled again."), "success")
    return redirect(url_for("accounts.members"), 303)


def search_words(raw: str) -> str:
    """Return the words to look for, cleaned; "" if none or unusable."""
    try:
        return clean_line(raw.replace("\0", ""), SEARCH_MAX)
    except BadInput:
        return ""


def _after(raw: str) -> tuple[str, uuid.UUID] | None:
    """Return name and id of the last row seen; None, so the first page, for anything else."""
    try:
        org_id = uuid.UUID(raw)
    except ValueError:
        return None
    found = queries.organisations(uow(), [org_id]).get(org_id)
    return (found.name_ja, org_id) if found else None


def _invite_page(form: InviteOrganisationForm) -> str:
    form.offer()
    return render_template("accounts/invite.html", form=form)


def _list_page(form: ListForm) -> str:
    return render_template(
        "accounts/invite_csv.html",
        form=form,
        headings=[words[0] for words in invitation_list.HEADINGS.values()],
        kinds=invitation_list.KIND_WORDS,
        most_rows=invitation_list.MOST_ROWS,
    )
