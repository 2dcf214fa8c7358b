import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select

from jpmirai_compliance.accounts.models import Membership
from jpmirai_compliance.awards.models import Assignment, Score, Scorecard, ScoreLog
from jpmirai_compliance.awards.queries import conflicts, desk, eligible, entries, results
from jpmirai_compliance.awards.rules import CardState, Choice
from jpmirai_compliance.awards.service import assignment, scoring
from jpmirai_compliance.awards.service.scoring import Mark
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.policy import Role
from tests.awards.scene import BASE, WIDE, accept, card, make_scene
from tests.factories import NOW, make_member, make_staff


@pytest.fixture
def scene(uow):
    return make_scene(uow)


@pytest.fixture
def entry_id(scene):
    found = scene.entered("応募団体", "別の団体")[0][3]
    for judge in scene.judges:
        scene.assign(found, judge)
    with scene.uow.transaction():
        scoring.clear(scene.uow, actor=scene.judges[0], entry_id=found, now=NOW)
    return found


def save(scene, entry_id, marks, *, version=1, submit=False, judge=0, comment="", now=NOW):
    with scene.uow.transaction():
        return scoring.save(
            scene.uow,
            actor=scene.judges[judge],
            entry_id=entry_id,
            marks=marks,
            comment=comment,
            version=version,
            submit=submit,
            now=now,
        )


def test_a_draft_keeps_marks_reasons_and_comment_and_logs_old_and_new(scene, uow, entry_id):
    first = {"benefit": Mark("3", "記録あり"), "reach": Mark("na"), "continuity": Mark("", "未定")}
    version = save(scene, entry_id, first, comment="途中")
    assert version == 2
    save(scene, entry_id, first | {"benefit": Mark("5", "記録あり")}, version=version)
    stored = desk.sheet(uow, actor=scene.judges[0], entry_id=entry_id).card
    assert {c: (m.choice, m.reason) for c, m in stored.marks.items()} == {
        "benefit": ("5", "記録あり"),
        "reproducibility": ("", ""),
        "continuity": ("", "未定"),
        "reach": ("na", ""),
        "originality": ("", ""),
    }
    assert (stored.state, stored.version) == (CardState.DRAFT, 3)
    log = uow.session.exec(select(ScoreLog.old, ScoreLog.new)).all()
    assert sorted(log) == [("", "3"), ("", "na"), ("3", "5")]


def test_submitting_needs_every_criterion(scene, entry_id):
    with pytest.raises(Incomplete) as error:
        save(scene, entry_id, card(3) | {"reach": Mark("")}, submit=True)
    assert [g.target for g in error.value.gaps] == ["score_reach"]


@pytest.mark.parametrize("choice", ["0", "6", "-1", "five", "3 ", "na"])
def test_no_other_value_is_stored(scene, uow, entry_id, choice):
    with pytest.raises(Incomplete):
        save(scene, entry_id, card(3) | {"benefit": Mark(choice)})
    assert uow.session.exec(select(Score)).all() == []


def test_submitting_twice_is_submitting_once_and_nothing_changes_after(scene, uow, entry_id):
    assert save(scene, entry_id, card(4), submit=True) == 2
    assert save(scene, entry_id, card(4), submit=True, version=1) == 2
    assert uow.session.exec(select(Scorecard.state)).all() == [CardState.SUBMITTED]
    with pytest.raises(DomainError, match="do not change any more"):
        save(scene, entry_id, card(5), submit=True, version=2)
    with pytest.raises(DomainError, match="do not change any more"):
        save(scene, entry_id, card(4), version=2)
    assert set(uow.session.exec(select(Score.value)).all()) == {4}


def test_a_second_window_gets_a_conflict(scene, uow, entry_id):
    save(scene, entry_id, card(4))
    with pytest.raises(Conflict):
        save(scene, entry_id, card(1))
    assert set(uow.session.exec(select(Score.value)).all()) == {4}


def test_nobody_sees_others_scores_before_the_own_are_in(scene, uow, entry_id):
    scene.score(scene.judges[1], entry_id, 2)
    assert desk.peers(uow, actor=scene.judges[0], entry_id=entry_id) == ()
    save(scene, entry_id, card(4))
    assert desk.peers(uow, actor=scene.judges[0], entry_id=entry_id) == ()
    save(scene, entry_id, card(4), version=2, submit=True)
    [peer] = desk.peers(uow, actor=scene.judges[0], entry_id=entry_id)
    assert {m.choice for m in peer.marks.values()} == {"2"}


def test_the_content_opens_after_the_declaration_only(scene, uow, entry_id):
    other = scene.judges[1]
    closed = desk.sheet(uow, actor=other, entry_id=entry_id)
    assert (closed.card, closed.title, closed.statement, closed.body) == (None, "", "", None)
    with pytest.raises(DomainError, match="Say first"):
        save(scene, entry_id, card(3), judge=1)
    with uow.transaction():
        scoring.clear(uow, actor=other, entry_id=entry_id, now=NOW)
    with uow.transaction():
        scoring.clear(uow, actor=other, entry_id=entry_id, now=NOW)  # twice is once
    opened = desk.sheet(uow, actor=other, entry_id=entry_id)
    assert (opened.title, opened.body["kind"]) == ("相談窓口を六つの言語で", "accepted")


