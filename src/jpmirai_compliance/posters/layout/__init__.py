"""The A4 poster of the five principles: values in, PDF out.

From top to bottom: who promises, the title, five numbered principles, the promise for the supply
chain, and the help panel with the code to scan. All sentences share the largest size at which they
fit. Blue carries the hierarchy but nothing depends on it: printed in black it is dark grey.
"""

from collections.abc import Sequence

from jpmirai_compliance.posters.layout.lower import Lower
from jpmirai_compliance.posters.layout.part import MARGIN, PANEL_BOTTOM, PANEL_HEIGHT, Box
from jpmirai_compliance.posters.layout.poster import DoesNotFit, HelpLine, Poster
from jpmirai_compliance.posters.layout.upper import Upper
from jpmirai_compliance.typesetting.languages import language
from jpmirai_compliance.typesetting.ruby import parse_ruby
from jpmirai_compliance.typesetting.tagging import TaggedPdf

__all__ = ["DoesNotFit", "HelpLine", "Poster", "draw_pack", "draw_poster"]

_HEAD = 34.0  # above the rule at the top
_GAP = 14.0  # above the panel


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
            _draw_page(pdf, poster)
        pdf.end_page()
    return pdf.save()


def _draw_page(pdf: TaggedPdf, poster: Poster) -> None:
    upper, lower = Upper(pdf, poster), Lower(pdf, poster)
    top = upper.title(upper.head(pdf.height - _HEAD))
    panel_top, width = PANEL_BOTTOM + PANEL_HEIGHT, pdf.width - 2 * MARGIN
    upper.principles(Box(MARGIN, top, width, top - panel_top - _GAP))
    lower.panel(Box(MARGIN, panel_top, width, PANEL_HEIGHT))
    lower.foot()
