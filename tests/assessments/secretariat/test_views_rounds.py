import datetime as dt

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import Participation, Round
from jpmirai_compliance.assessments.service import rounds as service
from jpmirai_compliance.foundation.catalogue import TOKYO
from tests import factories

WHOLE = {
    "year": "2027",
    "opens_day": "2027-01-12",
    "opens_time": "09:00",
    "closes_day": "2027-03-31",
    "closes_time": "17:00",
    "participants": "all",
    "form_length": "full",
}
HOSTILE = "<script>alert(1)</script>{{7*7}}"


@pytest.fixture
def desk(login, english):
    return login(english)


@pytest.fixture
def org(uow):
    return factories.make_organisation(uow, "甲社")


def text_of(element):
    return " ".join(element.get_text().split()).replace("\u200b", "")


def errors(page):
    return [text_of(e) for e in page.select(".govuk-error-summary li")]


def years(uow):
    uow.session.rollback()
    return sorted(r.year for r in uow.session.exec(select(Round)))


def test_the_first_round_is_created_with_everybody(desk, uow, org):
    page = desk.get("/s/rounds")
    assert "There is no round yet" in text_of(page.main)
    desk.follow("Create a round")
    desk.press("Create the round", **WHOLE)
    assert desk.url == "/s/rounds/2027"
    assert "Wed 31 March 2027, 17:00 JST" in text_of(desk.page.main)
    [row] = uow.session.exec(select(Round))
    assert (row.opens_at, row.closes_at) == (
        dt.datetime(2027, 1, 12, tzinfo=dt.UTC),
        dt.datetime(2027, 3, 31, 8, tzinfo=dt.UTC),
    )
    assert [p.org_id for p in uow.session.exec(select(Participation))] == [org.id]


def test_a_new_round_starts_from_the_last_one(login, uow, staff, org):
    opens = dt.datetime(2024, 2, 29, 9, tzinfo=TOKYO)
    closes = dt.datetime(2024, 4, 1, 17, tzinfo=TOKYO)
    factories.make_round(uow, year=2026, orgs=[org], opens_at=opens, closes_at=closes)
    factories.make_organisation(uow, "新しい会社")
    browser = login(staff[0])
    page = browser.get("/s/rounds/new")
    shown = {i["name"]: i.get("value") for i in page.select("input.govuk-input")}
    assert shown == {
        "year": "2027",
        "opens_day": "2025-02-28",
        "opens_time": "09:00",
        "closes_day": "2025-04-01",
        "closes_time": "17:00",
    }
    assert "2025年4月1日（火）" in text_of(page.main)
    browser.press("この年度を作成する")
    assert browser.url == "/s/rounds/2027"
    assert "甲社" in text_of(browser.page.main)
    assert "新しい会社" not in text_of(browser.page.main)


@pytest.mark.parametrize(
    ("choice", "url", "count"),
    [("chosen", "/s/rounds/2027/participants", 0), ("none", "/s/rounds/2027", 0)],
)
def test_who_takes_part_can_wait(desk, uow, org, choice, url, count):
    desk.get("/s/rounds/new")
    desk.press("Create the round", **(WHOLE | {"participants": choice}))
    assert desk.url == url
    assert len(uow.session.exec(select(Participation)).all()) == count


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            dict.fromkeys(WHOLE, ""),
            [
                "Enter the year of the round.",
                "Enter the opening date.",
                "Enter the opening time.",
                "Enter the closing date.",
                "Enter the closing time.",
                "Choose the form.",
                "Choose who takes part.",
            ],
        ),
        ({"year": "令和"}, ["Enter a whole number from 2020 to 2100."]),
        ({"year": "9" * 5000}, ["Enter a whole number from 2020 to 2100."]),
        ({"closes_day": "2027-02-30"}, ["Enter a date such as 2026-11-24."]),
        ({"closes_time": "25:00"}, ["Enter a time such as 17:00."]),
        ({"closes_time": HOSTILE}, ["Enter a time such as 17:00."]),
        ({"edition": HOSTILE}, ["Choose one of the editions."]),
        ({"participants": HOSTILE}, ["Choose who takes part."]),
        (
            {"closes_day": "2027-01-12", "closes_time": "09:00"},
            ["The closing time must be after the opening time."],
        ),
    ],
    ids=["empty", "year", "enormous", "day", "time", "hostile time", "edition", "who", "order"],
)
def test_a_wrong_round_form_keeps_what_was_typed(desk, uow, org, fields, said):
    desk.get("/s/rounds/new")
    page = desk.press("Create the round", status=422, **(WHOLE | fields))
    assert errors(page) == said
    for name in ("year", "opens_day", "opens_time", "closes_day", "closes_time"):
        assert page.find(id=name)["value"] == (WHOLE | fields)[name][:50]
    assert page.find("script", string=True) is None
    assert years(uow) == []


