"""One font of one document: Type 0 with identity encoding, cut down to the glyphs that were drawn.

A character id is given out per (glyph, text) pair, so that the text comes back right even where one
glyph stands for different characters.
"""

import functools
import hashlib
import struct
from typing import Any

import uharfbuzz as hb
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFDocument,
    PDFName,
    PDFStream,
    PDFString,
    PDFZCompress,
)

from jpmirai_compliance.typesetting.faces import Face

#: Stands for a glyph that has no character of its own: its cluster carries ActualText.
_NO_TEXT = "\u200b"
_DROPPED_TABLES = (
    *("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "HVAR", "MATH", "MVAR", "OS/2", "STAT", "VORG"),
    *("avar", "cmap", "fvar", "gasp", "gvar", "meta", "name", "post", "vhea", "vmtx"),
)
_CMAP_HEAD = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CIDSystemInfo "
    b"<</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def /CMapName /Adobe-Identity-UCS def "
    b"/CMapType 2 def 1 begincodespacerange <0000> <FFFF> endcodespacerange"
)
_CMAP_TAIL = b"endcmap CMapName currentdict /CMap defineresource pop end end"
_CMAP_BLOCK = 100  # most entries the format allows in one block
_SYMBOLIC = 4
_BBOX = slice(36, 44)  # of xMin..yMax in the head table


class PdfFont:
    """A face as one document uses it. ReportLab calls ``addObjects`` when it saves."""

    def __init__(self, face: Face, document: PDFDocument) -> None:
        self.face = face
        self.resource = f"S{len(document.fontMapping) + 1}"
        self._ids: dict[tuple[int, str], int] = {}
        self._pairs: list[tuple[int, str]] = [(0, "")]
        document.fontMapping[face.name] = f"/{self.resource}"
        document.delayedFonts.append(self)

    def character(self, glyph: int, text: str) -> int:
        """Return the character id for a glyph that stands for ``text``."""
        key = (glyph, text)
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = len(self._pairs)
            self._pairs.append(key)
        return found

    def addObjects(self, document: PDFDocument) -> None:  # noqa: N802 -- ReportLab's name
        """Write the font's objects into the document."""
        data, places = _subset(self.face, frozenset(glyph for glyph, _ in self._pairs))
        name = PDFName(f"{self._tag()}+{self.face.name}")
        to_glyph = b"".join(places.get(glyph, 0).to_bytes(2, "big") for glyph, _ in self._pairs)
        file = _stream(data)
        file.dictionary["Length1"] = len(data)
        widths = " ".join(f"{self.face.advance(glyph):g}" for glyph, _ in self._pairs)
        descendant = _dictionary(
            Type=PDFName("Font"),
            Subtype=PDFName("CIDFontType2"),
            BaseFont=name,
            CIDSystemInfo=_dictionary(
                Registry=PDFString("Adobe"), Ordering=PDFString("Identity"), Supplement=0
            ),
            FontDescriptor=document.Reference(self._descriptor(name, document.Reference(file))),
            DW=0,
            W=f"[0 [{widths}]]",
            CIDToGIDMap=document.Reference(_stream(to_glyph)),
        )
        font = _dictionary(
            Type=PDFName("Font"),
            Subtype=PDFName("Type0"),
            BaseFont=name,
            Encoding=PDFName("Identity-H"),
            DescendantFonts=PDFArray([document.Reference(descendant)]),
            ToUnicode=document.Reference(_stream(self._to_unicode())),
        )
        document.idToObject["BasicFonts"].dict[self.resource] = document.Reference(font)

    def _descriptor(self, name: PDFName, file: object) -> PDFDictionary:
        face = self.face
        head = bytes(face.face.reference_table("head").data)
        box = [round(value * face.scale) for value in struct.unpack(">4h", head[_BBOX])]
        ascent, descent = face.extents
        return _dictionary(
            Type=PDFName("FontDescriptor"),
            FontName=name,
            Flags=_SYMBOLIC,
            FontBBox=PDFArray(box),
            ItalicAngle=0,
            Ascent=round(ascent),
            Descent=round(descent),
            CapHeight=round(face.cap_height),
            StemV=140 if face.name.endswith("Bold") else 80,
            FontFile2=file,
        )

    def _tag(self) -> str:
        """Return the six letters that tell this subset from others of the same font."""
        digest = hashlib.sha256(repr(sorted(self._ids)).encode()).digest()
        return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])

    def _to_unicode(self) -> bytes:
        entries = [
            b"<%04X> <%s>" % (number, (text or _NO_TEXT).encode("utf-16-be").hex().upper().encode())
            for number, (_, text) in enumerate(self._pairs)
            if number
        ]
        parts = [_CMAP_HEAD]
        for start in range(0, len(entries), _CMAP_BLOCK):
            block = entries[start : start + _CMAP_BLOCK]
            parts += [b"%d beginbfchar" % len(block), *block, b"endbfchar"]
        return b"\n".join([*parts, _CMAP_TAIL])


@functools.lru_cache(maxsize=64)
def _subset(face: Face, glyphs: frozenset[int]) -> tuple[bytes, dict[int, int]]:
    """Return the font file of some glyphs and where each went.

    Kept, since posters of one language differ in few names: their fonts are often the same.
    """
    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(glyphs)
    wanted.flags = (
        hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NOTDEF_OUTLINE
    )
    wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(
        {int.from_bytes(tag.encode("ascii"), "big") for tag in _DROPPED_TABLES}
    )
    plan = hb.SubsetPlan(face.face, wanted)
    data = bytes(plan.execute().blob.data)
    places = {int(old): int(new) for old, new in plan.old_to_new_glyph_mapping.items()}
    return data, places


def _stream(content: bytes) -> PDFStream:
    return PDFStream(content=content, filters=[PDFZCompress])


def _dictionary(**entries: Any) -> PDFDictionary:  # noqa: ANN401 -- whatever ReportLab can write
    return PDFDictionary(entries)
