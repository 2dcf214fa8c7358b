"""Pages of the awards."""

from flask import Blueprint

bp = Blueprint("awards", __name__)

from jpmirai_compliance.awards.views import (  # noqa: E402, F401 -- they hang their pages on ``bp``
    changing,
    judge,
    judge_evidence,
    member,
    public,
    results,
    secretariat,
)
