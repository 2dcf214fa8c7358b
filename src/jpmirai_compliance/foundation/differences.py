"""What changed between two texts, word by word. Pure.

Japanese has no spaces: BudouX cuts it into phrases, and everything else is cut at spaces and marks.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

import budoux

_JAPANESE = re.compile(r"[\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Kind(StrEnum):
    """What happened to a stretch of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text that stayed, went, or came."""

    kind: Kind
    text: str


def word_diff(before: str, after: str) -> tuple[Stretch, ...]:
    """Return the stretches that lead from one text to the other, in reading order.

    Those that stayed or went make up ``before``, those that stayed or came make up ``after``.
    Neighbours are of different kinds; what went stands before what came in its place.
    """
    old, new = tokens(before), tokens(after)
    found: list[Stretch] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            found.append(Stretch(Kind.SAME, "".join(old[start:end])))
            continue
        if start < end:
            found.append(Stretch(Kind.REMOVED, "".join(old[start:end])))
        if first < last:
            found.append(Stretch(Kind.ADDED, "".join(new[first:last])))
    return tuple(found)


def tokens(text: str) -> tuple[str, ...]:
    """Return the words, phrases, marks and spaces of a text; together they are the text."""
    return tuple(_cut(text))


def _cut(text: str) -> Iterator[str]:
    for piece in _WORDS.findall(text):
        yield from _phrases(piece) if _JAPANESE.search(piece) else (piece,)


def _phrases(piece: str) -> list[str]:
    return _parser().parse(piece) or [piece]


@functools.cache
def _parser() -> budoux.Parser:
    return budoux.load_default_japanese_parser()
