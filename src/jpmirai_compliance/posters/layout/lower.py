"""The lower part: the panel with help and the code to scan, and the small print."""

from jpmirai_compliance.posters.layout.part import (
    BLUE,
    GREY,
    PADDING,
    SMALLEST,
    Box,
    Part,
    fitted,
)
from jpmirai_compliance.posters.layout.poster import HelpLine
from jpmirai_compliance.typesetting.block import block, shortened
from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.para import Para, para
from jpmirai_compliance.typesetting.qr import draw_qr
from jpmirai_compliance.typesetting.tagging import WHITE

QR_SIZE = 126.0
HELP_STEP = 42.0
HELP_SHARE = 0.6  # of the panel, at most, for the numbers to call
HELP_GAP = 9.0
HELP_COLUMNS = 2
LABEL_SHARE, VALUE_SHARE = 0.34, 0.5  # the rest keeps the rows apart
_FOOT_SIZE = 7.5
_FOOT_BASELINE, _UPPER_BASELINE, _LOWER_BASELINE = 28.0, 33.0, 21.0  # middles of the rows


class Lower(Part):
    """Draws the panel and the foot of the page."""

    def panel(self, box: Box) -> None:
        """Draw the blue panel: where to get help, and the code."""
        with self.pdf.artifact():
            self.pdf.rectangle(box.x, box.top - box.height, box.width, box.height, BLUE)
        code_x = box.x + PADDING
        text_x = code_x + QR_SIZE + PADDING
        if not self.backwards:
            text_x, code_x = code_x, box.x + box.width - PADDING - QR_SIZE
        wide = box.width - QR_SIZE - 3 * PADDING
        inner = Box(text_x, box.top - PADDING, wide, box.height - 2 * PADDING)
        self._help(inner)
        code_top = box.top - PADDING
        figure = self.pdf.element("Figure", Alt=self.poster.short_url)
        draw_qr(self.pdf, figure, (code_x, code_top - QR_SIZE), QR_SIZE, self.poster.qr_url)
        self._short_url(code_x, code_top - QR_SIZE)

    def _short_url(self, x: float, top: float) -> None:
        address = shortened(self.poster.short_url, self.latin_bold, QR_SIZE, 5.0, 1).para
        size = min(11.0, QR_SIZE * 1000 / max(address.width, 1))
        self.pdf.fill(WHITE)
        self.text("P", block(address, QR_SIZE, size, align="center"), (x, top - 2))

    def _help(self, box: Box) -> None:
        lines = self.poster.help_lines
        across = min(len(lines), HELP_COLUMNS) or 1
        rows = -(-len(lines) // across)
        step = min(HELP_STEP, box.height * HELP_SHARE / max(rows, 1))
        lead = para(self.poster.help_lead, self.bold, tight=True)
        room = (box.width, box.height - rows * step - HELP_GAP)
        size = fitted(lead, room, (SMALLEST, 19.0 * self.bold.scale))
        self.pdf.fill(WHITE)
        used = self.text("P", block(lead, box.width, size), (box.x, box.top))
        top = box.top - used - (box.height - used - rows * step) / 2
        wide = (box.width - (across - 1) * PADDING) / across
        for number, line in enumerate(lines):
            row, column = divmod(number, across)
            place = across - 1 - column if self.backwards else column
            x = box.x + place * (wide + PADDING)
            self._help_line(line, Box(x, top - row * step, wide, step))

    def _help_line(self, line: HelpLine, box: Box) -> None:
        """Draw a small label over a number large enough to read from across the room."""
        element = self.pdf.element("P")
        label_height = box.height * LABEL_SHARE
        label_size = min(11.0, label_height / 1.2) * self.regular.scale
        label = shortened(line.label, self.regular, box.width, label_size, 1)
        self.pdf.fill(WHITE)
        lift = label.height - label_height
        label.draw(self.pdf, element, (box.x, box.top + lift / 2))
        value_height = box.height * VALUE_SHARE
        value = shortened(line.value, self.latin_bold, box.width, SMALLEST, 1).para
        size = min(24.0, value_height / 1.15, box.width * 1000 / max(value.width, 1))
        lines = block(value, box.width, size, align=self.latin_align)
        lift = lines.height - value_height
        lines.draw(self.pdf, element, (box.x, box.top - label_height + lift / 2))

    def foot(self) -> None:
        """Draw where the wording comes from and who issued the poster, in one row or two."""
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
