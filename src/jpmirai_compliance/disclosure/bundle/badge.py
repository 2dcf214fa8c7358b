"""The lines of the badge as outlines: the same picture wherever it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jpmirai_compliance.disclosure import rules
from jpmirai_compliance.disclosure.bundle.showing import band_name, day
from jpmirai_compliance.foundation.catalogue import translate
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import load_edition
from jpmirai_compliance.typesetting.svg import outline

WIDTH = 360
PANEL = 104  # the coloured field with the year
_LEFT = PANEL + 18
_ROOM = WIDTH - _LEFT - 16
BLUE, INK, QUIET, GREY = "#0017c1", "#1a1a1c", "#4d4d4d", "#767676"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: SVG path data, where it starts, and its colour."""

    d: str
    x: float
    y: float
    scale: float
    fill: str


@dataclass(frozen=True, slots=True)
class Badge:
    """All of the picture; ``title`` is what a screen reader says."""

    title: str
    panel: str
    lines: tuple[Line, ...]


def badge_lines(page: Mapping[str, Any], *, lapsed: bool) -> Badge:
    """Return the badge of a publication, in grey and saying so once it has lapsed."""
    edition = load_edition(page["edition"])
    band_ja = band_name(edition, page["band"], "ja") or "取組みを公開"
    band_en = band_name(edition, page["band"], "en") or "Activities published"
    if lapsed:
        band_ja, band_en = "有効期限切れ", "Lapsed"
    name = rules.badge_name(page["organisation"]["name_ja"])
    until = f"{day(page['valid_until']):%Y-%m-%d}"
    main, quiet = (GREY, GREY) if lapsed else (INK, QUIET)
    lines = (
        _centred(str(page["year"]), "en", 36, 82, "#fff"),
        _centred("年度", "ja", 13, 105, "#fff"),
        _line("JP-MIRAI 行動原則", "ja", 12, 28, quiet),
        *_band(band_ja, band_en, main if lapsed else BLUE),
        _line("自己評価・事務局確認範囲", "ja", 13, 84, main, bold=True),
        _line("Self-assessment, as checked by the secretariat", "en", 9, 98, quiet),
        _line(name, rules.language_of(name), 12.5, 122, main, bold=True),
        _line(f"{until} まで有効 / Valid until {until}", "ja", 8.5, 135.5, quiet),
    )
    return Badge(_title(page, band_ja, band_en, lapsed=lapsed), GREY if lapsed else BLUE, lines)


def _title(page: Mapping[str, Any], band_ja: str, band_en: str, *, lapsed: bool) -> str:
    organisation = page["organisation"]
    said = Text("JP-MIRAI self-assessment %(year)s: %(name)s, %(band)s")
    name_ja = rules.badge_name(organisation["name_ja"])
    name_en = rules.badge_name(organisation["name_en"] or organisation["name_ja"])
    texts = [
        translate(Text(said.msgid, {"year": page["year"], "name": name, "band": band}), locale)
        for locale, name, band in (("ja", name_ja, band_ja), ("en", name_en, band_en))
    ]
    scope = "" if lapsed else "自己評価・事務局確認範囲 / "
    return scope + " / ".join(texts)


def _band(ja: str, en: str, fill: str) -> tuple[Line, ...]:
    first = _line(ja, "ja", 27, 62, fill, bold=True)
    _d, width = outline(ja, "ja", bold=True, size=27)
    used = width * first.scale
    second = _line(en, "en", 13, 62, fill, x=_LEFT + used + 9, room=_ROOM - used - 9)
    return first, second


def _centred(text: str, language: str, size: float, y: float, fill: str) -> Line:
    _d, width = outline(text, language, bold=True, size=size)
    return _line(text, language, size, y, fill, bold=True, x=(PANEL - width) / 2, room=PANEL)


def _line(  # noqa: PLR0913 -- a line of text has these
    text: str,
    language: str,
    size: float,
    y: float,
    fill: str,
    *,
    bold: bool = False,
    x: float = _LEFT,
    room: float = _ROOM,
) -> Line:
    d, width = outline(text, language, bold=bold, size=size)
    scale = min(1.0, room / width) if width else 1.0
    return Line(d, round(x, 2), y, round(scale, 4), fill)
