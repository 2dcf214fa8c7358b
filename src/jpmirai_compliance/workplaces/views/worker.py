"""What a poster leads to: no sign-in, no cookie, no script needed, and never an error page."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from jpmirai_compliance.accounts.queries import organisation
from jpmirai_compliance.disclosure import rules as disclosure_rules
from jpmirai_compliance.disclosure.queries import newest_live
from jpmirai_compliance.disclosure.queries.help import help_desks
from jpmirai_compliance.disclosure.queries.texts import wording
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import public_uow
from jpmirai_compliance.principles import (
    EASY,
    LANGUAGES,
    ON_CODE_PAGES,
    ON_WORKER_PAGES,
    direction,
    endonym,
    preferred,
)
from jpmirai_compliance.workplaces import queries, rules
from jpmirai_compliance.workplaces.views.routes import bp

#: In these the public page is read in Japanese, in the others in English.
READS_JAPANESE = frozenset({"ja", EASY})


@bp.get("/q/<code>")
@bp.get("/Q/<code>")
@audience(Audience.PUBLIC)
def scan(code: str) -> ResponseReturnValue:
    """Lead from the printed code to its page in the telephone's language."""
    known = rules.read_code(code)
    target = (
        url_for(".worker", lang=_preferred(), code=known)
        if known
        else url_for(".general", lang=_preferred())
    )
    answer = redirect(target, 302)
    answer.headers.update(
        {
            "Vary": "Accept-Language",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        }
    )
    return answer


@bp.get("/<lang>/w/<code>")
@audience(Audience.PUBLIC)
def worker(lang: str, code: str) -> ResponseReturnValue:
    """Show a workplace's promises and where to get help; the general page for an unknown code."""
    if lang not in LANGUAGES:
        return redirect(url_for(".worker", lang=_preferred(), code=code), 302)
    return _page(lang, queries.by_code(public_uow(), code), f"w/{code}", unknown=True)


@bp.get("/<lang>/workers")
@audience(Audience.PUBLIC)
def general(lang: str) -> ResponseReturnValue:
    """Show the promises of all members, and where to get help."""
    if lang not in LANGUAGES:
        return redirect(url_for(".general", lang=_preferred()), 302)
    return _page(lang, None, "workers")


@bp.get("/<lang>/workers/safety")
@audience(Audience.PUBLIC)
def safety(lang: str) -> ResponseReturnValue:
    """Show how to read these pages safely, and what leaving them quickly does not do."""
    if lang not in LANGUAGES:
        return redirect(url_for(".safety", lang=_preferred()), 302)
    return _answer("workplaces/safety.html", lang, "workers/safety")


@bp.get("/<lang>/workers/code")
@audience(Audience.PUBLIC)
def code_of_all(lang: str) -> ResponseReturnValue:
    """Show the whole code as workers read it."""
    if lang not in LANGUAGES:
        return redirect(url_for(".code_of_all", lang=_preferred()), 302)
    return _code(lang, "workers/code")


@bp.get("/<lang>/w/<code>/code")
@audience(Audience.PUBLIC)
def code_of_workplace(lang: str, code: str) -> ResponseReturnValue:
    """Show the whole code with the way back to a workplace; for every code of a workplace."""
    if lang not in LANGUAGES:
        return redirect(url_for(".code_of_workplace", lang=_preferred(), code=code), 302)
    if (known := rules.read_code(code)) is None:
        return redirect(url_for(".code_of_all", lang=lang), 302)
    return _code(lang, f"w/{known}/code", known)


def _code(lang: str, rest: str, came_from: str = "") -> ResponseReturnValue:
    said, labels = wording(public_uow(), lang), disclosure_rules.labels(lang)
    return _answer(
        "workplaces/code.html",
        lang,
        rest,
        wording=said,
        labels=labels,
        status=labels.status(said.least(ON_CODE_PAGES)),
        came_from=came_from,
    )


def _page(
    lang: str, found: queries.WorkplaceView | None, rest: str, *, unknown: bool = False
) -> ResponseReturnValue:
    work = public_uow()
    texts, said = rules.texts(lang), wording(work, lang)
    reading = "ja" if lang in READS_JAPANESE else "en"
    name, published, report = "", "", ""
    if found is not None:
        name = organisation(work, found.org_id).name(reading)
        live = newest_live(work, found.org_id)
        line = texts.published if live else texts.not_published
        published = rules.fill(line, name=name, year=live.year if live else None)
        report = f"/{reading}/orgs/{live.slug}/{live.year}" if live else ""
    return _answer(
        "workplaces/worker.html",
        lang,
        rest,
        found=found,
        name=name,
        language_of=disclosure_rules.language_of,
        published=published,
        report=report,
        unknown=unknown and found is None,
        wording=said,
        status=disclosure_rules.labels(lang).status(said.least(ON_WORKER_PAGES)),
        desks=help_desks(work, lang),
        dialled=rules.dialled,
        named_hours=rules.named_hours,
        endonym=endonym,
        police=rules.POLICE,
        ambulance=rules.AMBULANCE,
    )


def _answer(template: str, lang: str, rest: str, **context: object) -> ResponseReturnValue:
    """Return a page that is the same for everybody who opens it."""
    plain = "furigana" in request.args  # ?furigana=no: the same page without readings
    with force_locale("ja" if lang in READS_JAPANESE else "en"):
        page = render_template(
            template,
            page_lang=lang,
            page_dir=direction(lang),
            languages=[(tag, endonym(tag), f"/{tag}/{rest}", tag == lang) for tag in LANGUAGES],
            texts=rules.texts(lang),
            exit=rules.EXIT,
            readings=lang == EASY and not plain,
            toggle=request.path if plain else f"{request.path}?furigana=no",
            **context,
        )
    answer = make_response(page)
    answer.headers["Cache-Control"] = "public, max-age=60"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _preferred() -> str:
    return preferred([tag for tag, _quality in request.accept_languages])
