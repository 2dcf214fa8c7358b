"""The YAML files of an edition in one ZIP archive, and back."""

import io
import zipfile
from collections.abc import Mapping

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles.parsing import FILES
from jpmirai_compliance.principles.reading import MAX_CHARS, BankError

#: No file that is read is longer: four bytes a character at most.
MAX_BYTES = MAX_CHARS * 4
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # an archive says nothing about when it was packed


def pack(files: Mapping[str, str]) -> bytes:
    """Return an archive of the files; the same files always give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), text.encode())
    return packed.getvalue()


def unpack(name: str, content: bytes) -> dict[str, str]:
    """Return the YAML files of an archive or of a single file by name.

    ``BankError`` naming the file that is no YAML file of an edition, too long or not UTF-8.
    """
    if not content.startswith(b"PK\x03\x04"):
        return {_known(name): _text(name, content)}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [_known(found.filename) for found in archive.infolist()]
            if len(names) != len(set(names)):
                raise BankError(name, "", Text("a file is in it twice"))
            return {found: _text(found, _bounded(archive, found)) for found in names}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise BankError(name, "", Text("not a ZIP archive that can be read")) from None


def _bounded(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as packed:
        return packed.read(MAX_BYTES + 1)


def _known(name: str) -> str:
    if name not in FILES:
        raise BankError(name[:80], "", Text("unknown file"))
    return name


def _text(name: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        text = Text("the file is longer than %(n)s characters", {"n": MAX_CHARS})
        raise BankError(name, "", text)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BankError(name, "", Text("the file is not UTF-8")) from None
