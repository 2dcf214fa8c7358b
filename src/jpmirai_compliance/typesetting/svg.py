"""Text as outlines, for pictures that must look the same where the font is missing."""

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen

from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.plain import plain
from jpmirai_compliance.typesetting.shape import shaped_line

_OUTLINE_LIMIT = 300


def outline(
    text: str, language: str, *, bold: bool = False, size: float = 16.0
) -> tuple[str, float]:
    """Return SVG path data of one line and its advance width, both in units of ``size``.

    The line starts at 0, its baseline is 0, y grows downwards. At most 300 characters are drawn.
    Raises ``UnknownLanguage``.
    """
    pen = SVGPathPen(None, ntos=_decimal)
    x = 0.0
    for shaped in shaped_line(plain(text, _OUTLINE_LIMIT), style(language, bold=bold)):
        face = shaped.run.face
        unit = size * face.scale / 1000
        for glyph in shaped.glyphs:
            place = (unit, 0, 0, -unit, x + glyph.dx * unit, -glyph.dy * unit)
            face.font.draw_glyph_with_pen(glyph.id, TransformPen(pen, place))
            x += glyph.advance * unit
    return pen.getCommands(), x


def _decimal(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
