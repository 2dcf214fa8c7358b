"""The pages: download, upload, preview, taking over; what each person may and may not."""

import io
import json

import pytest
from sqlmodel import select

from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.reports.models import AnswerFile
from tests.assessments.member.acts import errors, stored, words
from tests.factories import all_answers, clock, make_assessment, make_user
from tests.reports.books import CHOICE, TEXT, filled, opened, row_of

PAGE = "/m/2026/excel"


@pytest.fixture
def answering(uow, member):
    org, user, round_ = member
    make_assessment(uow, org, round_, all_answers(org, 2), by=user)
    return member


@pytest.fixture
def browser(login, answering):
    org, user, _round = answering
    return login(user, org, language="en")


def download(browser, language="ja"):
    answer = browser.client.get(f"{PAGE}/{language}.xlsx")
    assert answer.status_code == 200
    return answer.data


def upload(browser, content, *, name="回答.xlsx", status=303):
    browser.get(PAGE)
    button = "Upload and see what would change"
    return browser.press(button, status=status, file=(io.BytesIO(content), name))


def test_a_workbook_goes_out_and_that_is_recorded(browser, uow, answering):
    answer = browser.client.get(f"{PAGE}/ja.xlsx")
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''%E8%87%AA%E5%B7%B1%E8%A9%95%E4%BE%A1_2026.xlsx"
    )
    assert opened(answer.data).sheetnames[0] == "使い方"
    assert opened(download(browser, "en")).sheetnames[0] == "How to use"
    uow.session.rollback()
    query = select(AuditEvent).where(AuditEvent.event == Event.DATA_EXPORTED)
    found = [json.loads(e.data)["language"] for e in uow.session.exec(query)]
    assert found == ["ja", "en"]
    assert browser.client.get(f"{PAGE}/fr.xlsx").status_code == 404


def test_the_round_trip_shows_what_would_change_and_stores_what_is_ticked(
    browser, uow, answering, store
):
    org, _user, _round = answering
    content = filled(download(browser), P1_01={CHOICE: "３", TEXT: "<b>文</b>"}, P1_02={CHOICE: 9})
    page = upload(browser, content)
    assert words(page.h1) == "What the workbook would change"
    assert "1 row changed" in words(page.main)
    assert "原則1!D3: “9” cannot be chosen" in words(page.main)
    shown = [words(p) for p in page.select(".app-versions__text")]
    assert shown[0].startswith("2 ")
    assert shown[1].startswith("3 ")
    assert shown[2:] == ["(empty)", "<b>文</b>"]
    page = browser.press("Take over the ticked rows")
    assert words(page.h1) == "Taken over from the workbook"
    assert "1 answer was taken over." in words(page.main)
    assert "cannot be taken over have not changed anything." in words(page.main)
    row = stored(uow, org)
    assert (row.level, row.text) == (3, "<b>文</b>")
    kept = uow.session.exec(select(AnswerFile)).one()
    original = browser.client.get(f"{PAGE}/{kept.id}/file")
    assert original.data == content == store.get(kept.sha256)
    assert original.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in original.headers["Content-Security-Policy"]
    assert "回答.xlsx" in words(browser.get(PAGE).main)


def test_av_2_a_text_that_the_web_changed_is_shown_beside_and_not_ticked(
    browser, login, uow, answering
):
    org, _user, _round = answering
    content = filled(download(browser), P1_01={TEXT: "Excelの文"})
    colleague = login(make_user(uow, org, (Role.EDITOR,), name="佐藤"), org, language="en")
    colleague.get("/m/2026/P1-01")
    colleague.press("Save and go back to the list", text="ウェブの文")
    page = upload(browser, content)
    [box] = page.select("input[name=row]")
    assert not box.has_attr("checked")
    assert [words(p) for p in page.select(".app-versions__text")] == ["ウェブの文", "Excelの文"]
    page = browser.press("Take over the ticked rows", status=422)
    assert errors(page) == ["Tick at least one row."]
    assert stored(uow, org).text == "ウェブの文"
    browser.press("Take over the ticked rows", row=box["value"])
    assert stored(uow, org).text == "Excelの文"


