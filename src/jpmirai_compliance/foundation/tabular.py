"""Lists as CSV and XLSX. Cells are values, never formulas; whoever calls has translated them.

Dates stay dates and numbers numbers; aware moments become Japan's time, which is what people
who sort and filter in a spreadsheet expect to see.
"""

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from jpmirai_compliance.foundation.catalogue import TOKYO

Cell = str | int | float | dt.date | dt.datetime | None

BOM = "\ufeff"  # Excel takes a CSV without it for Shift_JIS
CELL_MAX = 32_767  # characters that Excel keeps in a cell
NAME_MAX = 31  # characters of a sheet's name
NARROW, WIDE = 8, 60  # widths of a column that nobody gave one, in characters
MEASURED = 200  # rows that are looked at for it
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
#: How every workbook is written: in memory, and text is text whatever it looks like.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "remove_timezone": True,
}

_FORMULA = frozenset("=+-@|%−")
_CONTROL = ("\t", "\r", "\n", "\0")
_UNSEEN = re.compile(r"[\s\ufeff\u200b\u200c\u200d\u2060\u00ad]*")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and its width in characters (0: as wide as what is in it)."""

    head: str
    width: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list; every row has a cell for every column."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


def as_csv(sheet: Sheet) -> bytes:
    """Return the list as CSV for spreadsheet programs: UTF-8 with BOM, every text defused."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([defused(column.head) for column in sheet.columns])
    writer.writerows([_plain(cell) for cell in row] for row in sheet.rows)
    return (BOM + out.getvalue()).encode()


def as_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Return the lists as one workbook, a sheet each: heading kept in sight, filter, widths."""
    out = io.BytesIO()
    taken: set[str] = set()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        looks = {
            "head": book.add_format(
                {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
            ),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "number": book.add_format({"valign": "top"}),
            "day": book.add_format({"num_format": DAY, "valign": "top", "align": "left"}),
            "moment": book.add_format({"num_format": MOMENT, "valign": "top", "align": "left"}),
        }
        for sheet in sheets:
            _fill(book.add_worksheet(sheet_name(sheet.name, taken)), sheet, looks)
    return out.getvalue()


def defused(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula: with ' before it if need be.

    Full-width twins count too (Excel in Japanese reads them), and so does what follows space
    or characters that nobody sees.
    """
    if text.startswith(_CONTROL):
        return f"'{text}"
    seen = _UNSEEN.sub("", text, count=1)
    first = unicodedata.normalize("NFKC", seen[:1])[:1]
    return f"'{text}" if first and first in _FORMULA else text


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that Excel accepts and that is not in ``taken``, and add it there."""
    base = _NOT_IN_A_NAME.sub(" ", wanted).strip(" '")[:NAME_MAX] or "Sheet"
    name, number = base, 1
    while name.casefold() in taken or name.casefold() == "history":
        number += 1
        mark = f" {number}"
        name = base[: NAME_MAX - len(mark)] + mark
    taken.add(name.casefold())
    return name


def columns_of(text: str) -> int:
    """Return how wide a text is in half-width characters: its longest line."""
    return max((sum(map(_width, line)) for line in text.splitlines()), default=0)


def _width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def _plain(cell: Cell) -> str | int | float | None:
    if isinstance(cell, str):
        return defused(cell)
    if isinstance(cell, dt.datetime):
        return f"{_local(cell):%Y-%m-%d %H:%M}"
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def _local(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(TOKYO).replace(tzinfo=None) if moment.tzinfo else moment


def _fill(page: Any, sheet: Sheet, looks: dict[str, Any]) -> None:  # noqa: ANN401 -- untyped
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width or _wide_enough(sheet, at))
        page.write_string(0, at, column.head, looks["head"])
    for line, row in enumerate(sheet.rows, 1):
        for at, cell in enumerate(row):
            _write(page, line, at, cell, looks)
    if sheet.columns:
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _write(page: Any, line: int, at: int, cell: Cell, looks: dict[str, Any]) -> None:  # noqa: ANN401 -- untyped
    if isinstance(cell, str):
        page.write_string(line, at, cell[:CELL_MAX], looks["text"])
    elif isinstance(cell, dt.datetime):
        page.write_datetime(line, at, _local(cell), looks["moment"])
    elif isinstance(cell, dt.date):
        page.write_datetime(line, at, cell, looks["day"])
    elif cell is not None:
        page.write_number(line, at, cell, looks["number"])


def _wide_enough(sheet: Sheet, at: int) -> int:
    cells = [str(_plain(row[at]) or "") for row in sheet.rows[:MEASURED]]
    most = max(map(columns_of, [sheet.columns[at].head, *cells]))
    return min(WIDE, max(NARROW, most + 2))
