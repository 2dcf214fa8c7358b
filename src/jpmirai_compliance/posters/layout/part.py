"""What the parts of the poster share: colours, measures, and the page they draw on."""

from dataclasses import dataclass

from jpmirai_compliance.posters.layout.poster import DoesNotFit, Poster
from jpmirai_compliance.typesetting.block import Align, Block
from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.languages import language
from jpmirai_compliance.typesetting.para import Para, fit
from jpmirai_compliance.typesetting.tagging import Colour, TaggedPdf

BLUE: Colour = (0.0, 0x17 / 255, 0xC1 / 255)
INK: Colour = (0.10, 0.10, 0.12)
GREY: Colour = (0.35, 0.35, 0.38)
RULE: Colour = (0.72, 0.75, 0.82)
PALE: Colour = (0.91, 0.945, 0.996)

MARGIN = 42.0
PANEL_BOTTOM = 46.0
PANEL_HEIGHT = 178.0
PADDING = 18.0  # inside the panel, and left of the promise above it
SMALLEST = 7.0  # size of text that is meant to be read


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle given by its upper left corner."""

    x: float
    top: float
    width: float
    height: float = 0.0


class Part:
    """A part of one page while it is drawn."""

    def __init__(self, pdf: TaggedPdf, poster: Poster) -> None:
        self.pdf, self.poster = pdf, poster
        self.tag = language(poster.language).tag
        self.regular, self.bold = style(self.tag), style(self.tag, bold=True)
        self.latin_bold = style("en", bold=True)
        self.backwards = poster.direction == "rtl"
        self.left, self.width = MARGIN, pdf.width - 2 * MARGIN

    @property
    def latin_align(self) -> Align:
        """Return how text from left to right stands at the edge where reading starts."""
        return "end" if self.backwards else "start"

    def text(self, role: str, text: Block, corner: tuple[float, float]) -> float:
        """Draw a whole paragraph as an element of its own; return the height used."""
        return text.draw(self.pdf, self.pdf.element(role), corner)


def fitted(text: Para, box: tuple[float, float], sizes: tuple[float, float]) -> float:
    """Return the largest size that fits. Raises ``DoesNotFit`` if the smallest does not."""
    size = fit(text, box, sizes)
    if size is None:
        msg = f"a text of this poster is too long: {text.text[:40]}…"
        raise DoesNotFit(msg)
    return size
