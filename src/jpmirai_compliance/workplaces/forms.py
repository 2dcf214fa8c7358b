"""Forms of the room."""

import datetime as dt

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import DataRequired, Email, Optional, Regexp

from jpmirai_compliance.disclosure.service.postings import Hung
from jpmirai_compliance.evidence import rules as files
from jpmirai_compliance.foundation.errors import Incomplete
from jpmirai_compliance.foundation.forms import DayField, Form, LineField, Needed, Shown
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.typesetting.faces import missing_characters
from jpmirai_compliance.workplaces.service import Details


class WorkplaceForm(Form):
    """A site, the languages of its people, and somebody there to turn to."""

    name = LineField(
        _l("Name of the workplace"),
        most=100,
        validators=[Needed(_l("Enter the name of the workplace.")), Shown(missing_characters)],
    )
    prefecture = SelectField(_l("Prefecture"))
    languages = SelectMultipleField(_l("Languages of the posters"))
    contact_name = LineField(_l("Contact: who"), most=100, validators=[Shown(missing_characters)])
    contact_phone = LineField(
        _l("Contact: telephone"),
        most=40,
        validators=[
            Optional(),
            Regexp(
                r"^\+?[0-9０-９()（）ー−\- ]{3,40}$", message=_l("Use digits and hyphens only.")
            ),
        ],
    )
    contact_email = LineField(
        _l("Contact: mail address"),
        most=254,
        validators=[
            Optional(),
            Email(message=_l("Enter a mail address such as name@example.org.")),
        ],
    )
    contact_note = LineField(
        _l("Contact: hours and languages"), most=200, validators=[Shown(missing_characters)]
    )

    def details(self) -> Details:
        """Return what was entered."""
        return Details(
            name=self.name.data or "",
            prefecture=self.prefecture.data or "",
            languages=tuple(self.languages.data or ()),
            contact_name=self.contact_name.data or "",
            contact_phone=self.contact_phone.data or "",
            contact_email=self.contact_email.data or "",
            contact_note=self.contact_note.data or "",
        )


class HangingForm(Form):
    """Posters that were put up at one site."""

    posted_on = DayField(_l("When did you put them up?"), validators=[Needed(_l("Enter the day."))])
    languages = SelectMultipleField(
        _l("Languages of the posters"),
        validators=[DataRequired(_l("Choose at least one language."))],
    )
    photo = FileField(_l("Photo of the posters on the wall"))
    named = BooleanField(_l("Show the name of this workplace on your public page"))
    content = b""

    def validate_photo(self, field: FileField) -> None:
        """ValidationError unless the file is a picture that can be kept."""
        if not field.data:
            return
        self.content = field.data.read()
        try:
            found = files.examine(field.data.filename or "", self.content)
        except files.FileRefused as error:
            raise ValidationError(translated(error.text)) from error
        if not found.media_type.startswith("image/"):
            raise ValidationError(_l("Choose a picture: PNG, JPEG or WebP."))

    def hung(self) -> Hung:
        """Return what was put up."""
        return Hung(self.posted_on.day or dt.date.min, tuple(self.languages.data), self.named.data)

    def refuse(self, error: Incomplete) -> None:
        """Show a refusal of the service at its field; one that names none is about the photo."""
        named = [gap for gap in error.gaps if gap.target in self]
        for gap in named:
            self[gap.target].errors = [translated(gap.text)]
        if not named:
            self.photo.errors = [translated(error.text)]
