"""What the parts of the poster share: measures and the page they draw on."""

from dataclasses import dataclass

from jpmirai_compliance.posters.layout.look import COLOUR, POSTER, Measures, Palette
from jpmirai_compliance.posters.layout.poster import DoesNotFit, Poster
from jpmirai_compliance.typesetting.block import Align, Block
from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.languages import guess, language
from jpmirai_compliance.typesetting.para import Para, fit
from jpmirai_compliance.typesetting.tagging import TaggedPdf

MARGIN = POSTER.margin
PADDING = 18.0  # inside the panel, and left of the promise above it


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle given by its upper left corner."""

    x: float
    top: float
    width: float
    height: float = 0.0


class Part:
    """A part of one page while it is drawn."""

    def __init__(
        self,
        pdf: TaggedPdf,
        poster: Poster,
        measures: Measures = POSTER,
        palette: Palette = COLOUR,
    ) -> None:
        self.pdf, self.poster = pdf, poster
        self.measures, self.palette = measures, palette
        self.tag = language(poster.language).tag
        self.regular, self.bold = style(self.tag), style(self.tag, bold=True)
        self.latin_bold = style("en", bold=True)
        self.backwards = poster.direction == "rtl"
        self.left, self.width = measures.margin, measures.width - 2 * measures.margin

    @property
    def latin_align(self) -> Align:
        """Return how text from left to right stands at the edge where reading starts."""
        return "end" if self.backwards else "start"

    def name_tag(self, text: str) -> str:
        """Return the language in whose forms a name is set: its script's, not the poster's."""
        own = self.tag if self.tag.startswith("zh") or self.tag == "ko" else "ja"
        return guess(text, own)

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
