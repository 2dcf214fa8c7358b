"""Public look-ups: directory and verification; and what is not public.

Published pages are served from files in front of Flask: an address of one that arrives here
leads nowhere, whether it never existed or was withdrawn.
"""

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from jpmirai_compliance.accounts.rules.places import KINDS, PREFECTURES
from jpmirai_compliance.disclosure import queries, rules
from jpmirai_compliance.disclosure.bundle import Press, renderer
from jpmirai_compliance.disclosure.forms import CodeForm, DirectoryForm
from jpmirai_compliance.disclosure.views.routes import bp, public
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.web import limiter, now, public_uow

#: Enough for a reader, too few for guessing addresses.
guessable = limiter.shared_limit("120/minute", scope="lookup")


@bp.get("/<any(ja, en):lang>/orgs")
@audience(Audience.PUBLIC)
@guessable
def directory(lang: str) -> ResponseReturnValue:
    """Show who published, by name; filters stand in the address."""
    work = public_uow()
    form = DirectoryForm(request.args)
    form.offer(
        _("All"),
        [(kind.value, translated(text)) for kind, text in KINDS.items()],
        [(code, name.pick(lang)) for code, name in PREFECTURES.items()],
        queries.years(work),
    )
    valid = form.validate()
    found = queries.directory(
        work,
        locale=lang,
        search="" if form.search.errors else form.search.data or "",
        kind="" if form.kind.errors else form.kind.data or "",
        prefecture="" if form.prefecture.errors else form.prefecture.data or "",
        year=int(form.year.data) if form.year.data and not form.year.errors else None,
        after=request.args.get("after", "")[:200],
    )
    filters = {name: form[name].data for name in ("search", "kind", "prefecture", "year")}
    filters = {name: value for name, value in filters.items() if value}
    following = found.following and url_for(
        ".directory", lang=lang, **filters, after=found.following
    )
    answer = public(
        "disclosure/directory.html",
        lang=lang,
        form=form,
        found=found,
        filters=filters,
        following=following,
        first=url_for(".directory", lang=lang, **filters) if request.args.get("after") else "",
        kinds={kind.value: text for kind, text in KINDS.items()},
        prefectures=PREFECTURES,
    )
    answer.status_code = 200 if valid else 422
    return answer


@bp.get("/<any(ja, en):lang>/verify")
@audience(Audience.PUBLIC)
@guessable
def verify_start(lang: str) -> ResponseReturnValue:
    """Ask for a verification code; lead to its page."""
    form = CodeForm(request.args)
    typed = (form.code.data or "").strip().upper().replace(" ", "").replace("-", "")
    if rules.CODE.fullmatch(typed):
        return redirect(url_for(".verify", lang=lang, code=typed), 302)
    wrong = bool(typed)
    if wrong:
        form.code.errors = [_("A code has 10 letters and digits, such as 7K3F9QWX2M.")]
    answer = public("disclosure/verify_start.html", lang=lang, form=form)
    answer.status_code = 422 if wrong else 200
    return answer


@bp.get("/<any(ja, en):lang>/verify/<code>")
@audience(Audience.PUBLIC)
@guessable
def verify(lang: str, code: str) -> ResponseReturnValue:
    """Say whether a code is valid, has lapsed or was withdrawn; 404 if there is no such code."""
    typed = code.upper()
    if not rules.CODE.fullmatch(typed):
        raise NotFound
    found = queries.by_code(public_uow(), typed)
    if found.withdrawn_at is None and found.code != typed:  # its code was replaced
        return redirect(url_for(".verify", lang=lang, code=found.code), 302)
    state = "valid" if now() < found.valid_until else "lapsed"
    press = _press()
    return press.verify(found.page, lang, "withdrawn" if found.withdrawn_at else state), {
        "Cache-Control": "public, max-age=60"
    }


@bp.get("/<any(ja, en):lang>/orgs/<slug>")
@bp.get("/<any(ja, en):lang>/orgs/<slug>/<int:year>")
@audience(Audience.PUBLIC)
@guessable
def organisation(lang: str, slug: str, year: int | None = None) -> ResponseReturnValue:  # noqa: ARG001 -- of the address
    """Answer 404: whatever is public is served before."""
    raise NotFound


@bp.get("/badges/<slug>.svg")
@bp.get("/badges/<slug>/<int:year>.svg")
@bp.get("/data/<slug>/<int:year>.json")
@audience(Audience.PUBLIC)
@guessable
def machine_file(slug: str, year: int | None = None) -> ResponseReturnValue:  # noqa: ARG001 -- of the address
    """Answer 404: whatever is public is served before."""
    raise NotFound


def _press() -> Press:
    settings = current_app.extensions["settings"]
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- the only way to the application
    return Press(settings.published, renderer(app), settings.public_base_url)
