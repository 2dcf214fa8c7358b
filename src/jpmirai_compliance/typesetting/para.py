"""A paragraph, measured once: where its lines end at any size, and which size fits a box.

Measures are in 1/1000 em, so the largest size that fits a box is found by arithmetic alone.
"""

import bisect
from collections.abc import Callable
from typing import NamedTuple

from fontTools import unicodedata as ucd

from jpmirai_compliance.typesetting.breaks import breaks
from jpmirai_compliance.typesetting.faces import Style
from jpmirai_compliance.typesetting.plain import plain
from jpmirai_compliance.typesetting.ruby import Ruby, parse_ruby
from jpmirai_compliance.typesetting.shape import shaped_line, width

RUBY_SIZE = 0.5
_RUBY_LEADING = 1.25  # of the text below the readings, which bring their own air
_TIGHT = 0.88  # lines of a title stand closer
_STACKED = 1.7  # from this line height on a script needs all of it
_HALVINGS = 16
_SLACK = 1e-6
_NEAR = 0.62  # of the line: how full it must be to end at a space rather than between words
_ATTACHED = frozenset({"Mn", "Me", "Mc", "Cf"})
_SPACES = " \u3000\u200b"
#: A last line shorter than this share of the box looks forgotten.
_ORPHAN = 0.3


class Line(NamedTuple):
    """Characters ``start:end`` of the paragraph; spaces at the end are not drawn."""

    start: int
    end: int


