import io
import json
import uuid

import pytest
from pypdf import PdfReader
from sqlmodel import select

from jpmirai_compliance.accounts.models import SizeBand
from jpmirai_compliance.assessments.models import AcceptedScore, ScoreRange, Snapshot
from jpmirai_compliance.assessments.queries import member
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.schema import migrate, unmigrate
from jpmirai_compliance.principles import MemberKind, Remedy
from jpmirai_compliance.reports import documents
from jpmirai_compliance.reports.queries.feedback import feedback
from tests import factories
from tests.reports.cases import accept, make_group
from tests.typesetting.pages import squeezed

GAP = ("gap", 1, "規程に施行日がありません。")


@pytest.fixture
def round_(uow):
    return factories.make_round(uow)


@pytest.fixture
def who(uow, round_):
    """A member with level 3 everywhere, one gap; another one beside it."""
    other, person, _actor = factories.make_member(uow, "隣の会社")
    accept(uow, round_, other, person, level=4, verdicts={"P1-01": ("gap", 0, "隣の理由")})
    org, user, _actor = factories.make_member(uow, "株式会社みらい製作所")
    return accept(
        uow,
        round_,
        org,
        user,
        level=3,
        levels={"P1-02": 1},
        proven=["P1-01", "P1-02"],
        verdicts={"P1-01": GAP, "P1-02": ("accepted", None, "分かりやすい資料です。")},
    )


def report(make_uow, who, year=2026):
    work = make_uow(Scope(who.org.id))
    return feedback(work, member.assessment(work, who.actor, year))


def test_the_scores_of_a_finished_check_lie_in_rows_of_their_own(uow, who):
    rows = uow.session.exec(select(AcceptedScore).where(AcceptedScore.org_id == who.org.id)).all()
    body = json.loads(
        uow.session.exec(select(Snapshot.body).where(Snapshot.assessment_id == who.id)).one()
    )
    scores = body["assessment"]["scores"]
    wanted = {str(p["principle"]): (p["claimed"], p["evidenced"]) for p in scores["principles"]}
    for name in ("overall", "supply_chain"):
        wanted[name] = (scores[name]["claimed"], scores[name]["evidenced"])
    assert {r.part: (r.claimed, r.evidenced) for r in rows} == wanted
    assert {(r.year, r.kind, r.size, r.edition) for r in rows} == {
        (2026, "employer", "30-299", "2026.1")
    }


def test_the_report_says_numbers_gaps_gates_and_what_the_secretariat_wrote(make_uow, who):
    found = report(make_uow, who)
    assert [r.part for r in found.rows] == ["1", "2", "3", "4", "5", "overall", "supply_chain"]
    overall = found.rows[5]
    assert str(found.sentences[0]) == (
        f"You claim {overall.claimed} of 100; the evidence supports {overall.evidenced}."
    )
    assert [(r.indicator.id, r.kind, r.level, r.reason) for r in found.remarks] == [
        ("P1-01", "gap", *GAP[1:]),
        ("P1-02", "accepted", None, "分かりやすい資料です。"),
    ]
    assert len(found.costly) == 3
    assert {c.gap.remedy for c in found.costly} == {Remedy.EVIDENCE}
    assert "lift it to level 3" in str(found.costly[0].closing)
    assert [r.passed for r in found.badge] == [True] * len(found.badge)
    assert any(not r.passed for r in found.award)
    assert not found.narrative
    assert (found.before_year, found.told) == (None, ())


def test_last_year_is_the_own_stored_score_of_the_newest_year_before(uow, make_uow, round_):
    org, user, _actor = factories.make_member(uow)
    other, person, _actor = factories.make_member(uow, "隣の会社")
    for year, level in ((2023, 4), (2025, 1)):
        past = factories.make_round(uow, year)
        accept(uow, past, org, user, level=level)
        accept(uow, past, other, person, level=0)
    found = report(make_uow, accept(uow, round_, org, user, level=1))
    assert (found.before_year, found.before_edition) == (2025, "2026.1")
    assert [r.before for r in found.rows] == [25] * 7
    assert str(found.sentences[1]) == "The evidenced score is 25, as before."


def test_a_range_is_told_from_ten_members_of_the_same_kind_and_size_on(uow, make_uow, round_):
    group = make_group(uow, round_, 9, levels=[0, 1])
    make_group(uow, round_, 2, levels=[1], size=SizeBand.LARGE)
    make_group(uow, round_, 1, levels=[1], kind=MemberKind.NPO)
    assert uow.session.exec(select(ScoreRange)).all() == []
    found = report(make_uow, group[0])
    assert {r.spread for r in found.rows} == {None}
    assert str(found.group).startswith("No range is shown: fewer than 10 members")
    tenth = make_group(uow, round_, 1, levels=[1])[0]
    found = report(make_uow, tenth)
    assert {(r.spread.low, r.spread.high, r.spread.members) for r in found.rows} == {(0, 25, 10)}
    assert "of 10 members of the same kind and size" in str(found.group)
    rows = uow.session.exec(select(ScoreRange)).all()
    assert {(r.year, r.kind, r.size) for r in rows} == {(2026, "employer", "30-299")}


