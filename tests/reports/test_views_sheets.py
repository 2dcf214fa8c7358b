"""The workbook as it goes out and as it comes back: what each program makes of it."""

import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile

import pytest

from jpmirai_compliance.assessments.rules import Content, Reach
from jpmirai_compliance.reports.sheets import headings, reading, stamp
from tests.factories import NOW
from tests.reports.books import (
    CHOICE,
    ID,
    NOTE,
    REACH,
    REASON,
    SECRETS,
    TEXT,
    exported,
    filled,
    opened,
    row_of,
    saved,
)


@pytest.fixture
def answering(make):
    return make(level=2)


@pytest.fixture
def book(answering):
    return exported(answering, now=NOW)


def rows(content):
    return {row.indicator_id: row for row in reading.read(content).rows}


def problems(content, indicator_id="P1-01"):
    return [str(text) for text in rows(content)[indicator_id].problems]


def test_ou_2_every_text_is_a_string_and_nothing_computes(answering):
    answering.save("P1-01", version=1, level=3, text="=1+1", note="@SUM(A1)")
    content = exported(answering, now=NOW)
    sheet, number = row_of(opened(content), "P1-01")
    for column, value in ((TEXT, "=1+1"), (NOTE, "@SUM(A1)")):
        cell = sheet[f"{column}{number}"]
        assert (cell.value, cell.data_type) == (value, "s")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert [n for n in parts.namelist() if b"<f>" in parts.read(n)] == []
    assert rows(content)["P1-01"].content.text == "=1+1"


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_one_sheet_a_principle_one_row_a_question_nothing_merged(answering, locale):
    book = opened(exported(answering, locale=locale, now=NOW))
    first = {"ja": "使い方", "en": "How to use"}[locale]
    names = [{"ja": f"原則{n}", "en": f"Principle {n}"}[locale] for n in range(1, 6)]
    assert book.sheetnames == [first, *names, "_meta"]
    assert book["_meta"].sheet_state == "veryHidden"
    ids = [row[0].value for name in names for row in book[name].iter_rows(min_row=2)]
    assert ids == [i.id for i in _asked(answering)]
    for name in names:
        sheet = book[name]
        assert list(sheet.merged_cells.ranges) == []
        assert sheet.freeze_panes == "C2"
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (
            0,
            True,
        )
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        unlocked = {c.column_letter for c in sheet[2] if not c.protection.locked}
        assert unlocked == {CHOICE, REASON, TEXT, NOTE, REACH}


def _asked(answering):
    from jpmirai_compliance.assessments.queries import member

    return member.assessment(answering.uow, answering.actor, 2026).indicators


def test_the_five_sentences_stand_beside_the_list_to_choose_from(answering, book):
    sheet, number = row_of(opened(book), "P1-01")
    indicator = _asked(answering)[0]
    said = sheet[f"C{number}"].value.split("\n")
    assert said[:5] == [f"{n}: {t.pick('ja')}" for n, t in enumerate(indicator.levels)]
    lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert [v.formula1 for v in lists] == [
        '"0,1,2,3,4,該当なし"',
        '"自組織,企業グループ,サプライチェーンを含む"',
    ]
    assert str(lists[0].sqref).startswith(f"{CHOICE}2:{CHOICE}")


