"""Answering a download: lists as CSV or XLSX, and the names of files in any script."""

from collections.abc import Sequence
from urllib.parse import quote

from flask import Response

from jpmirai_compliance.foundation.tabular import Sheet, as_csv, as_xlsx

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table(stem: str, suffix: str, sheets: Sequence[Sheet]) -> Response:
    """Return the lists as ``stem.csv`` (the first one only) or ``stem.xlsx`` (a sheet each).

    The route names the two: ``….<any(csv, xlsx):suffix>``; whoever calls records DATA_EXPORTED.
    """
    if suffix == "csv":
        return attachment(f"{stem}.csv", as_csv(sheets[0]), CSV)
    return attachment(f"{stem}.xlsx", as_xlsx(sheets), XLSX)


def attachment(filename: str, content: bytes, media_type: str) -> Response:
    """Return bytes as a file to save, under that name in whatever script it is."""
    return Response(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename, safe='')}",
            "Cache-Control": "no-store",
        },
    )
