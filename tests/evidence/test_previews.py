"""What is shown of a file: made in a child that dies for its sins, never in a web thread."""

import io
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import xlsxwriter
from PIL import Image

from jpmirai_compliance.evidence import previews
from jpmirai_compliance.foundation.errors import NotFound
from tests.evidence import bombs
from tests.evidence.files import located, office, picture

_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = _OFFICE + "wordprocessingml.document"
XLSX = _OFFICE + "spreadsheetml.sheet"
PPTX = _OFFICE + "presentationml.presentation"
HEAVY = "This file takes too long to show here. Download it to look at it."
NOT_SHOWN = "This file cannot be shown here. Download it to look at it."


def show(tmp_path, content, media_type, page=1, name="a" * 64, **more):
    return previews.show(
        tmp_path / "previews", content, sha256=name, media_type=media_type, page=page, **more
    )


def children():
    """The preview processes of this process that live now."""
    command = ["ps", "-o", "args", "--ppid", str(os.getpid())]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line for line in found.stdout.splitlines() if "previews.child" in line]


def test_fi_5_pages_of_a_pdf_are_pictures(tmp_path):
    found = show(tmp_path, bombs.paper(), "application/pdf")
    image = Image.open(io.BytesIO(found.png))
    assert (image.format, max(image.size), found.pages) == ("PNG", 600, 1)
    assert len(image.convert("L").getcolors()) > 2, "the word is on it"
    assert str(show(tmp_path, bombs.paper(), "application/pdf", page=2).refusal) == NOT_SHOWN


def test_fi_4_fi_5_a_shown_photo_has_no_camera(tmp_path):
    found = show(tmp_path, located(), "image/jpeg")
    image = Image.open(io.BytesIO(found.png))
    assert (image.format, image.size) == ("PNG", (300, 400)), "turned upright"
    assert b"Secret" not in found.png


def test_fi_5_words_of_office_files_and_texts_are_plain_text(tmp_path):
    assert show(tmp_path, bombs.words("人権方針", "<b>".replace("<", "&lt;")), DOCX).text == (
        "人権方針\n<b>"
    )
    slide = (
        '<p:sld xmlns:p="p" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        "<a:p><a:t>研修</a:t></a:p></p:sld>"
    )
    slides = office("ppt/presentation.xml", parts=[("ppt/slides/slide1.xml", slide)])
    assert show(tmp_path, slides, PPTX, name="b" * 64).text == "研修"
    long = "あ" * 30_000
    found = show(tmp_path, long.encode("cp932"), "text/plain", name="c" * 64)
    assert (len(found.text), found.cut) == (20_000, True)


def test_fi_5_sheets_are_tables_and_end_somewhere(tmp_path):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name in ("研修", "名簿"):
            sheet = book.add_worksheet(name)
            for row in range(300):
                sheet.write_row(row, 0, [f"{name}{row}", row])
    found = show(tmp_path, out.getvalue(), XLSX, page=2)
    assert (found.pages, len(found.rows), found.cut) == (2, 200, True)
    assert found.rows[1] == ("名簿1", "1")
    table = show(tmp_path, "名前,数\r\n=1+1,2".encode(), "text/csv", name="d" * 64)
    assert (table.rows, table.cut) == ((("名前", "数"), ("=1+1", "2")), False)


@pytest.mark.parametrize(
    ("make", "media_type"),
    [
        (bombs.previous_loop, "application/pdf"),
        (bombs.flate_bomb, "application/pdf"),
        (bombs.many_pages, "application/pdf"),
        (bombs.endless_drawing, "application/pdf"),
        (bombs.zip_bomb, DOCX),
    ],
)
def test_fi_5_a_hostile_file_costs_seconds_and_leaves_no_child(tmp_path, make, media_type):
    content = make()
    started = time.monotonic()
    found = show(tmp_path, content, media_type, seconds=4)
    assert time.monotonic() - started < 8
    assert found.refusal is not None or found.pages in {1, 100_000}
    assert len(found.png) < 16 * 1024 * 1024
    assert children() == []
    assert show(tmp_path, bombs.paper(), "application/pdf", name="e" * 64).png, "goes on"


@pytest.mark.parametrize("make", [bombs.zip_bomb, bombs.endless_drawing])
def test_fi_5_what_is_too_much_gets_a_sentence_and_is_not_tried_again(tmp_path, make, monkeypatch):
    kind = DOCX if make is bombs.zip_bomb else "application/pdf"
    assert str(show(tmp_path, make(), kind, seconds=2).refusal) == HEAVY
    monkeypatch.setattr(previews, "_ask_child", None)
    assert str(show(tmp_path, make(), kind).refusal) == HEAVY


def test_fi_5_a_child_that_sleeps_is_killed_on_time(tmp_path, monkeypatch):
    monkeypatch.setattr(previews.sys, "executable", _sleeper(tmp_path))
    started = time.monotonic()
    found = show(tmp_path, bombs.paper(), "application/pdf", seconds=1)
    assert (str(found.refusal), time.monotonic() - started < 3) == (HEAVY, True)
    assert subprocess.run(["pgrep", "-f", "sleep 4242"], check=False).returncode == 1


def _sleeper(tmp_path):
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nsleep 4242 &\nwait\n")
    script.chmod(0o755)
    return str(script)


def test_fi_5_the_child_knows_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("JPMIRAI_SECRET_KEY", "secret")
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nenv > " + str(tmp_path / "seen") + "\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setattr(previews.sys, "executable", str(script))
    assert str(show(tmp_path, bombs.paper(), "application/pdf").refusal) == NOT_SHOWN
    seen = (tmp_path / "seen").read_text()
    assert "LANG=C.UTF-8" in seen
    assert "JPMIRAI" not in seen


def test_a_page_is_made_once_and_the_room_is_bounded(tmp_path, monkeypatch):
    first = show(tmp_path, picture(), "image/png")
    asked = []
    monkeypatch.setattr(previews, "_ask_child", lambda *a: asked.append(a) or replace(first))
    assert show(tmp_path, picture(), "image/png") == first
    assert asked == []
    monkeypatch.setattr(previews, "CACHE_MAX", 2 * len(first.png))
    for letter in "bcdefg":
        show(tmp_path, picture(), "image/png", name=letter * 64)
    kept = list((tmp_path / "previews").glob("??/*"))
    assert len(asked) == 6
    assert sum(p.stat().st_size for p in kept) <= 2 * len(first.png)
    assert (tmp_path / "previews/gg" / ("g" * 64 + "-1")).exists(), "the newest stays"


@pytest.mark.parametrize("page", [0, -1, 501, 10**9])
def test_pages_that_cannot_be_are_not_found(tmp_path, page):
    with pytest.raises(NotFound):
        show(tmp_path, picture(), "image/png", page=page)


def test_fi_5_the_web_process_imports_nothing_that_opens_files():
    code = "import sys, jpmirai_compliance.app; print('pypdfium2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
