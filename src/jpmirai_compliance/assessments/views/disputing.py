"""An answer that two people changed: what is in dispute, in words, and what was chosen."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.forms.answering import NOT_APPLICABLE, AnswerForm
from jpmirai_compliance.assessments.rules import Content
from jpmirai_compliance.assessments.service.answers import Competed

#: Fields of the form that are the answer.
FIELDS = ("level", "na_reason", "text", "note", "reach")
MINE, THEIRS, BOTH = "mine", "theirs", "both"
#: Of these both texts can be put together.
TEXTS = frozenset({"text", "note"})


@dataclass(frozen=True, slots=True)
class Dispute:
    """One field that both changed: both sides in words."""

    unit: str
    label: str
    mine: str
    theirs: str
    can_join: bool


def disputes(form: AnswerForm, error: Competed) -> list[Dispute]:
    """Return what is in dispute, in the order of the form."""
    return [
        Dispute(
            unit=unit,
            label=str(form["level" if unit == "choice" else unit].label.text),
            mine=_in_words(form, unit, error.merged),
            theirs=_in_words(form, unit, error.stored),
            can_join=unit in TEXTS,
        )
        for unit in error.units
    ]


def settled(form: AnswerForm) -> tuple[str, frozenset[str]]:
    """Return the token of what was seen, conflicts included, and the fields given way in.

    What was chosen as mine was looked at beside ``other``, so only a third person's change, made
    after that, can be in its way.
    """
    sides = dict(_choices())
    looked_at = frozenset(unit for unit, side in sides.items() if side != THEIRS)
    yielding = frozenset(unit for unit, side in sides.items() if side == THEIRS)
    seen, other = form.seen.data or "", request.form.get("other", "")
    return rules.acknowledge(seen, other, looked_at) if looked_at else seen, yielding


def to_join() -> str:
    """Return the field whose two texts are to be put together in the form, or ""."""
    return next((u for u, side in _choices() if side == BOTH and u in TEXTS), "")


def seen_after(form: AnswerForm, error: Competed) -> str:
    """Return the token for going on from here: all is seen but what is in dispute."""
    agreed = frozenset(rules.FIELDS) - frozenset(error.units)
    return rules.acknowledge(settled(form)[0], error.seen, agreed)


def fields_of(content: Content) -> dict[str, str]:
    """Return the content as the fields of the form have it."""
    return {
        "level": choice_of(content),
        "na_reason": content.na_reason,
        "text": content.text,
        "note": content.note,
        "reach": content.reach.value,
    }


def choice_of(content: Content) -> str:
    """Return the choice as the form names it: 0 to 4, ``na``, or nothing."""
    if content.not_applicable:
        return NOT_APPLICABLE
    return "" if content.level is None else str(content.level)


def choice_in_words(form: AnswerForm, name: str, value: str) -> str:
    """Return the sentence of one choice of the form; "" if there is none."""
    return next((str(c.label) for c in form[name].choices if c.value == value), "")


def _choices() -> Iterator[tuple[str, str]]:
    for value in request.form.getlist("settle"):
        unit, _colon, side = value.partition(":")
        if unit in rules.FIELDS and side in {MINE, THEIRS, BOTH}:
            yield unit, side


def _in_words(form: AnswerForm, unit: str, content: Content) -> str:
    if unit == "choice":
        chosen = choice_of(content)
        words = choice_in_words(form, "level", chosen)
        if content.not_applicable:
            return f"{words}\n{content.na_reason}".strip()
        return f"{chosen}  {words}" if chosen else _("No answer yet")
    if unit == "reach":
        return choice_in_words(form, "reach", content.reach.value)
    return content.text if unit == "text" else content.note
