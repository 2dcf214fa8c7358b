"""Every form that changes something which is there already, opened by two people at once.

The second one hears of it (409), sees both sides, keeps what was typed, then saves it.
A try that was refused for another reason in between does not pass for having seen the first one's.
``tests/house/test_overtaken.py`` keeps the list of these forms whole.
"""

import datetime as dt
import io

import pytest
from PIL import Image

from jpmirai_compliance.assessments.models import UpdatePeriod
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.workplaces import service as workplaces
from tests import factories
from tests.awards.scene import accept, make_scene
from tests.disclosure import cases

NOW = factories.NOW


def words(element):
    return " ".join(element.get_text().split()).replace("\u200b", "")


def told(page):
    """Both sides of each field, as the page shows them."""
    found = page.select("main .app-versions__text, main .govuk-notification-banner td")
    return [words(one) for one in found]


def overtake(pair, url, button, *, fast, slow, wrong):
    """Return the page that tells the second one, once its next press has saved."""
    first, second = pair
    for browser in pair:
        browser.get(url)
    first.press(button, **fast)
    right = kept(second.page, wrong)
    second.press(button, status=422, **slow | wrong)
    page = second.press(button, status=409, **right | slow)
    assert page.select_one(".govuk-notification-banner")
    assert kept(page, slow) == slow
    second.press(button)
    second.get(url)
    return page


def kept(page, typed):
    """What the fields of ``typed`` hold on the page."""
    found = {}
    for name in typed:
        controls = page.select(f"[name={name}]")
        if controls[0].get("type") in {"checkbox", "radio"}:
            ticked = [c["value"] for c in controls if c.has_attr("checked")]
            found[name] = ticked if isinstance(typed[name], list) else "".join(ticked)
        elif controls[0].name == "textarea":
            found[name] = controls[0].get_text().removeprefix("\n").strip()
        else:
            found[name] = controls[0].get("value", "")
    return found


@pytest.fixture
def office(uow, login):
    """Two people of the secretariat who read English."""
    return tuple(
        login(factories.make_staff(uow)[0], language="en", fresh=factories.clock())
        for _ in range(2)
    )


@pytest.fixture
def member(uow):
    return cases.english_member(uow, "株式会社みらい製作所", name_en="Mirai Works")


@pytest.fixture
def colleagues(uow, login, member):
    """Two people of one organisation, each in all three roles."""
    org, user, _actor = member
    other = factories.make_user(uow, org, locale="en", name="佐藤")
    return login(user, org), login(other, org)


@pytest.fixture
def taking_part(uow, member):
    """A round with this member in it, and another one as noise."""
    other = factories.make_organisation(uow, "隣の会社")
    return factories.make_round(uow, orgs=[member[0], other])


def test_av_2_a_workplace(colleagues, uow, member):
    with uow.transaction():
        site = workplaces.add(
            uow,
            actor=member[2],
            org_id=member[0].id,
            details=workplaces.Details("浜松工場", languages=("ja",)),
            now=NOW,
        )
    url = f"/m/workplaces/{site.id}"
    fast = {"name": "浜松第一工場", "contacts-0-phone": "053-000-0000"}
    slow = {"name": "浜松第二工場", "languages": ["ja", "vi"]}
    page = overtake(
        colleagues, url, "Save the workplace", fast=fast, slow=slow, wrong={"name": " "}
    )
    names = ["浜松第二工場", "浜松第一工場"]
    languages = ["日本語, Tiếng Việt", "日本語"]
    assert told(page) == [*names, *languages, "Not provided", "053-000-0000"]
    assert kept(colleagues[1].page, slow) == slow


def test_av_2_a_workplace_whose_contacts_were_rearranged_meanwhile(colleagues, uow, member):
    with uow.transaction():
        site = workplaces.add(
            uow,
            actor=member[2],
            org_id=member[0].id,
            details=workplaces.Details("浜松工場"),
            now=NOW,
        )
    first, second = colleagues
    for browser in colleagues:
        browser.get(f"/m/workplaces/{site.id}")
    first.press("Save the workplace", name="先の工場")
    second.press("Add a contact", status=200, name="後の工場")
    assert told(second.press("Save the workplace", status=409)) == ["後の工場", "先の工場"]


