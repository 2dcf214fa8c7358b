"""FI-3, FI-5: files that somebody made to hurt. Each gets a sentence and costs next to nothing."""

import io
import zipfile

import pytest

from jpmirai_compliance.foundation import confined, workbook
from jpmirai_compliance.foundation.workbook import WORDS, Refusal, Unreadable
from jpmirai_compliance.reports.sheets import reading
from tests.factories import NOW
from tests.reports.books import exported, opened, saved

SHEET = "xl/worksheets/sheet2.xml"
MIB = 1024 * 1024


@pytest.fixture
def book(make):
    return exported(make(level=2), now=NOW)


def with_part(content, name, body):
    """Return the workbook with a part added, or another body in its place."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, body)
    return out.getvalue()


def part(content, name):
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read(name)


def many_rows(book, count):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, count + 1))
    head, _, _rest = part(book, SHEET).partition(b"<sheetData>")
    return with_part(book, SHEET, head + f"<sheetData>{rows}</sheetData></worksheet>".encode())


def flipped(book):
    at = book.index(b"xl/worksheets/sheet2.xml") + 200
    return book[:at] + bytes([book[at] ^ 255]) + book[at + 1 :]


def types(book, old, new):
    return part(book, "[Content_Types].xml").replace(old, new)


def many_parts(book):
    out = io.BytesIO(book)
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(20_000):
            archive.writestr(f"xl/x{number}.xml", b"")
    return out.getvalue()


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
HOSTILE = {
    "a zip bomb": (lambda b: with_part(b, SHEET, b"\0" * (300 * MIB)), Refusal.LARGE),
    "a million rows": (lambda b: many_rows(b, 1_000_000), Refusal.LARGE),
    "rows that fit into the parts": (lambda b: many_rows(b, 300_000), Refusal.LARGE),
    "20 MB of strings": (
        lambda b: with_part(
            b, "xl/sharedStrings.xml", b"<sst>" + b"<si><t>ab</t></si>" * 1_250_000
        ),
        Refusal.LARGE,
    ),
    "20,000 parts": (many_parts, Refusal.LARGE),
    "macros": (lambda b: with_part(b, "xl/vbaProject.bin", b"x"), Refusal.MACROS),
    "macros by type": (
        lambda b: with_part(
            b,
            "[Content_Types].xml",
            types(b, b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"),
        ),
        Refusal.MACROS,
    ),
    "entities": (lambda b: with_part(b, "xl/sharedStrings.xml", DOCTYPE), Refusal.ENTITIES),
    "entities in UTF-16": (
        lambda b: with_part(b, "xl/styles.xml", DOCTYPE.encode("utf-16")),
        Refusal.ENTITIES,
    ),
    "deep nesting": (
        lambda b: with_part(b, "xl/workbook.xml", b"<a>" * 2_000_000),
        Refusal.LARGE,
    ),
    "a truncated file": (lambda b: b[: len(b) // 2], Refusal.BROKEN),
    "a damaged part": (flipped, Refusal.BROKEN),
    "a password": (
        lambda _b: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        Refusal.SEALED,
    ),
    "an old workbook": (lambda _b: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Refusal.OLD),
    "csv": (lambda _b: "番号,回答\r\nP1-01,3\r\n".encode("utf-8-sig"), Refusal.OTHER),
    "csv in Shift_JIS": (lambda _b: "番号,回答\r\nP1-01,3\r\n".encode("cp932"), Refusal.OTHER),
    "pdf": (lambda _b: b"%PDF-1.7\n%%EOF", Refusal.OTHER),
    "html": (lambda _b: b"<html><table><tr><td>P1-01", Refusal.OTHER),
    "another zip": (lambda _b: with_part(_empty(), "a.txt", b"x"), Refusal.OTHER),
    "an empty file": (lambda _b: b"", Refusal.EMPTY),
    "too many bytes": (lambda b: b + b"\0" * (5 * MIB), Refusal.SIZE),
    "another workbook": (lambda _b: _other(), Refusal.NOTHING),
}


def _empty():
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    return out.getvalue()


def _other():
    import openpyxl

    other = openpyxl.Workbook()
    other.active.append(["氏名", "国"])
    other.active.append(["A", "ベトナム"])
    return saved(other)


@pytest.mark.parametrize("what", HOSTILE)
def test_fi_5_a_hostile_file_gets_a_sentence_and_costs_little(book, what):
    make, why = HOSTILE[what]
    content = make(book)
    with pytest.raises(Unreadable) as error:
        reading.read(content)
    assert error.value.why is why
    assert str(error.value.text) == str(WORDS[why])
    if cost := error.value.cost:
        assert cost.cpu_seconds < 1
        assert cost.peak_mb is None or cost.peak_mb < 200


def test_fi_5_a_whole_form_costs_little(book):
    cost = reading.read(book).cost
    assert cost.cpu_seconds < 1
    assert cost.peak_mb < 100


def test_fi_5_the_limits_hold_whatever_the_parser_does(monkeypatch, book):
    """What the checks before it do not see ends with the process."""
    monkeypatch.setattr(workbook, "LIMITS", confined.Limits(cpu_seconds=1, memory_mb=60))
    with pytest.raises(Unreadable) as error:
        reading.read(many_rows(book, 300_000))
    assert error.value.why is Refusal.LARGE
    assert error.value.cost.peak_mb is None or error.value.cost.peak_mb < 60


def test_fi_3_links_to_other_files_are_not_followed(book):
    relation = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/>'
        b"</Relationships>"
    )
    linked = with_part(book, "xl/externalLinks/_rels/externalLink1.xml.rels", relation)
    found = reading.read(linked)
    assert len(found.rows) == len(reading.read(book).rows)
    changed = opened(book)
    changed["原則1"]["F2"] = "='[1]Sheet1'!A1"
    changed["原則1"]["F3"] = '=DDE("cmd";"/C calc";"x")'
    said = [str(p) for row in reading.read(saved(changed)).rows for p in row.problems]
    assert said == [f"原則1!F{n}: is a formula; write the answer itself" for n in (2, 3)]
