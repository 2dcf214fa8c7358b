import io
import re
from datetime import datetime
from pathlib import Path

import pikepdf
import pypdf
import pypdfium2
import pytest
import zxingcpp

import jpmirai_compliance
from jpmirai_compliance.typesetting.document import Document
from jpmirai_compliance.typesetting.languages import UnknownLanguage
from tests.typesetting.pages import CREATED, squeezed
from tests.typesetting.readback import text_lines

URL = "HTTPS://EXAMPLE.ORG/V/7K3PQX9D"
NAME = "株式会社サンプル製作所 Công ty TNHH Nguyễn မြန်မာနိုင်ငံ 𠮷野"


def document(language="ja", title="受領書"):
    return Document(language, title, author="JP-MIRAI 事務局", created=CREATED)


def receipt(language="ja"):
    made = document(language)
    made.heading("自己評価 受領書")
    made.paragraph("次のとおり自己評価の提出を受け付けました。")
    made.facts([("受付番号", "R-2026-000123"), ("組織", NAME)])
    made.heading("点数", 2)
    made.bars([("法令を守る", 72, "72 %"), ("相互理解", None, "対象外")])
    rows = [(f"P{n}-01 労働条件を書面で渡している", "3", "2") for n in range(60)]
    made.table(("指標", "申告", "証憑"), rows, (6, 1, 1), align="lrr")
    made.qr(URL, "この二次元コードで確認できます。")
    made.footer("JP-MIRAI 自己評価 2026年度")
    return made.save()


def page_texts(pdf):
    return [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_receipt_holds_all_texts_in_mixed_scripts():
    texts = page_texts(receipt())
    whole = "".join(texts)
    wanted = [
        "自己評価 受領書",
        "次のとおり自己評価の提出を受け付けました。",
        "R-2026-000123",
        NAME,
    ]
    assert [text for text in wanted if squeezed(text) not in whole] == []
    assert [n for n in range(60) if f"P{n}-01労働条件を書面で渡している" not in whole] == []


def test_header_repeats_and_pages_are_numbered():
    texts = page_texts(receipt())
    assert len(texts) == 3
    assert [text.count("指標申告証憑") for text in texts] == [1, 1, 1]
    assert [f"{n}/3" in text for n, text in enumerate(texts, start=1)] == [True] * 3
    assert ["JP-MIRAI自己評価2026年度" in text for text in texts] == [True] * 3


def test_every_glyph_stays_on_the_page():
    pdf = receipt()
    for page in range(3):
        for line in text_lines(pdf, page):
            assert min(glyph.x for glyph in line) >= 56
            assert max(glyph.x + glyph.advance for glyph in line) <= 595.3 - 56
            assert min(glyph.y for glyph in line) >= 30


def test_same_calls_same_bytes():
    assert receipt() == receipt()


def test_time_of_creation_is_in_the_file_and_needs_a_zone():
    with pikepdf.open(io.BytesIO(receipt())) as opened:
        assert str(opened.docinfo["/CreationDate"]) == "D:20260401090000+00'00'"
        assert "2026-04-01T09:00:00+00:00" in opened.Root.Metadata.read_bytes().decode()
    with pytest.raises(ValueError, match="needs a time zone"):
        Document("ja", "x", author="x", created=datetime(2026, 4, 1))  # noqa: DTZ001 -- the point


def test_table_is_tagged_with_header_cells():
    with pikepdf.open(io.BytesIO(receipt())) as opened:
        kids = list(opened.Root.StructTreeRoot.K[0].K)
        [facts, table] = [kid for kid in kids if str(kid.S) == "/Table"]
        head, first = table.K[0], table.K[1]
        assert [str(kid.S) for kid in kids][:3] == ["/H1", "/P", "/Table"]
        assert [(str(cell.S), str(cell.A.Scope)) for cell in head.K] == [("/TH", "/Column")] * 3
        assert [str(cell.S) for cell in first.K] == ["/TD"] * 3
        assert [str(cell.S) for cell in facts.K[0].K] == ["/TH", "/TD"]
        assert len(table.K) == 60 + 3


def test_code_is_read_from_the_page():
    with pypdfium2.PdfDocument(receipt()) as opened:
        picture = opened[2].render(scale=2).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [URL]


@pytest.mark.parametrize("text", ["<img src=/etc/passwd>", "<b>unclosed", "A & B", "x</para>"])
def test_markup_is_only_text(text):
    made = document("en", text)
    made.heading(text)
    made.paragraph(text)
    made.facts([(text, text)])
    made.table((text,), [(text,)], (1,))
    made.qr(URL, text)
    made.footer(text)
    pdf = made.save()
    assert page_texts(pdf)[0].count(squeezed(text)) == 8
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.docinfo["/Title"]) == text
        assert list(opened.pages[0].get_images()) == []


def test_enormous_fields_are_cut_and_flow_over_pages():
    made = document()
    made.heading("あ" * 60_000)
    made.paragraph("い" * 60_000)
    made.facts([("う" * 60_000, "x" * 60_000)])
    made.footer("え" * 60_000)
    texts = page_texts(made.save())
    whole = "".join(texts)
    assert [whole.count(char) for char in "あいう"] == [3999, 3999, 3999]
    assert whole.count("x") == 3999
    assert len(texts) > 5


def test_a_row_that_does_not_match_is_refused():
    with pytest.raises(ValueError, match="one entry for each column"):
        document().table(("a", "b"), [("1",)], (1, 1))
    with pytest.raises(ValueError, match="one entry for each column"):
        document().table(("a", "b"), [("1", "2")], (1,))
    with pytest.raises(UnknownLanguage):
        document("xx")


def test_right_to_left_document_starts_at_the_right():
    made = document("ur")
    made.paragraph("ہم")
    [line, *_] = text_lines(made.save())
    assert max(glyph.x + glyph.advance for glyph in line) == pytest.approx(595.276 - 56.7, abs=0.5)


def test_empty_document_is_one_page():
    assert page_texts(document("en").save()) == ["1/1"]


def test_no_text_goes_through_the_markup_of_reportlab():
    """ReportLab's Paragraph reads tags and embeds local images: nobody here may use it."""
    package = Path(jpmirai_compliance.__file__).parent
    markup = re.compile(r"\bParagraph\s*\(|reportlab\.platypus|reportlab\.graphics|svglib")
    found = [p for p in package.rglob("*.py") if markup.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_the_running_head_stands_on_every_page_that_begins_after_it_is_set():
    made = document()
    made.running("一番目")
    made.paragraph("本文。" * 1200)
    made.running("二番目")
    made.paragraph("本文。" * 1200)
    made.running("")
    made.paragraph("本文。" * 1200)
    texts = page_texts(made.save())
    heads = ["一" if "一番目" in t else "二" if "二番目" in t else "" for t in texts]
    assert heads[0] == ""  # the first page began before
    assert [h for n, h in enumerate(heads) if n == 0 or h != heads[n - 1]] == ["", "一", "二", ""]
