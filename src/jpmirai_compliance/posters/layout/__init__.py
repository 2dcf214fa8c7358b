"""Posters of the five principles in several layouts: values in, PDF out.

From top to bottom: who promises, the title, five numbered principles, the promise for the supply
chain, and the help panel with the code to scan. All sentences share the largest size at which they
fit. Colour carries the hierarchy but nothing depends on it.
"""

from collections.abc import Sequence

from jpmirai_compliance.posters.layout.many import MOST
from jpmirai_compliance.posters.layout.poster import DoesNotFit, HelpLine, Mark, Poster
from jpmirai_compliance.posters.layout.sheet import (
    TOGETHER,
    Layout,
    Look,
    draw_sheets,
    pages_of,
)

__all__ = [
    "MOST",
    "TOGETHER",
    "DoesNotFit",
    "HelpLine",
    "Layout",
    "Look",
    "Mark",
    "Poster",
    "draw_pack",
    "draw_poster",
    "draw_sheets",
    "pages_of",
]


def draw_poster(poster: Poster) -> bytes:
    """Return the poster as a PDF of one A4 page.

    Raises ``DoesNotFit``, and ``UnknownLanguage`` for an unknown language.
    """
    return draw_pack([poster])


def draw_pack(posters: Sequence[Poster]) -> bytes:
    """Return the posters as one PDF, a page each. Raises ``ValueError`` if there is none."""
    return draw_sheets(posters, Look())
