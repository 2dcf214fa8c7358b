"""The library's rules: expiry, names that speak of persons, pages, what is looked for. Pure."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from jpmirai_compliance.foundation.errors import Gap, Incomplete
from jpmirai_compliance.foundation.text import Text

SOON_DAYS = 60
PAGES_MAX = 50  # characters
NAMED_MAX = 30  # pages that can be opened by their number
_PAGES = re.compile(r"[0-9]{1,5}(?:-[0-9]{1,5})?(?:,[0-9]{1,5}(?:-[0-9]{1,5})?)*")

#: Parts of file names that speak of papers about one person; compared without spaces and case.
PERSONAL = (
    "在留カード",
    "在留ｶｰﾄﾞ",
    "パスポート",
    "旅券",
    "健康診断",
    "健診",
    "マイナンバー",
    "個人番号",
    "運転免許",
    "履歴書",
    "給与明細",
    "residencecard",
    "zairyu",
    "passport",
    "healthcheck",
    "medicalcheck",
    "mynumber",
    "payslip",
)


class Expiry(StrEnum):
    """How long a piece is still good."""

    NONE = "none"  # nobody said until when
    GOOD = "good"
    SOON = "soon"
    EXPIRED = "expired"


class Piece(Protocol):
    """What a filter looks at."""

    @property
    def title(self) -> str:
        """The title."""

    @property
    def filename(self) -> str:
        """The file's name; empty for a link."""

    @property
    def url(self) -> str:
        """The address; empty for a file."""

    @property
    def valid_until(self) -> dt.date | None:
        """The last good day."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody looks for; empty: everything. ``show`` is a kind of state."""

    words: str = ""
    category: str = ""
    visibility: str = ""
    show: str = ""

    @property
    def any(self) -> bool:
        """Whether something is looked for."""
        return bool(self.words or self.category or self.visibility or self.show)


SHOWN = ("soon", "expired", "unused", "blocked")


def expiry(valid_until: dt.date | None, today: dt.date) -> Expiry:
    """Return whether a piece is good on a day; its last day is still good."""
    if valid_until is None:
        return Expiry.NONE
    if valid_until < today:
        return Expiry.EXPIRED
    return Expiry.SOON if (valid_until - today).days <= SOON_DAYS else Expiry.GOOD


def looks_personal(filename: str) -> bool:
    """Return whether a file's name speaks of a residence card, passport, health check or so."""
    plain = _folded(filename)
    return any(_folded(word) in plain for word in PERSONAL)


def page_range(value: str) -> str:
    """Return pages such as ``3-5, 8`` in one form; Incomplete if they are none."""
    text = unicodedata.normalize("NFKC", value)
    text = re.sub(r"(?:pages?|pp?\.?|ページ|頁)", "", text, flags=re.IGNORECASE)
    text = re.sub(r"[〜~–—―−ー‐]", "-", text).replace("、", ",").replace("，", ",")
    text = re.sub(r"\s", "", text)
    if not text:
        return ""
    parts = [part.split("-") for part in text.split(",")]
    ordered = _PAGES.fullmatch(text) and all(1 <= int(part[0]) <= int(part[-1]) for part in parts)
    if not ordered or len(shown := ", ".join("-".join(part) for part in parts)) > PAGES_MAX:
        said = Text("Enter pages such as 3 or 3-5, 8.")
        raise Incomplete(said, [Gap(said, "pages")])
    return shown


def page_numbers(pages: str, most: int = NAMED_MAX) -> tuple[int, ...]:
    """Return the numbers in what ``page_range`` wrote, each once, ``most`` at most; else none."""
    text = pages.replace(" ", "")
    if not _PAGES.fullmatch(text):
        return ()
    found: dict[int, None] = {}
    for part in text.split(","):
        first, _dash, last = part.partition("-")
        for number in range(int(first), int(last or first) + 1):
            if len(found) == most:
                return tuple(found)
            found[number] = None
    return tuple(found)


def matches(piece: Piece, words: str) -> bool:
    """Return whether every word stands in the title, the file's name or the address."""
    text = _folded(f"{piece.title} {piece.filename} {piece.url}")
    return all(_folded(word) in text for word in words.split())


def _folded(value: str) -> str:
    plain = unicodedata.normalize("NFKC", value).casefold()
    return re.sub(r"[\s_.-]", "", plain)
