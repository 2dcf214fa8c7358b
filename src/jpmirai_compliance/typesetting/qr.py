"""Two-dimensional codes as vectors: level Q, which survives a scratched poster."""

import functools
from collections.abc import Iterator

import segno

from jpmirai_compliance.typesetting.drawing import number
from jpmirai_compliance.typesetting.tagging import BLACK, WHITE, Element, TaggedPdf

#: Width of the empty border that readers need, in modules.
QUIET = 4


@functools.lru_cache(maxsize=256)
def matrix(url: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules row by row, True is dark, without the border.

    Capital letters and digits alone make the code smaller. Raises ``ValueError`` for an address
    too long for any code.
    """
    code = segno.make(url, error="q", micro=False, boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def side(url: str) -> int:
    """Return the length of a side in modules, border included."""
    return len(matrix(url)) + 2 * QUIET


def svg_path(url: str) -> tuple[str, int]:
    """Return SVG path data in modules, moved in by the border, and ``side(url)``."""
    runs = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in _runs(url))
    return runs, side(url)


def draw_qr(
    pdf: TaggedPdf, element: Element, corner: tuple[float, float], size: float, url: str
) -> None:
    """Draw the code with its border into a white square; ``corner`` is the lower left."""
    x, y = corner
    module = size / side(url)
    path = " ".join(
        f"{number(x + left * module)} {number(y + size - (top + 1) * module)} "
        f"{number(length * module)} {number(module)} re"
        for left, top, length in _runs(url)
    )
    with pdf.content(element):
        pdf.rectangle(x, y, size, size, WHITE)
        pdf.fill(BLACK)
        pdf.literal(f"{path} f")


def _runs(url: str) -> Iterator[tuple[int, int, int]]:
    """Yield the dark stretches of each row: left, top and length in modules."""
    for top, row in enumerate(matrix(url), start=QUIET):
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end]:
                end += 1
            if end > start:
                yield start + QUIET, top, end - start
            start = end + 1
