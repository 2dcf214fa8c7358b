"""The child process: one file on standard input, one page of it on standard output.

Everything that decodes lives here and is imported after the limits are set.
"""

import csv
import io
import json
import resource
import sys
import zipfile
from collections.abc import Callable, Iterable
from xml.etree import ElementTree as ET

CPU_SECONDS = 8
MEMORY = 1024**3  # address space; libraries alone take a third of it
OUTPUT = 16 * 1024 * 1024
SIDE = 1_400  # pixels
TEXT_MAX, ROWS_MAX, COLUMNS_MAX, CELL_MAX = 20_000, 200, 30, 200
PART_MAX = 20 * 1024 * 1024  # bytes of one XML part that are read
OUT_OF_MEMORY = 3

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def main(media_type: str, page: int) -> int:
    """Write what can be shown of a page; 1 if nothing can, 3 if the memory was not enough."""
    _limit()
    content = sys.stdin.buffer.read()
    try:
        said, png = _SHOWN[media_type](content, page)
        head = {"pages": 1, "text": "", "rows": [], "cut": False} | said
        sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + png)
        sys.stdout.buffer.flush()
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception:  # noqa: BLE001 -- whatever a hostile file brings about: nothing to show
        return 1
    return 0


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _pdf(content: bytes, page: int) -> tuple[dict[str, object], bytes]:
    import pypdfium2 as pdfium  # noqa: PLC0415 -- in the child only

    document = pdfium.PdfDocument(content)
    count = len(document)
    if not 1 <= page <= count:
        raise IndexError
    shown = document[page - 1]
    width, height = shown.get_size()
    scale = min(SIDE / max(width, height, 1), 3)
    return {"pages": count}, _as_png(shown.render(scale=scale).to_pil())


def _picture(content: bytes, page: int) -> tuple[dict[str, object], bytes]:
    from PIL import Image, ImageOps  # noqa: PLC0415 -- in the child only

    if page != 1:
        raise IndexError
    with Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "WEBP"]) as picture:
        picture.draft("RGB", (SIDE, SIDE))
        shown = ImageOps.exif_transpose(picture)
        shown.thumbnail((SIDE, SIDE))
        return {}, _as_png(shown)


def _as_png(picture: object) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "PNG")  # type: ignore[attr-defined]  # -- Pillow is the child's
    return out.getvalue()


def _text(content: bytes, page: int) -> tuple[dict[str, object], bytes]:
    return _worded(_decoded(content), page)


def _csv(content: bytes, page: int) -> tuple[dict[str, object], bytes]:
    return _tabled(csv.reader(io.StringIO(_decoded(content))), page)


def _sheet(content: bytes, page: int) -> tuple[dict[str, object], bytes]:
    import python_calamine  # noqa: PLC0415 -- in the child only

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = book.sheet_names
    sheet = book.get_sheet_by_name(names[page - 1])
    said, png = _tabled(sheet.to_python(nrows=ROWS_MAX + 1), 1)
    return said | {"pages": len(names)}, png


def _document(content: bytes, page: int) -> tuple[dict[str, object], bytes]:
    return _worded(_xml_text(content, ["word/document.xml"], _W), page)


def _slides(content: bytes, page: int) -> tuple[dict[str, object], bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [n for n in archive.namelist() if n.startswith("ppt/slides/slide")]
    names.sort(key=lambda name: (len(name), name))
    return _worded(_xml_text(content, names, _A), page)


def _xml_text(content: bytes, names: Iterable[str], space: str) -> str:
    """Return the words of the parts, a paragraph a line; no more is read than can be shown."""
    lines: list[str] = []
    length = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in names:
            with archive.open(name) as part:
                words: list[str] = []
                for _event, element in ET.iterparse(_Bounded(part.read)):  # noqa: S314 -- no DOCTYPE gets here; the child is limited
                    if element.tag == space + "t":
                        words.append(element.text or "")
                    if element.tag == space + "p":
                        lines.append("".join(words))
                        length += len(lines[-1]) + 1
                        words.clear()
                        element.clear()
                    if length > TEXT_MAX:
                        return "\n".join(lines)
    return "\n".join(lines)


class _Bounded:
    """A part of an archive that ends after so many bytes, whatever its header says."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._left = PART_MAX

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; MemoryError beyond the bound."""
        piece = self._read(size if size >= 0 else 65_536)
        self._left -= len(piece)
        if self._left < 0:
            raise MemoryError
        return piece


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError


def _worded(text: str, page: int) -> tuple[dict[str, object], bytes]:
    if page != 1 or not text.strip():
        raise ValueError
    return {"text": text[:TEXT_MAX], "cut": len(text) > TEXT_MAX}, b""


def _tabled(rows: Iterable[Iterable[object]], page: int) -> tuple[dict[str, object], bytes]:
    if page != 1:
        raise IndexError
    shown: list[list[str]] = []
    cut = False
    for row in rows:
        if len(shown) == ROWS_MAX:
            cut = True
            break
        cells = [_cell(value) for value in row]
        cut = cut or len(cells) > COLUMNS_MAX
        shown.append([cell[:CELL_MAX] for cell in cells[:COLUMNS_MAX]])
    width = max((len(row) for row in shown), default=0)
    if not width:
        raise ValueError
    return {"rows": [row + [""] * (width - len(row)) for row in shown], "cut": cut}, b""


def _cell(value: object) -> str:
    if value is None:
        return ""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]  # -- a float


_OFFICE = "application/vnd.openxmlformats-officedocument."
_SHOWN: dict[str, Callable[[bytes, int], tuple[dict[str, object], bytes]]] = {
    "application/pdf": _pdf,
    "image/png": _picture,
    "image/jpeg": _picture,
    "image/webp": _picture,
    "text/plain": _text,
    "text/csv": _csv,
    _OFFICE + "wordprocessingml.document": _document,
    _OFFICE + "spreadsheetml.sheet": _sheet,
    _OFFICE + "presentationml.presentation": _slides,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
