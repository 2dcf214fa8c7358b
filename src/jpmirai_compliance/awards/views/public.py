"""The winners, for everybody."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from jpmirai_compliance.awards.queries import winners as queries
from jpmirai_compliance.awards.views import bp
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.guard import Audience, audience
from jpmirai_compliance.foundation.web import public_uow

ENDONYMS = (("ja", "日本語"), ("en", "English"))


@bp.get("/<any(ja, en):lang>/awards")
@audience(Audience.PUBLIC)
def winners(lang: str) -> ResponseReturnValue:
    """Show the winners of the newest released year, or of ``?year=``; 404 for another."""
    work = public_uow()
    years = queries.released(work)
    year = request.args.get("year", years[0] if years else None, int)
    if year is not None and year not in years:
        raise NotFound
    return render_template(
        "awards/public/winners.html",
        years=years,
        year=year,
        prizes=queries.winners(work, year) if year is not None else (),
        lang=lang,
        languages=[
            (tag, name, url_for(".winners", lang=tag, year=request.args.get("year")), tag == lang)
            for tag, name in ENDONYMS
        ],
    )
