"""Pages of a hand-over: asking for it, the successor's link, the way back, a member re-opened."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from jpmirai_compliance.accounts import queries
from jpmirai_compliance.accounts.forms import (
    HandoverForm,
    JoinForm,
    PasswordAgainForm,
    ReopenForm,
)
from jpmirai_compliance.accounts.queries import LinkState
from jpmirai_compliance.accounts.queries import handovers as found_in
from jpmirai_compliance.accounts.queries.handovers import HandoverView
from jpmirai_compliance.accounts.queries.reach import has_reachable_admin
from jpmirai_compliance.accounts.service import handover as service
from jpmirai_compliance.accounts.service import reopening
from jpmirai_compliance.accounts.service import sign_in as signing
from jpmirai_compliance.accounts.service.links import LinkOver
from jpmirai_compliance.accounts.views.blueprint import base_url, bp, link_over, refuse, vault
from jpmirai_compliance.accounts.views.identity import fresh
from jpmirai_compliance.accounts.views.signing_in import proceed
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Incomplete
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Of, Permission, authorize
from jpmirai_compliance.foundation.web import actor, now, uow


@bp.route("/m/people/hand-over", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.HANDOVER_ASKED,))
def hand_over() -> ResponseReturnValue:
    """Ask who takes over, and mail that person; 303, or 422 with what is wrong."""
    org_id = actor().org_id
    authorize(actor(), Permission.PEOPLE_MANAGE, Of(org_id))
    fresh()
    form = HandoverForm()
    people = [p for p in queries.people(uow(), org_id) if p.user_id != actor().user_id]
    form.offer(people)
    if request.method == "GET":
        return render_template("accounts/hand_over.html", form=form)
    if not form.validate():
        return render_template("accounts/hand_over.html", form=form), 422
    chosen = next((p for p in people if str(p.user_id) == form.successor.data), None)
    try:
        with uow().transaction() as work:
            service.ask(
                work,
                actor=actor(),
                email=chosen.email if chosen else form.email.data or "",
                name=chosen.name if chosen else form.name.data or "",
                locale=chosen.locale if chosen else form.locale.data,
                leaves=form.leaves.data == "yes",
                base_url=base_url(),
                now=now(),
            )
    except Incomplete as error:
        refuse(form, error)
        return render_template("accounts/hand_over.html", form=form), 422
    flash(_("Your successor was asked by mail. Nothing changes until it is confirmed."), "success")
    return redirect(url_for("accounts.people"), 303)


@bp.post("/m/people/hand-over/<uuid:handover_id>/withdraw")
@audience(Audience.MEMBER, records=(Event.HANDOVER_WITHDRAWN,))
def hand_over_withdraw(handover_id: uuid.UUID) -> ResponseReturnValue:
    """Make a hand-over void before it is confirmed."""
    org_id = actor().org_id or uuid.UUID(int=0)
    with uow().transaction() as work:
        service.withdraw(work, actor=actor(), org_id=org_id, handover_id=handover_id, now=now())
    flash(_("The hand-over was withdrawn."), "success")
    return redirect(url_for("accounts.people"), 303)


@bp.get("/hand-over/<token>")
@audience(Audience.VISITOR)
def hand_over_confirm(token: str) -> ResponseReturnValue:
    """Show what the successor takes over; reading changes nothing."""
    state, found = found_in.handover(uow(), token, now())
    if found is None or state is not LinkState.OPEN:
        return link_over(state, "handover")
    return _confirm_page(found, _form_for(found))


@bp.post("/hand-over/<token>")
@audience(
    Audience.VISITOR,
    records=(
        Event.HANDOVER_CONFIRMED,
        Event.ACCOUNT_CREATED,
        Event.ROLES_CHANGED,
        Event.SIGNED_IN,
        Event.SIGN_IN_FAILED,
    ),
)
def hand_over_confirm_post(token: str) -> ResponseReturnValue:
    """Take over: as whoever is signed in, by the account's password, or as somebody new."""
    state, found = found_in.handover(uow(), token, now())
    if found is None or state is not LinkState.OPEN:
        return link_over(state, "handover")
    form = _form_for(found)
    if form is not None and not form.validate():
        return _confirm_page(found, form), 422
    try:
        outcome = _confirm(token, found, form)
    except Incomplete as error:
        if form is not None:
            refuse(form, error)
        return _confirm_page(found, form), 422
    except LinkOver:
        return link_over(LinkState.USED, "handover")
    if isinstance(outcome, signing.Refused):
        if form is not None:
            form.password.errors = [_("The password is not right.")]
        return _confirm_page(found, form), 422
    answer = proceed(outcome)  # a new session: what is said comes after it
    flash(_("You are an administrator now."), "success")
    return answer


@bp.get("/hand-over/undo/<token>")
@audience(Audience.VISITOR)
def hand_over_undo(token: str) -> ResponseReturnValue:
    """Ask whether to take the rights back; reading changes nothing."""
    state, found = found_in.undo_link(uow(), token, now())
    if found is None or state is not LinkState.OPEN:
        return link_over(state, "undo")
    return render_template("accounts/hand_over_undo.html", handover=found)


