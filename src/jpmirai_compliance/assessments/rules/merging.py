"""Two people and one answer: what each changed since it was seen, field by field. Pure.

Nothing of the past is stored for this. Whoever shows an answer hands out ``seen_of`` it; whoever
saves gives that token back, and it tells which fields that person, and which fields somebody
else, has changed since.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from jpmirai_compliance.assessments.rules.content import Content
from jpmirai_compliance.assessments.rules.states import Reach

#: Field → the attributes that only make sense together: a level, or N/A with its reason.
FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "choice": ("level", "not_applicable", "na_reason"),
        "text": ("text",),
        "note": ("note",),
        "reach": ("reach",),
    }
)
_DIGITS = 10  # of each field's digest: compares versions of one field, proves nothing


class Given(Protocol):
    """Anything with the content of an answer: a row, a view, a Content."""

    @property
    def level(self) -> int | None: ...  # noqa: D102 -- as in Content
    @property
    def not_applicable(self) -> bool: ...  # noqa: D102 -- as in Content
    @property
    def na_reason(self) -> str: ...  # noqa: D102 -- as in Content
    @property
    def text(self) -> str: ...  # noqa: D102 -- as in Content
    @property
    def note(self) -> str: ...  # noqa: D102 -- as in Content
    @property
    def reach(self) -> Reach: ...  # noqa: D102 -- as in Content


BLANK = Content()


@dataclass(frozen=True, slots=True)
class Merged:
    """What a three-way merge found.

    ``content`` has the newer value of each field, and mine where both sides changed it
    (``conflicts``). ``taken`` are the fields in which it differs from what I wanted to save.
    """

    content: Content
    conflicts: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()


def content_of(given: Given | None) -> Content:
    """Return the content of an answer alone; a blank one where there is no answer yet."""
    return _content(dict.fromkeys(FIELDS, given)) if given else BLANK


def seen_of(given: Given | None) -> str:
    """Return one token: a short digest of each field as it is now."""
    return ".".join(_digest(given or BLANK, names) for names in FIELDS.values())


def acknowledge(seen: str, other: str, fields: frozenset[str]) -> str:
    """Return the token ``seen`` with ``fields`` as in ``other``: that value was looked at, too."""
    before, after = _parts(seen), _parts(other)
    return ".".join((after if name in fields else before).get(name, "") for name in FIELDS)


def merge(
    seen: str, mine: Given, stored: Given | None, *, yielding: frozenset[str] = frozenset()
) -> Merged:
    """Merge what I want to save into what is stored, given what I saw when I began.

    A field that I did not change takes the stored value, one that only I changed takes mine. One
    that both sides changed, to different values, is a conflict; so is any difference where
    ``seen`` does not tell what was seen. ``yielding``: fields in which I give way.
    """
    there = stored or BLANK
    known = _parts(seen)
    sides: dict[str, Given] = {}
    conflicts, taken = [], []
    for name, parts in FIELDS.items():
        ours, theirs, was = _digest(mine, parts), _digest(there, parts), known.get(name)
        if ours in {theirs, was} or name in yielding:
            sides[name] = there
            if ours != theirs:
                taken.append(name)
        else:
            sides[name] = mine
            if theirs != was:
                conflicts.append(name)
    return Merged(_content(sides), tuple(conflicts), tuple(taken))


def _content(sides: Mapping[str, Given]) -> Content:
    """Return the content that takes each field from the side named for it."""
    choice = sides["choice"]
    return Content(
        level=choice.level,
        not_applicable=choice.not_applicable,
        na_reason=choice.na_reason,
        text=sides["text"].text,
        note=sides["note"].note,
        reach=sides["reach"].reach,
    )


def _digest(given: Given, names: tuple[str, ...]) -> str:
    values = json.dumps([getattr(given, name) for name in names])
    return hashlib.sha256(values.encode()).hexdigest()[:_DIGITS]


def _parts(seen: str) -> dict[str, str]:
    """Return field → digest; nothing for a token that is not one of ours."""
    parts = seen.split(".")
    if len(parts) != len(FIELDS):
        return {}
    return {name: part for name, part in zip(FIELDS, parts, strict=True) if part}
