"""Office files (zip archives): measured before a part is read; parts, macros, entities.

Nothing is parsed as a document here; the bytes of the XML parts are only searched.
"""

import io
import stat
import struct
import zipfile
import zlib

from jpmirai_compliance.evidence.rules.refusal import FileRefused
from jpmirai_compliance.foundation.text import Text

ENTRIES_MAX = 2_000
TOTAL_MAX = 100 * 1024 * 1024  # bytes of all parts once unpacked
LIST_MAX = 2 * 1024 * 1024  # bytes of the list of parts
CHUNK = 1024 * 1024

MAIN_PART = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "pptx": "ppt/presentation.xml",
}
CONTENT_TYPES = "[Content_Types].xml"
_MACRO_NAMES = ("vbaproject", "vbadata", "/macrosheets/", "/activex/")
_MACRO_ENDS = (
    ".docm",
    ".xlsm",
    ".xlsb",
    ".pptm",
    ".dotm",
    ".xltm",
    ".xlam",
    ".ppsm",
    ".exe",
    ".dll",
)
_MACRO_TYPES = (b"macroenabled", b"vbaproject")
_FORBIDDEN = tuple(
    mark.encode(encoding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_LONGEST = max(map(len, _FORBIDDEN))
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    ValueError,
    RuntimeError,
    OSError,
)


def examine(name: str, extension: str, content: bytes) -> None:
    """FileRefused unless the bytes are a harmless Office file of that kind."""
    try:
        _listed(name, content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _measured(name, entries)
            _named(name, entries)
            _parts(name, extension, {entry.filename for entry in entries})
            for entry in entries:
                if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _searched(name, archive, entry)
    except _BROKEN:
        raise FileRefused(
            Text(
                "“%(file)s” is broken and cannot be opened. Save it again in the program that"
                " made it, and add it.",
                {"file": name},
            )
        ) from None


def _listed(name: str, content: bytes) -> None:
    """Read how long the list of parts is before anybody builds it."""
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or len(content) < end + 22:
        raise zipfile.BadZipFile
    count, size = struct.unpack_from("<HI", content, end + 10)
    if count > ENTRIES_MAX or size > LIST_MAX:
        raise _too_many(name)


def _too_many(name: str) -> FileRefused:
    return FileRefused(
        Text(
            "“%(file)s” has more than 2,000 parts inside. Save it as PDF and add that.",
            {"file": name},
        )
    )


def _measured(name: str, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > ENTRIES_MAX:
        raise _too_many(name)
    if sum(entry.file_size for entry in entries) > TOTAL_MAX:
        raise FileRefused(
            Text(
                "“%(file)s” has more than 100 MB once unpacked. Make it smaller, or save it as"
                " PDF and add that.",
                {"file": name},
            )
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileRefused(
            Text("“%(file)s” has a password. Remove the password and add it again.", {"file": name})
        )


def _named(name: str, entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        path = entry.filename.replace("\\", "/")
        link = stat.S_ISLNK(entry.external_attr >> 16)
        if link or path.startswith("/") or ".." in path.split("/") or ":" in path:
            raise FileRefused(
                Text(
                    "“%(file)s” points outside of itself and is not safe. Save it again in the"
                    " program that made it, and add it.",
                    {"file": name},
                )
            )
        low = "/" + path.lower()
        if any(mark in low for mark in _MACRO_NAMES) or low.endswith(_MACRO_ENDS):
            raise _macro(name)


def _parts(name: str, extension: str, names: set[str]) -> None:
    if CONTENT_TYPES not in names or MAIN_PART[extension] not in names:
        raise FileRefused(
            Text(
                "The content of “%(file)s” is not %(kind)s. Open it in the program that made it,"
                " save it again in that format, and add it.",
                {"file": name, "kind": extension.upper()},
            )
        )


def _searched(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Look through one part, a piece at a time, for entities and for macros in its types."""
    types = entry.filename == CONTENT_TYPES
    before = b""
    with archive.open(entry) as part:
        while piece := part.read(CHUNK):
            seen = before + piece
            if any(mark in seen for mark in _FORBIDDEN):
                raise FileRefused(
                    Text(
                        "“%(file)s” defines entities (DOCTYPE), which we do not accept. Save it"
                        " again in the program that made it, or as PDF, and add that.",
                        {"file": name},
                    )
                )
            if types and any(mark in seen.lower() for mark in _MACRO_TYPES):
                raise _macro(name)
            before = seen[-_LONGEST:]


def _macro(name: str) -> FileRefused:
    return FileRefused(
        Text(
            "“%(file)s” contains macros or programs. Save it without macros (docx, xlsx, pptx or"
            " PDF) and add it again.",
            {"file": name},
        )
    )
