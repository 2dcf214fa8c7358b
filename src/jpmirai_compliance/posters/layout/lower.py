"""The lower part: the panel with help and the code to scan, and the small print."""

from dataclasses import replace

from jpmirai_compliance.posters.layout.part import PADDING, Box, Part, fitted
from jpmirai_compliance.posters.layout.places import COLUMNS, places
from jpmirai_compliance.posters.layout.poster import HelpLine
from jpmirai_compliance.typesetting.block import Block, block, shortened
from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.para import Para, fit, para
from jpmirai_compliance.typesetting.qr import draw_qr

SCAN_SHARE = 0.3  # of the panel, for the sentence above the code
SAME_CODE_SHARE = 0.16  # of the panel, at most
LEAD_SHARE = 0.3
LARGEST_LEAD = 19.0
LARGEST_VALUE = 24.0
GAP = 8.0
LARGEST_SCAN = 1.1  # of the labels
SCAN_GAP = 5.0
LABEL_SHARE, VALUE_SHARE = 0.43, 0.48  # of a row; the rest keeps the rows apart
MOST_STEP = 48.0
FRAME = 2.0
_UPPER_ROW, _LOWER_ROW, _ONLY_ROW = 33.0, 21.0, 28.0  # middles of the rows at the foot


class Lower(Part):
    """Draws the panel and the foot of the page."""

    def panel(self, box: Box) -> None:
        """Draw the panel: where to get help, and the code."""
        self.ground(box)
        column = self.measures.code_column
        code_x = box.x + PADDING
        text_x = code_x + column + PADDING
        if not self.backwards:
            text_x, code_x = code_x, box.x + box.width - PADDING - column
        wide, high = box.width - column - 3 * PADDING, box.height - 2 * PADDING + 6
        top = box.top - PADDING + 3
        self.pdf.fill(self.palette.on_panel)
        self._code(Box(code_x, top, column, high))
        self._help(Box(text_x, top, wide, high))

    def ground(self, box: Box) -> None:
        """Fill the panel, or draw its frame where colours are saved."""
        with self.pdf.artifact():
            palette = self.palette
            if palette.frame:
                outer = (box.x, box.top - box.height, box.width, box.height)
                self.pdf.rectangle(*outer, palette.frame)
                box = Box(box.x + FRAME, box.top - FRAME, box.width - 4, box.height - 4)
            inner = (box.x, box.top - box.height, box.width, box.height)
            self.pdf.rectangle(*inner, palette.panel)

    def _code(self, box: Box) -> None:
        """Draw what to do, the code, and its address below, one under the other."""
        size, high = self.measures.code, box.height * SCAN_SHARE
        code_x = box.x + (box.width - size) / 2
        address_height = 14.0
        scan_height = min(high, box.height - size - address_height - SCAN_GAP)
        top = box.top
        if self.poster.scan:
            scan = para(self.poster.scan, self.bold, tight=True)
            smallest = 0.8 * self.measures.smallest
            em = fitted(
                scan,
                (box.width, scan_height),
                (smallest, LARGEST_SCAN * self.measures.label * self.bold.scale),
            )
            lines = block(scan, box.width, em, align="center", balanced=True)
            top -= (scan_height - lines.height) / 2
            self.pdf.fill(self.palette.on_panel)
            self.text("P", lines, (box.x, top))
        y = box.top - box.height + address_height
        self.code((code_x, y), size)
        self.address(Box(box.x, y - 2, box.width))

    def code(self, corner: tuple[float, float], size: float) -> None:
        """Draw the code with its lower left corner there."""
        figure = self.pdf.element("Figure", Alt=self.poster.short_url)
        draw_qr(self.pdf, figure, corner, size, self.poster.qr_url)

    def address(self, box: Box) -> None:
        """Draw the address for those who type it, in one line."""
        address = shortened(self.poster.short_url, self.latin_bold, box.width, 5.0, 1).para
        size = min(self.measures.label, box.width * 1000 / max(address.width, 1))
        self.pdf.fill(self.palette.on_panel)
        self.text("P", block(address, box.width, size, align="center"), (box.x, box.top))

    def _help(self, box: Box) -> None:
        lines = self.poster.help_lines
        bottom = box.top - box.height
        note = self._note(box)
        note_height = note.height if note else 0.0
        lead = para(self.poster.help_lead, self.bold, tight=True)
        sizes = (self.measures.smallest, LARGEST_LEAD * self.bold.scale)
        size = fitted(lead, (box.width, box.height * LEAD_SHARE), sizes)
        self.pdf.fill(self.palette.on_panel)
        used = self.text("P", block(lead, box.width, size), (box.x, box.top))
        half = (box.width - PADDING) / COLUMNS
        placed = places([self._need(line, half) for line in lines])
        rows = placed[-1].row + 1 if placed else 1
        free = box.height - used - note_height - 2 * GAP
        most = MOST_STEP * self.measures.label / 11
        step = min(free / rows, most)
        top = box.top - used - GAP - (free - rows * step) / 2
        for number, row, column, whole in placed:
            place = COLUMNS - 1 - column if self.backwards else column
            x = box.x if whole else box.x + place * (half + PADDING)
            wide = box.width if whole else half
            self._help_line(lines[number], Box(x, top - row * step, wide, step))
        if note:
            self.pdf.fill(self.palette.on_panel)
            self.text("P", note, (box.x, bottom + note_height))

    def _need(self, line: HelpLine, width: float) -> float:
        """Return how much of the width a label takes at the smallest size that is easily read."""
        own = style(self.name_tag(line.label)) if line.typed else self.regular
        return Para(line.label, own).width * self.measures.smallest / 1000 / width

    def _note(self, box: Box) -> Block | None:
        """Return the sentence that the code shows nobody, small."""
        if not self.poster.same_code:
            return None
        text = para(self.poster.same_code, self.regular, tight=True)
        sizes = (0.7 * self.measures.smallest, self.measures.same_code * self.regular.scale)
        size = fitted(text, (box.width, box.height * SAME_CODE_SHARE), sizes)
        return block(text, box.width, size)

    def _help_line(self, line: HelpLine, box: Box) -> None:
        """Draw a small label over a number large enough to read from across the room."""
        element = self.pdf.element("P")
        label_height = box.height * LABEL_SHARE
        label = self._label(line, box.width, label_height)
        self.pdf.fill(self.palette.on_panel)
        lift = label.height - label_height
        label.draw(self.pdf, element, (box.x, box.top + max(lift / 2, 0.0)))
        value_height = box.height * VALUE_SHARE
        value = shortened(line.value, self.latin_bold, box.width, self.measures.smallest, 1).para
        size = min(
            LARGEST_VALUE * self.measures.label / 11,
            value_height / 1.15,
            box.width * 1000 / max(value.width, 1),
        )
        lines = block(value, box.width, size, align=self.latin_align)
        lift = lines.height - value_height
        lines.draw(self.pdf, element, (box.x, box.top - label_height + lift / 2))

    def _label(self, line: HelpLine, width: float, height: float) -> Block:
        """Return the label as large as its row allows; cut only if it is too long at any size."""
        largest, smallest = self.measures.label * self.regular.scale, self.measures.smallest
        if line.typed:
            size = min(largest, height / self.regular.leading)
            name = shortened(line.label, style(self.name_tag(line.label)), width, size, 1)
            ltr = name.para.style.language.direction == "ltr"
            return replace(name, align=self.latin_align if ltr else "start")
        text = para(line.label, self.regular, tight=True)
        fits = fit(text, (width, height), (0.75 * smallest, largest))
        if fits is not None:
            return block(text, width, fits)
        return shortened(line.label, self.regular, width, 0.75 * smallest, 1)

    def foot(self) -> None:
        """Draw where the wording comes from and who issued the poster, in one row or two."""
        poster, japanese, em = self.poster, style("ja"), self.measures.foot
        texts = ((poster.status, self.regular), (poster.status_ja, japanese))
        wordings = [Para(text, own) for text, own in texts if text]
        issued = shortened(poster.footer, japanese, self.width, em, 1).para
        self.pdf.fill(self.palette.grey)
        wide = sum(para.width for para in (*wordings, issued)) * em / 1000
        one_row = wide + (len(wordings) + 1) * em <= self.width
        used, baseline = 0.0, _ONLY_ROW if one_row else _UPPER_ROW
        for wording in wordings:
            room = self.width - used
            line = shortened(wording.text, wording.style, room, em, 1).para
            used += self._foot_line(line, (used, baseline), at_start=True) + em
        if poster.footer:
            place = (0.0, _ONLY_ROW if one_row else _LOWER_ROW)
            self._foot_line(issued, place, at_start=not one_row)

    def _foot_line(self, text: Para, place: tuple[float, float], *, at_start: bool) -> float:
        """Draw a line some points from the edge where reading starts or ends; return its width."""
        before, baseline = place
        em = self.measures.foot
        wide = text.width * em / 1000
        at_left = at_start != self.backwards
        x = self.left + before if at_left else self.left + self.width - before - wide
        element = self.pdf.element("P", Lang=text.style.language.tag)
        line = block(text, wide + 0.1, em)
        line.draw(self.pdf, element, (x, baseline + line.height / 2))
        return wide