class _Stops(NamedTuple):
    """Where lines may end, and how far the text before each reaches."""

    ends: list[int]
    reaches: list[float]


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
        self._phrase = phrase
        self.style = style
        self._ruby = ruby
        advances, stops, self._leading = self._measure_clusters()
        ends = set(breaks(self.text, style.language, phrase=phrase))
        self.readings: list[Reading] = []
        for group in ruby:
            ends -= set(range(group.start + 1, group.end))
            placed = _place_ruby(group, self.text, sum(advances[group.start : group.end]), style)
            self.readings.append(placed)
            advances[group.start] += placed.padding / 2
            advances[group.end - 1] += placed.padding / 2
        self._before = [0.0]
        for advance in advances:
            self._before.append(self._before[-1] + advance)
        self._ends = sorted(ends) or [0]
        self._words = self._stops_at(self._ends)
        self._phrases = self._words
        if phrase and style.language.phrases_have_spaces:
            after_space = [end for end in self._ends if self.text[end - 1 : end] in _SPACES]
            self._phrases = self._stops_at([*after_space, len(self.text)])
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
        return self._leading * (self._tight if self._leading < _STACKED else 1.0)

    @property
    def width(self) -> float:
        """Return the width of the whole text in one line."""
        return self.measure(0, len(self.text))

    @property
    def has_ruby(self) -> bool:
        """Return whether readings stand above the lines."""
        return bool(self._ruby)

    def measure(self, start: int, end: int) -> float:
        """Return the width of a line, without the spaces at its end."""
        return self._before[self.trim(start, end)] - self._before[start]

    def lines(self, box: float, size: float, *, balanced: bool = False) -> list[Line]:
        """Return the lines in a box of ``box`` points; at least one, none is wider than the box.

        A piece that is wider by itself is cut between clusters. ``balanced`` makes the lines
        equally long; without it large text only avoids a very short last line.
        """
        limit = box * 1000 / size
        lines, stops = self._broken(limit)
        if len(lines) < 2:  # noqa: PLR2004 -- one line cannot be balanced
            return lines
        orphan = self._phrase and self.measure(*lines[-1]) < _ORPHAN * limit
        return self._balance(lines, limit, stops) if balanced or orphan else lines

    def height(self, box: float, size: float) -> float:
        """Return the height in points in a box of that width; balancing does not change it."""
        return len(self._broken(box * 1000 / size)[0]) * size * self.leading

    def fits(self, box: float, size: float) -> bool:
        """Return whether no piece has to be cut at this size."""
        return self._widest * size / 1000 <= box + _SLACK

    def offset(self, index: int) -> float:
        """Return the width of all that stands before a character."""
        return self._before[index]

    def trim(self, start: int, end: int) -> int:
        """Return the end of a line without the spaces there."""
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
                if ucd.category(self.text[start]) not in _ATTACHED:
                    stops.append(start)
                glyphs = shaped.glyphs[cluster.first : cluster.last]
                advances[start] += sum(glyph.advance for glyph in glyphs) * face.scale
        return advances, sorted(stops), leading

    def _stops_at(self, ends: list[int]) -> _Stops:
        return _Stops(ends, [self._before[self.trim(0, end)] for end in ends])

    def _broken(self, limit: float) -> tuple[list[Line], _Stops]:
        """Return the lines and the places that were open to them.

        Where words join without spaces, lines end at spaces if that takes no more of them.
        """
        lines = self._greedy(limit, self._words)
        if self._phrases is not self._words:
            by_phrase = self._greedy(limit, self._phrases)
            uncut = {line.end for line in by_phrase} <= set(self._phrases.ends)
            if uncut and len(by_phrase) <= len(lines):
                return by_phrase, self._phrases
        return lines, self._words

    def _greedy(self, limit: float, stops: _Stops) -> list[Line]:
        """Return the lines that are each as full as can be, up to ``limit``."""
        limit += _SLACK
        lines: list[Line] = []
        start = 0
        while start < len(self.text) or not lines:
            index = bisect.bisect_right(stops.reaches, self._before[start] + limit) - 1
            end = stops.ends[index] if index >= 0 else 0
            if end <= start:
                end = self._cut(start, limit)
            elif end < len(self.text) and self._phrases is not self._words:
                end = self._preferred(start, end, limit)
            lines.append(Line(start, end))
            start = end
        return lines

    def _preferred(self, start: int, end: int, limit: float) -> int:
        """Return the space to break at instead, if one is near: there words join without spaces."""
        space = self.text.rfind(" ", start, end)
        near = space > start and self.measure(start, space) >= limit * _NEAR
        return space + 1 if near else end

    def _cut(self, start: int, limit: float) -> int:
        """Return where to cut a piece that is too wide: between clusters, after at least one."""
        end = self._ends[min(bisect.bisect_right(self._ends, start), len(self._ends) - 1)]
        reach = bisect.bisect_right(self._before, self._before[start] + limit, start, end + 1) - 1
        index = bisect.bisect_right(self._stops, reach) - 1
        if index >= 0 and self._stops[index] > start:
            return self._stops[index]
        after = bisect.bisect_right(self._stops, start)
        return min(self._stops[after], end) if after < len(self._stops) else end

    def _balance(self, lines: list[Line], limit: float, stops: _Stops) -> list[Line]:
        """Return the same number of lines in the narrowest width that allows it."""
        low, high = self._before[-1] / len(lines) * 0.9, limit
        low = max(low, min(self._widest, limit))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if len(self._greedy(middle, stops)) <= len(lines):
                high = middle
            else:
                low = middle
        return self._greedy(high, stops)


class Reading(NamedTuple):
    """A reading with its widths: of its base, its own, and what the base must be padded by."""

    start: int
    end: int
    text: str
    base: float
    width: float
    padding: float


def _place_ruby(group: Ruby, text: str, base: float, style: Style) -> Reading:
    """Measure a reading; it may hang over a neighbouring kana by half its own em (JLREQ)."""
    own = width(group.text, style) * RUBY_SIZE
    hang = 1000 * RUBY_SIZE / 2
    free = sum(hang for index in (group.start - 1, group.end) if _is_kana(text, index))
    return Reading(*group, base, own, max(0.0, own - base - free))


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
        return para.fits(wide, size) and para.height(wide, size) <= high

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
