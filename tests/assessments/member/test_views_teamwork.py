"""Sharing the work in the browser: lists with filters, discussion, assignment, table, paper."""

import pytest

from jpmirai_compliance.foundation.policy import Role
from tests.assessments.member.acts import errors, words
from tests.assessments.member.last_year import make_returning
from tests.factories import all_answers, make_assessment, make_member, make_staff, make_user


@pytest.fixture
def returning(uow, make_uow):
    found = make_returning(uow, make_uow)
    found.start()
    return found


def chips(page):
    return {
        words(a).rsplit(" ", 1)[0]: int(words(a).rsplit(" ", 1)[1])
        for a in page.select(".app-chips a")
    }


def rows(page, list_id=".govuk-task-list"):
    return [words(a).split(" ")[0] for a in page.select(f"{list_id} a[href*='/P']")]


def test_a_filter_stays_in_the_address_from_list_to_question_to_the_next(login, returning):
    browser = login(returning.user, returning.org, language="en")
    browser.get("/m/2026/P1-05")
    browser.press("Save and put a flag on it", level="2")
    browser.get("/m/2026/P2-02")
    browser.press("Save and put a flag on it", level="2")
    page = browser.get("/m/2026?filter=flagged")
    assert chips(page)["Flagged"] == 2
    assert rows(page) == ["P1-05", "P2-02"]
    page = browser.get("/m/2026/P1-05?filter=flagged")
    assert [a["href"] for a in page.select(".app-way [rel=next]")] == [
        "/m/2026/P2-02?filter=flagged"
    ]
    page = browser.press("Save and go to the next question")
    assert browser.url == "/m/2026/P2-02?filter=flagged"
    page = browser.press("Save and take the flag off")
    page = browser.get("/m/2026/principles/1?filter=flagged")
    assert (rows(page), chips(page)["Flagged"]) == (["P1-05"], 1)
    page = browser.get("/m/2026?filter=nonsense")
    assert len(page.select("a[aria-current=true]")) == 1


def test_copied_answers_are_confirmed_one_by_one_from_the_list(login, returning):
    browser = login(returning.user, returning.org, language="en")
    page = browser.get("/m/2026/principles/1?filter=prefilled")
    before = len(page.select("main form button[aria-describedby^=copied]"))
    assert not page.select("[autofocus]")
    page = browser.press("It still holds: confirm P1-01")
    assert len(page.select("main form button[aria-describedby^=copied]")) == before - 1
    [button] = page.select("[autofocus]")
    assert words(button) == "It still holds: confirm P1-02"
    assert returning.rows()["P1-01"].prefilled is False
    assert returning.rows()["P1-02"].prefilled is True


def test_comments_and_who_answers(login, uow, returning):
    sato = make_user(uow, returning.org, (Role.EDITOR,), name="佐藤")
    browser = login(returning.user, returning.org, language="en")
    browser.get("/m/2026/P1-01/discussion")
    page = browser.press("Add the comment", status=422, comment="  ")
    assert errors(page) == ["Write a comment first."]
    page = browser.press("Add the comment", status=422, comment="長" * 2001)
    assert page.select_one("#comment").text.strip() == "長" * 2001
    page = browser.press("Add the comment", comment="<b>期間</b>は?")
    assert "<b>期間</b>は?" in words(page.select_one(".app-thread"))
    assert "The secretariat never sees it" in words(page.main)
    page = browser.follow("Change <b>期間</b>は?")
    page = browser.press("Save the comment", comment="期間はいつですか")
    assert "(edited)" in words(page.select_one(".app-thread"))
    other = login(sato, returning.org, language="en")
    page = other.get("/m/2026/P1-01/discussion")
    assert "Change 期間はいつですか" not in words(page.main)
    page = other.press("Mark as settled 期間はいつですか")
    assert "Settled 佐藤" in words(page.select_one(".app-thread"))
    page = other.press("Save who answers", assignee=str(sato.id))
    assert words(page.select_one("#assignee option[selected]")) == "佐藤"
    page = other.get("/m/2026/P1-01")
    assert "Answered by: 佐藤" in words(page.main)
    assert "Comments (0 open)" in words(page.main)
    page = browser.press("Save who answers", status=409, assignee=str(returning.user.id))
    assert "A colleague assigned this to somebody else" in words(page.main)
    browser.get("/m/2026/P1-01/discussion")
    page = browser.press("Put a flag on it")
    assert "The question is flagged, for all colleagues." in words(page.main)
    page = browser.press("Take the flag off")
    assert "The question is flagged, for all colleagues." not in words(page.main)


def test_a_principle_is_assigned_from_its_list(login, uow, returning):
    sato = make_user(uow, returning.org, (Role.EDITOR,), name="佐藤")
    browser = login(returning.user, returning.org, language="en")
    browser.get("/m/2026/principles/2")
    browser.press("Save who answers", assignee=str(sato.id))
    page = browser.get("/m/2026")
    assert "answered by 佐藤" in words(page.main)
    browser.get("/m/2026/principles/2")
    page = browser.press("Save who answers", assignee="00000000-0000-0000-0000-000000000000")
    assert "Choose somebody who can answer for your organisation." in words(page.main)


