"""Forms of the half-year update."""

from flask_babel import lazy_gettext as _l

from jpmirai_compliance.assessments.forms.secretariat import ClockField
from jpmirai_compliance.assessments.queries.updates import FIELDS, PartView
from jpmirai_compliance.assessments.service.updates import TEXT_MAX, Said
from jpmirai_compliance.foundation.forms import (
    DayField,
    Form,
    LongField,
    Needed,
    NumberField,
    Versioned,
)


class PartForm(Form):
    """What is said about one principle, seen at ``version``."""

    done = LongField(_l("What we did"), most=TEXT_MAX)
    changed = LongField(_l("What changed"), most=TEXT_MAX)
    unsolved = LongField(_l("What is not solved yet"), most=TEXT_MAX)
    following = LongField(_l("What comes next"), most=TEXT_MAX)
    version = NumberField()

    def fill(self, part: PartView) -> None:
        """Show what is stored."""
        self.version.data = str(part.version)
        for name, text in part.texts.items():
            self[name].data = text

    def said(self) -> Said:
        """Return the texts, once the form is valid."""
        return Said(**{name: self[name].data or "" for name in FIELDS})


class PeriodForm(Versioned):
    """When a half-year update is asked for."""

    opens_day = DayField(_l("Opening date"), validators=[Needed(_l("Enter the opening date."))])
    opens_time = ClockField(
        _l("Opening time (Japan)"), validators=[Needed(_l("Enter the opening time."))]
    )
    closes_day = DayField(_l("Closing date"), validators=[Needed(_l("Enter the closing date."))])
    closes_time = ClockField(
        _l("Closing time (Japan)"), validators=[Needed(_l("Enter the closing time."))]
    )
