import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import Snapshot, Status
from jpmirai_compliance.assessments.queries import member as reading
from jpmirai_compliance.assessments.service import submission
from jpmirai_compliance.disclosure.models import Publication, PublicationDraft
from tests import factories
from tests.disclosure import cases

TEXT = "母語で面談しています。"


@pytest.fixture
def early(uow, login, round_):
    org, user, _actor = cases.english_member(uow, "まだの会社")
    given = factories.all_answers(org, 2) | {"P1-01": {"level": 2, "text": TEXT, "note": "覚え"}}
    factories.make_assessment(uow, org, round_, given, by=user)
    return org, user, login(user, org)


@pytest.mark.parametrize(
    ("language", "mark", "unchecked"),
    [
        ("ja", "プレビュー・公開されていません", "まだ証跡を確認していません"),
        ("en", "Preview – not public", "has not checked the evidence yet"),
    ],
)
def test_before_submitting_the_page_is_shown_as_it_would_be_and_nothing_is_kept(
    settings, uow, early, language, mark, unchecked
):
    _org, _user, browser = early
    answer = browser.client.get(f"/m/2026/preview/{language}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text
    for part in (mark, unchecked, TEXT, "50%", "25%"):  # claimed level 2, no evidence: level 1
        assert part in answer.text, part
    assert "覚え" not in answer.text
    assert "/m/2026/preview/" + {"ja": "en", "en": "ja"}[language] in answer.text
    assert 'href="/m/2026/check"' in answer.text
    for kept in (Snapshot, Publication, PublicationDraft):
        assert uow.session.exec(select(kept)).all() == []
    assert not (settings.published / "bundles").exists()


def test_the_badge_of_the_preview_comes_only_if_there_would_be_one(uow, early):
    org, _user, browser = early
    assert browser.client.get("/m/2026/preview/badge.svg").mimetype == "image/svg+xml"
    with uow.transaction():
        answers = factories.AnswerRow.__table__
        uow.session.execute(answers.update().where(answers.c.org_id == org.id).values(level=0))
    browser.get("/m/2026/preview/badge.svg", status=404)
    assert "<img" not in browser.client.get("/m/2026/preview/ja").text


def test_after_the_check_the_numbers_are_no_longer_provisional(login, member):
    org, user, _actor = member
    text = login(user, org).client.get("/m/2026/preview/en").text
    assert "Preview – not public" in text
    assert "provisional" not in text
    assert "has not checked" not in text


def test_while_the_secretariat_checks_the_frozen_answers_are_shown(uow, early):
    _org, user, browser = early
    actor = factories.actor_of(user, early[0])
    with uow.transaction():
        found = reading.assessment(uow, actor, 2026)
        row = uow.session.get_one(factories.Assessment, found.id)
        row.status, row.approved_at, row.approved_by = Status.APPROVED, factories.NOW, user.id
    with uow.transaction():
        version = reading.assessment(uow, actor, 2026).version
        submission.submit(
            uow,
            actor=actor,
            year=2026,
            version=version,
            base_url="http://localhost",
            now=factories.NOW,
        )
    with uow.transaction():
        answers = factories.AnswerRow.__table__
        uow.session.execute(answers.update().values(text="あとから"))
    text = browser.client.get("/m/2026/preview/ja").text
    assert (TEXT in text, "あとから" in text, "暫定" in text) == (True, False, True)


def test_az_3_a_preview_is_the_own_organisations_only(uow, login, early):
    stranger, person, _actor = cases.english_member(uow, "第三の会社")
    browser = login(person, stranger)
    for path in ("preview/ja", "preview/en", "preview/badge.svg"):
        browser.get(f"/m/2026/{path}", status=404)
    login(factories.make_staff(uow)[0]).get("/m/2026/preview/ja", status=403)
