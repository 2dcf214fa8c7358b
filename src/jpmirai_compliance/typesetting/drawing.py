"""One shaped line as PDF operators."""

from jpmirai_compliance.typesetting.breaks import breaks
from jpmirai_compliance.typesetting.faces import Style
from jpmirai_compliance.typesetting.pdffont import PdfFont
from jpmirai_compliance.typesetting.shape import Cluster, Glyph, Shaped, shaped_line
from jpmirai_compliance.typesetting.tagging import TaggedPdf

_NUDGE = 0.05  # smallest correction worth writing, in 1/1000 em
_SAME_HEIGHT = 1e-6


def draw_line(  # noqa: PLR0913 -- what, how, where: nothing to leave out
    pdf: TaggedPdf,
    place: tuple[float, float],
    text: str,
    style: Style,
    size: float,
    *,
    spread: float = 0.0,
) -> float:
    """Draw ``text`` with its left end on the baseline at ``place``; return its width in points.

    ``spread`` is extra space after each cluster, in points.
    """
    writer = _LineWriter(pdf, size, spread)
    for shaped in shaped_line(text, style):
        writer.run(shaped, text, style)
    pdf.literal(writer.finish(*place))
    return writer.pen_x * size / 1000


def number(value: float) -> str:
    """Return a number as PDF writes it: at most three decimals, no trailing zeros."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


class _LineWriter:
    """Collects the operators of one line. Positions are in 1/1000 em from the start of the line."""

    def __init__(self, pdf: TaggedPdf, size: float, spread: float) -> None:
        self.pen_x = 0.0
        self._pdf, self._size = pdf, size
        self._spread = spread * 1000 / size
        self._drawn_x = 0.0  # where the PDF's own pen stands
        self._rise = 0.0
        self._font: PdfFont | None = None
        self._code: list[str] = []
        self._array: list[str] = []
        self._hex: list[str] = []

    def run(self, shaped: Shaped, text: str, style: Style) -> None:
        """Draw one run, a piece with text of its own at a time."""
        font = self._pdf.font(shaped.run.face)
        if font is not self._font:
            self._flush()
            self._code.append(f"/{font.resource} {number(self._size)} Tf")
            self._font = font
        for clusters in _pieces(shaped, text, style):
            glyphs = shaped.glyphs[clusters[0].first : clusters[-1].last]
            actual = None
            if _needs_text(glyphs, clusters, shaped):
                start = shaped.run.start + min(cluster.start for cluster in clusters)
                end = shaped.run.start + max(cluster.end for cluster in clusters)
                actual = text[start:end]
            self._piece(font, shaped, clusters, actual)

    def finish(self, x: float, y: float) -> str:
        """Return the whole text object for a line that starts at ``x, y``."""
        self._flush()
        if self._rise:
            self._code.append("0 Ts")
        return f"BT 1 0 0 1 {number(x)} {number(y)} Tm {' '.join(self._code)} ET"

    def _piece(
        self, font: PdfFont, shaped: Shaped, clusters: tuple[Cluster, ...], actual: str | None
    ) -> None:
        if actual is not None:
            self._flush()
            encoded = actual.encode("utf-16-be").hex().upper()
            self._code.append(f"/Span <</ActualText <FEFF{encoded}>>> BDC")
        for cluster in clusters:
            for glyph in shaped.glyphs[cluster.first : cluster.last]:
                self._glyph(font, glyph)
            self.pen_x += self._spread
        if actual is not None:
            self._flush()
            self._code.append("EMC")

    def _glyph(self, font: PdfFont, glyph: Glyph) -> None:
        scale = font.face.scale
        rise = glyph.dy * scale * self._size / 1000
        if abs(rise - self._rise) > _SAME_HEIGHT:
            self._flush()
            self._code.append(f"{number(rise)} Ts")
            self._rise = rise
        correction = self.pen_x + glyph.dx * scale - self._drawn_x
        if abs(correction) > _NUDGE:
            self._end_string()
            self._array.append(number(-correction))
            self._drawn_x += correction
        self._hex.append(f"{font.character(glyph.id, glyph.text):04X}")
        self._drawn_x += font.face.advance(glyph.id)
        self.pen_x += glyph.advance * scale

    def _end_string(self) -> None:
        if self._hex:
            self._array.append(f"<{''.join(self._hex)}>")
            self._hex.clear()

    def _flush(self) -> None:
        self._end_string()
        if self._array:
            self._code.append(f"[{' '.join(self._array)}] TJ")
            self._array.clear()


def _pieces(shaped: Shaped, text: str, style: Style) -> list[tuple[Cluster, ...]]:
    """Return the clusters grouped as text is to be read back.

    From left to right by break segment, which readers take for words; from right to left each
    cluster by itself, since readers turn the order round again. A segment whose last mark reaches
    over the next goes together with it: readers that sort by place would read it twice.
    """
    if shaped.run.level & 1:
        return [(cluster,) for cluster in shaped.clusters]
    ends = set(breaks(text, style.language))
    groups: list[tuple[Cluster, ...]] = []
    first = 0
    for last, cluster in enumerate(shaped.clusters, start=1):
        at_end = shaped.run.start + cluster.end in ends and not _reaches_over(
            shaped.glyphs[: cluster.last]
        )
        if at_end or last == len(shaped.clusters):
            groups.append(shaped.clusters[first:last])
            first = last
    return groups


def _reaches_over(glyphs: tuple[Glyph, ...]) -> bool:
    """Return whether a mark at the end begins right of where the next letter will begin."""
    for glyph in reversed(glyphs):
        if glyph.advance or glyph.dx > 0:
            return not glyph.advance
    return False


def _needs_text(glyphs: tuple[Glyph, ...], clusters: tuple[Cluster, ...], shaped: Shaped) -> bool:
    """Return whether the piece must say its text, because its glyphs alone would not."""
    if shaped.run.level & 1:
        return len(glyphs) > len(clusters)
    return any(not glyph.alone or glyph.dx or glyph.dy or len(glyph.text) != 1 for glyph in glyphs)
