"""Several languages on one sheet: a field for each, and one code for all of them below."""

from collections.abc import Sequence
from dataclasses import dataclass

from jpmirai_compliance.posters.layout.look import Measures, Palette
from jpmirai_compliance.posters.layout.lower import Lower
from jpmirai_compliance.posters.layout.part import PADDING, Box, Part, fitted
from jpmirai_compliance.posters.layout.poster import DoesNotFit, Poster
from jpmirai_compliance.posters.layout.upper import Upper
from jpmirai_compliance.typesetting.block import Block, block
from jpmirai_compliance.typesetting.drawing import draw_line
from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.para import Para, fit, largest_size, para
from jpmirai_compliance.typesetting.shape import width
from jpmirai_compliance.typesetting.tagging import TaggedPdf

MOST = 6  # languages of one sheet
COLUMNS = 2
GUTTER = 22.0
LARGEST = 17.0  # size of the sentences, for Latin letters
LARGEST_TITLE = 22.0
TITLE_HEIGHT = 36.0
NUMERAL = 1.35  # of the sentences
INDENT = 1.7
ROW_GAP = 0.32  # below a sentence, in em
HELP_SCALE, STATUS_SCALE = 0.86, 0.62
SMALLEST = 6.5
NOTE_SCALE = 0.8
SMALLEST_SCAN = 6.0
_FOOT = 24.0


@dataclass(frozen=True, slots=True)
class _Cut:
    """What one field needs at a size."""

    sentences: list[Block]
    help: Block
    status: Block
    height: float


class Field(Part):
    """One language: title, five sentences, whom to call, and whose wording it is."""

    def __init__(
        self, pdf: TaggedPdf, poster: Poster, measures: Measures, palette: Palette
    ) -> None:
        super().__init__(pdf, poster, measures, palette)
        self._title = para(poster.title, self.bold, tight=True)
        self._sentences = [para(text, self.regular) for text in poster.principles]
        calls = [f"{x.label} {x.value}" for x in poster.help_lines if not x.typed]
        # a line ends between two calls, not within one
        self._help = para("\u00a0· ".join(c.replace(" ", "\u00a0") for c in calls), self.bold)
        self._status = Para(poster.status, self.regular)

    def cut(self, size: float, wide: float) -> _Cut | None:
        """Return the texts set at ``size`` for Latin letters; None if a word would be cut."""
        em = size * self.regular.scale
        beside = wide - INDENT * size
        sizes = ((self._help, em * HELP_SCALE, wide), *((p, em, beside) for p in self._sentences))
        if not all(text.fits(room, at) for text, at, room in sizes):
            return None
        sentences = [block(text, beside, em) for text in self._sentences]
        calls = block(self._help, wide, em * HELP_SCALE)
        status = block(self._status, wide, max(em * STATUS_SCALE, 0.8 * SMALLEST))
        gaps = (len(sentences) + 2) * ROW_GAP * size
        height = sum(text.height for text in (*sentences, calls, status)) + gaps
        return _Cut(sentences, calls, status, height)

    def draw(self, box: Box, size: float) -> None:
        """Draw the field; ``size`` must be one at which it fits."""
        cut = self.cut(size, box.width)
        if cut is None:
            raise DoesNotFit(self.tag)
        pdf, palette = self.pdf, self.palette
        with pdf.artifact():
            pdf.rectangle(box.x, box.top, box.width, 1.2, palette.accent)
        em = fitted(
            self._title, (box.width, TITLE_HEIGHT), (SMALLEST, LARGEST_TITLE * self.bold.scale)
        )
        title = block(self._title, box.width, em)
        pdf.fill(palette.accent)
        self.text("H1", title, (box.x, box.top - 4 - (TITLE_HEIGHT - title.height) / 2))
        top = box.top - TITLE_HEIGHT - 8
        spare = max(box.height - TITLE_HEIGHT - 8 - cut.height, 0.0)
        gap = ROW_GAP * size + min(spare / (len(cut.sentences) + 2), 0.8 * size)
        with pdf.group("L"):
            for number, text in enumerate(cut.sentences, start=1):
                self._sentence(number, text, Box(box.x, top, box.width), size)
                top -= text.height + gap
        pdf.fill(palette.ink)
        top -= self.text("P", cut.help, (box.x, top)) + ROW_GAP * size
        pdf.fill(palette.grey)
        self.text("P", cut.status, (box.x, top))

    def _sentence(self, number: int, text: Block, box: Box, size: float) -> None:
        pdf, digit, em = self.pdf, str(number), NUMERAL * size
        wide = width(digit, self.latin_bold) * em / 1000
        drop = text.line_height / 2 + self.latin_bold.faces[0].cap_height / 1000 * em / 2
        if text.para.has_ruby:
            drop += text.size * 0.25
        with pdf.group("LI"):
            pdf.fill(self.palette.accent)
            with pdf.content(pdf.element("Lbl")):
                x = box.x + box.width - wide if self.backwards else box.x
                draw_line(pdf, (x, box.top - drop), digit, self.latin_bold, em)
            pdf.fill(self.palette.ink)
            left = box.x if self.backwards else box.x + INDENT * size
            text.draw(pdf, pdf.element("LBody"), (left, box.top))


