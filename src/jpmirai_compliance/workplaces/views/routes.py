"""The blueprint, and how addresses of the workers' pages get their language."""

from typing import Any

from flask import Blueprint, current_app
from flask_babel import get_locale

from jpmirai_compliance.principles import LANGUAGES

bp = Blueprint("workplaces", __name__)


@bp.url_defaults
def in_language(endpoint: str, values: dict[str, Any]) -> None:
    """Lead from any page to the workers' pages in the reader's language."""
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        found = str(get_locale())
        values["lang"] = found if found in LANGUAGES else LANGUAGES[0]
