import io
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pypdf
import pypdfium2
import pytest
import zxingcpp

from jpmirai_compliance.disclosure.rules import labels
from jpmirai_compliance.posters.layout import (
    DoesNotFit,
    HelpLine,
    Poster,
    draw_pack,
    draw_poster,
)
from jpmirai_compliance.posters.layout.part import MARGIN
from jpmirai_compliance.posters.layout.upper import NUMERAL_SIZE
from jpmirai_compliance.principles import ruby_parts, without_ruby
from jpmirai_compliance.principles.wording import reference_languages, reference_wording
from jpmirai_compliance.typesetting.languages import TAGS, UnknownLanguage
from jpmirai_compliance.typesetting.ruby import parse_ruby
from jpmirai_compliance.workplaces.rules import texts
from tests.typesetting.pages import squeezed
from tests.typesetting.readback import text_lines

TEXTS = json.loads(
    (Path(__file__).parent.parent / "typesetting" / "texts.json").read_text(encoding="utf-8")
)
URL = "HTTPS://EXAMPLE.ORG/W/7K3PQX9D"
PAGE = (595.276, 841.89)


def make(tag, **changed):
    content = TEXTS[tag]
    poster = Poster(
        language=tag,
        title=content["title"],
        subtitle=content["subtitle"],
        principles=tuple(content["principles"]),
        supply_chain=content["principles"][4],
        help_lead=content["help"],
        help_lines=(HelpLine("JP-MIRAI Assist", "0120-000-000"),),
        organisation="株式会社サンプル製作所",
        site="浜松工場",
        qr_url=URL,
        short_url="example.org/w/7k3pqx9d",
        status="Reference wording",
        status_ja="参考文",
        footer="JP-MIRAI 2026",
        author="JP-MIRAI",
        created=datetime(2026, 4, 1, 9, tzinfo=UTC),
    )
    return replace(poster, **changed)


