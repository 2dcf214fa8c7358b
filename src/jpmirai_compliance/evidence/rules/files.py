"""Checks by extension, by the first bytes and by structure: all three must agree."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from jpmirai_compliance.evidence.rules import images, office
from jpmirai_compliance.evidence.rules.refusal import FileRefused
from jpmirai_compliance.foundation.text import Text

FILE_MAX = 20 * 1024 * 1024  # bytes of one file
NAME_MAX = 150
HEAD = 8  # the PDF header lies in these first bytes
TAIL = 1024  # and its end mark in these last ones

_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    "csv": "text/csv",
    "txt": "text/plain",
}
ACCEPT = ",".join(f".{name}" for name in MEDIA_TYPES)

_KINDS: tuple[tuple[bytes, set[str]], ...] = (
    (b"%PDF-", {"pdf"}),
    (b"\x89PNG\r\n\x1a\n", {"png"}),
    (b"\xff\xd8\xff", {"jpg", "jpeg"}),
    (b"RIFF", {"webp"}),
    (b"PK\x03\x04", {"docx", "xlsx", "pptx"}),
    (b"PK\x05\x06", {"docx", "xlsx", "pptx"}),
    (b"\xd0\xcf\x11\xe0", set()),  # old Office, and new Office with a password
    (b"MZ", set()),
    (b"\x7fELF", set()),
    (b"GIF8", set()),
)
_TEXT = {"csv", "txt"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_GONE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept: the name to show, and the type that it was proved to have."""

    filename: str
    media_type: str


def limits() -> Text:
    """Return the sentence to say before a file is chosen."""
    return Text(
        "PDF, PNG, JPEG, WebP, Word (docx), Excel (xlsx), PowerPoint (pptx), CSV or text;"
        " up to 20 MB each, 24 MB at a time; no macros, no password."
    )


def examine(filename: str, content: bytes) -> Examined:
    """Return the clean name and the proved type; FileRefused with a sentence for the person."""
    name = clean_filename(filename)
    extension = PurePosixPath(name).suffix.lower().lstrip(".")
    if extension not in MEDIA_TYPES:
        raise FileRefused(
            Text(
                "“%(file)s” is not of a kind that we accept. Save it as PDF, PNG, JPEG, WebP,"
                " docx, xlsx, pptx, csv or txt and add it again.",
                {"file": name},
            )
        )
    _measure(name, content)
    _compare(name, extension, content)
    if extension == "pdf":
        _pdf(name, content)
    elif extension in _TEXT:
        _text(name, content)
    elif MEDIA_TYPES[extension].startswith("image/"):
        images.examine(name, MEDIA_TYPES[extension], content)
    else:
        office.examine(name, extension, content)
    return Examined(name, MEDIA_TYPES[extension])


def clean_filename(filename: str) -> str:
    """Return a name to show: NFC, no folder, no control or bidi character, at most 150.

    The extension survives the cut; a name of which nothing is left becomes ``file``.
    """
    text = unicodedata.normalize("NFC", filename.replace("\\", "/").rpartition("/")[2])
    text = " ".join("".join(c for c in text if unicodedata.category(c) not in _GONE).split())
    stem, dot, extension = text.rpartition(".")
    if not dot:
        return text[:NAME_MAX] or "file"
    extension = extension[:10]
    return f"{stem[: NAME_MAX - len(extension) - 1] or 'file'}.{extension}"


def _measure(name: str, content: bytes) -> None:
    if not content:
        raise FileRefused(
            Text("“%(file)s” is empty. Check the file and add it again.", {"file": name})
        )
    if len(content) > FILE_MAX:
        raise FileRefused(
            Text(
                "“%(file)s” has %(size)s MB; the limit is 20 MB. Make it smaller, or split it"
                " and add the parts.",
                {"file": name, "size": f"{len(content) / 1024 / 1024:.1f}"},
            )
        )


def _compare(name: str, extension: str, content: bytes) -> None:
    """Let the first bytes agree with the extension."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(
            Text(
                "“%(file)s” has a password or is in the old Office format. Remove the password,"
                " save it as docx, xlsx, pptx or PDF, and add it again.",
                {"file": name},
            )
        )
    # a PDF may start with up to three bytes of something else, such as a byte order mark
    found = next((kinds for mark, kinds in _KINDS if content.startswith(mark)), None)
    expected = next((kinds for mark, kinds in _KINDS if extension in kinds), None)
    if found is None and (extension == "pdf" or expected is None):
        return
    if found is None or extension not in found:
        raise _other_kind(name, extension)


def _other_kind(name: str, extension: str) -> FileRefused:
    return FileRefused(
        Text(
            "The content of “%(file)s” is not %(kind)s. Open it in the program that made it,"
            " save it again in that format, and add it.",
            {"file": name, "kind": extension.upper()},
        )
    )


def _pdf(name: str, content: bytes) -> None:
    if b"%PDF-" not in content[:HEAD]:
        raise _other_kind(name, "pdf")
    if b"%%EOF" not in content[-TAIL:]:
        raise FileRefused(
            Text(
                "“%(file)s” is cut off: the end of the PDF is missing. Save it again and add"
                " the whole file.",
                {"file": name},
            )
        )


def _text(name: str, content: bytes) -> None:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return
    raise FileRefused(
        Text(
            "“%(file)s” cannot be read as text. Save it in UTF-8 or Shift_JIS and add it again.",
            {"file": name},
        )
    )
