"""Forms of the room."""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from jpmirai_compliance.disclosure import rules
from jpmirai_compliance.disclosure.queries import DraftView
from jpmirai_compliance.disclosure.service.texts import Edit
from jpmirai_compliance.foundation.forms import (
    Form,
    LineField,
    LongField,
    Needed,
    Shown,
    Versioned,
)
from jpmirai_compliance.principles import PRINCIPLES, SOURCE, WordingStatus
from jpmirai_compliance.typesetting.faces import missing_characters

WORDINGS_MAX = 500_000  # characters of a file of wordings
TEXT_MAX = 2_000  # characters that a field of one text takes; the rule of its key is shorter
_LINE_END = re.compile(r"\s*\n\s*")


class ChoicesForm(Versioned):
    """What to say of one year; the choices are set from what the snapshot allows."""

    headline_ja = LineField(_l("Headline in Japanese"), most=rules.HEADLINE_MAX)
    headline_en = LineField(_l("Headline in English"), most=rules.HEADLINE_MAX)
    statement_ja = LongField(_l("Statement in Japanese"), most=rules.STATEMENT_MAX)
    statement_en = LongField(_l("Statement in English"), most=rules.STATEMENT_MAX)
    numbers = RadioField(
        _l("How results are shown"),
        choices=[
            SelectChoice("bands", _l("Bands only")),
            SelectChoice("numbers", _l("Bands and percentages")),
        ],
        default="bands",
    )
    principles = SelectMultipleField(_l("Principles whose activities are shown"), coerce=int)
    texts_1 = SelectMultipleField(_l("Texts under principle 1"))
    texts_2 = SelectMultipleField(_l("Texts under principle 2"))
    texts_3 = SelectMultipleField(_l("Texts under principle 3"))
    texts_4 = SelectMultipleField(_l("Texts under principle 4"))
    texts_5 = SelectMultipleField(_l("Texts under principle 5"))
    evidence = SelectMultipleField(_l("Public evidence"))

    def texts(self, number: int) -> SelectMultipleField:
        """Return the field of one principle's texts."""
        return self[f"texts_{number}"]

    def chosen(self) -> rules.Choices:
        """Return the choices that the form holds."""
        return rules.Choices(
            headline_ja=self.headline_ja.data or "",
            headline_en=self.headline_en.data or "",
            statement_ja=self.statement_ja.data or "",
            statement_en=self.statement_en.data or "",
            numbers=self.numbers.data == "numbers",
            principles=tuple(self.principles.data or ()),
            indicators=tuple(i for n in PRINCIPLES for i in self.texts(n).data or ()),
            evidence=tuple(self.evidence.data or ()),
        )


def initial(draft: DraftView, offered: rules.Offer) -> dict[str, Any]:
    """Return what a ``ChoicesForm`` shows first."""
    choices = draft.choices
    owner = {a.indicator: a.principle for a in offered.activities}
    texts = {f"texts_{n}": [i for i in choices.indicators if owner.get(i) == n] for n in PRINCIPLES}
    return {
        "version": draft.version,
        "headline_ja": choices.headline_ja,
        "headline_en": choices.headline_en,
        "statement_ja": choices.statement_ja,
        "statement_en": choices.statement_en,
        "numbers": "numbers" if choices.numbers else "bands",
        "principles": list(choices.principles),
        "evidence": list(choices.evidence),
        **texts,
    }


class PublishForm(Form):
    """Nothing to fill in: the draft that was shown is published."""


class WithdrawForm(Form):
    """Why a page is taken back."""

    reason = LongField(
        _l("Why is the page withdrawn?"),
        most=rules.REASON_MAX,
        validators=[Needed(_l("Say why the page is withdrawn."))],
    )


class WordingForm(Form):
    """A file of wordings, or its text; ``seen`` marks what was in force when it was looked at."""

    file = FileField(_l("File"))
    text = LongField(_l("Or paste the text of the file"), most=WORDINGS_MAX)
    filename = HiddenField()
    seen = HiddenField()


class DirectoryForm(Form):
    """Filters of the directory; they stand in the address, and touch no session."""

    class Meta:
        """No token: nothing is changed."""

        csrf = False

    search = LineField(_l("Name of the organisation"), most=100)
    kind = SelectField(_l("Kind of member"), default="")
    prefecture = SelectField(_l("Prefecture"), default="")
    year = SelectField(_l("Year"), default="")

    def offer(
        self,
        everything: str,
        kinds: Iterable[tuple[str, str]],
        prefectures: Iterable[tuple[str, str]],
        years: Iterable[int],
    ) -> None:
        """Set what can be chosen; ``everything`` is the word for no filter."""
        self.kind.choices = [("", everything), *kinds]
        self.prefecture.choices = [("", everything), *prefectures]
        self.year.choices = [("", everything), *((str(y), str(y)) for y in years)]


class CodeForm(Form):
    """A verification code that somebody reads off a badge."""

    class Meta:
        """No token: nothing is changed."""

        csrf = False

    code = LineField(_l("Verification code"), most=40)


class SentenceForm(Form):
    """One text of a wording and whose it is; ``mark`` says what was seen."""

    text = LongField(_l("Text"), most=TEXT_MAX, validators=[Shown(missing_characters)])
    status = RadioField(_l("Whose text is it?"), choices=[], validate_choice=True)
    mark = HiddenField()

    def edit(self, key: str) -> Edit:
        """Return what was entered; line ends become spaces."""
        status = WordingStatus.REFERENCE if key == SOURCE else WordingStatus(self.status.data)
        text = _LINE_END.sub(" ", self.text.data or "")
        return Edit(key, text, status, self.mark.data or "")


class StatusForm(Form):
    """Sentences, each with the mark of what was seen, and the status that they get."""

    sentences = SelectMultipleField(_l("Sentences"), validate_choice=False)
    every = SelectMultipleField(validate_choice=False)
    status = RadioField(_l("Status of the chosen sentences"), default=WordingStatus.APPROVED.value)

    def marks(self, *, every: bool = False) -> dict[str, str]:
        """Return key → mark of the chosen sentences, or of every one that was shown."""
        field = self.every if every else self.sentences
        chosen = [value.rpartition(":") for value in field.data or ()]
        return {key: mark for key, _colon, mark in chosen}