@bp.post("/hand-over/undo/<token>")
@audience(Audience.VISITOR, records=(Event.HANDOVER_UNDONE, Event.ROLES_CHANGED))
def hand_over_undo_post(token: str) -> ResponseReturnValue:
    """Take the rights back."""
    try:
        with uow().transaction() as work:
            service.undo_by_link(work, token=token, now=now())
    except LinkOver:
        state, _found = found_in.undo_link(uow(), token, now())
        return link_over(LinkState.USED if state is LinkState.OPEN else state, "undo")
    flash(_("The hand-over was undone. Please sign in again."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


@bp.post("/s/members/<uuid:org_id>/hand-overs/<uuid:handover_id>/undo")
@audience(Audience.SECRETARIAT, records=(Event.HANDOVER_UNDONE, Event.ROLES_CHANGED))
def member_hand_over_undo(org_id: uuid.UUID, handover_id: uuid.UUID) -> ResponseReturnValue:
    """Give the rights back, as the secretariat."""
    fresh()
    with uow().transaction() as work:
        service.undo(work, actor=actor(), org_id=org_id, handover_id=handover_id, now=now())
    flash(_("The hand-over was undone. Both people were told by mail."), "success")
    return redirect(url_for("accounts.member", org_id=org_id), 303)


@bp.route("/s/members/<uuid:org_id>/reopen", methods=["GET", "POST"])
@audience(Audience.SECRETARIAT, records=(Event.REOPENING_PROPOSED,))
def member_reopen(org_id: uuid.UUID) -> ResponseReturnValue:
    """Show proposals of a new administrator; make one: 303, or 422 with what is wrong."""
    authorize(actor(), Permission.PEOPLE_MANAGE, SECRETARIAT_ITSELF)
    fresh()
    form = ReopenForm()
    if request.method == "GET":
        return _reopen_page(org_id, form)
    if not form.validate():
        return _reopen_page(org_id, form), 422
    try:
        with uow().transaction() as work:
            reopening.propose(
                work,
                actor=actor(),
                org_id=org_id,
                email=form.email.data or "",
                name=form.name.data or "",
                locale=form.locale.data,
                reason=form.reason.data or "",
                evidence=form.evidence.data or "",
                base_url=base_url(),
                now=now(),
            )
    except Incomplete as error:
        refuse(form, error)
        return _reopen_page(org_id, form), 422
    flash(_("Your colleagues were asked by mail. One of them has to agree."), "success")
    return redirect(url_for("accounts.member_reopen", org_id=org_id), 303)


@bp.post("/s/members/<uuid:org_id>/reopen/<uuid:reopening_id>/consent")
@audience(Audience.SECRETARIAT, records=(Event.REOPENING_CONSENTED, Event.INVITATION_SENT))
def member_reopen_consent(org_id: uuid.UUID, reopening_id: uuid.UUID) -> ResponseReturnValue:
    """Agree as a second person: the invitation goes out."""
    fresh()
    with uow().transaction() as work:
        reopening.consent(
            work,
            actor=actor(),
            org_id=org_id,
            reopening_id=reopening_id,
            base_url=base_url(),
            now=now(),
        )
    flash(_("The new administrator was invited. The old addresses were told."), "success")
    return redirect(url_for("accounts.member", org_id=org_id), 303)


@bp.post("/s/members/<uuid:org_id>/reopen/<uuid:reopening_id>/refuse")
@audience(Audience.SECRETARIAT, records=(Event.REOPENING_REFUSED,))
def member_reopen_refuse(org_id: uuid.UUID, reopening_id: uuid.UUID) -> ResponseReturnValue:
    """Say no, or take one's own proposal back."""
    with uow().transaction() as work:
        reopening.refuse(work, actor=actor(), org_id=org_id, reopening_id=reopening_id, now=now())
    flash(_("The proposal has ended. Nobody was invited."), "success")
    return redirect(url_for("accounts.member_reopen", org_id=org_id), 303)


def _reopen_page(org_id: uuid.UUID, form: ReopenForm) -> str:
    return render_template(
        "accounts/reopen.html",
        organisation=queries.organisation(uow(), org_id),
        reachable=has_reachable_admin(uow(), org_id),
        proposals=found_in.reopenings(uow(), org_id, now()),
        form=form,
    )


def _form_for(found: HandoverView) -> JoinForm | PasswordAgainForm | None:
    """Return what has to be typed: nothing if somebody is signed in."""
    if current_user.actor is not None:
        return None
    if found.known:
        return PasswordAgainForm()
    return JoinForm(name=found.name, locale=found.locale)


def _confirm_page(found: HandoverView, form: JoinForm | PasswordAgainForm | None) -> str:
    return render_template("accounts/hand_over_confirm.html", handover=found, form=form)


def _confirm(
    token: str, found: HandoverView, form: JoinForm | PasswordAgainForm | None
) -> signing.Outcome:
    base = base_url()
    if form is None:
        known = bool(current_user.second_factor)
        with uow().transaction() as work:
            user_id, org_id = service.confirm_as(
                work, token=token, user_id=current_user.user_id, base_url=base, now=now()
            )
            return signing.enter(
                work,
                user_id=user_id,
                vault=vault(),
                now=now(),
                prefer=org_id,
                second_factor_done=known,
            )
    if isinstance(form, JoinForm):
        with uow().transaction() as work:
            user_id, org_id = service.confirm_as_new(
                work,
                token=token,
                name=form.name.data or "",
                password=form.password.data or "",
                locale=form.locale.data,
                vault=vault(),
                base_url=base,
                now=now(),
            )
            return signing.enter(work, user_id=user_id, vault=vault(), now=now(), prefer=org_id)
    return _confirm_by_password(token, found.email, form.password.data or "")


def _confirm_by_password(token: str, email: str, password: str) -> signing.Outcome:
    address = request.remote_addr or ""
    proof = signing.prove(
        uow(), email=email, password=password, address=address, vault=vault(), now=now()
    )
    with uow().transaction() as work:
        user = signing.confirm(work, proof=proof, address=address, vault=vault(), now=now())
        if user is None:
            return signing.Refused()
        user_id, org_id = service.confirm_as(
            work, token=token, user_id=user.id, base_url=base_url(), now=now()
        )
        return signing.enter(work, user_id=user_id, vault=vault(), now=now(), prefer=org_id)
