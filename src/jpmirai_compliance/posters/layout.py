"""The A4 poster of the five principles: values in, PDF out.

From top to bottom: who promises, the title, five numbered principles, the promise for the supply
chain, and the help panel with the code to scan. All sentences share the largest size at which they
fit. Blue carries the hierarchy but nothing depends on it: printed in black it is dark grey.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jpmirai_compliance.typesetting.block import Align, Block, block, shortened
from jpmirai_compliance.typesetting.drawing import draw_line
from jpmirai_compliance.typesetting.faces import Style, style
from jpmirai_compliance.typesetting.languages import Direction, language
from jpmirai_compliance.typesetting.para import Para, fit, largest_size, para
from jpmirai_compliance.typesetting.qr import draw_qr
from jpmirai_compliance.typesetting.ruby import parse_ruby
from jpmirai_compliance.typesetting.shape import width
from jpmirai_compliance.typesetting.tagging import WHITE, Colour, TaggedPdf

COUNT = 5
MOST_HELP_LINES = 4

BLUE: Colour = (0.0, 0x17 / 255, 0xC1 / 255)
INK: Colour = (0.10, 0.10, 0.12)
GREY: Colour = (0.35, 0.35, 0.38)
RULE: Colour = (0.72, 0.75, 0.82)
PALE: Colour = (0.91, 0.945, 0.996)

MARGIN = 42.0
BAR = 7.0  # the rule at the head of the page
LARGEST_TITLE = 42.0
ONE_LINE_TITLE = 32.0  # a title goes into one line if that does not make it smaller than this
TITLE_HEIGHT = 86.0
SUBTITLE_HEIGHT = 56.0
NUMERAL_COLUMN = 60.0
NUMERAL_SIZE = 50.0
PANEL_HEIGHT = 178.0
PANEL_BOTTOM = 46.0
PANEL_PADDING = 18.0
QR_SIZE = 126.0
HELP_STEP = 37.0
HELP_SHARE = 0.6  # of the panel, at most, for the numbers to call
HELP_GAP = 9.0
GAP = 14.0
ROW_PADDING = 6.0
MOST_ROW_PADDING = 20.0
HEADING_SCALE = 1.12
PROMISE_GAP = 9.0
SMALLEST = 7.0
_FOOT_SIZE = 7.5
_FOOT_BASELINE, _UPPER_BASELINE, _LOWER_BASELINE = 28.0, 33.0, 21.0  # middles of the rows


class DoesNotFit(ValueError):
    """A text is too long for the page, even at the smallest size."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One place to turn to: what it is, and the telephone number or address."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Poster:
    """All that one poster says. Empty texts and None leave their place free.

    ``status`` says where the wording comes from (official, approved, reference), in the poster's
    language; ``status_ja`` the same for Japanese readers, empty on a Japanese poster.
    ``created`` is an aware time; the same poster always gives the same bytes.
    """

    language: str
    title: str
    subtitle: str
    principles: tuple[str, ...]
    supply_chain: str
    help_lead: str
    help_lines: tuple[HelpLine, ...]
    organisation: str | None
    site: str | None
    qr_url: str
    short_url: str
    status: str
    status_ja: str
    footer: str
    author: str
    created: datetime
    headings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.principles) != COUNT or len(self.headings) not in {0, COUNT}:
            msg = f"a poster has {COUNT} principles and as many headings, or none"
            raise ValueError(msg)
        if len(self.help_lines) > MOST_HELP_LINES:
            msg = f"a poster has room for {MOST_HELP_LINES} lines of help"
            raise ValueError(msg)

    @property
    def direction(self) -> Direction:
        """Return "ltr" or "rtl"."""
        return language(self.language).direction


def draw_poster(poster: Poster) -> bytes:
    """Return the poster as a PDF of one A4 page.

    Raises ``DoesNotFit``, and ``UnknownLanguage`` for an unknown language.
    """
    return draw_pack([poster])


