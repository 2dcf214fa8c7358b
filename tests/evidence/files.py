"""Crafted files: whole ones of each kind, and what must be refused."""

import io
import stat
import zipfile

from PIL import Image

TYPES = (
    '<?xml version="1.0"?><Types xmlns='
    '"http://schemas.openxmlformats.org/package/2006/content-types">{more}</Types>'
)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(kind="PNG", size=(40, 30), **options):
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **options)
    return out.getvalue()


def located(size=(400, 300)):
    """A JPEG with a camera's EXIF: maker, comment and place."""
    image = Image.new("RGB", size, (10, 120, 10))
    exif = image.getexif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6  # turned by 90 degrees
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (35.0, 41.0, 22.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"SecretComment")
    return out.getvalue()


def office(main="word/document.xml", *, more="", parts=(), document="<w:document/>", first=True):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr("[Content_Types].xml", TYPES.format(more=more))
        archive.writestr(main, document)
        for name, content in parts:
            archive.writestr(name, content)
    return out.getvalue()


def huge_png(side=12_000):
    """A PNG that says it is 144 million pixels large and holds next to nothing."""
    small = bytearray(picture("PNG"))
    small[16:24] = side.to_bytes(4, "big") * 2
    import zlib

    small[29:33] = zlib.crc32(bytes(small[12:29])).to_bytes(4, "big")
    return bytes(small)


def linked():
    """An archive with a symbolic link in it."""
    out = io.BytesIO(office())
    with zipfile.ZipFile(out, "a") as archive:
        entry = zipfile.ZipInfo("word/link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


def locked():
    """An archive whose parts say that they are encrypted."""
    raw = bytearray(office())
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        raw[at + 8] |= 1
        at = raw.find(b"PK\x01\x02", at + 4)
    return bytes(raw)
