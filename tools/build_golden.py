"""Write what Debian's ``hb-shape`` makes of the test texts into ``tests/typesetting/golden/``.

An independent build of HarfBuzz shapes with the uncut fonts; the tests compare with what they read
back from our PDFs and need neither. The texts are all that posters say in each language, and the
hard cases of ``tests/typesetting/hard.json``; those in both weights. A text of several fonts or
directions is written there as the pieces a person would set, from left to right.

Run it when a font or a text changes, and look at the diff: ``apt-get install libharfbuzz-bin``,
``npm ci``, ``python -m tools.build_golden``.
"""

import hashlib
import json
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from jpmirai_compliance.disclosure.rules import labels
from jpmirai_compliance.principles.wording import reference_wording
from jpmirai_compliance.typesetting.languages import TAGS, Language, language
from jpmirai_compliance.typesetting.ruby import parse_ruby
from jpmirai_compliance.workplaces.rules import texts as worker_texts
from tools.build_fonts import FAMILIES, ROOT, source

FOLDER = ROOT / "tests" / "typesetting"
WEIGHTS = {False: "400Regular", True: "700Bold"}
#: HarfBuzz 6 forgets to place the marks of the next letter after these; it has been mended since.
MISSET = "\u1014\u1037\u103a\u1001\u103d\u1032"
_DIRECTION_GIVEN = 3  # a piece is (font, text) or (font, direction, text)


class _Piece(NamedTuple):
    """What one font draws in one direction."""

    stem: str
    direction: str
    text: str


@dataclass(slots=True)
class _Font:
    """A font file and what has been used of it: digest and advance of each glyph."""

    path: Path
    used: dict[int, tuple[str, int]] = field(default_factory=dict)
    opened: Any = None

    def entry(self, shaped: dict[str, int]) -> int | list[int]:
        """Return a glyph as it is written: its id; advance and offsets only where they differ."""
        self.opened = self.opened or TTFont(self.path, lazy=True)
        glyph = shaped["g"]
        if glyph not in self.used:
            name = self.opened.getGlyphOrder()[glyph]
            shapes = self.opened.getGlyphSet()
            self.used[glyph] = digest(shapes, name), round(shapes[name].width)
        if shaped["dx"] or shaped["dy"]:
            return [glyph, shaped["ax"], shaped["dx"], shaped["dy"]]
        return glyph if shaped["ax"] == self.used[glyph][1] else [glyph, shaped["ax"]]

    def as_json(self) -> dict[str, Any]:
        """Return units per em and the used glyphs in order of their ids."""
        glyphs = {str(glyph): list(self.used[glyph]) for glyph in sorted(self.used)}
        return {"units": self.opened["head"].unitsPerEm, "glyphs": glyphs}


def main() -> None:
    """Write one file per language."""
    shaper = shutil.which("hb-shape")
    if shaper is None:
        msg = "hb-shape is not installed (libharfbuzz-bin)"
        raise SystemExit(msg)
    hard = json.loads((FOLDER / "hard.json").read_text(encoding="utf-8"))
    for tag in TAGS:
        golden = _golden(shaper, language(tag), hard[tag])
        data = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
        target = FOLDER / "golden" / f"{tag}.json"
        target.write_text(data.replace('{"text"', '\n{"text"') + "\n", encoding="utf-8")


def digest(shapes: Any, name: str) -> str:  # noqa: ANN401 -- fontTools has no types
    """Return twelve hexadecimal digits that tell one drawn glyph from another."""
    pen = DecomposingRecordingPen(shapes)
    glyph = shapes[name]
    glyph.draw(pen)
    return hashlib.sha256(repr((pen.value, round(glyph.width))).encode()).hexdigest()[:12]


def _golden(shaper: str, chosen: Language, hard: dict[str, list[Any]]) -> dict[str, Any]:
    """Return the golden data of one language: fonts, and lines with a name for their case."""
    fonts: dict[str, _Font] = {}
    lines = [
        {"text": text, "case": case, "bold": bold, "runs": runs}
        for case, text, pieces, weights in _texts(chosen, hard)
        for bold in weights
        for runs in [[_run(shaper, chosen, fonts, piece, bold=bold) for piece in pieces]]
    ]
    return {"fonts": {name: font.as_json() for name, font in sorted(fonts.items())}, "lines": lines}


def _texts(
    chosen: Language, hard: dict[str, list[Any]]
) -> Iterator[tuple[str, str, list[_Piece], tuple[bool, ...]]]:
    """Yield case, text, pieces from left to right, and weights."""
    for text in dict.fromkeys(_sentences(chosen.tag)):
        if chosen.direction == "rtl" and any(character.isascii() for character in _solid(text)):
            continue  # two fonts: such texts are among the hard cases, in pieces
        if MISSET in text:
            continue
        pieces = [_Piece(chosen.stem, chosen.direction, part) for part in _by_script(text)]
        yield "sentence", text, pieces, (False,)
    for case, entries in hard.items():
        for entry in entries:
            if isinstance(entry, str):
                pieces = [_Piece(chosen.stem, chosen.direction, p) for p in _by_script(entry)]
                yield case, entry, pieces, (False, True)
            else:
                yield case, entry["text"], [_piece(*p) for p in entry["pieces"]], (False, True)


def _piece(stem: str, *rest: str) -> _Piece:
    return _Piece(stem, "ltr" if len(rest) + 1 < _DIRECTION_GIVEN else rest[0], rest[-1])


def _by_script(text: str) -> list[str]:
    """Return a text cut where Latin letters begin or end.

    What is common stays with what it follows. ``hb-shape`` takes one script for all it gets.
    """
    parts, latin = [""], None
    for character in text:
        if character.isalpha() and latin not in {None, _is_latin(character)}:
            parts.append("")
        latin = _is_latin(character) if character.isalpha() else latin
        parts[-1] += character
    return parts


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN")


def _solid(text: str) -> str:
    """Return a text without the ASCII that Nastaliq sets itself."""
    return "".join(text.split()).translate({ord(mark): None for mark in ".,:;!()"})


def _sentences(tag: str) -> Iterator[str]:
    """Yield what posters say in a language, without readings."""
    wording, worker = reference_wording(tag), worker_texts(tag)
    texts = (
        *(wording.title, wording.preamble, *wording.principles, *wording.plain),
        *(wording.supply_chain, wording.about, wording.help_lead, wording.source),
        *(labels(tag).scan, *labels(tag).statuses.values()),
        *(worker.same_code, worker.title, *worker.expect),
        *(worker.police, worker.ambulance, worker.help["isa"]["name"]),
    )
    for text in texts:
        yield parse_ruby(text)[0]


def _run(
    shaper: str, chosen: Language, fonts: dict[str, _Font], piece: _Piece, *, bold: bool
) -> dict[str, Any]:
    """Return one piece as ``hb-shape`` sets it."""
    weight = WEIGHTS[bold]
    name = f"{piece.stem}-{weight[3:]}"
    package = next(family.package for family in FAMILIES if family.stem == piece.stem)
    font = fonts.setdefault(name, _Font(source(package, piece.stem, weight)))
    command = [
        *(shaper, "--output-format=json", "--no-glyph-names", "--cluster-level=1"),
        *(f"--language={chosen.shaping}", f"--direction={piece.direction}"),
        *(str(font.path), f"--text={piece.text}"),
    ]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return {"font": name, "glyphs": [font.entry(glyph) for glyph in json.loads(done.stdout)]}


if __name__ == "__main__":
    main()