def test_az_3_the_range_is_all_that_a_member_sees_of_the_others(uow, make_uow, round_):
    group = make_group(uow, round_, 10, levels=[0, 1])
    work = make_uow(Scope(group[0].org.id))
    seen = work.session.exec(select(AcceptedScore.org_id).distinct()).all()
    assert seen == [group[0].org.id]
    names = {f"会員{n}" for n in range(1, 10)}
    assert not names & {str(value) for value in vars_of(report(make_uow, group[0]))}
    with pytest.raises(NotFound):
        member.by_id(make_uow(Scope(group[0].org.id)), group[0].actor, group[1].id)


def vars_of(found):
    return [getattr(found, name) for name in found.__slots__]


def test_individuals_get_words_and_no_number_and_count_in_no_group(uow, make_uow, round_):
    org, user, _actor = factories.make_member(uow, kind=MemberKind.INDIVIDUAL)
    asked = list(factories.all_answers(org))
    who = accept(uow, round_, org, user, level=2, verdicts={asked[0]: ("accepted", None, "良い例")})
    found = report(make_uow, who)
    assert found.narrative
    assert (found.rows, found.costly, found.badge, found.award) == ((), (), (), ())
    assert [t.indicator.id for _n, told in found.told for t in told] == asked
    first = found.told[0][1][0]
    assert (first.said, first.next) == (first.indicator.levels[2], first.indicator.levels[3])
    assert [r.reason for r in found.remarks] == ["良い例"]
    assert uow.session.exec(select(AcceptedScore)).all() == []


def test_before_the_check_is_finished_there_is_no_report(uow, make_uow, round_):
    org, user, actor = factories.make_member(uow)
    factories.make_assessment(uow, org, round_, factories.all_answers(org), by=user)
    work = make_uow(Scope(org.id))
    assert feedback(work, member.assessment(work, actor, 2026)) is None


def test_the_report_takes_as_many_queries_for_two_members_as_for_twelve(
    uow, make_uow, round_, statements
):
    counts = []
    for more in (2, 10):
        group = make_group(uow, round_, more)
        work = make_uow(Scope(group[0].org.id))
        view = member.assessment(work, group[0].actor, 2026)
        with statements() as seen:
            feedback(work, view)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 4


def test_the_migration_fills_scores_and_ranges_from_the_snapshots(engine, uow, round_):
    make_group(uow, round_, 10, levels=[0, 1, 2])
    make_group(uow, round_, 2, kind=MemberKind.NPO)

    def stored():
        uow.session.rollback()
        scores = uow.session.exec(select(AcceptedScore)).all()
        ranges = uow.session.exec(select(ScoreRange)).all()
        uow.session.rollback()
        return (
            sorted((str(s.assessment_id), s.part, s.claimed, s.evidenced, s.size) for s in scores),
            sorted((r.year, r.kind, r.size, r.part, r.low, r.high, r.members) for r in ranges),
        )

    before = stored()
    assert (len(before[0]), len(before[1])) == (12 * 7, 7)
    uow.session.rollback()
    uow.session.connection().close()
    uow.session.close()
    unmigrate(engine, "0007")
    migrate(engine)
    assert stored() == before


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_the_document_says_the_same_and_is_tagged(uow, make_uow, who, locale):
    found = report(make_uow, who)
    data = documents.feedback(found, locale=locale)
    assert data == documents.feedback(found, locale=locale)
    reader = PdfReader(io.BytesIO(data))
    whole = squeezed("".join(page.extract_text() for page in reader.pages))
    for part in (found.number, found.sha256, GAP[2], "分かりやすい資料です。", "みらい製作所"):
        if not (part == "みらい製作所" and locale == "en"):
            assert squeezed(part) in whole, part
    for row in found.rows:
        assert f"{row.evidenced}%" in whole
    for costly in found.costly:
        assert squeezed(costly.indicator.title.pick(locale)) in whole
    assert "隣" not in whole
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_an_individuals_document_has_no_percentage(uow, make_uow, round_):
    org, user, _actor = factories.make_member(uow, kind=MemberKind.INDIVIDUAL)
    found = report(make_uow, accept(uow, round_, org, user))
    reader = PdfReader(io.BytesIO(documents.feedback(found, locale="ja")))
    assert "%" not in "".join(page.extract_text() for page in reader.pages)


def test_nothing_is_kept_twice_for_one_assessment(uow, who):
    keys = uow.session.exec(select(AcceptedScore.assessment_id, AcceptedScore.part)).all()
    assert len(keys) == len(set(keys)) == 14
    assert all(isinstance(id_, uuid.UUID) for id_, _part in keys)