def test_rows_are_high_enough_to_read_and_still_grow(book):
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        xml = parts.read("xl/worksheets/sheet2.xml").decode()
    heights = [float(h) for h in re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', xml)]
    assert min(heights) > 40
    assert "customHeight" not in xml


def test_a_returned_form_opens_only_what_was_asked_again(make, uow):
    from tests.factories import all_answers, make_assessment, make_member, make_round

    org, user, actor = make_member(uow, "差戻し社")
    round_ = make_round(uow, year=2026, orgs=[org])
    given = {i: {"level": 2, "reopened": i == "P1-02"} for i in all_answers(org)}
    found = make_assessment(
        uow, org, round_, given, by=user, status="returned", submitted_at=NOW,
        return_due_at=NOW + dt.timedelta(days=5),
    )  # fmt: skip
    from tests.assessments.member.conftest import Member

    content = exported(Member(org, user, actor, round_, found, uow), now=NOW)
    sheet, number = row_of(opened(content), "P1-02")
    assert not sheet[f"{TEXT}{number}"].protection.locked
    assert sheet[f"{TEXT}{number - 1}"].protection.locked


def test_what_goes_out_comes_back_as_it_is(answering):
    answering.save("P1-02", version=1, not_applicable=True, na_reason="対象の人がいません。")
    answering.save(
        "P1-03", version=1, level=4, text="一行\n二行", note="メモ", reach=Reach.SUPPLY_CHAIN
    )
    for locale in ("ja", "en"):
        back = rows(exported(answering, locale=locale, now=NOW))
        assert len(back) == len(_asked(answering))
        assert back["P1-01"].content == Content(level=2)
        assert back["P1-02"].content == Content(
            not_applicable=True, na_reason="対象の人がいません。"
        )
        assert back["P1-03"].content == Content(
            level=4, text="一行\n二行", note="メモ", reach=Reach.SUPPLY_CHAIN
        )
        assert {r.problems for r in back.values()} == {()}


CHOICES = [
    *(
        (3, 3),
        (3.0, 3),
        ("3", 3),
        ("3.0", 3),
        ("３", 3),
        (" 3 ", 3),
        ("3\n", 3),
        ("３：実施している", 3),
    ),
    *(("3 全拠点を点検し", 3), (0, 0), ("０", 0), ("該当なし", "na"), ("該当 なし ", "na")),
    *(("N/A", "na"), ("Ｎ／Ａ", "na"), ("not applicable", "na")),
]


@pytest.mark.parametrize(("typed", "meant"), CHOICES, ids=[repr(c) for c in CHOICES])
def test_an_answer_is_understood_however_it_was_typed(book, typed, meant):
    found = rows(filled(book, P1_01={CHOICE: typed, REASON: "理由"}))["P1-01"]
    given = found.content
    assert found.problems == ()
    assert ("na" if given.not_applicable else given.level) == meant


@pytest.mark.parametrize(
    "typed",
    [5, -1, 2.5, "3-4", "五", "3点満点", "はい", True, "=1+1", dt.date(2026, 1, 2), "2026/1/2"],
)
def test_any_other_answer_is_refused_with_its_cell(book, typed):
    [said] = problems(filled(book, P1_01={CHOICE: typed, REASON: "理由"}))
    assert said.startswith(f"原則1!{CHOICE}2: ")


def test_the_sentence_names_cell_and_value(book):
    [said] = problems(filled(book, P1_01={CHOICE: 5}))
    assert said == "原則1!D2: “5” cannot be chosen (0 to 4, or “not applicable”)"
    [said] = problems(filled(book, P1_01={CHOICE: "該当なし"}))
    assert said == "原則1!E2: write why this does not apply to you"
    [said] = problems(filled(book, P1_01={TEXT: "=A1"}))
    assert said == "原則1!F2: is a formula; write the answer itself"
    [said] = problems(filled(book, P1_01={TEXT: "漢" * 4001}))
    assert said == "原則1!F2: at most 4000 characters; these are 4001"
    [said] = problems(filled(book, P1_01={REACH: "全部"}))
    assert said == "原則1!H2: “全部” is not in the list of this column"


def test_an_empty_answer_says_nothing_an_empty_text_says_empty(book):
    found = rows(filled(book, P1_01={CHOICE: None, TEXT: None, REACH: None}))["P1-01"]
    assert found.keeps == {"choice", "reach"}
    assert (found.content.text, found.problems) == ("", ())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("末尾の空白  \n", "末尾の空白"),
        (3, "3"),
        (2.5, "2.5"),
        (dt.date(2026, 4, 1), "2026-04-01"),
        ("一行_x000D_\n二行", "一行\n二行"),
    ],
)
def test_texts_come_in_as_people_see_them(book, typed, kept):
    assert rows(filled(book, P1_01={TEXT: typed}))["P1-01"].content.text == kept


def test_order_of_rows_and_sheets_added_columns_and_sheets_do_not_matter(book):
    changed = opened(filled(book, P1_01={CHOICE: 4}, P5_01={TEXT: "新しい"}))
    sheet = changed["原則1"]
    values = [[c.value for c in row] for row in sheet.iter_rows(min_row=2)]
    for number, line in enumerate(reversed(values), 2):
        for at, value in enumerate(line, 1):
            sheet.cell(number, at).value = value
    sheet.insert_cols(3)
    sheet["C1"] = "社内の担当"
    sheet["C2"] = "佐藤"
    sheet.insert_rows(1)
    sheet["A1"] = "人事部で記入"
    sheet.row_dimensions[4].hidden = True
    changed.move_sheet("原則5", -4)
    changed["原則2"].title = "人権"
    changed.create_sheet("集計")["A1"] = "番号"
    back = rows(saved(changed))
    assert len(back) == len(rows(book))
    assert back["P1-01"].content.level == 4
    assert back["P5-01"].content.text == "新しい"
    assert back["P2-01"].content.level == 2
    assert {r.problems for r in back.values()} == {()}


def test_rows_and_columns_that_were_deleted_say_nothing(book):
    changed = opened(book)
    changed["原則1"].delete_rows(2)
    changed["原則1"].delete_cols(7)  # the note
    del changed["原則2"]
    found = reading.read(saved(changed))
    ids = {r.indicator_id for r in found.rows}
    assert "P1-01" not in ids
    assert not any(i.startswith("P2") for i in ids)
    assert {r.keeps for r in found.rows if r.indicator_id.startswith("P1")} == {frozenset({"note"})}
    assert [str(text) for text in found.lost] == [
        "原則1: no column “[Fill in] Internal note (never public)”"
    ]


