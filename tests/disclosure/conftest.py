import pytest

from tests import factories
from tests.disclosure import cases


@pytest.fixture
def round_(uow):
    return factories.make_round(uow)


@pytest.fixture
def member(uow, round_):
    """An accepted organisation, its person, the person's actor; a second one stands beside it."""
    other, other_user, _actor = factories.make_member(uow, "隣の会社")
    cases.accept(uow, other, other_user, round_, texts={"P1-01": "隣の会社の文章"})
    org, user, actor = cases.english_member(
        uow, "株式会社みらい製作所", name_en="Mirai Works", website="https://example.com/"
    )
    cases.accept(uow, org, user, round_)
    return org, user, actor


@pytest.fixture
def publish(app, settings, uow):
    return lambda actor, **fields: cases.publish(app, settings, uow, actor, **fields)
