import io
import time

import pytest
from PIL import Image

from jpmirai_compliance.evidence import rules
from jpmirai_compliance.foundation.errors import Incomplete
from tests.evidence import files
from tests.evidence.files import PDF, office, picture

GOOD = [
    ("方針.pdf", PDF, "application/pdf"),
    ("bom.PDF", b"\xef\xbb\xbf" + PDF, "application/pdf"),
    ("a.png", picture("PNG"), "image/png"),
    ("a.jpg", picture("JPEG"), "image/jpeg"),
    ("a.jpeg", files.located(), "image/jpeg"),
    ("a.webp", picture("WEBP"), "image/webp"),
    ("a.docx", office(), rules.files.MEDIA_TYPES["docx"]),
    ("a.xlsx", office("xl/workbook.xml"), rules.files.MEDIA_TYPES["xlsx"]),
    ("a.pptx", office("ppt/presentation.xml"), rules.files.MEDIA_TYPES["pptx"]),
    ("a.csv", "氏名,国\r\nA,ベトナム\r\n".encode("cp932"), "text/csv"),
    ("a.txt", "\ufeff記録\n".encode(), "text/plain"),
]


@pytest.mark.parametrize(("name", "content", "media_type"), GOOD, ids=[g[0] for g in GOOD])
def test_fi_1_a_whole_file_of_each_kind_is_kept(name, content, media_type):
    assert rules.examine(name, content) == rules.Examined(name, media_type)


