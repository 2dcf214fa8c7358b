"""The fonts: opened once per process, shared by all threads, chosen by language.

``preload()`` at the start of a worker; ``missing_characters(text)`` where a person types a name.
"""

import functools
import struct
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import uharfbuzz as hb

from jpmirai_compliance.typesetting.languages import DEFAULT_LEADING, LEADING, SCALE, Language
from jpmirai_compliance.typesetting.languages import language as find_language
from jpmirai_compliance.typesetting.plain import plain

FOLDER = Path(__file__).parent / "fonts"

#: Order of the fallbacks behind a language's own font. Japanese forms come before the Chinese ones:
#: names outside the first font are Japanese names more often than not.
STEMS = (
    "NotoSans",
    "BIZUDPGothic",
    "NotoSansMyanmar",
    "NotoSansKhmer",
    "NotoSansThai",
    "NotoSansLao",
    "NotoSansDevanagari",
    "NotoSansBengali",
    "NotoSansSinhala",
    "NotoSansTamil",
    "NotoNastaliqUrdu",
    "NotoSansJP",
    "NotoSansTC",
    "NotoSansSC",
    "NotoSansKR",
)
_CAP_HEIGHT_OFFSET = 88  # of sCapHeight in the OS/2 table


class FontsNotBuilt(RuntimeError):
    """The font files are not in the package."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name} is missing in {path.parent}: run 'make assets'")


class Face:
    """One font file. Immutable once opened, so threads share it; opened at first use."""

    def __init__(self, stem: str, weight: str) -> None:
        self.stem = stem
        self.name = f"{stem}-{weight}"
        self.path = FOLDER / f"{self.name}.ttf"
        self.leading = LEADING.get(stem, DEFAULT_LEADING)
        self._advances: dict[int, float] = {}  # filled by any thread, always with the same values

    @functools.cached_property
    def face(self) -> hb.Face:
        """Return the HarfBuzz face. Raises ``FontsNotBuilt``."""
        if not self.path.is_file():
            raise FontsNotBuilt(self.path)
        return hb.Face(hb.Blob.from_file_path(str(self.path)))

    @functools.cached_property
    def font(self) -> hb.Font:
        """Return the HarfBuzz font, in font units."""
        return hb.Font(self.face)

    @functools.cached_property
    def unicodes(self) -> frozenset[int]:
        """Return the code points that have a glyph."""
        return frozenset(self.face.unicodes)

    @functools.cached_property
    def scale(self) -> float:
        """Return 1/1000 em per font unit."""
        return float(1000 / self.face.upem)

    @functools.cached_property
    def extents(self) -> tuple[float, float]:
        """Return ascender and descender (negative) in 1/1000 em."""
        extents = self.font.get_font_extents("ltr")
        return extents.ascender * self.scale, extents.descender * self.scale

    @functools.cached_property
    def cap_height(self) -> float:
        """Return the height of a capital letter in 1/1000 em."""
        table = bytes(self.face.reference_table("OS/2").data)
        raw = table[_CAP_HEIGHT_OFFSET : _CAP_HEIGHT_OFFSET + 2]
        return float(struct.unpack(">h", raw)[0] * self.scale) if len(raw) == len(b"??") else 700.0

    def advance(self, glyph: int) -> float:
        """Return the advance width of a glyph in 1/1000 em, rounded as it is written."""
        found = self._advances.get(glyph)
        if found is None:
            found = round(float(self.font.get_glyph_h_advance(glyph)) * self.scale, 3)
            self._advances[glyph] = found
        return found


#: Made at import so that two threads never hold two objects for one font.
_FACES = {
    (stem, bold): Face(stem, "Bold" if bold else "Regular")
    for stem in STEMS
    for bold in (False, True)
}


@dataclass(frozen=True, eq=False, slots=True)
class Style:
    """A language and a weight: all that shaping depends on. Compared by identity; see ``style``."""

    language: Language
    faces: tuple[Face, ...]
    features: tuple[tuple[str, bool], ...] = ()

    @property
    def scale(self) -> float:
        """Return by how much this script is set larger or smaller than Latin."""
        return SCALE.get(self.language.stem, 1.0)

    @property
    def leading(self) -> float:
        """Return the line height of this script in em."""
        return self.faces[0].leading


@functools.cache
def style(tag: str, *, bold: bool = False) -> Style:
    """Return how text in the language ``tag`` is set. Raises ``UnknownLanguage``."""
    language = find_language(tag)
    stems = dict.fromkeys((language.stem, *_chinese_first(language.stem), *STEMS))
    return Style(language, tuple(_FACES[stem, bold] for stem in stems))


def _chinese_first(stem: str) -> tuple[str, ...]:
    """Return further fonts for Chinese: the other script's forms before the Japanese ones."""
    chinese = ("NotoSansSC", "NotoSansTC")
    return ("NotoSans", *chinese) if stem in chinese else ()


def preload() -> int:
    """Open every font, so that the first page of a worker is as fast as the rest; return how many.

    Raises ``FontsNotBuilt``.
    """
    return sum(1 for face in _FACES.values() if face.unicodes and face.font and face.cap_height)


def missing_characters(text: str) -> str:
    """Return the characters that no font has, each once, in order of appearance.

    An empty string means that all can be printed. Raises ``FontsNotBuilt``.
    """
    composed = unicodedata.normalize("NFC", plain(text))
    return "".join(character for character in dict.fromkeys(composed) if not _known(character))


def _known(character: str) -> bool:
    if character.isspace():
        return True
    code = ord(character)
    covered = any(code in _FACES[stem, False].unicodes for stem in STEMS)
    return covered or _is_selector(character)


def _is_selector(character: str) -> bool:
    """Return whether a character only chooses a form or joins, and is never drawn itself."""
    return (
        unicodedata.category(character) == "Cf"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )
