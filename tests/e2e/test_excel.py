"""Answering in Excel at a browser: out, filled in, back, looked at, taken over."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from jpmirai_compliance.assessments.models import AnswerRow
from tests import factories
from tests.e2e.site import Site
from tests.e2e.test_bad_input import Member
from tests.reports.books import CHOICE, TEXT, filled

PAGE = "/m/2026/excel"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UPLOAD, TAKE = "Upload and see what would change", "Take over the ticked rows"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    found = Site(tmp_path_factory.mktemp("excel")).start()
    with found.look() as uow:
        factories.make_round(uow)
        factories.make_organisation(uow, "ほかの組織")
    yield found
    found.stop()


@pytest.fixture
def member(site):
    return Member(site)


def stored(site, member):
    with site.look() as uow:
        query = select(AnswerRow).where(col(AnswerRow.assessment_id) == member.assessment.id)
        return {r.indicator_id: (r.level, r.text) for r in uow.session.exec(query)}


def upload(person, content):
    person.go(PAGE)
    file = {"name": "自己評価_2026.xlsx", "mimeType": XLSX, "buffer": content}
    person.press(UPLOAD, fields={"file": file})


@pytest.mark.parametrize("js", [True, False])
def test_filled_in_offline_and_taken_over(site, member, visit, js):
    hanako = visit(site, js=js).sign_in(member.emails[0])
    hanako.go("/m/2026")
    hanako.follow("Answer in Excel")
    out = Path(hanako.download("Workbook in Japanese (xlsx)")).read_bytes()
    content = filled(out, P1_01={CHOICE: 3, TEXT: "毎月点検しています。"}, P1_02={CHOICE: 7})
    upload(hanako, content)
    hanako.says("What the workbook would change")
    hanako.shows("毎月点検しています。", "原則1!D3")
    assert stored(site, member) == {}
    hanako.press(TAKE)
    hanako.says("Taken over from the workbook")
    assert stored(site, member) == {"P1-01": (3, "毎月点検しています。")}
    assert hanako.faults == []


@pytest.mark.parametrize("js", [True, False])
def test_what_a_colleague_wrote_meanwhile_is_not_overwritten(site, member, visit, js):
    hanako = visit(site, js=js).sign_in(member.emails[0])
    hanako.go(PAGE)
    out = Path(hanako.download("Workbook in Japanese (xlsx)")).read_bytes()
    taro = visit(site, js=js).sign_in(member.emails[1])
    taro.go("/m/2026/P1-01")
    taro.press("Save and go back to the list", fields={"text": "太郎の文"})
    upload(hanako, filled(out, P1_01={TEXT: "Excelの文"}, P1_02={CHOICE: 2}))
    hanako.shows("太郎の文", "Excelの文")
    boxes = hanako.page.locator("input[name=row]")
    assert [box.is_checked() for box in boxes.all()] == [False, True]
    hanako.press(TAKE)
    assert stored(site, member) == {"P1-01": (None, "太郎の文"), "P1-02": (2, "")}
    upload(hanako, filled(out, P1_01={TEXT: "Excelの文"}))
    hanako.page.locator("input[name=row]").check()
    hanako.press(TAKE)
    assert stored(site, member)["P1-01"] == (None, "Excelの文")


def test_a_file_of_another_kind_gets_a_sentence(site, member, visit):
    hanako = visit(site, js=False).sign_in(member.emails[0])
    upload(hanako, b"%PDF-1.7 renamed")
    hanako.says(
        "This is not an Excel workbook (.xlsx). If you filled in the workbook in another"
        " program, save it as “Excel workbook (.xlsx)” and upload that."
    )
    assert stored(site, member) == {}
