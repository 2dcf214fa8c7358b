"""What an engine is given. The product is not imported here: its size would count as theirs."""

from dataclasses import dataclass
from pathlib import Path

FONTS = Path(__file__).parents[2] / "src" / "jpmirai_compliance" / "typesetting" / "fonts"
PAGE = (595.276, 841.89)
MARGIN = 42.0
#: For golden texts: size, width of the page, and room for each line.
SIZE, WIDE, PITCH = 20.0, 14_000.0, 120.0


@dataclass(frozen=True)
class Language:
    """How a language is set; ``stems`` are font files, ``families`` their names, first the own."""

    tag: str
    direction: str
    shaping: str
    stems: list[str]
    families: list[str]


@dataclass(frozen=True)
class Content:
    """One poster's words; readings are left out, since not every engine sets them."""

    language: Language
    title: str
    principles: list[str]
    supply_chain: str
    help_lead: str
    telephone: str
    organisation: str
    url: str
    code_url: str
    code_svg: str
    code_rows: list[list[bool]]
    status: str


def content_from(values: dict[str, object]) -> Content:
    """Return the content that came as JSON."""
    return Content(**{**values, "language": Language(**values["language"])})
