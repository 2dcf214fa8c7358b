import uuid

import pypdfium2
import pytest

from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles import MemberKind
from tests import factories
from tests.reports.cases import accept, make_group


@pytest.fixture
def round_(uow):
    return factories.make_round(uow)


def lines(pdf):
    """Return the lines of all pages, as somebody copies them out."""
    with pypdfium2.PdfDocument(pdf) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return text.split("\r\n")


@pytest.fixture
def who(uow, round_):
    org, user, _actor = factories.make_member(uow, "株式会社みらい製作所")
    reason = "<b>施行日</b>がありません。"
    return accept(uow, round_, org, user, level=3, verdicts={"P1-01": ("gap", 1, reason)})


def test_the_member_reads_its_report_and_takes_it_as_pdf(login, who):
    browser = login(who.user, who.org, language="en")
    page = browser.get("/m/2026/report")
    assert page.h1.text == "Feedback report 2026"
    assert (
        "<b>施行日</b>がありません。"
        in page.select_one("#remarks").find_next("p", class_="app-versions__text").text
    )
    assert len(page.select("#gaps ~ ol li")) == 3
    heads = [th.text for th in page.select("#scores-table")[0].parent.select("thead th")]
    assert heads == ["Principle", "Claimed", "Evidenced"]
    answer = browser.client.get(page.select_one("a[href$='.pdf']")["href"])
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not {"Range", "Last year"} & set(lines(answer.data))  # no column without a number


def test_last_year_and_the_range_stand_in_chart_and_table(uow, login, round_):
    past = factories.make_round(uow, 2025)
    [first, *_rest] = make_group(uow, round_, 9, levels=[1])
    org, user, _actor = factories.make_member(uow)
    accept(uow, past, org, user, level=0)
    accept(uow, round_, org, user, level=1)
    page = login(user, org, language="en").get("/m/2026/report")
    rows = page.select("#scores-table")[0].parent.select("tr")
    assert [c.text for c in rows[0].select("th")] == [
        "Principle",
        "Claimed",
        "Evidenced",
        "Evidenced 2025",
        "Range",
    ]
    assert [c.text for c in rows[1].select("td")] == ["25%", "25%", "0%", "25–25%"]
    legend = page.select_one(".app-bars__legend").text
    assert ("Evidenced 2025" in legend, "Range of similar members" in legend) == (True, True)
    assert len(page.select(".app-bar-range")) == 7 + 1  # and the key
    assert first.org.name_ja not in page.text
    pdf = login(user, org, language="en").client.get("/m/2026/report/en.pdf").data
    assert {"2025", "Range"} <= set(lines(pdf))  # the head of the year breaks in two


def test_an_individual_gets_words(uow, login, round_):
    org, user, _actor = factories.make_member(uow, kind=MemberKind.INDIVIDUAL)
    accept(uow, round_, org, user)
    page = login(user, org, language="en").get("/m/2026/report")
    assert "without numbers" in page.text
    assert (page.select(".app-bars"), "%" in page.main.text) == ([], False)


def test_before_the_check_the_page_says_when_and_there_is_no_document(uow, login, round_):
    org, user, _actor = factories.make_member(uow)
    factories.make_assessment(uow, org, round_, {}, by=user)
    browser = login(user, org, language="en")
    assert "Not ready yet" in browser.get("/m/2026/report").text
    browser.get("/m/2026/report/ja.pdf", status=404)
    browser.get("/m/2031/report", status=404)


def test_the_secretariat_reads_the_same_report(uow, login, who):
    staff, _actor = factories.make_staff(uow)
    browser = login(staff, language="en")
    page = browser.get(f"/s/reviews/{who.id}/feedback")
    assert page.h1.text == "Feedback report 2026"
    pdf = page.select_one("a[href$='.pdf']")["href"]
    theirs = login(who.user, who.org, language="en").client.get("/m/2026/report/en.pdf")
    assert browser.client.get(pdf).data == theirs.data
    browser.get(f"/s/reviews/{uuid.uuid4()}/feedback", status=404)


def test_az_3_nobody_else_gets_to_a_report(uow, login, who):
    stranger, person, _actor = factories.make_member(uow, "第三の会社")
    browser = login(person, stranger)
    for path in ("/m/2026/report", "/m/2026/report/ja.pdf"):
        browser.get(path, status=404)
    for path in (f"/s/reviews/{who.id}/feedback", f"/s/reviews/{who.id}/feedback/ja.pdf"):
        browser.get(path, status=403)
        login(who.user, who.org).get(path, status=403)
        judge = factories.make_user(uow, None, (Role.JUDGE,))
        login(judge).get(path, status=403)


def test_staff_tied_to_the_member_do_not_read_its_report(uow, login, who):
    email = f"somebody@{who.user.email.partition('@')[2]}"
    tied = factories.make_user(uow, None, (Role.REVIEWER,), email=email)
    login(tied).get(f"/s/reviews/{who.id}/feedback", status=403)
    login(tied).get(f"/s/reviews/{who.id}/feedback/ja.pdf", status=403)


def test_the_start_page_leads_to_the_report_once_there_is_one(uow, login):
    org, user, _actor = factories.make_member(uow)
    round_ = factories.make_round(uow, orgs=[org])
    browser = login(user, org, language="en")
    assert browser.get("/m").select("a[href='/m/2026/report']") == []
    accept(uow, round_, org, user)
    [link] = browser.get("/m").select("a[href='/m/2026/report']")
    assert link.text == "Feedback report"
