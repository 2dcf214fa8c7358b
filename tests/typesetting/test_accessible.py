"""What docs/pdf.md states about every PDF, looked for in finished files of each kind."""

import io
import re
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree as ET

import pikepdf
import pytest

from jpmirai_compliance.posters.layout import Layout, Look, draw_sheets
from tests.posters.cases import poster
from tests.typesetting.test_document import receipt

#: Operators that put something on the page.
PAINTING = frozenset(
    ["Tj", "TJ", "'", '"', "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "Do", "sh"]
)
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
#: The roles that we write, and which may stand in which: those of the standard that we need.
PARENTS = {
    "LI": {"L"},
    "Lbl": {"LI"},
    "LBody": {"LI"},
    "TR": {"Table"},
    "TH": {"TR"},
    "TD": {"TR"},
    "RB": {"Ruby"},
    "RT": {"Ruby"},
}
ROLES = {*PARENTS, "Document", "Sect", "H1", "H2", "H3", "P", "L", "Table", "Figure", "Ruby"}


def sheets(*tags, layout=Layout.A4):
    return lambda: draw_sheets([poster(tag) for tag in tags], Look(layout, marks=True))


KINDS = {
    "poster": sheets("ja"),
    "poster with readings": sheets("ja-x-easy"),
    "poster from right to left": sheets("ur"),
    "pack": sheets("my", "km", "vi"),
    "two languages": sheets("ja", "th", layout=Layout.TWO),
    "many languages": sheets("en", "si", "ta", "ne", "bn", "lo", layout=Layout.MANY),
    "cards": sheets("zh-Hans", layout=Layout.CARD),
    "receipt": receipt,
    "receipt from right to left": lambda: receipt("ur"),
}


@pytest.fixture(scope="module", params=KINDS, ids=lambda name: name.replace(" ", "-"))
def opened(request):
    with pikepdf.open(io.BytesIO(KINDS[request.param]())) as document:
        yield document


def elements(document):
    """Yield parent and element of the whole structure, in reading order."""
    waiting = [(None, document.Root.StructTreeRoot.K[0])]
    while waiting:
        parent, element = waiting.pop()
        yield parent, element
        kids = [kid for kid in element.K if isinstance(kid, pikepdf.Dictionary)]
        waiting += [(element, kid) for kid in reversed(kids) if "/S" in kid]


def content(element, document):
    """Yield (page number, content id) of an element and all below it, in reading order."""
    pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
    for kid in element.K:
        if not isinstance(kid, pikepdf.Dictionary):
            yield pages[element.Pg.objgen], int(kid)
        elif "/MCID" in kid:
            yield pages[kid.Pg.objgen], int(kid.MCID)
        else:
            yield from content(kid, document)


def marks(page):
    """Yield each painting operator of a page with its content id, "artifact" or None."""
    open_marks = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"BDC", "BMC"}:
            properties = operands[1] if name == "BDC" else {}
            found = int(properties["/MCID"]) if "/MCID" in properties else None
            open_marks.append("artifact" if str(operands[0]) == "/Artifact" else found)
        elif name == "EMC":
            open_marks.pop()
        elif name in PAINTING:
            yield name, next((mark for mark in open_marks if mark is not None), None)
    assert open_marks == []


def test_everything_on_a_page_is_content_or_decoration(opened):
    for number, page in enumerate(opened.pages):
        found = list(marks(page))
        assert [name for name, mark in found if mark is None] == []
        painted = {mark for _, mark in found if mark != "artifact"}
        assert painted == {
            n for p, n in content(opened.Root.StructTreeRoot.K[0], opened) if p == number
        }


def test_content_belongs_to_one_element_each_and_the_parent_tree_knows_it(opened):
    root = opened.Root.StructTreeRoot
    places = list(content(root.K[0], opened))
    assert max(Counter(places).values()) == 1
    numbers = list(root.ParentTree.Nums)
    owners = {int(key): list(value) for key, value in zip(numbers[::2], numbers[1::2], strict=True)}
    for number, page in enumerate(opened.pages):
        own = [mark for place, mark in places if place == number]
        assert sorted(own) == list(range(len(owners[int(page.StructParents)])))
    for _, element in elements(opened):
        for kid in element.K:
            if not isinstance(kid, pikepdf.Dictionary):
                page = int(element.Pg.StructParents)
                assert owners[page][int(kid)].objgen == element.objgen


