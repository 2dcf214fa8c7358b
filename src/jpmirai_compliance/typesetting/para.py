"""A paragraph: measured once, set at any size, in any box.

Measures are in 1/1000 em, so the largest size that fits a box is found by arithmetic alone.
"""

import bisect
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from fontTools import unicodedata as ucd

from jpmirai_compliance.typesetting.breaks import breaks
from jpmirai_compliance.typesetting.drawing import draw_line
from jpmirai_compliance.typesetting.faces import Style
from jpmirai_compliance.typesetting.plain import plain
from jpmirai_compliance.typesetting.ruby import Ruby, parse_ruby
from jpmirai_compliance.typesetting.shape import shaped_line, width
from jpmirai_compliance.typesetting.tagging import Element, TaggedPdf

Align = Literal["start", "end", "center"]
RUBY_SIZE = 0.5
_RUBY_RISE = 0.9  # baseline of the reading above that of the text, in em
_RUBY_LEADING = 1.25  # of the text below the readings, which bring their own air
_TIGHT = 0.88  # lines of a title stand closer
_MOST_SPREAD = 0.8  # of a reading's letters, in em of the reading
_HALVINGS = 16
_SLACK = 1e-6
_SPACES = " \u3000\u200b"
#: A last line shorter than this share of the box looks forgotten.
_ORPHAN = 0.3


class Line(NamedTuple):
    """Characters ``start:end`` of the paragraph; spaces at the end are not drawn."""

    start: int
    end: int


