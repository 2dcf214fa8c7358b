"""Every layout of the posters in every language as a picture, without a browser.

``python -m tests.e2e.poster_pictures [words]`` writes ``gallery/poster-<layout>-<tags>.png``.
"""

import sys
from pathlib import Path

import pypdfium2

from jpmirai_compliance.posters.layout import Layout, Look, draw_sheets, pages_of
from jpmirai_compliance.principles import LANGUAGES, reference_wording
from tests.posters.cases import poster

OUT = Path("gallery")
WIDTH = 800  # pixels
LOOKS = {
    **{layout.value: Look(layout) for layout in Layout},
    "black": Look(colourless=True),
    "marks": Look(marks=True),
    "full": Look(),
}


def main(words=()):
    """Write the pictures whose names hold one of the words, or all; return how many."""
    OUT.mkdir(exist_ok=True)
    written = 0
    for name, look in LOOKS.items():
        posters = [_full(tag) if name == "full" else poster(tag) for tag in LANGUAGES]
        for page in pages_of(posters, look.layout):
            path = OUT / f"poster-{name}-{'-'.join(p.language for p in page)}.png"
            if words and not any(word in path.name for word in words):
                continue
            with pypdfium2.PdfDocument(draw_sheets(page, look)) as document:
                sheet = document[0]
                sheet.render(scale=WIDTH / sheet.get_width()).to_pil().save(path)
            written += 1
    return written


def _full(tag):
    wording = reference_wording(tag)
    return poster(tag, principles=wording.principles)


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1:])} pictures in {OUT}/\n")
