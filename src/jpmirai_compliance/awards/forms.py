"""Forms of the awards."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, StopValidation

from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.queries.cycles import CriterionView, CycleView
from jpmirai_compliance.awards.queries.desk import CardView
from jpmirai_compliance.awards.service.scoring import VALUES, Mark
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

OPENS, CLOSES = dt.time(0, 0), dt.time(17, 0)
REASON_MAX = 2_000
SHORT_REASON_MAX = 500
MARK_REASON_MAX = 1_000
COMMENT_MAX = 4_000


class SomeChosen:
    """At least one box is ticked, and only boxes of the page; ``message`` says what to choose."""

    def __init__(self, message: Any) -> None:  # noqa: ANN401 -- a lazy string
        self.message = message

    def __call__(self, _form: Form, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """StopValidation with the one message."""
        known = {str(value) for value, _ in field.choices}
        if not field.data or not set(field.data) <= known:
            field.errors = []
            raise StopValidation(self.message)


class DatesForm(Versioned):
    """The two periods; both open at midnight and close at 17:00 in Japan."""

    entries_open = DayField(
        _l("Entries from"), validators=[Needed(_l("Enter the first day for entries."))]
    )
    entries_close = DayField(
        _l("Entries until"), validators=[Needed(_l("Enter the last day for entries."))]
    )
    judging_open = DayField(
        _l("Judging from"), validators=[Needed(_l("Enter the first day of judging."))]
    )
    judging_close = DayField(
        _l("Judging until"), validators=[Needed(_l("Enter the last day of judging."))]
    )

    def calendar(self) -> rules.Calendar:
        """Return the moments; ValueError before ``validate``."""
        days = (
            self.entries_open.day,
            self.entries_close.day,
            self.judging_open.day,
            self.judging_close.day,
        )
        clocks = (OPENS, CLOSES, OPENS, CLOSES)
        moments = []
        for day, clock in zip(days, clocks, strict=True):
            if day is None:
                msg = "a form that is not valid"
                raise ValueError(msg)
            moments.append(dt.datetime.combine(day, clock, TOKYO).astimezone(dt.UTC))
        return rules.Calendar(*moments)


class OpenForm(DatesForm):
    """A new award year."""

    year = NumberField(
        _l("Year"), low=2020, high=2100, validators=[Needed(_l("Enter the year of the awards."))]
    )
    initiatives = SelectMultipleField(
        _l("Kinds of initiative"),
        validate_choice=False,
        validators=[SomeChosen(_l("Choose at least one kind of initiative."))],
    )
    groups = SelectMultipleField(
        _l("Kinds of member"),
        validate_choice=False,
        validators=[SomeChosen(_l("Choose at least one kind of member."))],
    )


class CategoryForm(Versioned):
    """What may be changed about a category."""

    name_ja = LineField(_l("Name in Japanese"), validators=[Needed(_l("Enter the Japanese name."))])
    name_en = LineField(_l("Name in English"), validators=[Needed(_l("Enter the English name."))])
    quota = NumberField(
        _l("Places on the shortlist"), low=1, high=50, validators=[Needed(_l("Enter a quota."))]
    )
    reviews_needed = NumberField(
        _l("Reviewers for each entry"),
        low=1,
        high=9,
        validators=[Needed(_l("Enter the number of reviewers."))],
    )
    kinds = SelectMultipleField(
        _l("Kinds of member"),
        validate_choice=False,
        validators=[SomeChosen(_l("Choose at least one kind of member."))],
    )
    sizes = SelectMultipleField(_l("Sizes (none ticked: every size)"))


class ProposeForm(Form):
    """A member to nominate."""

    org_id = SelectField(
        _l("Member"), validate_choice=False, validators=[Needed(_l("Choose a member."))]
    )


class AssignForm(Form):
    """One entry to one reviewer."""

    judge_id = SelectField(
        _l("Reviewer"), validate_choice=False, validators=[Needed(_l("Choose a reviewer."))]
    )


class ReasonForm(Form):
    """Why."""

    reason = LongField(
        _l("Reason"), most=SHORT_REASON_MAX, validators=[Needed(_l("Say why, in a few words."))]
    )


class ShortlistForm(Versioned):
    """The shortlist's reason; ``version`` is the newest decision's number."""

    reason = LongField(
        _l("Reason or remarks"),
        most=REASON_MAX,
        validators=[Needed(_l("Give the reason for the decision."))],
    )


class DecisionForm(ShortlistForm):
    """Winners, or nobody."""

    named = SelectMultipleField(
        _l("Winners (none ticked: no award this year)"), validate_choice=False
    )


class EntryForm(Versioned):
    """A member's own words about its entry."""

    title = LineField(
        _l("Title of the initiative"), validators=[Needed(_l("Enter a title for the initiative."))]
    )
    statement = LongField(
        _l("What was done, and what changed for workers"),
        validators=[Needed(_l("Say what was done and what changed."))],
    )
    consent = BooleanField(
        _l("Our organisation agrees to be judged, and to be named in public if chosen")
    )


