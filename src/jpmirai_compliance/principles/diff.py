"""What changed from one edition of the bank to another. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from jpmirai_compliance.foundation.text import Localized
from jpmirai_compliance.principles.model import Edition, Guide, Indicator

#: The values of an indicator that decide who is asked and how the answer counts.
VALUES = ("weight", "gate", "core", "supply_chain", "applies_to")


@dataclass(frozen=True, slots=True)
class ChangedText:
    """One text before and after; None where it did not exist.

    ``field`` is title, question, levels, evidence, na_when, caution, example or why; ``place``
    counts the levels and the pieces of evidence from 0, and is None for the others.
    """

    field: str
    place: int | None
    old: Localized | None
    new: Localized | None


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """One value of ``VALUES``, or the list of references, before and after."""

    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class ChangedIndicator:
    """An indicator that both editions ask, and what is different."""

    old: Indicator
    new: Indicator
    texts: tuple[ChangedText, ...]
    values: tuple[ChangedValue, ...]


@dataclass(frozen=True, slots=True)
class EditionDiff:
    """From ``old`` to ``new``, in catalogue order.

    ``settings`` names what else is different: levels, thresholds, bands and so on.
    """

    old: Edition
    new: Edition
    added: tuple[Indicator, ...]
    retired: tuple[Indicator, ...]
    changed: tuple[ChangedIndicator, ...]
    settings: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Both editions ask and count the same."""
        return not (self.added or self.retired or self.changed or self.settings)


def changed_texts(old: Indicator, new: Indicator) -> tuple[ChangedText, ...]:
    """Return the texts of one indicator that are different, in the order they are shown."""
    return (
        *_text("title", old.title, new.title),
        *_text("question", old.question, new.question),
        *_texts("levels", old.levels, new.levels),
        *_texts("evidence", old.evidence, new.evidence),
        *_text("na_when", old.na_when, new.na_when),
        *_text("caution", old.caution, new.caution),
    )


def changed_guidance(old: Guide | None, new: Guide | None) -> tuple[ChangedText, ...]:
    """Return what stands differently beside a question."""
    return (
        *_text("example", old.example if old else None, new.example if new else None),
        *_text("why", old.why if old else None, new.why if new else None),
    )


def changed_values(old: Indicator, new: Indicator) -> tuple[ChangedValue, ...]:
    """Return the values that are different; the references by their labels."""
    found = [
        ChangedValue(name, getattr(old, name), getattr(new, name))
        for name in VALUES
        if getattr(old, name) != getattr(new, name)
    ]
    before, after = (tuple(c.label for c in i.citations) for i in (old, new))
    if before != after:
        found.append(ChangedValue("refs", before, after))
    return tuple(found)


def diff_editions(old: Edition, new: Edition) -> EditionDiff:
    """Return what ``new`` asks that ``old`` did not, no longer asks, and asks differently."""
    before = {i.id: i for i in old.indicators if i.in_force(old.id)}
    after = {i.id: i for i in new.indicators if i.in_force(new.id)}
    guides = {key: (old.guides.get(key), new.guides.get(key)) for key in after}
    return EditionDiff(
        old=old,
        new=new,
        added=tuple(i for i in after.values() if i.id not in before),
        retired=tuple(i for i in before.values() if i.id not in after),
        changed=tuple(
            found
            for i in after.values()
            if i.id in before and (found := _changed(before[i.id], i, *guides[i.id])) is not None
        ),
        settings=tuple(name for name in _SETTINGS if getattr(old, name) != getattr(new, name)),
    )


_SETTINGS = (
    "levels",
    "principles",
    "member_types",
    "narrative_kinds",
    "caps",
    "gates",
    "bands",
    "thresholds",
    "notes",
    "references",
    "terms",
)


def _changed(
    old: Indicator, new: Indicator, before: Guide | None, after: Guide | None
) -> ChangedIndicator | None:
    texts = (*changed_texts(old, new), *changed_guidance(before, after))
    values = changed_values(old, new)
    return ChangedIndicator(old, new, texts, values) if texts or values else None


def _text(
    field: str, old: Localized | None, new: Localized | None, place: int | None = None
) -> Iterator[ChangedText]:
    if old != new:
        yield ChangedText(field, place, old, new)


def _texts(field: str, old: Sequence[Localized], new: Sequence[Localized]) -> Iterator[ChangedText]:
    for place, (before, after) in enumerate(zip_longest(old, new)):
        yield from _text(field, before, after, place)
