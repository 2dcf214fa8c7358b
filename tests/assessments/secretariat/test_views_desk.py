import datetime as dt

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import Assessment, Status, Verdict
from jpmirai_compliance.assessments.service import review as service
from jpmirai_compliance.foundation.policy import Role
from tests import factories


@pytest.fixture
def desk(login, english):
    return login(english)


@pytest.fixture
def colleague_user(uow):
    return factories.make_staff(uow, Role.REVIEWER)[0]


@pytest.fixture
def case(make_case, round_):
    """Submitted a while ago by the real clock, which the views read."""
    earlier = factories.clock() - dt.timedelta(hours=2)
    make_case(round_, "別の会社", at=earlier + dt.timedelta(hours=1))
    return make_case(round_, at=earlier)


@pytest.fixture
def answer_url(case):
    return lambda place=0: f"/s/reviews/{case.id}/{case.asked[place]}"


def verdicts(uow):
    return {
        v.indicator_id: (v.kind.value, v.level, v.reason, v.to_return)
        for v in uow.session.exec(select(Verdict))
    }


def text_of(element):
    return " ".join(element.get_text().split()).replace("\u200b", "")


def test_a_verdict_given_meanwhile_stops_the_mail_and_keeps_it(
    desk, uow, make_uow, case, staff, answer_url
):
    desk.get(answer_url(3))
    desk.press("Save and go back", choice="again", reason="記録をください")
    desk.get(f"/s/reviews/{case.id}/return/mail?due=2099-04-14")
    with make_uow().transaction() as work:
        service.give_verdict(
            work,
            actor=staff[1],
            assessment_id=case.id,
            indicator_id=case.proven[0],
            ruling=service.Ruling(service.Choice.AGAIN, reason="もう1問"),
            version=0,
            now=factories.clock(),
        )
    page = desk.press("Send the answers back", status=409, **{"ja-body": "私の文面"})
    assert "Another reviewer gave verdicts meanwhile" in text_of(page.main)
    assert page.select_one("textarea").text.strip() == "私の文面"
    assert len(page.main.select("form")[0].find_previous("ul").select("li")) == 2
    desk.press("Send the answers back")
    assert uow.session.get_one(Assessment, case.id).status is Status.RETURNED


def test_one_takes_care_and_a_colleague_sees_who_is_there(desk, login, case, staff, answer_url):
    desk.get(f"/s/reviews/{case.id}")
    desk.press("I take care of it")
    assert "You take care of this submission." in text_of(desk.page)
    desk.get(answer_url())
    other = login(staff[0], language="en")
    other.get(answer_url())
    assert "is looking at this answer, too." in text_of(other.page.main)
    other.get(answer_url(1))
    assert f"is looking at {case.proven[0]}." in text_of(other.page.main)
    other.get("/s/reviews?who=nobody")
    assert len(other.page.select("tbody tr")) == 1
    other.get(f"/s/reviews/{case.id}")
    other.press("Take it over")
    desk.get(f"/s/reviews/{case.id}")
    assert "Take it over" in text_of(desk.page.main)


def test_an_offer_goes_from_the_desk_to_the_member_and_back(
    desk, login, uow, case, answer_url, outbox
):
    desk.get(answer_url())
    page = desk.press(
        "Save and go back", status=422, choice="offer", reason="記録が3を示しています"
    )
    assert [text_of(e) for e in page.select(".govuk-error-summary li")] == [
        "Choose the level that the evidence proves."
    ]
    desk.press("Save and go back", choice="offer", offer="3", reason="記録が3を示しています")
    assert verdicts(uow)[case.proven[0]] == ("declaration_gap", 3, "記録が3を示しています", False)
    member = login(case.user, case.org, language="en")
    member.get("/m/2026/offers")
    assert text_of(member.page.select_one(".app-empty h2")) == "No offers"
    desk.get(f"/s/reviews/{case.id}/accept-remaining")
    desk.press("Accept this evidence")
    desk.get(f"/s/reviews/{case.id}/accept")
    desk.press("Finish the check")
    member.get("/m")
    assert "Your evidence shows more than you claimed in 1 question" in text_of(member.page.main)
    member.get("/m/2026/offers")
    member.press(f"Take level 3 {case.proven[0]}")
    assert "Taken: it counts as level 3." in text_of(member.page.main)
    desk.get(answer_url())
    assert "The member has taken the offered level 3." in text_of(desk.page.main)


def test_ready_made_reasons_are_kept_by_the_secretariat_only(
    desk, login, uow, case, colleague_user
):
    desk.get("/s/reasons")
    desk.follow("Add a reason")
    page = desk.press("Save the reason", status=422, label_ja="日付")
    assert len(page.select(".govuk-error-summary li")) == 3
    desk.press(
        "Save the reason",
        label_ja="日付がない",
        label_en="No date",
        body_ja="$indicator の証跡に日付がありません。",
        body_en="The evidence for $indicator has no date.",
    )
    desk.get(f"/s/reviews/{case.id}/{case.bare}")
    assert "日付がない" in [text_of(o) for o in desk.page.select("select[name=template] option")]
    reader = login(colleague_user, language="en")
    reader.get("/s/reasons")
    assert reader.page.find("a", string="Add a reason") is None
    reader.get("/s/reasons/too-old")
    reader.press("Save the reason", status=403)