def weights_form(
    criteria: Sequence[CriterionView],
    version: int,
    **given: Any,  # noqa: ANN401 -- WTForms
) -> Any:  # noqa: ANN401 -- WTForms
    """Return the form of a rubric's weights; fields weight_…. ``given``: formdata=None for none."""
    fields = {
        f"weight_{c.code}": NumberField(
            _l("Weight of “%(name)s”", name=translated(c.name)),
            low=1,
            high=10,
            validators=[Needed(_l("Enter a weight."))],
        )
        for c in criteria
    }
    data = {f"weight_{c.code}": str(c.weight) for c in criteria} | {"version": version}
    return type("WeightsForm", (Versioned,), fields)(data=data, **given)


def scoring_form(criteria: Sequence[CriterionView], card: CardView | None) -> Any:  # noqa: ANN401 -- WTForms
    """Return the form of a rubric with what is stored in it; fields score_…, reason_…, comment."""
    fields: dict[str, Any] = {
        "comment": LongField(_l("Overall comment"), most=COMMENT_MAX),
    }
    for criterion in criteria:
        choices = [SelectChoice(value, value) for value in VALUES]
        if criterion.na_allowed:
            choices.append(SelectChoice(rules.Choice.NA.value, _l("N/A")))
        name = _l(
            "%(name)s (weight %(weight)s)", name=translated(criterion.name), weight=criterion.weight
        )
        fields[f"score_{criterion.code}"] = RadioField(
            name, choices=choices, validators=[Optional()]
        )
        fields[f"reason_{criterion.code}"] = LongField(_l("Why this score"), most=MARK_REASON_MAX)
    return type("ScoringForm", (Versioned,), fields)(data=_stored(card))


def marks(form: Any, criteria: Sequence[CriterionView]) -> dict[str, Mark]:  # noqa: ANN401 -- WTForms
    """Return what was chosen, by criterion code."""
    return {
        c.code: Mark(form[f"score_{c.code}"].data or "", form[f"reason_{c.code}"].data or "")
        for c in criteria
    }


def dates(cycle: CycleView) -> dict[str, str]:
    """Return a year's days, and which state of it this is, as the form writes them."""
    calendar = cycle.calendar
    days = {
        name: f"{getattr(calendar, name).astimezone(TOKYO):%Y-%m-%d}"
        for name in ("entries_open", "entries_close", "judging_open", "judging_close")
    }
    return days | {"version": str(cycle.version)}


def show_gaps(form: Any, gaps: Sequence[Gap]) -> list[tuple[str, str]]:  # noqa: ANN401 -- WTForms
    """Put each gap at its field; return those without a field for the error summary."""
    rest = []
    for gap in gaps:
        field = form[gap.target] if gap.target and gap.target in form else None
        if field is None:
            rest.append((translated(gap.text), ""))
        else:
            field.errors = [*field.errors, translated(gap.text)]
    return rest


def _stored(card: CardView | None) -> dict[str, str]:
    if card is None:
        return {}
    stored = {"comment": card.comment, "version": str(card.version)}
    for code, mark in card.marks.items():
        stored[f"score_{code}"], stored[f"reason_{code}"] = mark.choice, mark.reason
    return stored