def test_av_2_ones_own_name_and_language(uow, login, member):
    org, user, _actor = member
    pair = login(user, org), login(user, org)
    fast, slow = {"name": "Fast"}, {"name": "Slow"}
    page = overtake(
        pair, "/account", "Save name and language", fast=fast, slow=slow, wrong={"name": ""}
    )
    assert told(page) == ["Slow", "Fast"]
    assert kept(pair[1].page, slow) == slow


@pytest.mark.parametrize("who", ["member", "secretariat"])
def test_av_2_the_roles_of_somebody(colleagues, office, uow, member, who):
    person = factories.make_user(uow, member[0], (Role.EDITOR,))
    pair, place = (
        (colleagues, "/m/people") if who == "member" else (office, f"/s/members/{member[0].id}")
    )
    slow = {"roles": ["editor", "approver"]}
    page = overtake(
        pair,
        f"{place}/{person.id}",
        "Save the roles",
        fast={"roles": ["approver"]},
        slow=slow,
        wrong={"roles": None},
    )
    assert told(page) == ["Editor, Approver", "Approver"]
    assert kept(pair[1].page, slow) == slow


def test_av_2_the_roles_of_a_person_of_the_secretariat(office, uow):
    person = factories.make_user(uow, None, (Role.REVIEWER,), totp_secret="enrolled")
    slow = {"roles": ["judge"]}
    page = overtake(
        office,
        f"/s/people/{person.id}",
        "Save the roles",
        fast={"roles": ["reviewer", "judge"]},
        slow=slow,
        wrong={"roles": None},
    )
    assert told(page) == ["Judge", "Reviewer, Judge"]


def test_av_2_the_dates_of_a_round(office, uow):
    factories.make_round(
        uow,
        year=2027,
        opens_at=dt.datetime(2027, 1, 12, tzinfo=dt.UTC),
        closes_at=dt.datetime(2027, 3, 31, 8, tzinfo=dt.UTC),
    )
    slow = {"closes_day": "2027-04-02"}
    page = overtake(
        office,
        "/s/rounds/2027/edit",
        "Save the dates",
        fast={"form_length": "core"},
        slow=slow,
        wrong={"closes_time": ""},
    )
    short, full = "Short form: the core indicators", "Full form: all indicators that apply"
    assert told(page) == ["2027-04-02", "2027-03-31", full, short]


def test_av_2_the_period_of_a_half_year_update(office, uow):
    closed = dt.datetime(2026, 3, 31, 8, tzinfo=dt.UTC)
    round_ = factories.make_round(uow, opens_at=closed - dt.timedelta(days=60), closes_at=closed)
    planner = factories.make_staff(uow)[0]
    with uow.transaction():
        uow.session.add(
            UpdatePeriod(
                round_id=round_.id,
                opens_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC),
                closes_at=dt.datetime(2026, 9, 30, 8, tzinfo=dt.UTC),
                created_at=NOW,
                created_by=planner.id,
            )
        )
    page = overtake(
        office,
        "/s/rounds/2026/update",
        "Save the dates",
        fast={"closes_day": "2026-10-09"},
        slow={"closes_day": "2026-10-16"},
        wrong={"opens_time": "?"},
    )
    assert told(page) == ["2026-10-16", "2026-10-09"]


def test_av_2_the_form_of_a_participant(office, taking_part, member):
    first, second = office
    url = f"/s/rounds/2026/participants/{member[0].id}"
    for browser in office:
        browser.get(url)
    first.press("Save the form", form_length="core")
    page = second.press("Save the form", status=409)
    short, full = "Short form: the core indicators", "Full form: all indicators that apply"
    assert told(page) == [full, short]
    assert kept(page, {"form_length": "full"}) == {"form_length": "full"}
    second.press("Save the form")
    assert kept(second.get(url), {"form_length": "full"}) == {"form_length": "full"}


def deadlines(taking_part):
    day = taking_part.closes_at.date() + dt.timedelta(days=30)
    return str(day), str(day + dt.timedelta(days=7))


def test_av_2_the_deadline_of_a_participant(office, taking_part, member):
    near, far = deadlines(taking_part)
    page = overtake(
        office,
        f"/s/rounds/2026/participants/{member[0].id}",
        "Extend the deadline",
        fast={"late_day": far, "late_time": "17:00", "reason": "担当者の交代"},
        slow={"late_day": near, "late_time": "17:00", "reason": "停電"},
        wrong={"reason": ""},
    )
    assert told(page) == [near, far, "停電", "担当者の交代"]


