"""A member's pages: prepare, look, publish, share, withdraw."""

import uuid
from dataclasses import replace

from flask import (
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts.queries import organisation
from jpmirai_compliance.accounts.views import fresh
from jpmirai_compliance.assessments.queries import updates
from jpmirai_compliance.assessments.queries.member import assessment
from jpmirai_compliance.assessments.queries.member_pages import FROZEN
from jpmirai_compliance.assessments.queries.snapshots import SnapshotView, snapshot
from jpmirai_compliance.assessments.service.freezing import provisional
from jpmirai_compliance.disclosure import forms, queries, rules, service
from jpmirai_compliance.disclosure.bundle import Press, Preview, reconcile, renderer
from jpmirai_compliance.disclosure.queries.postings import sites as posted_sites
from jpmirai_compliance.disclosure.views.routes import bp
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, DomainError, Incomplete, NotFound
from jpmirai_compliance.foundation.forms import Difference, differences
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import Of, Permission, may
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.foundation.web import actor, now, uow
from jpmirai_compliance.principles import PRINCIPLES, load_edition


@bp.route("/m/<int:year>/publish", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.PUBLICATION_PREPARED,))
def prepare(year: int) -> ResponseReturnValue:
    """Show what may be said; keep what was chosen: 303 to the check, 422, or 409 with both."""
    taken = _accepted(year)
    if taken is None:
        return render_template("disclosure/not_yet.html", year=year)
    offered = queries.offer(uow(), taken)
    draft = queries.draft(uow(), taken.org_id, year, offered)
    form = forms.ChoicesForm(data=forms.initial(draft, offered))
    _offer(form, taken, offered)
    if request.method == "GET":
        return _prepare_page(form, taken, offered)
    if not form.validate():
        return _prepare_page(form, taken, offered), 422
    try:
        with uow().transaction() as work:
            service.save_draft(
                work,
                actor=actor(),
                year=year,
                choices=form.chosen(),
                version=form.seen,
                now=now(),
            )
    except Conflict:
        newer = queries.draft(uow(), taken.org_id, year, offered)
        stored = forms.ChoicesForm(formdata=None, data=forms.initial(newer, offered))
        _offer(stored, taken, offered)
        form.version.data = stored.version.data
        return _prepare_page(form, taken, offered, differences(form, stored)), 409
    return redirect(url_for(".check", year=year), 303)


@bp.route("/m/<int:year>/publish/check", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.PUBLISHED,))
def check(year: int) -> ResponseReturnValue:
    """Show exactly what becomes public; publish it: 303 to the page for sharing, or 422."""
    taken = _accepted(year)
    if taken is None:
        return render_template("disclosure/not_yet.html", year=year)
    offered = queries.offer(uow(), taken)
    draft = queries.draft(uow(), taken.org_id, year, offered)
    if not draft.version:
        return redirect(url_for(".prepare", year=year), 303)
    form = forms.PublishForm()
    if request.method == "GET":
        return _check_page(form, taken, offered, draft)
    fresh()
    try:
        with uow().transaction() as work:
            service.publish(
                work,
                actor=actor(),
                year=year,
                version=_version(),
                key=_key(),
                write=press().write,
                settle=settle,
                now=now(),
            )
    except Incomplete as error:
        return _check_page(form, taken, offered, draft, error), 422
    flash(_("The page of %(year)d is public.", year=year), "success")
    return redirect(url_for(".share", year=year), 303)


@bp.get("/m/<int:year>/publish/preview/<any(ja, en):language>")
@audience(Audience.MEMBER)
def preview(year: int, language: str) -> ResponseReturnValue:
    """Show the page as the public will see it, marked as a preview."""
    address = url_for(".preview", year=year, language=language).removesuffix(f"/{language}")
    seen = Preview(
        address=address,
        back=url_for(".check", year=year),
        badge=url_for(".preview_badge", year=year),
        provisional=False,
    )
    return press().page(_drafted(year), language, preview=seen)