class Para:
    """One paragraph of plain text in one style."""

    def __init__(
        self,
        text: str,
        style: Style,
        *,
        ruby: tuple[Ruby, ...] = (),
        phrase: bool = False,
        tight: bool = False,
    ) -> None:
        """Measure ``text``; ``phrase`` and ``tight`` are for large text: breaks, line distance."""
        self.text = plain(text)
        self._tight = _TIGHT if tight else 1.0
        self.style = style
        self._ruby = ruby
        advances, stops, self._leading = self._measure_clusters()
        ends = set(breaks(self.text, style.language, phrase=phrase))
        self._placed: list[_PlacedRuby] = []
        for group in ruby:
            ends -= set(range(group.start + 1, group.end))
            placed = _place_ruby(group, self.text, sum(advances[group.start : group.end]), style)
            self._placed.append(placed)
            advances[group.start] += placed.padding / 2
            advances[group.end - 1] += placed.padding / 2
        self._before = [0.0]
        for advance in advances:
            self._before.append(self._before[-1] + advance)
        self._ends = sorted(ends)
        self._stops = [stop for stop in stops if not any(r.start < stop < r.end for r in ruby)]
        starts = [0, *self._ends]
        self._widest = max(
            (self.measure(a, b) for a, b in zip(starts, self._ends, strict=False)), default=0.0
        )

    @property
    def leading(self) -> float:
        """Return the distance of two lines in em, for the tallest script in the text."""
        if self._ruby:
            return _RUBY_LEADING + RUBY_SIZE
        return self._leading * self._tight

    @property
    def widest(self) -> float:
        """Return the width of the longest piece that should not be broken."""
        return self._widest

    def measure(self, start: int, end: int) -> float:
        """Return the width of a line, without the spaces at its end."""
        return self._before[self._trim(start, end)] - self._before[start]

    def lines(self, box: float, size: float, *, balanced: bool = False) -> list[Line]:
        """Return the lines in a box of ``box`` points; at least one, none is wider than the box.

        A piece that is wider by itself is cut between clusters. ``balanced`` makes the lines
        equally long; without it only a very short last line is avoided.
        """
        limit = box * 1000 / size
        lines = self._greedy(limit)
        if len(lines) < 2:  # noqa: PLR2004 -- one line cannot be balanced
            return lines
        orphan = self.measure(*lines[-1]) < _ORPHAN * limit
        return self._balance(lines, limit) if balanced or orphan else lines

    def height(self, lines: Sequence[Line], size: float) -> float:
        """Return the height of the lines in points."""
        return len(lines) * size * self.leading

    def fits(self, box: float, size: float) -> bool:
        """Return whether no piece has to be cut at this size."""
        return self._widest * size / 1000 <= box + _SLACK

    def draw(
        self,
        pdf: TaggedPdf,
        element: Element,
        corner: tuple[float, float],
        box: float,
        size: float,
        lines: Sequence[Line],
        *,
        align: Align = "start",
    ) -> float:
        """Draw ``lines`` with their upper left corner at ``corner``; return the height used."""
        x, top = corner
        step = size * self.leading
        above = size * RUBY_SIZE if self._ruby else 0.0
        ascent, descent = self.style.faces[0].extents
        drop = above + (step - above) / 2 + (ascent + descent) / 2 * size / 1000
        for index, line in enumerate(lines):
            free = box - self.measure(*line) * size / 1000
            left = x + free * self._share_before(align)
            self._draw(pdf, element, (left, top - index * step - drop), line, size)
        return step * len(lines)

    def _share_before(self, align: Align) -> float:
        """Return which share of the free space stands left of the line."""
        if align == "center":
            return 0.5
        return float((align == "end") != (self.style.language.direction == "rtl"))

    def _trim(self, start: int, end: int) -> int:
        while end > start and self.text[end - 1] in _SPACES:
            end -= 1
        return end

    def _measure_clusters(self) -> tuple[list[float], list[int], float]:
        """Return the advance at each character, where clusters begin, and the line height."""
        advances = [0.0] * len(self.text)
        stops = []
        leading = self.style.leading
        for shaped in shaped_line(self.text, self.style):
            face = shaped.run.face
            leading = max(leading, face.leading)
            for cluster in shaped.clusters:
                start = shaped.run.start + cluster.start
                stops.append(start)
                glyphs = shaped.glyphs[cluster.first : cluster.last]
                advances[start] += sum(glyph.advance for glyph in glyphs) * face.scale
        return advances, sorted(stops), leading

    def _greedy(self, limit: float) -> list[Line]:
        limit += _SLACK
        lines: list[Line] = []
        start = last = 0
        for end in self._ends:
            if self.measure(start, end) > limit and last > start:
                lines.append(Line(start, last))
                start = last
            while self.measure(start, end) > limit:
                cut = self._cut(start, end, limit)
                if cut >= end:
                    break
                lines.append(Line(start, cut))
                start = cut
            last = end
        if start < len(self.text) or not lines:
            lines.append(Line(start, len(self.text)))
        return lines

    def _cut(self, start: int, end: int, limit: float) -> int:
        """Return where to cut a piece that is too wide: between clusters, after at least one."""
        target = self._before[start] + limit
        reach = bisect.bisect_right(self._before, target, start, end + 1) - 1
        index = bisect.bisect_right(self._stops, reach) - 1
        if index >= 0 and self._stops[index] > start:
            return self._stops[index]
        after = bisect.bisect_right(self._stops, start)
        return self._stops[after] if after < len(self._stops) else end

    def _balance(self, lines: list[Line], limit: float) -> list[Line]:
        """Return the same number of lines in the narrowest width that allows it."""
        low, high = self._before[-1] / len(lines) * 0.9, limit
        low = max(low, min(self._widest, limit))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if len(self._greedy(middle)) <= len(lines):
                high = middle
            else:
                low = middle
        return self._greedy(high)

    def _draw(
        self,
        pdf: TaggedPdf,
        element: Element,
        place: tuple[float, float],
        line: Line,
        size: float,
    ) -> None:
        x, y = place
        origin, end = self._before[line.start], self._trim(*line)
        position = line.start
        for placed in (p for p in self._placed if line.start <= p.start < end):
            if placed.start > position:
                left = x + (self._before[position] - origin) * size / 1000
                self._draw_text(pdf, element, (left, y), self.text[position : placed.start], size)
            left = x + (self._before[placed.start] - origin) * size / 1000
            self._draw_ruby(pdf, element, (left, y), placed, size)
            position = placed.end
        if end > position:
            left = x + (self._before[position] - origin) * size / 1000
            self._draw_text(pdf, element, (left, y), self.text[position:end], size)

    def _draw_text(
        self, pdf: TaggedPdf, element: Element, place: tuple[float, float], text: str, size: float
    ) -> None:
        with pdf.content(element):
            draw_line(pdf, place, text, self.style, size)

    def _draw_ruby(
        self,
        pdf: TaggedPdf,
        element: Element,
        place: tuple[float, float],
        placed: "_PlacedRuby",
        size: float,
    ) -> None:
        x, y = place
        em = size / 1000
        ruby = pdf.element("Ruby", element)
        with pdf.content(pdf.element("RB", ruby)):
            base = self.text[placed.start : placed.end]
            draw_line(pdf, (x + placed.padding / 2 * em, y), base, self.style, size)
        small = size * RUBY_SIZE
        full = (placed.base + placed.padding) * em
        room = full - placed.width * em
        count = len(placed.text)
        spread = min(max(room, 0.0) / count, small * _MOST_SPREAD)
        left = x + (room - spread * (count - 1)) / 2
        with pdf.content(pdf.element("RT", ruby)):
            reading = (left, y + size * _RUBY_RISE)
            draw_line(pdf, reading, placed.text, self.style, small, spread=spread)


