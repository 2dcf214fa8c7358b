"""The form for making posters."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from jpmirai_compliance.foundation.forms import Form


class PosterForm(Form):
    """Where the posters will hang, in which languages, and what they say."""

    workplace = SelectField(_l("Workplace"))
    languages = SelectMultipleField(
        _l("Languages"), validators=[DataRequired(_l("Choose at least one language."))]
    )
    sentences = RadioField(
        _l("Sentences"),
        choices=[
            SelectChoice("full", _l("The principles in full")),
            SelectChoice("plain", _l("One plain sentence each")),
        ],
        default="full",
    )
    names = RadioField(
        _l("Names on the poster"),
        choices=[
            SelectChoice("both", _l("Name of the organisation and of the workplace")),
            SelectChoice("none", _l("No names")),
        ],
        default="both",
    )
