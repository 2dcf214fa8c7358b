"""The product."""

from datetime import UTC, datetime

from benchmarks.typesetters.given import PITCH, SIZE, WIDE, Content, Language
from jpmirai_compliance.posters.layout import HelpLine, Poster, draw_pack
from jpmirai_compliance.typesetting.drawing import draw_line
from jpmirai_compliance.typesetting.faces import preload, style
from jpmirai_compliance.typesetting.tagging import TaggedPdf

CREATED = datetime(2026, 4, 1, tzinfo=UTC)


class Engine:
    def __init__(self) -> None:
        preload()

    def pages(self, contents: list[Content]) -> bytes:
        return draw_pack([_poster(content) for content in contents])

    def lines(self, language: Language, texts: list[str]) -> bytes:
        tag, high = language.tag, PITCH * len(texts)
        pdf = TaggedPdf(language=tag, title="t", author="t", created=CREATED, size=(WIDE, high))
        for index, text in enumerate(texts):
            with pdf.content(pdf.element("P")):
                draw_line(pdf, (40, high - (index + 0.5) * PITCH), text, style(tag), SIZE)
        pdf.end_page()
        return pdf.save()


def _poster(content: Content) -> Poster:
    return Poster(
        language=content.language.tag,
        title=content.title,
        subtitle="",
        principles=tuple(content.principles),
        supply_chain=content.supply_chain,
        help_lead=content.help_lead,
        help_lines=(HelpLine("JP-MIRAI Assist", content.telephone),),
        organisation=content.organisation,
        site=None,
        qr_url=content.code_url,
        short_url=content.url,
        status=content.status,
        status_ja="",
        footer="JP-MIRAI",
        author="JP-MIRAI",
        created=CREATED,
    )
