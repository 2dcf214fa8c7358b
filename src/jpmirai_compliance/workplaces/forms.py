"""Forms of the room."""

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.validators import DataRequired, Email, Optional, Regexp

from jpmirai_compliance.disclosure.rules.help import ABOUT_MAX, HOURS_MAX, NAME_MAX, NOTE_MAX, Desk
from jpmirai_compliance.disclosure.service.postings import Hung
from jpmirai_compliance.evidence import rules as files
from jpmirai_compliance.foundation.errors import Incomplete
from jpmirai_compliance.foundation.forms import (
    DayField,
    Form,
    LineField,
    Needed,
    PhoneField,
    Shown,
    Versioned,
)
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.principles import LANGUAGES, endonym
from jpmirai_compliance.typesetting.faces import missing_characters
from jpmirai_compliance.workplaces.rules import CONTACTS_MAX, Contact
from jpmirai_compliance.workplaces.service import Details


class ContactForm(Form):
    """Somebody at the site to turn to."""

    class Meta:
        """The token is that of the form around it."""

        csrf = False

    name = LineField(_l("Contact: who"), most=100, validators=[Shown(missing_characters)])
    languages = SelectMultipleField(_l("Contact: languages"))
    hours = LineField(_l("Contact: hours"), most=200, validators=[Shown(missing_characters)])
    phone = PhoneField(
        _l("Contact: telephone"),
        most=40,
        validators=[
            Optional(),
            Regexp(r"^\+?[0-9()\- ]{3,40}$", message=_l("Use digits and hyphens only.")),
        ],
    )
    email = LineField(
        _l("Contact: mail address"),
        most=254,
        validators=[
            Optional(),
            Email(message=_l("Enter a mail address such as name@example.org.")),
        ],
    )
    web = LineField(_l("Contact: web page"), most=300, validators=[Optional()])

    def validate_web(self, field: LineField) -> None:
        """ValidationError unless it is an address that may be linked to."""
        try:
            field.data = files.safe_url(field.data)
        except Incomplete as error:
            raise ValidationError(translated(error.text)) from error

    def validate_name(self, field: LineField) -> None:
        """ValidationError if nobody could turn to them."""
        ways = (self.phone.data, self.email.data, self.web.data)
        said = (field.data, self.hours.data, self.languages.data)
        if any(said) and not any(ways):
            raise ValidationError(_l("Enter a telephone number, a mail address or a web page."))

    def contact(self) -> Contact:
        """Return what was entered."""
        return Contact(
            name=self.name.data or "",
            languages=tuple(self.languages.data or ()),
            hours=self.hours.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            web=self.web.data or "",
        )


class WorkplaceForm(Versioned):
    """A site, the languages of its people, and those there to turn to."""

    name = LineField(
        _l("Name of the workplace"),
        most=100,
        validators=[Needed(_l("Enter the name of the workplace.")), Shown(missing_characters)],
    )
    prefecture = SelectField(_l("Prefecture"))
    languages = SelectMultipleField(_l("Languages of the posters"))
    contacts = FieldList(
        FormField(ContactForm),
        _l("Your own contacts for this workplace"),
        max_entries=CONTACTS_MAX,
    )

    def offer(self, languages: list[tuple[str, str]]) -> None:
        """Set the languages to choose from."""
        self.languages.choices = languages
        for entry in self.contacts.entries:
            entry.form.languages.choices = languages

    def details(self) -> Details:
        """Return what was entered, without contacts that are empty."""
        found = [entry.form.contact() for entry in self.contacts.entries]
        return Details(
            name=self.name.data or "",
            prefecture=self.prefecture.data or "",
            languages=tuple(self.languages.data or ()),
            contacts=tuple(contact for contact in found if contact.reachable),
        )

    def rearrange(self, action: str) -> bool:
        """Add an empty contact or take one away; False if that was not what was asked."""
        number = action.removeprefix("remove-")
        kept = [entry.data for entry in self.contacts.entries]
        if action == "add":
            kept.append({})
        elif action.startswith("remove-") and number.isdigit() and int(number) < len(kept):
            del kept[int(number)]
        else:
            return False
        self.contacts.process(None, kept[:CONTACTS_MAX])
        return True


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


class DeskForm(Form):
    """A neutral place to turn to; a name and a line about it in each language are added below."""

    shown = BooleanField(_l("Show it to workers"), default=True)
    phone = LineField(_l("Telephone"), most=40)
    free = BooleanField(_l("The call is free"))
    url = LineField(_l("Web page"), most=300)
    hours = LineField(_l("Hours"), most=HOURS_MAX, validators=[Shown(missing_characters)])
    languages = SelectMultipleField(_l("Languages in which somebody answers"))
    since = DayField(_l("Holds since"), validators=[Needed(_l("Enter the day."))])
    source = LineField(_l("Where it was seen"), most=NOTE_MAX)
    mark = HiddenField()
    preview_in = SelectField(_l("Preview in"))

    def offer(self) -> None:
        """Set the languages to choose from."""
        self.languages.choices = [(tag, endonym(tag)) for tag in LANGUAGES]
        self.preview_in.choices = self.languages.choices

    def desk(self, desk_id: str) -> Desk:
        """Return what was entered."""
        return Desk(
            id=desk_id,
            names=self._texts("name"),
            abouts=self._texts("about"),
            url=self.url.data or "",
            phone=self.phone.data or "",
            free=self.free.data,
            languages=tuple(tag for tag in LANGUAGES if tag in (self.languages.data or ())),
            hours=self.hours.data or "",
            since=self.since.day or dt.date.min,
            source=self.source.data or "",
            shown=self.shown.data,
        )

    def refuse(self, error: Incomplete) -> None:
        """Show a refusal of the service at its fields."""
        for gap in error.gaps:
            self[gap.target].errors = [translated(gap.text)]

    def _texts(self, kind: str) -> dict[str, str]:
        found = {tag: self[f"{kind}_{tag}"].data or "" for tag in LANGUAGES}
        return {tag: text for tag, text in found.items() if text}


for _tag in LANGUAGES:  # no list: each field has its own place, error and language
    _name = LineField(_l("Name"), most=NAME_MAX, validators=[Shown(missing_characters)])
    _about = LineField(_l("What it is for"), most=ABOUT_MAX, validators=[Shown(missing_characters)])
    setattr(DeskForm, f"name_{_tag}", _name)
    setattr(DeskForm, f"about_{_tag}", _about)


def of_desk(desk: Desk) -> dict[str, Any]:
    """Return what a ``DeskForm`` shows of a desk."""
    names = {f"name_{tag}": text for tag, text in desk.names.items()}
    abouts = {f"about_{tag}": text for tag, text in desk.abouts.items()}
    same = ("shown", "phone", "free", "url", "hours", "source")
    rest = {name: getattr(desk, name) for name in same}
    return {
        **names,
        **abouts,
        **rest,
        "languages": list(desk.languages),
        "since": desk.since.isoformat(),
    }
