"""One's own account: name, language, password, address, two-step sign-in, other sessions."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from jpmirai_compliance.accounts import queries, service
from jpmirai_compliance.accounts.forms import (
    AccountForm,
    ChangePasswordForm,
    CodeForm,
    NewEmailForm,
)
from jpmirai_compliance.accounts.rules.roles import NEEDS_SECOND_FACTOR
from jpmirai_compliance.accounts.service import own_account, second_factor, sessions
from jpmirai_compliance.accounts.service.sign_in import Refused
from jpmirai_compliance.accounts.views.blueprint import base_url, bp, layout, refuse, vault
from jpmirai_compliance.accounts.views.identity import fresh, let_in
from jpmirai_compliance.accounts.views.signing_in import own_password
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, Incomplete
from jpmirai_compliance.foundation.forms import Difference, differences
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.typesetting import qr


@bp.get("/account")
@audience(Audience.SIGNED_IN)
def account() -> ResponseReturnValue:
    """Show one's own account."""
    return _account_page(AccountForm(data=_own()))


@bp.post("/account")
@audience(Audience.SIGNED_IN, records=(Event.SETTINGS_CHANGED,))
def account_post() -> ResponseReturnValue:
    """Change name and language: 303, 422, or 409 if another of one's own pages was faster."""
    form = AccountForm()
    if not form.validate():
        return _account_page(form), 422
    try:
        with uow().transaction() as work:
            service.introduce(
                work,
                actor=actor(),
                name=form.name.data or "",
                locale=form.locale.data,
                seen=form.seen.data or "",
                now=now(),
            )
    except Conflict:
        stored = AccountForm(formdata=None, data=_own())
        form.seen.data = stored.seen.data
        return _account_page(form, differences(form, stored)), 409
    flash(_("Your changes were saved."), "success")
    return redirect(url_for("accounts.account"), 303)


@bp.get("/account/password")
@audience(Audience.SIGNED_IN)
def password() -> ResponseReturnValue:
    """Ask for the old and the new password."""
    return _page("password", ChangePasswordForm())


@bp.post("/account/password")
@audience(Audience.SIGNED_IN, records=(Event.PASSWORD_CHANGED, Event.SIGN_IN_FAILED))
def password_post() -> ResponseReturnValue:
    """Change the password; every other session ends."""
    form = ChangePasswordForm()
    if not form.validate():
        return _page("password", form), 422
    if not own_password(form.current.data or ""):
        form.current.errors = [_("The password is not right.")]
        return _page("password", form), 422
    try:
        with uow().transaction() as work:
            token = service.change(
                work, actor=actor(), password=form.password.data or "", vault=vault(), now=now()
            )
    except Incomplete as error:
        refuse(form, error)
        return _page("password", form), 422
    let_in(token)
    flash(_("Your password was changed. You were signed out everywhere else."), "success")
    return redirect(url_for("accounts.account"), 303)


@bp.get("/account/email")
@audience(Audience.SIGNED_IN)
def email() -> ResponseReturnValue:
    """Ask for a new address and the password."""
    fresh()
    return _page("email", NewEmailForm())


@bp.post("/account/email")
@audience(Audience.SIGNED_IN, records=(Event.EMAIL_CHANGED, Event.SIGN_IN_FAILED))
def email_post() -> ResponseReturnValue:
    """Mail a link to the new address; nothing changes before it is used."""
    fresh()
    form = NewEmailForm()
    if not form.validate():
        return _page("email", form), 422
    if not own_password(form.password.data or ""):
        form.password.errors = [_("The password is not right.")]
        return _page("email", form), 422
    with uow().transaction() as work:
        service.ask_new_email(
            work, actor=actor(), email=form.email.data or "", base_url=base_url(), now=now()
        )
    flash(_("We have sent a mail to the new address. Open the link in it."), "info")
    return redirect(url_for("accounts.account"), 303)


@bp.get("/account/second-factor")
@audience(Audience.SIGNED_IN)
def own_second_factor() -> ResponseReturnValue:
    """Show how to set up the app, or what can be changed."""
    fresh()
    return _second_factor_page(CodeForm())