@bp.get("/m/<int:year>/publish/preview/badge.svg")
@audience(Audience.MEMBER)
def preview_badge(year: int) -> ResponseReturnValue:
    """Show the badge as it would be; NotFound if there will be none."""
    return _badge(_drafted(year))


@bp.get("/m/<int:year>/preview/<any(ja, en):language>")
@audience(Audience.MEMBER)
def early_preview(year: int, language: str) -> ResponseReturnValue:
    """Show what today's answers would make public, marked as a preview; writes nothing."""
    page, unchecked = _as_of_today(year)
    address = url_for(".early_preview", year=year, language=language).removesuffix(f"/{language}")
    seen = Preview(
        address=address,
        back=url_for("assessments.check", year=year),
        badge=url_for(".early_badge", year=year),
        provisional=unchecked,
    )
    answer = make_response(press().page(page, language, preview=seen))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.get("/m/<int:year>/preview/badge.svg")
@audience(Audience.MEMBER)
def early_badge(year: int) -> ResponseReturnValue:
    """Show the badge that today's answers would give; NotFound if there would be none."""
    return _badge(_as_of_today(year)[0])


@bp.get("/m/<int:year>/share")
@audience(Audience.MEMBER)
def share(year: int) -> ResponseReturnValue:
    """Show where the page is, how to show the badge, and the way to withdraw."""
    found = _live(year)
    if found is None:
        return render_template("disclosure/not_public.html", year=year)
    base = _settings().public_base_url
    verify = f"{base}/ja/verify/{found.code}"
    alt = f"JP-MIRAI {found.year}年度 自己評価を公開（自己評価・事務局確認範囲）"
    image = f"{base}/badges/{found.slug}/{found.year}.svg"
    return render_template(
        "disclosure/share.html",
        found=found,
        base=base,
        verify=verify,
        image=image,
        lapsed=now() >= found.valid_until,
        embed=render_template("disclosure/embed.html", href=verify, src=image, alt=alt).strip(),
    )


@bp.route("/m/<int:year>/unpublish", methods=["GET", "POST"])
@audience(Audience.MEMBER, records=(Event.UNPUBLISHED,))
def unpublish(year: int) -> ResponseReturnValue:
    """Ask why, then cut every address of the year: 303, or 422 without a reason."""
    found = _live(year)
    if found is None:
        return render_template("disclosure/not_public.html", year=year)
    form = forms.WithdrawForm()
    if request.method == "GET":
        return render_template("disclosure/unpublish.html", found=found, form=form)
    fresh()
    if not form.validate():
        return render_template("disclosure/unpublish.html", found=found, form=form), 422
    with uow().transaction() as work:
        service.withdraw(
            work,
            actor=actor(),
            year=year,
            reason=form.reason.data,
            settle=settle,
            now=now(),
        )
    flash(_("The page of %(year)d is not public any more.", year=year), "success")
    return redirect(url_for(".prepare", year=year), 303)


@bp.app_template_global()
def is_public(year: int) -> bool:
    """Whether the signed-in member's page of this year is public now."""
    return _live(year) is not None


def _accepted(year: int) -> SnapshotView | None:
    view = assessment(uow(), actor(), year)
    try:
        return queries.accepted(uow(), view.id)
    except DomainError:
        return None


def _live(year: int) -> queries.PublicationView | None:
    org_id = actor().org_id
    return queries.live_publication(uow(), org_id, year) if org_id else None


def _drafted(year: int) -> dict[str, object]:
    """Return the page of the draft, with an address that leads nowhere."""
    taken = _accepted(year)
    if taken is None:
        raise NotFound
    offered = queries.offer(uow(), taken)
    draft = queries.draft(uow(), taken.org_id, year, offered)
    return _addressed(rules.page(taken.body, draft.choices, offered), taken.org_id, year)


