import datetime as dt
import json

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.models import Decision
from jpmirai_compliance.awards.queries import results, winners
from jpmirai_compliance.awards.rules import Outcome, Stage
from jpmirai_compliance.awards.service import decisions, scoring
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.errors import Conflict, DomainError, Incomplete, NotPermitted
from jpmirai_compliance.foundation.policy import Role
from tests.awards.scene import BASE, DAY, WIDE, make_scene
from tests.factories import NOW, make_member, make_staff


def shortlist(scene, code="a2", actor=None, now=NOW, reason="規則どおり"):
    with scene.uow.transaction():
        return decisions.shortlist(
            scene.uow,
            actor=actor or scene.staff,
            year=2026,
            category_id=scene.category(code).id,
            reason=reason,
            now=now,
        )


def decide(scene, named, code="a2", actor=None, reason="効果が確かめられた"):
    with scene.uow.transaction():
        return decisions.decide(
            scene.uow,
            actor=actor or scene.staff,
            year=2026,
            category_id=scene.category(code).id,
            named=named,
            reason=reason,
            now=NOW,
        )


def release(scene, actor=None):
    with scene.uow.transaction():
        decisions.release(
            scene.uow,
            actor=actor or scene.boss,
            year=2026,
            version=scene.cycle.version,
            base_url=BASE,
            now=NOW,
        )


@pytest.fixture
def scene(uow):
    return make_scene(uow)


def test_the_best_three_are_listed_decided_released_and_public(scene, uow, outbox):
    found = scene.entered(
        "甲", "乙", "丙", "丁", reviewed=[((5,), (4,)), ((3,), (3,)), ((2,), (1,)), ((1,), (1,))]
    )
    ids = [f[3] for f in found]
    shortlist(scene)
    [listed] = results.decisions(uow, [scene.category().id])
    assert (listed.stage, listed.named, listed.holds) == (Stage.SHORTLIST, tuple(ids[:3]), True)
    assert [line["total"] for line in listed.result["standings"]] == ["9/2", "3", "3/2", "1"]
    assert listed.result["reserve"] == [str(ids[3])]
    decide(scene, [ids[1], ids[0]])
    assert winners.winners(uow, 2026) == ()  # decided, not released
    release(scene)
    [prize] = winners.winners(uow, 2026)
    assert [w.organisation.pick("ja") for w in prize.winners] == ["甲", "乙"]
    assert prize.reason == "効果が確かめられた"
    sent = {m["To"]: m.get_content() for m in outbox(NOW) if "結果" in m["Subject"]}
    assert sorted(sent) == sorted(f[1].email for f in found)
    assert "おめでとう" in sent[found[0][1].email]
    assert "おめでとう" not in sent[found[3][1].email]


def test_a_stored_decision_recomputes_to_the_same_result(scene, uow):
    found = scene.entered("甲", "乙", reviewed=[((5, 4, 3, "na", 2), (4,)), ((3,), (3,))])
    shortlist(scene)
    decide(scene, [found[0][3]])
    for row in uow.session.exec(select(Decision)).all():
        basis = json.loads(row.basis)
        assert rules.digest(rules.canonical(basis)) == row.sha256
        assert rules.canonical(rules.recompute(basis)) == row.result
    assert results.verify(uow) == []
    assert rules.recompute(json.loads(row.basis))["standings"][0]["criteria"]["reach"] == "4"


def test_a_decision_that_was_tampered_with_does_not_hold(scene, uow):
    scene.entered("甲", reviewed=[((5,), (4,))])
    shortlist(scene)
    [found] = results.decisions(uow, [scene.category().id])
    basis = json.loads(json.dumps(dict(found.basis)))
    basis["entries"][0]["cards"][0]["scores"]["benefit"] = 1
    import dataclasses

    assert dataclasses.replace(found, basis=basis).holds is False
    assert dataclasses.replace(found, named=()).holds is False


def test_decisions_are_append_only(scene, uow):
    scene.entered("甲", reviewed=[((5,), (4,))])
    shortlist(scene)
    row = uow.session.exec(select(Decision)).one()
    with pytest.raises(DBAPIError, match="append-only"), uow.transaction():
        uow.session.get_one(Decision, row.id).reason = "ほんとうは別の理由"


def test_no_award_is_an_outcome_with_a_reason(scene, uow):
    scene.entered("甲", reviewed=[((1,), (1,))])
    shortlist(scene)
    with pytest.raises(Incomplete):
        decide(scene, [], reason="")
    decide(scene, [], reason="基準に届く応募がなかった")
    last = results.decisions(uow, [scene.category().id])[-1]
    assert (last.outcome, last.named, last.holds) == (Outcome.NO_AWARD, (), True)
    release(scene)
    [prize] = winners.winners(uow, 2026)
    assert (prize.winners, prize.reason) == ((), "基準に届く応募がなかった")


