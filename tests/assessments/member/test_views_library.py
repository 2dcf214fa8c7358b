"""The evidence library in the browser: list, add, one piece, remove; who may see what."""

import datetime as dt
import io
import json
import uuid

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import Status
from jpmirai_compliance.evidence import service
from jpmirai_compliance.evidence.models import (
    Category,
    Evidence,
    EvidenceScan,
    EvidenceUse,
    EvidenceVersion,
    ScanState,
    Visibility,
)
from jpmirai_compliance.evidence.service import Description, Place, Upload
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.policy import Role
from tests.assessments.member.acts import errors, words
from tests.evidence import bombs
from tests.evidence.files import PDF, picture
from tests.factories import (
    NOW,
    actor_of,
    clock,
    make_assessment,
    make_member,
    make_staff,
    make_user,
)


@pytest.fixture
def keep(uow, store, member):
    """A function that puts a file into the member's library and gives the address of the piece."""
    org, user, _round = member

    def kept(content=PDF, filename="方針.pdf", *, owner=None, state=None, **said):
        of, by = owner or (org, actor_of(user, org))
        upload = Upload(filename, content)
        more = {"actor": by, "org_id": of.id, "quota_mb": 100}
        received = service.receive(uow, store, upload=upload, **more)
        with uow.transaction():
            id_ = service.add_received(
                uow, received=received, description=Description(**said), now=NOW, **more
            )
            if state:
                version = uow.session.exec(
                    select(EvidenceVersion).where(EvidenceVersion.evidence_id == id_)
                ).one()
                row = EvidenceScan(org_id=of.id, version_id=version.id, state=state, at=NOW)
                uow.session.add(row)
        return f"/m/library/{id_}"

    return kept


def use(uow, member, url, indicator="P1-01", pages="", assessment=None):
    org, user, round_ = member
    assessment = assessment or make_assessment(uow, org, round_)
    place = Place(org.id, assessment.id, indicator, pages)
    with uow.transaction():
        service.attach_known(
            uow,
            actor=actor_of(user, org),
            place=place,
            evidence_id=uuid.UUID(url[-36:]),
            now=NOW,
        )
    return assessment


def titles(page):
    return [words(h) for h in page.select(".app-library h2")]


def rows(uow, kind=Evidence):
    uow.session.rollback()
    return uow.session.exec(select(kind)).all()


def test_an_empty_library_says_what_most_start_with(login, member):
    org, user, _round = member
    browser = login(user, org, language="en")
    page = browser.get("/m/library")
    assert words(page.h1) == "Evidence library"
    assert "There is no evidence yet" in words(page.main)
    browser.follow("Our own web page")
    assert browser.page.select_one("#category option[selected]")["value"] == "web_page"
    page = browser.press("Add to the library", url="https://example.org/kodo")
    assert titles(page) == ["Our own web page"]
    browser.get("/m/library/add?ready=poster")
    page = browser.press("Add to the library", files=(io.BytesIO(picture("JPEG")), "掲示.jpg"))
    assert titles(page) == ["Photo of the poster on our wall", "Our own web page"]


def test_filters_stand_in_the_address_and_count_the_whole_library(login, uow, member, keep):
    org, user, _round = member
    today = clock().date()
    used = keep(title="人権方針", category=Category.POLICY)
    keep(PDF + b"%%EOF", "b.pdf", title="研修記録", valid_until=today - dt.timedelta(days=2))
    keep(
        picture(),
        "c.png",
        title="掲示",
        valid_until=today + dt.timedelta(days=9),
        visibility=Visibility.PUBLIC,
    )
    use(uow, member, used)
    browser = login(user, org, language="en")
    page = browser.get("/m/library")
    chips = [words(a) for a in page.select(".app-chips a")]
    assert chips == ["All 3", "Expires soon 1", "Expired 1", "Not used 2"]
    for query, found in {
        "q=方針": ["人権方針"],
        "q=ＲＥＣＯＲＤ": [],
        "kind=photo": ["掲示"],
        "who=public": ["掲示"],
        "show=expired": ["研修記録"],
        "show=soon": ["掲示"],
        "show=unused&kind=other": ["研修記録"],
        "show=nonsense&kind=x&who=y": ["掲示", "研修記録", "人権方針"],
    }.items():
        assert sorted(titles(browser.get(f"/m/library?{query}"))) == sorted(found), query
    assert "Nothing fits these filters" in words(browser.get("/m/library?q=zzz").main)
    browser.get("/m/library?page=0", status=404)


