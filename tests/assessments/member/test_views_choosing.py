"""Evidence of the library for one question: chosen, taken over from last year, sent by script."""

import datetime as dt
import io
import uuid

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import Status
from jpmirai_compliance.evidence.models import Evidence, EvidenceUse, Visibility
from jpmirai_compliance.foundation.policy import Role
from tests.assessments.member.acts import errors, words
from tests.assessments.member.test_views_library import keep, use
from tests.evidence.files import PDF, picture
from tests.factories import (
    NOW,
    clock,
    make_assessment,
    make_member,
    make_round,
    make_user,
)

__all__ = ["keep"]
PLACE = "/m/2026/P1-01"


@pytest.fixture
def started(uow, member):
    org, user, round_ = member
    return org, user, round_, make_assessment(uow, org, round_)


def uses(uow):
    uow.session.rollback()
    found = uow.session.exec(select(EvidenceUse)).all()
    return {(u.indicator_id, str(u.evidence_id), u.pages) for u in found}


def test_saving_leads_to_the_library_and_loses_nothing(login, uow, started, keep):
    org, user, _round, _assessment = started
    url = keep(title="人権方針")
    other = keep(picture(), "b.png", title="掲示")
    browser = login(user, org, language="en")
    browser.get(PLACE)
    page = browser.press("Save and choose from the library", level="3", text="長い文")
    assert browser.url.endswith(PLACE + "/library")
    assert {words(i) for i in page.select(".govuk-checkboxes__label")} == {"掲示", "人権方針"}
    page = browser.press(
        "Use these for the answer", piece=[url[-36:]], **{f"pages-{url[-36:]}": "３〜５"}
    )
    assert "1 piece of evidence supports this answer now." in words(page.main)
    assert page.select_one("#text").text.strip() == "長い文"
    assert uses(uow) == {("P1-01", url[-36:], "3-5")}
    assert other[-36:] not in page.main.decode()
    page = browser.get(PLACE + "/library")
    [there] = page.select("input[name=piece][checked]")
    assert there["value"] == url[-36:]
    browser.press("Use these for the answer", **{f"pages-{url[-36:]}": "8"})
    assert uses(uow) == {("P1-01", url[-36:], "8")}


def test_bad_pages_come_back_with_a_sentence_and_nothing_is_attached(login, uow, started, keep):
    org, user, _round, _assessment = started
    one, two = keep(title="方針"), keep(picture(), "b.png")
    browser = login(user, org, language="en")
    browser.get(PLACE + "/library")
    page = browser.press(
        "Use these for the answer",
        status=422,
        piece=[one[-36:], two[-36:]],
        **{f"pages-{two[-36:]}": "abc"},
    )
    assert errors(page) == ["Enter pages such as 3 or 3-5, 8."]
    assert page.select_one(f"#pages-{two[-36:]}")["value"] == "abc"
    assert len(page.select("input[name=piece][checked]")) == 2
    assert uses(uow) == set()


def test_the_chooser_filters_and_says_when_there_is_nothing(login, started, keep):
    org, user, _round, _assessment = started
    browser = login(user, org, language="en")
    assert "There is no evidence yet" in words(browser.get(PLACE + "/library").main)
    keep(title="人権方針")
    assert len(browser.get(PLACE + "/library?q=人権").select("input[name=piece]")) == 1
    assert browser.get(PLACE + "/library?q=zzz").select("input[name=piece]") == []


@pytest.mark.parametrize("page", ["library", "last-year"])
def test_az_3_foreign_pieces_questions_and_people_get_nothing(login, uow, started, keep, page):
    org, user, _round, _assessment = started
    other, _stranger, actor = make_member(uow, "第三の会社")
    theirs = keep(picture(), "b.png", owner=(other, actor))
    browser = login(user, org, language="en")
    assert theirs[-36:] not in browser.get(f"{PLACE}/{page}").decode()
    browser.get(f"/m/2026/P9-99/{page}", status=404)
    browser.get(f"/m/2025/P1-01/{page}", status=404)
    approver = make_user(uow, org, (Role.APPROVER,))
    login(approver, org).get(f"{PLACE}/{page}", status=403)
    if page == "library":
        keep()
        browser.get(f"{PLACE}/{page}")
        for bad in (theirs[-36:], str(uuid.uuid4()), "x"):
            browser.press("Use these for the answer", status=404, piece=[bad])
            browser.get(f"{PLACE}/{page}")
        assert uses(uow) == set()


def test_a_frozen_answer_takes_no_evidence(login, uow, member, keep):
    org, user, round_ = member
    make_assessment(uow, org, round_, status=Status.SUBMITTED, submitted_at=NOW)
    url = keep()
    browser = login(user, org, language="en")
    browser.get(PLACE + "/library")
    browser.press("Use these for the answer", status=409, piece=[url[-36:]])
    assert uses(uow) == set()


