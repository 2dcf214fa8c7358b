"""Small documents for the tests of this room."""

import re
import unicodedata
from datetime import UTC, datetime

from jpmirai_compliance.typesetting.drawing import draw_line
from jpmirai_compliance.typesetting.tagging import TaggedPdf

CREATED = datetime(2026, 4, 1, 9, tzinfo=UTC)
SIZE = 64
LEFT = 60.0


def drawn(texts, style, size=SIZE):
    """Return a PDF with one line per text, the first at the top, 100 points apart."""
    pdf = TaggedPdf(
        language=style.language.tag,
        title="test",
        author="test",
        created=CREATED,
        size=(4000, 100 * (len(texts) + 1)),
    )
    for index, text in enumerate(texts):
        with pdf.content(pdf.element("P")):
            draw_line(pdf, (LEFT, baseline(index, len(texts))), text, style, size)
    pdf.end_page()
    return pdf.save()


def baseline(index, count):
    return 100.0 * (count - index)


def squeezed(text):
    """Return text without what extraction may add or lose: spaces, line ends, zero widths."""
    return re.sub(r"[\s\u200b\ufeff\ufffe]+", "", unicodedata.normalize("NFC", text))