def test_av_2_what_changes_between_the_two_steps_is_said(browser, login, uow, answering):
    org, _user, _round = answering
    upload(browser, filled(download(browser), P1_01={TEXT: "Excelの文"}))
    colleague = login(make_user(uow, org, (Role.EDITOR,)), org, language="en")
    colleague.get("/m/2026/P1-01")
    colleague.press("Save and go back to the list", text="間の文")
    page = browser.press("Take over the ticked rows")
    said = "P1-01: Somebody changed this answer on the web after the list was shown."
    assert said in words(page.main)
    assert stored(uow, org).text == "間の文"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"a,b", "This is not an Excel workbook (.xlsx)."),
        ("a.xlsm", b"PK\x03\x04", "This workbook contains macros"),
        ("a.xlsx", b"", "This file is empty."),
        ("a.xlsx", b"PK\x03\x04broken", "This file is broken"),
    ],
)
def test_a_file_that_is_not_read_gets_a_sentence(browser, uow, name, content, said):
    page = upload(browser, content, name=name, status=422)
    [shown] = errors(page)
    assert shown.startswith(said)
    assert uow.session.exec(select(AnswerFile)).all() == []


def test_no_file_is_said(browser):
    browser.get(PAGE)
    page = browser.press("Upload and see what would change", status=422)
    assert errors(page) == ["Choose the workbook that you filled in."]


def test_az_3_a_forged_stamp_and_another_organisations_workbook_are_refused(
    browser, login, uow, answering
):
    org, _user, _round = answering
    from jpmirai_compliance.accounts.models import Organisation

    other = uow.session.exec(select(Organisation).where(Organisation.name_ja == "別の会社")).one()
    stranger = login(make_user(uow, other), other, language="en")
    theirs = download(stranger)
    page = upload(browser, theirs, status=422)
    assert errors(page)[0].startswith("This workbook belongs to another organisation.")
    book = opened(download(browser))
    line = book["_meta"]["A1"].value
    book["_meta"]["A1"] = line[:40] + ("A" if line[40] != "A" else "B") + line[41:]
    out = io.BytesIO()
    book.save(out)
    page = upload(browser, out.getvalue(), status=422)
    assert errors(page)[0].startswith("We cannot tell that this workbook was downloaded here")
    del book["_meta"]
    out = io.BytesIO()
    book.save(out)
    upload(browser, out.getvalue(), status=422)
    assert stored(uow, org).version == 1
    upload(browser, filled(download(browser), P1_01={CHOICE: 4}))
    mine = browser.url
    for url in (mine, f"{mine}/file"):
        assert stranger.client.get(url).status_code == 404


def test_az_3_who_may_read_may_download_and_only_editors_upload(login, uow, answering, client):
    org, _user, _round = answering
    approver = login(make_user(uow, org, (Role.APPROVER,)), org, language="en")
    page = approver.get(PAGE)
    assert "People with the role “editor” can upload answers" in words(page.main)
    assert page.select("main form") == []
    content = download(approver)
    token = page.select_one("input[name=csrf_token]")["value"]
    data = {"csrf_token": token, "file": (io.BytesIO(content), "a.xlsx")}
    assert approver.client.post(PAGE, data=data).status_code == 403
    assert client.get(PAGE).status_code in {302, 303}
    secretariat = login(make_user(uow, None, (Role.SECRETARIAT,)))
    assert secretariat.client.get(f"{PAGE}/ja.xlsx").status_code in {403, 404}


def test_az_11_a_closed_round_is_said_and_the_workbook_can_still_be_read(browser, uow, answering):
    _org, _user, round_ = answering
    content = download(browser)
    browser.get(PAGE)
    with uow.transaction():
        uow.session.merge(round_).closes_at = clock()
    page = browser.press(
        "Upload and see what would change", status=422, file=(io.BytesIO(content), "a.xlsx")
    )
    assert "The time to answer ended" in words(page.main) + " ".join(errors(page))
    assert page.select("main input[type=file]") == []
    closed = opened(download(browser, "en"))["How to use"]
    said = [c.value for row in closed.iter_rows() for c in row if c.value]
    assert "The answers cannot be changed at present. This workbook is for reading." in said


def test_last_year_stands_beside_the_answer(login, uow, make):
    from tests.assessments.member.acts import approve, submit
    from tests.factories import make_round

    now = make(level=3)
    approve(now)
    submit(now)
    round_ = make_round(uow, year=2027, orgs=[now.org])
    make_assessment(uow, now.org, round_)
    browser = login(now.user, now.org, language="en")
    answer = browser.client.get("/m/2027/excel/ja.xlsx")
    sheet, number = row_of(opened(answer.data), "P1-01")
    assert sheet[f"I{number}"].value.startswith("3: ")


def test_the_task_list_leads_here(browser):
    browser.get("/m/2026")
    page = browser.follow("Answer in Excel")
    assert words(page.h1) == "Answer in Excel 2026"
