"""The closed table of languages that can be set, and how each wants to be set.

A language is named by its BCP-47 tag. What depends on the language (shaping forms, line breaks,
direction) and what depends on the script (size, leading) is decided here and nowhere else.
"""

import re
from dataclasses import dataclass
from typing import Literal

Direction = Literal["ltr", "rtl"]


class UnknownLanguage(ValueError):
    """No such language in the table."""


@dataclass(frozen=True, slots=True)
class Language:
    """How one language is set.

    ``shaping`` goes on every HarfBuzz buffer; ``icu`` is the locale for line breaks; ``phrases``
    names the model that knows where phrases end in large text, empty where words are enough.
    """

    tag: str
    stem: str
    shaping: str
    icu: str
    phrases: str = ""
    direction: Direction = "ltr"

    @property
    def level(self) -> int:
        """Return the paragraph level of the bidirectional algorithm: 0 or 1."""
        return 1 if self.direction == "rtl" else 0

    @property
    def ruby(self) -> bool:
        """Return whether reviewed texts in this language may carry readings."""
        return self.tag == "ja-x-easy"

    @property
    def phrases_have_spaces(self) -> bool:
        """Return whether a space stands between phrases only, and words join without one."""
        return self.tag in {"km", "lo", "my", "th"}


#: Relative size and line height (in em) of a script, by font: equal point sizes do not look equal,
#: and marks above and below must not touch the next line.
SCALE = {
    "NotoNastaliqUrdu": 0.92,
    "NotoSansDevanagari": 1.05,
    "NotoSansLao": 1.05,
    "NotoSansBengali": 1.05,
    "NotoSansMyanmar": 0.95,
    "NotoSansTamil": 0.95,
    "NotoSansThai": 1.05,
}
LEADING = {
    "NotoNastaliqUrdu": 2.0,
    "NotoSans": 1.42,
    "NotoSansBengali": 1.6,
    "NotoSansDevanagari": 1.6,
    "NotoSansKhmer": 1.75,
    "NotoSansLao": 1.6,
    "NotoSansMyanmar": 1.85,
    "NotoSansSinhala": 1.6,
    "NotoSansTamil": 1.55,
    "NotoSansThai": 1.6,
}
DEFAULT_LEADING = 1.5


def _plain(tag: str, stem: str = "NotoSans") -> Language:
    return Language(tag, stem, tag, tag)


_STRICT_JA = (
    "ja-u-lb-strict"  # plain "ja" would end a line before a small kana or a long vowel mark
)
#: Where a script's letters are, and the language that texts of our members have in it.
_RANGES = (
    ("my", 0x1000, 0x109F),
    ("km", 0x1780, 0x17FF),
    ("th", 0x0E00, 0x0E7F),
    ("lo", 0x0E80, 0x0EFF),
    ("ne", 0x0900, 0x097F),
    ("bn", 0x0980, 0x09FF),
    ("ta", 0x0B80, 0x0BFF),
    ("si", 0x0D80, 0x0DFF),
    ("ur", 0x0600, 0x06FF),
    ("ko", 0xAC00, 0xD7A3),
    ("mn", 0x0400, 0x04FF),
)
_SCRIPTS = {tag: re.compile(f"[{chr(first)}-{chr(last)}]") for tag, first, last in _RANGES}
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_HAN_KANA = re.compile("[\u3041-\u30ff\u3400-\u9fff]")
_TABLE = (
    Language("ja", "BIZUDPGothic", "ja", _STRICT_JA, "ja"),
    Language("ja-x-easy", "BIZUDPGothic", "ja", _STRICT_JA, "ja"),
    _plain("vi"),
    Language("zh-Hans", "NotoSansSC", "zh-Hans", "zh-u-lb-strict", "zh-hans"),
    Language("zh-Hant", "NotoSansTC", "zh-Hant", "zh-Hant-u-lb-strict", "zh-hant"),
    _plain("fil"),
    _plain("ne", "NotoSansDevanagari"),
    _plain("id"),
    _plain("my", "NotoSansMyanmar"),
    _plain("pt-BR"),
    _plain("en"),
    # "lw-keepall" is ignored by ICU and words would be cut
    Language("ko", "NotoSansKR", "ko", "ko-u-lw-phrase"),
    _plain("th", "NotoSansThai"),
    _plain("es-419"),
    _plain("si", "NotoSansSinhala"),
    _plain("km", "NotoSansKhmer"),
    _plain("mn"),
    _plain("bn", "NotoSansBengali"),
    _plain("hi", "NotoSansDevanagari"),
    Language("ur", "NotoNastaliqUrdu", "ur", "ur", direction="rtl"),
    _plain("uz-Latn"),
    _plain("lo", "NotoSansLao"),
    _plain("ta", "NotoSansTamil"),
)
_BY_TAG = {entry.tag: entry for entry in _TABLE}
_ALIASES = {
    "es": "es-419",
    "ja-easy": "ja-x-easy",
    "pt": "pt-BR",
    "tl": "fil",
    "uz": "uz-Latn",
    "zh": "zh-Hans",
    "zh-CN": "zh-Hans",
    "zh-TW": "zh-Hant",
}

_HAN = frozenset({"ja", "ja-x-easy", "zh-Hans", "zh-Hant"})

#: Every tag that can be set, in the order of the posters.
TAGS = tuple(_BY_TAG)


def guess(text: str, default: str) -> str:
    """Return the tag in which a text of unknown language is set best, by its script.

    Chinese characters and kana are taken for ``default`` if that has them, else for Japanese;
    Latin letters for Vietnamese where its own letters occur, else for English.
    """
    counts = {tag: len(letters.findall(text)) for tag, letters in _SCRIPTS.items()}
    tag = max(counts, key=lambda found: counts[found])
    han, latin = len(_HAN_KANA.findall(text)), len(_LATIN.findall(text))
    if counts[tag] > max(han, latin):
        return tag
    if han and 2 * han >= latin:  # a Japanese character says as much as several letters
        return default if default in _HAN else "ja"
    if latin:
        return "vi" if _VIETNAMESE.search(text) else "en"
    return default


def language(tag: str) -> Language:
    """Return how to set the language of ``tag``; an alias or a region falls back to its language.

    Raises ``UnknownLanguage``.
    """
    tag = tag.replace("_", "-")
    for candidate in (tag, _ALIASES.get(tag), tag.split("-", 1)[0]):
        found = _BY_TAG.get(_ALIASES.get(candidate or "", candidate or ""))
        if found:
            return found
    msg = f"no such language: {tag!r}"
    raise UnknownLanguage(msg)
