"""Forms of the secretariat that act on many members at once."""

import uuid

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField

from jpmirai_compliance.assessments.forms.secretariat import ExtensionForm
from jpmirai_compliance.assessments.service.reminders import BODY_MAX, SUBJECT_MAX, Draft
from jpmirai_compliance.foundation.forms import Form, LineField, LongField, Needed, NumberField

_NO_SUBJECT = _l("Enter the subject.")
_NO_BODY = _l("Enter the text.")


class ReminderForm(Form):
    """Subject and text of a reminder in both languages; ``key`` is that of one press."""

    subject_ja = LineField(
        _l("Subject (Japanese)"), most=SUBJECT_MAX, validators=[Needed(_NO_SUBJECT)]
    )
    body_ja = LongField(_l("Text (Japanese)"), most=BODY_MAX, validators=[Needed(_NO_BODY)])
    subject_en = LineField(
        _l("Subject (English)"), most=SUBJECT_MAX, validators=[Needed(_NO_SUBJECT)]
    )
    body_en = LongField(_l("Text (English)"), most=BODY_MAX, validators=[Needed(_NO_BODY)])
    again = BooleanField(_l("Also remind those who were reminded a short while ago"))
    expected = NumberField()
    key = StringField()

    @classmethod
    def prefilled(cls, draft: Draft) -> "ReminderForm":
        """Return the form as it was sent, else with the proposed text and a new key."""
        return cls(
            data={
                "subject_ja": draft.subjects["ja"],
                "subject_en": draft.subjects["en"],
                "body_ja": draft.bodies["ja"],
                "body_en": draft.bodies["en"],
                "key": str(uuid.uuid4()),
            }
        )

    @property
    def once(self) -> uuid.UUID:
        """The key of this press; a new one if it is none of ours."""
        try:
            return uuid.UUID(self.key.data)
        except ValueError:
            return uuid.uuid4()

    @property
    def draft(self) -> Draft:
        """What was typed."""
        return Draft(
            {"ja": self.subject_ja.data or "", "en": self.subject_en.data or ""},
            {"ja": self.body_ja.data or "", "en": self.body_en.data or ""},
        )


class ManyExtensionForm(ExtensionForm):
    """A later deadline of several participants."""