class _PlacedRuby(NamedTuple):
    """A reading with its widths: of its base, its own, and what the base must be padded by."""

    start: int
    end: int
    text: str
    base: float
    width: float
    padding: float


def _place_ruby(group: Ruby, text: str, base: float, style: Style) -> _PlacedRuby:
    """Measure a reading; it may hang over a neighbouring kana by half its own em (JLREQ)."""
    own = width(group.text, style) * RUBY_SIZE
    hang = 1000 * RUBY_SIZE / 2
    free = sum(hang for index in (group.start - 1, group.end) if _is_kana(text, index))
    return _PlacedRuby(*group, base, own, max(0.0, own - base - free))


def _is_kana(text: str, index: int) -> bool:
    if not 0 <= index < len(text):
        return False
    return ucd.script(text[index]) in {"Hira", "Kana"} or text[index] in _SPACES


def para(text: str, style: Style, *, tight: bool = False) -> Para:
    """Return a paragraph of reviewed content, with breaks for large text.

    Readings (``{base|reading}``) are read where the language has them.
    """
    if not style.language.ruby:
        return Para(text, style, phrase=True, tight=tight)
    bare, ruby = parse_ruby(text)
    return Para(bare, style, ruby=ruby, phrase=True, tight=tight)


def fit(para: Para, box: tuple[float, float], sizes: tuple[float, float]) -> float | None:
    """Return the largest size within ``sizes`` at which the paragraph stays in the box, or None."""
    wide, high = box
    smallest, largest = sizes

    def good(size: float) -> bool:
        return para.fits(wide, size) and para.height(para.lines(wide, size), size) <= high

    return largest_size(good, smallest, largest)


def largest_size(good: Callable[[float], bool], smallest: float, largest: float) -> float | None:
    """Return the largest size for which ``good`` holds, to 1/1000 of the range; None if none."""
    if good(largest):
        return largest
    if not good(smallest):
        return None
    low, high = smallest, largest
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if good(middle):
            low = middle
        else:
            high = middle
    return low


def shortened(text: str, style: Style, box: float, size: float, most: int) -> Para:
    """Return a paragraph of at most ``most`` lines, cut with an ellipsis where it must be."""
    whole = Para(text, style)
    lines = whole.lines(box, size)
    if len(lines) <= most:
        return whole
    end = lines[most - 1].end
    while end:
        cut = Para(whole.text[:end].rstrip() + "…", style)
        if len(cut.lines(box, size)) <= most:
            return cut
        end -= 1
    return Para("…", style)
