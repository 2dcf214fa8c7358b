import re
import uuid

import pytest
from sqlmodel import select

from jpmirai_compliance.accounts.models import Membership
from jpmirai_compliance.awards.models import Assignment, Scorecard
from jpmirai_compliance.evidence.models import (
    Evidence,
    EvidenceKind,
    EvidenceScan,
    EvidenceVersion,
    ScanState,
    Visibility,
)
from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.policy import Role
from tests.awards.scene import accept, english, make_scene
from tests.evidence import bombs
from tests.factories import NOW, make_member, make_user


@pytest.fixture
def scene(uow):
    return make_scene(uow)


def seen(browser, url, status=200):
    """The bytes of a page but for the token of its forms and the seconds of its session."""
    browser.get(url, status=status)
    return re.sub(r'(name="csrf_token" value="|data-left=")[^"]*', r"\1", browser.answer.text)


def test_az_7_pages_of_a_judge_are_byte_equal_with_and_without_a_conflicted_entry(
    scene, uow, login
):
    found = scene.entered("甲", "乙")
    judge, user = scene.judges[0], scene.judge_users[0]
    for _, _, _, entry_id in found:
        scene.assign(entry_id, judge)
    scene.score(judge, found[0][3], 4)
    browser = login(user)
    urls = ["/j", *(f"/j/entries/{f[3]}" for f in found)]

    def pages():
        return [seen(browser, url) for url in urls]

    before = pages()
    [(org, _, _, hidden)] = scene.entered("丙")
    with uow.transaction():
        row = Assignment(
            entry_id=hidden, judge_id=judge.user_id, assigned_at=NOW, assigned_by=judge.user_id
        )
        uow.session.add(row)
    assert pages() != before  # without the tie it would show
    with uow.transaction():
        uow.session.add(Membership(user_id=user.id, org_id=org.id, role=Role.EDITOR, since=NOW))
    other = make_user(uow, None, (Role.JUDGE,), email="o@o.example", totp_secret="x")
    assert other.id != user.id
    assert pages() == before
    for url in (
        f"/j/entries/{hidden}",
        f"/j/entries/{hidden}/conflict",
        f"/j/entries/{hidden}/recuse",
    ):
        unknown = url.replace(str(hidden), str(uuid.uuid4()))
        texts = [seen(browser, u, 404).replace(u, "") for u in (url, unknown)]
        assert texts[0] == texts[1]


def test_a_refused_scorecard_keeps_what_was_typed(scene, uow, login):
    [(_, _, _, entry_id)] = scene.entered("甲")
    scene.assign(entry_id, scene.judges[0])
    browser = login(english(uow, scene.judge_users[0]))
    browser.get(f"/j/entries/{entry_id}")
    browser.press("I have no conflict of interest: open the entry")
    page = browser.press(
        "Submit the scores",
        status=422,
        score_benefit="5",
        reason_benefit="記録あり",
        comment="よい",
    )
    listed = [a["href"] for a in page.select("[role=alert] a")]
    assert listed == [
        f"#score_{c}" for c in ("reproducibility", "continuity", "reach", "originality")
    ]
    assert page.select_one("#reason_benefit").text.strip() == "記録あり"
    assert page.select_one("input[name=score_benefit][checked]")["value"] == "5"
    page = browser.press("Save the draft", score_reach="na")
    assert page.select_one("input[name=score_reach][checked]")["value"] == "na"
    assert page.select_one("#comment").text.strip() == "よい"
    for wrong in ({"score_benefit": "9"}, {"comment": "x" * 4001}, {"reason_reach": "\x00"}):
        browser.press("Save the draft", status=422, **wrong)
        browser.get(f"/j/entries/{entry_id}")


def test_a_second_window_gets_both_texts(scene, uow, login):
    [(_, _, _, entry_id)] = scene.entered("甲")
    scene.assign(entry_id, scene.judges[0])
    first, second = (login(english(uow, scene.judge_users[0])) for _ in range(2))
    first.get(f"/j/entries/{entry_id}")
    first.press("I have no conflict of interest: open the entry")
    second.get(f"/j/entries/{entry_id}")
    first.press("Save the draft", comment="先の文")
    page = second.press("Save the draft", status=409, comment="後の文")
    assert "先の文" in page.main.get_text()
    assert page.select_one("#comment").text.strip() == "後の文"
    page = second.press("Save the draft")
    assert page.select_one("#comment").text.strip() == "後の文"


def test_a_judge_hands_an_entry_back_and_declares_a_conflict(scene, uow, login):
    found = scene.entered("甲", "乙")
    for f in found:
        scene.assign(f[3], scene.judges[0])
    browser = login(english(uow, scene.judge_users[0]))
    browser.get(f"/j/entries/{found[0][3]}")
    shown = " ".join(browser.page.main.get_text().split())
    assert "Only the secretariat sees this" in shown
    assert "The entry leaves your desk, and scores that you gave no longer count." in shown
    browser.press("Declare the conflict", status=422, reason="")
    browser.press("Declare the conflict", reason="元同僚")
    browser.get(f"/j/entries/{found[0][3]}", status=404)
    browser.get(f"/j/entries/{found[1][3]}")
    browser.press("I have no conflict of interest: open the entry")
    browser.follow("Give the entry back")
    browser.press("Give the entry back", status=422, reason=" ")
    page = browser.press("Give the entry back", reason="時間がない")
    assert "Nothing to review" in page.main.get_text()
    assert [c.state for c in uow.session.exec(select(Scorecard))] == ["recused"]


