"""Answering in Excel: the three steps, a file that is refused, what would change, what was done."""

import io

import openpyxl

from tests.e2e.pages.world import Page

UPLOAD = "Upload and see what would change"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _refused(visitor):
    file = {"name": "回答.csv", "mimeType": "text/csv", "buffer": "番号,回答".encode()}
    visitor.press(UPLOAD, fields={"file": file})


def _filled(visitor):
    """Upload the workbook with some rows filled in, one of them wrongly, one on both sides."""
    path = visitor.download("Workbook in Japanese (xlsx)")
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    sheet = book["原則5"]
    sheet["D2"], sheet["F2"] = 3, "相談の件数と対応の結果を、毎年ウェブサイトで公表しています。"
    sheet["D3"] = "該当なし"
    sheet["D4"] = 5
    book["原則1"]["F2"] = None
    out = io.BytesIO()
    book.save(out)
    file = {"name": "自己評価.xlsx", "mimeType": XLSX, "buffer": out.getvalue()}
    visitor.press(UPLOAD, fields={"file": file})


PAGES = (
    Page("excel", "minami", "/m/{year}/excel"),
    Page("excel-refused", "minami", "/m/{year}/excel", prepare=_refused),
    Page("excel-preview", "minami", "/m/{year}/excel", prepare=_filled),
    Page("excel-frozen", "kimura", "/m/{year}/excel"),
)
