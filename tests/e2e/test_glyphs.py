"""A second look, by another program: Chromium sets the same texts in the uncut fonts.

The gate is soft, since two programs never fill the same pixels: what must be equal is in
``tests/typesetting/test_golden.py``. Here a whole line gone wrong would show.
"""

import dataclasses
import io
from html import escape

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.languages import TAGS, language
from tests.typesetting.pages import drawn
from tests.typesetting.test_golden import lines_of, load
from tools.build_fonts import FAMILIES, source

EM = 32  # pixels
ROW = 200  # pixels: Nastaliq climbs
FINE = 2  # dots per pixel
WIDE = 1000
ENOUGH = 0.85  # of the ink; right lines are above 0.9, other forms below 0.55


def sample(tag):
    """Return a sentence and a hard text of one font that go into one row each."""
    golden = load(tag)
    lines = [line for line in lines_of(golden) if len(line["runs"]) == 1 and fits(golden, line)]
    hard = [line["text"] for line in lines if line["case"] != "sentence"]
    return [lines[0]["text"], hard[0], hard[-1]]


def fits(golden, line):
    [run] = line["runs"]
    font = golden["fonts"][run["font"]]
    ids = [entry[0] if isinstance(entry, list) else entry for entry in run["glyphs"]]
    return sum(font["glyphs"][str(glyph)][1] for glyph in ids) * EM / font["units"] < WIDE - 200


def by_chromium(visit_page, tag, texts, folder):
    """Return one picture per text, as the browser sets it."""
    chosen = language(tag)
    package = next(family.package for family in FAMILIES if family.stem == chosen.stem)
    font = source(package, chosen.stem, "400Regular").as_uri()
    rule = (
        f"@font-face {{ font-family: f; src: url({font}) }}"
        "body { margin: 0; text-rendering: geometricPrecision }"
        f"p {{ font: {EM}px/{ROW}px f; margin: 0 60px; height: {ROW}px }}"
        "p { white-space: pre }"
    )
    rows = "".join(f"<p>{escape(text)}</p>" for text in texts)
    page = (
        f'<!doctype html><html lang="{chosen.shaping}" dir="{chosen.direction}">'
        f'<meta charset="utf-8"><style>{rule}</style>{rows}'
    )
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    visit_page.goto(file.as_uri())
    visit_page.evaluate("document.fonts.ready")
    assert visit_page.evaluate("[...document.fonts].every(font => font.status === 'loaded')")
    picture = Image.open(io.BytesIO(visit_page.screenshot(full_page=True)))
    high = FINE * ROW
    return [picture.crop((0, n * high, FINE * WIDE, (n + 1) * high)) for n in range(len(texts))]


def by_us(texts, own_style):
    pictures = []
    for text in texts:
        with pypdfium2.PdfDocument(drawn([text], own_style, EM)) as document:
            pictures.append(
                document[0].render(scale=FINE).to_pil().crop((0, 0, FINE * WIDE, FINE * ROW))
            )
    return pictures


def shared(one, other):
    """Return how much of the ink two pictures share, 0 to 1, in the best of nine places."""
    one, other = (ImageOps.invert(picture.convert("L")) for picture in (one, other))
    one, other = (
        picture.crop(picture.point(lambda v: 255 * (v > 40)).getbbox()) for picture in (one, other)
    )
    size = max(one.width, other.width) + 4, max(one.height, other.height) + 4
    best = 0.0
    for x, y in ((x, y) for x in range(5) for y in range(5)):
        first, second = Image.new("L", size), Image.new("L", size)
        first.paste(one, (2, 2))
        second.paste(other, (x, y))
        both = ImageStat.Stat(ImageChops.darker(first, second)).sum[0]
        either = ImageStat.Stat(ImageChops.lighter(first, second)).sum[0]
        best = max(best, both / either)
    return best


@pytest.fixture(scope="module")
def page(chromium):
    opened = chromium.new_page(
        viewport={"width": WIDE, "height": 3 * ROW}, device_scale_factor=FINE
    )
    yield opened
    opened.close()


@pytest.mark.parametrize("tag", TAGS)
def test_lines_look_as_the_browser_sets_them(page, tag, tmp_path):
    texts = sample(tag)
    pairs = zip(by_us(texts, style(tag)), by_chromium(page, tag, texts, tmp_path), strict=True)
    found = [round(shared(*pair), 3) for pair in pairs]
    assert min(found) >= ENOUGH, (found, texts)


@pytest.mark.parametrize(
    ("tag", "text", "wrong"),
    [
        ("ne", "समझदारी बुझ्छौं", style("hi")),
        (
            "km",
            "ក្នុងសហគមន៍",
            dataclasses.replace(style("km"), features=(("blwf", False), ("pref", False))),
        ),
        ("zh-Hans", "骨直今令画", style("ja")),
    ],
)
def test_control_wrong_forms_share_less_than_right_ones(page, tag, text, wrong, tmp_path):
    [browser] = by_chromium(page, tag, [text], tmp_path)
    [right], [other] = by_us([text], style(tag)), by_us([text], wrong)
    assert shared(other, browser) < ENOUGH < shared(right, browser)
