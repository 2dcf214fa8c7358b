"""Forms of the room."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import Email, Optional, Regexp

from jpmirai_compliance.foundation.forms import Form, LineField, Needed, Shown
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