def pypdf_text(pdf):
    return squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def pdfium_text(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [document[index].get_textpage() for index in range(len(document))]
        # a hyphen at the end of a line comes as a control character
        return squeezed("".join(page.get_text_bounded() for page in pages)).replace("\x02", "-")


def images(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [name for page in document.pages for name in page.get_images()]


@pytest.mark.parametrize("tag", TAGS)
def test_every_glyph_stays_inside_the_margins(tag):
    for line in text_lines(draw_poster(make(tag))):
        assert min(glyph.x for glyph in line) >= MARGIN - 1
        assert max(glyph.x + glyph.advance for glyph in line) <= PAGE[0] - MARGIN + 1
        assert all(15 <= glyph.y <= PAGE[1] - 30 for glyph in line)


@pytest.mark.parametrize("tag", ["ja", "en", "vi", "my"])
@pytest.mark.parametrize("extracted", [pypdf_text, pdfium_text])
def test_two_readers_find_every_paragraph(tag, extracted):
    poster = make(tag)
    found = extracted(draw_poster(poster))
    wanted = [
        *(poster.title, poster.subtitle, *poster.principles, poster.help_lead),
        *(
            "株式会社サンプル製作所 ／ 浜松工場",
            "JP-MIRAI Assist",
            "0120-000-000",
            poster.short_url,
        ),
        *(poster.status, poster.status_ja, poster.footer),
    ]
    assert [text for text in wanted if squeezed(text) not in found] == []


@pytest.mark.parametrize("tag", ["ja", "my", "ur"])
def test_the_code_is_read_from_the_printed_page(tag):
    with pypdfium2.PdfDocument(draw_poster(make(tag))) as document:
        picture = document[0].render(scale=110 / 72).to_pil()
    [code] = zxingcpp.read_barcodes(picture)
    assert (code.text, code.ec_level) == (URL, "Q")


def full(tag, **changed):
    """Return a poster with all that we supply in a language."""
    text = reference_wording(tag)
    return make(
        tag,
        title=text.title,
        subtitle=text.preamble,
        principles=tuple(text.principles),
        headings=tuple(text.plain),
        supply_chain=text.supply_chain,
        help_lead=text.help_lead,
        status=without_ruby(text.source),
        scan=labels(tag).scan,
        same_code=texts(tag).same_code,
        **changed,
    )


@pytest.mark.parametrize("tag", reference_languages())
def test_the_supplied_wording_fits_and_is_found_by_two_readers(tag):
    """Right to left is left out: every reader turns some of it round."""
    poster = full(tag)
    drawn = draw_poster(poster)
    if poster.direction == "rtl":
        return
    wanted = [poster.title, poster.subtitle, *poster.principles, *poster.headings]
    wanted += [poster.supply_chain, poster.help_lead, poster.scan, poster.same_code, poster.status]
    for found in (pypdf_text(drawn), pdfium_text(drawn)):
        assert [piece for piece in wanted if _said(piece) not in found] == []


def _said(piece):
    """Return a text as it is drawn: each reading after what it is over."""
    return squeezed("".join(base + reading for base, reading in ruby_parts(piece)))


@pytest.mark.parametrize(
    "name",
    ["<img src=/etc/passwd>", "<b>株式会社", "Tokyo <R&D> Co", "A & B", "𠮷野家 髙﨑 Nguyễn"],
)
def test_hostile_and_rare_names_come_out_as_text(name):
    pdf = draw_poster(make("vi", organisation=name, site=name))
    assert squeezed(f"{name} ／ {name}") in pypdf_text(pdf)
    assert squeezed(f"{name} ／ {name}") in pdfium_text(pdf)
    assert images(pdf) == []


def test_enormous_names_are_cut_and_do_not_take_long():
    started = time.process_time()
    pdf = draw_poster(
        make(
            "my", organisation="あ" * 60_000, site="<img src='/x.png'>" * 4000, footer="x" * 60_000
        )
    )
    assert time.process_time() - started < 3
    text = pypdf_text(pdf)
    assert 80 < text.count("あ") < 120
    assert images(pdf) == []


def test_texts_that_cannot_fit_are_refused():
    with pytest.raises(DoesNotFit, match=r"the texts of this poster are too long \(en\)"):
        draw_poster(make("en", principles=("word " * 500,) * 5))
    with pytest.raises(DoesNotFit, match="a text of this poster is too long: title title"):
        draw_poster(make("en", title="title " * 600))


def test_a_long_preamble_takes_room_from_the_principles():
    preamble = "word " * 200
    poster = make("en", subtitle=preamble.strip())
    assert squeezed(preamble) in pdfium_text(draw_poster(poster))
    assert _body_size(draw_poster(poster)) < _body_size(draw_poster(make("en")))


def _body_size(pdf):
    """Return the size of the first sentence: the line behind the first numeral."""
    lines = text_lines(pdf)
    first = next(index for index, line in enumerate(lines) if line[0].size == NUMERAL_SIZE)
    return lines[first + 1][0].size


def test_a_poster_has_five_principles_and_at_most_five_lines_of_help():
    with pytest.raises(ValueError, match="5 principles"):
        make("en", principles=("one",) * 4)
    with pytest.raises(ValueError, match="5 principles"):
        make("en", headings=("one",) * 4)
    with pytest.raises(ValueError, match="room for 5"):
        make("en", help_lines=(HelpLine("a", "b"),) * 6)
    with pytest.raises(UnknownLanguage):
        draw_poster(make("en", language="xx"))
    with pytest.raises(ValueError, match="at least one"):
        draw_pack([])


def test_empty_parts_leave_a_poster_without_them():
    bare = make(
        "en",
        organisation=None,
        site=None,
        subtitle="",
        supply_chain="",
        help_lines=(),
        status="",
        status_ja="",
        footer="",
    )
    text = pypdf_text(draw_poster(bare))
    assert "株式会社" not in text
    assert text.count(squeezed(bare.principles[4])) == 1


def test_five_lines_of_help_are_all_there():
    lines = tuple(HelpLine(f"Office {n}", f"0{n}0-1234-5678") for n in range(5))
    text = pdfium_text(draw_poster(make("th", help_lines=lines)))
    assert [line.value for line in lines if line.value not in text] == []


def test_same_values_same_bytes_also_in_threads():
    posters = [make(tag) for tag in ("ja", "vi", "my", "km", "ur")]
    alone = [draw_poster(poster) for poster in posters]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(draw_poster, posters * 4))
    assert together == alone * 4
    assert len(set(alone)) == 5


def test_a_pack_has_a_page_per_poster_in_order():
    pdf = draw_pack([make("ja"), make("ur"), make("my")])
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    titles = [squeezed(TEXTS[tag]["title"]) for tag in ("ja", "my")]
    assert [titles[0] in squeezed(pages[0].extract_text()), len(pages)] == [True, 3]
    assert titles[1] in squeezed(pages[2].extract_text())


def test_the_page_is_tagged_and_claims_no_conformance():
    pdf = draw_poster(make("my"))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root
        assert str(root.Lang) == "my"
        assert bool(root.MarkInfo.Marked)
        assert str(document.docinfo["/Title"]) == TEXTS["my"]["title"]
        xmp = root.Metadata.read_bytes().decode()
        section = root.StructTreeRoot.K[0].K[0]
        roles = [str(kid.S) for kid in section.K]
        fonts = [str(font.BaseFont) for font in document.pages[0].Resources.Font.values()]
    assert "pdfaid" not in xmp
    assert "pdfuaid" not in xmp
    assert (str(section.Lang), roles[:4]) == ("my", ["/P", "/H1", "/P", "/L"])
    assert roles.count("/Figure") == 1
    assert all(re.fullmatch(r"/[A-Z]{6}\+.+-(Regular|Bold)", font) for font in fonts)


def test_readings_of_easy_japanese_are_tagged_and_keep_their_place():
    pdf = draw_poster(make("ja-x-easy"))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        heading = document.Root.StructTreeRoot.K[0].K[0].K[1]
        [ruby] = [kid for kid in heading.K if isinstance(kid, pikepdf.Dictionary)]
        assert (str(ruby.S), [str(kid.S) for kid in ruby.K]) == ("/Ruby", ["/RB", "/RT"])
        title = str(document.docinfo["/Title"])
    assert title == parse_ruby(TEXTS["ja-x-easy"]["title"])[0] == "わたしたちの ５つの 約束"