def test_az_3_the_pages_of_colleagues_are_nobody_elses(login, uow, returning):
    _org, user, _actor = make_member(uow, "第三の会社")
    staff, _actor = make_staff(uow)
    mine = login(returning.user, returning.org, language="en")
    mine.get("/m/2026/P1-01/discussion")
    page = mine.press("Add the comment", comment="社内だけの話")
    [comment] = page.select(".app-thread li")
    address = f"/m/2026/P1-01/discussion/{comment['id'].removeprefix('comment-')}"
    for browser, expected in ((login(user, _org), 404), (login(staff), 403)):
        for path in ("/m/2026/P1-01/discussion", "/m/2026/principles/1/table", "/m/2026/print"):
            assert browser.client.get(path).status_code in {expected, 404}
        page = browser.client.get("/account")
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        for path in (
            address,
            "/m/2026/P1-01/flag",
            "/m/2026/P1-01/assign",
            "/m/2026/P1-01/confirm",
        ):
            sent = browser.client.post(
                path, data={"csrf_token": token, "action": "resolve", "on": "1"}
            )
            assert sent.status_code in {expected, 404}


def test_the_reviewers_page_of_an_answer_shows_no_comment(login, uow, returning):
    staff, _actor = make_staff(uow)
    mine = login(returning.user, returning.org, language="en")
    mine.get("/m/2026/P1-01/discussion")
    mine.press("Add the comment", comment="社内だけの話")
    taken = returning.rows()["P1-01"].assessment_id
    page = login(staff, language="en").client.get(f"/s/reviews/{taken}/P1-01")
    assert "社内だけの話" not in page.text


def test_the_table_saves_rows_that_changed_and_leaves_copied_ones_alone(login, returning):
    browser = login(returning.user, returning.org, language="en")
    page = browser.get("/m/2026/principles/1/table")
    page = browser.press(
        "Save all rows that changed",
        **{"P1-04-level": "4", "P1-04-text": "表から", "P1-03-level": "1"},
    )
    assert "2 answers were saved." in words(page.main)
    found = returning.rows()
    assert (found["P1-04"].level, found["P1-04"].text, found["P1-03"].level) == (4, "表から", 1)
    assert [found[i].prefilled for i in ("P1-01", "P1-04")] == [True, False]
    page = browser.press("Save this row P1-01")
    assert returning.rows()["P1-01"].prefilled is False
    assert [e["name"] for e in page.select("[autofocus]")] == ["P1-02-level"]


def test_one_bad_row_and_one_conflict_cost_no_other_row_and_no_word(login, uow, returning):
    sato = make_user(uow, returning.org, (Role.EDITOR,), name="佐藤")
    browser = login(returning.user, returning.org, language="en")
    other = login(sato, returning.org, language="en")
    browser.get("/m/2026/principles/1/table")
    other.get("/m/2026/P1-05")
    other.press("It still holds: confirm", text="佐藤の文")
    page = browser.press(
        "Save all rows that changed",
        status=409,
        **{
            "P1-04-text": "よい文",
            "P1-05-text": "自分の文",
            "P1-06-level": "na",
            "P1-06-text": "途中の文",
        },
    )
    found = returning.rows()
    assert (found["P1-04"].text, found["P1-05"].text, found["P1-06"].text) == (
        "よい文",
        "佐藤の文",
        "",
    )
    assert [
        words(page.select_one(f"#row-{i} td:last-child strong"))
        for i in ("P1-04", "P1-05", "P1-06")
    ] == [
        "Saved",
        "Not saved",
        "Not saved",
    ]
    assert page.select_one("[name=P1-05-text]").text.strip() == "自分の文"
    assert "佐藤 saved something else meanwhile." in words(page.select_one("#row-P1-05"))
    assert page.select_one("[name=P1-06-text]").text.strip() == "途中の文"
    assert [a["href"] for a in page.select("[role=alert] a")] == ["#P1-06-na_reason"]
    browser.press("Save all rows that changed", **{"P1-06-na_reason": "対象者なし"})
    found = returning.rows()
    assert (found["P1-05"].text, found["P1-06"].na_reason) == ("自分の文", "対象者なし")


def test_who_cannot_answer_reads_the_table(login, uow, returning):
    reader = make_user(uow, returning.org, (Role.APPROVER,))
    browser = login(reader, returning.org, language="en")
    page = browser.get("/m/2026/principles/1/table")
    assert page.select("main textarea, main select, main button:not([tabindex='-1'])") == []
    token = page.select_one("[name=csrf_token]")["value"]
    sent = {"csrf_token": token, "P1-01-version": "1", "P1-01-level": "0", "P1-01-reach": "own"}
    assert browser.client.post("/m/2026/principles/1/table", data=sent).status_code == 403
    assert returning.rows()["P1-01"].level == 3


def test_everything_on_paper_without_the_notes_unless_asked_for(login, uow, member):
    org, user, round_ = member
    given = all_answers(org, 2) | {"P1-01": {"level": 1, "text": "本文", "note": "社内のメモ"}}
    make_assessment(uow, org, round_, given, by=user)
    browser = login(user, org, language="en")
    page = browser.get("/m/2026/print")
    assert len(page.select("main section")) == len(all_answers(org))
    assert "本文" in words(page.main)
    assert "社内のメモ" not in words(page)
    page = browser.get("/m/2026/print?notes=1")
    assert "社内のメモ" in words(page.main)
