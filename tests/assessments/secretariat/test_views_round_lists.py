import csv
import io

import openpyxl
import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import Participation, Status
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.assessments.secretariat.test_views_rounds import WHOLE, text_of, years


@pytest.fixture
def desk(login, english):
    return login(english)


@pytest.fixture
def org(uow):
    return factories.make_organisation(uow, "甲社")


NAMES = ("=1+1", "+81-3-0000-0000", "-2+3", "@SUM(A1)", "＝1+1", "＠SUM", "|calc", '"引用",社')


def test_ou_2_no_cell_of_the_list_starts_like_a_formula(desk, uow):
    orgs = [factories.make_organisation(uow, name, name_en=f"={name}") for name in NAMES]
    round_ = factories.make_round(uow, year=2027, orgs=orgs)
    factories.make_assessment(
        uow,
        orgs[0],
        round_,
        status=Status.SUBMITTED,
        submitted_at=factories.NOW,
        claimed=63,
        evidenced=41,
    )
    answer = desk.get("/s/rounds/2027/participants.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''participants-2027.csv"
    )
    head, *rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == len(NAMES)
    assert {len(r) for r in (head, *rows)} == {18}
    assert [c for r in rows for c in r if c[:1] in set("=+-@\t\r|＝＋－＠")] == []
    assert {r[0].removeprefix("'") for r in rows} == set(NAMES)
    assert [[r[5], r[10], *r[16:]] for r in rows if "=1+1" in r[0]] == [
        ["Submitted", "2026-11-24 12:00", "63", "41"]
    ]
    answer = desk.get("/s/rounds/2027/participants.csv?stage=submitted")
    assert len(list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))) == 2


def test_ou_2_the_list_as_a_workbook_is_recorded(desk, uow):
    org = factories.make_organisation(uow, "=1+1")
    round_ = factories.make_round(uow, year=2027, orgs=[org])
    answer = desk.get("/s/rounds/2027/participants.xlsx")
    head, row = openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows()
    assert [c.value for c in head][:2] == ["Name (Japanese)", "Name (English)"]
    assert (row[0].value, row[0].data_type) == ("=1+1", "s")
    event = uow.session.exec(
        select(AuditEvent).where(AuditEvent.event == Event.DATA_EXPORTED)
    ).one()
    assert (event.subject, event.data) == (f"round:{round_.id}", '{"kind":"xlsx","rows":1}')
    assert desk.client.get("/s/rounds/2027/participants.exe").status_code == 404


def test_home_counts_by_status_and_links_to_the_lists(desk, uow, org):
    done = factories.make_organisation(uow, "乙社")
    round_ = factories.make_round(uow, year=2026, orgs=[org, done])
    factories.make_assessment(
        uow, done, round_, status=Status.SUBMITTED, submitted_at=factories.NOW
    )
    page = desk.get("/s")
    tiles = {
        text_of(t.a): int(t.select_one(".app-tiles__number").text)
        for t in page.select(".app-tiles li")
    }
    assert tiles == {
        "Invited": 2,
        "Not started": 1,
        "In progress": 0,
        "Awaiting approval": 0,
        "Submitted": 1,
        "Changes requested": 0,
        "Checked": 0,
        "Published": 0,
    }
    assert "1 submission waits for its check" in text_of(page.main)
    desk.follow("Submitted")
    assert [text_of(th) for th in desk.page.select("tbody th")] == [done.name_en]


def test_home_before_the_first_round(login, uow, desk):
    assert desk.get("/s").select_one("a[href='/s/rounds/new']")
    reviewer = login(factories.make_staff(uow, Role.REVIEWER)[0])
    assert reviewer.get("/s").select_one("a[href='/s/rounds/new']") is None


def test_az_4_a_reviewer_reads_rounds_but_changes_none(login, uow, org):
    factories.make_round(uow, year=2026, orgs=[org])
    browser = login(
        factories.make_user(
            uow,
            None,
            (Role.REVIEWER,),
            totp_secret="enrolled",
            email="r@secretariat.example",
            locale="en",
        )
    )
    page = browser.get("/s/rounds/2026")
    assert "Change the dates" not in text_of(page.main)
    for url in ("/s/rounds/new", "/s/rounds/2026/edit", "/s/rounds/2026/participants", "/s/audit"):
        browser.get(url, status=403)
    token = page.find("input", attrs={"name": "csrf_token"})["value"]
    for url, fields in (
        ("/s/rounds/new", WHOLE),
        ("/s/rounds/2026/edit", WHOLE),
        ("/s/rounds/2026/participants", {"organisations": str(org.id)}),
        (f"/s/rounds/2026/participants/{org.id}/form", {"form_length": "core"}),
        (
            f"/s/rounds/2026/participants/{org.id}/extension",
            {"late_day": "2099-01-01", "late_time": "17:00", "reason": "x"},
        ),
        (f"/s/rounds/2026/participants/{org.id}/extension/end", {"end_reason": "x"}),
    ):
        answer = browser.client.post(url, data=fields | {"csrf_token": token, "version": "1"})
        assert answer.status_code == 403, url
    assert years(uow) == [2026]
    assert [p.form.value for p in uow.session.exec(select(Participation))] == ["full"]


@pytest.mark.parametrize(
    "path",
    [
        "/s/rounds/2031",
        "/s/rounds/2031/edit",
        "/s/rounds/2031/participants.csv",
        "/s/rounds/2026/participants/5f0c0d3a-0000-4000-8000-000000000000",
    ],
)
def test_az_3_unknown_rounds_and_participants_are_404(desk, uow, path):
    factories.make_round(uow, year=2026)
    desk.get(path, status=404)


def test_the_record_can_be_read_filtered_and_checked(desk, uow, org, reviewer):
    desk.get("/s/rounds/new")
    desk.press("Create the round", **WHOLE)
    page = desk.get("/s/audit")
    assert "assessments:round-opened" in text_of(page.select_one("tbody"))
    count = len(uow.session.exec(select(AuditEvent)).all())
    desk.get("/s/audit?check=1")
    assert f"{count} row" in text_of(desk.page.select_one(".app-banner--success"))
    assert desk.get("/s/audit?room=awards").select("tbody tr") == []
    assert len(desk.get("/s/audit?room=nonsense&before=x").select("tbody tr")) == count


@pytest.mark.parametrize(
    "hostile",
    [
        "endpoint=x",
        "self=x",
        "_external=1&_scheme=javascript",
        "_scheme=javascript",
        "_anchor=x&_method=POST",
        "after=0001-01-01T00:00:00%2B09:00&last=00000000-0000-0000-0000-000000000001",
    ],
)
def test_pu_5_an_address_does_not_choose_where_our_links_lead(desk, uow, hostile):
    factories.make_round(uow, 2026)
    for path in ("/s/rounds/2026", "/s/reviews", "/s/audit"):
        page = desk.get(f"{path}?{hostile}")
        links = [a["href"] for a in page.select("main a[href]")]
        assert [a for a in links if not a.startswith(("/", "#"))] == []
