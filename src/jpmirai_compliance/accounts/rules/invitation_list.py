"""Reading a list of organisations to invite from a CSV file."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jpmirai_compliance.accounts.rules.addresses import EMAIL_MAX, normal_email
from jpmirai_compliance.foundation.catalogue import LOCALES
from jpmirai_compliance.foundation.errors import Gap, Incomplete
from jpmirai_compliance.foundation.inputs import LINE_MAX, BadInput, clean_line
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.model import MemberKind

MOST_ROWS = 500
MOST_BYTES = 1024 * 1024
MOST_FAULTS = 50  # listed at once; more than that is a wrong file

#: Column to the headings that name it.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "organisation": ("組織名", "organisation", "organization"),
    "organisation_en": ("組織名（英語）", "organisation (english)", "organization (english)"),
    "kind": ("区分", "kind"),
    "name": ("担当者名", "name"),
    "email": ("メールアドレス", "email", "e-mail"),
    "locale": ("言語", "language"),
}
NEEDED = ("organisation", "kind", "name", "email")
_LANGUAGES = {"": "ja", "日本語": "ja", "英語": "en", "japanese": "ja", "english": "en"}
_KINDS = {
    "企業": MemberKind.EMPLOYER,
    "監理団体": MemberKind.SUPERVISING_ORG,
    "登録支援機関": MemberKind.SUPPORT_ORG,
    "人材紹介・派遣": MemberKind.RECRUITER,
    "自治体": MemberKind.MUNICIPALITY,
    "npo": MemberKind.NPO,
    "業界団体・組合": MemberKind.INDUSTRY_ASSOC,
    "個人": MemberKind.INDIVIDUAL,
} | {kind.value: kind for kind in MemberKind}
KIND_WORDS = tuple(_KINDS)


@dataclass(frozen=True, slots=True)
class Guest:
    """One organisation to invite and its first person; ``row`` as the spreadsheet counts."""

    row: int
    organisation: str
    organisation_en: str
    kind: MemberKind
    name: str
    email: str
    locale: str


def read_guests(content: bytes) -> tuple[Guest, ...]:
    """Return the organisations of a CSV file: UTF-8 or Shift_JIS (CP932), comma or tab.

    Raises Incomplete that lists, row by row, what to mend; then nothing is to be sent.
    """
    if len(content) > MOST_BYTES:
        raise _whole(Text("The file is larger than 1 MB. Please divide it."))
    rows = _rows(_decoded(content))
    columns = _columns(rows[0][1] if rows else [])
    body = rows[1:]
    if not body:
        raise _whole(Text("The file has no rows below the headings."))
    if len(body) > MOST_ROWS:
        values = {"most": MOST_ROWS, "rows": len(body)}
        raise _whole(Text("A file may have %(most)d rows. This one has %(rows)d.", values))
    guests, faults, seen = [], list[Gap](), dict[str, int]()
    for number, cells in body:
        guest, found = _guest(number, cells, columns)
        if guest and (first := seen.setdefault(guest.email, number)) != number:
            found = [
                _fault(
                    number, Text("the same e-mail address as in row %(first)d", {"first": first})
                )
            ]
        guests.extend([guest] if guest else [])
        faults.extend(found)
    if faults:
        raise Incomplete(
            Text("Nobody was invited yet. Please mend the file."), faults[:MOST_FAULTS]
        )
    return tuple(guests)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _whole(Text("This is not a CSV file. Save the spreadsheet as CSV (UTF-8) and try again."))


def _rows(text: str) -> list[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = "\t" if "\t" in first and "," not in first else ","
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        found = [(reader.line_num, cells) for cells in reader]
    except csv.Error:
        raise _whole(
            Text("This is not a CSV file. Save the spreadsheet as CSV (UTF-8) and try again.")
        ) from None
    return [(number, cells) for number, cells in found if any(cell.strip() for cell in cells)]


def _columns(heads: list[str]) -> dict[str, int]:
    named = [head.strip().casefold().replace("(", "（").replace(")", "）") for head in heads]
    wanted = {
        column: {w.casefold().replace("(", "（").replace(")", "）") for w in words}
        for column, words in HEADINGS.items()
    }
    found = {
        column: named.index(head)
        for column, words in wanted.items()
        for head in words
        if head in named
    }
    if missing := [HEADINGS[column][0] for column in NEEDED if column not in found]:
        values = {"columns": "、".join(missing)}
        raise _whole(Text("The first row lacks these headings: %(columns)s", values))
    return found


def _guest(
    number: int, cells: list[str], columns: Mapping[str, int]
) -> tuple[Guest | None, list[Gap]]:
    def cell(column: str) -> str:
        place = columns.get(column, -1)
        text = cells[place] if 0 <= place < len(cells) else ""
        return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text

    kind = _KINDS.get(cell("kind").strip().casefold())
    locale = cell("locale").strip().casefold()
    locale = _LANGUAGES.get(locale, locale)
    faults = [_fault(number, text) for text in _line_faults(cell)]
    if kind is None:
        faults.append(_fault(number, Text("the kind of member is not one of the list")))
    if locale not in LOCALES:
        faults.append(_fault(number, Text("the language is neither ja nor en")))
    if faults or kind is None:
        return None, faults
    organisation, english, name = (
        clean_line(cell(c)) for c in ("organisation", "organisation_en", "name")
    )
    email = normal_email(cell("email"))
    return Guest(number, organisation, english, kind, name, email, locale), []


def _line_faults(cell: object) -> Iterator[Text]:
    assert callable(cell)
    try:
        if not clean_line(cell("organisation")):
            yield Text("the organisation's name is missing")
        clean_line(cell("organisation_en"))
        if not clean_line(cell("name")):
            yield Text("the person's name is missing")
    except BadInput:
        yield Text(
            "a name is longer than %(most)d characters or cannot be read", {"most": LINE_MAX}
        )
    try:
        normal_email(cell("email"))
    except BadInput:
        shown = "".join(c for c in str(cell("email"))[:EMAIL_MAX] if c.isprintable())
        yield Text("“%(email)s” is not an e-mail address", {"email": shown})


def _fault(row: int, text: Text) -> Gap:
    return Gap(Text("Row %(row)d: %(fault)s.", {"row": row, "fault": text}), "file")


def _whole(text: Text) -> Incomplete:
    return Incomplete(text, [Gap(text, "file")])
