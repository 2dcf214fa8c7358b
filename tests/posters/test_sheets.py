"""Every layout: the code is read from it, nothing leaves its page, the printer finds his marks."""

import io

import pikepdf
import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import ImageChops

from jpmirai_compliance.posters.layout import (
    TOGETHER,
    DoesNotFit,
    HelpLine,
    Layout,
    Look,
    draw_sheets,
    pages_of,
)
from jpmirai_compliance.posters.layout.sheet import BLEED, MARK_ROOM, MM
from jpmirai_compliance.principles import LANGUAGES
from tests.posters.cases import URL, poster
from tests.typesetting.pages import squeezed

HARD = ("my", "ur", "km", "ta", "ja-x-easy", "fil")
GROUPS = [LANGUAGES[start : start + 6] for start in range(0, len(LANGUAGES), 6)]


def pictures(pdf, dpi):
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]


def ink(picture):
    """Return the rectangle that holds whatever is not white."""
    return ImageChops.invert(picture).point(lambda value: 255 * (value > 8)).getbbox()


def codes(picture):
    return [(code.text, code.ec_level) for code in zxingcpp.read_barcodes(picture)]


def check(pdf, count, margin):
    """Check that every page shows the code and keeps its margin, in points."""
    for picture in pictures(pdf, 110):
        assert codes(picture) == [(URL, "Q")] * count
        edge = (margin - 5) * 110 / 72  # a swash may reach a little over
        left, top, right, bottom = ink(picture)
        assert left >= edge
        assert picture.width - right >= edge
        assert top >= 10
        assert picture.height - bottom >= 10


@pytest.mark.parametrize("colourless", [False, True])
def test_the_code_is_read_from_every_poster_and_nothing_leaves_the_page(colourless):
    look = Look(colourless=colourless)
    check(draw_sheets([poster(tag) for tag in LANGUAGES], look), 1, 42)


@pytest.mark.parametrize("tags", GROUPS)
def test_six_languages_share_a_sheet_and_a_code(tags):
    check(draw_sheets([poster(tag) for tag in tags], Look(Layout.MANY)), 1, 34)


def test_two_languages_side_by_side_and_one_alone():
    posters = [poster(tag) for tag in LANGUAGES]
    pdf = draw_sheets(posters, Look(Layout.TWO))
    check(pdf, 1, 42)
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 12
    assert [len(page) for page in pages_of(posters, Layout.TWO)] == [2] * 11 + [1]


@pytest.mark.parametrize("tag", HARD)
def test_four_cards_on_a_sheet_each_with_its_code(tag):
    [picture] = pictures(draw_sheets([poster(tag)], Look(Layout.CARD)), 110)
    assert codes(picture) == [(URL, "Q")] * 4


def test_eight_cards_on_a3_are_each_a6():
    pdf = draw_sheets([poster("ne")], Look(Layout.CARDS))
    size = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    assert (float(size.width) / MM, float(size.height) / MM) == pytest.approx((420, 297), abs=0.2)
    [eight], [four] = (
        pictures(made, 110) for made in (pdf, draw_sheets([poster("ne")], Look(Layout.CARD)))
    )
    assert codes(eight) == [(URL, "Q")] * 8
    left = eight.convert("L").crop((0, 0, *four.size))  # four of them, but for the cuts
    other = ImageChops.difference(left, four.convert("L")).point(lambda value: 255 * (value > 64))
    assert other.histogram()[255] < 0.01 * four.width * four.height


def test_the_larger_poster_is_the_same_enlarged():
    small, large = (draw_sheets([poster("vi")], Look(layout)) for layout in (Layout.A4, Layout.A3))
    [at_110], [at_78] = pictures(small, 110), pictures(large, 110 / 2**0.5)
    assert ink(at_110) == pytest.approx(ink(at_78), abs=2)
    size = pypdf.PdfReader(io.BytesIO(large)).pages[0].mediabox
    assert (float(size.width) / MM, float(size.height) / MM) == pytest.approx((297, 420), abs=0.2)


def test_marks_stand_outside_of_three_millimetres_around_the_page():
    pdf = draw_sheets([poster("ja")], Look(marks=True))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        media, trim, bleed = (
            [float(value) for value in page[name]]
            for name in ("/MediaBox", "/TrimBox", "/BleedBox")
        )
    assert [trim[2] - trim[0], trim[3] - trim[1]] == pytest.approx([595.276, 841.89], abs=0.01)
    assert [a - b for a, b in zip(trim, bleed, strict=True)] == pytest.approx(
        [BLEED, BLEED, -BLEED, -BLEED], abs=0.01
    )
    assert media[2] - trim[2] == pytest.approx(MARK_ROOM, abs=0.01)
    [picture] = pictures(pdf, 144)
    edge = round(bleed[0] * 2)
    inside = picture.crop((edge, edge, picture.width - edge, picture.height - edge))
    assert inside.crop((0, 0, inside.width, round(MM * 6))).getextrema() == (255, 255)
    assert ink(picture)[0] == 0  # the marks reach the edge of the sheet


def test_without_colours_everything_is_black_grey_or_white():
    pdf = draw_sheets([poster("ja"), poster("vi")], Look(Layout.TWO, colourless=True))
    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=1).to_pil().convert("RGB")
    assert all(max(colour) - min(colour) <= 2 for _count, colour in picture.getcolors(100_000))
    dark = sum(count for count, colour in picture.getcolors(100_000) if max(colour) < 128)
    assert dark < 0.15 * picture.width * picture.height  # no ground that eats toner


@pytest.mark.parametrize("layout", list(Layout))
def test_the_same_sheet_has_the_same_bytes(layout):
    look = Look(layout, marks=True)
    posters = [poster("ja"), poster("ur")]
    assert draw_sheets(posters, look) == draw_sheets(posters, look)


def test_a_typed_name_of_a_contact_brings_no_readings():
    typed = HelpLine("{相談|そうだん}", "053-000-0000", typed=True)
    for layout in Layout:
        pdf = draw_sheets([poster("ja-x-easy", help_lines=(typed,))], Look(layout))
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
        assert "{相談|そうだん}" in squeezed(text)


def test_texts_too_long_for_a_sheet_are_refused():
    long = poster("en", principles=("word " * 300,) * 5)
    for layout in (Layout.MANY, Layout.TWO, Layout.CARD, Layout.CARDS):
        with pytest.raises(DoesNotFit):
            draw_sheets([long], Look(layout))


@pytest.mark.parametrize("layout", sorted(TOGETHER))
@pytest.mark.parametrize("tag", ["vi", "uz-Latn", "es-419", "id"])
def test_no_line_ends_between_whom_to_call_and_the_number(layout, tag):
    text = _text(draw_sheets([poster(tag), poster("en")], Look(layout)))
    lines = [" ".join(line.split()).replace("\u00a0", " ") for line in text.splitlines()]
    for line in poster(tag).help_lines:
        if not line.typed:
            assert any(f"{line.label} {line.value}" in shown for shown in lines), (line, lines)


def _text(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].get_textpage().get_text_range()
