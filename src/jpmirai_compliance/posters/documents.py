"""Posters as files: one PDF, a ZIP file of several, pictures."""

import io
import struct
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jpmirai_compliance.foundation import confined
from jpmirai_compliance.foundation.confined import Ended, Limits
from jpmirai_compliance.foundation.errors import DomainError, Gap, Incomplete
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.posters.layout import Mark
from jpmirai_compliance.posters.service import Drawn

LOGO_MAX = 2 * 1024 * 1024  # bytes
_CHILD = "jpmirai_compliance.typesetting.picture"
_LIMITS = Limits(cpu_seconds=30, wall_seconds=60.0, memory_mb=512)
_ZIP_NAME = "jp-mirai-posters.zip"


class Format(StrEnum):
    """What a download is: one PDF, a PDF for each sheet, a picture of each sheet."""

    PDF = "pdf"
    ZIP = "zip"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class File:
    """A finished file to send."""

    name: str
    mimetype: str
    content: bytes


def packed(drawn: Sequence[Drawn], form: Format) -> File:
    """Return the drawn sheets as one file: several PDFs or pictures as a ZIP file.

    DomainError if the pictures took too long.
    """
    first = drawn[0]
    if form is Format.PDF:
        return File(f"{first.names[0]}.pdf", "application/pdf", first.pdf)
    if form is Format.ZIP:
        files = ((f"{sheet.names[0]}.pdf", sheet.pdf) for sheet in drawn)
        return File(_ZIP_NAME, "application/zip", _zipped(files))
    if len(first.names) == 1:
        return File(f"{first.names[0]}.png", "image/png", preview(first.pdf))
    with zipfile.ZipFile(io.BytesIO(_drawn_in_a_child("pages_as_zip", first.pdf))) as pages:
        named = zip(first.names, pages.namelist(), strict=True)
        pictures = [(f"{name}.png", pages.read(page)) for name, page in named]
    return File(_ZIP_NAME, "application/zip", _zipped(pictures))


def preview(pdf: bytes) -> bytes:
    """Return the first page as a PNG picture. DomainError if it took too long."""
    return _drawn_in_a_child("page_as_png", pdf)


def logo(content: bytes) -> Mark:
    """Return an uploaded picture drawn anew. Incomplete if it is too large, or no PNG or JPEG."""
    if len(content) > LOGO_MAX:
        text = Text("The logo is larger than 2 MB. Choose a smaller file.")
        raise Incomplete(text, [Gap(text, "logo_file")])
    try:
        png, _cost = confined.run(f"{_CHILD}:as_logo", content, _LIMITS)
    except Ended as error:
        text = Text("This file cannot be read as a picture. Choose a PNG or JPEG file.")
        raise Incomplete(text, [Gap(text, "logo_file")]) from error
    width, height = struct.unpack(">II", png[16:24])  # of its header, which we wrote
    return Mark(png, width, height)


def _drawn_in_a_child(function: str, pdf: bytes) -> bytes:
    try:
        picture, _cost = confined.run(f"{_CHILD}:{function}", pdf, _LIMITS)
    except Ended as error:
        text = Text("The pictures took too long. Choose fewer languages, or the PDF.")
        raise DomainError(text) from error
    return picture


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content)
    return into.getvalue()
