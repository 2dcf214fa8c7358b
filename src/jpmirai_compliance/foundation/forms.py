"""Form fields that clean what they get and say in words what is wrong with it."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, StopValidation, ValidationError

from jpmirai_compliance.foundation import inputs
from jpmirai_compliance.foundation.inputs import BadInput


class Form(FlaskForm):  # type: ignore[misc]  # -- flask-wtf has no types
    """Parent of all forms: only the fields it lists are read, nothing is ever populated."""


class LineField(StringField):  # type: ignore[misc]  # -- wtforms has no types
    """One line: a name, a title, an address."""

    def __init__(self, label: Any = None, *, most: int = inputs.LINE_MAX, **kwargs: Any) -> None:  # noqa: ANN401 -- WTForms
        super().__init__(label, **kwargs)
        self.most = most

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what was typed; the cleaned line is ``data``."""
        if valuelist:
            self.data = _cleaned(self, valuelist[0], inputs.clean_line)


class PhoneField(LineField):
    """A telephone number; full-width digits and any dash are fine."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what was typed; the number in half-width is ``data``."""
        super().process_formdata(valuelist)
        self.data = inputs.telephone(self.data or "")


class LongField(TextAreaField):  # type: ignore[misc]  # -- wtforms has no types
    """Several lines."""

    def __init__(self, label: Any = None, *, most: int = inputs.TEXT_MAX, **kwargs: Any) -> None:  # noqa: ANN401 -- WTForms
        super().__init__(label, **kwargs)
        self.most = most

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what was typed; the cleaned text is ``data``."""
        if valuelist:
            self.data = _cleaned(self, valuelist[0], inputs.clean_text)


class NumberField(StringField):  # type: ignore[misc]  # -- wtforms has no types
    """A whole number; full-width digits are fine."""

    def __init__(
        self,
        label: Any = None,  # noqa: ANN401 -- WTForms
        *,
        low: int = 0,
        high: int = inputs.MAX_INT,
        **kwargs: Any,  # noqa: ANN401 -- WTForms
    ) -> None:
        super().__init__(label, **kwargs)
        self.low, self.high = low, high
        self.number: int | None = None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what was typed in ``data``; the number is ``number``."""
        if not valuelist or not valuelist[0].strip():
            self.data = ""
            return
        self.data = valuelist[0][:50]
        try:
            self.number = inputs.whole_number(self.data, self.low, self.high)
        except BadInput:
            raise ValueError(
                _l("Enter a whole number from %(low)d to %(high)d.", low=self.low, high=self.high)
            ) from None


class DayField(StringField):  # type: ignore[misc]  # -- wtforms has no types
    """A day: 2026-11-24, 2026/11/24, 2026年11月24日 or 令和8年11月24日."""

    day: dt.date | None = None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what was typed in ``data``; the date is ``day``."""
        if not valuelist or not valuelist[0].strip():
            self.data = ""
            return
        self.data = valuelist[0][:50]
        try:
            self.day = inputs.calendar_day(self.data)
        except BadInput:
            raise ValueError(_l("Enter a date such as 2026-11-24.")) from None


class Versioned(Form):
    """A form of something that is there already; ``version`` is the state that the page showed.

    It comes back with what was typed, after an error, too: the page must not pass for having
    shown what somebody else saved meanwhile.
    """

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that the page showed; 0, no row's version, if it tells none."""
        try:
            return inputs.whole_number(self.version.data or "0")
        except BadInput:
            return 0


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that was typed otherwise than it is stored now, both in words."""

    label: str
    mine: str
    theirs: str


def differences(typed: Form, stored: Form, *, apart: Collection[str] = ()) -> list[Difference]:
    """Return where a form as it was typed differs from one that shows what is stored now.

    Left ``apart`` are fields that are not stored, such as a confirmation.
    """
    pairs = [
        (str(field.label.text), _in_words(field), _in_words(stored[field.name]))
        for field in typed
        if not isinstance(field, (HiddenField, FileField)) and field.name not in apart
    ]
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


class Needed(InputRequired):  # type: ignore[misc]  # -- wtforms has no types
    """The field must be filled in; ``message`` says with what."""

    def __init__(self, message: Any) -> None:  # noqa: ANN401 -- a lazy string
        super().__init__(message)
        self.field_flags = {"needed": True}  # no ``required``: the browser's own words would win

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """StopValidation if nothing, or only space, was typed."""
        if not field.raw_data or not str(field.raw_data[0]).strip():
            raise StopValidation(self.message)


class Shown:
    """Every character can be drawn in the documents; else names those that cannot."""

    def __init__(self, missing: Any) -> None:  # noqa: ANN401 -- a function from text to characters
        self.missing = missing

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """ValidationError naming the characters that no font has."""
        if found := self.missing(field.data or ""):
            raise ValidationError(
                _l("These characters cannot be printed: %(characters)s", characters=" ".join(found))
            )


def _cleaned(field: Any, typed: str, clean: Any) -> str:  # noqa: ANN401 -- WTForms
    try:
        return str(clean(typed, field.most))
    except BadInput as error:
        kept = typed.encode("utf-8", "replace").decode().replace("\0", "")
        field.data = kept[: field.most + 1_000]
        if error.reason == "long":
            raise ValueError(
                _l(
                    "Use %(most)d characters or fewer. You entered %(length)s.",
                    most=field.most,
                    length=error.detail,
                )
            ) from None
        raise ValueError(_l("Remove the control characters from this text.")) from None


def _in_words(field: Any) -> str:  # noqa: ANN401 -- WTForms
    """Return what a field holds, as its reader sees it."""
    if isinstance(field, FieldList):
        entries = (_in_words(entry) for entry in field.entries)
        return "\n".join(words for words in entries if words)
    if isinstance(field, FormField):
        parts = (_in_words(part) for part in field.form if not isinstance(part, HiddenField))
        return " ".join(words for words in parts if words)
    if isinstance(field, BooleanField):
        return str(_("Yes") if field.data else _("No"))
    if isinstance(field, SelectMultipleField):
        return ", ".join(_labels(field, {str(value) for value in field.data or ()}))
    if isinstance(field, (SelectField, RadioField)):
        return "".join(_labels(field, {str(field.data)})) if field.data else ""
    return str(field.data or "")


def _labels(field: Any, chosen: set[str]) -> Iterator[str]:  # noqa: ANN401 -- WTForms
    for choice in field.iter_choices():
        if str(choice.value) in chosen:
            yield str(choice.label)
