"""Forms of the secretariat: rounds, extensions, verdicts, returns."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from jpmirai_compliance.assessments.service.review import REASON_MAX
from jpmirai_compliance.assessments.service.review_mail import BODY_MAX, SUBJECT_MAX
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.errors import Gap
from jpmirai_compliance.foundation.forms import (
    DayField,
    Form,
    LineField,
    LongField,
    Needed,
    NumberField,
    Versioned,
)
from jpmirai_compliance.foundation.i18n import translated

FIRST_YEAR, LAST_YEAR = 2020, 2100
CHOSEN_MAX = 100  # organisations ticked on one page
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})|([0-9]{1,2})時(?:([0-9]{1,2})分)?")
HOURS, MINUTES = 24, 60
LENGTHS = [
    SelectChoice("full", _l("Full form: all indicators that apply")),
    SelectChoice("core", _l("Short form: the core indicators")),
]


class Chosen:
    """One of the choices was taken; ``message`` says what to choose. Nothing else is said."""

    def __init__(self, message: Any) -> None:  # noqa: ANN401 -- a lazy string
        self.message = message
        self.field_flags = {"needed": True}

    def __call__(self, _form: Form, field: Field) -> None:
        """StopValidation with the one message if the value is not a choice."""
        if str(field.data) not in {str(choice.value) for choice in _each(field)}:
            field.errors[:] = []
            raise StopValidation(self.message)


class ClockField(StringField):  # type: ignore[misc]  # -- wtforms has no types
    """A time of day: 17:00, 17時, 9時30分."""

    time: dt.time | None = None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what was typed in ``data``; the time is ``time``."""
        if not valuelist or not valuelist[0].strip():
            self.data = ""
            return
        self.data = valuelist[0][:50]
        found = _CLOCK.fullmatch(unicodedata.normalize("NFKC", self.data).strip())
        hour, minute = (
            (int(found[1] or found[3]), int(found[2] or found[4] or 0)) if found else (24, 0)
        )
        if hour >= HOURS or minute >= MINUTES:
            raise ValueError(_l("Enter a time such as 17:00."))
        self.time = dt.time(hour, minute)


class RoundForm(Form):
    """A new round; ``participants`` says who takes part from the start."""

    year = NumberField(
        _l("Year"),
        low=FIRST_YEAR,
        high=LAST_YEAR,
        validators=[Needed(_l("Enter the year of the round."))],
    )
    edition = SelectField(
        _l("Edition of the indicators"),
        validate_choice=False,
        validators=[Chosen(_l("Choose one of the editions."))],
    )
    opens_day = DayField(_l("Opening date"), validators=[Needed(_l("Enter the opening date."))])
    opens_time = ClockField(
        _l("Opening time (Japan)"), validators=[Needed(_l("Enter the opening time."))]
    )
    closes_day = DayField(_l("Closing date"), validators=[Needed(_l("Enter the closing date."))])
    closes_time = ClockField(
        _l("Closing time (Japan)"), validators=[Needed(_l("Enter the closing time."))]
    )
    form_length = RadioField(
        _l("Form for each member"),
        validate_choice=False,
        choices=LENGTHS,
        validators=[Chosen(_l("Choose the form."))],
    )
    members_choose = BooleanField(_l("Members may choose the short or the full form themselves"))
    participants = RadioField(
        _l("Who takes part"),
        validate_choice=False,
        validators=[Chosen(_l("Choose who takes part."))],
    )
    keep_day_off = BooleanField(_l("Keep this closing date although it is not a working day"))


class DatesForm(Versioned):
    """Other dates for a round that exists."""

    opens_day = DayField(_l("Opening date"), validators=[Needed(_l("Enter the opening date."))])
    opens_time = ClockField(
        _l("Opening time (Japan)"), validators=[Needed(_l("Enter the opening time."))]
    )
    closes_day = DayField(_l("Closing date"), validators=[Needed(_l("Enter the closing date."))])
    closes_time = ClockField(
        _l("Closing time (Japan)"), validators=[Needed(_l("Enter the closing time."))]
    )
    form_length = RadioField(
        _l("Form for members added from now on"),
        validate_choice=False,
        choices=LENGTHS,
        validators=[Chosen(_l("Choose the form."))],
    )
    members_choose = BooleanField(_l("Members may choose the short or the full form themselves"))
    keep_day_off = BooleanField(_l("Keep this closing date although it is not a working day"))


