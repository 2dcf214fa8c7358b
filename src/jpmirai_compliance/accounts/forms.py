"""What people type: shape and words of the faults; rules have the last word."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from jpmirai_compliance.accounts.models import SizeBand
from jpmirai_compliance.accounts.queries import PersonView
from jpmirai_compliance.accounts.rules import addresses, corporate_number, places, roles
from jpmirai_compliance.accounts.service import Profile
from jpmirai_compliance.foundation.forms import (
    Form,
    LineField,
    LongField,
    Needed,
    PhoneField,
    Shown,
)
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.foundation.inputs import BadInput
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.model import MemberKind
from jpmirai_compliance.typesetting.faces import missing_characters

LANGUAGES = [SelectChoice("ja", "日本語"), SelectChoice("en", "English")]
CHOOSE = _l("Choose one.")
EMAIL_SHAPE = _l("Enter an e-mail address such as name@example.jp.")
EMAIL = {"type": "email", "autocomplete": "email", "spellcheck": "false"}


class Email:
    """The field holds an address that mail can reach, or nothing."""

    def __call__(self, _form: Form, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """ValidationError if not; ``data`` becomes the normal form."""
        if field.errors or not field.data:
            return
        try:
            field.data = addresses.normal_email(field.data)
        except BadInput:
            raise ValidationError(EMAIL_SHAPE) from None


class Site:
    """The field holds the address of a public web site, or nothing."""

    def __call__(self, _form: Form, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """ValidationError if not; ``data`` becomes the whole address."""
        if field.errors or not field.data:
            return
        try:
            field.data = addresses.website(field.data)
        except BadInput:
            raise ValidationError(
                _l("Enter the address of your public site, such as https://www.example.co.jp/.")
            ) from None


class SignInForm(Form):
    """Address and password; the shape of the address is not judged here."""

    email = LineField(
        _l("E-mail address"),
        most=320,
        validators=[Needed(_l("Enter your e-mail address."))],
        render_kw={"autocomplete": "username", "spellcheck": "false", "inputmode": "email"},
    )
    password = PasswordField(_l("Password"), validators=[Needed(_l("Enter your password."))])


class CodeForm(Form):
    """Six digits of the app, or a recovery code."""

    code = LineField(
        _l("Code"),
        most=64,
        validators=[Needed(_l("Enter the code."))],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false"},
    )


class PasswordAgainForm(Form):
    """The password of somebody who has signed in."""

    password = PasswordField(_l("Password"), validators=[Needed(_l("Enter your password."))])


class ForgotForm(Form):
    """Whose password is forgotten."""

    email = LineField(
        _l("E-mail address"),
        most=320,
        validators=[Needed(_l("Enter your e-mail address.")), Email()],
        render_kw={"autocomplete": "username", "spellcheck": "false", "inputmode": "email"},
    )


class NewPasswordForm(Form):
    """A new password."""

    password = PasswordField(_l("New password"), validators=[Needed(_l("Enter a new password."))])


class ChangePasswordForm(Form):
    """The old password and a new one."""

    current = PasswordField(
        _l("Current password"), validators=[Needed(_l("Enter your current password."))]
    )
    password = PasswordField(_l("New password"), validators=[Needed(_l("Enter a new password."))])


class NewEmailForm(Form):
    """A new address, and the password."""

    email = LineField(
        _l("New e-mail address"),
        most=320,
        validators=[Needed(_l("Enter your e-mail address.")), Email()],
        render_kw=EMAIL,
    )
    password = PasswordField(_l("Password"), validators=[Needed(_l("Enter your password."))])


class PersonForm(Form):
    """Name and language."""

    name = LineField(
        _l("Name"), validators=[Needed(_l("Enter a name."))], render_kw={"autocomplete": "name"}
    )
    locale = RadioField(_l("Language of pages and mails"), choices=LANGUAGES)


class AccountForm(PersonForm):
    """One's own name and language; ``seen`` is what the page showed (``own_account.seen_of``)."""

    seen = HiddenField()


class JoinForm(PersonForm):
    """Somebody new: name, language, password."""

    password = PasswordField(_l("Password"), validators=[Needed(_l("Enter a new password."))])


