"""WeasyPrint: HTML and CSS, with tags; the style sheet and its fonts are read once."""

from html import escape

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from benchmarks.typesetters.given import FONTS, MARGIN, PITCH, SIZE, WIDE, Content, Language

_POSTER = f"""
@page {{ size: A4; margin: {MARGIN}pt }}
body {{ margin: 0; font-size: 13pt; line-height: 1.6 }}
section {{ break-after: page; position: relative; height: 750pt }}
h1 {{ font-size: 28pt; color: #0017c1; margin: 8pt 0; line-height: 1.3 }}
.who {{ font-weight: bold; border-top: 7pt solid #0017c1; padding-top: 6pt; margin: 0 }}
ol {{ padding: 0; margin: 0; list-style-position: inside }}
li {{ border-top: .6pt solid #889; padding: 8pt 0 }}
.more {{ font-weight: bold }}
table {{ width: 100%; background: #0017c1; color: #fff; border-spacing: 12pt }}
.call {{ font-size: 24pt; font-weight: bold }}
img {{ width: 100pt; height: 100pt; background: #fff }}
.foot {{ font-size: 7pt; color: #556 }}
"""
_LINES = "p {{ margin: 0; height: {pitch}pt; line-height: {pitch}pt; white-space: pre }}"


class Engine:
    def __init__(self) -> None:
        self._fonts = FontConfiguration()
        self._poster: CSS | None = None

    def pages(self, contents: list[Content]) -> bytes:
        if self._poster is None:
            faces = _faces(contents[0].language)
            self._poster = CSS(string=faces + _POSTER, font_config=self._fonts)
        body = "".join(map(_section, contents))
        html = (
            f'<!doctype html><html lang="{contents[0].language.tag}"><title>JP-MIRAI</title>{body}'
        )
        made = HTML(string=html).write_pdf(
            stylesheets=[self._poster], font_config=self._fonts, pdf_tags=True
        )
        return bytes(made)

    def lines(self, language: Language, texts: list[str]) -> bytes:
        size = f"@page {{ size: {WIDE}pt {PITCH * len(texts)}pt; margin: 0 40pt }}"
        rule = (
            f"body {{ margin: 0; font-size: {SIZE}pt; font-family: {_names(language.families)} }}"
        )
        css = CSS(
            string=_faces(language) + size + rule + _LINES.format(pitch=PITCH),
            font_config=self._fonts,
        )
        body = "".join(f"<p>{escape(text)}</p>" for text in texts)
        root = f'<html lang="{language.tag}" dir="{language.direction}">'
        html = f"<!doctype html>{root}<title>t</title>{body}"
        return bytes(HTML(string=html).write_pdf(stylesheets=[css], font_config=self._fonts))


def _names(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _section(content: Content) -> str:
    rows = "".join(f"<li>{escape(text)}</li>" for text in content.principles)
    code = _quoted(content.code_svg)
    return (
        f'<section lang="{content.language.tag}" dir="{content.language.direction}"'
        f' style="font-family: {_names(content.language.families)}">'
        f'<p class="who" lang="ja">{escape(content.organisation)}</p>'
        f"<h1>{escape(content.title)}</h1><ol>{rows}</ol>"
        f'<p class="more">{escape(content.supply_chain)}</p>'
        f"<table><tr><td><b>{escape(content.help_lead)}</b><br>JP-MIRAI Assist<br>"
        f'<span class="call">{content.telephone}</span></td>'
        f'<td width="110"><img alt="{content.url}" src="data:image/svg+xml,{code}">'
        f'{content.url}</td></tr></table><p class="foot">{escape(content.status)}</p></section>'
    )


def _quoted(svg: str) -> str:
    return svg.replace('"', "'").replace("<", "%3C").replace(">", "%3E").replace("#", "%23")


def _faces(language: Language) -> str:
    return "".join(
        f"@font-face {{ font-family: '{family}'; font-weight: {weight};"
        f" src: url('{(FONTS / f'{stem}-{name}.ttf').as_uri()}') }}"
        for stem, family in zip(language.stems, language.families, strict=True)
        for weight, name in ((400, "Regular"), (700, "Bold"))
    )
