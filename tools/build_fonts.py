"""Cut the fonts of posters, receipts and badges out of the npm packages.

``python tools/build_fonts.py`` reads ``node_modules/@expo-google-fonts/*``, writes subsets, their
licence texts and ``SHA256SUMS`` into the package. A second run changes nothing and is fast: the
file of sums names the sources it was made from.
"""

import hashlib
import itertools
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uharfbuzz as hb

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules" / "@expo-google-fonts"
TARGET = ROOT / "src" / "jpmirai_compliance" / "typesetting" / "fonts"
WEIGHTS = ("400Regular", "700Bold")
SUMS = "SHA256SUMS"

#: Vertical metrics, bitmaps and device tables: nothing here is set vertically or hinted.
DROPPED_TABLES = (
    "BASE",
    "DSIG",
    "LTSH",
    "STAT",
    "VDMX",
    "VORG",
    "gasp",
    "hdmx",
    "meta",
    "vhea",
    "vmtx",
)
VERTICAL_FEATURES = ("vert", "vrt2", "vpal", "valt", "vhal", "vkrn")


@dataclass(frozen=True, slots=True)
class Family:
    """One font family: npm package, file stem, and which characters stay (None: all of them)."""

    package: str
    stem: str
    keep: frozenset[int] | None = None
    without: str | None = None  # stem of a family whose characters are left out
    cjk: bool = False


def _span(*ranges: tuple[int, int]) -> frozenset[int]:
    return frozenset(itertools.chain.from_iterable(range(a, b) for a, b in ranges))


def _decoded(encoding: str, high: Iterable[int], low: Iterable[int]) -> Iterator[int]:
    """Yield the code points of a double-byte character set."""
    for pair in itertools.product(high, low):
        try:
            yield from map(ord, bytes(pair).decode(encoding))
        except UnicodeDecodeError:
            continue


BASIC = _span((0x20, 0x7F), (0xA0, 0x250), (0x2010, 0x2070)) | {
    *(0x200B, 0x200C, 0x200D, 0x20AB, 0x20AC, 0x2122),
    *(0x2190, 0x2191, 0x2192, 0x2193, 0x25CB, 0x25CF, 0x2605, 0x2606),
    *(0x3000, 0x301C, 0xFFFD),
}
KANA = _span(
    (0x3000, 0x3100), (0x31F0, 0x3200), (0x3200, 0x33FF), (0x2460, 0x2500), (0xFF00, 0xFFF0)
)
LATIN = _span(
    *((0x250, 0x370), (0x400, 0x530), (0x1E00, 0x1F00), (0x2C60, 0x2C80), (0xA720, 0xA800)),
    *((0x20A0, 0x20C1), (0x2116, 0x2117)),  # currencies, and the number sign of Cyrillic
)
#: They choose another form of the character before them: 葛 of Katsuragi, 辻 with one dot.
SELECTORS = _span((0xFE00, 0xFE10), (0xE0100, 0xE01F0))
GB2312 = frozenset(_decoded("gb2312", range(0xA1, 0xF8), range(0xA1, 0xFF)))
BIG5_LEVEL_1 = frozenset(_decoded("big5", range(0xA1, 0xC7), range(0x40, 0xFF)))
HANGUL = _span((0xAC00, 0xD7A4), (0x3130, 0x3190))

FAMILIES = (
    # complete: names of companies and people need every character the font has
    Family("biz-udpgothic", "BIZUDPGothic", cjk=True),
    Family("noto-sans", "NotoSans", BASIC | LATIN),
    Family("noto-sans-sc", "NotoSansSC", BASIC | KANA | GB2312, cjk=True),
    Family("noto-sans-tc", "NotoSansTC", BASIC | KANA | BIG5_LEVEL_1, cjk=True),
    Family("noto-sans-kr", "NotoSansKR", BASIC | KANA | HANGUL, cjk=True),
    Family("noto-sans-myanmar", "NotoSansMyanmar"),
    Family("noto-sans-khmer", "NotoSansKhmer"),
    Family("noto-sans-thai", "NotoSansThai"),
    Family("noto-sans-lao", "NotoSansLao"),
    Family("noto-sans-devanagari", "NotoSansDevanagari"),
    Family("noto-sans-bengali", "NotoSansBengali"),
    Family("noto-sans-sinhala", "NotoSansSinhala"),
    Family("noto-sans-tamil", "NotoSansTamil"),
    Family("noto-nastaliq-urdu", "NotoNastaliqUrdu"),
    # the last fallback: rare kanji of names, such as U+20BB7
    Family("noto-sans-jp", "NotoSansJP", without="BIZUDPGothic", cjk=True),
)


