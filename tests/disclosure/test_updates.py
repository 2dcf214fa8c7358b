"""The half-year update on the public page: same page, same publication, same dates."""

import datetime as dt
import json

import pytest

from jpmirai_compliance.assessments.models import Participation, UpdatePeriod
from jpmirai_compliance.assessments.queries import updates as reading
from jpmirai_compliance.assessments.service import updates as writing
from jpmirai_compliance.assessments.service.updates import Said
from jpmirai_compliance.disclosure import queries, rules
from jpmirai_compliance.disclosure.service import updates
from tests import factories
from tests.disclosure import cases
from tests.disclosure.cases import NOW

LATER = NOW + dt.timedelta(days=180)


@pytest.fixture
def asked(uow, member, round_):
    """An update period half a year later, in which the member has written something."""
    org, user, actor = member
    with uow.transaction():
        uow.session.add(Participation(round_id=round_.id, org_id=org.id, form="full", added_at=NOW))
        uow.session.add(
            UpdatePeriod(
                round_id=round_.id,
                opens_at=NOW,
                closes_at=LATER + dt.timedelta(days=400),
                created_at=NOW,
                created_by=user.id,
            )
        )
    say(uow, actor, 0, done="We trained 14 people.")
    return actor


def say(uow, actor, version, **texts):
    with uow.transaction():
        writing.save_part(
            uow,
            actor=actor,
            year=2026,
            principle=1,
            said=Said(**texts),
            version=version,
            now=LATER,
        )


def submit(app, settings, uow, actor, now=LATER):
    with uow.transaction():
        return updates.submit(
            uow,
            actor=actor,
            year=2026,
            seen=reading.update(uow, actor, 2026).seen,
            write=cases.press_of(app, settings).write,
            settle=cases.settler(app, settings),
            now=now,
        )


def live_file(settings, found, name):
    return (settings.published / "live" / found.slug / "2026" / name).read_text()


def test_it_joins_the_page_that_is_public_and_changes_no_date(
    app, settings, uow, member, asked, publish, client
):
    org = member[0]
    before = publish(asked)
    assert submit(app, settings, uow, asked) is True
    after = queries.live_publication(uow, org.id, 2026)
    assert (after.slug, after.published_at, after.valid_until, after.badge) == (
        before.slug,
        before.published_at,
        before.valid_until,
        before.badge,
    )
    assert queries.by_code(uow, before.code) == after
    added = dict(after.page)
    update = added.pop("update")
    assert {k: v for k, v in added.items() if k != "code"} == {
        k: v for k, v in before.page.items() if k != "code"
    }
    assert [(p["number"], p["done"]) for p in update["principles"]] == [
        (1, "We trained 14 people.")
    ]
    page = client.get(f"/en/orgs/{after.slug}/2026").text
    assert "We trained 14 people." in page
    assert "The secretariat has not checked it." in page
    data = json.loads(client.get(f"/data/{after.slug}/2026.json").text)
    assert data["selfAssessment"]["update"] == update


def test_handed_in_again_it_replaces_the_text_and_twice_is_once(
    app, settings, uow, member, asked, publish
):
    publish(asked)
    submit(app, settings, uow, asked)
    first = queries.live_publication(uow, member[0].id, 2026)
    assert submit(app, settings, uow, asked) is True
    assert queries.live_publication(uow, member[0].id, 2026) == first
    say(uow, asked, 1, done="We trained 20 people.")
    submit(app, settings, uow, asked, LATER + dt.timedelta(days=1))
    second = queries.live_publication(uow, member[0].id, 2026)
    assert second.page["update"]["principles"][0]["done"] == "We trained 20 people."
    assert queries.by_code(uow, first.code) == second


def test_an_update_of_a_lapsed_page_does_not_revive_its_badge(
    app, settings, uow, member, asked, publish
):
    before = publish(asked)
    long_after = before.valid_until + dt.timedelta(days=3)
    submit(app, settings, uow, asked, long_after)
    after = queries.live_publication(uow, member[0].id, 2026)
    assert after.valid_until == before.valid_until


def test_without_a_public_page_it_waits_for_one(app, settings, uow, member, asked, publish):
    assert submit(app, settings, uow, asked) is False
    assert queries.live(uow, member[0].id) == ()
    found = publish(asked, now=LATER)
    assert found.page["update"]["principles"][0]["done"] == "We trained 14 people."


def test_a_page_without_an_update_stays_as_it_was():
    page = {"edition": factories.EDITION, "year": 2026}
    assert rules.with_update(page, None) == page