class RolesForm(Form):
    """Roles of one person."""

    roles = SelectMultipleField(_l("Roles"), choices=[])

    def offer(self, offered: tuple[Role, ...]) -> None:
        """List the roles that exist there."""
        self.roles.choices = [
            SelectChoice(role.value, translated(roles.NAMES[role])) for role in offered
        ]

    @property
    def chosen(self) -> frozenset[Role]:
        """The roles that were ticked."""
        return frozenset(Role(value) for value in self.roles.data or ())


class ChangeRolesForm(RolesForm):
    """Other roles for somebody; ``seen`` are those that the page showed (``rules.written``)."""

    seen = HiddenField()


class InviteForm(RolesForm):
    """Somebody to invite to an organisation, or to the secretariat."""

    email = LineField(
        _l("E-mail address"),
        most=320,
        validators=[Needed(_l("Enter an e-mail address.")), Email()],
        render_kw=EMAIL | {"autocomplete": "off"},
    )
    name = LineField(_l("Name"), validators=[Needed(_l("Enter a name."))])
    locale = RadioField(_l("Language of pages and mails"), choices=LANGUAGES, default="ja")


class InviteOrganisationForm(Form):
    """A new member and its first person."""

    organisation = LineField(
        _l("Name of the organisation"),
        validators=[Needed(_l("Enter the name of the organisation.")), Shown(missing_characters)],
    )
    organisation_en = LineField(
        _l("Name of the organisation in English"), validators=[Shown(missing_characters)]
    )
    kind = SelectField(_l("Kind of member"), choices=[])
    name = LineField(_l("Name of the first person"), validators=[Needed(_l("Enter a name."))])
    email = LineField(
        _l("E-mail address of the first person"),
        most=320,
        validators=[Needed(_l("Enter an e-mail address.")), Email()],
        render_kw=EMAIL | {"autocomplete": "off"},
    )
    locale = RadioField(_l("Language of pages and mails"), choices=LANGUAGES, default="ja")

    def offer(self) -> None:
        """List the kinds of members."""
        self.kind.choices = _with_empty(places.KINDS)

    def validate_kind(self, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """ValidationError if no kind was chosen."""
        if not field.data:
            raise ValidationError(CHOOSE)


class ListForm(Form):
    """A file with organisations to invite."""

    file = FileField(_l("CSV file"), validators=[])


class ProfileForm(Form):
    """What an organisation says about itself."""

    name_ja = LineField(
        _l("Name in Japanese"),
        validators=[Needed(_l("Enter the name of the organisation.")), Shown(missing_characters)],
    )
    name_en = LineField(_l("Name in English"), validators=[Shown(missing_characters)])
    kind = SelectField(_l("Kind of member"), choices=[])
    size = SelectField(_l("Number of people who work for you"), choices=[])
    prefecture = SelectField(_l("Prefecture of the head office"), choices=[])
    sector = SelectField(_l("Main industry"), choices=[])
    corporate_number = LineField(
        _l("Corporate number"), most=40, render_kw={"inputmode": "numeric"}
    )
    no_corporate_number = BooleanField(_l("We have no corporate number"))
    website = LineField(_l("Your own site"), most=addresses.URL_MAX, validators=[Site()])
    contact_name = LineField(
        _l("Name of the contact person"), validators=[Needed(_l("Enter a name."))]
    )
    contact_email = LineField(
        _l("E-mail address of the contact"),
        most=320,
        validators=[Needed(_l("Enter an e-mail address.")), Email()],
        render_kw=EMAIL,
    )
    contact_phone = PhoneField(
        _l("Phone"), most=40, render_kw={"type": "tel", "autocomplete": "tel"}
    )

    def offer(self) -> None:
        """List the choices in the reader's language."""
        self.kind.choices = _with_empty(places.KINDS)
        self.size.choices = _with_empty(places.SIZES)
        self.prefecture.choices = _with_empty(places.PREFECTURES)
        self.sector.choices = _with_empty(places.SECTORS)

    def validate_kind(self, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """ValidationError if nothing was chosen."""
        if not field.data:
            raise ValidationError(CHOOSE)

    validate_size = validate_kind
    validate_prefecture = validate_kind

    def validate_sector(self, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """ValidationError if nothing was chosen; individuals need none."""
        if not field.data and self.kind.data != MemberKind.INDIVIDUAL:
            raise ValidationError(CHOOSE)

    def validate_corporate_number(self, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """ValidationError unless it is a right number, or none on purpose."""
        if self.no_corporate_number.data:
            if field.data:
                raise ValidationError(
                    _l("Delete the number, or take the tick off “We have no corporate number”.")
                )
            return
        if not field.data:
            raise ValidationError(
                _l("Enter the corporate number, or choose “We have no corporate number”.")
            )
        found = corporate_number.read(field.data)
        if isinstance(found, Text):
            raise ValidationError(translated(found))
        field.data = found

    def profile(self) -> Profile:
        """Return what was typed; nothing that the form does not list."""
        return Profile(
            name_ja=self.name_ja.data or "",
            name_en=self.name_en.data or "",
            kind=MemberKind(self.kind.data),
            size=SizeBand(self.size.data),
            prefecture=self.prefecture.data,
            sector=self.sector.data or "",
            corporate_number=None if self.no_corporate_number.data else self.corporate_number.data,
            website=self.website.data or "",
            contact_name=self.contact_name.data or "",
            contact_email=self.contact_email.data or "",
            contact_phone=self.contact_phone.data or "",
        )


def _with_empty(named: Any) -> list[SelectChoice]:  # noqa: ANN401 -- codes to texts
    named_choices = [SelectChoice(str(code), translated(text)) for code, text in named.items()]
    return [SelectChoice("", ""), *named_choices]


class HandoverForm(Form):
    """Who takes the administrator's rights over, and whether the one who asks leaves."""

    successor = RadioField(_l("Who takes over"), validate_choice=False)
    email = LineField(
        _l("E-mail address"),
        most=320,
        validators=[Email()],
        render_kw=EMAIL | {"autocomplete": "off"},
    )
    name = LineField(_l("Name"))
    locale = RadioField(_l("Language of pages and mails"), choices=LANGUAGES, default="ja")
    leaves = RadioField(
        _l("What happens to your own access"),
        validate_choice=False,
        choices=[
            SelectChoice("no", _l("I stay and keep my other roles")),
            SelectChoice("yes", _l("I leave: all my access here ends")),
        ],
    )

    def offer(self, people: Sequence[PersonView]) -> None:
        """Give the choices: colleagues, and somebody new."""
        known = [SelectChoice(str(p.user_id), f"{p.name} ({p.email})") for p in people]
        self.successor.choices = [*known, SelectChoice("new", _l("Somebody else"))]

    def validate_successor(self, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """ValidationError if nobody was chosen."""
        if field.data not in {choice.value for choice in self.successor.choices}:
            raise ValidationError(_l("Choose who takes over."))

    def validate_email(self, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """ValidationError if somebody new has no address."""
        if self.successor.data == "new" and not field.data:
            raise ValidationError(_l("Enter an e-mail address."))

    def validate_name(self, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """ValidationError if somebody new has no name."""
        if self.successor.data == "new" and not field.data:
            raise ValidationError(_l("Enter a name."))

    def validate_leaves(self, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """ValidationError if it was not said."""
        if field.data not in {"yes", "no"}:
            raise ValidationError(_l("Choose whether you stay or leave."))


class ReopenForm(Form):
    """A new administrator for a member that nobody can be reached at."""

    email = LineField(
        _l("E-mail address"),
        most=320,
        validators=[Needed(_l("Enter an e-mail address.")), Email()],
        render_kw=EMAIL | {"autocomplete": "off"},
    )
    name = LineField(_l("Name"), validators=[Needed(_l("Enter a name."))])
    locale = RadioField(_l("Language of pages and mails"), choices=LANGUAGES, default="ja")
    reason = LongField(_l("Reason"), most=500, validators=[Needed(_l("Enter the reason."))])
    evidence = LongField(
        _l("How you know that this person speaks for the member"),
        most=1000,
        validators=[Needed(_l("Enter how you know it."))],
    )