def main() -> int:
    """Build what is missing; return the exit code: 0 built or up to date, 1 sources missing."""
    try:
        stamp = _stamp()
    except FileNotFoundError as error:
        sys.stderr.write(f"{error.filename} is missing: run 'npm ci' (make assets does).\n")
        return 1
    if _up_to_date(stamp):
        sys.stdout.write("fonts: up to date\n")
        return 0
    TARGET.mkdir(parents=True, exist_ok=True)
    built = [path for family in FAMILIES for path in _build(family)]
    for stray in set(TARGET.iterdir()) - {*built, TARGET / SUMS}:
        stray.unlink()
    sums = [f"# sources {stamp}", *map(_line, built)]
    _write(TARGET / SUMS, ("\n".join(sums) + "\n").encode())
    size = sum(path.stat().st_size for path in TARGET.iterdir()) / 2**20
    sys.stdout.write(f"fonts: {len(sums) - 1} files, {size:.1f} MB\n")
    return 0


def source(family_package: str, stem: str, weight: str) -> Path:
    """Return where a package keeps one weight of its family."""
    return PACKAGES / family_package / weight / f"{stem}_{weight}.ttf"


def _stamp() -> str:
    """Return a hash over this program, the subsetter and the sources' versions and sizes."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update(hb.version_string().encode())
    for family in FAMILIES:
        digest.update((PACKAGES / family.package / "package.json").read_bytes())
        for weight in WEIGHTS:
            size = source(family.package, family.stem, weight).stat().st_size
            digest.update(f"{family.stem} {weight} {size}".encode())
    return digest.hexdigest()


def _up_to_date(stamp: str) -> bool:
    sums = TARGET / SUMS
    if not sums.is_file():
        return False
    head, *lines = sums.read_text(encoding="utf-8").splitlines()
    return head == f"# sources {stamp}" and all(
        (TARGET / line.split("  ", 1)[1]).is_file() for line in lines
    )


def _build(family: Family) -> Iterator[Path]:
    """Write both weights and the licence of one family; yield what was written."""
    for weight in WEIGHTS:
        face = _face(source(family.package, family.stem, weight))
        keep = family.keep if family.keep is not None else frozenset(face.unicodes)
        if family.without:
            keep -= frozenset(_face(_source_of(family.without, weight)).unicodes)
        path = TARGET / f"{family.stem}-{weight[3:]}.ttf"
        _write(path, _subset(face, keep, cjk=family.cjk))
        yield path
    licence = TARGET / f"{family.stem}-OFL.txt"
    _write(licence, (PACKAGES / family.package / "LICENSE_FONT").read_bytes())
    yield licence


def _write(path: Path, data: bytes) -> None:
    """Replace a file at once: a running worker keeps the old one, none ever sees half of one."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def _source_of(stem: str, weight: str) -> Path:
    package = next(family.package for family in FAMILIES if family.stem == stem)
    return source(package, stem, weight)


def _face(path: Path) -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(path)))


def _subset(face: hb.Face, keep: frozenset[int], *, cjk: bool) -> bytes:
    wanted = hb.SubsetInput()
    wanted.unicode_set.update(keep | SELECTORS)
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    wanted.drop_table_tag_set.update(map(_tag, DROPPED_TABLES))
    if cjk:
        for feature in VERTICAL_FEATURES:
            wanted.layout_feature_tag_set.discard(_tag(feature))
    return bytes(hb.subset(face, wanted).blob.data)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")


def _line(path: Path) -> str:
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}"


if __name__ == "__main__":
    raise SystemExit(main())