class ParticipantsForm(Form):
    """Organisations to add to a round."""

    organisations = SelectMultipleField(_l("Organisations"), validate_choice=False)


class LengthForm(Form):
    """Short or full form of one participant; ``seen`` is the one that the page showed."""

    seen = HiddenField()
    form_length = RadioField(
        _l("Form of this member"),
        validate_choice=False,
        choices=LENGTHS,
        validators=[Chosen(_l("Choose the form."))],
    )


class ExtensionForm(Form):
    """A later deadline; ``seen`` tells which deadlines the page showed (``extensions.seen_of``)."""

    seen = HiddenField()
    late_day = DayField(_l("New closing date"), validators=[Needed(_l("Enter the new date."))])
    late_time = ClockField(
        _l("New closing time (Japan)"), validators=[Needed(_l("Enter the time."))]
    )
    reason = LongField(
        _l("Reason"),
        most=500,
        validators=[Needed(_l("Enter the reason for the extension."))],
    )


class EndExtensionForm(Form):
    """Why an extension ends before its time; ``seen`` as for ``ExtensionForm``."""

    seen = HiddenField()
    end_reason = LongField(
        _l("Reason for ending it"),
        most=500,
        validators=[Needed(_l("Enter the reason for ending the extension."))],
    )


class VerdictForm(Versioned):
    """What the reviewer finds for one answer; choices and levels depend on the answer."""

    choice = RadioField(
        _l("Your verdict"), validate_choice=False, validators=[Chosen(_l("Choose a verdict."))]
    )
    level = SelectField(_l("Level that the evidence supports"), validate_choice=False)
    offer = SelectField(_l("Level that the evidence proves"), validate_choice=False)
    template = SelectField(_l("Ready-made reason"), validate_choice=False)
    reason = LongField(_l("Reason"), most=REASON_MAX)


class ReturnForm(Form):
    """Due date of a return."""

    due = DayField(_l("Due date"), validators=[Needed(_l("Enter the due date."))])


class LetterForm(Form):
    """The mail to the member in one language; its prefix is the language."""

    subject = LineField(_l("Subject"), most=SUBJECT_MAX)
    body = LongField(_l("Text"), most=BODY_MAX)


class ReasonForm(Versioned):
    """A ready-made reason in both languages."""

    label_ja = LineField(
        _l("Name in the list (Japanese)"),
        most=60,
        validators=[Needed(_l("Enter the name in Japanese."))],
    )
    label_en = LineField(
        _l("Name in the list (English)"),
        most=60,
        validators=[Needed(_l("Enter the name in English."))],
    )
    body_ja = LongField(
        _l("Text (Japanese)"), most=600, validators=[Needed(_l("Enter the text in Japanese."))]
    )
    body_en = LongField(
        _l("Text (English)"), most=600, validators=[Needed(_l("Enter the text in English."))]
    )
    retired = BooleanField(_l("Do not offer it any more"))


def moment(day: dt.date | None, time: dt.time | None) -> dt.datetime:
    """Return the moment in Japan as an aware time; both fields have been validated."""
    if day is None or time is None:
        msg = "validate the form first"
        raise ValueError(msg)
    return dt.datetime.combine(day, time, TOKYO)


def show_gaps(form: Form, gaps: Iterable[Gap]) -> list[tuple[str, str]]:
    """Put each gap at its field; return those without a field as (text, href) for the summary."""
    rest = []
    for gap in gaps:
        if gap.target in form:
            field = form[gap.target]
            field.errors = [*field.errors, translated(gap.text)]
        else:
            rest.append((translated(gap.text), ""))
    return rest


def offer(field: Field, choices: Iterable[tuple[str, str]], groups: Iterable[str] = ()) -> None:
    """Give a field its choices (value, text); ``groups`` names the group of each."""
    names = iter(groups)
    field.choices = [SelectChoice(v, text, optgroup=next(names, None)) for v, text in choices]


def _each(field: Field) -> Iterable[Any]:
    if field.has_groups():
        return [choice for _name, choices in field.iter_groups() for choice in choices]
    return list(field.iter_choices())
