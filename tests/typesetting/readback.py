"""Reads glyphs and their places back out of a finished PDF: what a printer gets.

Knows as much of the page description as any PDF of text needs, ours or another program's.
"""

import io
from typing import NamedTuple

import pikepdf
from fontTools.ttLib import TTFont

from tools.build_golden import digest

_SAME = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Drawn(NamedTuple):
    """One glyph on the page, in points; ``advance`` is how far the pen moves."""

    outline: str
    font: str
    x: float
    y: float
    advance: float
    size: float


class _Font:
    def __init__(self, resource):
        descendant = resource.DescendantFonts[0]
        self.name = str(resource.BaseFont)[len("/ABCDEF+") :]
        places = descendant.get("/CIDToGIDMap")
        self._to_glyph = places.read_bytes() if isinstance(places, pikepdf.Stream) else None
        self._default = float(descendant.get("/DW", 1000))
        self._widths = dict(_widths(list(descendant.get("/W", []))))
        file = TTFont(io.BytesIO(descendant.FontDescriptor.FontFile2.read_bytes()))
        self._names, self._shapes = file.getGlyphOrder(), file.getGlyphSet()
        self._digests = {}

    def width(self, character):
        return self._widths.get(character, self._default)

    def outline(self, character):
        glyph = character
        if self._to_glyph is not None:
            glyph = int.from_bytes(self._to_glyph[2 * character : 2 * character + 2], "big")
        if glyph not in self._digests:
            self._digests[glyph] = digest(self._shapes, self._names[glyph])
        return self._digests[glyph]


def _widths(entries):
    """Yield character and width; the format is ``c [w w …]`` or ``first last w``, in turns."""
    while entries:
        if isinstance(entries[1], pikepdf.Array):
            first, widths = entries[:2]
            yield from ((int(first) + n, float(width)) for n, width in enumerate(widths))
            entries = entries[2:]
        else:
            first, last, width = entries[:3]
            yield from ((code, float(width)) for code in range(int(first), int(last) + 1))
            entries = entries[3:]


def text_lines(pdf, page=0):
    """Return every text object of a page, each a list of ``Drawn`` in the order of drawing."""
    document = pikepdf.open(io.BytesIO(pdf))
    chosen = document.pages[page]
    fonts = {name: _Font(font) for name, font in chosen.Resources.Font.items()}
    pen = _Pen(fonts)
    for operands, operator in pikepdf.parse_content_stream(chosen):
        step = pen.steps.get(str(operator))
        if step:
            step(*operands)
    return pen.lines


class _Pen:
    """What changes while a page is read: the matrices and the state of text."""

    def __init__(self, fonts):
        self.lines = []
        self._fonts, self._font = fonts, None
        self._page, self._saved = _SAME, []
        self._line = self._text = _SAME
        self._size = self._rise = self._leading = self._between = self._spaces = 0.0
        self._wide = 1.0
        self.steps = {
            "q": self._save,
            "Q": self._restore,
            "cm": self._transform,
            "BT": self._begin,
            "Tm": self._place,
            "Td": self._move,
            "T*": self._next,
            "Tf": self._choose,
            "Tj": self._show,
            "TJ": self._show_all,
            "'": self._show_next,
            "TD": self._move_and_set,
            "TL": lambda value: setattr(self, "_leading", float(value)),
            "Ts": lambda value: setattr(self, "_rise", float(value)),
            "Tc": lambda value: setattr(self, "_between", float(value)),
            "Tz": lambda value: setattr(self, "_wide", float(value) / 100),
        }

    def _save(self):
        self._saved.append((self._page, self._font, self._size, self._rise, self._between))

    def _restore(self):
        self._page, self._font, self._size, self._rise, self._between = self._saved.pop()

    def _transform(self, *values):
        self._page = _times(tuple(map(float, values)), self._page)

    def _begin(self):
        self._line = self._text = _SAME
        self.lines.append([])

    def _place(self, *values):
        self._line = self._text = tuple(map(float, values))

    def _move(self, x, y):
        self._line = self._text = _times((1.0, 0.0, 0.0, 1.0, float(x), float(y)), self._line)

    def _move_and_set(self, x, y):
        self._leading = -float(y)
        self._move(x, y)

    def _next(self):
        self._move(0, -self._leading)

    def _choose(self, name, size):
        self._font, self._size = self._fonts[str(name)], float(size)

    def _show_next(self, text):
        self._next()
        self._show(text)

    def _show_all(self, items):
        for item in items:
            if isinstance(item, pikepdf.String):
                self._show(item)
            else:
                self._advance(-float(item) * self._size / 1000 * self._wide)

    def _show(self, text):
        codes = bytes(text)
        for index in range(0, len(codes), 2):
            character = int.from_bytes(codes[index : index + 2], "big")
            matrix = _times(self._text, self._page)
            x, y = matrix[2] * self._rise + matrix[4], matrix[3] * self._rise + matrix[5]
            wide = self._font.width(character) * self._size / 1000 * self._wide
            outline = self._font.outline(character)
            size = self._size * abs(matrix[3])
            self.lines[-1].append(Drawn(outline, self._font.name, x, y, wide * matrix[0], size))
            self._advance(wide + self._between * self._wide)

    def _advance(self, distance):
        self._text = _times((1.0, 0.0, 0.0, 1.0, distance, 0.0), self._text)


def _times(first, then):
    """Return the matrix that does ``first`` and ``then`` the other."""
    a, b, c, d, e, f = first
    A, B, C, D, E, F = then  # noqa: N806 -- as every book on PDF writes them
    return (
        *(a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D),
        *(e * A + f * C + E, e * B + f * D + F),
    )
