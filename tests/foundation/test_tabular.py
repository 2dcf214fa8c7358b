import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.tabular import Column, Sheet, as_csv, as_xlsx, defused

FORMULAS = (
    *("=1+1", "+81-3-0000", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "%0A"),
    *("＝1+1", "＋1", "－1", "−1", "＠SUM", "﹦1", "﹢1", "﹣1", "﹫A", "⁼1", "⁺1"),
    *(" =1", "　＝1", "\ufeff=1", "\u200b=1", " \u200b +1"),
)
LIVE = set("=+-@|%−＝＋－＠﹦﹢﹣﹫⁼⁺\t\r\n")
PLAIN = (
    "",
    "甲社",
    "株式会社 髙﨑",
    "a=1",
    "’=1",
    "'=1",
    '"引用",社',
    "一行\n二行",
    "０９０",
    "🌸",
)


def sheet(*rows, heads=("名称",)):
    return Sheet("会員一覧", [Column(head) for head in heads], rows)


def read_csv(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data):
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("text", FORMULAS)
def test_ou_2_no_csv_cell_starts_like_a_formula(text):
    data = as_csv(sheet([text], heads=(text,)))
    assert read_csv(data) == [[f"'{text}"], [f"'{text}"]]


@pytest.mark.parametrize("text", PLAIN)
def test_ou_2_other_text_goes_out_as_it_is(text):
    assert read_csv(as_csv(sheet([text], ["end"]))) == [["名称"], [text], ["end"]]


@given(st.text(alphabet=st.sampled_from([*sorted(LIVE), " ", "　", "\ufeff", "1", "甲", "'"])))
def test_ou_2_whatever_is_written_reads_back_as_text(text):
    safe = defused(text)
    assert safe in {text, f"'{text}"}
    assert safe[:1] not in LIVE
    assert safe.lstrip("\ufeff \t\r\n　")[:1] not in LIVE


def test_ou_2_csv_begins_with_a_byte_order_mark_and_ends_lines_as_excel_does():
    assert as_csv(sheet(["甲"])) == b"\xef\xbb\xbf" + '"名称"\r\n"甲"\r\n'.encode()


@pytest.mark.parametrize("text", [*FORMULAS, *PLAIN, "https://a.example", "007", "1e5", "TRUE"])
def test_ou_2_xlsx_text_is_a_string_whatever_it_looks_like(text):
    data = as_xlsx([sheet([text], heads=(text or "x",))])
    found = read_xlsx(data).active
    for cell in (found["A1"], found["A2"]):
        assert cell.data_type in {"s", "n" if not text else "s"}
        assert cell.hyperlink is None
    assert (found["A2"].value or "").replace("_x000D_", "\r").replace("_x0009_", "\t") == text
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_dates_are_dates_and_numbers_numbers():
    moment = dt.datetime(2026, 11, 24, 15, 30, tzinfo=dt.UTC)  # 00:30 of the 25th in Japan
    row = [dt.date(2027, 3, 31), moment, -5, 2.5, None, "06"]
    data = sheet(row, heads=("日", "時", "点", "率", "空", "番号"))
    assert read_csv(as_csv(data))[1] == ["2027-03-31", "2026-11-25 00:30", "-5", "2.5", "", "06"]
    cells = next(read_xlsx(as_xlsx([data])).active.iter_rows(min_row=2))
    assert [c.value for c in cells] == [
        dt.datetime(2027, 3, 31),  # noqa: DTZ001 -- as spreadsheets have it
        moment.astimezone(TOKYO).replace(tzinfo=None),
        *(-5, 2.5, None, "06"),
    ]
    assert [c.data_type for c in cells] == ["d", "d", "n", "n", "n", "s"]


def test_sheets_have_japanese_headings_in_sight_a_filter_and_room():
    long = "とても長い名前の協同組合連合会" * 9
    book = read_xlsx(as_xlsx([sheet([long], ["短"], heads=("組織名（日本語）",))]))
    page = book["会員一覧"]
    assert page["A1"].value == "組織名（日本語）"
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:A3"
    assert page.print_title_rows == "$1:$1"
    assert 60 <= page.column_dimensions["A"].width < 62


def test_names_of_sheets_are_what_excel_accepts():
    names = ["a/b:c", "A B C", "", "History", "原" * 40, "原" * 40, "'x'"]
    book = read_xlsx(as_xlsx([Sheet(name, [Column("x")], []) for name in names]))
    assert book.sheetnames == [
        "a b c",
        "A B C 2",
        "Sheet",
        "History 2",
        "原" * 31,
        "原" * 29 + " 2",
        "x",
    ]


def test_a_list_without_rows_is_still_a_list():
    assert read_csv(as_csv(sheet())) == [["名称"]]
    assert [c.value for c in read_xlsx(as_xlsx([sheet()])).active[1]] == ["名称"]
