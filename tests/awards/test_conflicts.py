"""AZ-7 and AZ-8: who must not judge does not judge, and does not learn that there is anything."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from jpmirai_compliance.accounts.models import Membership
from jpmirai_compliance.awards.models import Assignment, Conflict
from jpmirai_compliance.awards.queries import conflicts, desk
from jpmirai_compliance.awards.rules import ConflictKind
from jpmirai_compliance.awards.service import assignment, scoring
from jpmirai_compliance.foundation.errors import DomainError, Incomplete, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Role
from tests.awards.scene import BASE, DAY, accept, card, make_scene
from tests.factories import NOW, actor_of, make_member, make_user


def tie(uow, user, org, *, ended=None, role=Role.EDITOR):
    with uow.transaction():
        uow.session.add(
            Membership(
                user_id=user.id, org_id=org.id, role=role, since=NOW - 900 * DAY, ended_at=ended
            )
        )


def planted(uow, kind, scene):
    """Return a member with an entry and a judge who has this kind of tie to it."""
    fields = {}
    if kind == "parent":
        parent, _, _ = make_member(uow, "親会社")
        fields = {"parent_id": parent.id}
    if kind == "sister":
        parent, _, _ = make_member(uow, "親会社")
        sister, _, _ = make_member(uow, "姉妹会社", parent_id=parent.id)
        fields = {"parent_id": parent.id}
    if kind == "mail domain":
        fields = {"contact_email": "info@own-company.example"}
    org, user, actor = make_member(uow, "応募団体", **fields)
    accept(uow, org, user)
    address = "x@own-company.example" if kind == "mail domain" else f"{kind[:3]}@elsewhere.example"
    judge = make_user(uow, None, (Role.JUDGE,), email=address, totp_secret="x")
    if kind == "own":
        tie(uow, judge, org)
    if kind == "former":
        tie(uow, judge, org, ended=NOW - 200 * DAY)
    if kind == "parent":
        tie(uow, judge, parent)
    if kind == "sister":
        tie(uow, judge, sister)
    return org, scene.enter(actor), judge


TIES = ["own", "former", "parent", "sister", "mail domain"]


@pytest.mark.parametrize("kind", TIES)
def test_az_8_a_tie_that_follows_from_facts_blocks_assignment_and_page(uow, kind):
    scene = make_scene(uow, judges=1)
    _, entry_id, user = planted(uow, kind, scene)
    judge = actor_of(user, None, (Role.JUDGE,))
    with pytest.raises(DomainError, match="conflict of interest"):
        scene.assign(entry_id, judge)
    assert uow.session.exec(select(Assignment)).all() == []
    with uow.transaction():
        done = assignment.assign(uow, actor=scene.staff, year=2026, base_url=BASE, now=NOW)
    [given] = uow.session.exec(select(Assignment)).all()
    assert (given.judge_id, done.made, done.short) == (scene.judges[0].user_id, 1, {entry_id: 1})
    [found] = conflicts.of_cycle(uow, scene.cycle.id)
    assert (found.judge_id, found.entry_id, found.kind) == (user.id, entry_id, ConflictKind.DERIVED)
    # an assignment that came in some other way is not served either
    with uow.transaction():
        row = Assignment(
            entry_id=entry_id, judge_id=user.id, assigned_at=NOW, assigned_by=scene.staff.user_id
        )
        uow.session.add(row)
    assert desk.desk(uow, actor=judge) == ()
    for act in (scoring.clear,):
        with pytest.raises(NotFound), uow.transaction():
            act(uow, actor=judge, entry_id=entry_id, now=NOW)
    with pytest.raises(NotFound):
        desk.sheet(uow, actor=judge, entry_id=entry_id)
    with pytest.raises(NotFound), uow.transaction():
        scoring.save(
            uow,
            actor=judge,
            entry_id=entry_id,
            marks=card(5),
            comment="",
            version=1,
            submit=True,
            now=NOW,
        )


def test_az_8_a_stranger_is_not_blocked(uow):
    scene = make_scene(uow)
    other, _, _ = make_member(uow, "別の団体")
    tie(uow, scene.judge_users[0], other)
    [(_, _, _, entry_id)] = scene.entered("応募団体")
    scene.assign(entry_id, scene.judges[0])
    assert [row.entry_id for row in desk.desk(uow, actor=scene.judges[0])] == [entry_id]


def test_az_8_a_declared_conflict_takes_the_entry_away_and_the_card_with_it(uow):
    scene = make_scene(uow, judges=3)
    [(_, _, _, entry_id)] = scene.entered("応募団体")
    judge = scene.judges[0]
    scene.assign(entry_id, judge)
    with pytest.raises(Incomplete), uow.transaction():
        scoring.declare(uow, actor=judge, entry_id=entry_id, reason="", now=NOW)
    with uow.transaction():
        scoring.declare(uow, actor=judge, entry_id=entry_id, reason="配偶者が勤務", now=NOW)
    assert desk.desk(uow, actor=judge) == ()
    with pytest.raises(NotFound):
        desk.sheet(uow, actor=judge, entry_id=entry_id)
    with uow.transaction():
        done = assignment.assign(uow, actor=scene.staff, year=2026, base_url=BASE, now=NOW)
    again = uow.session.exec(select(Assignment.judge_id).where(Assignment.ended_at.is_(None))).all()
    assert (done.made, set(again)) == (2, {j.user_id for j in scene.judges[1:]})


def test_az_8_nobody_lifts_their_own_conflict_and_nobody_a_derived_one(uow):
    scene = make_scene(uow)
    [(org, _, _, entry_id)] = scene.entered("応募団体")
    both_user = make_user(
        uow, None, (Role.SECRETARIAT, Role.REVIEWER), email="b@b.example", totp_secret="x"
    )
    both = actor_of(both_user, None, (Role.SECRETARIAT, Role.REVIEWER))
    scene.assign(entry_id, both)
    with uow.transaction():
        scoring.declare(uow, actor=both, entry_id=entry_id, reason="友人", now=NOW)
    tie(uow, scene.judge_users[0], org)
    with uow.transaction():
        assignment.assign(uow, actor=scene.staff, year=2026, base_url=BASE, now=NOW)
    by_kind = {c.kind: c for c in conflicts.of_cycle(uow, scene.cycle.id)}

    def lift(actor, kind, year=2026):
        with uow.transaction():
            scoring.lift(
                uow, actor=actor, year=year, conflict_id=by_kind[kind].id, reason="誤り", now=NOW
            )

    with pytest.raises(NotPermitted, match="Nobody lifts their own"):
        lift(both, ConflictKind.DECLARED)
    with pytest.raises(DomainError, match="follows from facts"):
        lift(scene.staff, ConflictKind.DERIVED)
    with pytest.raises(NotPermitted):
        lift(scene.judges[1], ConflictKind.DECLARED)
    with pytest.raises(NotFound):
        lift(scene.staff, ConflictKind.DECLARED, year=2025)
    lift(scene.staff, ConflictKind.DECLARED)
    assert [c.lifted for c in conflicts.of_cycle(uow, scene.cycle.id) if c.kind == "declared"] == [
        True
    ]


def test_az_8_the_database_refuses_a_conflict_lifted_by_oneself(uow):
    scene = make_scene(uow)
    [(_, _, _, entry_id)] = scene.entered("応募団体")
    judge = scene.judges[0].user_id
    with pytest.raises(IntegrityError), uow.transaction():
        uow.session.add(
            Conflict(
                judge_id=judge,
                entry_id=entry_id,
                kind=ConflictKind.DECLARED,
                basis="x",
                at=NOW,
                lifted_at=NOW,
                lifted_by=judge,
            )
        )


def test_az_7_queue_and_sheet_are_the_same_with_and_without_a_conflicted_entry(uow):
    scene = make_scene(uow)
    found = scene.entered("甲", "乙")
    judge = scene.judges[0]
    for _, _, _, entry_id in found:
        scene.assign(entry_id, judge)
    scene.score(judge, found[0][3], 4)
    before = desk.desk(uow, actor=judge), desk.peers(uow, actor=judge, entry_id=found[0][3])
    org, _, _, hidden = scene.entered("丙（審査員の勤務先）")[0]
    with uow.transaction():
        uow.session.add(
            Assignment(
                entry_id=hidden, judge_id=judge.user_id, assigned_at=NOW, assigned_by=judge.user_id
            )
        )
    assert len(desk.desk(uow, actor=judge)) == 3  # it would show: the tie is what hides it
    tie(uow, scene.judge_users[0], org)
    after = desk.desk(uow, actor=judge), desk.peers(uow, actor=judge, entry_id=found[0][3])
    assert after == before


def test_az_7_the_mail_to_a_reviewer_is_the_same_with_and_without_a_conflicted_entry(uow, outbox):
    bodies = []
    for year, hidden in ((2026, False), (2027, True)):
        scene = make_scene(uow, judges=2, year=year)
        org, user, actor = make_member(uow, f"応募団体{year}")
        accept(uow, org, user, year=year)
        scene.enter(actor)
        if hidden:
            own, user, actor = make_member(uow, "審査員の勤務先")
            accept(uow, own, user, year=year)
            scene.enter(actor)
            tie(uow, scene.judge_users[0], own)
        with uow.transaction():
            assignment.assign(uow, actor=scene.staff, year=year, base_url=BASE, now=NOW)
        address = scene.judge_users[0].email
        mails = [m for m in outbox(NOW) if m["To"] == address]
        bodies.append([(m["Subject"].replace(str(year), ""), m.get_content()) for m in mails])
    assert len(bodies[0]) == 1
    assert bodies[0] == bodies[1]
