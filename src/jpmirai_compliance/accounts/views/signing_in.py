"""Signing in and out, choosing for whom to act, the language."""

import uuid

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from jpmirai_compliance.accounts import queries
from jpmirai_compliance.accounts.forms import CodeForm, PasswordAgainForm, SignInForm
from jpmirai_compliance.accounts.rules.addresses import local_path
from jpmirai_compliance.accounts.service import own_account, second_factor, sessions
from jpmirai_compliance.accounts.service import sign_in as signing
from jpmirai_compliance.accounts.views.blueprint import bp, go, home_of, keep_next, layout, vault
from jpmirai_compliance.accounts.views.identity import let_in
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import LOCALES
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import CHOICE
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.typesetting import qr

HALF = "half"  # key of the session: the password was right, the code is still to come


def proceed(outcome: signing.Entered | signing.NeedsCode) -> ResponseReturnValue:
    """Go on after a right password or code: next question, choice of place, or the start page."""
    if isinstance(outcome, signing.NeedsCode):
        session[HALF] = outcome.token
        return redirect(
            url_for("accounts.enrol" if outcome.enrol else "accounts.second_factor"), 303
        )
    let_in(outcome.token)
    if outcome.several:
        return redirect(url_for("accounts.choose"), 303)
    return go(url_for("accounts.start"))


@bp.get("/sign-in")
@audience(Audience.VISITOR)
def sign_in() -> ResponseReturnValue:
    """Ask for address and password."""
    keep_next(request.args.get("next"))
    if current_user.actor is not None:
        return go(home_of(current_user.actor))
    return render_template("accounts/sign_in.html", form=SignInForm())


@bp.post("/sign-in")
@audience(Audience.VISITOR, records=(Event.SIGNED_IN, Event.SIGN_IN_FAILED))
def sign_in_post() -> ResponseReturnValue:
    """Sign in, or say in the same words for everybody that it did not work."""
    form = SignInForm()
    if form.validate():
        address = request.remote_addr or ""
        proof = signing.prove(
            uow(),
            email=form.email.data or "",
            password=form.password.data or "",
            address=address,
            vault=vault(),
            now=now(),
        )
        with uow().transaction() as work:
            outcome = signing.sign_in(work, proof=proof, address=address, vault=vault(), now=now())
        if not isinstance(outcome, signing.Refused):
            return proceed(outcome)
        form.form_errors.append(_("The e-mail address or the password is not right."))
    return render_template("accounts/sign_in.html", form=form), 422


@bp.get("/sign-in/code", endpoint="second_factor")
@audience(Audience.VISITOR)
def second_factor_get() -> ResponseReturnValue:
    """Ask for the code of the app."""
    if HALF not in session:
        return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/code.html", form=CodeForm())


@bp.post("/sign-in/code")
@audience(Audience.VISITOR, records=(Event.SIGNED_IN, Event.SECOND_FACTOR_FAILED))
def second_factor_post() -> ResponseReturnValue:
    """Finish signing in, or say that the code is not right."""
    form = CodeForm()
    if form.validate():
        with uow().transaction() as work:
            outcome = signing.enter_code(
                work,
                token=session.get(HALF, ""),
                typed=form.code.data or "",
                vault=vault(),
                now=now(),
            )
        if outcome is None:
            return _took_too_long()
        if not isinstance(outcome, signing.Refused):
            return proceed(outcome)
        form.code.errors = [
            _(
                "This code is not right, or it was used already. Type the next one that the app"
                " shows, or another recovery code."
            )
        ]
    return render_template("accounts/code.html", form=form), 422


@bp.get("/sign-in/second-factor")
@audience(Audience.VISITOR)
def enrol() -> ResponseReturnValue:
    """Show staff who sign in for the first time how to set up the app."""
    return _enrol_page(CodeForm(), 200)


@bp.post("/sign-in/second-factor")
@audience(
    Audience.VISITOR,
    records=(Event.SECOND_FACTOR_CHANGED, Event.SECOND_FACTOR_FAILED, Event.SIGNED_IN),
)
def enrol_post() -> ResponseReturnValue:
    """Set the app up and sign in; the recovery codes are shown this once."""
    form = CodeForm()
    if not form.validate():
        return _enrol_page(form, 422)
    token = session.get(HALF, "")
    with uow().transaction() as work:
        found = second_factor.enrol_half(
            work, token=token, typed=form.code.data or "", vault=vault(), now=now()
        )
    if found is None:
        return _took_too_long()
    if isinstance(found, signing.Refused):
        form.code.errors = [
            _("This code is not right. Type the six digits that the app shows now.")
        ]
        return _enrol_page(form, 422)
    outcome, codes = found
    let_in(outcome.token)
    onward = url_for("accounts.choose" if outcome.several else "accounts.start")
    return render_template(
        "accounts/recovery_codes.html", layout="layouts/base.html", codes=codes, onward=onward
    )