def test_several_files_at_once_and_a_refused_one_costs_nothing_else(login, uow, member):
    org, user, _round = member
    browser = login(user, org, language="en")
    browser.get("/m/library/add")
    page = browser.press(
        "Add to the library",
        status=422,
        files=[
            (io.BytesIO(PDF), "a.pdf"),
            (io.BytesIO(b"MZ"), "悪い.exe"),
            (io.BytesIO(picture()), "b.png"),
        ],
        valid_until="2027-03-31",
    )
    assert errors(page)[0].startswith("“悪い.exe” is not of a kind that we accept.")
    assert "2 pieces of evidence were added" in words(page.main)
    assert page.select_one("#valid_until")["value"] == "2027-03-31", "what was typed stays"
    assert sorted(e.title for e in rows(uow)) == ["a.pdf", "b.png"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose a file, or enter the address of a web page."),
        ({"url": "javascript:alert(1)"}, "Enter a whole address that starts with"),
        (
            {"url": "https://a.jp", "issued_on": "2026-02-02", "valid_until": "2026-01-01"},
            "“Valid until” lies before the date of issue.",
        ),
        ({"url": "https://a.jp", "issued_on": "tomorrow"}, "Enter a date such as 2026-11-24."),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(login, uow, member, sent, said):
    org, user, _round = member
    browser = login(user, org, language="en")
    browser.get("/m/library/add")
    page = browser.press("Add to the library", status=422, title="題", **sent)
    assert any(text.startswith(said) for text in errors(page)), errors(page)
    assert page.select_one("#title")["value"] == "題"
    assert rows(uow) == []


def test_a_name_that_speaks_of_a_persons_papers_gets_a_hint_and_is_kept(login, uow, member):
    org, user, _round = member
    browser = login(user, org, language="en")
    browser.get("/m/library/add")
    page = browser.press("Add to the library", files=(io.BytesIO(PDF), "在留カード.pdf"))
    assert "does this file show a person's residence card" in words(page.main)
    assert [e.title for e in rows(uow)] == ["在留カード.pdf"]


def post_file(browser, url, content, filename):
    browser.get("/m/library/add")
    token = browser.page.select_one("main input[name=csrf_token]")["value"]
    return browser.client.post(
        url,
        data={
            "csrf_token": token,
            "visibility": "reviewers",
            "files": (io.BytesIO(content), filename),
        },
        headers={"Accept": "application/json"},
    )


def test_the_same_route_answers_data_for_the_progress_of_each_file(login, uow, member):
    org, user, _round = member
    browser = login(user, org, language="en")
    answer = post_file(browser, "/m/library/add", PDF, "passport.pdf")
    [evidence] = rows(uow)
    assert answer.status_code == 201
    assert answer.json["added"] == [{"href": f"/m/library/{evidence.id}"}]
    assert (answer.json["errors"], len(answer.json["hints"])) == ([], 1)
    refused = post_file(browser, "/m/library/add", b"", "leer.pdf")
    assert (refused.status_code, refused.json["added"]) == (422, [])
    assert refused.json["errors"] == ["“leer.pdf” is empty. Check the file and add it again."]
    again = post_file(browser, "/m/library/add", PDF, "passport.pdf")
    assert again.json["added"] == answer.json["added"], "the same bytes are one piece"
    assert len(rows(uow)) == 1


def test_a_piece_shows_page_versions_and_uses(login, uow, member, keep):
    org, user, _round = member
    url = keep(bombs.paper(), "方針.pdf", title="人権方針")
    use(uow, member, url, pages="3-5")
    browser = login(user, org, language="en")
    page = browser.get(url)
    [image] = page.select("img.app-evidence")
    shown = browser.client.get(image["src"])
    assert (shown.status_code, shown.content_type) == (200, "image/png")
    assert shown.headers["Content-Security-Policy"].endswith("sandbox")
    assert "pages 3-5" in words(page.main)
    assert "Not scanned for viruses" in words(page.main)
    page = browser.press("Add as the newest version", file=(io.BytesIO(PDF + b"%%EOF"), "v2.pdf"))
    assert "Version 2 is in the library." in words(page.main)
    files = [words(a) for a in page.select("main a[href^='/evidence/']")]
    assert files == ["v2.pdf", "方針.pdf"]
    assert "This file cannot be shown here." in words(page.main)
    page = browser.press("Add as the newest version", status=422)
    assert errors(page) == ["Choose a file."]


def test_av_2_the_second_editor_of_a_piece_sees_both_and_saves_again(login, uow, member, keep):
    org, user, _round = member
    url = keep(title="元の題")
    colleague = make_user(uow, org, (Role.EDITOR,), name="佐藤")
    mine, theirs = login(user, org, language="en"), login(colleague, org, language="en")
    mine.get(url)
    theirs.get(url)
    theirs.press("Save", title="佐藤の題")
    page = mine.press("Save", status=409, title="私の題", valid_until="2027-01-01")
    assert "Yours: 私の題 By 佐藤: 佐藤の題" in words(page.main)
    assert page.select_one("#title")["value"] == "私の題"
    assert rows(uow)[0].title == "佐藤の題"
    mine.press("Save")
    [saved] = rows(uow)
    assert (saved.title, str(saved.valid_until)) == ("私の題", "2027-01-01")


def test_removing_says_where_it_is_used_and_frozen_answers_keep_it(login, uow, member, keep):
    org, user, _round = member
    url = keep(title="人権方針")
    use(uow, member, url)
    browser = login(user, org, language="en")
    browser.get(url)
    browser.follow("Go on to removing it")
    assert "It will be taken from these answers." in words(browser.page.main)
    page = browser.press("Remove from the answers and the library")
    assert "“人権方針” was removed from the library." in words(page.main)
    assert rows(uow, EvidenceUse) == []
    assert len(rows(uow, EvidenceVersion)) == 1
    browser.get(url, status=404)


def test_removing_is_refused_when_it_is_used_elsewhere_by_now(login, uow, member, keep):
    org, user, _round = member
    url = keep(title="人権方針")
    browser = login(user, org, language="en")
    browser.get(url + "/remove")
    use(uow, member, url)
    browser.press("Remove from the library", status=409)
    assert len(rows(uow, EvidenceUse)) == 1
    assert rows(uow)[0].removed_at is None


def test_a_frozen_answer_keeps_a_removed_piece(login, uow, member, keep):
    org, user, round_ = member
    url = keep(title="人権方針")
    frozen = make_assessment(uow, org, round_, status=Status.SUBMITTED, submitted_at=NOW)
    use(uow, member, url, assessment=frozen)
    browser = login(user, org, language="en")
    page = browser.get(url + "/remove")
    assert "These answers are frozen and keep their copy:" in words(page.main)
    browser.press("Remove from the library")
    assert len(rows(uow, EvidenceUse)) == 1
    reviewer, _actor = make_staff(uow, Role.REVIEWER)
    login(reviewer).get(f"/evidence/{url[-36:]}/1")


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (ScanState.QUARANTINED, "Being checked for viruses"),
        (ScanState.BLOCKED, "Blocked: virus found"),
    ],
)
def test_fi_8_the_owner_sees_the_state_and_nobody_gets_the_bytes(
    login, uow, member, keep, state, word
):
    org, user, _round = member
    url = keep(bombs.paper(), state=state)
    browser = login(user, org, language="en")
    assert word in words(browser.get("/m/library").main)
    page = browser.get(url)
    assert word in words(page.main)
    assert page.select("main img, main a[href^='/evidence/']") == []
    reviewer, _actor = make_staff(uow, Role.REVIEWER)
    for reader in (browser, login(reviewer)):
        for tail in ("", "/frame", "/look", "/page/1.png"):
            reader.get(f"/evidence/{url[-36:]}/1{tail}", status=404)


