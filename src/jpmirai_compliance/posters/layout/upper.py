"""The upper part: who promises, the title, five principles, the promise for the supply chain."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportlab.lib.utils import ImageReader

from jpmirai_compliance.posters.layout.part import (
    PADDING,
    Box,
    Part,
    fitted,
)
from jpmirai_compliance.posters.layout.poster import COUNT, DoesNotFit
from jpmirai_compliance.typesetting.block import block, shortened
from jpmirai_compliance.typesetting.drawing import draw_line
from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.para import Para, fit, largest_size, para
from jpmirai_compliance.typesetting.shape import width

LOGO_WIDTH, LOGO_HEIGHT = 140.0, 36.0  # at most
BAR = 7.0  # the rule at the head of the page
LARGEST_TITLE = 42.0
ONE_LINE_TITLE = 32.0  # a title goes into one line if that does not make it smaller than this
TITLE_HEIGHT = 86.0
SUBTITLE_HEIGHT = 56.0
NUMERAL_COLUMN = 60.0
NUMERAL_SIZE = 50.0
HEADING_SCALE = 1.12
LARGEST = 19.0  # size of the sentences
ROW_PADDING = 6.0
MOST_ROW_PADDING = 20.0
PROMISE_GAP = 9.0


@dataclass(frozen=True, slots=True)
class _Row:
    """One principle or the promise below them: an optional heading over a sentence."""

    heading: Para | None
    body: Para
    width: float

    def parts(self, size: float) -> list[tuple[Para, float]]:
        """Return the texts from top to bottom, each with its size."""
        body = [(self.body, size)]
        return body if self.heading is None else [(self.heading, size * HEADING_SCALE), *body]

    def height(self, size: float) -> float:
        """Return the height of the texts at a size, without padding."""
        return sum(part.height(self.width, em) for part, em in self.parts(size))

    def fits(self, size: float) -> bool:
        """Return whether no word has to be cut."""
        return all(part.fits(self.width, em) for part, em in self.parts(size))


class Upper(Part):
    """Draws from the head of the page down to the panel."""

    def head(self, top: float) -> float:
        """Draw the rule and who promises; return where the title starts."""
        with self.pdf.artifact():
            self.pdf.rectangle(self.left, top - BAR, self.width, BAR, self.palette.accent)
        top -= BAR + 9
        poster, size = self.poster, self.measures.names
        names = [name for name in (poster.organisation, poster.site) if name]
        logo_wide, logo_high = self._logo(top)
        if not names:
            return top - logo_high
        text = " ／ ".join(names)
        name_style = style(self.name_tag(text), bold=True)
        who = shortened(text, name_style, self.width - logo_wide, size, 2)
        element = self.pdf.element("P", Lang=name_style.language.tag)
        self.pdf.fill(self.palette.ink)
        left = self.left + (logo_wide if self.backwards else 0.0)
        used = replace(who, align=self.latin_align).draw(self.pdf, element, (left, top))
        return top - max(used, logo_high)

    def _logo(self, top: float) -> tuple[float, float]:
        """Draw the logo where reading of the line ends; return the room it takes."""
        logo = self.poster.logo
        if logo is None:
            return 0.0, 0.0
        scale = min(LOGO_WIDTH / logo.width, LOGO_HEIGHT / logo.height)
        wide, high = logo.width * scale, logo.height * scale
        x = self.left if self.backwards else self.left + self.width - wide
        figure = self.pdf.element("Figure", Alt=self.poster.organisation or "")
        with self.pdf.content(figure):
            picture = ImageReader(io.BytesIO(logo.png))
            self.pdf.canvas.drawImage(picture, x, top - high, wide, high, mask="auto")
        return wide + PADDING, high + 4

    def title(self, top: float) -> float:
        """Draw title and subtitle; return where the principles start."""
        scale = self.bold.scale
        title = para(self.poster.title, self.bold, tight=True)
        size = self.width * 1000 / max(title.width, 1)
        if size < ONE_LINE_TITLE * scale:
            size = fitted(title, (self.width, TITLE_HEIGHT), (14.0, LARGEST_TITLE * scale))
        size = min(size, LARGEST_TITLE * scale)
        self.pdf.fill(self.palette.accent)
        top -= 4
        top -= self.text("H1", block(title, self.width, size, balanced=True), (self.left, top))
        if self.poster.subtitle:
            subtitle = para(self.poster.subtitle, self.regular)
            size = self._subtitle_size(subtitle)
            self.pdf.fill(self.palette.ink)
            top -= 3
            lines = block(subtitle, self.width, size)
            top -= self.text("P", lines, (self.left, top))
        return top - 10

    def _subtitle_size(self, text: Para) -> float:
        """Return its size; a long one takes room from the principles before it is refused."""
        sizes = (self.measures.smallest, 14.5 * self.regular.scale)
        size = fit(text, (self.width, SUBTITLE_HEIGHT), sizes)
        return size or fitted(
            text,
            (self.width, 2 * SUBTITLE_HEIGHT),
            (self.measures.smallest, self.measures.smallest),
        )

    def principles(self, box: Box) -> None:
        """Draw the five principles and the promise for the supply chain into a box."""
        poster = self.poster
        beside = box.width - NUMERAL_COLUMN
        headings = poster.headings or (None,) * COUNT
        rows = [
            _Row(
                para(heading, self.bold) if heading else None,
                para(text, self.regular),
                beside,
            )
            for heading, text in zip(headings, poster.principles, strict=True)
        ]
        last = self._supply_chain_row(box.width)
        room = box.height - (PROMISE_GAP if last else 0.0)
        size = self._row_size([*rows, *last], room)
        padding = self._row_padding([*rows, *last], room, size)
        top = box.top
        with self.pdf.group("L"):
            for number, row in enumerate(rows, start=1):
                top -= self._principle(number, row, Box(box.x, top, box.width, 0), size, padding)
        for row in last:
            promise = Box(box.x, top - PROMISE_GAP, box.width, 0)
            self._promise(row, promise, size, min(padding, 1.5 * ROW_PADDING))

    def _supply_chain_row(self, box: float) -> list[_Row]:
        if not self.poster.supply_chain:
            return []
        text = para(self.poster.supply_chain, self.bold)
        return [_Row(None, text, box - 2 * PADDING)]

    def _row_size(self, rows: list[_Row], height: float) -> float:
        """Return the one size of all sentences. Raises ``DoesNotFit``."""

        def good(size: float) -> bool:
            return all(row.fits(size) for row in rows) and _rows_height(rows, size) <= height

        size = largest_size(good, self.measures.smallest, LARGEST * self.regular.scale)
        if size is None:
            msg = f"the texts of this poster are too long ({self.tag})"
            raise DoesNotFit(msg)
        return size

    @staticmethod
    def _row_padding(rows: list[_Row], height: float, size: float) -> float:
        """Return the space above and below each text that fills the height evenly."""
        free = height - _rows_height(rows, size)
        return min(ROW_PADDING + free / (2 * len(rows)), MOST_ROW_PADDING)

    def _principle(self, number: int, row: _Row, box: Box, size: float, padding: float) -> float:
        """Draw one principle under a hairline; return the height used."""
        pdf, text_height = self.pdf, row.height(size)
        height = max(text_height, NUMERAL_SIZE * 0.8) + 2 * padding
        with pdf.artifact():
            pdf.rectangle(box.x, box.top - 0.6, box.width, 0.6, self.palette.rule)
        with pdf.group("LI"):
            label = pdf.element("Lbl")
            digit = str(number)
            wide = width(digit, self.latin_bold) * NUMERAL_SIZE / 1000
            x = box.x + box.width - wide if self.backwards else box.x
            drop = self.latin_bold.faces[0].cap_height / 1000 * NUMERAL_SIZE / 2
            pdf.fill(self.palette.accent)
            with pdf.content(label):
                place = (x, box.top - height / 2 - drop)
                draw_line(pdf, place, digit, self.latin_bold, NUMERAL_SIZE)
            pdf.fill(self.palette.ink)
            top = box.top - (height - text_height) / 2
            left = box.x if self.backwards else box.x + NUMERAL_COLUMN
            body = pdf.element("LBody")
            for part, em in row.parts(size):
                top -= block(part, row.width, em).draw(pdf, body, (left, top))
        return height

    def _promise(self, row: _Row, box: Box, size: float, padding: float) -> None:
        """Draw the supply chain's promise on a pale ground with a strong edge."""
        height = row.height(size) + 2 * padding
        edge = box.x + box.width - 5 if self.backwards else box.x
        with self.pdf.artifact():
            self.pdf.rectangle(box.x, box.top - height, box.width, height, self.palette.pale)
            self.pdf.rectangle(edge, box.top - height, 5, height, self.palette.accent)
        self.pdf.fill(self.palette.ink)
        corner = (box.x + PADDING, box.top - padding)
        self.text("P", block(row.body, row.width, size), corner)


def _rows_height(rows: Sequence[_Row], size: float) -> float:
    heights = (max(row.height(size), NUMERAL_SIZE * 0.8) for row in rows)
    return sum(height + 2 * ROW_PADDING for height in heights)
