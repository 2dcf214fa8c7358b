"""Layouts: which design, how large, how often on a sheet, and where it is cut."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from jpmirai_compliance.posters.layout.look import (
    A4_HEIGHT,
    A4_WIDTH,
    CARD,
    COLOUR,
    LANDSCAPE,
    MANY,
    PLAIN,
    POSTER,
    Measures,
    Palette,
)
from jpmirai_compliance.posters.layout.lower import Lower
from jpmirai_compliance.posters.layout.many import MOST, draw_many
from jpmirai_compliance.posters.layout.part import Box
from jpmirai_compliance.posters.layout.poster import Poster
from jpmirai_compliance.posters.layout.upper import Upper
from jpmirai_compliance.typesetting.languages import language
from jpmirai_compliance.typesetting.ruby import parse_ruby
from jpmirai_compliance.typesetting.tagging import BLACK, TaggedPdf

MM = 72 / 25.4
BLEED = 3 * MM
MARK_ROOM = 8 * MM  # around the finished page, when it has marks: bleed, then the marks
MARK_LENGTH = 4.5 * MM
HAIRLINE = 0.25
CARD_SCALE = 0.5  # A6 beside A4
_HEAD = 34.0  # above the rule at the top
_GAP = 14.0  # above the panel


class Layout(StrEnum):
    """What can be made."""

    A4 = "a4"
    A3 = "a3"
    TWO = "two"  # A4 on its side, two languages
    MANY = "many"  # A4, up to six languages and one code
    CARD = "card"  # A6 to hand out, four on a sheet of A4
    CARDS = "cards"  # eight on a sheet of A3 on its side


#: How many languages share one page.
TOGETHER = {Layout.TWO: 2, Layout.MANY: MOST}
#: How many cards stand beside and above each other.
GRIDS = {Layout.CARD: (2, 2), Layout.CARDS: (4, 2)}


@dataclass(frozen=True, slots=True)
class Look:
    """How posters are printed: the layout, without colours, with marks for the printer."""

    layout: Layout = Layout.A4
    colourless: bool = False
    marks: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height of the finished page in points."""
        if self.layout is Layout.TWO:
            return A4_HEIGHT, A4_WIDTH
        if self.layout is Layout.A3:
            return A4_HEIGHT, 2 * A4_WIDTH
        if self.layout is Layout.CARDS:
            return 2 * A4_WIDTH, A4_HEIGHT
        return A4_WIDTH, A4_HEIGHT

    @property
    def palette(self) -> Palette:
        """Return the colours to print with."""
        return PLAIN if self.colourless else COLOUR


def pages_of(posters: Sequence[Poster], layout: Layout) -> list[list[Poster]]:
    """Return the posters of each page, in order; none gets a page of less than it needs."""
    most = TOGETHER.get(layout, 1)
    return [list(posters[start : start + most]) for start in range(0, len(posters), most)]


def draw_sheets(posters: Sequence[Poster], look: Look) -> bytes:
    """Return the posters as one PDF in a layout. Raises ``DoesNotFit``, ``ValueError`` for none.

    Where languages share a page, each takes as many as there is room for.
    """
    if not posters:
        msg = "a pack needs at least one poster"
        raise ValueError(msg)
    first, room = posters[0], MARK_ROOM if look.marks else 0.0
    wide, high = look.size
    title, _ = parse_ruby(first.title)
    pdf = TaggedPdf(
        language=language(first.language).tag,
        title=title,
        author=first.author,
        created=first.created,
        size=(wide + 2 * room, high + 2 * room),
    )
    for together in pages_of(posters, look.layout):
        if look.marks:
            pdf.canvas.setTrimBox((room, room, room + wide, room + high))
            edge = room - BLEED
            pdf.canvas.setBleedBox((edge, edge, room + wide + BLEED, room + high + BLEED))
            _marks(pdf, look, room)
        _page(pdf, together, look, room)
        pdf.end_page()
    return pdf.save()


def _page(pdf: TaggedPdf, posters: list[Poster], look: Look, room: float) -> None:
    wide, high = look.size
    if look.layout in TOGETHER:
        measures = LANDSCAPE if look.layout is Layout.TWO else MANY
        with _placed(pdf, room, room, 1.0):
            draw_many(pdf, posters, measures, look.palette)
        return
    if look.layout in GRIDS:
        card = replace(posters[0], supply_chain="", subtitle="", headings=())
        across, down = GRIDS[look.layout]
        for row in reversed(range(down)):
            for column in range(across):
                x, y = column * wide / across, row * high / down
                with _placed(pdf, room + x, room + y, CARD_SCALE):
                    _design(pdf, card, CARD, look.palette)
        _cuts(pdf, look, room)
        return
    with _placed(pdf, room, room, wide / A4_WIDTH):
        _design(pdf, posters[0], POSTER, look.palette)


@contextmanager
def _placed(pdf: TaggedPdf, x: float, y: float, scale: float) -> Iterator[None]:
    """Draw what is drawn inside from this corner on, in this size."""
    pdf.canvas.saveState()
    pdf.canvas.transform(scale, 0, 0, scale, x, y)
    try:
        yield
    finally:
        pdf.canvas.restoreState()


def _design(pdf: TaggedPdf, poster: Poster, measures: Measures, palette: Palette) -> None:
    """Draw one poster of one language."""
    with pdf.group("Sect", Lang=language(poster.language).tag):
        upper = Upper(pdf, poster, measures, palette)
        lower = Lower(pdf, poster, measures, palette)
        top = upper.title(upper.head(measures.height - _HEAD))
        panel_top = measures.panel_bottom + measures.panel_height
        upper.principles(Box(upper.left, top, upper.width, top - panel_top - _GAP))
        lower.panel(Box(upper.left, panel_top, upper.width, measures.panel_height))
        lower.foot()


def _marks(pdf: TaggedPdf, look: Look, room: float) -> None:
    """Draw where the page is cut, outside the bleed."""
    wide, high = look.size
    with pdf.artifact():
        for x in (room, room + wide):
            for y in (0.0, 2 * room + high - MARK_LENGTH):
                pdf.rectangle(x - HAIRLINE / 2, y, HAIRLINE, MARK_LENGTH, BLACK)
        for y in (room, room + high):
            for x in (0.0, 2 * room + wide - MARK_LENGTH):
                pdf.rectangle(x, y - HAIRLINE / 2, MARK_LENGTH, HAIRLINE, BLACK)


def _cuts(pdf: TaggedPdf, look: Look, room: float) -> None:
    """Draw where the sheet is cut into cards: short lines at the edges and at the corners."""
    wide, high = look.size
    across, down = GRIDS[look.layout]
    short = 12.0
    columns = [room + number * wide / across for number in range(1, across)]
    rows = [room + number * high / down for number in range(1, down)]
    with pdf.artifact():
        for x in columns:
            for y in (room, *(r - short / 2 for r in rows), room + high - short):
                pdf.rectangle(x - HAIRLINE / 2, y, HAIRLINE, short, BLACK)
        for y in rows:
            for x in (room, *(c - short / 2 for c in columns), room + wide - short):
                pdf.rectangle(x, y - HAIRLINE / 2, short, HAIRLINE, BLACK)
