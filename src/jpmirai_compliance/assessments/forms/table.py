"""One row of the table view: all fields of one question, small."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from jpmirai_compliance.assessments.forms.answering import NOT_APPLICABLE, AnswerForm
from jpmirai_compliance.assessments.models import Reach
from jpmirai_compliance.assessments.rules import Content, seen_of
from jpmirai_compliance.principles import Indicator

SHORT = 40  # characters of a level's sentence in a narrow list


class RowForm(AnswerForm):
    """The answer's fields under names that begin with the indicator's id; no evidence here."""

    class Meta:
        """The table's own form carries the token once, for all rows."""

        csrf = False

    level = SelectField(_l("Level"), validators=[Optional()])
    reach = SelectField(
        _l("What does this answer speak for?"),
        choices=[
            SelectChoice(Reach.OWN.value, _l("Our own organisation")),
            SelectChoice(Reach.GROUP.value, _l("Our group of companies")),
            SelectChoice(Reach.SUPPLY_CHAIN.value, _l("Our supply chain, too")),
        ],
        default=Reach.OWN.value,
    )
    files = url = title = visibility = valid_until = None  # type: ignore[assignment]  # -- WTForms

    def choose(self, indicator: Indicator, locale: str) -> None:
        """Offer nothing yet, the five levels by their first words, and "not applicable"."""
        self.level.choices = [
            SelectChoice("", _l("Not answered")),
            *(
                SelectChoice(str(n), f"{n} {_short(text.pick(locale))}")
                for n, text in enumerate(indicator.levels)
            ),
            SelectChoice(NOT_APPLICABLE, _l("This does not apply to us")),
        ]

    @property
    def changed(self) -> bool:
        """Whether the row says something else than was seen; once the form is valid."""
        return seen_of(self.content()) != self.seen.data

    def show(self, content: Content, *, version: int, seen: str) -> None:
        """Show this content as an answer at ``version``."""
        self.version.data, self.seen.data = str(version), seen
        self.level.data = "" if content.level is None else str(content.level)
        if content.not_applicable:
            self.level.data = NOT_APPLICABLE
        self.na_reason.data, self.text.data = content.na_reason, content.text
        self.note.data, self.reach.data = content.note, content.reach.value


def _short(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"
