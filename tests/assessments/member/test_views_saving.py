"""Saving while somebody types: the same service, told in values; and settling conflicts."""

import time_machine

from jpmirai_compliance.foundation.policy import Role
from tests.assessments.member.acts import stored, words
from tests.factories import clock, make_assessment, make_member, make_user

HERE = "/m/2026/P1-01"
JSON = {"Accept": "application/json"}


def shown(browser, **typed):
    """What the form on the page sends."""
    form = browser.page.select_one("form[data-autosave]")
    hidden = {f["name"]: f["value"] for f in form.select("input[type=hidden]")}
    return hidden | {"reach": "own"} | typed


def autosave(browser, **typed):
    answer = browser.client.post(HERE, data=shown(browser, **typed), headers=JSON)
    return answer.status_code, answer.json


def opened(login, uow, member, name="佐藤", **answers):
    """Two people of one organisation with the same page open."""
    org, user, round_ = member
    make_assessment(uow, org, round_, {"P1-01": answers} if answers else None, by=user)
    colleague = make_user(uow, org, (Role.EDITOR,), name=name)
    both = login(user, org, language="en"), login(colleague, org, language="en")
    for browser in both:
        browser.get(HERE)
    return both


def test_av_2_autosave_stores_and_tells_version_token_and_time(login, uow, member):
    with time_machine.travel("2026-11-24T01:43:00+00:00", tick=False):
        mine, _theirs = opened(login, uow, member)
        status, told = autosave(mine, level="2", text="毎年")
        assert (status, told["version"], told["said"]) == (200, 1, "Saved at 10:43")
        assert (told["taken"], told["fields"]["text"]) == ([], "毎年")
        row = stored(uow, member[0])
        assert (row.level, row.text, row.version) == (2, "毎年", 1)
        status, told = autosave(mine, level="2", text="毎年、続けて", seen=told["seen"])
        assert (status, told["version"]) == (200, 2)


def test_autosave_leaves_evidence_alone_and_says_what_is_wrong(login, uow, member):
    mine, _theirs = opened(login, uow, member)
    status, told = autosave(mine, level="na", text="文")
    assert (status, told["said"]) == (
        422,
        "Not saved yet: Write why this does not apply to you.",
    )
    status, _told = autosave(mine, level="1", url="https://example.org/")
    assert status == 200
    assert mine.get(HERE).select("section a[href^='https://example.org']") == []


def test_av_2_a_script_gets_a_colleagues_change_of_another_field(login, uow, member):
    mine, theirs = opened(login, uow, member)
    autosave(theirs, level="1", note="佐藤のメモ")
    status, told = autosave(mine, text="自分の文")
    assert (status, told["version"], told["taken"]) == (200, 2, ["choice", "note"])
    assert (told["fields"]["level"], told["fields"]["note"]) == ("1", "佐藤のメモ")
    assert told["said"].endswith("with what your colleague changed meanwhile")


def test_av_2_a_script_gets_both_texts_and_settles_without_running_over_a_third(login, uow, member):
    mine, theirs = opened(login, uow, member)
    _status, first = autosave(theirs, text="佐藤の文", note="佐藤のメモ")
    status, told = autosave(mine, level="3", text="<b>自分の文</b>")
    assert (status, told["units"], told["taken"]) == (409, ["text"], ["note"])
    assert "&lt;b&gt;自分の文" in told["html"]
    assert "佐藤 changed this on" in told["html"]
    assert told["fields"]["text"] == "佐藤の文"
    assert stored(uow, member[0]).level is None
    settling = {
        "level": "3",
        "text": "<b>自分の文</b>",
        "note": "佐藤のメモ",
        "seen": told["seen"],
        "other": told["other"],
        "settle": "text:mine",
    }
    autosave(theirs, text="三人目の文", note="佐藤のメモ", seen=first["seen"])
    status, again = autosave(mine, **settling)
    assert (status, again["fields"]["text"]) == (409, "三人目の文")
    status, told = autosave(mine, **settling | {"seen": again["seen"], "other": again["other"]})
    assert status == 200
    row = stored(uow, member[0])
    assert (row.level, row.text, row.note) == (3, "<b>自分の文</b>", "佐藤のメモ")


def test_a_script_hears_that_the_time_is_over_or_nobody_is_signed_in(login, uow, member):
    org, _user, round_ = member
    mine, _theirs = opened(login, uow, member)
    with uow.transaction():
        uow.session.merge(round_).closes_at = clock()
    status, told = autosave(mine, text="文")
    assert status == 409
    assert "Nothing was saved." in told["said"]
    mine.press("Sign out")
    assert autosave_again(mine) == 401
    assert stored(uow, org) is None


def autosave_again(browser):
    return browser.client.post(HERE, data={"text": "文"}, headers=JSON).status_code


def test_av_2_two_fields_in_dispute_are_settled_one_after_the_other(login, uow, member):
    mine, theirs = opened(login, uow, member)
    theirs.press("Save and go back to the list", level="1", text="佐藤の文", note="佐藤のメモ")
    page = mine.press("Save and go to the next question", status=409, level="3", text="自分の文")
    assert [words(h) for h in page.select("section[data-unit] h3")] == [
        "Which sentence describes you best?",
        "What you do and have done",
    ]
    page = mine.press("Keep mine What you do and have done", status=409)
    assert [s["data-unit"] for s in page.select("section[data-unit]")] == ["choice"]
    mine.press("Keep the other one")
    assert mine.url == "/m/2026/P1-02"  # where the button led that was pressed before the dispute
    row = stored(uow, member[0])
    assert (row.level, row.text, row.note, row.version) == (1, "自分の文", "佐藤のメモ", 2)


def test_av_2_giving_way_in_one_field_keeps_what_only_i_changed(login, uow, member):
    mine, theirs = opened(login, uow, member)
    theirs.press("Save and go back to the list", text="佐藤の文")
    mine.press("Save and go to the next question", status=409, text="自分の文", note="自分のメモ")
    mine.press("Keep the other one")
    row = stored(uow, member[0])
    assert (row.text, row.note) == ("佐藤の文", "自分のメモ")


def test_av_2_both_texts_come_back_in_the_form_to_be_edited(login, uow, member):
    mine, theirs = opened(login, uow, member)
    theirs.press("Save and go back to the list", text="佐藤の文")
    mine.press("Save and go to the next question", status=409, level="2", text="自分の文")
    page = mine.press("Edit both together", status=200)
    assert page.select_one("#text").text.strip() == "佐藤の文\n\n自分の文"
    assert stored(uow, member[0]).text == "佐藤の文"
    assert "now holds both texts" in words(page.main)
    theirs.get(HERE)
    theirs.press("Save and go back to the list", text="佐藤がまた変えた文")
    page = mine.press("Save and go to the next question", status=409, text="まとめた文")
    assert [words(p) for p in page.select(".app-versions__text")] == [
        "まとめた文",
        "佐藤がまた変えた文",
    ]
    mine.press("Keep mine")
    assert (stored(uow, member[0]).text, stored(uow, member[0]).level) == ("まとめた文", 2)


def test_another_organisation_never_saves_here(login, uow, member):
    org, _user, _round = member
    mine, _theirs = opened(login, uow, member)
    stranger_org, stranger, _actor = make_member(uow, "第三の会社")
    stranger_browser = login(stranger, stranger_org, language="en")
    stranger_browser.get("/m")
    token = stranger_browser.page.select_one("[name=csrf_token]")["value"]
    data = shown(mine, text="よその文") | {"csrf_token": token}
    assert stranger_browser.client.post(HERE, data=data, headers=JSON).status_code == 404
    assert stored(uow, org) is None