BIG = b"\0" * (60 * 1024 * 1024)
REFUSED = [
    ("empty.pdf", b"", "is empty"),
    ("tool.exe", b"MZ\x90\0", "not of a kind that we accept"),
    ("noextension", PDF, "not of a kind that we accept"),
    ("page.html", b"<html><script>1</script>", "not of a kind that we accept"),
    ("drawing.svg", b"<svg onload='x()'/>", "not of a kind that we accept"),
    ("macro.docm", office(), "not of a kind that we accept"),
    ("old.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "not of a kind that we accept"),
    ("page.pdf", b"<html>%PDF-1.7 %%EOF", "is not PDF"),
    ("tool.pdf", b"MZ" + PDF, "is not PDF"),
    ("late.pdf", b"x" * 9 + PDF, "is not PDF"),
    ("cut.pdf", PDF[:-8], "end of the PDF is missing"),
    ("half.png", picture("PNG", (300, 300))[:-30], "cannot be opened as PNG"),
    ("half.jpg", picture("JPEG", (800, 800))[:900], "cannot be opened as JPEG"),
    ("half.webp", picture("WEBP", (300, 300))[:-20], "cannot be opened as WEBP"),
    ("really-png.jpg", picture("PNG"), "is not JPG"),
    ("gif.png", picture("GIF"), "is not PNG"),
    ("huge.png", files.huge_png(), "more than 40 million pixels"),
    ("sheet.docx", office("xl/workbook.xml"), "is not DOCX"),
    ("plain.xlsx", office("a.txt", first=False), "is not XLSX"),
    ("broken.docx", b"PK\x03\x04" + b"\0" * 50, "is broken"),
    ("locked.docx", files.locked(), "has a password"),
    ("old-lock.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "has a password or is in the old"),
    ("macro.docx", office(parts=[("word/vbaProject.bin", b"x")]), "contains macros"),
    ("typed.docx", office(more="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
    ("nested.docx", office(parts=[("word/embeddings/a.docm", b"x")]), "contains macros"),
    ("many.docx", office(parts=[(f"p/{n}.xml", "") for n in range(20_000)]), "2,000 parts"),
    ("bomb.docx", office(parts=[("a.xml", BIG), ("b.xml", BIG)]), "more than 100 MB"),
    ("climb.docx", office(parts=[("../../etc/x", "x")]), "points outside of itself"),
    ("absolute.docx", office(parts=[("/etc/x", "x")]), "points outside of itself"),
    ("link.docx", files.linked(), "points outside of itself"),
    ("xxe.docx", office(document='<!DOCTYPE a [<!ENTITY b SYSTEM "file:///x">]><a/>'), "entities"),
    ("wide.docx", office(document="<!DOCTYPE a><a/>".encode("utf-16")), "entities"),
    ("split.docx", office(document=" " * (1024 * 1024 - 4) + "<!DOCTYPE a><a/>"), "entities"),
    ("nul.csv", b"a,b\0c\r\n", "cannot be read as text"),
    ("bytes.txt", bytes(range(128, 256)), "cannot be read as text"),
    ("really-pdf.txt", PDF, "is not TXT"),
]


@pytest.mark.parametrize(("name", "content", "said"), REFUSED, ids=[r[0] for r in REFUSED])
def test_fi_1_fi_3_fi_4_what_must_be_refused_gets_a_sentence(name, content, said):
    began = time.process_time()
    with pytest.raises(rules.FileRefused) as error:
        rules.examine(name, content)
    sentence = str(error.value.text)
    assert sentence.startswith(f"“{name}” ") or f"of “{name}” " in sentence
    assert said in sentence
    assert any(word in sentence for word in ("add it", "add that", "add the", "and add it"))
    assert [(str(gap.text), gap.target) for gap in error.value.gaps] == [(sentence, "#files")]
    assert time.process_time() - began < 5


def test_fi_2_twenty_megabytes_are_the_limit():
    whole = PDF[:-6] + b" " * (rules.FILE_MAX - len(PDF)) + b"%%EOF\n"
    assert len(whole) == rules.FILE_MAX
    assert rules.examine("a.pdf", whole).media_type == "application/pdf"
    with pytest.raises(rules.FileRefused, match=r"has 20\.0 MB; the limit is 20 MB"):
        rules.examine("a.pdf", b" " + whole)


def test_fi_4_a_public_copy_has_no_place_no_camera_and_stands_upright():
    before = files.located((400, 300))
    assert b"SecretCamera" in before
    assert b"SecretComment" in before
    assert Image.open(io.BytesIO(before)).getexif().get_ifd(0x8825)
    after = rules.public_copy(before)
    shown = Image.open(io.BytesIO(after))
    assert (shown.format, shown.size) == ("JPEG", (300, 400))
    assert dict(shown.getexif()) == {}
    assert not {"exif", "comment", "icc_profile"} & set(shown.info)
    assert b"Secret" not in after


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_fi_4_a_public_copy_keeps_its_kind_and_is_no_larger_than_needed(kind):
    shown = Image.open(io.BytesIO(rules.public_copy(picture(kind, (3_200, 1_000)))))
    assert (shown.format, shown.size) == (kind, (1_600, 500))


@pytest.mark.parametrize("content", [b"no picture", PDF, files.huge_png()], ids=str)
def test_fi_4_what_is_no_picture_has_no_public_copy(content):
    with pytest.raises(ValueError, match="not a picture"):
        rules.public_copy(content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("証憑.pdf", "証憑.pdf"),
        ("C:\\Users\\a\\証憑.pdf", "証憑.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("か\u3099.pdf", "が.pdf"),
        ("a\ud800.pdf", "a.pdf"),
        ("  two   words .pdf", "two words .pdf"),
        ("あ" * 300 + ".pdf", "あ" * 146 + ".pdf"),
        (".pdf", "file.pdf"),
        ("", "file"),
        ("\0/", "file"),
    ],
)
def test_fi_6_fi_9_a_name_is_only_text(given, kept):
    assert rules.clean_filename(given) == kept
    assert len(kept) <= 150


@pytest.mark.parametrize("url", ["https://example.org/a?b=1#c", "http://例え.jp:8080/方針"])
def test_fi_10_web_addresses_are_kept_as_text(url):
    assert rules.safe_url(f"  {url} ") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org:x/",
        "https://example.org/<script>",
        "https://exa mple.org/",
        "https://example.org/\0",
        "https://[::1",
        "https://example.org/" + "a" * 2_000,
    ],
)
def test_fi_10_everything_else_is_refused_at_the_field(url):
    with pytest.raises(Incomplete, match="starts with https://") as error:
        rules.safe_url(url)
    assert error.value.gaps[0].target == "#url"