def test_a_second_round_of_a_year_is_refused(desk, uow, org):
    factories.make_round(uow, year=2027)
    desk.get("/s/rounds/new")
    page = desk.press("Create the round", status=422, **WHOLE)
    assert errors(page) == ["There is a round for this year already."]
    assert years(uow) == [2027]


def test_a_deadline_on_a_holiday_is_asked_about_once(desk, uow, org):
    desk.get("/s/rounds/new")
    page = desk.press("Create the round", status=422, **(WHOLE | {"closes_day": "2027-04-29"}))
    [said] = errors(page)
    assert said.startswith("Thu 29 April 2027 is not a working day (")
    assert years(uow) == []
    desk.press("Create the round", keep_day_off="y")
    assert "The closing date is not a working day" in text_of(desk.page.main)
    assert years(uow) == [2027]


def test_a_deadline_at_the_weekend_in_japanese_with_full_width_digits(login, uow, staff, org):
    browser = login(staff[0])
    browser.get("/s/rounds/new")
    typed = WHOLE | {"closes_day": "２０２７年４月３日", "closes_time": "１７時"}
    page = browser.press("この年度を作成する", status=422, **typed)
    assert "2027年4月3日（土）は休日です（土曜日または日曜日）" in errors(page)[0]
    browser.press("この年度を作成する", closes_day="2027年4月2日")
    assert years(uow) == [2027]


def test_dates_change_and_a_second_editor_gets_409_with_both_values(desk, uow, staff, reviewer):
    factories.make_round(
        uow,
        year=2027,
        opens_at=dt.datetime(2027, 1, 12, 9, tzinfo=TOKYO),
        closes_at=dt.datetime(2027, 3, 31, 17, tzinfo=TOKYO),
    )
    desk.get("/s/rounds/2027/edit")
    with uow.transaction():
        service.change_round(
            uow,
            actor=reviewer,
            year=2027,
            opens_at=dt.datetime(2027, 1, 12, 9, tzinfo=TOKYO),
            closes_at=dt.datetime(2027, 4, 1, 17, tzinfo=TOKYO),
            form=factories.FormLength.FULL,
            version=1,
            now=factories.clock(),
        )
    page = desk.press("Save the dates", status=409, closes_day="2027-04-02")
    cells = [text_of(c) for c in page.select(".app-versions__text")]
    assert cells == ["2027-04-02", "2027-04-01"]
    assert f"{staff[0].name} saved it on " in text_of(page.main)
    assert page.find(id="closes_day")["value"] == "2027-04-02"
    desk.press("Save the dates")
    assert "Fri 2 April 2027, 17:00 JST" in text_of(desk.page.main)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"closes_day": ""}, ["Enter the closing date."]),
        ({"closes_day": "長" * 9000}, ["Enter a date such as 2026-11-24."]),
        ({"opens_time": HOSTILE}, ["Enter a time such as 17:00."]),
        ({"opens_day": "2028-01-12"}, ["The closing time must be after the opening time."]),
    ],
    ids=["empty", "enormous", "hostile", "order"],
)
def test_wrong_dates_change_nothing(desk, uow, fields, said):
    round_ = factories.make_round(
        uow,
        year=2027,
        opens_at=dt.datetime(2027, 1, 12, 9, tzinfo=TOKYO),
        closes_at=dt.datetime(2027, 3, 31, 17, tzinfo=TOKYO),
    )
    desk.get("/s/rounds/2027/edit")
    page = desk.press("Save the dates", status=422, **fields)
    assert errors(page) == said
    [name] = fields
    assert page.find(id=name)["value"] == fields[name][:50]
    assert uow.session.get_one(Round, round_.id).version == 1


