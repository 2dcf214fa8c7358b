"""Write what Debian's ``hb-shape`` makes of the test texts into ``tests/typesetting/golden/``.

An independent build of HarfBuzz shapes with the uncut fonts; the tests compare with what they read
back from our PDFs and need neither. Run it when a font or a text changes, and look at the diff:
``apt-get install libharfbuzz-bin``, ``npm ci``, ``python -m tools.build_golden``.
"""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from jpmirai_compliance.typesetting.languages import language
from jpmirai_compliance.typesetting.ruby import parse_ruby
from tools.build_fonts import FAMILIES, ROOT, source

FOLDER = ROOT / "tests" / "typesetting"
#: Texts that have gone wrong elsewhere, beside the poster texts of each language.
HARD = {
    "ja": ("株式会社サンプル製作所", "髙橋・﨑山", "ウェブ・サービスについて", "「々」ゝゞ"),
    "ne": ("समझदारी बुझ्छौं", "क्षेत्र", "झण्डा"),
    "hi": ("श्रमिकों के अधिकार", "झण्डा"),
    "km": ("ក្នុងសហគមន៍", "ស្រ្តី", "ខ្ញុំ"),
    "th": ("ที่นี่ ปู่ย่า น้ำ ป้ำ", "ญู ฐุ"),
    "lo": ("ນ້ຳ", "ເຊິ່ງກັນ"),
    "my": ("လုပ်ငန်းကျင့်ဝတ်", "ကြွက်", "ဂ္ဂ"),
    "vi": ("Nguyễn Thị Ngọc Ánh", "Đặng Văn Hữu"),
    "si": ("ශ්‍රී ලංකාව",),
    "bn": ("রাষ্ট্র",),
    "ta": ("ஸ்ரீ",),
    "ur": ("پاکستان", "ہم"),
}
_ONE_FONT_FOR_LATIN = {"NotoSans", "BIZUDPGothic"}


def main() -> None:
    """Write one file per language."""
    shaper = shutil.which("hb-shape")
    if shaper is None:
        msg = "hb-shape is not installed (libharfbuzz-bin)"
        raise SystemExit(msg)
    texts = json.loads((FOLDER / "texts.json").read_text(encoding="utf-8"))
    for tag, content in texts.items():
        chosen = language(tag)
        package = next(family.package for family in FAMILIES if family.stem == chosen.stem)
        font = source(package, chosen.stem, "400Regular")
        lines = _lines(tag, content)
        glyphs = [_shape(shaper, font, line, tag) for line in lines]
        used = sorted({glyph[0] for line in glyphs for glyph in line})
        golden = {
            "font": f"{chosen.stem}-Regular",
            "units": TTFont(font, lazy=True)["head"].unitsPerEm,
            "outlines": outlines(font, used),
            "lines": [
                {"text": text, "glyphs": line} for text, line in zip(lines, glyphs, strict=True)
            ],
        }
        target = FOLDER / "golden" / f"{tag}.json"
        data = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
        target.write_text(data.replace('{"text"', '\n{"text"') + "\n", encoding="utf-8")


def outlines(font: Path, glyphs: list[int]) -> dict[str, str]:
    """Return a digest of outline and advance for each glyph id of a font file."""
    opened = TTFont(font, lazy=True)
    names, shapes = opened.getGlyphOrder(), opened.getGlyphSet()
    return {str(glyph): digest(shapes, names[glyph]) for glyph in glyphs}


def digest(shapes: Any, name: str) -> str:  # noqa: ANN401 -- fontTools has no types
    """Return twelve hexadecimal digits that tell one drawn glyph from another."""
    pen = DecomposingRecordingPen(shapes)
    glyph = shapes[name]
    glyph.draw(pen)
    return hashlib.sha256(repr((pen.value, round(glyph.width))).encode()).hexdigest()[:12]


def _lines(tag: str, content: dict[str, Any]) -> list[str]:
    """Return the texts that one font sets in one direction."""
    principles = content["principles"]
    assert isinstance(principles, list)
    texts = [
        content["title"],
        content["subtitle"],
        *principles,
        content["help"],
        *HARD.get(tag, ()),
    ]
    bare = [parse_ruby(str(text))[0] for text in texts]
    chosen = language(tag)
    if chosen.direction == "rtl":
        words = [word for text in bare for word in re.findall(r"[^\s()0-9A-Za-z]+", text)]
        return list(dict.fromkeys(words))
    if chosen.stem in _ONE_FONT_FOR_LATIN:
        return bare
    return [text for text in bare if not re.search("[A-Za-z0-9]", text)]


def _shape(shaper: str, font: Path, text: str, tag: str) -> list[list[int]]:
    """Return glyph id, advance, x and y offset of each glyph from left to right, in font units."""
    chosen = language(tag)
    command = [
        *(shaper, "--output-format=json", "--no-glyph-names", "--cluster-level=1"),
        *(f"--language={chosen.shaping}", f"--direction={chosen.direction}"),
        *(str(font), f"--text={text}"),
    ]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return [[glyph[key] for key in ("g", "ax", "dx", "dy")] for glyph in json.loads(done.stdout)]


if __name__ == "__main__":
    main()
