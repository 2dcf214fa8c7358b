"""The form of one question: answer, and evidence that comes with it."""

import datetime as dt

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import RadioField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from jpmirai_compliance.assessments.models import Reach
from jpmirai_compliance.assessments.queries.member_answers import AnswerView
from jpmirai_compliance.assessments.rules import Content, seen_of
from jpmirai_compliance.assessments.service.approval import REASON_MAX
from jpmirai_compliance.evidence.models import Visibility
from jpmirai_compliance.evidence.rules import URL_MAX
from jpmirai_compliance.evidence.service import Description
from jpmirai_compliance.foundation.forms import (
    DayField,
    Form,
    LineField,
    LongField,
    Needed,
    NumberField,
)
from jpmirai_compliance.principles import Indicator

NOT_APPLICABLE = "na"
TEXT_MAX, NA_MAX, TITLE_MAX = 4_000, 1_000, 200


class AnswerForm(Form):
    """An answer as it was seen at ``version``, and files or a link to add to it."""

    level = RadioField(_l("Which sentence describes you best?"), validators=[Optional()])
    na_reason = LongField(_l("Why does this not apply to you?"), most=NA_MAX)
    reach = RadioField(
        _l("What does this answer speak for?"),
        choices=[
            SelectChoice(Reach.OWN.value, _l("Our own organisation")),
            SelectChoice(Reach.GROUP.value, _l("Our group of companies")),
            SelectChoice(Reach.SUPPLY_CHAIN.value, _l("Our supply chain, too")),
        ],
        default=Reach.OWN.value,
    )
    text = LongField(_l("What you do and have done"), most=TEXT_MAX)
    note = LongField(_l("Internal note"), most=TEXT_MAX)
    version = NumberField()
    seen = LineField()
    kept = LineField()  # not empty: the form shows what was typed when the session had ended
    files = MultipleFileField(_l("Files"))
    url = LineField(_l("Address of a web page"), most=URL_MAX)
    title = LineField(_l("Title of the evidence"), most=TITLE_MAX)
    visibility = RadioField(
        _l("Who may see the evidence?"),
        choices=[
            SelectChoice(Visibility.REVIEWERS.value, _l("The secretariat and judges")),
            SelectChoice(Visibility.PUBLIC.value, _l("Everybody, once you publish")),
            SelectChoice(
                Visibility.INTERNAL.value, _l("Only your organisation (does not count as evidence)")
            ),
        ],
        default=Visibility.REVIEWERS.value,
    )
    valid_until = DayField(_l("Valid until"))

    def choose(self, indicator: Indicator, locale: str) -> None:
        """Offer the indicator's five sentences and "not applicable"."""
        self.level.choices = [
            *(SelectChoice(str(n), text.pick(locale)) for n, text in enumerate(indicator.levels)),
            SelectChoice(NOT_APPLICABLE, _l("This does not apply to us")),
        ]

    def fill(self, answer: AnswerView | None) -> None:
        """Show what is stored."""
        self.version.data = str(answer.version if answer else 0)
        self.seen.data = seen_of(answer)
        if answer is None:
            return
        if answer.not_applicable:
            self.level.data = NOT_APPLICABLE
        elif answer.level is not None:
            self.level.data = str(answer.level)
        self.na_reason.data = answer.na_reason
        self.text.data = answer.text
        self.note.data = answer.note
        self.reach.data = answer.reach.value

    def validate_na_reason(self, field: LongField) -> None:
        """ValidationError if "not applicable" was chosen without a reason."""
        if self.level.data == NOT_APPLICABLE and not field.data:
            raise ValidationError(_l("Write why this does not apply to you."))

    def content(self) -> Content:
        """Return the answer, once the form is valid."""
        chosen = self.level.data
        return Content(
            level=int(chosen) if chosen and chosen != NOT_APPLICABLE else None,
            not_applicable=chosen == NOT_APPLICABLE,
            na_reason=(self.na_reason.data or "") if chosen == NOT_APPLICABLE else "",
            text=self.text.data or "",
            note=self.note.data or "",
            reach=Reach(self.reach.data),
        )

    def description(self, *, single: bool) -> Description:
        """Return what is said about the evidence; one title cannot name several files."""
        until: dt.date | None = self.valid_until.day
        return Description(
            title=(self.title.data or "") if single else "",
            visibility=Visibility(self.visibility.data),
            valid_until=until,
        )


class SendBackForm(Form):
    """What the approver wants changed."""

    reason = LongField(
        _l("What should be changed?"),
        most=REASON_MAX,
        validators=[Needed(_l("Write what should be changed."))],
    )
