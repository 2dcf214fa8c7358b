"""Public pages that explain: front page, code of conduct, method, duties, feed, site map."""

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from jpmirai_compliance.disclosure import queries, rules
from jpmirai_compliance.disclosure.queries import texts
from jpmirai_compliance.disclosure.views.routes import bp, languages, public
from jpmirai_compliance.foundation import i18n
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import public_uow
from jpmirai_compliance.principles import (
    LANGUAGES,
    ON_CODE_PAGES,
    Gate,
    direction,
    editions,
    load_edition,
)

NEWEST = 6
_EVERY = ", ".join(f"'{tag}'" for tag in LANGUAGES)


@bp.get("/")
@audience(Audience.PUBLIC)
def front() -> ResponseReturnValue:
    """Lead to the front page in the browser's language."""
    answer = redirect(url_for(".home", lang=i18n.preferred()), 302)
    answer.headers["Vary"] = "Accept-Language"
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@bp.get("/<any(ja, en):lang>/")
@audience(Audience.PUBLIC)
def home(lang: str) -> ResponseReturnValue:
    """Show the three doors, the numbers and what was published last."""
    work = public_uow()
    years = queries.years(work)
    newest = [(p.slug, p.name(lang), p.year, p.published_at) for p in queries.newest(work, NEWEST)]
    return public(
        "disclosure/home.html",
        lang=lang,
        year=years[0] if years else None,
        this_year=queries.count_live(work, years[0]) if years else 0,
        ever=queries.count_live(work),
        newest=newest,
    )


@bp.get(f"/<any({_EVERY}):lang>/code")
@audience(Audience.PUBLIC)
def code(lang: str) -> ResponseReturnValue:
    """Show the five principles with the status of their wording."""
    wording = texts.wording(public_uow(), lang)
    chrome = lang if lang in rules.LANGUAGES else "en"
    with force_locale(chrome):
        page = render_template(
            "disclosure/code.html",
            lang=lang,
            wording=wording,
            shown=ON_CODE_PAGES,
            labels=rules.labels(lang),
            direction=direction(lang),
            languages=languages(LANGUAGES),
        )
    answer = make_response(page)
    answer.headers["Cache-Control"] = "public, max-age=60, stale-while-revalidate=600"
    return answer


@bp.get("/<any(ja, en):lang>/method")
@audience(Audience.PUBLIC)
def method(lang: str) -> ResponseReturnValue:
    """Show how scores are made, and what the badge means and does not mean."""
    edition = load_edition(editions()[-1])
    gates = [i for i in edition.indicators if i.gate is Gate.BADGE and i.until is None]
    bands = [(b.name.pick(lang), b.minimum) for b in edition.bands]
    caps = [(c.name.pick(lang), c.max_level) for c in edition.caps.values()]
    return public(
        "disclosure/method.html",
        edition=edition,
        bands=bands,
        caps=caps,
        gates=[i.title.pick(lang) for i in gates],
        gate_rule=edition.gates[Gate.BADGE].rule.pick(lang),
        levels=[level.pick(lang) for level in edition.levels],
    )


@bp.get("/<any(ja, en):lang>/accessibility")
@audience(Audience.PUBLIC)
def accessibility(lang: str) -> ResponseReturnValue:
    """Say what was done for accessibility and where to tell of barriers."""
    return public("disclosure/accessibility.html", lang=lang)


@bp.get("/<any(ja, en):lang>/privacy")
@audience(Audience.PUBLIC)
def privacy(lang: str) -> ResponseReturnValue:
    """Say what is recorded about visitors and people who sign in."""
    return public("disclosure/privacy.html", lang=lang)


@bp.get("/<any(ja, en):lang>/feed.atom")
@audience(Audience.PUBLIC)
def feed(lang: str) -> ResponseReturnValue:
    """Give what was published last as an Atom feed."""
    newest = queries.newest(public_uow())
    entries = [(p, p.name(lang)) for p in newest]
    base = current_app.extensions["settings"].public_base_url
    body = render_template("disclosure/feed.xml", lang=lang, base=base, entries=entries)
    return _xml(body, "application/atom+xml")


@bp.get("/sitemap.xml")
@audience(Audience.PUBLIC)
def sitemap() -> ResponseReturnValue:
    """Give every public address with its languages."""
    paths = ["", "code", "orgs", "method", "accessibility", "privacy"]
    paths += [f"orgs/{slug}/{year}" for slug, year in queries.addresses(public_uow())]
    base = current_app.extensions["settings"].public_base_url
    body = render_template(
        "disclosure/sitemap.xml", base=base, paths=paths, languages=rules.LANGUAGES
    )
    return _xml(body, "application/xml")


def _xml(body: str, mimetype: str) -> Response:
    answer = Response(body, mimetype=mimetype)
    answer.headers["Cache-Control"] = "public, max-age=300"
    if request.method == "HEAD":
        answer.set_data(b"")
    return answer
