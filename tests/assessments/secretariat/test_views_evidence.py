"""Evidence on the reviewer's desk: described, looked at in place, and nothing of it runs."""

import datetime as dt
import uuid

import pytest
from sqlmodel import col, select

from jpmirai_compliance.evidence import service
from jpmirai_compliance.evidence.models import (
    Evidence,
    EvidenceScan,
    EvidenceVersion,
    ScanState,
    Visibility,
)
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from tests import factories
from tests.assessments.secretariat.conftest import NOW
from tests.evidence import bombs
from tests.evidence.files import picture

FILES = {"規程.pdf": bombs.book(5), "写真.png": picture(), "記録.csv": b"a,<b>\n1,2\n"}


@pytest.fixture
def desk(login, english):
    return login(english)


@pytest.fixture
def answer(uow, make_case, round_, store):
    """The desk's address of an answer with a file of each sort and a link; its case."""
    org, user, member = factories.make_member(uow, "写真の会社")

    def attach(work, assessment_id, indicator_id):
        said = {"actor": member, "org_id": org.id, "assessment_id": assessment_id}
        for second, (name, content) in enumerate(FILES.items()):
            id_ = service.attach_file(
                work,
                store,
                indicator_id=indicator_id,
                upload=service.Upload(name, content),
                title=name.partition(".")[0],
                visibility=Visibility.PUBLIC if second else Visibility.REVIEWERS,
                issued_on=dt.date(2024, 4, 1),
                valid_until=dt.date(2024, 5, 1) if second == 0 else dt.date(2100, 5, 1),
                now=NOW + dt.timedelta(seconds=second),
                **said,
            )
            if second == 0:
                place = service.Place(org.id, assessment_id, indicator_id, "2-3")
                service.set_pages(work, actor=member, place=place, evidence_id=id_, now=NOW)
        service.attach_link(
            work,
            indicator_id=indicator_id,
            url="https://example.org/policy",
            title="方針のページ",
            now=NOW + dt.timedelta(minutes=1),
            **said,
        )

    at = factories.clock() - dt.timedelta(hours=1)
    case = make_case.again(round_, org, user, member, at=at, attach=attach)
    return f"/s/reviews/{case.id}/{case.bare}", case


def cards(page):
    return page.select("section.app-card")


def words(element):
    return " ".join(element.get_text(" ").split()).replace("\u200b", "")


def facts(card):
    tags = [t.text for t in card.select(".govuk-tag")]
    return tags, [words(pair) for pair in card.select("dl.app-facts div")]


def piece_of(uow, title):
    return uow.session.exec(select(Evidence).where(col(Evidence.title) == title)).one()


def test_each_piece_says_what_it_is_and_opens_in_place(desk, uow, answer):
    url, _case = answer
    paper, photo, sheet, link = cards(desk.get(url))
    sha256 = uow.session.exec(
        select(EvidenceVersion.sha256).where(EvidenceVersion.filename == "規程.pdf")
    ).one()
    assert facts(paper) == (
        ["Reviewers only", "Expired"],
        [
            "Kind Other",
            "Date of issue Mon 1 April 2024",
            "Valid until Wed 1 May 2024",
            "Relevant pages 2-3",
            "Version 1",
            f"SHA-256 {sha256[:16]}…",
        ],
    )
    assert facts(photo)[0] == ["Public", "Valid"]
    assert "Not scanned for viruses" in words(photo)
    for card, name in zip((paper, photo, sheet), FILES, strict=True):
        [frame] = card.select("iframe")
        assert frame["sandbox"] == ["allow-same-origin"]
        assert frame["title"] == f"Preview of {name.partition('.')[0]}"
        look, download = card.select("a")
        assert (look["target"], words(look)) == (
            "_blank",
            f"Look at {name.partition('.')[0]} (opens in a new tab)",
        )
        answered = desk.client.get(download["href"])
        assert answered.data == FILES[name]
        assert answered.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert desk.get(look["href"]).h1.text == name.partition(".")[0]
        inside = desk.get(frame["src"])
        assert inside.select("script, form, iframe, object, embed") == []
    assert [c.text for c in desk.page.select("td")] == ["a", "<b>", "1", "2"]
    assert link.select("iframe") == []
    [outside] = link.select("a")
    assert outside["href"] == "https://example.org/policy"
    assert set(outside["rel"]) == {"noopener", "noreferrer", "nofollow", "external"}
    assert words(outside).endswith("(outside this service, opens in a new tab)")
    assert facts(link) == (["Reviewers only"], ["Kind Web page"])


def test_the_pages_that_the_member_named_open_first_and_are_recorded(desk, uow, answer, english):
    url, _case = answer
    paper = cards(desk.get(url))[0]
    page = desk.get(paper.iframe["src"])
    assert "Page 2 of 5" in words(page.main)
    assert [a.text for a in page.select(".app-turning__page")] == ["3"]
    said = select(AuditEvent.actor_id).where(AuditEvent.event == Event.EVIDENCE_READ)
    assert uow.session.exec(said).all() == []
    uow.session.rollback()  # what is read next is what is there then
    assert desk.client.get(page.img["src"]).data.startswith(b"\x89PNG")
    assert uow.session.exec(said).all() == [english.id]


@pytest.mark.parametrize("change", ["internal", ScanState.BLOCKED, ScanState.QUARANTINED])
def test_fi_8_what_was_closed_since_is_said_and_not_opened(desk, uow, answer, change):
    url, _case = answer
    before = desk.get(url)
    addresses = [cards(before)[0].iframe["src"], *(a["href"] for a in cards(before)[0].select("a"))]
    with uow.transaction():
        row = piece_of(uow, "規程")
        if change == "internal":
            row.visibility = Visibility.INTERNAL
        else:
            version = uow.session.exec(
                select(EvidenceVersion.id).where(EvidenceVersion.evidence_id == row.id)
            ).one()
            scan = EvidenceScan(org_id=row.org_id, version_id=version, state=change, at=NOW)
            uow.session.add(scan)
    paper, photo, *_rest = cards(desk.get(url))
    assert paper.select("iframe, a, img") == []
    said = {
        "internal": "The organisation has kept this piece to itself since it was submitted.",
        ScanState.BLOCKED: "A virus was found in this file.",
        ScanState.QUARANTINED: "This file is being checked for viruses.",
    }
    assert said[change] in words(paper)
    assert len(photo.select("iframe")) == 1
    for address in addresses:
        desk.get(address, status=404)


def test_a_version_that_was_added_since_is_not_what_is_shown(desk, uow, answer, store):
    url, case = answer
    row = piece_of(uow, "写真")
    received = service.receive(
        uow,
        store,
        actor=case.member,
        org_id=case.org.id,
        upload=service.Upload("新しい写真.png", picture(size=(9, 9))),
        quota_mb=100,
    )
    with uow.transaction():
        service.add_version(
            uow,
            actor=case.member,
            evidence_id=row.id,
            received=received,
            quota_mb=100,
            now=factories.clock(),
        )
    photo = cards(desk.get(url))[1]
    assert "Version 1" in facts(photo)[1]
    assert f"/evidence/{uuid.UUID(str(row.id))}/1/frame" in photo.iframe["src"]
    assert "新しい写真" not in words(photo)