@bp.post("/account/second-factor/start")
@audience(Audience.SIGNED_IN, records=(Event.SECOND_FACTOR_CHANGED,))
def second_factor_start() -> ResponseReturnValue:
    """Make a secret to set up an app, or a new one; the old one works until its first code."""
    fresh()
    with uow().transaction() as work:
        second_factor.prepare(work, user_id=actor().user_id, vault=vault())
    return redirect(url_for("accounts.own_second_factor"), 303)


@bp.post("/account/second-factor")
@audience(Audience.SIGNED_IN, records=(Event.SECOND_FACTOR_CHANGED, Event.SECOND_FACTOR_FAILED))
def own_second_factor_post() -> ResponseReturnValue:
    """Turn two-step sign-in on; the recovery codes are shown this once."""
    fresh()
    form = CodeForm()
    if not form.validate():
        return _second_factor_page(form), 422
    with uow().transaction() as work:
        found = second_factor.enrol(
            work,
            actor=actor(),
            session_id=current_user.session_id,
            typed=form.code.data or "",
            vault=vault(),
            now=now(),
        )
    if isinstance(found, Refused):
        form.code.errors = [
            _("This code is not right. Type the six digits that the app shows now.")
        ]
        return _second_factor_page(form), 422
    return _codes_page(found)


@bp.post("/account/second-factor/codes")
@audience(Audience.SIGNED_IN, records=(Event.SECOND_FACTOR_CHANGED,))
def second_factor_codes() -> ResponseReturnValue:
    """Make new recovery codes; the old ones are void."""
    fresh()
    with uow().transaction() as work:
        codes = second_factor.new_codes(work, actor=actor(), now=now())
    return _codes_page(codes)


@bp.post("/account/second-factor/off")
@audience(Audience.SIGNED_IN, records=(Event.SECOND_FACTOR_CHANGED,))
def second_factor_off() -> ResponseReturnValue:
    """Sign in by password alone again."""
    fresh()
    with uow().transaction() as work:
        second_factor.turn_off(work, actor=actor(), session_id=current_user.session_id, now=now())
    flash(_("Two-step sign-in was turned off."), "success")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/sign-out-elsewhere")
@audience(Audience.SIGNED_IN, records=(Event.SIGNED_OUT,))
def sign_out_elsewhere() -> ResponseReturnValue:
    """End every other session."""
    with uow().transaction() as work:
        sessions.sign_out_elsewhere(
            work, actor=actor(), session_id=current_user.session_id, now=now()
        )
    flash(_("You were signed out everywhere else."), "success")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/sessions/<uuid:session_id>/end")
@audience(Audience.SIGNED_IN, records=(Event.SIGNED_OUT,))
def end_session(session_id: uuid.UUID) -> ResponseReturnValue:
    """End one session of one's own; 404 for anybody else's."""
    with uow().transaction() as work:
        sessions.sign_out(work, actor=actor(), session_id=session_id, now=now())
    flash(_("That device is signed out."), "success")
    return redirect(url_for("accounts.account"), 303)


def _own() -> dict[str, str]:
    """Return what the form of name and language shows first."""
    name, locale = current_user.name, current_user.locale
    return {"name": name, "locale": locale, "seen": own_account.seen_of(name, locale)}


def _account_page(form: AccountForm, overtaken: list[Difference] | None = None) -> str:
    return render_template(
        "accounts/account.html",
        layout=layout(),
        form=form,
        overtaken=overtaken,
        sessions=queries.sessions(uow(), actor().user_id, now()),
        places=queries.places(uow(), actor().user_id),
    )


def _page(name: str, form: object) -> str:
    return render_template(f"accounts/{name}.html", layout=layout(), form=form)


def _second_factor_page(form: CodeForm) -> str:
    found = second_factor.pending(uow(), user_id=actor().user_id, vault=vault())
    if found is None:
        held = {r for p in queries.places(uow(), actor().user_id) for r in p.roles}
        needed = bool(held & NEEDS_SECOND_FACTOR)
        return render_template("accounts/second_factor.html", layout=layout(), needed=needed)
    secret, address = found
    path, side = qr.svg_path(address)
    return render_template(
        "accounts/enrol.html",
        layout=layout(),
        form=form,
        secret=secret,
        path=path,
        side=side,
        required=False,
    )


def _codes_page(codes: tuple[str, ...]) -> str:
    return render_template(
        "accounts/recovery_codes.html",
        layout=layout(),
        codes=codes,
        onward=url_for("accounts.account"),
    )