def draw_pack(posters: Sequence[Poster]) -> bytes:
    """Return the posters as one PDF, a page each. Raises ``ValueError`` if there is none."""
    if not posters:
        msg = "a pack needs at least one poster"
        raise ValueError(msg)
    first = posters[0]
    tag = language(first.language).tag
    title, _ = parse_ruby(first.title)
    pdf = TaggedPdf(language=tag, title=title, author=first.author, created=first.created)
    for poster in posters:
        with pdf.group("Sect", Lang=language(poster.language).tag):
            _Sheet(pdf, poster).draw()
        pdf.end_page()
    return pdf.save()


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle given by its upper left corner."""

    x: float
    top: float
    width: float
    height: float


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


class _Sheet:
    """One page while it is drawn."""

    def __init__(self, pdf: TaggedPdf, poster: Poster) -> None:
        self.pdf, self.poster = pdf, poster
        self.tag = language(poster.language).tag
        self.regular, self.bold = style(self.tag), style(self.tag, bold=True)
        self.latin, self.latin_bold = style("en"), style("en", bold=True)
        self.backwards = poster.direction == "rtl"
        self.left, self.width = MARGIN, pdf.width - 2 * MARGIN

    def draw(self) -> None:
        """Draw everything from top to bottom."""
        top = self._head(self.pdf.height - 34)
        top = self._title(top)
        bottom = PANEL_BOTTOM + PANEL_HEIGHT + GAP
        self._principles(_Box(self.left, top, self.width, top - bottom))
        self._panel(_Box(self.left, PANEL_BOTTOM + PANEL_HEIGHT, self.width, PANEL_HEIGHT))
        self._foot()

    def _head(self, top: float) -> float:
        """Draw the rule and who promises; return where the title starts."""
        with self.pdf.artifact():
            self.pdf.rectangle(self.left, top - BAR, self.width, BAR, BLUE)
        top -= BAR + 9
        poster, size = self.poster, 11.5
        names = [name for name in (poster.organisation, poster.site) if name]
        if not names:
            return top
        name_style = self._name_style(bold=True)
        who = shortened(" ／ ".join(names), name_style, self.width, size, 2)
        element = self.pdf.element("P", Lang=name_style.language.tag)
        self.pdf.fill(INK)
        return top - replace(who, align=self._latin_align).draw(self.pdf, element, (self.left, top))

    def _title(self, top: float) -> float:
        """Draw title and subtitle; return where the principles start."""
        scale = self.bold.scale
        title = para(self.poster.title, self.bold, tight=True)
        size = self.width * 1000 / max(title.width, 1)
        if size < ONE_LINE_TITLE * scale:
            size = _fitted(title, (self.width, TITLE_HEIGHT), (14.0, LARGEST_TITLE * scale))
        size = min(size, LARGEST_TITLE * scale)
        self.pdf.fill(BLUE)
        top -= 4
        top -= self._text("H1", block(title, self.width, size, balanced=True), (self.left, top))
        if self.poster.subtitle:
            subtitle = para(self.poster.subtitle, self.regular)
            sizes = (SMALLEST, 14.5 * scale)
            size = fit(subtitle, (self.width, SUBTITLE_HEIGHT), sizes)
            # a long preamble takes its room from the principles before it is refused
            size = size or _fitted(
                subtitle, (self.width, 2 * SUBTITLE_HEIGHT), (SMALLEST, SMALLEST)
            )
            self.pdf.fill(INK)
            top -= 3
            lines = block(subtitle, self.width, size)
            top -= self._text("P", lines, (self.left, top))
        return top - 10

    def _principles(self, box: _Box) -> None:
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
                top -= self._principle(number, row, _Box(box.x, top, box.width, 0), size, padding)
        for row in last:
            promise = _Box(box.x, top - PROMISE_GAP, box.width, 0)
            self._promise(row, promise, size, min(padding, 1.5 * ROW_PADDING))

    def _supply_chain_row(self, box: float) -> list[_Row]:
        if not self.poster.supply_chain:
            return []
        text = para(self.poster.supply_chain, self.bold)
        return [_Row(None, text, box - 2 * PANEL_PADDING)]

    def _row_size(self, rows: list[_Row], height: float) -> float:
        """Return the one size of all sentences. Raises ``DoesNotFit``."""

        def good(size: float) -> bool:
            return all(row.fits(size) for row in rows) and _rows_height(rows, size) <= height

        size = largest_size(good, SMALLEST, 19.0 * self.regular.scale)
        if size is None:
            msg = f"the texts of this poster are too long ({self.tag})"
            raise DoesNotFit(msg)
        return size

    @staticmethod
    def _row_padding(rows: list[_Row], height: float, size: float) -> float:
        """Return the space above and below each text that fills the height evenly."""
        free = height - _rows_height(rows, size)
        return min(ROW_PADDING + free / (2 * len(rows)), MOST_ROW_PADDING)

    def _principle(self, number: int, row: _Row, box: _Box, size: float, padding: float) -> float:
        """Draw one principle under a hairline; return the height used."""
        pdf, text_height = self.pdf, row.height(size)
        height = max(text_height, NUMERAL_SIZE * 0.8) + 2 * padding
        with pdf.artifact():
            pdf.rectangle(box.x, box.top - 0.6, box.width, 0.6, RULE)
        with pdf.group("LI"):
            label = pdf.element("Lbl")
            digit = str(number)
            wide = width(digit, self.latin_bold) * NUMERAL_SIZE / 1000
            x = box.x + box.width - wide if self.backwards else box.x
            drop = self.latin_bold.faces[0].cap_height / 1000 * NUMERAL_SIZE / 2
            pdf.fill(BLUE)
            with pdf.content(label):
                place = (x, box.top - height / 2 - drop)
                draw_line(pdf, place, digit, self.latin_bold, NUMERAL_SIZE)
            pdf.fill(INK)
            top = box.top - (height - text_height) / 2
            left = box.x if self.backwards else box.x + NUMERAL_COLUMN
            body = pdf.element("LBody")
            for part, em in row.parts(size):
                top -= block(part, row.width, em).draw(pdf, body, (left, top))
        return height

    def _promise(self, row: _Row, box: _Box, size: float, padding: float) -> None:
        """Draw the supply chain's promise on a pale ground with a strong edge."""
        height = row.height(size) + 2 * padding
        edge = box.x + box.width - 5 if self.backwards else box.x
        with self.pdf.artifact():
            self.pdf.rectangle(box.x, box.top - height, box.width, height, PALE)
            self.pdf.rectangle(edge, box.top - height, 5, height, BLUE)
        self.pdf.fill(INK)
        corner = (box.x + PANEL_PADDING, box.top - padding)
        self._text("P", block(row.body, row.width, size), corner)

    def _panel(self, box: _Box) -> None:
        """Draw the blue panel: where to get help, and the code."""
        with self.pdf.artifact():
            self.pdf.rectangle(box.x, box.top - box.height, box.width, box.height, BLUE)
        code_x = box.x + PANEL_PADDING
        text_x = code_x + QR_SIZE + PANEL_PADDING
        if not self.backwards:
            text_x, code_x = code_x, box.x + box.width - PANEL_PADDING - QR_SIZE
        wide = box.width - QR_SIZE - 3 * PANEL_PADDING
        inner = _Box(text_x, box.top - PANEL_PADDING, wide, box.height - 2 * PANEL_PADDING)
        self._help(inner)
        code_top = box.top - PANEL_PADDING
        figure = self.pdf.element("Figure", Alt=self.poster.short_url)
        draw_qr(self.pdf, figure, (code_x, code_top - QR_SIZE), QR_SIZE, self.poster.qr_url)
        self._short_url(code_x, code_top - QR_SIZE)

    def _short_url(self, x: float, top: float) -> None:
        address = shortened(self.poster.short_url, self.latin_bold, QR_SIZE, 5.0, 1).para
        size = min(11.0, QR_SIZE * 1000 / max(address.width, 1))
        self.pdf.fill(WHITE)
        self._text("P", block(address, QR_SIZE, size, align="center"), (x, top - 2))

    def _help(self, box: _Box) -> None:
        lines = self.poster.help_lines
        step = min(HELP_STEP, box.height * HELP_SHARE / max(len(lines), 1))
        lead = para(self.poster.help_lead, self.bold, tight=True)
        room = (box.width, box.height - len(lines) * step - HELP_GAP)
        size = _fitted(lead, room, (SMALLEST, 19.0 * self.bold.scale))
        self.pdf.fill(WHITE)
        used = self._text("P", block(lead, box.width, size), (box.x, box.top))
        top = box.top - used - (box.height - used - len(lines) * step) / 2
        for line in lines:
            self._help_line(line, _Box(box.x, top, box.width, step))
            top -= step

    def _help_line(self, line: HelpLine, box: _Box) -> None:
        """Draw a small label over a number large enough to read from across the room."""
        element = self.pdf.element("P")
        label_height = box.height * 0.36
        label_size = min(11.0, label_height / 1.2) * self.regular.scale
        label = shortened(line.label, self.regular, box.width, label_size, 1)
        self.pdf.fill(WHITE)
        lift = label.height - label_height
        label.draw(self.pdf, element, (box.x, box.top + lift / 2))
        value_height = box.height - label_height
        value = shortened(line.value, self.latin_bold, box.width, SMALLEST, 1).para
        size = min(24.0, value_height / 1.15, box.width * 1000 / max(value.width, 1))
        lines = block(value, box.width, size, align=self._latin_align)
        lift = lines.height - value_height
        lines.draw(self.pdf, element, (box.x, box.top - label_height + lift / 2))

    def _foot(self) -> None:
        """Draw where the wording comes from, and who issued the poster; two rows if one is short."""
        poster, japanese = self.poster, style("ja")
        texts = ((poster.status, self.regular), (poster.status_ja, japanese))
        wordings = [Para(text, own) for text, own in texts if text]
        issued = shortened(poster.footer, japanese, self.width, _FOOT_SIZE, 1).para
        self.pdf.fill(GREY)
        wide = sum(para.width for para in (*wordings, issued)) * _FOOT_SIZE / 1000
        one_row = wide + (len(wordings) + 1) * _FOOT_SIZE <= self.width
        used, baseline = 0.0, _FOOT_BASELINE if one_row else _UPPER_BASELINE
        for wording in wordings:
            room = self.width - used
            line = shortened(wording.text, wording.style, room, _FOOT_SIZE, 1).para
            used += self._foot_line(line, (used, baseline), at_start=True) + _FOOT_SIZE
        if poster.footer:
            place = (0.0, _FOOT_BASELINE if one_row else _LOWER_BASELINE)
            self._foot_line(issued, place, at_start=not one_row)

    def _foot_line(self, text: Para, place: tuple[float, float], *, at_start: bool) -> float:
        """Draw a line some points from the edge where reading starts or ends; return its width."""
        before, baseline = place
        wide = text.width * _FOOT_SIZE / 1000
        at_left = at_start != self.backwards
        x = self.left + before if at_left else self.left + self.width - before - wide
        element = self.pdf.element("P", Lang=text.style.language.tag)
        line = block(text, wide + 0.1, _FOOT_SIZE)
        line.draw(self.pdf, element, (x, baseline + line.height / 2))
        return wide

    def _name_style(self, *, bold: bool) -> Style:
        """Return the style of names: Chinese and Korean in their own forms, else Japanese."""
        own = self.bold if bold else self.regular
        if self.tag.startswith("zh") or self.tag == "ko":
            return own
        return style("ja", bold=bold)

    @property
    def _latin_align(self) -> Align:
        """Return how text from left to right stands at the edge where reading starts."""
        return "end" if self.backwards else "start"

    def _text(self, role: str, text: Block, corner: tuple[float, float]) -> float:
        """Draw a whole paragraph as an element of its own; return the height used."""
        return text.draw(self.pdf, self.pdf.element(role), corner)


def _rows_height(rows: Sequence[_Row], size: float) -> float:
    heights = (max(row.height(size), NUMERAL_SIZE * 0.8) for row in rows)
    return sum(height + 2 * ROW_PADDING for height in heights)


def _fitted(text: Para, box: tuple[float, float], sizes: tuple[float, float]) -> float:
    """Return the largest size that fits. Raises ``DoesNotFit`` if the smallest does not."""
    size = fit(text, box, sizes)
    if size is None:
        msg = f"a text of this poster is too long: {text.text[:40]}…"
        raise DoesNotFit(msg)
    return size
