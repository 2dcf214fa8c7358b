import datetime as dt

import pytest
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Membership
from jpmirai_compliance.assessments.models import AnswerRow, Assessment, Status, Verdict
from jpmirai_compliance.assessments.service import review as service
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.assessments.secretariat.conftest import NOW, URL

HOSTILE = "<script>alert(1)</script>{{7*7}}${x}"


@pytest.fixture
def desk(login, english):
    return login(english)


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


def test_queue_lists_submissions_with_the_reasons_of_their_order(desk, case):
    page = desk.get("/s/reviews")
    rows = [text_of(r) for r in page.select("tbody tr")]
    assert len(rows) == 2
    assert rows[0].startswith("Org")
    assert "First submission of this member" in rows[0]
    assert page.select_one("tbody tr a")["href"] == f"/s/reviews/{case.id}"
    desk.get("/s/reviews?status=accepted&only=first")
    assert text_of(desk.page.select_one(".app-empty h2")) == "No submission matches"


@pytest.mark.parametrize(
    "query", ["after=x&last=y", "status=draft", "year=%00", "after=2026-01-01"]
)
def test_queue_takes_nonsense_in_its_address_for_nothing(desk, case, query):
    assert len(desk.get(f"/s/reviews?{query}").select("tbody tr")) == 2


def test_overview_shows_scores_answers_and_the_steps(desk, case):
    page = desk.get(f"/s/reviews/{case.id}")
    assert [text_of(a) for a in page.select(".govuk-button-group a")] == [
        "Accept all remaining evidence"
    ]
    assert f"0 of {len(case.proven)} answers with evidence checked" in text_of(page.main)
    assert len(page.select("a[href*='/s/reviews/'][href*='P']")) == len(case.asked)
    page = desk.get(f"/s/reviews/{case.id}?show=na")
    assert [a["href"] for a in page.select("th a")] == [
        f"/s/reviews/{case.id}/{case.not_applicable}"
    ]


def test_the_desk_shows_question_levels_text_and_evidence(desk, case, answer_url):
    page = desk.get(answer_url())
    assert page.select_one("#said").text == f"取組 {case.proven[0]}"
    assert len(page.select("ol li strong:not(.govuk-tag)")) == 1
    [link] = page.select(f"a[href='{URL}/0']")
    assert set(link["rel"]) >= {"noopener", "noreferrer"}


def test_save_and_next_walks_through_what_is_open(desk, uow, case, answer_url):
    desk.get(answer_url())
    for place in range(3):
        assert desk.url == answer_url(place)
        desk.press("Save and go to the next", choice="accept")
    assert desk.url == f"/s/reviews/{case.id}"
    assert verdicts(uow) == dict.fromkeys(case.proven, ("accepted", None, "", False))


def test_the_whole_check_in_japanese(login, uow, staff, case, outbox):
    outbox()
    browser = login(staff[0])
    browser.get(f"/s/reviews/{case.id}/{case.bare}")
    assert browser.page.html["lang"] == "ja"
    browser.press("保存して一覧に戻る", choice="again", reason="記録をください")
    assert "1件の回答を差し戻す" in text_of(browser.page.main)
    browser.get(f"/s/reviews/{case.id}/return")
    due = browser.page.find(attrs={"name": "due"})["value"]
    browser.get(f"/s/reviews/{case.id}/return/mail?due={due}")
    typed = browser.page.select_one("textarea").text
    browser.press("回答を差し戻す", **{"ja-body": typed + "\n\nよろしくお願いします"})
    assert browser.url == "/s/reviews"
    row = uow.session.get_one(Assessment, case.id)
    assert row.status is Status.RETURNED
    assert row.return_due_at.hour == 8  # 17:00 in Japan
    [message] = outbox()
    assert message["Subject"].startswith("【JP-MIRAI】")
    assert "記録をください" in message.get_content()
    assert message.get_content().rstrip().endswith("よろしくお願いします")


