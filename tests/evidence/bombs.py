"""Files that mean harm to whoever opens them."""

import io
import zipfile
import zlib

from tests.evidence.files import TYPES


def _pdf(objects, trailer=""):
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    more = trailer.format(start=start).encode()
    out += b"trailer<</Size %d/Root 1 0 R%b>>\n" % (len(objects) + 1, more)
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


_PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"


def paper(text="Hello"):
    """A PDF of one page with a word on it."""
    drawing = f"BT /F1 24 Tf 20 100 Td ({text}) Tj ET".encode()
    return _pdf(
        [
            _CATALOG,
            _PAGES,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources 6 0 R>>",
            b"<</Length %d>>stream\n%b\nendstream " % (len(drawing), drawing),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            b"<</Font<</F1 5 0 R>>>>",
        ]
    )


def book(pages):
    """A PDF of empty pages, each wider than the one before it."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    return _pdf(
        [
            _CATALOG,
            f"<</Type/Pages/Kids[{kids}]/Count {pages}>>".encode(),
            *(
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d 100]>>" % (100 * (number + 1))
                for number in range(pages)
            ),
        ]
    )


def previous_loop():
    """A PDF whose table of objects names itself as the one before it."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"
    return _pdf([_CATALOG, _PAGES, page], trailer="/Prev {start}")


def flate_bomb(size=600 * 1024 * 1024):
    """A PDF whose only picture unpacks to 600 MB, packed twice so that it is small."""
    machine = zlib.compressobj(9)
    packed = b"".join(machine.compress(bytes(1 << 20)) for _ in range(size >> 20))
    twice = zlib.compress(packed + machine.flush(), 9)
    return _pdf(
        [
            _CATALOG,
            _PAGES,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>",
            b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%b\nendstream "
            % (len(twice), twice),
        ]
    )


def many_pages(count=100_000):
    """A PDF of 100,000 pages."""
    kids = b" ".join(b"%d 0 R" % n for n in range(3, count + 3))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"
    return _pdf([_CATALOG, b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, count)] + [page] * count)


def endless_drawing(count=3_000_000):
    """A PDF whose page is drawn over and over again."""
    step = b"0 0 200 200 re f "
    packed = zlib.compress(b"/P cs /P1 scn " + step * count, 9)
    return _pdf(
        [
            _CATALOG,
            _PAGES,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>",
            b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream " % (len(packed), packed),
        ]
    )


def docx(document):
    """A Word file with this main part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(more=""))
        archive.writestr("word/document.xml", document)
    return out.getvalue()


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def words(*lines):
    """A Word file with these paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    return docx(f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>')


def zip_bomb(size=90 * 1024 * 1024):
    """A Word file of one element that holds 90 MB of letters."""
    return docx(f'<w:document xmlns:w="{_W}"><w:body><w:t>' + "a" * size + "</w:t></w:body>")
