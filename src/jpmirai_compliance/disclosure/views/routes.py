"""What the room's pages share: the blueprint, and how a public page is answered."""

from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask_babel import get_locale

from jpmirai_compliance.disclosure import rules
from jpmirai_compliance.principles import endonym

bp = Blueprint("disclosure", __name__)
MAX_AGE = 60  # seconds; these pages follow the database


@bp.url_defaults
def in_language(endpoint: str, values: dict[str, Any]) -> None:
    """Lead from any page to the public pages in the reader's language."""
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        found = str(get_locale())
        values["lang"] = found if found in rules.LANGUAGES else rules.LANGUAGES[0]


def public(template: str, *, max_age: int = MAX_AGE, **context: Any) -> Response:  # noqa: ANN401 -- for the template
    """Return a public page: the same for everybody, so anybody may keep it for a minute."""
    answer = make_response(render_template(template, languages=languages(), **context))
    answer.headers["Cache-Control"] = f"public, max-age={max_age}, stale-while-revalidate=600"
    return answer


def languages(tags: tuple[str, ...] = rules.LANGUAGES) -> list[tuple[str, str, str, bool]]:
    """Return the language links of the page at this address."""
    current, _, rest = request.path.removeprefix("/").partition("/")
    return [(tag, endonym(tag), f"/{tag}/{rest}", tag == current) for tag in tags]
