"""A member's posters, and the poster of a workplace for those who scan its code."""

import uuid
from collections.abc import Mapping

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.disclosure.queries.postings import sites as posted_sites
from jpmirai_compliance.disclosure.queries.texts import wordings
from jpmirai_compliance.disclosure.rules.help import ON_POSTER
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.errors import Conflict, DomainError, Incomplete, NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.policy import Of, Permission, authorize, may
from jpmirai_compliance.foundation.web import actor, limiter, now, public_uow, uow
from jpmirai_compliance.posters import documents, queries, service
from jpmirai_compliance.posters.documents import Format
from jpmirai_compliance.posters.forms import LogoForm, PosterForm
from jpmirai_compliance.posters.layout import TOGETHER, Layout
from jpmirai_compliance.principles import LANGUAGES, ON_POSTERS, endonym
from jpmirai_compliance.workplaces.queries import workplaces

bp = Blueprint("posters", __name__)
OFFERED_FIRST = ("ja", "vi", "my")
MOST_SHOWN = 6  # sheets of a preview
PUBLIC_SECONDS = 600
#: Many telephones of one workplace share an address.
drawing = limiter.shared_limit("60/minute", scope="posters")


@bp.get("/m/posters")
@audience(Audience.MEMBER)
def index() -> ResponseReturnValue:
    """Show what posters can be made; with choices in the address, how they will look."""
    if "layout" not in request.args:
        return _page(_form())
    form = _form(request.args)
    return _page(form, shown=_valid(form))