@bp.get("/start")
@audience(Audience.SIGNED_IN)
def start() -> ResponseReturnValue:
    """Send everybody to where they were going, else to their start page."""
    return go(home_of(actor()))


@bp.get("/choose")
@audience(Audience.SIGNED_IN)
def choose() -> ResponseReturnValue:
    """Ask for whom to act."""
    found = queries.places(uow(), actor().user_id)
    return render_template("accounts/choose.html", layout=layout(), places=found)


@bp.post("/choose")
@audience(Audience.SIGNED_IN, records=(Event.SETTINGS_CHANGED,))
def choose_post() -> ResponseReturnValue:
    """Act for one of one's own organisations, or as staff."""
    raw = request.form.get("org_id", "")
    try:
        org_id = uuid.UUID(raw) if raw else None
    except ValueError:
        raise NotFound from None
    with uow().transaction() as work:
        sessions.choose(
            work, actor=actor(), session_id=current_user.session_id, org_id=org_id, now=now()
        )
    return redirect(url_for("accounts.start"), 303)


@bp.post("/sign-out")
@audience(Audience.SIGNED_IN, records=(Event.SIGNED_OUT,))
def sign_out() -> ResponseReturnValue:
    """End the session."""
    with uow().transaction() as work:
        sessions.sign_out(work, actor=actor(), session_id=current_user.session_id, now=now())
    session.clear()
    flash(_("You have signed out."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/confirm-password")
@audience(Audience.SIGNED_IN)
def confirm_password() -> ResponseReturnValue:
    """Ask for the password once more before a delicate step."""
    keep_next(request.args.get("next"))
    return render_template(
        "accounts/confirm_password.html", layout=layout(), form=PasswordAgainForm()
    )


@bp.post("/confirm-password")
@audience(Audience.SIGNED_IN, records=(Event.SIGNED_IN, Event.SIGN_IN_FAILED))
def confirm_password_post() -> ResponseReturnValue:
    """Renew the session, under a new token, and go on."""
    form = PasswordAgainForm()
    if form.validate():
        if own_password(form.password.data or ""):
            with uow().transaction() as work:
                token = sessions.renew(
                    work, actor=actor(), session_id=current_user.session_id, now=now()
                )
            let_in(token)
            return go(home_of(actor()))
        form.password.errors = [_("The password is not right.")]
    page = render_template("accounts/confirm_password.html", layout=layout(), form=form)
    return page, 422


@bp.post("/language")
@audience(Audience.VISITOR, records=(Event.SETTINGS_CHANGED,))
def language() -> ResponseReturnValue:
    """Show pages in another language from now on."""
    locale = request.form.get("locale", "")
    if locale not in LOCALES:
        abort(422)
    session[CHOICE] = locale
    if (who := current_user.actor) is not None:
        with uow().transaction() as work:
            own_account.speak(work, actor=who, locale=locale, now=now())
    return redirect(local_path(request.form.get("next")) or home_of(who), 303)


def own_password(password: str) -> bool:
    """Return whether this is the password of whoever is signed in; a wrong one is counted."""
    address = request.remote_addr or ""
    proof = signing.prove(
        uow(),
        email=current_user.email,
        password=password,
        address=address,
        vault=vault(),
        now=now(),
    )
    with uow().transaction() as work:
        user = signing.confirm(work, proof=proof, address=address, vault=vault(), now=now())
        return user is not None


def _enrol_page(form: CodeForm, status: int) -> ResponseReturnValue:
    found = second_factor.pending_half(uow(), token=session.get(HALF, ""), vault=vault(), now=now())
    if found is None:
        return _took_too_long()
    secret, address = found
    path, side = qr.svg_path(address)
    page = render_template(
        "accounts/enrol.html",
        layout="layouts/base.html",
        form=form,
        secret=secret,
        path=path,
        side=side,
        required=True,
    )
    return page, status


def _took_too_long() -> ResponseReturnValue:
    session.pop(HALF, None)
    flash(_("That took too long. Please sign in again."), "info")
    return redirect(url_for("accounts.sign_in"), 303)
