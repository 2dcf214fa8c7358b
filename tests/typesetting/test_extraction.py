"""Whoever copies, searches or listens gets the text back, and every line keeps to its box."""

import io

import pypdf
import pypdfium2
import pytest

from jpmirai_compliance.typesetting.block import block
from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.languages import TAGS, language
from jpmirai_compliance.typesetting.para import Para
from jpmirai_compliance.typesetting.tagging import TaggedPdf
from tests.typesetting.pages import CREATED, LEFT, drawn, squeezed
from tests.typesetting.readback import text_lines
from tests.typesetting.test_golden import lines_of, load

LEFT_TO_RIGHT = [tag for tag in TAGS if language(tag).direction == "ltr"]
SMALL = 8  # points, so that the longest line stays on the page
#: They choose the form of a character; PDFium leaves them out of what it reads.
SELECTORS = {0xFE00: None, 0xE0100: None}


def by_pypdf(pdf):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def by_pdfium(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
@pytest.mark.parametrize("tag", LEFT_TO_RIGHT)
def test_two_readers_find_every_golden_text(tag, read):
    texts = [line["text"] for line in lines_of(load(tag))]
    found = squeezed(read(drawn(texts, style(tag), SMALL))).translate(SELECTORS)
    assert [t for t in texts if squeezed(t).translate(SELECTORS) not in found] == []


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_control_a_text_that_was_not_drawn_is_not_found(read):
    found = squeezed(read(drawn(["ក្នុងសហគមន"], style("km"), SMALL)))
    assert squeezed("ក្នុងសហគមន៍") not in found


def test_urdu_is_in_the_file_in_the_order_of_reading():
    """Readers turn lines round again and part words: whole lines are not promised, words are."""
    words = [line["text"] for line in lines_of(load("ur"), case="words")]
    found = [by_pypdf(drawn([word], style("ur"), SMALL)) for word in words]
    assert [squeezed(text) for text in found] == [squeezed(word) for word in words]


@pytest.mark.parametrize("wide", [60, 300])
@pytest.mark.parametrize("tag", TAGS)
def test_every_line_stays_in_its_box(tag, wide):
    size = 16.0
    texts = [line["text"] for line in lines_of(load(tag))]
    blocks = [block(Para(text, style(tag)), wide, size) for text in texts]
    pdf = TaggedPdf(
        language=tag,
        title="t",
        author="t",
        created=CREATED,
        size=(600, sum(made.height for made in blocks) + 50),
    )
    top = pdf.height - 20
    for made in blocks:
        top -= made.draw(pdf, pdf.element("P"), (LEFT, top))
    pdf.end_page()
    lines = text_lines(pdf.save())
    assert len(lines) == sum(len(made.lines) for made in blocks)
    for line in lines:
        if len({glyph.x for glyph in line}) > 1:  # one letter may be wider than any box
            pen_start = min(glyph.x for glyph in line if glyph.advance)
            pen_end = max(glyph.x + glyph.advance for glyph in line)
            assert pen_start >= LEFT - size / 4  # a swash may begin a little before
            assert pen_end <= LEFT + wide + size / 4


@pytest.mark.parametrize("tag", TAGS)
def test_lines_hold_the_whole_text_in_order(tag):
    for line in lines_of(load(tag)):
        para = Para(line["text"], style(tag))
        ends = para.lines(90, 16.0)
        assert [a.end for a in ends[:-1]] == [b.start for b in ends[1:]]
        assert (ends[0].start, ends[-1].end) == (0, len(para.text))
