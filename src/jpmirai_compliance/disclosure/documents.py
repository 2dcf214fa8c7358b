"""Wordings as spreadsheets: a row for each sentence, out to whoever translates, and back."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jpmirai_compliance.disclosure.queries.texts import WordingView
from jpmirai_compliance.disclosure.rules import STATUS_NAMES, sentence_name
from jpmirai_compliance.foundation import workbook
from jpmirai_compliance.foundation.catalogue import LOCALES, translate
from jpmirai_compliance.foundation.errors import Gap, Incomplete
from jpmirai_compliance.foundation.tabular import Column, Sheet, as_csv, as_xlsx, defused
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import (
    KEYS,
    SOURCE,
    BankError,
    Sentence,
    Wording,
    WordingStatus,
    dump_wordings,
    rewritten,
    without_ruby,
)

LANGUAGE, KEY, TEXT, STATUS = (
    Text("Language"),
    Text("Key"),
    Text("Text (change this)"),
    Text("Status (change this)"),
)
_HEADS = (
    *(LANGUAGE, KEY, Text("Sentence"), Text("Japanese"), Text("English"), TEXT, STATUS),
    *(Text("Changed on"), Text("Changed by")),
)
_WIDE = 45
_WIDTHS = (10, 14, 24, _WIDE, _WIDE, _WIDE, 18, 18, 18)
HEADING_ROWS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: where it stands, and what it says of a sentence."""

    place: str
    language: str
    key: str
    text: str
    status: str


def exported(
    view: WordingView,
    kind: str,
    originals: Mapping[str, Wording],
    locale: str,
    who: Callable[[Any], str],
) -> bytes:
    """Return a language as a file of the kind ``yaml``, ``csv`` or ``xlsx``.

    ``originals`` are the Japanese and the English wording to translate from.
    """
    if kind == "yaml":
        return dump_wordings((view.wording,)).encode()
    heads = [
        Column(translate(head, locale), width) for head, width in zip(_HEADS, _WIDTHS, strict=True)
    ]
    sheet = Sheet(view.wording.language, heads, tuple(_rows(view, originals, locale, who)))
    return as_csv(sheet) if kind == "csv" else as_xlsx([sheet])


def imported(content: bytes, filename: str, in_force: Mapping[str, Wording]) -> str:
    """Return the YAML of what a spreadsheet says, CSV or XLSX: wordings in force with its rows.

    A row without a text leaves its sentence alone. Incomplete names the cell that is wrong.
    """
    rows = _read(content, filename)
    if not rows:
        raise _refused(Text("There is no row with a language and a key in this file."))
    changed: dict[str, Wording] = {}
    for row in rows:
        if row.language not in in_force or row.key not in (*KEYS, SOURCE):
            raise _at(row, Text("there is no sentence “%(key)s” of the language “%(tag)s”",
                {"key": row.key, "tag": row.language}))  # fmt: skip
        before = changed.get(row.language) or in_force[row.language]
        changed[row.language] = _with(before, row)
    return dump_wordings(changed.values())


def _with(before: Wording, row: Row) -> Wording:
    try:
        if row.key == SOURCE:
            return rewritten(before, {}, source=row.text)
        text = row.text or before.text(row.key)
        if not text:
            return before
        return rewritten(before, {row.key: Sentence(text, _status(row, before))})
    except BankError as error:
        raise _at(row, error.reason) from error


def _status(row: Row, before: Wording) -> WordingStatus:
    if not row.status:
        return before.status_of(row.key)
    folded = row.status.strip().casefold()
    for status, name in STATUS_NAMES.items():
        if folded in {status.value, *(translate(name, tag).casefold() for tag in LOCALES)}:
            return status
    known = Text("write one of: %(known)s", {"known": ", ".join(WordingStatus)})
    raise _at(row, known)


def _rows(
    view: WordingView, originals: Mapping[str, Wording], locale: str, who: Callable[[Any], str]
) -> Iterable[tuple[Any, ...]]:
    for key in (*KEYS, SOURCE):
        touch = view.touched.get(key)
        status = "" if key == SOURCE else STATUS_NAMES[view.wording.status_of(key)]
        yield (
            view.wording.language,
            key,
            translate(sentence_name(key), locale),
            *("" if key == SOURCE else without_ruby(originals[tag].text(key)) for tag in LOCALES),
            view.wording.text(key),
            translate(status, locale),
            touch.at if touch else None,
            who(touch.by) if touch else "",
        )


def _read(content: bytes, filename: str) -> list[Row]:
    if content.startswith(b"PK"):
        try:
            sheets, _cost = workbook.sheets_of(content)
        except workbook.Unreadable as error:
            raise _refused(error.text) from error
        return [row for sheet in sheets for row in _found(sheet["rows"], sheet["name"])]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = Text("This file is not in UTF-8. Save it as “CSV UTF-8”, or as XLSX.")
        raise _refused(said) from error
    try:
        lines = list(enumerate(csv.reader(io.StringIO(text, newline="")), 1))
    except csv.Error as error:
        raise _refused(Text("This file cannot be read as CSV.")) from error
    return list(_found(lines, filename))


def _found(lines: Iterable[tuple[int, Sequence[Any]]], name: str) -> Iterable[Row]:
    """Give the rows below the headings, wherever their columns stand."""
    columns: dict[str, int] = {}
    for number, cells in lines:
        words = [_plain(cell) for cell in cells]
        if not columns:
            if number > HEADING_ROWS:
                return
            columns = _columns(words)
            continue
        said = {head: words[at] if at < len(words) else "" for head, at in columns.items()}
        if said[LANGUAGE.msgid] or said[KEY.msgid]:
            yield Row(
                f"{name}, {number}",
                said[LANGUAGE.msgid],
                said[KEY.msgid],
                said[TEXT.msgid],
                said.get(STATUS.msgid, ""),
            )


def _columns(words: Sequence[str]) -> dict[str, int]:
    found = {}
    for head in (LANGUAGE, KEY, TEXT, STATUS):
        known = {translate(head, locale).casefold() for locale in LOCALES}
        at = [place for place, word in enumerate(words) if word.casefold() in known]
        if at:
            found[head.msgid] = at[0]
    needed = {LANGUAGE.msgid, KEY.msgid, TEXT.msgid}
    return found if needed <= found.keys() else {}


def _plain(cell: Any) -> str:  # noqa: ANN401 -- whatever a spreadsheet holds
    text = " ".join(str(cell).splitlines()).strip() if isinstance(cell, str) else ""
    # the mark that keeps a spreadsheet from computing was put there by us
    return text[1:] if text.startswith("'") and defused(text[1:]) == text else text


def _at(row: Row, reason: Text) -> Incomplete:
    values = {"place": row.place, "tag": row.language, "key": row.key, "reason": reason}
    return _refused(Text("%(place)s (%(tag)s, %(key)s): %(reason)s", values))


def _refused(text: Text) -> Incomplete:
    return Incomplete(text, [Gap(text, "file")])
