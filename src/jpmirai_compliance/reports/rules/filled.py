"""One row of a filled-in workbook, understood: what it says, and what about it is wrong. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from jpmirai_compliance.assessments.rules import Content, Reach
from jpmirai_compliance.foundation.inputs import BadInput, clean_text
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import MAX_LEVEL

TEXT_MAX, NA_MAX = 4_000, 1_000


class Field(StrEnum):
    """A column that is read; the first names the row, the others are filled in."""

    ID = "id"
    CHOICE = "choice"
    REASON = "reason"
    TEXT = "text"
    NOTE = "note"
    REACH = "reach"


#: The unit of merging (``assessments.rules.FIELDS``) that each column belongs to.
UNIT: Mapping[Field, str] = MappingProxyType(
    {
        Field.CHOICE: "choice",
        Field.REASON: "choice",
        Field.TEXT: "text",
        Field.NOTE: "note",
        Field.REACH: "reach",
    }
)
#: The words of the lists, in every language in which a workbook is written.
NOT_APPLICABLE = ("該当なし", "Not applicable", "N/A", "NA", "非該当")
REACH_WORDS: Mapping[Reach, Text] = MappingProxyType(
    {
        Reach.OWN: Text("Own organisation"),
        Reach.GROUP: Text("Group of companies"),
        Reach.SUPPLY_CHAIN: Text("Supply chain, too"),
    }
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that computes instead of saying something."""


Value = str | float | bool | dt.date | Formula
FORMULA = Formula()


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it was read: its cells by column (none for a column that is not there)."""

    indicator_id: str
    place: str
    cells: Mapping[Field, Value]
    places: Mapping[Field, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """A row as it was understood; ``keeps`` are the units about which it says nothing."""

    indicator_id: str
    place: str
    content: Content = field(default_factory=Content)
    keeps: frozenset[str] = frozenset()
    problems: tuple[Text, ...] = ()


def understand(line: Line, reaches: Mapping[str, Reach]) -> Filled:
    """Return what a row says; ``reaches`` maps folded words of the list to what they mean.

    An empty answer cell says nothing: an answer is changed here, never taken back.
    """
    problems: list[Text] = []
    level, not_applicable = _choice(line, problems)
    reason = _words(line, Field.REASON, NA_MAX, problems)
    reach = _reach(line, reaches, problems)
    texts = {f: _words(line, f, TEXT_MAX, problems) for f in (Field.TEXT, Field.NOTE)}
    chosen = not_applicable or level is not None
    if not_applicable and not reason and not problems:
        at = {"cell": line.places.get(Field.REASON, line.place)}
        problems.append(Text("%(cell)s: write why this does not apply to you", at))
    keeps = {UNIT[f] for f in (Field.TEXT, Field.NOTE) if f not in line.cells}
    keeps |= set() if chosen else {"choice"}
    keeps |= set() if reach else {"reach"}
    content = Content(
        level=level,
        not_applicable=not_applicable,
        na_reason=reason if not_applicable else "",
        text=texts[Field.TEXT],
        note=texts[Field.NOTE],
        reach=reach or Reach.OWN,
    )
    return Filled(line.indicator_id, line.place, content, frozenset(keeps), tuple(problems))


def fold(text: str) -> str:
    """Return a word as it is compared: half-width, lower case, without any space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


_NOT_APPLICABLE = frozenset(map(fold, NOT_APPLICABLE))
_CHOICE = re.compile(rf"([0-{MAX_LEVEL}])(?:\.0+)?(?:[:：.．、)）\s]\s*[^\d\s].*)?", re.DOTALL)


def _choice(line: Line, problems: list[Text]) -> tuple[int | None, bool]:
    """Return the level, and whether it is "not applicable"; neither for an empty cell."""
    value = line.cells.get(Field.CHOICE, "")
    cell = {"cell": line.places.get(Field.CHOICE, line.place)}
    if isinstance(value, Formula):
        problems.append(_formula(cell))
        return None, False
    if isinstance(value, dt.date):
        text = Text("%(cell)s: this became a date; choose 0 to 4 or “not applicable”", cell)
        problems.append(text)
        return None, False
    if isinstance(value, float) and value.is_integer():
        value = str(int(value))
    said = unicodedata.normalize("NFKC", str(value)).strip()
    if fold(said) in _NOT_APPLICABLE:
        return None, True
    if not said:
        return None, False
    if not isinstance(value, bool) and (found := _CHOICE.fullmatch(said)):
        return int(found[1]), False
    values = {**cell, "value": _short(said)}
    problems.append(
        Text("%(cell)s: “%(value)s” cannot be chosen (0 to 4, or “not applicable”)", values)
    )
    return None, False


def _reach(line: Line, reaches: Mapping[str, Reach], problems: list[Text]) -> Reach | None:
    value = line.cells.get(Field.REACH, "")
    cell = {"cell": line.places.get(Field.REACH, line.place)}
    if isinstance(value, Formula):
        problems.append(_formula(cell))
        return None
    said = str(value)
    if not said.strip():
        return None
    if (found := reaches.get(fold(said))) is None:
        values = {**cell, "value": _short(said)}
        problems.append(Text("%(cell)s: “%(value)s” is not in the list of this column", values))
    return found


def _words(line: Line, at: Field, most: int, problems: list[Text]) -> str:
    """Return the text of a cell; numbers and dates as people see them."""
    value = line.cells.get(at, "")
    cell = {"cell": line.places.get(at, line.place)}
    if isinstance(value, Formula):
        problems.append(_formula(cell))
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return clean_text(str(value), most)
    except BadInput as error:
        if error.reason == "long":
            values = {**cell, "most": most, "length": int(error.detail)}
            text = Text("%(cell)s: at most %(most)d characters; these are %(length)d", values)
        else:
            text = Text("%(cell)s: contains characters that cannot be stored", cell)
        problems.append(text)
        return ""


def _formula(cell: Mapping[str, str]) -> Text:
    return Text("%(cell)s: is a formula; write the answer itself", cell)


def _short(said: str) -> str:
    line = " ".join(said.split())
    return line if len(line) <= 20 else f"{line[:20]}…"  # noqa: PLR2004 -- enough to recognise it