def test_av_2_the_end_of_an_extension(office, taking_part, member):
    near, far = deadlines(taking_part)
    address = f"/s/rounds/2026/participants/{member[0].id}"
    typed = {"late_day": near, "late_time": "17:00", "reason": "停電"}
    first, second = office
    first.get(address)
    first.press("Extend the deadline", **typed)
    second.get(address)
    first.press("Extend the deadline", **typed | {"late_day": far})
    ending = {"end_reason": "復旧"}
    second.press("End the extension", status=422, end_reason="")
    page = second.press("End the extension", status=409, **ending)
    assert told(page) == ["Ended early", f"{far} 17:00"]
    assert kept(page, ending) == ending
    second.press("End the extension")


def test_av_2_the_deadlines_of_many(office, taking_part):
    near, far = deadlines(taking_part)
    first, second = office
    for browser in office:
        browser.get("/s/rounds/2026/extend?all=1")
    typed = {"late_day": near, "late_time": "17:00", "reason": "停電"}
    first.press("Extend these members", **typed | {"late_day": far})
    second.press("Extend these members", status=422, **typed | {"reason": ""})
    page = second.press("Extend these members", status=409, **typed)
    assert "changed these members or their deadlines" in words(page.main)
    assert kept(page, typed) == typed
    second.press("Extend these members")


def test_av_2_a_ready_made_reason(office):
    fast, slow = {"label_en": "Fast"}, {"label_en": "Slow", "body_ja": "後の文"}
    page = overtake(
        office,
        "/s/reasons/too-old",
        "Save the reason",
        fast=fast | {"retired": "y"},
        slow=slow,
        wrong={"body_en": ""},
    )
    assert told(page)[:2] == ["Slow", "Fast"]
    assert told(page)[-2:] == ["No", "Yes"]


@pytest.fixture
def scene(uow):
    return make_scene(uow)


def test_av_2_the_dates_of_an_award_year(office, scene):
    page = overtake(
        office,
        "/s/awards/2026/edit",
        "Save the dates",
        fast={"judging_close": "2036-01-10"},
        slow={"judging_close": "2036-01-17"},
        wrong={"entries_open": ""},
    )
    assert told(page) == ["2036-01-17", "2036-01-10"]


def test_av_2_the_weights_of_the_criteria(office, scene):
    page = overtake(
        office,
        "/s/awards/2026/rubric",
        "Save the weights",
        fast={"weight_reach": "4"},
        slow={"weight_reach": "5"},
        wrong={"weight_reach": "11"},
    )
    assert told(page) == ["5", "4"]


def test_av_2_an_award_category(office, scene):
    page = overtake(
        office,
        f"/s/awards/2026/{scene.category().id}/edit",
        "Save the category",
        fast={"name_en": "Fast"},
        slow={"name_en": "Slow", "quota": "4"},
        wrong={"quota": "0"},
    )
    assert told(page)[:2] == ["Slow", "Fast"]


def test_av_2_an_award_entry(colleagues, scene, uow, member):
    accept(uow, member[0], member[1])
    first, second = colleagues
    url = f"/m/awards/{scene.category().id}"
    for browser in colleagues:
        browser.get(url)
    typed = {"title": "後の題", "statement": "後の文"}
    first.press("Enter this category", title="先の題", statement="先の文", consent="y")
    second.press("Enter this category", status=422, consent="y", **typed | {"title": ""})
    page = second.press("Save the entry", status=409, consent="y", **typed)
    assert told(page) == ["後の題", "先の題", "後の文", "先の文"]
    assert kept(page, typed) == typed
    second.press("Save the entry")
    assert kept(second.get(url), typed) == typed