def test_az_3_a_foreign_library_is_the_same_404_for_everybody(login, uow, member, keep):
    org, user, _round = member
    other, stranger, actor = make_member(uow, "別の会社")
    theirs = keep(picture(), "b.png", owner=(other, actor), title="他社の写真")
    mine = keep(title="人権方針")
    browser = login(user, org, language="en")
    assert titles(browser.get("/m/library")) == ["人権方針"]
    assert titles(login(stranger, other, language="en").get("/m/library")) == ["他社の写真"]
    pages = [browser.get(theirs + tail, status=404).text for tail in ("", "/remove")]
    pages.append(browser.get(f"/m/library/{'0' * 8}-0000-4000-8000-{'0' * 12}", status=404).text)
    assert len(set(pages)) == 1
    for tail in ("", "/versions", "/remove"):
        browser.get(mine)
        token = browser.page.select_one("main input[name=csrf_token]")["value"]
        assert browser.client.post(theirs + tail, data={"csrf_token": token}).status_code == 404
    reviewer, _staff = make_staff(uow, Role.REVIEWER)
    judge, _judge = make_staff(uow, Role.JUDGE)
    for person in (reviewer, judge):
        login(person).get("/m/library", status=403)
        login(person).get(mine, status=403)
    login(reviewer).get(f"/evidence/{mine[-36:]}/1/look")
    login(judge).get(f"/evidence/{mine[-36:]}/1/look", status=404)
    login(stranger, other).get(f"/evidence/{mine[-36:]}/1/page/1.png", status=404)


