"""Forms of colleagues among themselves."""

import uuid

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields import SelectChoice

from jpmirai_compliance.accounts.queries import PersonView
from jpmirai_compliance.assessments.queries.teamwork import Assignee
from jpmirai_compliance.assessments.service.teamwork import COMMENT_MAX
from jpmirai_compliance.foundation.forms import Form, LongField, Needed, NumberField

NOBODY = "nobody"


class CommentForm(Form):
    """A new comment, or a changed one at ``version``."""

    comment = LongField(
        _l("Comment"), most=COMMENT_MAX, validators=[Needed(_l("Write a comment first."))]
    )
    version = NumberField()


class AssignForm(Form):
    """Who answers; ``seen`` is who was asked when the page was made."""

    assignee = SelectField(_l("Who answers?"))
    seen = SelectField()

    def offer(
        self, people: tuple[PersonView, ...], known: Assignee | None, *, fill: bool = False
    ) -> None:
        """Offer the colleagues who can answer, and nobody; ``fill`` chooses who is asked now."""
        choices = [SelectChoice(NOBODY, _l("Nobody in particular"))]
        choices += [SelectChoice(str(person.user_id), person.name) for person in people]
        self.assignee.choices = choices
        self.seen.choices = None
        self.seen.validate_choice = False
        if fill:
            self.assignee.data = self.seen.data = str(known.user_id) if known else NOBODY

    @staticmethod
    def person(value: str | None) -> uuid.UUID | None:
        """Return the id in a field, or None for nobody and for nonsense."""
        try:
            return uuid.UUID(value or "")
        except ValueError:
            return None
