"""A paragraph set at one size in one width, ready to be drawn, whole or in parts."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Literal

from jpmirai_compliance.typesetting.drawing import draw_line
from jpmirai_compliance.typesetting.faces import Style
from jpmirai_compliance.typesetting.para import RUBY_SIZE, Line, Para, Reading
from jpmirai_compliance.typesetting.tagging import Element, TaggedPdf

Align = Literal["start", "end", "center"]
_RUBY_RISE = 0.9  # baseline of the reading above that of the text, in em
_MOST_SPREAD = 0.8  # of a reading's letters, in em of the reading


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a paragraph in a box ``width`` points wide."""

    para: Para
    lines: Sequence[Line]
    width: float
    size: float
    align: Align = "start"

    @property
    def line_height(self) -> float:
        """Return the distance of two lines in points."""
        return self.size * self.para.leading

    @property
    def height(self) -> float:
        """Return the height of all lines in points."""
        return len(self.lines) * self.line_height

    def split(self, count: int) -> "tuple[Block, Block]":
        """Return the first ``count`` lines and the rest, which may be empty."""
        first, rest = self.lines[:count], self.lines[count:]
        return replace(self, lines=first), replace(self, lines=rest)

    def draw(self, pdf: TaggedPdf, element: Element | None, corner: tuple[float, float]) -> float:
        """Draw with the upper left corner at ``corner``; return the height used.

        Without an element the text is part of an artifact that the caller has opened.
        """
        x, top = corner
        em = self.size / 1000
        above = self.size * RUBY_SIZE if self.para.has_ruby else 0.0
        ascent, descent = self.para.style.faces[0].extents
        drop = above + (self.line_height - above) / 2 + (ascent + descent) / 2 * em
        for index, line in enumerate(self.lines):
            free = self.width - self.para.measure(*line) * em
            place = (x + free * self._share_before(), top - index * self.line_height - drop)
            self._draw_line(pdf, element, place, line)
        return self.height

    def _share_before(self) -> float:
        """Return which share of the free space stands left of the line."""
        if self.align == "center":
            return 0.5
        backwards = self.para.style.language.direction == "rtl"
        return float((self.align == "end") != backwards)

    def _draw_line(
        self, pdf: TaggedPdf, element: Element | None, place: tuple[float, float], line: Line
    ) -> None:
        para, em = self.para, self.size / 1000
        x, y = place
        x -= para.offset(line.start) * em
        end = para.trim(*line)
        position = line.start
        readings = para.readings if element is not None else []
        for reading in readings:
            if not line.start <= reading.start < end or element is None:
                continue
            if reading.start > position:
                left = x + para.offset(position) * em
                self._draw_text(pdf, element, (left, y), para.text[position : reading.start])
            self._draw_ruby(pdf, element, (x + para.offset(reading.start) * em, y), reading)
            position = reading.end
        if end > position:
            left = x + para.offset(position) * em
            self._draw_text(pdf, element, (left, y), para.text[position:end])

    def _draw_text(
        self, pdf: TaggedPdf, element: Element | None, place: tuple[float, float], text: str
    ) -> None:
        with pdf.content(element) if element else nullcontext():
            draw_line(pdf, place, text, self.para.style, self.size)

    def _draw_ruby(
        self, pdf: TaggedPdf, element: Element, place: tuple[float, float], reading: Reading
    ) -> None:
        x, y = place
        em, style = self.size / 1000, self.para.style
        ruby = pdf.element("Ruby", element)
        with pdf.content(pdf.element("RB", ruby)):
            base = self.para.text[reading.start : reading.end]
            draw_line(pdf, (x + reading.padding / 2 * em, y), base, style, self.size)
        small = self.size * RUBY_SIZE
        room = (reading.base + reading.padding - reading.width) * em
        count = len(reading.text)
        spread = min(max(room, 0.0) / count, small * _MOST_SPREAD)
        left = x + (room - spread * (count - 1)) / 2
        with pdf.content(pdf.element("RT", ruby)):
            above = (left, y + self.size * _RUBY_RISE)
            draw_line(pdf, above, reading.text, style, small, spread=spread)


def block(
    para: Para, width: float, size: float, *, align: Align = "start", balanced: bool = False
) -> Block:
    """Return the paragraph set at ``size`` in ``width`` points; see ``Para.lines``."""
    return Block(para, para.lines(width, size, balanced=balanced), width, size, align)


def shortened(text: str, style: Style, width: float, size: float, most: int) -> Block:
    """Return at most ``most`` lines of a text, cut with an ellipsis where it must be."""
    whole = block(Para(text, style), width, size)
    if len(whole.lines) <= most:
        return whole
    end = whole.lines[most - 1].end
    while end:
        cut = block(Para(whole.para.text[:end].rstrip() + "…", style), width, size)
        if len(cut.lines) <= most:
            return cut
        end -= 1
    return block(Para("…", style), width, size)
