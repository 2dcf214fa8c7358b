"""Names of sheets, headings and list words: written in one language, read in each."""

from collections.abc import Mapping
from types import MappingProxyType

from jpmirai_compliance.assessments.rules import Reach
from jpmirai_compliance.foundation.catalogue import LOCALES, translate
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.reports.rules.filled import REACH_WORDS, Field, fold

META = "_meta"
GUIDE = Text("How to use")
PRINCIPLE = Text("Principle %(number)d")
NOT_APPLICABLE = Text("Not applicable")

ID = Text("No.")
QUESTION = Text("Question")
SENTENCES = Text("The sentences to choose from")
LAST = Text("Last year’s answer")

HEADINGS: Mapping[Field, Text] = MappingProxyType(
    {
        Field.ID: ID,
        Field.CHOICE: Text("[Fill in] Answer: 0 to 4, or not applicable"),
        Field.REASON: Text("[Fill in] Why it does not apply"),
        Field.TEXT: Text("[Fill in] What you do and have done (will be public)"),
        Field.NOTE: Text("[Fill in] Internal note (never public)"),
        Field.REACH: Text("[Fill in] Speaks for"),
    }
)


def known_headings() -> dict[str, Field]:
    """Return folded heading → column, in every language."""
    return {
        fold(translate(text, locale)): field
        for field, text in HEADINGS.items()
        for locale in LOCALES
    }


def known_reaches() -> dict[str, Reach]:
    """Return folded word → what an answer speaks for, in every language."""
    return {
        fold(translate(text, locale)): reach
        for reach, text in REACH_WORDS.items()
        for locale in LOCALES
    }