@bp.post("/m/posters/download")
@audience(Audience.MEMBER, records=(Event.POSTER_MADE,))
def download() -> ResponseReturnValue:
    """Give the posters as a file, lead to the preview, or show the form again: 422."""
    form = _form()
    if "all" in request.form:
        form.languages.data = [tag for tag, _name in form.languages.choices]
    if not _valid(form):
        return _page(form), 422
    if "preview" in request.form:
        return redirect(url_for(".index", **form.chosen()), 303)
    with uow().transaction() as work:
        drawn = service.make_posters(
            work,
            actor=actor(),
            workplace_id=uuid.UUID(form.workplace.data),
            wish=form.wish(),
            base_url=_base_url(),
            now=now(),
        )
    file = documents.packed(drawn, Format(form.file.data))
    answer = Response(file.content, mimetype=file.mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


@bp.get("/m/posters/preview/<int:page>.png")
@audience(Audience.MEMBER)
def preview(page: int) -> ResponseReturnValue:
    """Show one sheet as a picture; what is on it stands in the address."""
    form = _form(request.args)
    if not _valid(form):
        raise NotFound
    drawn = service.preview(
        uow(),
        actor=actor(),
        workplace_id=uuid.UUID(form.workplace.data),
        wish=form.wish(),
        page=page,
        base_url=_base_url(),
        now=now(),
    )
    return Response(documents.preview(drawn), mimetype="image/png")


@bp.post("/m/posters/logo")
@audience(Audience.MEMBER, records=(Event.LOGO_CHANGED,))
def keep_logo() -> ResponseReturnValue:
    """Keep the logo that was sent, in place of the one that the page showed: 303, 422, or 409."""
    own, sent = _own(), LogoForm()
    authorize(actor(), Permission.WORKPLACE_EDIT, Of(own))
    if not sent.validate():
        return _page(_form({}), sent=sent), 422
    try:
        mark = documents.logo(sent.logo_file.data.read(documents.LOGO_MAX + 1))
    except Incomplete as error:
        sent.logo_file.errors = [translated(error.text)]
        return _page(_form({}), sent=sent), 422
    try:
        with uow().transaction() as work:
            service.keep_logo(
                work,
                actor=actor(),
                org_id=own,
                mark=mark,
                seen=sent.seen.data or "",
                now=now(),
            )
    except Conflict as error:
        return _overtaken(sent, error)
    flash(_("The logo is kept."))
    return redirect(url_for(".index"), 303)


@bp.post("/m/posters/logo/remove")
@audience(Audience.MEMBER, records=(Event.LOGO_CHANGED,))
def remove_logo() -> ResponseReturnValue:
    """Take the logo away that the page showed: 303, or 409 if it is another by now."""
    sent = LogoForm()
    try:
        with uow().transaction() as work:
            service.remove_logo(
                work, actor=actor(), org_id=_own(), seen=sent.seen.data or "", now=now()
            )
    except Conflict as error:
        return _overtaken(sent, error)
    flash(_("The logo is removed."))
    return redirect(url_for(".index"), 303)


def _overtaken(sent: LogoForm, error: Conflict) -> ResponseReturnValue:
    sent.logo_file.errors = [translated(error.text)]
    sent.seen.data = ""
    return _page(_form({}), sent=sent), 409


@bp.get("/m/posters/logo.png")
@audience(Audience.MEMBER)
def logo() -> ResponseReturnValue:
    """Show the own logo. NotFound without one."""
    mark = queries.logo(uow(), _own())
    if mark is None:
        raise NotFound
    return Response(mark.png, mimetype="image/png")


@bp.get("/<lang>/w/<code>/poster.pdf")
@audience(Audience.PUBLIC)
@drawing
def public(lang: str, code: str) -> ResponseReturnValue:
    """Give the poster of a workplace; for an unknown code that without names."""
    if lang not in LANGUAGES:
        return redirect(url_for("workplaces.worker", lang=lang, code=code), 302)
    try:
        drawn = service.public_poster(
            public_uow(), code=code, language=lang, base_url=_base_url(), now=now()
        )
    except DomainError:  # a wording that fits no page; the page of the code says it, too
        return redirect(url_for("workplaces.worker", lang=lang, code=code), 302)
    answer = Response(drawn, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="jp-mirai-{lang}.pdf"'
    answer.headers["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.add_etag()
    return answer.make_conditional(request)


@bp.get("/s/help/poster/<lang>.png")
@audience(Audience.SECRETARIAT)
def help_preview(lang: str) -> ResponseReturnValue:
    """Show a poster as a picture, with the neutral help that stands in the address.

    NotFound for a language outside the table.
    """
    if lang not in LANGUAGES:
        raise NotFound
    lines = zip(request.args.getlist("name"), request.args.getlist("way"), strict=False)
    drawn = service.help_preview(
        uow(),
        actor=actor(),
        language=lang,
        neutral=[(name[:200], way[:200]) for name, way in lines][:ON_POSTER],
        base_url=_base_url(),
        now=now(),
    )
    return Response(documents.preview(drawn), mimetype="image/png")


def _form(given: Mapping[str, str] | None = None) -> PosterForm:
    """Return the form as it was sent, as an address says, or as it is best to begin with."""
    sites = [w for w in workplaces(uow(), _own()) if w.closed_at is None]
    tags = [view.wording.language for view in wordings(uow())]
    chosen = sites[0].languages if sites else ()
    wanted = request.args.getlist("languages")  # from a page that says which are out of date
    first = [t for t in wanted or chosen or OFFERED_FIRST if t in tags]
    begin = {"languages": first, "workplace": request.args.get("workplace")}
    if given:
        form = PosterForm(given, meta={"csrf": False})
    else:  # an empty mapping: as at the beginning, whatever was sent
        form = PosterForm(formdata=None, data=begin) if given == {} else PosterForm(data=begin)
    form.workplace.choices = [(str(w.id), w.name) for w in sites]
    form.languages.choices = [(tag, endonym(tag)) for tag in tags]
    return form


def _valid(form: PosterForm) -> bool:
    """Return whether all is chosen and can be printed; else the fields say what is not."""
    if not form.validate():
        return False
    if form.names.data == "both":
        found = service.unprintable(uow(), actor(), uuid.UUID(form.workplace.data))
        if found:
            text = _(
                "These characters cannot be printed: %(characters)s", characters=" ".join(found)
            )
            form.names.errors = [text]
            return False
    return True


def _page(form: PosterForm, *, shown: bool = False, sent: LogoForm | None = None) -> str:
    logo_form = sent or LogoForm()
    mark = queries.logo(uow(), _own())
    logo_form.seen.data = logo_form.seen.data or queries.logo_seen(mark)
    sheets = 0
    if shown:
        sheets = -(-len(form.languages.data) // TOGETHER.get(Layout(form.layout.data), 1))
    return render_template(
        "posters/index.html",
        form=form,
        found=wordings(uow()),
        endonym=endonym,
        on_posters=ON_POSTERS,
        hanging=posted_sites(uow(), _own()),
        sheets=sheets,
        has_logo=mark is not None,
        may_edit=may(actor(), Permission.WORKPLACE_EDIT, Of(_own())),
        logo_form=logo_form,
        error_forms=[form, logo_form],
        pictures=[
            url_for(".preview", page=number, **form.chosen())
            for number in range(1, min(sheets, MOST_SHOWN) + 1)
        ],
    )


def _base_url() -> str:
    return str(current_app.extensions["settings"].public_base_url)


def _own() -> uuid.UUID:
    org_id = actor().org_id
    if org_id is None:
        raise NotFound
    return org_id
