import datetime as dt
import io

import openpyxl
import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import Extension, Participation
from jpmirai_compliance.assessments.rules import events
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.mail import BouncedAddress, OutboxMail
from jpmirai_compliance.foundation.policy import Role
from tests import factories

CLOSES = dt.datetime(2035, 3, 30, 17, tzinfo=TOKYO)


@pytest.fixture
def desk(login, english):
    return login(english)


@pytest.fixture
def orgs(uow):
    made = [factories.make_organisation(uow, name) for name in ("甲社", "乙社")]
    for number, org in enumerate(made):
        factories.make_user(uow, org, email=f"p{number}@example.com", locale=("ja", "en")[number])
    factories.make_round(uow, year=2035, orgs=made, closes_at=CLOSES)
    return made


def words(element):
    return " ".join(element.get_text().split()).replace("\u200b", "")


def errors(page):
    return [words(e) for e in page.select(".govuk-error-summary li")]


def mails(uow):
    uow.session.rollback()
    return uow.session.exec(select(OutboxMail).order_by(OutboxMail.recipient)).all()


def test_ticked_members_are_reminded_after_a_preview(desk, uow, orgs):
    page = desk.get("/s/rounds/2035")
    form = page.select_one("form[action$='/remind']")
    assert form["method"] == "get"
    page = desk.get(f"/s/rounds/2035/remind?who={orgs[1].id}")
    assert "1 person of 1 members gets a mail." in words(page.main)
    assert f"To everybody at {orgs[1].name_en}" in words(page.select_one(".app-mail"))
    page = desk.press("Show the preview again", status=200, subject_en="Only {days} days")
    assert "Only " in words(page.select_one(".app-mail"))
    assert mails(uow) == []
    desk.press("Send 1 mail")
    assert desk.url == "/s/rounds/2035"
    assert "1 mail was put into the outbox." in words(desk.page)
    [mail] = mails(uow)
    assert mail.recipient == "p1@example.com"
    assert mail.subject.startswith("【JP-MIRAI】Only ")


