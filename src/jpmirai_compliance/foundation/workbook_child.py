"""Reading a workbook that strangers made: runs only inside ``foundation.confined``.

Nothing here trusts anything: kind, size and parts are looked at before a part is unpacked, and
what comes back is plain values in JSON, within bounds. ``refused`` names why there are none.
"""

import datetime as dt
import io
import json
import re
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

import python_calamine

from jpmirai_compliance.foundation.workbook import Refusal

PARTS_MAX = 400
UNPACKED_MAX = 16 * 1024 * 1024  # bytes of all parts; a full form has under 2 MB
LIST_MAX = 256 * 1024  # bytes of the list of sheets, which alone is parsed as a tree
SHEETS_MAX, ROWS_MAX, COLUMNS_MAX = 40, 2_000, 60
CELL_MAX = 33_000  # characters; Excel itself keeps 32,767
_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEALED = "EncryptedPackage".encode("utf-16-le")
_MACROS = ("vbaproject", "macrosheets/", "activex/", "vbadata")
_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=\"([A-Z]{1,3}[0-9]{1,7})\"[^>]*>\s*<(?:\w+:)?f[\s>/]")
_LISTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Refused(Exception):
    """The file is not read; the word says why."""


def read(content: bytes) -> bytes:
    """Return the sheets of a workbook as JSON, or the word for why they are not read."""
    try:
        found: dict[str, Any] = {"sheets": _sheets(content)}
    except Refused as error:
        found = {"refused": str(error)}
    return json.dumps(found, ensure_ascii=False).encode()


def _sheets(content: bytes) -> list[dict[str, Any]]:
    _known(content)
    formulas = _examined(content)
    book = python_calamine.load_workbook(io.BytesIO(content))
    names = book.sheet_names
    if len(names) > SHEETS_MAX:
        raise Refused(Refusal.LARGE)
    found = []
    for name in names:
        try:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except python_calamine.CalamineError:
            continue  # a sheet of another kind: a chart, a dialogue
        if len(rows) > ROWS_MAX:
            raise Refused(Refusal.LARGE)
        found.append({"name": name, "rows": _rows(rows), "formulas": formulas.get(name, [])})
    return found


def _known(content: bytes) -> None:
    """Refuse what is no workbook of today's kind, by what it begins with."""
    if content.startswith(_CFB):
        raise Refused(Refusal.SEALED if _SEALED in content else Refusal.OLD)
    if not content.startswith(b"PK\x03\x04"):
        raise Refused(Refusal.OTHER)


def _examined(content: bytes) -> dict[str, list[str]]:
    """Measure the parts, refuse macros and entities; return the cells with formulas by sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _measured(parts)
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise Refused(Refusal.BINARY if "xl/workbook.bin" in names else Refusal.OTHER)
            xml = [p for p in parts if p.filename.lower().endswith((".xml", ".rels", ".vml"))]
            read = {part.filename: _part(archive, part) for part in xml}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refused(Refusal.BROKEN) from error
    if b"macroEnabled" in read.get("[Content_Types].xml", b""):
        raise Refused(Refusal.MACROS)
    return _formulas(read)


def _measured(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
        raise Refused(Refusal.LARGE)
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(Refusal.SEALED)
    for part in parts:
        if any(mark in part.filename.lower() for mark in _MACROS):
            raise Refused(Refusal.MACROS)


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with archive.open(part) as opened:
        content = opened.read(UNPACKED_MAX + 1)
    if len(content) > UNPACKED_MAX:
        raise Refused(Refusal.LARGE)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or _ENTITY.search(content):
        raise Refused(Refusal.ENTITIES)  # no program writes its parts in UTF-16
    return content


def _formulas(read: dict[str, bytes]) -> dict[str, list[str]]:
    if max(len(read.get(name, b"")) for name in _LISTS) > LIST_MAX:
        raise Refused(Refusal.LARGE)
    try:
        links = ET.fromstring(read.get("xl/_rels/workbook.xml.rels", b"<r/>"))  # noqa: S314 -- no entities
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        book = ET.fromstring(read["xl/workbook.xml"])  # noqa: S314 -- no entities
    except ET.ParseError as error:
        raise Refused(Refusal.BROKEN) from error
    found = {}
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = (targets.get(sheet.get(_RELATION)) or "").removeprefix("/xl/")
        content = read.get(f"xl/{target}", b"")
        if _FORMULA.search(content):
            cells = _CELL.findall(content)
            found[sheet.get("name", "")] = [cell.decode() for cell in cells[:ROWS_MAX]]
    return found


def _rows(rows: list[list[Any]]) -> list[tuple[int, list[Any]]]:
    """Return the rows that have anything in them, with their numbers in the sheet."""
    found = []
    for number, row in enumerate(rows, 1):
        cells = [_plain(cell) for cell in row[:COLUMNS_MAX]]
        if any(cell != "" for cell in cells):
            found.append((number, cells))
    return found


def _plain(cell: Any) -> Any:  # noqa: ANN401 -- whatever the library gives
    if isinstance(cell, str):
        return cell[:CELL_MAX]
    if isinstance(cell, dt.datetime):
        return {"day": cell.date().isoformat()}
    if isinstance(cell, dt.date):
        return {"day": cell.isoformat()}
    if isinstance(cell, dt.time | dt.timedelta):
        return str(cell)
    return cell if isinstance(cell, bool | int | float) else ""
