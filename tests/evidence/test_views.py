import io
import uuid
from urllib.parse import quote

import pytest
from PIL import Image
from sqlmodel import select

from jpmirai_compliance.accounts.models import Membership
from jpmirai_compliance.assessments.models import Assessment
from jpmirai_compliance.evidence import queries, service
from jpmirai_compliance.evidence.models import Visibility
from jpmirai_compliance.evidence.service import Upload
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.policy import Role
from tests.evidence import bombs
from tests.evidence.files import PDF, picture
from tests.factories import NOW, make_assessment, make_member, make_round, make_staff


@pytest.fixture
def kept(uow, store):
    """An organisation's person and a function that attaches a file and gives its address."""
    org, user, actor = make_member(uow)
    round_ = make_round(uow, orgs=[org])
    assessment = make_assessment(uow, org, round_)

    def attach(filename, content, **more):
        with uow.transaction():
            id_ = service.attach_file(
                uow,
                store,
                actor=actor,
                assessment_id=assessment.id,
                org_id=org.id,
                indicator_id="P1-01",
                upload=Upload(filename, content),
                now=NOW,
                **more,
            )
        return f"/evidence/{id_}/1"

    return org, user, attach


@pytest.mark.parametrize(
    ("filename", "content", "media_type"),
    [
        ('方針 2026 "最終";100%.pdf', PDF, "application/pdf"),
        ("page.txt", b"<script>alert(1)</script>", "text/plain"),
        ("photo.jpg", picture("JPEG"), "image/jpeg"),
    ],
)
def test_fi_7_a_download_is_inert(login, kept, filename, content, media_type):
    org, user, attach = kept
    answer = login(user, org).get(attach(filename, content))
    assert answer.data == content
    headers = answer.headers
    assert headers["Content-Type"] == media_type
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "no-store"
    disposition = headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="')
    assert disposition.endswith(f"filename*=UTF-8''{quote(filename, safe='!#$&+-.^_`|~')}")
    assert disposition.isascii()
    assert disposition.count('"') == 2


def test_fi_7_every_reading_is_recorded_with_the_hash(login, uow, kept):
    org, user, attach = kept
    url = attach("a.pdf", PDF)
    _staff, _actor = make_staff(uow, Role.REVIEWER)
    login(user, org).get(url)
    login(_staff).get(url)
    [first, second] = uow.session.exec(
        select(AuditEvent).where(AuditEvent.event == Event.EVIDENCE_READ)
    ).all()
    assert (first.actor_id, second.actor_id) == (user.id, _staff.id)
    assert (first.org_id, second.org_id) == (org.id, org.id)
    [found] = queries.of_answer(uow, _assessment(uow), "P1-01")
    assert f'"sha256":"{found.sha256}"' in first.data


def test_az_3_foreign_internal_and_missing_are_the_same_404_and_leave_no_record(login, uow, kept):
    org, user, attach = kept
    shown, secret = attach("a.pdf", PDF), attach("b.png", picture(), visibility=Visibility.INTERNAL)
    other, stranger, _actor = make_member(uow, "別の会社")
    reviewer, _ = make_staff(uow, Role.REVIEWER)
    judge, _ = make_staff(uow, Role.JUDGE)
    login(user, org).get(secret)
    pages = [
        login(stranger, other).get(shown, status=404),
        login(reviewer).get(secret, status=404),
        login(reviewer).get(secret + "/frame", status=404),
        login(reviewer).get(secret + "/page/1.png", status=404),
        login(judge).get(shown, status=404),
        login(stranger, other).get(f"/evidence/{uuid.uuid4()}/1", status=404),
        login(user, org).get(shown[:-1] + "99999999999999999999", status=404),
    ]
    assert len({page.h1.text for page in pages}) == 1
    events = uow.session.exec(select(AuditEvent).where(AuditEvent.event == Event.EVIDENCE_READ))
    assert [e.actor_id for e in events] == [user.id]


def test_nobody_reads_without_signing_in(app, kept):
    _org, _user, attach = kept
    answer = app.test_client().get(attach("a.pdf", PDF))
    assert answer.status_code in {302, 303, 401}
    assert PDF not in answer.data


def test_az_8_a_reviewer_who_came_from_the_organisation_gets_nothing_of_it(login, uow, kept):
    org, _user, attach = kept
    url = attach("a.png", picture())
    tied, free = (make_staff(uow, Role.REVIEWER)[0] for _ in range(2))
    with uow.transaction():
        uow.session.add(
            Membership(user_id=tied.id, org_id=org.id, role=Role.EDITOR, since=NOW, ended_at=NOW)
        )
    for tail in ("", "/look", "/frame", "/page/1.png"):
        login(tied).get(url + tail, status=404)
        login(free).get(url + tail)
    readers = uow.session.exec(
        select(AuditEvent.actor_id).where(AuditEvent.event == Event.EVIDENCE_READ)
    ).all()
    assert set(readers) == {free.id}


def test_fi_5_a_frame_holds_our_own_page_with_pictures_we_drew(login, uow, kept):
    _org, _user, attach = kept
    reviewer, _ = make_staff(uow, Role.REVIEWER)
    browser = login(reviewer, language="en")
    url = attach("b.pdf", bombs.book(5))
    page = browser.get(f"{url}/frame?pages=2-3,+9")
    policy = browser.answer.headers["Content-Security-Policy"].split("; ")
    assert policy[-1] == "sandbox allow-same-origin"
    assert {"default-src 'none'", "frame-ancestors 'self'", "form-action 'none'"} < set(policy)
    assert page.select("script, form, iframe, object, embed, header, footer") == []
    assert "Page 2 of 5" in page.main.text
    [img] = page.select("img")
    assert img["src"] == f"{url}/page/2.png"
    named = page.select(".app-turning p")[1]
    assert [(e.name, e.text) for e in named.select("a, strong")] == [("strong", "2"), ("a", "3")]
    drawn = browser.client.get(img["src"])
    assert drawn.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Image.open(io.BytesIO(drawn.data)).format == "PNG"
    page = browser.get(named.a["href"])
    assert page.select_one("img")["src"] == f"{url}/page/3.png"
    page = browser.get(page.select_one("a[rel=next]")["href"])
    assert page.select_one("img")["src"] == f"{url}/page/4.png"
    assert [a.text for a in page.select(".app-turning__page")] == ["2", "3"]


def test_a_page_that_the_file_does_not_have_leads_to_the_first(login, uow, kept):
    _org, _user, attach = kept
    reviewer, _ = make_staff(uow, Role.REVIEWER)
    browser = login(reviewer, language="en")
    url = attach("b.pdf", bombs.book(2))
    for tail in ("look", "frame"):
        page = browser.get(f"{url}/{tail}?pages=7")
        assert "cannot be shown here" in page.main.text
        assert page.select("img") == []
        page = browser.get(page.find("a", string="Show the first page")["href"])
        assert page.select_one("img")["src"] == f"{url}/page/1.png"
    for wrong in ("pages=x", "pages=3-1", "pages=%00", "page=x"):
        assert "Page 1 of 2" in browser.get(f"{url}/frame?{wrong}").main.text
    for nowhere in ("0", "501", "-1", "9" * 30):
        browser.get(f"{url}/frame?page={nowhere}", status=404)


def _assessment(uow):
    return uow.session.exec(select(Assessment.id)).one()