def test_bulk_accept_asks_first_then_the_check_is_finished(desk, uow, case, outbox):
    outbox()
    desk.get(f"/s/reviews/{case.id}/accept-remaining")
    assert len(desk.page.select("tbody tr")) == 3
    desk.press("Accept this evidence")
    desk.follow("Finish the check")
    desk.press("Finish the check")
    assert desk.url == f"/s/reviews/{case.id}"
    assert "Result number: 2026-0002-2" in text_of(desk.page)
    assert uow.session.get_one(Assessment, case.id).status is Status.ACCEPTED
    desk.client.post(f"/s/reviews/{case.id}/accept")  # no token: refused, nothing happens
    desk.get(f"/s/reviews/{case.id}/accept")
    assert "finished already" in text_of(desk.page.main)
    assert [len(outbox())] == [1]


def test_finishing_too_early_lists_what_is_open(desk, uow, make_uow, case, staff):
    desk.get(f"/s/reviews/{case.id}/accept")
    page = desk.press("Finish the check", status=422)
    links = [a["href"] for a in page.select(".govuk-error-summary a")]
    assert links == [f"/s/reviews/{case.id}/{i}" for i in case.proven]


def test_the_second_reviewer_sees_both_verdicts_and_keeps_what_was_typed(
    desk, uow, case, reviewer, answer_url
):
    desk.get(answer_url())
    with uow.transaction():
        service.give_verdict(
            uow,
            actor=reviewer,
            assessment_id=case.id,
            indicator_id=case.proven[0],
            ruling=service.Ruling(service.Choice.ACCEPT),
            version=0,
            now=factories.clock(),
        )
    fields = {"choice": "gap", "level": "1", "reason": "足りません"}
    page = desk.press("Save and go to the next", status=409, **fields)
    cells = [text_of(c) for c in page.select(".govuk-notification-banner td")]
    assert cells == ["Evidence gap", "Evidence accepted", "1", "", "足りません", ""]
    assert page.select_one("textarea").text.strip() == "足りません"
    desk.press("Save and go to the next")
    assert verdicts(uow) == {case.proven[0]: ("gap", 1, "足りません", False)}


def test_av_2_a_refused_verdict_has_not_seen_the_other_one(
    desk, login, uow, case, staff, answer_url
):
    other = login(staff[0], language="en")
    for browser in (desk, other):
        browser.get(answer_url())
    other.press("Save and go to the next", choice="gap", level="0", reason="先の理由")
    fields = {"choice": "gap", "level": "1", "reason": "後の理由"}
    desk.press("Save and go to the next", status=422, **fields | {"reason": ""})
    page = desk.press("Save and go to the next", status=409, **fields)
    assert "先の理由" in text_of(page.select_one(".govuk-notification-banner"))
    assert verdicts(uow) == {case.asked[0]: ("gap", 0, "先の理由", False)}
    desk.press("Save and go to the next")
    uow.session.rollback()
    assert verdicts(uow) == {case.asked[0]: ("gap", 1, "後の理由", False)}


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({}, ["Choose a verdict."]),
        ({"choice": "best"}, ["Choose a verdict."]),
        ({"choice": "na_rejected", "reason": "x"}, ["Choose a verdict."]),
        ({"choice": "gap", "reason": "x"}, ["Choose the level that the evidence supports."]),
        (
            {"choice": "gap", "level": "9", "reason": HOSTILE},
            ["Choose the level that the evidence supports."],
        ),
        ({"choice": "again", "reason": " \n"}, ["Enter the reason. The member will read it."]),
        (
            {"choice": "again", "reason": "長" * 1001},
            ["Use 1000 characters or fewer. You entered 1001."],
        ),
        (
            {"choice": "accept", "reason": "a\x00b"},
            ["Remove the control characters from this text."],
        ),
    ],
    ids=["empty", "unknown", "unfit", "no level", "hostile", "no reason", "enormous", "control"],
)
def test_a_wrong_verdict_form_keeps_what_was_typed(desk, uow, answer_url, fields, errors):
    desk.get(answer_url())
    page = desk.press("Save and go to the next", status=422, **fields)
    assert [text_of(e) for e in page.select(".govuk-error-summary li")] == errors
    typed = fields.get("reason", "").replace("\0", "").strip()
    assert page.select_one("textarea").text.strip() == typed
    assert page.find("script", string=True) is None
    assert verdicts(uow) == {}


