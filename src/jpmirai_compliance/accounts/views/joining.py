"""Invitations, forgotten passwords, new addresses: pages that a mailed link opens."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from jpmirai_compliance.accounts import queries, service
from jpmirai_compliance.accounts.forms import (
    ForgotForm,
    JoinForm,
    NewPasswordForm,
    PasswordAgainForm,
)
from jpmirai_compliance.accounts.queries import InvitationView, LinkState
from jpmirai_compliance.accounts.rules import roles
from jpmirai_compliance.accounts.service import sign_in as signing
from jpmirai_compliance.accounts.service.links import LinkOver
from jpmirai_compliance.accounts.views.blueprint import base_url, bp, link_over, refuse, vault
from jpmirai_compliance.accounts.views.signing_in import proceed
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Incomplete
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import now, uow


@bp.get("/invitations/<token>")
@audience(Audience.VISITOR)
def invitation(token: str) -> ResponseReturnValue:
    """Show an invitation; however often it is read, it stays as it is."""
    found = queries.invitation(uow(), token, now())
    if found is None or found.state is not LinkState.OPEN:
        return link_over(found.state if found else LinkState.UNKNOWN, "invitation")
    return _invitation_page(found, _form_for(found))


@bp.post("/invitations/<token>")
@audience(
    Audience.VISITOR,
    records=(
        Event.INVITATION_ACCEPTED,
        Event.ACCOUNT_CREATED,
        Event.ROLES_CHANGED,
        Event.SIGNED_IN,
        Event.SIGN_IN_FAILED,
    ),
)
def invitation_post(token: str) -> ResponseReturnValue:
    """Join: as whoever is signed in, by the password of the account, or as somebody new."""
    found = queries.invitation(uow(), token, now())
    if found is None or found.state is not LinkState.OPEN:
        return link_over(found.state if found else LinkState.UNKNOWN, "invitation")
    form = _form_for(found)
    if form is not None and not form.validate():
        return _invitation_page(found, form), 422
    try:
        if form is None:
            outcome = _join_signed_in(token)
        elif isinstance(form, JoinForm):
            outcome = _join_new(token, form)
        else:
            outcome = _join_by_password(token, found.email, form)
    except Incomplete as error:
        if form is not None:
            refuse(form, error)
        return _invitation_page(found, form), 422
    except LinkOver:
        return link_over(LinkState.USED, "invitation")
    if isinstance(outcome, signing.Refused):
        if form is not None:
            form.password.errors = [_("The password is not right.")]
        return _invitation_page(found, form), 422
    answer = proceed(outcome)  # a new session, so that only what is said from here is seen
    flash(_("You have joined."), "success")
    return answer


@bp.get("/forgot-password")
@audience(Audience.VISITOR)
def forgot() -> ResponseReturnValue:
    """Ask whose password is forgotten."""
    return render_template("accounts/forgot.html", form=ForgotForm(), sent=False)


@bp.post("/forgot-password")
@audience(Audience.VISITOR, records=(Event.PASSWORD_RESET_ASKED,))
def forgot_post() -> ResponseReturnValue:
    """Say the same to everybody; the owner of an account gets a mail."""
    form = ForgotForm()
    if not form.validate():
        return render_template("accounts/forgot.html", form=form, sent=False), 422
    with uow().transaction() as work:
        service.ask_reset(
            work,
            email=form.email.data or "",
            address=request.remote_addr or "",
            base_url=base_url(),
            vault=vault(),
            now=now(),
        )
    return render_template("accounts/forgot.html", form=ForgotForm(formdata=None), sent=True)


@bp.get("/reset-password/<token>")
@audience(Audience.VISITOR)
def reset(token: str) -> ResponseReturnValue:
    """Ask for a new password; reading the page changes nothing."""
    state = queries.mail_link(uow(), token, "reset", now())
    if state is not LinkState.OPEN:
        return link_over(state, "reset")
    return render_template("accounts/reset.html", form=NewPasswordForm())


@bp.post("/reset-password/<token>")
@audience(Audience.VISITOR, records=(Event.PASSWORD_CHANGED,))
def reset_post(token: str) -> ResponseReturnValue:
    """Set the new password; signing in with it, and the code, comes next."""
    form = NewPasswordForm()
    if not form.validate():
        return render_template("accounts/reset.html", form=form), 422
    try:
        with uow().transaction() as work:
            service.reset(
                work, token=token, password=form.password.data or "", vault=vault(), now=now()
            )
    except Incomplete as error:
        refuse(form, error)
        return render_template("accounts/reset.html", form=form), 422
    except LinkOver:
        state = queries.mail_link(uow(), token, "reset", now())
        return link_over(LinkState.USED if state is LinkState.OPEN else state, "reset")
    flash(_("Your password was changed. Please sign in with the new one."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/account/email/<token>")
@audience(Audience.VISITOR)
def confirm_email(token: str) -> ResponseReturnValue:
    """Ask whether the new address is right; reading the page changes nothing."""
    state = queries.mail_link(uow(), token, "email", now())
    if state is not LinkState.OPEN:
        return link_over(state, "email")
    return render_template("accounts/confirm_email.html")


@bp.post("/account/email/<token>")
@audience(Audience.VISITOR, records=(Event.EMAIL_CHANGED,))
def confirm_email_post(token: str) -> ResponseReturnValue:
    """Use the new address from now on."""
    try:
        with uow().transaction() as work:
            service.confirm_new_email(work, token=token, now=now())
    except LinkOver:
        state = queries.mail_link(uow(), token, "email", now())
        return link_over(LinkState.USED if state is LinkState.OPEN else state, "email")
    flash(_("Your e-mail address was changed. Please sign in with the new one."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


def _form_for(found: InvitationView) -> JoinForm | PasswordAgainForm | None:
    """Return what has to be typed: nothing if somebody is signed in."""
    if current_user.actor is not None:
        return None
    if found.known:
        return PasswordAgainForm()
    return JoinForm(name=found.name, locale=found.locale)


def _invitation_page(found: InvitationView, form: JoinForm | PasswordAgainForm | None) -> str:
    order = roles.choices(found.org_id)
    return render_template(
        "accounts/invitation.html",
        invitation=found,
        form=form,
        role_names=[roles.NAMES[role] for role in order if role in found.roles],
    )


def _join_signed_in(token: str) -> signing.Outcome:
    known = bool(current_user.second_factor)
    with uow().transaction() as work:
        user_id, org_id = service.accept_as(
            work, token=token, user_id=current_user.user_id, now=now()
        )
        return signing.enter(
            work, user_id=user_id, vault=vault(), now=now(), prefer=org_id, second_factor_done=known
        )


def _join_new(token: str, form: JoinForm) -> signing.Outcome:
    with uow().transaction() as work:
        user_id, org_id = service.accept_as_new(
            work,
            token=token,
            name=form.name.data or "",
            password=form.password.data or "",
            locale=form.locale.data,
            vault=vault(),
            now=now(),
        )
        return signing.enter(work, user_id=user_id, vault=vault(), now=now(), prefer=org_id)


def _join_by_password(token: str, email: str, form: PasswordAgainForm) -> signing.Outcome:
    address = request.remote_addr or ""
    proof = signing.prove(
        uow(),
        email=email,
        password=form.password.data or "",
        address=address,
        vault=vault(),
        now=now(),
    )
    with uow().transaction() as work:
        user = signing.confirm(work, proof=proof, address=address, vault=vault(), now=now())
        if user is None:
            return signing.Refused()
        user_id, org_id = service.accept_as(work, token=token, user_id=user.id, now=now())
        return signing.enter(work, user_id=user_id, vault=vault(), now=now(), prefer=org_id)
