"""A workbook that came back: read in a process of its own, its rows found by their numbers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jpmirai_compliance.foundation.confined import Cost
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.foundation.workbook import Refusal, Unreadable, sheets_of
from jpmirai_compliance.reports.rules.filled import (
    FORMULA,
    Field,
    Filled,
    Line,
    Value,
    fold,
    understand,
)
from jpmirai_compliance.reports.sheets import headings

HEADING_ROWS = 20  # the headings are in one of the first rows of a sheet


@dataclass(frozen=True, slots=True)
class Returned:
    """What a workbook says: its stamp as it was written ("" if it is gone), and its rows.

    ``lost`` are columns that a sheet no longer has: their cells stay as they are.
    """

    stamp: str
    rows: tuple[Filled, ...]
    lost: tuple[Text, ...]
    cost: Cost


def read(content: bytes) -> Returned:
    """Return what the workbook says; raises Unreadable in words if it cannot be read."""
    sheets, cost = sheets_of(content)
    return _returned(sheets, cost)


def _returned(sheets: Sequence[Mapping[str, Any]], cost: Cost) -> Returned:
    known, reaches = headings.known_headings(), headings.known_reaches()
    stamp, rows, lost = "", [], []
    for sheet in sheets:
        if sheet["name"] == headings.META:
            stamp = next((str(cell) for _n, cells in sheet["rows"] for cell in cells if cell), "")
            continue
        columns, first = _columns(sheet, known)
        if Field.ID not in columns.values():
            continue  # the guide, or a sheet that somebody added
        for field, text in headings.HEADINGS.items():
            if field not in columns.values():
                lost.append(
                    Text("%(sheet)s: no column “%(head)s”", {"sheet": sheet["name"], "head": text})
                )
        for number, cells in sheet["rows"]:
            if number > first and (line := _line(sheet, columns, number, cells)):
                rows.append(understand(line, reaches))
    if not rows:
        raise Unreadable(Refusal.NOTHING, cost)
    return Returned(stamp, tuple(rows), tuple(lost), cost)


def _columns(sheet: Mapping[str, Any], known: Mapping[str, Field]) -> tuple[dict[int, Field], int]:
    """Return position → column, and the number of the row with the headings."""
    for number, cells in sheet["rows"]:
        if number > HEADING_ROWS:
            break
        found: dict[int, Field] = {}
        for at, cell in enumerate(cells):
            field = known.get(fold(cell)) if isinstance(cell, str) else None
            if field and field not in found.values():
                found[at] = field
        if Field.ID in found.values() and len(found) > 1:
            return found, number
    return {}, 0


def _line(
    sheet: Mapping[str, Any], columns: Mapping[int, Field], number: int, cells: Sequence[Any]
) -> Line | None:
    """Return a row with a number or with anything filled in; None for an empty one."""
    values: dict[Field, Value] = {}
    places = {}
    formulas = frozenset(sheet["formulas"])
    for at, field in columns.items():
        address = f"{letters(at)}{number}"
        values[field] = (
            FORMULA if address in formulas else _value(cells[at] if at < len(cells) else "")
        )
        places[field] = f"{sheet['name']}!{address}"
    named = values.pop(Field.ID)
    indicator_id = fold(str(named)).upper() if named != FORMULA else ""
    if not indicator_id and all(value == "" for value in values.values()):
        return None
    return Line(indicator_id, places[Field.ID], values, places)


def _value(cell: Any) -> Value:  # noqa: ANN401 -- of JSON
    if isinstance(cell, dict):
        return dt.date.fromisoformat(cell["day"])
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell)
    return cell  # type: ignore[no-any-return]  # -- a text, a number, a yes or no


def letters(at: int) -> str:
    """Return the name of a column by its position: A, B … Z, AA."""
    name, rest = "", at + 1
    while rest:
        rest, last = divmod(rest - 1, 26)
        name = chr(ord("A") + last) + name
    return name
