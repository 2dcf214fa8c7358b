"""Whether an engine drew the golden texts rightly, read back out of its PDF.

Only what can be seen counts: glyphs with an outline, each within 1/50 em of where it belongs beside
its neighbour, whatever the engine's own rounding has added up to before.
"""

import hashlib
import io
import json
from pathlib import Path

import pypdf
import pypdfium2

from benchmarks.typesetters.content import own_language
from benchmarks.typesetters.given import PITCH, SIZE
from tests.typesetting.pages import squeezed
from tests.typesetting.readback import text_lines

GOLDEN = Path(__file__).parents[2] / "tests" / "typesetting" / "golden"
NEAR = 0.02  # em
_BLANK = {hashlib.sha256(repr(([], width)).encode()).hexdigest()[:12] for width in range(6000)}


def judged(engine, tag: str) -> dict[str, object]:
    """Return counts of texts and of those with right glyphs and text, and the first wrong ones."""
    golden = json.loads((GOLDEN / f"{tag}.json").read_text(encoding="utf-8"))
    lines = [line for line in golden["lines"] if not line["bold"]]
    texts = [line["text"] for line in lines]
    pdf = engine.lines(own_language(tag), texts)
    seen = _seen(pdf, len(lines))
    wrong = [
        line
        for line, glyphs in zip(lines, seen, strict=True)
        if not _alike(_wanted(golden["fonts"], line["runs"]), glyphs)
    ]
    hard = [line for line in lines if line["case"] != "sentence"]
    return {
        "texts": len(lines),
        "hard": len(hard),
        "wrong": len(wrong),
        "wrong_hard": len([line for line in wrong if line["case"] != "sentence"]),
        "pypdf": _found(_by_pypdf(pdf), texts),
        "pdfium": _found(_by_pdfium(pdf), texts),
        "examples": [f"{line['case']}: {line['text'][:40]}" for line in wrong[:3]],
    }


def _seen(pdf: bytes, count: int) -> list[list[tuple[str, float, float]]]:
    """Return the visible glyphs of each line with their places in em, from left to right."""
    found: list[list[tuple[str, float, float]]] = [[] for _ in range(count)]
    for line in text_lines(pdf):
        for glyph in line:
            if glyph.outline not in _BLANK:
                index = min(max(int(count - glyph.y / PITCH), 0), count - 1)
                found[index].append((glyph.outline, glyph.x / SIZE, glyph.y / SIZE))
    return [sorted(line, key=lambda glyph: glyph[1]) for line in found]


def _wanted(fonts, runs) -> list[tuple[str, float, float]]:
    pen, wanted = 0.0, []
    for run in runs:
        font = fonts[run["font"]]
        for entry in run["glyphs"]:
            glyph, *places = entry if isinstance(entry, list) else [entry]
            outline, advance = font["glyphs"][str(glyph)]
            advance, dx, dy = (*places, *(advance, 0, 0)[len(places) :])
            if outline not in _BLANK:
                wanted.append((outline, pen + dx / font["units"], dy / font["units"]))
            pen += advance / font["units"]
    return sorted(wanted, key=lambda glyph: glyph[1])


def _alike(wanted, seen) -> bool:
    if len(wanted) != len(seen):
        return False
    if not wanted:
        return True
    rest = list(seen)
    for first in [glyph for glyph in rest if glyph[0] == wanted[0][0]][:3]:
        if _follows(wanted, rest, first[1] - wanted[0][1], first[2] - wanted[0][2]):
            return True
    return False


def _follows(wanted, seen, right: float, up: float) -> bool:
    """Return whether each wanted glyph is there; ``right`` follows the engine's rounding."""
    rest = list(seen)
    for outline, x, y in wanted:
        near = next(
            (
                glyph
                for glyph in rest
                if glyph[0] == outline
                and abs(glyph[1] - x - right) <= NEAR
                and abs(glyph[2] - y - up) <= NEAR
            ),
            None,
        )
        if near is None:
            return False
        rest.remove(near)
        right = near[1] - x
    return True


def _found(text: str, texts: list[str]) -> int:
    return sum(squeezed(wanted) in text for wanted in texts)


def _by_pypdf(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return squeezed("".join(page.extract_text() for page in pages))


def _by_pdfium(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return squeezed("".join(page.get_textpage().get_text_bounded() for page in document))