def test_numbers_of_questions_are_found_however_they_are_written(book):
    changed = opened(book)
    changed["原則1"]["A2"] = " ｐ１－０１ "
    changed["原則1"]["A3"] = None
    changed["原則1"]["A4"] = "P9-99"
    found = [r.indicator_id for r in reading.read(saved(changed)).rows][:3]
    assert found == ["P1-01", "", "P9-99"]


def test_text_in_every_way_that_programs_store_it_is_read(book):
    """Shared and inline strings, rich text, and the readings that Japanese Excel adds."""
    shared = _shared(book)
    marked = shared.replace(
        b"<si><t>P1-01</t></si>",
        "<si><t>P1-01</t><rPh sb='0' eb='1'><t>ピー</t></rPh></si>".encode(),
    )
    rich = marked.replace(
        b"<si><t>P1-02</t></si>", b"<si><r><t>P1</t></r><r><rPr><b/></rPr><t>-02</t></r></si>"
    )
    assert rich.count(b"<rPh") == 1
    assert set(rows(_with(book, "xl/sharedStrings.xml", rich))) == set(rows(book))
    sheet = _part(book, "xl/worksheets/sheet2.xml")
    inline = re.sub(
        rb'<c r="F2"([^>]*?)/>',
        '<c r="F2"\\1 t="inlineStr"><is><t>直に</t></is></c>'.encode(),
        re.sub(rb'<c r="F2"( s="\d+") t="s"><v>\d+</v></c>', rb'<c r="F2"\1/>', sheet),
    )
    text = re.sub(rb'<c r="D2"( s="\d+")><v>2<', rb'<c r="D2"\1 t="str"><v>3.0<', inline)
    assert text != sheet
    back = rows(_with(book, "xl/worksheets/sheet2.xml", text))["P1-01"]
    assert back.content.text == "直に"
    assert (back.content.level, back.problems) == (3, ())


def _part(content, name):
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read(name)


def _shared(content):
    return _part(content, "xl/sharedStrings.xml")


def _with(content, name, body):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            new.writestr(part, body if part == name else old.read(part))
    return out.getvalue()


@pytest.mark.slow
def test_libreoffice_opens_edits_and_saves_it(book, tmp_path):
    """Through its own text format, where the edit is made, and back."""
    assert shutil.which("soffice"), "LibreOffice is missing; run: make setup"
    (tmp_path / "book.xlsx").write_bytes(book)
    _converted(tmp_path, "book.xlsx", "fods")
    flat = (tmp_path / "book.fods").read_text(encoding="utf-8")
    rows_ = re.findall(r"<table:table-row.*?</table:table-row>", flat, re.DOTALL)
    question = next(row for row in rows_ if ">P1-01<" in row)
    edited = question.replace('office:value="2"', 'office:value="4"').replace(
        "<text:p>2</text:p>", "<text:p>4</text:p>"
    )
    assert edited != question
    (tmp_path / "edited.fods").write_text(flat.replace(question, edited), encoding="utf-8")
    _converted(tmp_path, "edited.fods", "xlsx")
    content = (tmp_path / "edited.xlsx").read_bytes()
    found = reading.read(content)
    assert stamp.verified(found.stamp, SECRETS) is not None
    back = {r.indicator_id: r for r in found.rows}
    assert set(back) == set(rows(book))
    assert back["P1-01"].content.level == 4
    assert {r.content.level for i, r in back.items() if i != "P1-01"} == {2}
    assert {r.problems for r in back.values()} == {()}
    kept = opened(content)
    assert kept["原則1"].data_validations.dataValidation
    assert kept["原則1"].protection.sheet


def _converted(folder, name, kind):
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
         "--convert-to", kind, name],
        cwd=folder, check=True, capture_output=True, timeout=180,
    )  # fmt: skip


def test_the_stamp_is_ours_or_none(answering, book):
    line = reading.read(book).stamp
    found = stamp.verified(line, SECRETS)
    assert (found.org_id, found.assessment_id) == (answering.org.id, answering.assessment.id)
    assert (found.year, found.edition, found.made_at) == (2026, "2026.1", NOW)
    assert stamp.verified(line, ("another" * 8, *SECRETS)) == found
    assert stamp.verified(line, ("another" * 8,)) is None
    for broken in ("", "x", line[:-1], f"A{line[1:]}", line.partition(".")[0]):
        assert stamp.verified(broken, SECRETS) is None


def test_headings_are_known_in_every_language():
    assert len(headings.known_headings()) == 2 * len(headings.HEADINGS)
    assert len(headings.known_reaches()) == 2 * len(Reach)
    assert ID == "A"