def test_az_11_scores_are_taken_to_the_millisecond(scene, entry_id):
    import datetime as dt

    step = dt.timedelta(milliseconds=1)
    for moment in (WIDE.judging_open - step, WIDE.judging_close):
        with pytest.raises(DomainError, match="Judging runs"):
            save(scene, entry_id, card(3), now=moment)
    save(scene, entry_id, card(3), now=WIDE.judging_close - step)


def test_az_11_a_recused_card_is_not_submitted(scene, uow, entry_id):
    judge = scene.judges[0]
    with pytest.raises(Conflict), uow.transaction():
        scoring.recuse(uow, actor=judge, entry_id=entry_id, reason="時間", version=9, now=NOW)
    with uow.transaction():
        scoring.recuse(uow, actor=judge, entry_id=entry_id, reason="時間", version=1, now=NOW)
    with pytest.raises(NotFound):
        save(scene, entry_id, card(3), submit=True, version=2)
    assert uow.session.exec(select(Scorecard.state)).all() == [CardState.RECUSED]
    assert desk.desk(uow, actor=judge) == ()
    assert conflicts.of_cycle(uow, scene.cycle.id) == ()


def test_who_may_not_score(scene, uow, entry_id):
    stranger = make_staff(uow, Role.REVIEWER)[1]
    with pytest.raises(NotFound), uow.transaction():
        scoring.clear(uow, actor=stranger, entry_id=entry_id, now=NOW)
    for actor in (scene.staff, make_member(uow, "無関係")[2]):
        with pytest.raises(NotPermitted), uow.transaction():
            scoring.clear(uow, actor=actor, entry_id=entry_id, now=NOW)


def test_scores_are_append_only_in_the_log_and_checked_in_the_table(scene, uow, entry_id):
    save(scene, entry_id, card(3))
    with pytest.raises(DBAPIError, match="append-only"), uow.transaction():
        uow.session.exec(select(ScoreLog)).first().new = "5"
    for fields in ({"value": 6}, {"value": None}, {"choice": Choice.NA}):
        with pytest.raises(IntegrityError), uow.transaction():
            row = uow.session.exec(select(Score)).first()
            for name, value in fields.items():
                setattr(row, name, value)


def test_assignment_is_balanced_tops_up_and_is_the_same_again(uow):
    scene = make_scene(uow, judges=3)
    found = [f[3] for f in scene.entered("甲", "乙", "丙")]
    with uow.transaction():
        done = assignment.assign(uow, actor=scene.staff, year=2026, base_url=BASE, now=NOW)
    assert (done.made, dict(done.short)) == (6, {})
    loads = [p.assigned for p in results.progress(uow, scene.cycle.id)]
    assert loads == [2, 2, 2]
    with uow.transaction():
        again = assignment.assign(uow, actor=scene.staff, year=2026, base_url=BASE, now=NOW)
    assert again.made == 0
    by_entry = uow.session.exec(select(Assignment.entry_id)).all()
    assert sorted(by_entry) == sorted(found * 2)


def test_assignment_needs_the_secretariat_and_a_real_reviewer(uow):
    scene = make_scene(uow)
    [(_, _, actor, entry_id)] = scene.entered("甲")
    for who in (actor, scene.judges[0], make_staff(uow, Role.REVIEWER)[1]):
        with pytest.raises(NotPermitted), uow.transaction():
            assignment.assign(uow, actor=who, year=2026, base_url=BASE, now=NOW)
    with pytest.raises(NotFound):
        scene.assign(entry_id, actor)  # a member's person is no reviewer
    scene.assign(entry_id, scene.judges[0])
    with pytest.raises(DomainError, match="had this entry before"):
        scene.assign(entry_id, scene.judges[0])
    with pytest.raises(DomainError, match="Judging runs"), uow.transaction():
        assignment.assign(uow, actor=scene.staff, year=2026, base_url=BASE, now=WIDE.judging_close)


def test_query_counts_do_not_grow_with_entries(uow, statements):
    counts = []
    for year, names in ((2026, "甲"), (2027, "乙丙丁")):
        scene = make_scene(uow, year=year)
        for name in names:
            org, user, actor = make_member(uow, name)
            accept(uow, org, user, year=year)
            entry = scene.enter(actor)
            for judge in scene.judges:
                scene.assign(entry, judge)
                scene.score(judge, entry, 3)
        cycle, category = scene.cycle, scene.category()
        uow.session.expunge_all()
        seen = []
        for read in (
            lambda s=scene: desk.desk(uow, actor=s.judges[0]),
            lambda c=category: entries.of_category(uow, c.id),
            lambda y=year: eligible.facts(uow, y),
            lambda c=cycle: results.progress(uow, c.id),
            lambda c=cycle, k=category: results.basis(uow, c, k),
        ):
            with statements() as said:
                read()
            seen.append(len(said))
        if counts:
            with uow.transaction():
                pass
        counts.append(seen)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16


def test_az_8_nobody_chooses_the_judges_of_an_entry_they_are_tied_to(scene, uow):
    [(org, _, _, entry_id)] = scene.entered("甲")
    [(_, _, _, other)] = scene.entered("乙")
    with uow.transaction():
        uow.session.add(
            Membership(
                user_id=scene.staff.user_id, org_id=org.id, role=Role.ADMIN, since=NOW, ended_at=NOW
            )
        )
    with pytest.raises(NotPermitted, match="conflict of interest"):
        scene.assign(entry_id, scene.judges[0])
    assert uow.session.exec(select(Assignment)).all() == []
    scene.assign(other, scene.judges[0])
    scene.staff = scene.boss
    scene.assign(entry_id, scene.judges[0])
