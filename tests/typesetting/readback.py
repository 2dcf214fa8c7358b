"""Reads glyphs and their places back out of a finished PDF: what a printer gets."""

import io
from typing import NamedTuple

import pikepdf
from fontTools.ttLib import TTFont

from tools.build_golden import digest


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
        self.to_glyph = descendant.CIDToGIDMap.read_bytes()
        self.widths = [float(width) for width in descendant.W[1]]
        file = TTFont(io.BytesIO(descendant.FontDescriptor.FontFile2.read_bytes()))
        self._names, self._shapes = file.getGlyphOrder(), file.getGlyphSet()
        self._digests = {}

    def outline(self, character):
        glyph = int.from_bytes(self.to_glyph[2 * character : 2 * character + 2], "big")
        if glyph not in self._digests:
            self._digests[glyph] = digest(self._shapes, self._names[glyph])
        return self._digests[glyph]


def text_lines(pdf, page=0):
    """Return every line of text on a page, each a list of ``Drawn`` from left to right."""
    document = pikepdf.open(io.BytesIO(pdf))
    chosen = document.pages[page]
    fonts = {name: _Font(font) for name, font in chosen.Resources.Font.items()}
    lines, pen = [], _Pen(fonts)
    for operands, operator in pikepdf.parse_content_stream(chosen):
        done = pen.step(str(operator), operands)
        if done is not None:
            lines.append(done)
    return lines


class _Pen:
    def __init__(self, fonts):
        self.fonts = fonts
        self.font = None
        self.x = self.y = self.rise = self.size = 0.0
        self.line = []

    def step(self, operator, operands):
        if operator == "BT":
            self.line, self.rise = [], 0.0
        elif operator == "Tm":
            self.x, self.y = float(operands[4]), float(operands[5])
        elif operator == "Tf":
            self.font, self.size = self.fonts[str(operands[0])], float(operands[1])
        elif operator == "Ts":
            self.rise = float(operands[0])
        elif operator == "TJ":
            self._show(operands[0])
        elif operator == "ET":
            return self.line
        return None

    def _show(self, items):
        for item in items:
            if not isinstance(item, pikepdf.String):
                self.x -= float(item) * self.size / 1000
                continue
            codes = bytes(item)
            for index in range(0, len(codes), 2):
                character = int.from_bytes(codes[index : index + 2], "big")
                advance = self.font.widths[character] * self.size / 1000
                place = (self.x, self.y + self.rise)
                outline = self.font.outline(character)
                self.line.append(Drawn(outline, self.font.name, *place, advance, self.size))
                self.x += advance