def test_av_2_the_decision_about_an_award(office, scene, uow):
    found = scene.entered("甲", "乙", reviewed=[((3,), (4,)), ((5,), (4,))])
    place = f"/s/awards/2026/{scene.category().id}"
    first, second = office
    for browser in office:
        browser.get(f"{place}/shortlist")
    first.press("Fix the shortlist", reason="先の理由")
    second.press("Fix the shortlist", status=422, reason="")
    page = second.press("Fix the shortlist", status=409, reason="後の理由")
    assert told(page) == ["後の理由", "先の理由"]
    second.press("Fix the shortlist")
    winners = [str(entry_id) for *_, entry_id in found]
    page = overtake(
        office,
        f"{place}/decision",
        "Record the decision",
        fast={"named": winners[:1], "reason": "甲の取り組み"},
        slow={"named": winners[1:], "reason": "乙の取り組み"},
        wrong={"reason": ""},
    )
    names = [org.name_en for org, *_ in reversed(found)]
    assert told(page) == ["乙の取り組み", "甲の取り組み", *names]


def test_av_2_a_refused_scorecard_has_not_seen_the_other_window(scene, uow, login):
    [(_, _, _, entry_id)] = scene.entered("甲")
    scene.assign(entry_id, scene.judges[0])
    pair = [login(scene.judge_users[0], language="en") for _ in range(2)]
    first, second = pair
    url = f"/j/entries/{entry_id}"
    first.get(url)
    first.press("I have no conflict of interest: open the entry")
    second.get(url)
    first.press("Save the draft", comment="先の文")
    second.press("Save the draft", status=422, comment="x" * 4001)
    page = second.press("Save the draft", status=409, comment="後の文")
    assert "先の文" in words(page.main)
    second.press("Save the draft")


def test_av_2_what_is_said_in_public(colleagues, uow, member):
    org, user, _actor = member
    cases.accept(uow, org, user, factories.make_round(uow))
    page = overtake(
        colleagues,
        "/m/2026/publish",
        "Save and look at the page",
        fast={"statement_ja": "先の文", "numbers": "numbers"},
        slow={"statement_ja": "後の文"},
        wrong={"headline_ja": "x" * 121},
    )
    assert told(page)[:2] == ["後の文", "先の文"]
    assert told(page)[2:] == ["Bands only", "Bands and percentages"]


def logo(colour):
    out = io.BytesIO()
    Image.new("RGB", (60, 20), colour).save(out, "PNG")
    return io.BytesIO(out.getvalue()), "logo.png"


def test_av_2_the_logo_on_the_posters(colleagues, uow, member):
    with uow.transaction():
        details = workplaces.Details("工場")
        workplaces.add(uow, actor=member[2], org_id=member[0].id, details=details, now=NOW)
    first, second = colleagues
    for browser in colleagues:
        browser.get("/m/posters")
    first.press("Keep the logo", logo_file=logo("green"))
    kept_now = first.client.get("/m/posters/logo.png").data
    second.press("Keep the logo", status=422)
    page = second.press("Keep the logo", status=409, logo_file=logo("red"))
    assert "has changed the logo meanwhile" in words(page.main)
    assert first.client.get("/m/posters/logo.png").data == kept_now
    second.press("Keep the logo", logo_file=logo("red"))
    assert first.client.get("/m/posters/logo.png").data != kept_now
    first.press("Remove the logo", status=409)
    first.press("Remove the logo")
    assert first.client.get("/m/posters/logo.png").status_code == 404


def test_av_2_a_draft_of_an_edition(office):
    first, second = office
    first.get("/s/editions")
    first.press("Clone to a draft", source="2026.1")
    place = "/s/editions/2026.2"
    for browser in office:
        browser.get(place)
    first.get(f"{place}/indicators/P1-13")
    first.press("Save in the draft", title_en="Fast")
    second.press("Retire P1-13", status=409)
    second.get(f"{place}/import")
    first.get(f"{place}/indicators/P1-13")
    first.press("Save in the draft", title_en="Faster")
    second.press("Import the files", status=422)
    archive = (io.BytesIO(first.client.get(f"{place}/files.zip").data), "edition.zip")
    page = second.press("Import the files", status=409, files=archive)
    assert "Somebody else changed this draft." in words(page.main)
    second.get(f"{place}/indicators/P1-13")
    first.get(f"{place}/indicators/P1-13")
    first.press("Save in the draft", title_en="Fastest")
    second.press("Save in the draft", status=422, title_en="")
    page = second.press("Save in the draft", status=409, title_en="Slow")
    assert told(page) == ["Slow", "Fastest"]
    assert kept(page, {"title_en": "Slow"}) == {"title_en": "Slow"}