def test_the_order_of_reading_is_the_order_of_drawing(opened):
    places = list(content(opened.Root.StructTreeRoot.K[0], opened))
    assert places == sorted(places)
    assert {page for page, _ in places} == set(range(len(opened.pages)))


def test_roles_are_those_of_the_standard_and_stand_where_they_may(opened):
    for parent, element in elements(opened):
        role = str(element.S)[1:]
        assert role in ROLES
        if role in PARENTS:
            assert str(parent.S)[1:] in PARENTS[role]
        if parent is not None:
            assert element.P.objgen == parent.objgen


def test_headings_begin_with_the_first_level_and_leave_none_out(opened):
    levels = [int(str(e.S)[2:]) for _, e in elements(opened) if re.fullmatch("/H[1-6]", str(e.S))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_figures_say_what_they_show_and_header_cells_what_they_head(opened):
    found = [element for _, element in elements(opened)]
    figures = [element for element in found if str(element.S) == "/Figure"]
    assert figures
    assert all(str(figure.Alt).strip() for figure in figures)
    headers = [element for element in found if str(element.S) == "/TH"]
    assert {str(header.A.Scope) for header in headers} <= {"/Row", "/Column"}


def test_language_title_and_tags_are_named(opened):
    root = opened.Root
    assert bool(root.MarkInfo.Marked)
    assert re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", str(root.Lang))
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert str(opened.docinfo["/Title"]).strip()
    assert {str(page.Tabs) for page in opened.pages} == {"/S"}
    languages = [str(e.Lang) for _, e in elements(opened) if "/Lang" in e]
    assert all(re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", tag) for tag in languages)


def test_metadata_say_the_same_twice_and_claim_nothing(opened):
    packet = opened.Root.Metadata.read_bytes().decode()
    assert re.search("pdfuaid|pdfaid|pdfxid", packet) is None
    tree = ET.fromstring(packet[packet.index("<x:") : packet.index("<?xpacket end")])  # noqa: S314 -- our own
    said = {
        name: tree.find(f".//{DC}{name}//{RDF}li").text
        for name in ("title", "creator", "language", "description")
    }
    info = opened.docinfo
    assert said["title"] == said["description"] == str(info["/Title"]) == str(info["/Subject"])
    assert said["creator"] == str(info["/Author"])
    assert said["language"] == str(opened.Root.Lang)
    assert "/OutputIntents" not in opened.Root


def fonts(document):
    seen = {}
    for page in document.pages:
        seen |= {font.objgen: font for font in page.Resources.Font.values()}
    return seen.values()


def test_fonts_are_embedded_cut_down_and_give_text_for_every_glyph(opened):
    drawn = Counter()
    for page in opened.pages:
        drawn += _characters(page)
    for font in fonts(opened):
        descendant = font.DescendantFonts[0]
        assert re.fullmatch(r"/[A-Z]{6}\+.+", str(font.BaseFont))
        assert str(font.BaseFont) == str(descendant.BaseFont)
        assert len(descendant.FontDescriptor.FontFile2.read_bytes()) > 300
        assert str(font.Encoding) == "/Identity-H"
        known = re.findall(
            rb"^<([0-9A-F]{4})> <[0-9A-F]+>$", font.ToUnicode.read_bytes(), re.MULTILINE
        )
        used = {code for objgen, code in drawn if objgen == font.objgen}
        assert used
        assert used <= {int(code, 16) for code in known}


def _characters(page):
    named, font, found = page.Resources.Font, None, Counter()
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            font = named[str(operands[0])]
        elif str(operator) == "TJ":
            for item in operands[0]:
                if isinstance(item, pikepdf.String):
                    codes = bytes(item)
                    pairs = [codes[n : n + 2] for n in range(0, len(codes), 2)]
                    found.update((font.objgen, int.from_bytes(pair, "big")) for pair in pairs)
    return found


def test_nothing_runs_asks_or_points_outside(opened):
    root = opened.Root
    assert not opened.is_encrypted
    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names", "/URI"} & set(root.keys())
    for page in opened.pages:
        assert "/Annots" not in page
        assert "/AA" not in page
        assert "/XObject" not in page.Resources or len(page.Resources.XObject) == 0
    assert opened.check_pdf_syntax() == []


def test_control_untagged_content_is_noticed():
    pdf = receipt()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        page.contents_add(b"0 0 10 10 re f")
        page.contents_coalesce()
        assert [name for name, mark in marks(page) if mark is None] == ["f"]
