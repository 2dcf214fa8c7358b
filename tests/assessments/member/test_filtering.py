"""Filters show just the questions of their kind, and the way goes through them."""

import pytest

from jpmirai_compliance.assessments.queries import filtering, member_pages
from jpmirai_compliance.assessments.queries.filtering import Filter
from jpmirai_compliance.assessments.rules import Content
from jpmirai_compliance.assessments.service import answers, teamwork
from tests.assessments.member.last_year import make_returning
from tests.factories import NOW, make_user


@pytest.fixture
def who(uow, make_uow):
    """P1-01 changed, P1-02 as copied but confirmed, P1-03 blank, everything else copied."""
    found = make_returning(uow, make_uow)
    found.id = found.start()
    colleague = make_user(uow, found.org)
    with found.uow.transaction() as work:
        said = {
            "P1-01": Content(level=4, text="新しい"),
            "P1-02": Content(not_applicable=True, na_reason="昨年の理由"),
        }
        for id_, content in said.items():
            answers.save(
                work,
                actor=found.actor,
                assessment_id=found.id,
                indicator_id=id_,
                content=content,
                version=1,
                now=NOW,
            )
        for id_ in ("P1-03", "P2-01"):
            teamwork.flag(
                work, actor=found.actor, assessment_id=found.id, indicator_id=id_, on=True, now=NOW
            )
        for place, user in (("P1", found.user), ("P1-02", colleague)):
            teamwork.assign(
                work,
                actor=found.actor,
                assessment_id=found.id,
                place=place,
                user_id=user.id,
                seen=None,
                now=NOW,
            )
    return found


def overview(who):
    who.uow.session.rollback()
    return member_pages.overview(who.uow, who.actor, 2026)


def shown(who, wanted):
    found = overview(who)
    return [q.indicator.id for q in filtering.chosen(found.questions, wanted, who.user.id)]


def test_each_filter_shows_its_kind_and_says_how_many(who):
    found = overview(who)
    first = [q.indicator.id for q in found.sections[0].questions]
    assert shown(who, Filter.UNANSWERED) == ["P1-03"]
    assert shown(who, Filter.FLAGGED) == ["P1-03", "P2-01"]
    assert shown(who, Filter.MINE) == [i for i in first if i != "P1-02"]
    assert shown(who, Filter.CHANGED) == ["P1-01"]
    assert shown(who, Filter.NO_EVIDENCE) == ["P1-01"]
    assert len(shown(who, Filter.PREFILLED)) == found.total - 3
    assert len(shown(who, None)) == found.total
    counts = filtering.counts(found.questions, found, who.user.id)
    assert dict(counts) == {f: len(shown(who, f)) for f in Filter if f is not Filter.RETURNED}


def test_the_way_goes_from_one_of_the_kind_to_the_next(who):
    found, me = overview(who), who.user.id

    def ends(here, wanted):
        pair = (filtering.preceding, filtering.following)
        return [q and q.indicator.id for q in (f(found, here, wanted, me) for f in pair)]

    assert ends("P1-03", Filter.FLAGGED) == [None, "P2-01"]
    assert ends("P1-09", Filter.FLAGGED) == ["P1-03", "P2-01"]
    assert ends("P2-01", Filter.FLAGGED) == ["P1-03", None]
    assert ends("P1-02", None) == ["P1-01", "P1-03"]


def test_who_has_no_last_year_is_not_asked_about_it(make):
    first = make(level=2)
    found = member_pages.overview(first.uow, first.actor, 2026)
    counts = filtering.counts(found.questions, found, first.user.id)
    assert set(counts) == {Filter.UNANSWERED, Filter.FLAGGED, Filter.MINE, Filter.NO_EVIDENCE}