def _as_of_today(year: int) -> tuple[dict[str, object], bool]:
    """Return the page with all that may be said, and whether the check is still to come.

    Once answers are handed in, it is made of what was frozen.
    """
    view = assessment(uow(), actor(), year)
    taken = snapshot(uow(), view.id) if view.status in FROZEN else None
    body = taken.body if taken else provisional(uow(), view, now=now())
    offered = rules.offer(body, queries.public_evidence(uow(), view.id))
    choices = replace(offered.everything(), numbers=True)
    page = _addressed(rules.page(body, choices, offered), view.org_id, year)
    return page, not view.accepted_at


def _badge(page: dict[str, object]) -> Response:
    if not page["badge"]:
        raise NotFound
    return Response(press().badge(page, lapsed=False), mimetype="image/svg+xml")


def _addressed(page: dict[str, object], org_id: uuid.UUID, year: int) -> dict[str, object]:
    """Return the page with what it gets when it is published, none of it real."""
    moment = now()
    report = updates.newest_report(uow(), org_id, year)
    page = rules.with_postings(page, posted_sites(uow(), org_id))
    return rules.with_update(page, report) | {
        "slug": queries.slug_of(uow(), org_id) or "preview-only",
        "code": rules.ALPHABET[0] * rules.CODE_LENGTH,
        "published_at": moment.isoformat(timespec="seconds"),
        "valid_until": rules.valid_until(moment).isoformat(timespec="seconds"),
    }


def _offer(form: forms.ChoicesForm, taken: SnapshotView, offered: rules.Offer) -> None:
    edition = load_edition(taken.body["assessment"]["edition"])
    titles = {n: translated(edition.principle(n).title) for n in PRINCIPLES}
    form.principles.choices = [(n, f"{n}. {title}") for n, title in titles.items()]
    for number in PRINCIPLES:
        form.texts(number).choices = [
            (a.indicator, translated(edition.indicator(a.indicator).title))
            for a in offered.activities
            if a.text and a.principle == number
        ]
    pieces = {e.id: e.title for a in offered.activities for e in a.evidence}
    form.evidence.choices = list(pieces.items())


def _prepare_page(
    form: forms.ChoicesForm,
    taken: SnapshotView,
    offered: rules.Offer,
    overtaken: list[Difference] | None = None,
) -> str:
    return render_template(
        "disclosure/prepare.html",
        form=form,
        year=taken.year,
        offered=offered,
        texts={a.indicator: a.text for a in offered.activities},
        overtaken=overtaken,
        live=_live(taken.year),
    )


def _check_page(
    form: forms.PublishForm,
    taken: SnapshotView,
    offered: rules.Offer,
    draft: queries.DraftView,
    error: Incomplete | None = None,
) -> str:
    target = url_for(".prepare", year=taken.year)
    gaps = error.gaps if error else ()
    return render_template(
        "disclosure/check.html",
        form=form,
        extra_errors=[(translated(gap.text), f"{target}#{gap.target}") for gap in gaps],
        year=taken.year,
        organisation=organisation(uow(), taken.org_id),
        offered=offered,
        draft=draft,
        live=_live(taken.year),
        may_publish=may(actor(), Permission.PUBLICATION_PUBLISH, Of(taken.org_id)),
        scope=Text("Self-assessment, within what the secretariat has checked"),
    )


def _version() -> int:
    return request.form.get("version", 0, int)  # 0 is no draft's version: Conflict


def _key() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("once", ""))
    except ValueError:
        raise DomainError(Text("The form is incomplete. Please open the page again.")) from None


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def press() -> Press:
    """Return what makes the files of a page."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- the only way to the application
    return Press(_settings().published, renderer(app), _settings().public_base_url)


def settle(org_id: uuid.UUID) -> None:
    """Make the public addresses of an organisation equal to the database."""
    reconcile(uow(), _settings().published, org_id=org_id)
