"""One text type, one number type, one date type for everything that comes from outside. Pure."""

import datetime as dt
import re
import unicodedata

LINE_MAX = 200
TEXT_MAX = 4_000
MAX_INT = 2**31 - 1
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 12, 31)

#: The year before an era's first: papers of Japanese offices count from it.
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
_MONTH_AND_DAY = r"[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?"
_DAYS = tuple(
    re.compile(shape)
    for shape in (
        r"(?P<year>[0-9]{4})" + _MONTH_AND_DAY,
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"(?P<era>令和|平成|[RH])(?P<year>元|0?[1-9]|[1-9][0-9])" + _MONTH_AND_DAY,
    )
)

_BIDI = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_DASHES = re.compile("[‐‑‒–—―−ー]")
_DIGITS = re.compile(r"-?[0-9]{1,10}")


LONG, CHARACTERS, SHAPE = "long", "characters", "shape"
LAST_OF_PLANE, NONCHARACTERS = 0xFFFE, range(0xFDD0, 0xFDF0)


class BadInput(ValueError):
    """What was typed cannot be stored; ``reason`` is ``long``, ``characters`` or ``shape``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def clean_text(value: str, most: int = TEXT_MAX) -> str:
    """Return text of several lines: NFC, plain line feeds, outer space gone.

    BadInput ``characters`` for lone surrogates, NUL, other control and non-characters;
    ``long`` (with the length) above ``most`` code points.
    """
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(_forbidden(c) for c in text):
        raise BadInput(CHARACTERS)
    if len(text) > most:
        raise BadInput(LONG, str(len(text)))
    return text


def clean_line(value: str, most: int = LINE_MAX) -> str:
    """Return one line (a name, a title): as ``clean_text``, line ends and bidi controls gone."""
    return clean_text(" ".join(value.translate(_BIDI).split()), most)


def whole_number(value: str, low: int = 0, high: int = MAX_INT) -> int:
    """Return a whole number; full-width digits and spaces are fine. BadInput ``shape`` if not."""
    text = unicodedata.normalize("NFKC", value).strip().replace(",", "")
    if not text.isascii() or not _DIGITS.fullmatch(text):
        raise BadInput(SHAPE)
    if not low <= (number := int(text)) <= high:
        raise BadInput(SHAPE, f"{low}-{high}")
    return number


def calendar_day(value: str) -> dt.date:
    """Return a day of 2000 to 2100 from 2026-11-24, 2026年11月24日, 20261124 or 令和8年11月24日.

    BadInput ``shape`` for anything else; full-width digits, spaces and R8.11.24 are fine.
    """
    text = "".join(unicodedata.normalize("NFKC", value).split()).upper()
    found = next((match for shape in _DAYS if (match := shape.fullmatch(text))), None)
    if not found:
        raise BadInput(SHAPE)
    said = found.groupdict()
    year = 1 if said["year"] == "元" else int(said["year"])
    try:
        full = year + _ERAS[said["era"]] if "era" in said else year
        day = dt.date(full, int(said["month"]), int(said["day"]))
    except ValueError as error:
        raise BadInput(SHAPE) from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise BadInput(SHAPE)
    return day


def telephone(value: str) -> str:
    """Return a telephone number as it is dialled from a page: half-width, with plain hyphens."""
    return _DASHES.sub("-", unicodedata.normalize("NFKC", value)).strip()


def _forbidden(char: str) -> bool:
    code = ord(char)
    if char in "\n\t":
        return False
    category = unicodedata.category(char)
    return (
        category in {"Cc", "Cs"} or code & LAST_OF_PLANE == LAST_OF_PLANE or code in NONCHARACTERS
    )
