"""Pages of a PDF as pictures, for chat groups and for a look before printing.

Runs in a process of its own, see ``foundation.confined``: bytes in, bytes out.
"""

import io
import zipfile

import pypdfium2
from PIL import Image, ImageOps

WIDTH = 1080  # pixels: what telephones show and chat services keep
LOGO_SIDES = 900, 300  # pixels, at most


def page_as_png(pdf: bytes) -> bytes:
    """Return the first page as a PNG picture."""
    with pypdfium2.PdfDocument(pdf) as document:
        return _png(document[0])


def pages_as_zip(pdf: bytes) -> bytes:
    """Return a ZIP file with a PNG picture of every page: ``1.png`` and so on."""
    into = io.BytesIO()
    with pypdfium2.PdfDocument(pdf) as document, zipfile.ZipFile(into, "w") as packed:
        for number in range(len(document)):
            entry = zipfile.ZipInfo(f"{number + 1}.png")
            packed.writestr(entry, _png(document[number]))
    return into.getvalue()


def as_logo(content: bytes) -> bytes:
    """Return a PNG or JPEG picture drawn anew: small, upright, nothing in it but the picture."""
    with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as picture:
        picture.draft("RGB", LOGO_SIDES)
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail(LOGO_SIDES)
    clean = Image.new("RGBA", upright.size, (255, 255, 255, 0))
    clean.paste(upright)
    into = io.BytesIO()
    clean.save(into, "PNG")
    return into.getvalue()


def _png(page: pypdfium2.PdfPage) -> bytes:
    bitmap = page.render(scale=WIDTH / page.get_width())
    into = io.BytesIO()
    bitmap.to_pil().convert("RGB").quantize(64).save(into, "PNG", optimize=False)
    page.close()
    return into.getvalue()
