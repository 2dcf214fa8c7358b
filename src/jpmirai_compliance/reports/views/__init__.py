"""Pages of the room: the feedback report, answering in a spreadsheet."""

from flask import Blueprint

bp = Blueprint("reports", __name__)

from jpmirai_compliance.reports.views import (  # noqa: E402, F401 -- they need bp
    feedback,
    workbooks,
)
