"""Texts that do not need a web framework.

Rules and services speak ``Text``; the edge turns it into a language.
``pybabel extract -k Text`` finds the first argument of every call.
``Localized`` is content that exists in several languages: the bank, names, wordings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: Where a reader's language is missing, these are tried in turn.
FALLBACK = ("en", "ja")


@dataclass(frozen=True, slots=True)
class Text:
    """A message id in English and the values for its ``%(name)s`` marks.

    A value may itself be a ``Text``, a ``Localized``, a date or an aware datetime;
    whoever translates brings it into the reader's language too.
    """

    msgid: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the English text, for logs and test failures."""
        return self.msgid % self.values if self.values else self.msgid


@dataclass(frozen=True, slots=True)
class Localized:
    """One content text in several languages, keyed by BCP-47 tag; never empty."""

    texts: Mapping[str, str]

    def __post_init__(self) -> None:
        if not self.texts:
            msg = "a localized text needs at least one language"
            raise ValueError(msg)
        object.__setattr__(self, "texts", MappingProxyType(dict(self.texts)))

    def pick(self, locale: str) -> str:
        """Return the text in ``locale``, else its base language, else en, ja, whatever there is."""
        return self.texts[self.language(locale)]

    def language(self, locale: str) -> str:
        """Return the tag of the language that ``pick`` would give."""
        tag = locale.replace("_", "-")
        for candidate in (tag, tag.partition("-")[0], *FALLBACK):
            if self.texts.get(candidate):
                return candidate
        return next(iter(self.texts))

    def __str__(self) -> str:
        """Return the English text, for logs and test failures."""
        return self.pick("en")
