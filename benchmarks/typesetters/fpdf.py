"""fpdf2 with its text shaping. Where words join without spaces it can only break between letters.

A document opens its fonts anew, so a poster names only those that it needs.
"""

from datetime import UTC, datetime

from fpdf import FPDF

from benchmarks.typesetters.given import FONTS, MARGIN, PAGE, PITCH, SIZE, WIDE, Content, Language

_CREATED = datetime(2026, 4, 1, tzinfo=UTC)
_BLUE = (0, 0x17, 0xC1)
_BY_LETTER = {"ja", "ja-x-easy", "zh-Hans", "zh-Hant", "th", "lo", "km", "my"}


class Engine:
    def pages(self, contents: list[Content]) -> bytes:
        pdf = _document("pt", (PAGE[0], PAGE[1]))
        for content in contents:
            _page(pdf, content)
        return bytes(pdf.output())

    def lines(self, language: Language, texts: list[str]) -> bytes:
        pdf = _document("pt", (WIDE, PITCH * len(texts)))
        pdf.add_page()
        _choose(pdf, language, ("",), language.stems)
        pdf.set_font(language.stems[0], size=SIZE)
        for index, text in enumerate(texts):
            pdf.set_xy(40, index * PITCH)
            pdf.cell(w=WIDE - 80, h=PITCH, text=text)
        return bytes(pdf.output())


def _document(unit: str, size: tuple[float, float]) -> FPDF:
    pdf = FPDF(unit=unit, format=size)
    pdf.set_creation_date(_CREATED)
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(MARGIN)
    return pdf


def _choose(pdf: FPDF, language: Language, weights: tuple[str, ...], names: list[str]) -> None:
    for stem in names:
        for weight in weights:
            if f"{stem}{weight}".lower() not in pdf.fonts:
                cut = "Bold" if weight else "Regular"
                pdf.add_font(stem, weight, FONTS / f"{stem}-{cut}.ttf")
    pdf.set_fallback_fonts(names[1:], exact_match=False)
    pdf.set_text_shaping(
        use_shaping_engine=True, direction=language.direction, language=language.shaping
    )


def _page(pdf: FPDF, content: Content) -> None:
    pdf.add_page()
    needed = list(dict.fromkeys((content.language.stems[0], "BIZUDPGothic", "NotoSans")))
    _choose(pdf, content.language, ("", "B"), needed)
    stem, mode = needed[0], "CHAR" if content.language.tag in _BY_LETTER else "WORD"

    def write(text: str, weight: str, size: float) -> None:
        pdf.set_font(stem, weight, size)
        pdf.multi_cell(
            w=0, h=size * 1.6, text=text, wrapmode=mode, new_x="LMARGIN", new_y="NEXT", align="L"
        )

    pdf.set_fill_color(*_BLUE)
    pdf.rect(MARGIN, MARGIN, PAGE[0] - 2 * MARGIN, 7, style="F")
    pdf.set_y(MARGIN + 12)
    write(content.organisation, "B", 13)
    pdf.set_text_color(*_BLUE)
    write(content.title, "B", 28)
    pdf.set_text_color(0)
    for number, sentence in enumerate(content.principles, start=1):
        write(f"{number} {sentence}", "", 13)
    write(content.supply_chain, "B", 13)
    write(content.help_lead, "B", 13)
    write(content.telephone, "B", 24)
    write(content.url, "", 9)
    write(content.status, "", 7)
    pdf.set_fill_color(0)
    for top, row in enumerate(content.code_rows):
        for left, dark in enumerate(row):
            if dark:
                pdf.rect(440 + 3 * left, 690 + 3 * top, 3, 3, style="F")
