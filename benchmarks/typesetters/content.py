"""The words of the posters, as every engine is given them."""

import functools
from dataclasses import asdict

from fontTools.ttLib import TTFont

from benchmarks.typesetters.given import FONTS, Content, Language
from jpmirai_compliance.principles import without_ruby
from jpmirai_compliance.principles.wording import reference_wording
from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.languages import language
from jpmirai_compliance.typesetting.qr import matrix, svg_path

URL = "HTTPS://EXAMPLE.ORG/W/7K3PQX9D"


def content(tag: str, organisation: str) -> dict[str, object]:
    """Return one poster's words, ready for JSON."""
    text = reference_wording(tag)
    data, side = svg_path(URL)
    found = Content(
        language=own_language(tag),
        title=without_ruby(text.title),
        principles=[without_ruby(sentence) for sentence in text.plain],
        supply_chain=without_ruby(text.supply_chain),
        help_lead=without_ruby(text.help_lead),
        telephone="0120-000-000",
        organisation=organisation,
        url=URL.lower(),
        code_url=URL,
        code_svg=f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path d="{data}"/></svg>',
        code_rows=[list(row) for row in matrix(URL)],
        status=without_ruby(text.source),
    )
    return asdict(found)


def own_language(tag: str) -> Language:
    """Return a language with its fonts in the order in which the product looks through them."""
    stems = [face.stem for face in style(tag).faces]
    chosen = language(tag)
    names = [_family(stem) for stem in stems]
    return Language(tag, chosen.direction, chosen.shaping, stems, names)


@functools.cache
def _family(stem: str) -> str:
    names = TTFont(FONTS / f"{stem}-Regular.ttf", lazy=True)["name"]
    return str(names.getDebugName(16) or names.getDebugName(1))