def keep_piece(uow, org, user, piece):
    """The rows behind a frozen file."""
    with uow.transaction():
        uow.session.add(
            Evidence(
                id=uuid.UUID(piece["id"]),
                org_id=org.id,
                kind=EvidenceKind.FILE,
                title=piece["title"],
                created_at=NOW,
                created_by=user.id,
            )
        )
        uow.session.flush()
        uow.session.add(
            EvidenceVersion(
                org_id=org.id,
                evidence_id=uuid.UUID(piece["id"]),
                uploaded_at=NOW,
                uploaded_by=user.id,
                **{n: piece[n] for n in ("sha256", "size", "media_type", "filename", "ordinal")},
            )
        )


@pytest.fixture
def proven(scene, uow, login, store):
    """An entry with a file behind it, its first judge at a browser, the piece and its address."""
    org, user, actor = make_member(uow, "証憑つき")
    content = bombs.book(5)
    piece = {
        "id": str(uuid.uuid4()),
        "title": "規程",
        "kind": "file",
        "url": "",
        "visibility": "reviewers",
        "sha256": store.put(content),
        "filename": "規程.pdf",
        "media_type": "application/pdf",
        "size": len(content),
        "ordinal": 1,
        "category": "policy",
        "pages": "2-3",
        "issued_on": "2024-04-01",
        "valid_until": "2024-05-01",
    }
    keep_piece(uow, org, user, piece)
    accept(uow, org, user, pieces=[piece])
    entry_id = scene.enter(actor)
    scene.assign(entry_id, scene.judges[0])
    browser = login(english(uow, scene.judge_users[0]))
    return browser, piece, f"/j/entries/{entry_id}/evidence/{piece['id']}/1", content


def readings(uow):
    uow.session.rollback()  # read what is there now
    return uow.session.exec(
        select(AuditEvent.actor_id).where(AuditEvent.event == "evidence:read")
    ).all()


def test_evidence_of_an_opened_entry_is_an_inert_download(scene, uow, login, proven):
    browser, piece, url, content = proven
    tails = ("", "/look", "/page/1.png")
    for tail in tails:
        browser.get(url + tail, status=404)  # not opened yet
    browser.get(url.partition("/evidence")[0])
    browser.press("I have no conflict of interest: open the entry")
    answer = browser.get(url)
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    browser.get(url[:-1] + "2", status=404)
    browser.get(url.replace(piece["id"], str(uuid.uuid4())), status=404)
    assert readings(uow) == [scene.judges[0].user_id]
    for tail in tails:
        login(scene.judge_users[1]).get(url + tail, status=404)


def test_a_judge_looks_at_evidence_page_by_page(scene, uow, proven):
    browser, _piece, url, _content = proven
    browser.get(url.partition("/evidence")[0])
    page = browser.press("I have no conflict of interest: open the entry")
    [facts] = page.select("dl.app-facts")
    assert [" ".join(f.get_text(" ").split()) for f in facts.select("div")][:4] == [
        "Kind Policy or rules",
        "Date of issue Mon 1 April 2024",
        "Valid until Wed 1 May 2024",
        "Relevant pages 2-3",
    ]
    assert [t.text for t in facts.find_previous("p").select(".govuk-tag")] == [
        "Reviewers only",
        "Expired",
    ]
    [link] = page.select("li a[target=_blank]")
    assert link.text == "Look at 規程 (opens in a new tab)"
    page = browser.get(link["href"])
    assert page.select_one("main img")["src"] == f"{url}/page/2.png"
    assert readings(uow) == []
    assert browser.client.get(f"{url}/page/2.png").data.startswith(b"\x89PNG")
    assert readings(uow) == [scene.judges[0].user_id]
    browser.follow("Next page")
    assert browser.page.select_one("main img")["src"] == f"{url}/page/3.png"
    browser.get(f"{url}/page/6.png", status=404)


@pytest.mark.parametrize("state", [ScanState.BLOCKED, ScanState.QUARANTINED, None])
def test_fi_8_a_judge_gets_nothing_that_was_closed_since(uow, proven, state):
    browser, piece, url, _content = proven
    browser.get(entry := url.partition("/evidence")[0])
    browser.press("I have no conflict of interest: open the entry")
    with uow.transaction():
        row = uow.session.get_one(Evidence, uuid.UUID(piece["id"]))
        if state is None:
            row.visibility = Visibility.INTERNAL
        else:
            [version] = uow.session.exec(select(EvidenceVersion.id))
            uow.session.add(
                EvidenceScan(org_id=row.org_id, version_id=version, state=state, at=NOW)
            )
    for tail in ("", "/look", "/page/1.png"):
        browser.get(url + tail, status=404)
    text = browser.get(entry).main.get_text()
    said = {
        ScanState.BLOCKED: "A virus was found in this file.",
        ScanState.QUARANTINED: "This file is being checked for viruses.",
        None: "The organisation has kept this piece to itself since it was submitted.",
    }
    assert said[state] in text
    assert ("規程.pdf" in text, url in str(browser.page)) == (False, False)
    assert readings(uow) == []
