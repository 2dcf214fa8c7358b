"""What a poster says."""

from dataclasses import dataclass
from datetime import datetime

from jpmirai_compliance.typesetting.languages import Direction, language

COUNT = 5
MOST_HELP_LINES = 5


class DoesNotFit(ValueError):
    """A text is too long for the page, even at the smallest size."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One place to turn to: what it is, and the telephone number or address.

    A ``typed`` label came from a person: it is text, whatever it holds, and may be cut.
    """

    label: str
    value: str
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A logo: a PNG picture that we drew, and its size in pixels."""

    png: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Poster:
    """All that one poster says. Empty texts and None leave their place free.

    ``status`` says where the wording comes from (official, approved, reference), in the poster's
    language; ``status_ja`` the same for Japanese readers, empty on a Japanese poster.
    ``scan`` stands at the code and says what it is for; ``same_code`` that it shows nobody.
    ``created`` is an aware time; the same poster always gives the same bytes.
    """

    language: str
    title: str
    subtitle: str
    principles: tuple[str, ...]
    supply_chain: str
    help_lead: str
    help_lines: tuple[HelpLine, ...]
    organisation: str | None
    site: str | None
    qr_url: str
    short_url: str
    status: str
    status_ja: str
    footer: str
    author: str
    created: datetime
    headings: tuple[str, ...] = ()
    scan: str = ""
    same_code: str = ""
    logo: Mark | None = None

    def __post_init__(self) -> None:
        if len(self.principles) != COUNT or len(self.headings) not in {0, COUNT}:
            msg = f"a poster has {COUNT} principles and as many headings, or none"
            raise ValueError(msg)
        if len(self.help_lines) > MOST_HELP_LINES:
            msg = f"a poster has room for {MOST_HELP_LINES} lines of help"
            raise ValueError(msg)

    @property
    def direction(self) -> Direction:
        """Return "ltr" or "rtl"."""
        return language(self.language).direction
