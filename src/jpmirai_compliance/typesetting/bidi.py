"""Right-to-left text: embedding levels of a line and the order in which its runs are drawn.

The steps are those of python-bidi's Python module, which is why that package is pinned exactly.
Isolates are not supported by it; ``plain`` removes them.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from bidi import algorithm
from fontTools import unicodedata as ucd

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})


class HasLevel(Protocol):
    """Anything with an embedding level."""

    @property
    def level(self) -> int:
        """Return the level: even is left to right."""
        ...


Leveled = TypeVar("Leveled", bound=HasLevel)


def levels(text: str, base: int) -> list[int]:
    """Return the embedding level of each character; ``base`` is the paragraph's, 0 or 1."""
    if base == 0 and not any(ucd.bidirectional(ch) in _RIGHT_TO_LEFT for ch in text):
        return [0] * len(text)
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, "LR"[base]
    algorithm.get_embedding_levels(text, storage)
    for index, entry in enumerate(storage["chars"]):
        entry["index"] = index
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)  # noqa: FBT003 -- its own signature
    algorithm.resolve_implicit_levels(storage, False)  # noqa: FBT003 -- its own signature
    found = [base] * len(text)
    for entry in storage["chars"]:
        found[entry["index"]] = entry["level"]
    # rule L1: spaces at the end of a line take the paragraph's level
    end = len(text)
    while end and text[end - 1].isspace():
        end -= 1
        found[end] = base
    return found


def visual_order(runs: Sequence[Leveled]) -> list[Leveled]:
    """Return the runs of one line from left to right (rule L2)."""
    ordered = list(runs)
    odd = [run.level for run in ordered if run.level % 2]
    if not odd:
        return ordered
    for level in range(max(run.level for run in ordered), min(odd) - 1, -1):
        start = 0
        while start < len(ordered):
            end = start
            while end < len(ordered) and ordered[end].level >= level:
                end += 1
            ordered[start:end] = ordered[start:end][::-1]
            start = max(end, start + 1)
    return ordered
