"""From a line of text to glyphs: runs of one script, level and font, each shaped by HarfBuzz.

Everything is in font units or 1/1000 em, so a result serves every size; short texts are cached.
Direction, script and language are set on every buffer. Optional ligatures (``dlig``) stay off:
they would turn a company's legal form into another character.
"""

import functools
from typing import NamedTuple

import uharfbuzz as hb
from fontTools import unicodedata as ucd

from jpmirai_compliance.typesetting.bidi import levels, visual_order
from jpmirai_compliance.typesetting.faces import Face, Style

_COMMON = frozenset({"Zyyy", "Zinh", "Zzzz"})
#: One rare character does not change the font of its neighbours in these scripts.
_BY_CHARACTER = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo"})
_ATTACHED = frozenset({"Mn", "Me", "Mc", "Cf"})
#: Longest text kept in a cache; page texts are short, and a hostile one must not fill the memory.
_CACHED_LENGTH = 300
_CACHED_RUN = 16
_script = functools.lru_cache(maxsize=8_192)(ucd.script)


class Glyph(NamedTuple):
    """One glyph: advance and offsets in font units; ``text`` is its share of its cluster's text."""

    id: int
    text: str
    advance: int
    dx: int
    dy: int
    alone: bool


class Cluster(NamedTuple):
    """Characters ``start:end`` of a run are drawn by its glyphs ``first:last``."""

    start: int
    end: int
    first: int
    last: int


class Run(NamedTuple):
    """Characters ``start:end`` of a line that are shaped together."""

    start: int
    end: int
    level: int
    script: str
    face: Face


class Shaped(NamedTuple):
    """A run with its glyphs and clusters from left to right."""

    run: Run
    glyphs: tuple[Glyph, ...]
    clusters: tuple[Cluster, ...]


def shaped_line(text: str, style: Style) -> tuple[Shaped, ...]:
    """Return the runs of one line from left to right."""
    if len(text) <= _CACHED_LENGTH:
        return _cached_line(text, style)
    return _shaped_line(text, style)


def width(text: str, style: Style) -> float:
    """Return the advance width of one line in 1/1000 em."""
    return sum(
        glyph.advance * shaped.run.face.scale
        for shaped in shaped_line(text, style)
        for glyph in shaped.glyphs
    )


def _shaped_line(text: str, style: Style) -> tuple[Shaped, ...]:
    runs = visual_order(_runs(text, style))
    return tuple(Shaped(run, *_shaped_run(text[run.start : run.end], run, style)) for run in runs)


_cached_line = functools.lru_cache(maxsize=2048)(_shaped_line)


def _shaped_run(text: str, run: Run, style: Style) -> tuple[tuple[Glyph, ...], tuple[Cluster, ...]]:
    """Shape a run; short ones come again and again: Japanese changes script every few letters."""
    backwards = bool(run.level & 1)
    shape = _cached_shape if len(text) <= _CACHED_RUN else _shape
    return shape(text, run.script, run.face, style, backwards=backwards)


def _runs(text: str, style: Style) -> list[Run]:
    embedding = levels(text, style.language.level)
    scripts = _scripts(text)
    faces = _faces(text, style)
    runs, start = [], 0
    for end in range(1, len(text) + 1):
        if end < len(text) and (
            embedding[end] == embedding[start]
            and scripts[end] == scripts[start]
            and faces[end] is faces[start]
        ):
            continue
        runs.append(Run(start, end, embedding[start], scripts[start], faces[start]))
        start = end
    return runs


def _scripts(text: str) -> list[str]:
    """Return a script for each character; punctuation takes that of the text around it."""
    found: list[str | None] = []
    current: str | None = None
    for character in text:
        script = _script(character)
        current = current if script in _COMMON else script
        found.append(current)
    first = next((script for script in found if script), "Latn")
    return [script or first for script in found]


def _faces(text: str, style: Style) -> list[Face]:
    """Return a font for each character: a word is set in one font, marks stay with their base."""
    found: list[Face] = []
    start = 0
    while start < len(text):
        end = _word_end(text, start)
        word = text[start:end]
        previous = found[-1] if found else None
        found += [_face(word, previous, style)] * len(word)
        start = end
    return found


def _word_end(text: str, start: int) -> int:
    script = _script(text[start])
    joined = script not in _COMMON and script not in _BY_CHARACTER
    end = start + 1
    while end < len(text) and (
        ucd.category(text[end]) in _ATTACHED or (joined and _script(text[end]) == script)
    ):
        end += 1
    return end


def _face(word: str, previous: Face | None, style: Style) -> Face:
    base = ord(word[0])
    script = _script(word[0])
    if script in _COMMON and previous is not None:
        if base in previous.unicodes or ucd.category(word[0]) in _ATTACHED:
            return previous
    elif script == "Latn" and style.language.stem == "NotoNastaliqUrdu":
        return style.faces[1]  # the Latin letters of Nastaliq are a serif
    needed = {ord(ch) for ch in word if ucd.category(ch) != "Cf" and not _is_selector(ch)}
    for face in style.faces:
        if needed <= face.unicodes:
            return face
    return next((face for face in style.faces if base in face.unicodes), style.faces[0])


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _shape(
    text: str, script: str, face: Face, style: Style, *, backwards: bool
) -> tuple[tuple[Glyph, ...], tuple[Cluster, ...]]:
    buffer = hb.Buffer()
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(text)
    buffer.direction = "rtl" if backwards else "ltr"
    buffer.script = script
    buffer.language = style.language.shaping
    hb.shape(face.font, buffer, dict(style.features))
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    starts = sorted({info.cluster for info in infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    glyphs: list[Glyph] = []
    clusters: list[Cluster] = []
    first = 0
    while first < len(infos):
        start = infos[first].cluster
        last = first + 1
        while last < len(infos) and infos[last].cluster == start:
            last += 1
        shares = _shares(text[start : ends[start]], last - first, backwards=backwards)
        for index, share in zip(range(first, last), shares, strict=True):
            place = positions[index]
            glyphs.append(
                Glyph(
                    infos[index].codepoint,
                    share,
                    place.x_advance,
                    place.x_offset,
                    place.y_offset,
                    last - first == 1,
                )
            )
        clusters.append(Cluster(start, ends[start], first, last))
        first = last
    return tuple(glyphs), tuple(clusters)


_cached_shape = functools.lru_cache(maxsize=16_384)(_shape)


def _shares(text: str, count: int, *, backwards: bool) -> list[str]:
    """Deal the text of a cluster out to its glyphs, so that together they give the text again."""
    shares = [*(text[index : index + 1] for index in range(count - 1)), text[count - 1 :]]
    return shares[::-1] if backwards else shares
