"""Flowing documents: receipts and reports on A4, in any script, tagged.

Blocks are set one below the other as they are added, pages break by themselves; ``save`` draws.
All texts are plain text and pass ``plain``; nothing in them is markup.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from jpmirai_compliance.typesetting.block import Align, Block, block, shortened
from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.languages import language as find_language
from jpmirai_compliance.typesetting.para import Para
from jpmirai_compliance.typesetting.qr import draw_qr
from jpmirai_compliance.typesetting.tagging import Colour, Element, TaggedPdf

INK: Colour = (0.10, 0.10, 0.12)
GREY: Colour = (0.35, 0.35, 0.38)
BLUE: Colour = (0.0, 0x17 / 255, 0xC1 / 255)
RULE: Colour = (0.72, 0.75, 0.82)
PALE: Colour = (0.91, 0.945, 0.996)

MARGIN = 56.7  # 20 mm
WHITE: Colour = (1.0, 1.0, 1.0)
LINE = 0.9  # thickness of outlines and marks
HEAD_RULE = 10.0  # of the running head, above the text
FOOT = 51.0  # below the text; the footer stands in it
BODY = 10.5
SMALL = 8.5
HEADINGS = {1: (20.0, 0.0, 10.0), 2: (14.0, 14.0, 5.0), 3: (11.5, 9.0, 3.0)}  # size, before, after
AFTER = 6.0
CELL = 4.0
QR_SIZE = 85.0  # 30 mm
BAR_HEIGHT = 8.0
FULL = 100
_FACT_LABEL = 0.3  # of the width
_BAR_COLUMNS = (0.38, 0.44, 0.18)  # label, bar, text
_KEEP = 2.5  # lines of body that stay with a heading

#: What one column does: left, centre, right (the ends of reading direction).
ALIGN: dict[str, Align] = {"l": "start", "c": "center", "r": "end"}
Level = Literal[1, 2, 3]
_Step = Callable[[TaggedPdf], None]


class _Cell(NamedTuple):
    """A block and where its left edge is."""

    block: Block
    x: float


class Bar(NamedTuple):
    """One bar: label, value 0 to 100 or None for no bar, and the value in words.

    ``hollow`` draws the outline only; ``mark`` is a stroke across, ``span`` a line with two ends
    below it. Whoever draws them says their numbers in words as well.
    """

    label: str
    value: int | None
    words: str
    hollow: bool = False
    mark: int | None = None
    span: tuple[int, int] | None = None


class Document:
    """A document that grows from top to bottom. The same calls give the same bytes."""

    def __init__(self, language: str, title: str, *, author: str, created: datetime) -> None:
        """Start a document in ``language``; title and author go into its properties.

        Raises ``UnknownLanguage``, and ``ValueError`` if ``created`` has no time zone.
        """
        self._language = find_language(language)
        self._pdf = TaggedPdf(
            language=self._language.tag, title=title, author=author, created=created
        )
        self._left, self._width = MARGIN, self._pdf.width - 2 * MARGIN
        self._y = self._top = self._pdf.height - MARGIN
        self._steps: list[_Step] = []
        self._pages = 1
        self._foot = ""
        self._running = ""
        self._heads: dict[int, str] = {}

    def heading(self, text: str, level: Level = 1) -> None:
        """Add a heading of level 1 to 3; it stays with the lines that follow."""
        size, before, after = HEADINGS[level]
        para = Para(text, style(self._language.tag, bold=True), phrase=True, tight=True)
        lines = block(para, self._width, size, balanced=True)
        self._room(before + lines.height + after + _KEEP * BODY * para.leading)
        self._space(before)
        self._draw(f"H{level}", lines, BLUE if level == 1 else INK)
        self._space(after)

    def paragraph(
        self, text: str, *, language: str | None = None, bold: bool = False, small: bool = False
    ) -> None:
        """Add a paragraph, in another language than the document's if named."""
        own = style(language or self._language.tag, bold=bold)
        size = SMALL if small else BODY
        lines = block(Para(text, own), self._width, size)
        self._draw("P", lines, GREY if small else INK)
        self._space(AFTER)

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Add labels with their values beside them, each over a hairline."""
        rows = [(label, value) for label, value in facts]
        widths = (_FACT_LABEL, 1 - _FACT_LABEL)
        with_rules = [self._cells(row, widths, "ll", bold_first=True) for row in rows]
        self._table(None, with_rules, row_header=True)

    def table(
        self,
        header: Sequence[str],
        rows: Iterable[Sequence[str]],
        widths: Sequence[float],
        *,
        align: str = "",
    ) -> None:
        """Add a table; ``widths`` are proportions, ``align`` has l, c or r for each column.

        The header repeats on every page. A row is never split, unless it is longer than a page.
        Raises ``ValueError`` if the columns do not match.
        """
        align = align or "l" * len(header)
        rows = [tuple(row) for row in rows]
        if {len(widths), len(align), *map(len, rows)} - {len(header)}:
            msg = "every row, the widths and the alignment need one entry for each column"
            raise ValueError(msg)
        head = self._cells(header, widths, align, bold=True)
        body = [self._cells(row, widths, align) for row in rows]
        self._table(head, body)

    def bars(self, bars: Iterable[Bar | tuple[str, int | None, str]]) -> None:
        """Add horizontal bars, one below the other."""
        for given in bars:
            bar = Bar(*given)
            cells = self._cells((bar.label, "", bar.words), _BAR_COLUMNS, "llr")
            height = self._row_height(cells)
            self._room(height)
            y, track = self._y, cells[1]
            self._steps.append(_bar(track, y - height / 2, bar))
            group = _OpenElement("P")
            for cell in (cells[0], cells[2]):
                self._steps.append(group.draw(cell, y - (height - cell.block.height) / 2))
            self._y -= height
        self._space(AFTER)

    def qr(self, url: str, caption: str) -> None:
        """Add a two-dimensional code of 30 mm with its address and a caption beside it."""
        self._room(QR_SIZE + AFTER)
        top, indent = self._y, QR_SIZE + 2 * AFTER
        own = style(self._language.tag)
        backwards = self._language.direction == "rtl"
        code_x = self._left + self._width - QR_SIZE if backwards else self._left
        text_x = self._left if backwards else self._left + indent
        cells = []
        for text, size in ((caption, BODY), (url, SMALL)):
            cells.append(_Cell(shortened(text, own, self._width - indent, size, 3), text_x))

        def code(pdf: TaggedPdf) -> None:
            draw_qr(pdf, pdf.element("Figure", Alt=url), (code_x, top - QR_SIZE), QR_SIZE, url)

        self._steps.append(code)
        y = top - (QR_SIZE - sum(cell.block.height for cell in cells)) / 2
        for cell in cells:
            self._steps.append(_OpenElement("P").draw(cell, y))
            y -= cell.block.height
        self._y -= QR_SIZE + AFTER

    def running(self, text: str) -> None:
        """Set the small line at the head of every page that begins from now on."""
        self._running = text

    def footer(self, text: str) -> None:
        """Set the small line at the foot of every page, beside the page number."""
        self._foot = text

    def save(self) -> bytes:
        """Return the PDF. Call it once; afterwards the document is spent."""
        for step in self._steps:
            step(self._pdf)
        self._end_page(self._pdf, self._pages)
        return self._pdf.save()

    def _draw(self, role: str, rest: Block, colour: Colour) -> None:
        """Draw lines as one element, on as many pages as they need."""
        element = _OpenElement(role)
        while rest.lines:
            fitting = int(self._rest / rest.line_height)
            if fitting < min(2, len(rest.lines)):
                self._break()
                fitting = int(self._rest / rest.line_height)
            part, rest = rest.split(fitting)
            self._steps.append(element.draw(_Cell(part, self._left), self._y, colour))
            self._y -= part.height

    @property
    def _rest(self) -> float:
        """Return the height that is left on the page."""
        return self._y - FOOT - MARGIN / 2

    def _cells(
        self,
        texts: Sequence[str],
        widths: Sequence[float],
        align: str,
        *,
        bold: bool = False,
        bold_first: bool = False,
    ) -> list[_Cell]:
        """Return the cells of a row, placed from the edge where reading starts."""
        backwards = self._language.direction == "rtl"
        cells, used = [], 0.0
        for index, (text, share, how) in enumerate(zip(texts, widths, align, strict=True)):
            full = self._width * share / sum(widths)
            x = self._left + (self._width - used - full if backwards else used)
            strong = bold or (bold_first and index == 0)
            para = Para(text, style(self._language.tag, bold=strong))
            lines = block(para, full - 2 * CELL, BODY, align=ALIGN[how])
            cells.append(_Cell(lines, x + CELL))
            used += full
        return cells

    def _table(
        self, head: list[_Cell] | None, rows: list[list[_Cell]], *, row_header: bool = False
    ) -> None:
        table = _OpenElement("Table")
        keep = self._row_height(head) if head else 0.0
        self._room(keep + (self._row_height(rows[0]) if rows else 0.0))
        self._head(table, head)
        for row in rows:
            if self._row_height(row) > self._rest and self._y < self._top:
                self._break()
                self._head(table, head)
            self._row(table, row, header=1 if row_header else 0)
        self._space(2 * AFTER)

    def _head(self, table: "_OpenElement", head: list[_Cell] | None) -> None:
        if head:
            self._steps.append(self._ground(self._y, self._row_height(head)))
            self._row(table, head, header=len(head))

    def _row(self, table: "_OpenElement", cells: list[_Cell], *, header: int) -> None:
        """Draw a row over a hairline; a cell that is longer than the page goes on on the next."""
        row = _OpenElement("TR", table)
        elements = [_OpenElement("TH" if i < header else "TD", row) for i in range(len(cells))]
        scope = "Column" if header > 1 else "Row"
        while True:
            height, rest = 0.0, []
            for element, cell in zip(elements, cells, strict=True):
                most = max(int((self._rest - 2 * CELL) / cell.block.line_height), 1)
                part, after = cell.block.split(most)
                piece = _Cell(part, cell.x)
                self._steps.append(element.draw(piece, self._y - CELL, INK, scope))
                height = max(height, part.height + 2 * CELL)
                rest.append(_Cell(after, cell.x))
            self._y -= height
            self._steps.append(self._hairline(self._y))
            if not any(cell.block.lines for cell in rest):
                return
            cells = rest
            self._break()

    def _row_height(self, cells: Iterable[_Cell]) -> float:
        return max(cell.block.height for cell in cells) + 2 * CELL

    def _hairline(self, y: float) -> _Step:
        def step(pdf: TaggedPdf) -> None:
            with pdf.artifact():
                pdf.rectangle(self._left, y, self._width, 0.5, RULE)

        return step

    def _ground(self, top: float, height: float) -> _Step:
        def step(pdf: TaggedPdf) -> None:
            with pdf.artifact():
                pdf.rectangle(self._left, top - height, self._width, height, PALE)

        return step

    def _space(self, height: float) -> None:
        if self._y < self._top:
            self._y -= height

    def _room(self, height: float) -> None:
        """Go to the next page unless ``height`` points are left, or the page is still empty."""
        if height > self._rest and self._y < self._top:
            self._break()

    def _break(self) -> None:
        number = self._pages
        self._steps.append(lambda pdf: self._end_page(pdf, number))
        self._pages += 1
        self._heads[self._pages] = self._running
        self._y = self._top

    def _end_page(self, pdf: TaggedPdf, number: int) -> None:
        """Draw the foot of a page and close it."""
        own = style(self._language.tag)
        count = f"{number} / {self._pages}"
        with pdf.artifact():
            if head := self._heads.get(number):
                pdf.rectangle(self._left, self._top + HEAD_RULE, self._width, 0.5, RULE)
                pdf.fill(GREY)
                line = shortened(head, own, self._width, SMALL, 1)
                line.draw(pdf, None, (self._left, self._top + HEAD_RULE + line.height + CELL))
            pdf.rectangle(self._left, FOOT, self._width, 0.5, RULE)
            pdf.fill(GREY)
            number_line = block(Para(count, own), self._width, SMALL, align="end")
            room = self._width - number_line.para.width * SMALL / 1000 - AFTER
            left = (
                self._left if self._language.direction == "ltr" else self._left + self._width - room
            )
            corner = (self._left, FOOT - CELL)
            number_line.draw(pdf, None, corner)
            if self._foot:
                shortened(self._foot, own, room, SMALL, 1).draw(pdf, None, (left, FOOT - CELL))
        pdf.end_page()


class _OpenElement:
    """An element of the structure that is made when its first part is drawn."""

    def __init__(self, role: str, parent: "_OpenElement | None" = None) -> None:
        self._role, self._parent = role, parent
        self._element: Element | None = None

    def draw(self, cell: _Cell, top: float, colour: Colour = INK, scope: str = "") -> _Step:
        """Return the step that draws a cell as (a further) part of this element."""

        def step(pdf: TaggedPdf) -> None:
            element = self._made(pdf, cell, scope)
            pdf.fill(colour)
            cell.block.draw(pdf, element, (cell.x, top))

        return step

    def _made(self, pdf: TaggedPdf, cell: _Cell | None, scope: str = "") -> Element:
        if self._element is None:
            parent = self._parent._made(pdf, None) if self._parent else None  # noqa: SLF001 -- own kind
            attributes = {"Lang": cell.block.para.style.language.tag} if cell else {}
            header = scope if self._role == "TH" else None
            self._element = pdf.element(self._role, parent, header or None, **attributes)
        return self._element


def _bar(track: _Cell, middle: float, bar: Bar) -> _Step:
    full = track.block.width
    backwards = track.block.para.style.language.direction == "rtl"

    def at(value: int) -> float:
        share = min(max(value, 0), FULL) / FULL
        return track.x + full * (1 - share if backwards else share)

    def between(first: int, last: int) -> tuple[float, float]:
        left, right = sorted((at(first), at(last)))
        return left, right - left

    def step(pdf: TaggedPdf) -> None:
        if bar.value is None:
            return
        y = middle - BAR_HEIGHT / 2
        x, wide = between(0, bar.value)
        with pdf.artifact():
            pdf.rectangle(track.x, y, full, BAR_HEIGHT, PALE)
            pdf.rectangle(x, y, wide, BAR_HEIGHT, BLUE)
            if bar.hollow and wide > 2 * LINE:
                inside = (x + LINE, y + LINE, wide - 2 * LINE, BAR_HEIGHT - 2 * LINE)
                pdf.rectangle(*inside, WHITE)
            if bar.mark is not None:
                pdf.rectangle(at(bar.mark) - 2 * LINE, y - 2, 4 * LINE, BAR_HEIGHT + 4, WHITE)
                pdf.rectangle(at(bar.mark) - LINE, y - 2, 2 * LINE, BAR_HEIGHT + 4, INK)
            if bar.span is not None:
                left, length = between(*bar.span)
                below = y - 4
                pdf.rectangle(left, below, length, LINE, INK)
                for end in (left, left + length - LINE):
                    pdf.rectangle(end, below - 2, LINE, 4 + LINE, INK)

    return step
