"""The form for making posters."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from jpmirai_compliance.foundation.forms import Form
from jpmirai_compliance.posters.documents import Format
from jpmirai_compliance.posters.layout import Layout, Look
from jpmirai_compliance.posters.service import Wish


class PosterForm(Form):
    """Where the posters will hang, in which languages, what they say, and how they are printed."""

    workplace = SelectField(_l("Workplace"))
    languages = SelectMultipleField(
        _l("Languages"), validators=[DataRequired(_l("Choose at least one language."))]
    )
    layout = RadioField(
        _l("Layout"),
        choices=[
            SelectChoice(Layout.A4.value, _l("A4 poster, one language")),
            SelectChoice(Layout.A3.value, _l("A3 poster, one language")),
            SelectChoice(Layout.TWO.value, _l("A4 on its side, two languages")),
            SelectChoice(Layout.MANY.value, _l("A4 sheet with up to six languages")),
            SelectChoice(Layout.CARD.value, _l("Cards to hand out, four A6 on A4")),
            SelectChoice(Layout.CARDS.value, _l("Cards to hand out, eight A6 on A3")),
        ],
        default=Layout.A4.value,
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
    logo = BooleanField(_l("With our logo"), default=True)
    colours = RadioField(
        _l("Printing"),
        choices=[
            SelectChoice("colour", _l("In colour")),
            SelectChoice("black", _l("Black and white: for copiers, without coloured areas")),
        ],
        default="colour",
    )
    marks = BooleanField(_l("Crop marks and 3 mm bleed, for a printing company"))
    file = RadioField(
        _l("File"),
        choices=[
            SelectChoice(Format.PDF.value, _l("One PDF with all pages")),
            SelectChoice(Format.ZIP.value, _l("A PDF for each page (ZIP)")),
            SelectChoice(Format.PNG.value, _l("Pictures for chat groups (PNG; several as ZIP)")),
        ],
        default=Format.PDF.value,
    )

    def wish(self) -> Wish:
        """Return what was chosen."""
        return Wish(
            languages=tuple(self.languages.data),
            named=self.names.data == "both",
            logo=bool(self.logo.data),
            plain=self.sentences.data == "plain",
            look=Look(
                Layout(self.layout.data),
                colourless=self.colours.data == "black",
                marks=bool(self.marks.data),
            ),
            apart=self.file.data == Format.ZIP.value,
        )

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen as it stands in an address."""
        fields = (self.workplace, self.layout, self.sentences, self.names, self.colours, self.file)
        values: dict[str, Any] = {field.name: field.data for field in fields}
        values |= {field.name: "y" for field in (self.marks, self.logo) if field.data}
        return values | {"languages": list(self.languages.data)}


class LogoForm(Form):
    """A picture that stands on the posters of the organisation."""

    logo_file = FileField(_l("Logo"))
    seen = HiddenField()  # which logo the page showed (``queries.logo_seen``)

    def validate_logo_file(self, field: FileField) -> None:
        """ValidationError if no file was chosen."""
        if not field.data or not field.data.filename:
            raise ValidationError(_l("Choose a file."))