@pytest.fixture
def last_year(uow, member, started, keep):
    """A policy that is good, a record that has expired, a photo of another question."""
    org, _user, _round = member
    before = make_round(uow, year=2025, orgs=[org])
    old = make_assessment(uow, org, before, status=Status.SUBMITTED, submitted_at=NOW)
    yesterday = clock().date() - dt.timedelta(days=2)
    good = keep(title="人権方針")
    expired = keep(PDF + b"%%EOF", "b.pdf", title="研修記録", valid_until=yesterday)
    elsewhere = keep(picture(), "c.png", title="掲示")
    for url, indicator in ((good, "P1-01"), (expired, "P1-01"), (elsewhere, "P1-02")):
        use(uow, member, url, indicator=indicator, assessment=old)
    return good[-36:], expired[-36:]


def test_last_years_evidence_is_asked_about_piece_by_piece(login, uow, member, started, last_year):
    org, user, _round = member
    good, expired = last_year
    browser = login(user, org, language="en")
    page = browser.get(PLACE + "/last-year")
    assert {words(g) for g in page.select("main legend")} == {"人権方針", "研修記録"}
    page = browser.press("Take over what is valid", status=422, **{f"valid-{good}": "yes"})
    assert errors(page) == ["Choose whether “研修記録” is still valid."]
    assert page.select_one(f"#valid-{good}").has_attr("checked"), "what was chosen stays"
    before = uses(uow)
    page = browser.press("Take over what is valid", status=422, **{f"valid-{expired}": "yes"})
    assert errors(page)[0].startswith("“研修記録” has expired. Enter until when it is valid now")
    assert uses(uow) == before
    coming = (clock().date() + dt.timedelta(days=200)).isoformat()
    browser.press("Take over what is valid", **{f"until-{expired}": coming})
    uow.session.rollback()
    rows = uow.session.exec(
        select(EvidenceUse).where(EvidenceUse.assessment_id == started[3].id)
    ).all()
    assert {str(r.evidence_id) for r in rows} == {good, expired}
    renewed = uow.session.get(Evidence, uuid.UUID(expired))
    assert (renewed.valid_until.isoformat(), renewed.title) == (coming, "研修記録")
    page = browser.get(PLACE + "/last-year")
    assert "No evidence of last year to use again" in words(page.main)


def test_what_is_not_valid_any_more_is_left_behind(login, uow, member, started, last_year):
    org, user, _round = member
    good, expired = last_year
    browser = login(user, org, language="en")
    browser.get(PLACE + "/last-year")
    answers = {f"valid-{good}": "no", f"valid-{expired}": "yes", f"until-{expired}": "soon"}
    page = browser.press("Take over what is valid", status=422, **answers)
    assert errors(page) == ["Enter a date such as 2026-11-24."]
    browser.press("Take over what is valid", **{f"valid-{good}": "no", f"valid-{expired}": "no"})
    query = select(EvidenceUse).where(EvidenceUse.assessment_id == started[3].id)
    uow.session.rollback()
    assert uow.session.exec(query).all() == []


def send(browser, content, filename, **more):
    page = browser.get(PLACE)
    token = page.select_one("main input[name=csrf_token]")["value"]
    data = {
        "csrf_token": token,
        "visibility": "reviewers",
        "files": (io.BytesIO(content), filename),
    }
    return browser.client.post(PLACE + "/evidence", data=data | more)


def test_files_sent_by_script_touch_nothing_but_the_evidence(login, uow, started):
    org, user, _round, _assessment = started
    browser = login(user, org, language="en")
    answer = send(browser, PDF, "在留カード.pdf", visibility="public", valid_until="2027-03-31")
    assert (answer.status_code, answer.json["errors"]) == (201, [])
    assert "在留カード.pdf" in answer.json["list"]
    assert len(answer.json["hints"]) == 1
    uow.session.rollback()
    [row] = uow.session.exec(select(Evidence)).all()
    assert (row.visibility, str(row.valid_until)) == (Visibility.PUBLIC, "2027-03-31")
    refused = send(browser, b"MZ", "悪い.exe")
    assert refused.status_code == 422
    assert refused.json["errors"][0].startswith("“悪い.exe” is not of a kind that we accept.")
    assert "在留カード.pdf" in refused.json["list"]
    assert send(browser, PDF, "在留カード.pdf").status_code == 201
    assert len(uses(uow)) == 1, "the same bytes once"
    bad = send(browser, PDF + b"%%EOF", "b.pdf", valid_until="tomorrow")
    assert (bad.status_code, bad.json["errors"]) == (422, ["Enter a date such as 2026-11-24."])


def test_az_3_nobody_else_sends_files(login, uow, started):
    org, _user, _round, _assessment = started
    approver = make_user(uow, org, (Role.APPROVER,))
    browser = login(approver, org)
    token = browser.get(PLACE).select_one("input[name=csrf_token]")["value"]
    data = {"csrf_token": token, "files": (io.BytesIO(PDF), "a.pdf")}
    assert browser.client.post(PLACE + "/evidence", data=data).status_code == 403
    assert uses(uow) == set()