def test_the_back_button_and_a_second_press_send_nothing_twice(desk, uow, orgs):
    page = desk.get("/s/rounds/2035/remind?all=1")
    fields = {f["name"]: f.get("value") or f.text for f in page.select("[name]")}
    fields |= {"send": "1"}
    fields.pop("again", None)
    fields = {k: v for k, v in fields.items() if k not in {"locale", "next"}}
    answers = [desk.client.post(desk.url, data=fields) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert [m.recipient for m in mails(uow)] == ["p0@example.com", "p1@example.com"]
    assert "already. Nothing was sent twice." in words(desk.get("/s/rounds/2035"))


def test_a_faulty_text_keeps_what_was_typed(desk, uow, orgs):
    desk.get("/s/rounds/2035/remind?all=1")
    typed = {"subject_ja": "", "body_en": "no way {oops}"}
    page = desk.press("Send 2 mails", status=422, **typed)
    assert errors(page) == ["Enter the subject."]
    page = desk.press("Send 2 mails", status=422, subject_ja="件名")
    assert errors(page) == [
        "These marks stand for nothing: {oops}",
        "Leave {link} in the text, so that people find the way.",
    ]
    assert page.find(id="body_en").text.strip() == "no way {oops}"
    page = desk.press("Send 2 mails", status=422, subject_en="長" * 101, body_en="{link}")
    assert errors(page) == ["Use 100 characters or fewer. You entered 101."]
    assert mails(uow) == []


def test_somebody_joins_meanwhile_and_the_page_says_so(desk, uow, orgs):
    desk.get("/s/rounds/2035/remind?all=1")
    factories.make_user(uow, orgs[0], (Role.EDITOR,))
    page = desk.press("Send 2 mails", status=409)
    assert "It is other people now" in words(page)
    desk.press("Send 3 mails")
    assert len(mails(uow)) == 3


@pytest.mark.parametrize("query", ["", "?who=x", "?who=<script>&flag=zzz"])
def test_nobody_chosen_goes_back_with_a_sentence(desk, orgs, query):
    for page in ("remind", "extend"):
        answer = desk.client.get(f"/s/rounds/2035/{page}{query}")
        assert (answer.status_code, answer.location) == (303, "/s/rounds/2035")
        assert "Tick at least one member" in words(desk.get("/s/rounds/2035"))


def test_many_are_extended_at_once_and_every_extension_is_kept(desk, uow, orgs):
    page = desk.get("/s/rounds/2035/extend?all=1")
    assert "2 of these members get a new deadline." in words(page.main)
    page = desk.press("Extend these members", status=422, late_day="2035-03-01", reason="")
    assert errors(page) == ["Enter the reason for the extension."]
    page = desk.press("Extend these members", status=422, reason="台風のため")
    assert errors(page)[0].startswith("The new deadline must be after Fri 30 March 2035")
    desk.press("Extend these members", late_day="2035-04-13")
    assert "2 members were extended and told by mail." in words(desk.page)
    assert [m.kind for m in mails(uow)] == ["extension"] * 2
    rows = uow.session.exec(select(Extension)).all()
    assert sorted((r.org_id, r.reason) for r in rows) == sorted((o.id, "台風のため") for o in orgs)
    page = desk.get(f"/s/rounds/2035/participants/{orgs[0].id}")
    assert next(words(td) for td in page.select("tbody td")) == "台風のため"
    desk.get(f"/s/rounds/2035/extend?who={orgs[0].id}")
    page = desk.press(
        "Extend these members", status=422, late_day="2035-04-13", reason="台風のため"
    )
    assert errors(page) == ["Nobody was extended."]
    assert len(mails(uow)) == 2
    assert len(uow.session.exec(select(Participation)).all()) == 2


def test_the_page_shows_bounced_addresses_and_who_has_no_administrator(desk, uow, orgs):
    with uow.transaction():
        uow.session.add(BouncedAddress(address="p0@example.com", at=factories.NOW))
    page = desk.get("/s/rounds/2035?flag=bounced")
    [row] = page.select("tbody tr")
    for said in ("Mail came back", "p0@example.com", "No reachable administrator"):
        assert said in words(row)
    assert "Mail came back" in words(desk.get(f"/s/members/{orgs[0].id}"))
    page = desk.get("/s")
    assert "1 member has no administrator who gets mail" in words(page.main)


def test_az_4_a_reviewer_and_a_member_can_neither_remind_nor_extend(login, uow, orgs):
    org, user, _ = factories.make_member(uow, "丙社")
    reviewer, _ = factories.make_staff(uow, Role.REVIEWER)
    for browser in (login(reviewer), login(user, org)):
        for page in ("remind", "extend"):
            browser.get(f"/s/rounds/2035/{page}?all=1", status=403)
    assert login(reviewer).get("/s/rounds/2035").select("input[name=who]") == []


LISTS = (
    "/s/mail.{}",
    "/s/audit.{}",
    "/s/reviews.{}",
    "/s/members.{}",
    "/s/people.{}",
    "/s/rounds/2035/participants.{}",
    "/s/members/{org}/people.{}",
)


@pytest.mark.parametrize("address", LISTS)
def test_ou_2_every_list_leaves_as_csv_and_xlsx_defused_and_recorded(desk, uow, orgs, address):
    evil = factories.make_organisation(uow, "=cmd|' /C calc'!A0")
    factories.make_user(uow, evil, name="=1+1", email="evil@example.com")
    factories.make_user(uow, None, (Role.JUDGE,), name="=2+2")
    with uow.transaction():
        uow.session.add(
            OutboxMail(
                kind="t",
                recipient="evil@example.com",
                locale="ja",
                subject="=3+3",
                body="",
                created_at=factories.NOW,
            )
        )
    for suffix in ("csv", "xlsx"):
        answer = desk.get(address.replace("{org}", str(evil.id)).format(suffix))
        if suffix == "csv":
            assert answer.data.startswith(b"\xef\xbb\xbf")
            assert '\n"=' not in answer.text
            assert ',"=' not in answer.text
        else:
            book = openpyxl.load_workbook(io.BytesIO(answer.data))
            kinds = {c.data_type for row in book.active.iter_rows() for c in row}
            assert "f" not in kinds
    uow.session.rollback()
    names = [e.event for e in uow.session.exec(select(AuditEvent))]
    assert names == ["operations:data-exported"] * 2


@pytest.mark.parametrize("address", LISTS)
def test_az_4_no_list_leaves_for_others(login, uow, orgs, address):
    org, user, _ = factories.make_member(uow, "丙社")
    path = address.replace("{org}", str(org.id)).format("csv")
    login(user, org).get(path, status=403)
    allowed = "/s/reviews" in path or "/rounds/" in path
    reviewer, _ = factories.make_staff(uow, Role.REVIEWER)
    login(reviewer).get(path, status=200 if allowed else 403)


def test_the_timeline_says_today_as_a_day_without_a_time(uow, login, english):
    factories.make_round(uow)
    page = login(english).get("/s")
    said = {
        li.select_one(".app-timeline__title").get_text(): li.select_one(".app-meta").get_text()
        for li in page.main.select(".app-timeline li")
    }
    assert ":" not in said.pop("Today")
    assert said
    assert all(":" in when for when in said.values())


def test_the_record_of_events_is_in_words_and_keeps_the_names_that_are_stored(desk, orgs):
    desk.get("/s/rounds/2035/extend?all=1")
    desk.press("Extend these members", late_day="2035-04-13", reason="台風のため")
    page = desk.get("/s/audit")
    chips = [words(a) for a in page.select(".app-chips__link")]
    assert chips == ["All", *(events.ROOMS[room].msgid for room in sorted(events.ROOMS))]
    said = {words(td) for td in page.select("tbody td:nth-of-type(2)")}
    assert said == {"A round was changedassessments:round-changed"}  # on two lines
    assert desk.follow("Accounts and people").select("tbody") == []


def test_every_event_and_part_of_the_service_has_a_name():
    assert set(events.EVENTS) == {event.value for event in Event}
    assert set(events.ROOMS) == {event.value.partition(":")[0] for event in Event}


@pytest.mark.parametrize(
    ("path", "link"),
    [("/s/people", "Members"), ("/s/reasons", "Reviews"), ("/s/audit", "Overview")],
)
def test_the_navigation_says_where_a_page_belongs(desk, path, link):
    page = desk.get(path)
    assert [words(a) for a in page.select("nav [aria-current]:not(.app-chips__link)")] == [link]


def test_rows_of_filters_show_what_each_is_for(desk):
    page = desk.get("/s/reviews")
    shown = [words(p) for p in page.select(".app-chips__label")]
    assert shown == ["Status", "What needs eyes", "Who takes care", "Order"]
    assert [nav["aria-label"] for nav in page.select("main nav")] == shown


def test_the_timeline_counts_one_day_as_one(desk, orgs):
    page = desk.get("/s/rounds/2035")
    shown = [words(li.select_one(".app-timeline__title")) for li in page.select(".app-timeline li")]
    reminders = [text for text in shown if text.startswith("Reminder")]
    assert reminders[-1] == "Reminder: 1 day before the end"
    assert reminders[-2] == "Reminder: 7 days before the end"
