"""Forms of the editions: cloning, one indicator with its guidance, importing files."""

import re
from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, MultipleFileField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from jpmirai_compliance.assessments.forms.secretariat import Chosen
from jpmirai_compliance.foundation.forms import Form, LineField, LongField, Needed, Versioned
from jpmirai_compliance.foundation.i18n import translated
from jpmirai_compliance.principles import MAX_LEVEL, BankError, Edition
from jpmirai_compliance.principles.drafting import Entry, flat
from jpmirai_compliance.principles.guidance import EXAMPLE_MAX, WHY_MAX

LANGUAGES = ("ja", "en")
TITLE_MAX, TEXT_MAX = 120, 1_000
GATES = [
    SelectChoice("none", _l("No gate")),
    SelectChoice("badge", _l("Badge: no badge below the minimum level")),
    SelectChoice("award", _l("Award: not on the shortlist below the minimum level")),
]
_WRITE = {"ja": _l("Write the Japanese text."), "en": _l("Write the English text.")}
_PLACE = re.compile(r"([a-z_]+)(?:\[([0-9]+)\])?(?:\.(ja|en))?")


class CloneForm(Form):
    """Which edition a draft starts from."""

    source = SelectField(
        _l("Edition to start from"),
        validate_choice=False,
        validators=[Chosen(_l("Choose one of the editions."))],
    )


class ImportForm(Versioned):
    """YAML files of an edition, or one archive of them."""

    files = MultipleFileField(_l("YAML files, or one ZIP archive of them"))


class IndicatorForm(Form):
    """One indicator of a draft; the texts in both languages stand side by side."""

    weight = RadioField(
        _l("Weight"),
        validate_choice=False,
        choices=[
            SelectChoice("1", _l("1: supporting")),
            SelectChoice("2", _l("2: standard")),
            SelectChoice("3", _l("3: core")),
        ],
        validators=[Chosen(_l("Choose the weight."))],
    )
    gate = RadioField(
        _l("Gate"),
        validate_choice=False,
        choices=GATES,
        validators=[Chosen(_l("Choose the gate."))],
    )
    core = BooleanField(_l("Also part of the short form"))
    supply_chain = BooleanField(_l("Also counts in the supply-chain score"))
    applies_to = SelectMultipleField(_l("Who is asked"), validate_choice=False)
    terms = SelectMultipleField(_l("Terms explained beside the question"), validate_choice=False)
    refs = LongField(
        _l("Laws and standards, one a line"),
        most=TEXT_MAX,
        validators=[Needed(_l("Name at least one law or standard."))],
    )

    def validate_applies_to(self, field: Any) -> None:  # noqa: ANN401 -- WTForms
        """ValidationError if nobody is asked."""
        if not field.data:
            raise ValidationError(_l("Choose at least one kind of member."))

    def offer(self, edition: Edition, locale: str) -> None:
        """Give the boxes their choices from the edition."""
        self.applies_to.choices = [
            SelectChoice(kind.value, name.pick(locale))
            for kind, name in edition.member_types.items()
        ]
        self.terms.choices = [
            SelectChoice(term.id, term.name.pick(locale)) for term in edition.terms.values()
        ]

    def fill(self, entry: Entry) -> None:
        """Show what is stored."""
        for name, value in flat(entry).items():
            if name in self:
                self[name].data = value
        stored = entry.indicator
        self.core.data, self.supply_chain.data = stored["core"], stored["supply_chain"]
        self.applies_to.data = list(stored["applies_to"])
        self.terms.data = list((entry.guide or {}).get("terms", ()))

    def entry(self) -> Entry:
        """Return what was typed; it is checked by whoever stores it."""
        indicator: dict[str, Any] = {
            "title": self._both("title"),
            "question": self._both("question"),
            "weight": int(self.weight.data),
            "gate": self.gate.data,
            "core": bool(self.core.data),
            "supply_chain": bool(self.supply_chain.data),
            "applies_to": list(self.applies_to.data),
            "levels": [self._both(f"level{place}") for place in range(MAX_LEVEL + 1)],
            "evidence": [
                {"ja": ja, "en": en}
                for ja, en in zip(
                    self._lines("evidence_ja"), self._lines("evidence_en"), strict=True
                )
            ],
            "refs": self._lines("refs"),
        }
        for name in ("na_when", "caution"):
            if self[f"{name}_ja"].data:
                indicator[name] = self._both(name)
        guide = {
            "terms": list(self.terms.data),
            "example": self._both("example"),
            "why": self._both("why"),
        }
        return Entry(indicator, guide)

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 -- WTForms
        """Return whether it can be stored; a text has both languages or neither."""
        sound = bool(super().validate(extra_validators))
        for name in ("na_when", "caution"):
            ja, en = self[f"{name}_ja"], self[f"{name}_en"]
            if bool(ja.data) != bool(en.data):
                (en if ja.data else ja).errors = [_WRITE["en" if ja.data else "ja"]]
                sound = False
        if len(self._lines("evidence_ja")) != len(self._lines("evidence_en")):
            self["evidence_en"].errors = [
                _l("Write as many lines in English as in Japanese, in the same order.")
            ]
            sound = False
        return sound

    def show(self, fault: BankError) -> list[tuple[str, str]]:
        """Put what the bank says at its field; else return it for the error summary."""
        field = self._field_of(fault.key.partition(".")[2])
        if field is None:
            return [(translated(fault.text), "")]
        field.errors = [translated(fault.reason)]
        return []

    def _field_of(self, key: str) -> Any:  # noqa: ANN401 -- WTForms
        found = _PLACE.fullmatch(key)
        if not found:
            return None
        name, place, tag = found.groups()
        name = f"level{place}" if name == "levels" and place else name
        name = f"{name}_{tag}" if tag else name
        return self._fields.get(name)

    def _both(self, name: str) -> dict[str, str]:
        return {tag: self[f"{name}_{tag}"].data or "" for tag in LANGUAGES}

    def _lines(self, name: str) -> list[str]:
        return [line.strip() for line in (self[name].data or "").splitlines() if line.strip()]


