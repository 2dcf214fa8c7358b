"""Forms of the evidence library."""

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import RadioField, SelectField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from jpmirai_compliance.evidence.models import Category, Visibility
from jpmirai_compliance.evidence.queries import EvidenceView
from jpmirai_compliance.evidence.rules import URL_MAX
from jpmirai_compliance.evidence.service import Description
from jpmirai_compliance.foundation.forms import DayField, Form, LineField, Needed, NumberField

TITLE_MAX = 200
CATEGORIES = {
    Category.POLICY: _l("Policy or rules"),
    Category.CONTRACT: _l("Contract or notice (sample)"),
    Category.RECORD: _l("Record"),
    Category.CERTIFICATE: _l("Certificate or training"),
    Category.PHOTO: _l("Photo"),
    Category.WEB_PAGE: _l("Web page"),
    Category.OTHER: _l("Other"),
}
VISIBILITIES = {
    Visibility.REVIEWERS: _l("The secretariat and judges"),
    Visibility.PUBLIC: _l("Everybody, once you publish"),
    Visibility.INTERNAL: _l("Only your organisation (does not count as evidence)"),
}


class _Described(Form):
    """What is said about a piece of evidence."""

    category = SelectField(
        _l("Kind of evidence"),
        choices=[
            SelectChoice("", _l("Not chosen")),
            *(SelectChoice(key.value, text) for key, text in CATEGORIES.items()),
        ],
        validators=[Optional()],
    )
    visibility = RadioField(
        _l("Who may see the evidence?"),
        choices=[SelectChoice(key.value, text) for key, text in VISIBILITIES.items()],
        default=Visibility.REVIEWERS.value,
    )
    issued_on = DayField(_l("Date of issue"))
    valid_until = DayField(_l("Valid until"))

    def validate_valid_until(self, field: DayField) -> None:
        """ValidationError if it ends before it begins."""
        if field.day and self.issued_on.day and field.day < self.issued_on.day:
            raise ValidationError(_l("“Valid until” lies before the date of issue."))


class AddForm(_Described):
    """Files or an address for the library."""

    files = MultipleFileField(_l("Files"))
    url = LineField(_l("Address of a web page"), most=URL_MAX)
    title = LineField(_l("Title of the evidence"), most=TITLE_MAX)

    def validate_files(self, field: MultipleFileField) -> None:
        """ValidationError if nothing was chosen at all."""
        sent = (*(field.data or ()), *request.files.getlist("camera"))
        if not self.url.data and not any(file.filename for file in sent):
            raise ValidationError(_l("Choose a file, or enter the address of a web page."))

    def description(self, *, single: bool) -> Description:
        """Return what is said; one title cannot name several files."""
        return _description(self, (self.title.data or "") if single else "")


class EditForm(_Described):
    """What is said about one piece that was seen at ``version``."""

    title = LineField(
        _l("Title of the evidence"), most=TITLE_MAX, validators=[Needed(_l("Enter a title."))]
    )
    version = NumberField()

    def fill(self, piece: EvidenceView) -> None:
        """Show what is stored."""
        self.title.data = piece.title
        self.category.data = piece.category.value
        self.visibility.data = piece.visibility.value
        self.issued_on.data = piece.issued_on.isoformat() if piece.issued_on else ""
        self.valid_until.data = piece.valid_until.isoformat() if piece.valid_until else ""
        self.version.data = str(piece.version)

    def description(self) -> Description:
        """Return what is said."""
        return _description(self, self.title.data or "")


class VersionForm(Form):
    """A newer file of a piece."""

    file = FileField(_l("Newer file"))

    def validate_file(self, field: FileField) -> None:
        """ValidationError if no file was chosen."""
        if not field.data or not field.data.filename:
            raise ValidationError(_l("Choose a file."))


def _description(form: _Described, title: str) -> Description:
    return Description(
        title=title,
        visibility=Visibility(form.visibility.data),
        issued_on=form.issued_on.day,
        valid_until=form.valid_until.day,
        category=Category(form.category.data) if form.category.data else None,
    )
