"""The closed table of the languages that workers read: tags, own names, direction.

A tag reaches an address, a file and a library only through this table: an open set lets
``zh-Hans`` or ``xx`` reach a library that answers with an error.
"""

import re
from collections.abc import Collection, Iterable

#: Every language by its BCP-47 tag, in the order in which they are offered, and its own name.
ENDONYMS = {
    "ja": "日本語",
    "ja-x-easy": "やさしい日本語",
    "vi": "Tiếng Việt",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "fil": "Filipino",
    "ne": "नेपाली",
    "id": "Bahasa Indonesia",
    "my": "မြန်မာ",
    "pt-BR": "Português",
    "en": "English",
    "ko": "한국어",
    "th": "ไทย",
    "es-419": "Español",
    "si": "සිංහල",
    "km": "ខ្មែរ",
    "mn": "Монгол",
    "bn": "বাংলা",
    "hi": "हिन्दी",
    "ur": "اردو",
    "uz-Latn": "Oʻzbekcha",
    "lo": "ລາວ",
    "ta": "தமிழ்",
}
LANGUAGES = tuple(ENDONYMS)
RIGHT_TO_LEFT = frozenset({"ur"})
EASY = "ja-x-easy"
_READING = re.compile(r"\{([^{|}]+)\|([^{|}]+)\}")

#: What browsers and people write, and the tag that we know it by.
_ALIASES = {
    "es": "es-419",
    "pt": "pt-BR",
    "tl": "fil",
    "uz": "uz-Latn",
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
}
_KNOWN = {tag.lower(): tag for tag in LANGUAGES} | _ALIASES


def endonym(tag: str) -> str:
    """Return a language's name in itself; the tag where it is not in the table."""
    return ENDONYMS.get(tag, tag)


def direction(tag: str) -> str:
    """Return ``rtl`` or ``ltr``, as HTML wants it."""
    return "rtl" if tag in RIGHT_TO_LEFT else "ltr"


def known(tag: str) -> str | None:
    """Return the tag of the table for what a browser wrote (``pt``, ``zh-TW``, ``en_US``)."""
    parts = tag.replace("_", "-").lower().split("-")
    for length in range(len(parts), 0, -1):
        if found := _KNOWN.get("-".join(parts[:length])):
            return found
    return None


def preferred(wanted: Iterable[str], among: Collection[str] = LANGUAGES) -> str:
    """Return the first of a browser's languages that is among those we have; else Japanese."""
    for tag in wanted:
        if (found := known(tag)) in among and found is not None:
            return found
    return LANGUAGES[0]


def ruby_parts(text: str) -> tuple[tuple[str, str], ...]:
    """Return a text in pieces with the reading of each, empty where it has none.

    Readings are reviewed content, written ``{漢字|かんじ}``; nothing makes them up.
    """
    parts: list[tuple[str, str]] = []
    end = 0
    for match in _READING.finditer(text):
        if before := text[end : match.start()]:
            parts.append((before, ""))
        parts.append((match[1], match[2]))
        end = match.end()
    if rest := text[end:]:
        parts.append((rest, ""))
    return tuple(parts)


def without_ruby(text: str) -> str:
    """Return a text without its readings."""
    return "".join(base for base, _reading in ruby_parts(text))