def _texts() -> Iterator[tuple[str, Any]]:
    """Yield the fields of the texts: name_ja and name_en, each with its limit."""
    named = {
        "title": (_l("Title (Japanese)"), _l("Title (English)")),
        "question": (_l("Question (Japanese)"), _l("Question (English)")),
        "example": (_l("A good example (Japanese)"), _l("A good example (English)")),
        "why": (_l("Why it matters (Japanese)"), _l("Why it matters (English)")),
    }
    most = {"title": {"ja": TITLE_MAX, "en": TITLE_MAX}, "example": EXAMPLE_MAX, "why": WHY_MAX}
    for name, labels in named.items():
        for tag, label in zip(LANGUAGES, labels, strict=True):
            limit = most.get(name, {}).get(tag, TEXT_MAX)
            yield f"{name}_{tag}", LineField(label, most=limit, validators=[Needed(_WRITE[tag])])
    for place in range(MAX_LEVEL + 1):
        ja = _l("Level %(level)s (Japanese)", level=place)
        en = _l("Level %(level)s (English)", level=place)
        yield f"level{place}_ja", LineField(ja, most=TEXT_MAX, validators=[Needed(_WRITE["ja"])])
        yield f"level{place}_en", LineField(en, most=TEXT_MAX, validators=[Needed(_WRITE["en"])])
    optional = {
        "na_when": (_l("“Does not apply” is fair when (Japanese)"), _l("The same in English")),
        "caution": (_l("Caution about the references (Japanese)"), _l("The same in English")),
    }
    for name, labels in optional.items():
        for tag, label in zip(LANGUAGES, labels, strict=True):
            yield f"{name}_{tag}", LineField(label, most=TEXT_MAX)
    lines = (_l("Examples of evidence, one a line (Japanese)"), _l("The same lines in English"))
    for tag, label in zip(LANGUAGES, lines, strict=True):
        yield f"evidence_{tag}", LongField(label, validators=[Needed(_WRITE[tag])])


for _name, _field in _texts():
    setattr(IndicatorForm, _name, _field)