def test_a_ready_made_reason_is_inserted_without_saving(desk, uow, case, answer_url):
    desk.get(answer_url())
    page = desk.press(
        "Insert the reason", status=200, choice="again", reason="まず", template="too-old:ja"
    )
    title = text_of(page.h1)
    assert page.select_one("textarea").text.strip().startswith("まず\n" + case.proven[0])
    assert "2026年" in page.select_one("textarea").text
    assert page.select_one("input[name=choice][value=again]").has_attr("checked")
    assert title.startswith(case.proven[0])
    assert verdicts(uow) == {}


@pytest.mark.parametrize(
    ("due", "error"),
    [
        ("", "Enter the due date."),
        ("あした", "Enter a date such as 2026-11-24."),
        ("2020-01-01", "The due date must be after today."),
    ],
    ids=["empty", "wrong", "past"],
)
def test_a_wrong_due_date_keeps_what_was_typed(desk, case, answer_url, due, error):
    desk.get(answer_url(3))
    desk.press("Save and go back", choice="again", reason="記録をください")
    page = desk.get(f"/s/reviews/{case.id}/return/mail?due={due}", status=422)
    assert [text_of(e) for e in page.select(".govuk-error-summary li")] == [error]
    assert page.find(attrs={"name": "due"})["value"] == due


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"ja-subject": ""}, "Enter the subject of the mail."),
        ({"ja-body": " "}, "Enter the text of the mail."),
        ({"ja-subject": "長" * 101}, "Use 100 characters or fewer. You entered 101."),
        ({"ja-body": "a\x07b" + HOSTILE}, "Remove the control characters from this text."),
    ],
    ids=["no subject", "no text", "enormous", "hostile"],
)
def test_a_wrong_mail_keeps_what_was_typed(desk, uow, case, answer_url, fields, error):
    desk.get(answer_url(3))
    desk.press("Save and go back", choice="again", reason="記録をください")
    desk.get(f"/s/reviews/{case.id}/return/mail?due=2099-04-14")
    page = desk.press("Send the answers back", status=422, **fields)
    assert [text_of(e) for e in page.select(".govuk-error-summary li")] == [error]
    [(name, typed)] = fields.items()
    field = page.find(attrs={"name": name})
    assert (field.get("value") or field.text.strip()) in {typed, typed.strip(), ""}
    assert uow.session.get_one(Assessment, case.id).status is Status.SUBMITTED


def test_az_9_members_and_judges_get_no_page_of_the_desk(login, uow, case, answer_url):
    judge = factories.make_user(uow, None, (Role.JUDGE,), totp_secret="enrolled")
    for browser in (login(case.user, case.org), login(judge)):
        for url in ("/s", "/s/reviews", f"/s/reviews/{case.id}", answer_url(), "/s/rounds"):
            browser.get(url, status=403)


def test_az_8_a_tied_reviewer_reads_why_not(desk, uow, case, english, answer_url):
    with uow.transaction():
        uow.session.add(
            Membership(
                user_id=english.id,
                org_id=case.org.id,
                role=Role.EDITOR,
                since=NOW,
                ended_at=NOW + dt.timedelta(days=1),
            )
        )
    for url in (f"/s/reviews/{case.id}", answer_url(), f"/s/reviews/{case.id}/accept"):
        page = desk.get(url, status=403)
        assert "You belong or belonged to this organisation" in text_of(page.main)
    row = desk.get("/s/reviews").select("tbody tr")[0]
    assert "You are connected with it" in text_of(row)
    assert row.select("a") == []


def test_az_3_unknown_submissions_and_indicators_are_the_same_404(desk, case):
    for path in (
        "/s/reviews/5f0c0d3a-0000-4000-8000-000000000000",
        f"/s/reviews/{case.id}/P9-99",
        f"/s/reviews/{case.id}/%00",
        f"/s/reviews/{case.org.id}",
    ):
        desk.get(path, status=404)


def test_a_note_never_appears_on_the_desk(desk, uow, case, answer_url):
    with uow.transaction():
        row = uow.session.exec(
            select(AnswerRow).where(
                col(AnswerRow.assessment_id) == case.id,
                col(AnswerRow.indicator_id) == case.proven[0],
            )
        ).one()
        row.note = "社内だけの話"
        uow.session.add(row)
    assert "社内だけの話" not in desk.get(answer_url()).get_text()
