"""How a page looks: its measures, in points, and its colours."""

from dataclasses import dataclass

from jpmirai_compliance.typesetting.tagging import BLACK, WHITE, Colour

A4_WIDTH, A4_HEIGHT = 595.276, 841.89


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are for; ``frame`` is drawn around the panel, None for none."""

    accent: Colour
    ink: Colour
    grey: Colour
    rule: Colour
    pale: Colour
    panel: Colour
    on_panel: Colour
    frame: Colour | None = None


COLOUR = Palette(
    accent=(0.0, 0x17 / 255, 0xC1 / 255),
    ink=(0.10, 0.10, 0.12),
    grey=(0.35, 0.35, 0.38),
    rule=(0.72, 0.75, 0.82),
    pale=(0.91, 0.945, 0.996),
    panel=(0.0, 0x17 / 255, 0xC1 / 255),
    on_panel=WHITE,
)
#: For black-and-white printers and copies of copies: no ground behind any text, no grey in it.
PLAIN = Palette(
    accent=BLACK,
    ink=BLACK,
    grey=BLACK,
    rule=(0.4, 0.4, 0.4),
    pale=WHITE,
    panel=WHITE,
    on_panel=BLACK,
    frame=BLACK,
)


@dataclass(frozen=True, slots=True)
class Measures:
    """Sizes of one design; a larger sheet is the same design, enlarged."""

    width: float = A4_WIDTH
    height: float = A4_HEIGHT
    margin: float = 42.0
    panel_bottom: float = 46.0
    panel_height: float = 218.0
    code: float = 116.0  # side of the code to scan
    code_column: float = 146.0
    smallest: float = 7.0  # size of text that is meant to be read
    foot: float = 7.5
    names: float = 11.5
    same_code: float = 8.5  # the sentence on whom the code shows
    label: float = 11.0


POSTER = Measures()
#: Half the size of A4 in the hand: small print is twice as large on the design.
CARD = Measures(
    margin=38.0,
    panel_height=312.0,
    code=180.0,
    code_column=206.0,
    smallest=11.0,
    foot=12.0,
    names=15.0,
    same_code=13.0,
    label=15.0,
)
LANDSCAPE = Measures(width=A4_HEIGHT, height=A4_WIDTH, panel_height=120.0, code=84.0)
MANY = Measures(panel_height=164.0, code=106.0, margin=34.0)