def test_az_3_who_does_not_answer_reads_only(login, uow, member, keep):
    org, _user, _round = member
    url = keep(title="人権方針")
    approver = make_user(uow, org, (Role.APPROVER,))
    browser = login(approver, org, language="en")
    page = browser.get("/m/library")
    assert "Add evidence" not in words(page.main)
    page = browser.get(url)
    assert page.select("main form") == []
    browser.get("/m/library/add", status=403)
    browser.get(url + "/remove", status=403)


def test_fi_5_fi_7_no_markup_of_a_file_becomes_markup_of_ours(login, member, keep):
    org, user, _round = member
    url = keep(b"<script>alert(1)</script>\n", "a.txt", title="<b>x</b>")
    browser = login(user, org, language="en")
    page = browser.get(url)
    assert "<script>alert(1)</script>" in page.main.get_text()
    assert page.select("main script, main h1 b") == []


def test_fi_7_what_is_shown_is_recorded(login, uow, member, keep):
    org, user, _round = member
    url = keep("研修".encode(), "a.txt")
    login(user, org).get(url)
    [event] = uow.session.exec(
        select(AuditEvent).where(AuditEvent.event == Event.EVIDENCE_READ)
    ).all()
    assert json.loads(event.data)["ordinal"] == 1


def test_a_list_of_three_takes_as_many_queries_as_of_one(login, member, keep, statements):
    org, user, _round = member
    keep()
    browser = login(user, org)
    browser.get("/m/library")
    with statements() as one:
        browser.get("/m/library")
    keep(PDF + b"%%EOF", "b.pdf")
    keep(picture(), "c.png")
    with statements() as three:
        browser.get("/m/library")
    assert len(one) == len(three)


def test_a_link_can_be_described_and_has_no_versions(login, uow, member):
    org, user, _round = member
    browser = login(user, org, language="en")
    browser.get("/m/library/add?ready=page")
    browser.press("Add to the library", url="https://example.org/kodo")
    browser.follow("Our own web page")
    assert browser.page.select("input[type=file]") == []
    browser.press("Save", title="取組のページ", visibility="internal")
    assert [(e.title, e.visibility) for e in rows(uow)] == [("取組のページ", Visibility.INTERNAL)]