def draw_many(
    pdf: TaggedPdf, posters: Sequence[Poster], measures: Measures, palette: Palette
) -> None:
    """Draw a sheet in two to six languages. Raises ``DoesNotFit``."""
    upper = Upper(pdf, posters[0], measures, palette)
    top = upper.head(measures.height - _FOOT) - 6
    panel_top = measures.panel_bottom + measures.panel_height - _FOOT
    rows = -(-len(posters) // COLUMNS)
    high = (top - panel_top - 10) / rows
    wide = (upper.width - GUTTER) / COLUMNS
    fields = [Field(pdf, poster, measures, palette) for poster in posters]

    def good(size: float) -> bool:
        cuts = [field.cut(size, wide) for field in fields]
        room = high - TITLE_HEIGHT - 8 - 8
        return all(cut is not None and cut.height <= room for cut in cuts)

    size = largest_size(good, SMALLEST, LARGEST)
    if size is None:
        msg = "the texts of this sheet are too long"
        raise DoesNotFit(msg)
    for number, field in enumerate(fields):
        row, column = divmod(number, COLUMNS)
        place = Box(upper.left + column * (wide + GUTTER), top - row * high, wide, high - 8)
        with pdf.group("Sect", Lang=field.tag):
            field.draw(place, size)
    panel = _Panel(pdf, posters[0], measures, palette)
    panel.draw_for(posters, Box(upper.left, panel_top, upper.width, measures.panel_height))
    panel.small_print()


class _Panel(Lower):
    """The code, and in every language what it is for."""

    def draw_for(self, posters: Sequence[Poster], box: Box) -> None:
        self.ground(box)
        size = self.measures.code
        code_x = box.x + box.width - PADDING - size
        top = box.top - (box.height - size - 14) / 2
        self.code((code_x, top - size), size)
        self.address(Box(code_x - PADDING / 2, top - size - 2, size + PADDING))
        inner = Box(box.x + PADDING, box.top - 9, box.width - size - 3 * PADDING, box.height - 18)
        rows = -(-len(posters) // COLUMNS)
        own = [line for line in self.poster.help_lines if line.typed]
        own_height = 16.0 if own else 0.0
        wide, high = (inner.width - GUTTER / 2) / COLUMNS, (inner.height - own_height) / rows
        for number, poster in enumerate(posters):
            row, column = divmod(number, COLUMNS)
            place = (inner.x + column * (wide + GUTTER / 2), inner.top - row * high)
            self._words(poster, Box(*place, wide, high - 3))
        if own:
            self._own(f"{own[0].label} {own[0].value}", inner)

    def _words(self, poster: Poster, box: Box) -> None:
        """Write that the code is to be scanned and shows nobody."""
        part = Part(self.pdf, poster, self.measures, self.palette)
        scan = para(poster.scan, part.bold, tight=True)
        note = para(poster.same_code, part.regular, tight=True)

        def good(size: float) -> bool:
            high = scan.height(box.width, size) + note.height(box.width, NOTE_SCALE * size)
            return scan.fits(box.width, size) and high <= box.height

        size = largest_size(good, SMALLEST_SCAN, 12.0 * part.bold.scale)
        if size is None:
            msg = f"a text of this sheet is too long: {scan.text[:40]}…"
            raise DoesNotFit(msg)
        with self.pdf.group("Sect", Lang=part.tag):
            self.pdf.fill(self.palette.on_panel)
            lines = block(scan, box.width, size)
            top = box.top - part.text("P", lines, (box.x, box.top))
            if poster.same_code:
                part.text("P", block(note, box.width, NOTE_SCALE * size), (box.x, top))

    def _own(self, text: str, box: Box) -> None:
        """Write the organisation's own contact in one line."""
        own = style(self.name_tag(text), bold=True)
        line = Para(text, own)
        size = fit(line, (box.width, 14.0), (SMALLEST, 11.0)) or SMALLEST
        self.pdf.fill(self.palette.on_panel)
        lines = block(line, box.width, size)
        corner = (box.x, box.top - box.height + min(lines.height, 14.0))
        self.text("P", lines, corner)

    def small_print(self) -> None:
        """Write who issued the sheet."""
        issued = Para(self.poster.footer, style("ja"))
        self.pdf.fill(self.palette.grey)
        self._foot_line(issued, (0.0, 11.0), at_start=False)
