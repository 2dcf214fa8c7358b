"""What changed between two texts, in words rather than letters. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

#: Japanese has no spaces: a change of script is the nearest thing to the edge of a word.
_WORD = re.compile(
    r"[0-9\uff10-\uff19]+|[A-Za-z\uff21-\uff3a\uff41-\uff5a'’]+|[\u30a0-\u30ff]+|[\u3040-\u309f]+|[\u3400-\u9fff々]+|\s+|.",
    re.DOTALL,
)
#: Above this many words a text is shown as replaced: comparing would take too long.
MOST_WORDS = 4_000


class Change(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one fate."""

    change: Change
    text: str


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces that lead from ``old`` to ``new``, what was removed before what was added.

    Kept and removed pieces together are ``old``, kept and added ones ``new``.
    """
    before, after = _WORD.findall(old), _WORD.findall(new)
    if max(len(before), len(after)) > MOST_WORDS:
        before, after = [old], [new]
    return tuple(Piece(change, text) for change, text in _pieces(before, after) if text)


def _pieces(before: list[str], after: list[str]) -> Iterator[tuple[Change, str]]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            yield Change.KEPT, "".join(before[i:j])
        else:
            yield Change.REMOVED, "".join(before[i:j])
            yield Change.ADDED, "".join(after[k:m])
