import datetime as dt

import pytest

from jpmirai_compliance.assessments.models import Status, UpdatePeriod
from jpmirai_compliance.assessments.service import updates
from jpmirai_compliance.assessments.service.updates import Said
from tests import factories

NOW = factories.NOW
CLOSED = NOW - dt.timedelta(days=100)


@pytest.fixture
def member(uow):
    return factories.make_member(uow, "みらい製作所")


@pytest.fixture
def other(uow):
    return factories.make_member(uow, "隣の会社")


@pytest.fixture
def round_(uow, member, other):
    orgs = [member[0], other[0]]
    return factories.make_round(
        uow, orgs=orgs, opens_at=CLOSED - dt.timedelta(days=90), closes_at=CLOSED
    )


@pytest.fixture
def handed_in(uow, round_, member, other):
    for org, *_who in (member, other):
        factories.make_assessment(uow, org, round_, status=Status.SUBMITTED, submitted_at=CLOSED)


@pytest.fixture
def period(uow, round_, handed_in):
    """An update period that is open at NOW, and by the real clock too."""
    user, _actor = factories.make_staff(uow)
    with uow.transaction():
        uow.session.add(
            UpdatePeriod(
                round_id=round_.id,
                opens_at=NOW - dt.timedelta(days=9),
                closes_at=NOW + dt.timedelta(days=3650),
                created_at=NOW,
                created_by=user.id,
            )
        )
    return round_


@pytest.fixture
def write(uow, period):
    def write_(actor, principle, *, version=0, now=NOW, **texts):
        with uow.transaction():
            return updates.save_part(
                uow,
                actor=actor,
                year=2026,
                principle=principle,
                said=Said(**texts),
                version=version,
                now=now,
            )

    return write_