def test_participants_are_added_by_ticking(desk, uow, org):
    other = factories.make_organisation(uow, "乙社")
    factories.make_round(uow, year=2027)
    desk.get("/s/rounds/2027/participants")
    page = desk.press("Add the ticked members", status=422)
    assert errors(page) == ["Choose at least one organisation."]
    desk.press("Add the ticked members", status=422, organisations=["x", HOSTILE])
    desk.press("Add the ticked members", organisations=[str(other.id)])
    assert [p.org_id for p in uow.session.exec(select(Participation))] == [other.id]
    assert "1 organisation was added." in text_of(desk.page)
    page = desk.get("/s/rounds/2027/participants?q=" + "甲")
    assert [i["value"] for i in page.select("input[name=organisations]")] == [str(org.id)]


def test_one_participant_gets_the_short_form_and_more_time(desk, uow, outbox):
    org, user, _member = factories.make_member(uow, "延長の会社")
    factories.make_round(
        uow, year=2027, orgs=[org], closes_at=dt.datetime(2027, 3, 31, 17, tzinfo=TOKYO)
    )
    desk.get("/s/rounds/2027")
    desk.follow(f"Form and deadline {org.name_en}")
    desk.press("Save the form", form_length="core")
    desk.press("Extend the deadline", late_day="2027-04-14", late_time="12:00", reason="災害のため")
    [row] = uow.session.exec(select(Participation))
    assert (row.form.value, row.late_until, row.late_reason) == (
        "core",
        dt.datetime(2027, 4, 14, 3, tzinfo=dt.UTC),
        "災害のため",
    )
    [message] = outbox()
    assert (message["To"], "災害のため" in message.get_content()) == (user.email, True)
    page = desk.press("End the extension", status=422, end_reason=" ")
    assert errors(page) == ["Enter the reason for ending the extension."]
    page = desk.press("End the extension", end_reason="復旧したため")
    assert "The extension was ended and the member was told by mail." in text_of(page)
    kept = [[text_of(c) for c in row.select("th, td")[:2]] for row in page.select("tbody tr")]
    assert kept == [
        ["Ended early", "復旧したため"],
        ["Wed 14 April 2027, 12:00 JST", "災害のため"],
    ]
    assert "End the extension" not in text_of(page)
    uow.session.rollback()
    [row] = uow.session.exec(select(Participation))
    assert (row.late_until, row.late_reason) == (None, "")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": ""}, ["Enter the reason for the extension."]),
        ({"late_day": ""}, ["Enter the new date."]),
        ({"late_day": "2027-03-01"}, None),
        ({"reason": "長" * 501}, ["Use 500 characters or fewer. You entered 501."]),
        ({"reason": HOSTILE + "\x01"}, ["Remove the control characters from this text."]),
    ],
    ids=["empty", "no day", "too early", "enormous", "hostile"],
)
def test_a_wrong_extension_keeps_what_was_typed(desk, uow, org, fields, said):
    factories.make_round(
        uow, year=2027, orgs=[org], closes_at=dt.datetime(2027, 3, 31, 17, tzinfo=TOKYO)
    )
    desk.get(f"/s/rounds/2027/participants/{org.id}")
    typed = {"late_day": "2027-04-14", "late_time": "17:00", "reason": "災害のため"} | fields
    page = desk.press("Extend the deadline", status=422, **typed)
    found = errors(page)
    if said is None:
        assert found[0].startswith("The new deadline must be after Wed 31 March 2027, 17:00 JST")
    else:
        assert found == said
    assert page.find(id="late_day")["value"] == typed["late_day"]
    assert page.select_one("textarea").text.strip() == typed["reason"]
    assert [p.late_until for p in uow.session.exec(select(Participation))] == [None]