def test_a_later_conflict_makes_the_shortlist_stale_and_the_card_stops_counting(scene, uow):
    found = scene.entered("甲", "乙", reviewed=[((5,), (5,)), ((3,), (3,))])
    shortlist(scene)
    from jpmirai_compliance.accounts.models import Membership

    with uow.transaction():
        uow.session.add(
            Membership(
                user_id=scene.judges[0].user_id,
                org_id=found[0][0].id,
                role=Role.EDITOR,
                since=NOW - 900 * DAY,
                ended_at=NOW - 100 * DAY,
            )
        )
    with pytest.raises(DomainError, match="changed since the shortlist"):
        decide(scene, [found[0][3]])
    shortlist(scene, now=WIDE.judging_close)
    last = results.decisions(uow, [scene.category().id])[-1]
    assert last.result["below_quorum"] == [str(found[0][3])]
    assert last.basis["conflicts"] == [[str(found[0][3]), str(scene.judges[0].user_id), "derived"]]


def test_shortlist_waits_for_reviews_until_judging_closes(scene):
    scene.entered("甲", reviewed=[((5,),)])
    with pytest.raises(DomainError, match="Reviews are still missing"):
        shortlist(scene, now=WIDE.judging_close - dt.timedelta(milliseconds=1))
    shortlist(scene, now=WIDE.judging_close)


def test_winners_come_from_the_shortlist_only(scene, uow):
    scene.entered("甲", reviewed=[((5,), (5,))])
    with pytest.raises(DomainError, match="Make the shortlist first"):
        decide(scene, [])
    shortlist(scene)
    stranger = scene.entered("乙")[0][3]
    with pytest.raises(DomainError, match="changed since the shortlist"):
        decide(scene, [stranger])
    with pytest.raises(Incomplete):
        shortlist(scene, reason="")


def test_az_9_one_account_cannot_decide_and_release(scene, uow):
    found = scene.entered("甲", reviewed=[((5,), (5,))])
    with pytest.raises(Incomplete):
        release(scene)
    shortlist(scene)
    decide(scene, [found[0][3]])
    with pytest.raises(NotPermitted, match="Another person"):
        release(scene, actor=scene.staff)
    assert winners.released(uow) == ()
    release(scene)
    assert winners.released(uow) == (2026,)
    with pytest.raises(DomainError, match="released"):
        release(scene)
    with pytest.raises(DomainError, match="released"):
        shortlist(scene)


def test_a_release_of_an_old_page_is_a_conflict(scene, uow):
    found = scene.entered("甲", reviewed=[((5,), (5,))])
    shortlist(scene)
    decide(scene, [found[0][3]])
    with pytest.raises(Conflict), uow.transaction():
        decisions.release(uow, actor=scene.boss, year=2026, version=99, base_url=BASE, now=NOW)


def test_who_may_not_decide(scene, uow):
    found = scene.entered("甲", reviewed=[((5,), (5,))])
    reviewer = make_staff(uow, Role.REVIEWER)[1]
    for actor in (reviewer, scene.judges[0], found[0][2], make_member(uow, "乙")[2]):
        for act in (shortlist, lambda s, actor: decide(s, [], actor=actor), release):
            with pytest.raises(NotPermitted):
                act(scene, actor=actor)
    assert results.decisions(uow, [scene.category().id]) == ()


def test_secretariat_with_a_tie_neither_sees_nor_decides(scene, uow):
    found = scene.entered("甲", reviewed=[((5,), (5,))])
    from jpmirai_compliance.accounts.models import Membership

    with uow.transaction():
        uow.session.add(
            Membership(
                user_id=scene.staff.user_id,
                org_id=found[0][0].id,
                role=Role.ADMIN,
                since=NOW - 900 * DAY,
                ended_at=NOW - 100 * DAY,
            )
        )
    category_id = scene.category().id
    assert results.withheld(uow, actor=scene.staff, category_id=category_id) is not None
    assert results.withheld(uow, actor=scene.boss, category_id=category_id) is None
    with pytest.raises(NotPermitted, match="conflict of interest"):
        shortlist(scene)
    shortlist(scene, actor=scene.boss)


def test_a_reviewing_secretary_sees_results_after_the_own_scores_only(scene, uow):
    [(_, _, _, entry_id)] = scene.entered("甲", reviewed=[((5,),)])
    both = make_staff(uow, Role.SECRETARIAT, Role.REVIEWER)[1]
    scene.assign(entry_id, both)
    assert results.withheld(uow, actor=both, category_id=scene.category().id) is not None
    scene.score(both, entry_id, 3)
    assert results.withheld(uow, actor=both, category_id=scene.category().id) is None


def test_scores_do_not_move_after_the_shortlist(scene, uow):
    [(_, _, _, entry_id)] = scene.entered("甲", reviewed=[((5,), (5,))])
    shortlist(scene)
    with pytest.raises(DomainError, match="shortlist of this category is fixed"), uow.transaction():
        scoring.declare(uow, actor=scene.judges[0], entry_id=entry_id, reason="親族", now=NOW)


def test_au_2_a_failing_event_rolls_the_decision_back(scene, uow, monkeypatch):
    scene.entered("甲", reviewed=[((5,), (5,))])

    def broken(*_args, **_kwargs):
        raise OSError

    monkeypatch.setattr(audit, "digest", broken)
    with pytest.raises(OSError):
        shortlist(scene)
    monkeypatch.undo()
    assert uow.session.exec(select(Decision)).all() == []
