"""A tagged PDF on top of a ReportLab canvas: structure tree, language, title, metadata.

Conformance to PDF/UA or PDF/A is not claimed in the metadata: no validator has confirmed it.
The same calls with the same values give the same bytes.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFObjectReference,
    PDFPage,
    PDFStream,
    PDFString,
)
from reportlab.pdfgen.canvas import Canvas

from jpmirai_compliance.typesetting.faces import Face
from jpmirai_compliance.typesetting.pdffont import PdfFont
from jpmirai_compliance.typesetting.plain import plain

# the default wraps page streams in ASCII85: a quarter larger, for transports of the last century
rl_config.useA85 = 0

CREATOR = "jpmirai-compliance"
Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)
_TITLE_LIMIT = 300


@dataclass(eq=False, slots=True)
class Element:
    """One node of the structure tree; ``kids`` are elements and (page, content id) pairs."""

    role: str
    attributes: dict[str, str]
    scope: str | None = None
    kids: "list[Element | tuple[int, int]]" = field(default_factory=list)
    reference: PDFObjectReference | None = None


@dataclass(frozen=True, slots=True)
class _Stamp:
    """The time of creation, in the shape ReportLab wants."""

    when: datetime

    @property
    def YMDhms(self) -> tuple[int, ...]:  # noqa: N802 -- ReportLab's name
        return self.when.timetuple()[:6]

    @property
    def dhh(self) -> int:
        return self._minutes // 60

    @property
    def dmm(self) -> int:
        return self._minutes % 60

    @property
    def _minutes(self) -> int:
        offset = self.when.utcoffset()
        if offset is None:
            msg = "the time of creation needs a time zone"
            raise ValueError(msg)
        return round(offset.total_seconds() / 60)


class TaggedPdf:
    """A document being drawn, page by page. Coordinates are points from the lower left corner."""

    def __init__(
        self,
        *,
        language: str,
        title: str,
        author: str,
        created: datetime,
        size: tuple[float, float] = A4,
    ) -> None:
        """Start a document. Raises ``ValueError`` if ``created`` has no time zone."""
        self.width, self.height = size
        self._language = language
        self._title, self._author = plain(title, _TITLE_LIMIT), plain(author, _TITLE_LIMIT)
        self._created = created
        self._buffer = io.BytesIO()
        self.canvas = Canvas(
            self._buffer, pagesize=size, pageCompression=1, lang=language, invariant=1
        )
        self._document = self.canvas._doc  # noqa: SLF001 -- fonts and tags need its objects
        self._document._timeStamp = _Stamp(created)  # noqa: SLF001 -- no public way
        self._fonts: dict[Face, PdfFont] = {}
        self._pages: list[str] = []
        self._marked: dict[int, list[Element]] = {}
        self._root = Element("Document", {})
        self._open = [self._root]
        self._drop_standard_fonts()
        self._describe()
        self._number_pages()
        _ = _Stamp(created).dhh  # a naive time fails here and not at the end

    def font(self, face: Face) -> PdfFont:
        """Return this document's font for a face."""
        if face not in self._fonts:
            self._fonts[face] = PdfFont(face, self._document)
        return self._fonts[face]

    def literal(self, code: str) -> None:
        """Write PDF operators into the page."""
        self.canvas.addLiteral(code)

    def fill(self, colour: Colour) -> None:
        """Set the colour of text and areas."""
        self.canvas.setFillColorRGB(*colour)

    def rectangle(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle; call it inside ``artifact()``."""
        self.canvas.setFillColorRGB(*colour)
        self.canvas.rect(x, y, width, height, stroke=0, fill=1)

    @contextmanager
    def group(self, role: str, **attributes: str) -> Iterator[Element]:
        """Put what is made inside below a new element, such as ``L`` or ``Table``."""
        element = self.element(role, None, None, **attributes)
        self._open.append(element)
        try:
            yield element
        finally:
            self._open.pop()

    def element(
        self, role: str, parent: Element | None = None, scope: str | None = None, **attributes: str
    ) -> Element:
        """Return a new element in the open group; ``scope`` is that of a table header cell."""
        element = Element(role, {key: plain(value) for key, value in attributes.items()}, scope)
        (parent or self._open[-1]).kids.append(element)
        return element

    @contextmanager
    def content(self, element: Element) -> Iterator[None]:
        """Mark what is drawn inside as content of ``element``; never nested."""
        page = self.canvas.getPageNumber() - 1
        marked = self._marked.setdefault(page, [])
        element.kids.append((page, len(marked)))
        self.literal(f"/{element.role} <</MCID {len(marked)}>> BDC")
        marked.append(element)
        try:
            yield
        finally:
            self.literal("EMC")

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """Mark what is drawn inside as decoration."""
        self.literal("/Artifact BMC")
        try:
            yield
        finally:
            self.literal("EMC")

    def end_page(self) -> None:
        """Close the page; the next thing drawn is on a new one."""
        self.canvas.showPage()

    def save(self) -> bytes:
        """Return the finished document; every page must have been ended. Only once."""
        self._write_structure()
        self._write_metadata()
        self.canvas.save()
        return self._buffer.getvalue()

    def _drop_standard_fonts(self) -> None:
        """Forget the Helvetica that every page would name without embedding it."""
        self.canvas._preamble = "1 0 0 1 0 0 cm"  # noqa: SLF001 -- no public way
        self.canvas._make_preamble = lambda: None  # noqa: SLF001 -- no public way
        self._document.fontMapping.clear()
        self._document.idToObject["BasicFonts"].dict.clear()
        self._document._pdfVersion = (1, 7)  # noqa: SLF001 -- no public way

    def _describe(self) -> None:
        self.canvas.setTitle(self._title)
        self.canvas.setAuthor(self._author)
        self.canvas.setSubject(self._title)
        self.canvas.setCreator(CREATOR)
        self.canvas.setViewerPreference("DisplayDocTitle", "true")

    def _number_pages(self) -> None:
        """Let every page know its place in the structure's parent tree."""
        add = self._document.addPage

        def numbered(page: PDFPage) -> None:
            # ReportLab writes no entry that it does not know
            page.__NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents = len(self._pages)
            page.Tabs = PDFName("S")
            self._pages.append(self._document.thisPageName())
            add(page)

        self._document.addPage = numbered

    def _write_structure(self) -> None:
        document = self._document
        root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        top = self._write_element(self._root, document.Reference(root))
        parents: list[object] = []
        for page in sorted(self._marked):
            owners = [element.reference for element in self._marked[page]]
            parents += [page, document.Reference(PDFArray(owners))]
        root["K"] = PDFArray([top])
        root["ParentTree"] = document.Reference(PDFDictionary({"Nums": PDFArray(parents)}))
        root["ParentTreeNextKey"] = len(self._pages)
        document.Catalog.StructTreeRoot = root
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        document.Catalog.Lang = PDFString(self._language)

    def _write_element(self, element: Element, parent: PDFObjectReference) -> PDFObjectReference:
        entry = PDFDictionary(
            {"Type": PDFName("StructElem"), "S": PDFName(element.role), "P": parent}
        )
        element.reference = self._document.Reference(entry)
        for key, value in element.attributes.items():
            entry[key] = PDFString(value)
        if element.scope:
            owner = {"O": PDFName("Table"), "Scope": PDFName(element.scope)}
            entry["A"] = PDFDictionary(owner)
        pages = {kid[0] for kid in element.kids if not isinstance(kid, Element)}
        only = pages.pop() if len(pages) == 1 else None
        if only is not None:
            entry["Pg"] = PDFObjectReference(self._pages[only])
        kids: list[object] = []
        for kid in element.kids:
            if isinstance(kid, Element):
                kids.append(self._write_element(kid, element.reference))
            else:
                kids.append(kid[1] if only is not None else self._content_reference(*kid))
        entry["K"] = PDFArray(kids)
        return element.reference

    def _content_reference(self, page: int, number: int) -> PDFDictionary:
        reference = PDFObjectReference(self._pages[page])
        return PDFDictionary({"Type": PDFName("MCR"), "Pg": reference, "MCID": number})

    def _write_metadata(self) -> None:
        when = self._created.replace(microsecond=0).isoformat()
        title, author = escape(self._title), escape(self._author)
        packet = _XMP.format(
            title=title,
            author=author,
            language=escape(self._language),
            creator=CREATOR,
            producer=escape(str(self._document.info.producer)),
            when=when,
        )
        stream = PDFStream(content=packet.encode(), filters=[])
        stream.dictionary["Type"] = PDFName("Metadata")
        stream.dictionary["Subtype"] = PDFName("XML")
        self._document.Catalog.Metadata = stream


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:description>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{when}</xmp:CreateDate>
<xmp:ModifyDate>{when}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
