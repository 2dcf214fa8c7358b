"""Typst: one compiler that stays, with its tags; the words come in from outside the document."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import typst

from benchmarks.typesetters.given import FONTS, MARGIN, PITCH, SIZE, WIDE, Content, Language

_POSTER = """
#let pages = json(bytes(sys.inputs.pages))
#let code = bytes(sys.inputs.code)
#set document(title: "JP-MIRAI")
#set page(paper: "a4", margin: MARGINpt)
#let blue = rgb("#0017c1")
#for c in pages {
  set text(font: c.fonts, lang: c.lang, region: c.region, size: 13pt, fallback: false,
    dir: if c.direction == "rtl" { rtl } else { ltr })
  set par(leading: .75em)
  line(length: 100%, stroke: 7pt + blue)
  text(lang: "ja", weight: "bold", c.organisation)
  text(fill: blue, size: 28pt, heading(c.title))
  for (n, sentence) in c.principles.enumerate() {
    line(length: 100%, stroke: .6pt + gray)
    grid(columns: (40pt, 1fr), text(size: 30pt, weight: "bold", str(n + 1)), sentence)
  }
  text(weight: "bold", c.supply_chain)
  block(fill: blue, inset: 14pt, width: 100%, {
    set text(fill: white)
    grid(columns: (1fr, 110pt),
      { strong(c.help_lead); linebreak(); [JP-MIRAI Assist]; linebreak();
        text(size: 24pt, weight: "bold", c.telephone) },
      { block(fill: white, image(code, format: "svg", width: 100pt, alt: c.url)); c.url })
  })
  text(size: 7pt, c.status)
  pagebreak(weak: true)
}
""".replace("MARGIN", str(MARGIN))
_LINES = (
    """
#let c = json(bytes(sys.inputs.pages))
#set page(width: WIDEpt, height: c.texts.len() * PITCHpt, margin: 0pt)
#set text(font: c.fonts, lang: c.lang, region: c.region, size: SIZEpt, fallback: false,
  cjk-latin-spacing: none,
  dir: if c.direction == "rtl" { rtl } else { ltr })
#for (n, t) in c.texts.enumerate() {
  place(top + left, dx: 40pt, dy: n * PITCHpt + PITCHpt * .4, box(width: WIDEpt - 80pt, t))
}
""".replace("WIDE", str(WIDE))
    .replace("PITCH", str(PITCH))
    .replace("SIZE", str(SIZE))
)


class Engine:
    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._posters = self._compiler("posters.typ", _POSTER)
        self._lines = self._compiler("lines.typ", _LINES)

    def _compiler(self, name: str, source: str) -> typst.Compiler:
        file = Path(self._folder.name) / name
        file.write_text(source, encoding="utf-8")
        return typst.Compiler(str(file), font_paths=[str(FONTS)], ignore_system_fonts=True)

    def pages(self, contents: list[Content]) -> bytes:
        values = [{**asdict(content), **_language(content.language)} for content in contents]
        given = {"pages": json.dumps(values), "code": contents[0].code_svg}
        return bytes(self._posters.compile(format="pdf", sys_inputs=given))

    def lines(self, language: Language, texts: list[str]) -> bytes:
        values = {"texts": texts, **_language(language)}
        return bytes(self._lines.compile(format="pdf", sys_inputs={"pages": json.dumps(values)}))


def _language(language: Language) -> dict[str, object]:
    """Return a language and its region as typst wants them; Chinese is told apart by region."""
    regions = {"zh-Hans": "CN", "zh-Hant": "TW", "pt-BR": "BR", "es-419": "MX"}
    return {
        "lang": language.tag.split("-", maxsplit=1)[0],
        "region": regions.get(language.tag),
        "fonts": language.families,
        "direction": language.direction,
    }
