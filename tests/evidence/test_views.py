import uuid
from urllib.parse import quote

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import Assessment
from jpmirai_compliance.evidence import queries, service
from jpmirai_compliance.evidence.models import Visibility
from jpmirai_compliance.evidence.service import Upload
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.policy import Role
from tests.evidence.files import PDF, office, picture
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
        login(reviewer).get(secret + "/view", status=404),
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


def test_pictures_and_pdfs_are_shown_in_our_own_pages_only(login, uow, kept):
    _org, _user, attach = kept
    reviewer, _ = make_staff(uow, Role.REVIEWER)
    browser = login(reviewer)
    image = browser.get(attach("a.png", picture()) + "/view")
    assert image.headers["Content-Disposition"].startswith("inline; ")
    assert image.headers["Content-Security-Policy"] == (
        "default-src 'none'; frame-ancestors 'self'; sandbox"
    )
    paper = browser.get(attach("b.pdf", PDF) + "/view")
    assert paper.headers["Content-Security-Policy"] == (
        "default-src 'none'; object-src 'self'; frame-ancestors 'self'"
    )
    assert paper.headers["X-Content-Type-Options"] == "nosniff"
    for name, content in (("c.docx", office()), ("d.txt", b"<b>text</b>"), ("e.csv", b"a,b")):
        browser.get(attach(name, content) + "/view", status=404)


def _assessment(uow):
    return uow.session.exec(select(Assessment.id)).one()
