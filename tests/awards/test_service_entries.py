import json

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.models import AwardCycle, Category, Criterion, Entry
from jpmirai_compliance.awards.queries import cycles, eligible, entries
from jpmirai_compliance.awards.rules import EntryState, Source
from jpmirai_compliance.awards.service import cycles as cycle_service
from jpmirai_compliance.awards.service import entries as service
from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.principles import EvidenceState, MemberKind
from tests.awards.scene import BASE, DAY, WIDE, accept, make_scene
from tests.factories import NOW, make_member, make_round, make_staff, make_user


def open_(uow, actor, year=2026, **fields):
    with uow.transaction():
        return cycle_service.open_cycle(
            uow, **({"actor": actor, "year": year, "calendar": WIDE, "now": NOW} | fields)
        )


def propose(scene, org, source=Source.NOMINATED, actor=None, now=NOW, code="a2"):
    with scene.uow.transaction():
        return service.propose(
            scene.uow,
            actor=actor or scene.staff,
            year=2026,
            category_id=scene.category(code).id,
            org_id=org.id,
            source=source,
            base_url=BASE,
            now=now,
        )


def withdraw(scene, actor, now=NOW):
    with scene.uow.transaction():
        service.withdraw(
            scene.uow, actor=actor, year=2026, category_id=scene.category().id, now=now
        )


@pytest.fixture
def scene(uow):
    return make_scene(uow)


@pytest.fixture
def member(uow, scene):
    org, user, actor = make_member(uow, "応募団体")
    accept(uow, org, user)
    noise, noise_user, _ = make_member(uow, "別の団体")
    accept(uow, noise, noise_user)
    return org, user, actor


def test_a_year_opens_with_thirty_categories_and_five_criteria(uow):
    make_round(uow)
    _, staff = make_staff(uow, Role.SECRETARIAT)
    open_(uow, staff)
    found = cycles.cycle(uow, 2026)
    listed = cycles.categories(uow, found.id)
    assert [c.code for c in listed] == [i + g for i in "abcde" for g in "123456"]
    assert listed[1].name.pick("en") == (
        "Fair recruitment and legal compliance: Companies, small and medium"
    )
    assert (listed[1].rule.sizes, listed[1].quota, listed[1].reviews_needed) == (
        ("1-29", "30-299"),
        3,
        2,
    )
    assert next((c.code, c.weight) for c in cycles.criteria(uow, found.id)) == ("benefit", 3)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"year": 2031}, NotFound),
        ({"initiatives": ()}, Incomplete),
        ({"calendar": rules.Calendar(NOW, NOW, NOW, NOW + DAY)}, Incomplete),
    ],
)
def test_a_year_that_cannot_open_leaves_nothing(uow, fields, error):
    make_round(uow)
    _, staff = make_staff(uow, Role.SECRETARIAT)
    with pytest.raises(error):
        open_(uow, staff, **fields)
    assert uow.session.exec(select(AwardCycle)).all() == []


def test_a_year_opens_once_and_by_the_secretariat_only(uow, scene):
    with pytest.raises(DomainError, match="open already"):
        open_(uow, scene.staff)
    for actor in (scene.judges[0], make_staff(uow, Role.REVIEWER)[1], make_member(uow)[2]):
        with pytest.raises(NotPermitted):
            open_(uow, actor, year=2027)


def change(scene, version=None, actor=None, **fields):
    category = scene.category()
    values = {
        "name_ja": "部門",
        "name_en": "Category",
        "quota": 5,
        "reviews_needed": 3,
        "kinds": ("npo",),
        "sizes": (),
    }
    with scene.uow.transaction():
        cycle_service.change_category(
            scene.uow,
            actor=actor or scene.staff,
            year=2026,
            category_id=category.id,
            change=cycle_service.CategoryChange(**(values | fields)),
            version=category.version if version is None else version,
            now=NOW,
        )


def test_a_category_changes_under_its_version(scene):
    old = scene.category()
    change(scene)
    new = scene.category()
    assert (new.quota, new.reviews_needed, new.rule.kinds, new.rule.principle) == (
        5,
        3,
        ("npo",),
        1,
    )
    assert new.version == old.version + 1
    with pytest.raises(Conflict):
        change(scene, version=old.version)
    for wrong in ({"quota": 0}, {"reviews_needed": 10}, {"kinds": ()}, {"name_en": ""}):
        with pytest.raises(Incomplete):
            change(scene, **wrong)
    with pytest.raises(NotPermitted):
        change(scene, actor=scene.judges[0])


def test_weights_change_until_somebody_scores(scene, uow):
    def weigh(**weights):
        with uow.transaction():
            cycle_service.change_weights(
                uow,
                actor=scene.staff,
                year=2026,
                weights=weights,
                version=scene.cycle.version,
                now=NOW,
            )

    weigh(originality=2)
    assert {c.code: c.weight for c in cycles.criteria(uow, scene.cycle.id)}["originality"] == 2
    for wrong in ({"originality": 11}, {"beauty": 1}):
        with pytest.raises(Incomplete):
            weigh(**wrong)
    scene.entered("甲", reviewed=[((3,),)])
    with pytest.raises(DomainError, match="weights stay"):
        weigh(originality=1)


def test_only_a_category_without_entries_is_removed(scene, uow, member):
    def remove(code):
        with uow.transaction():
            cycle_service.remove_category(
                uow, actor=scene.staff, year=2026, category_id=scene.category(code).id, now=NOW
            )

    scene.enter(member[2])
    with pytest.raises(DomainError, match="has entries"):
        remove("a2")
    remove("b2")
    assert [c.code for c in cycles.categories(uow, scene.cycle.id)] == ["a2", "a6", "b6"]


def test_an_approver_enters_and_the_frozen_assessment_is_bound(scene, uow, member):
    org, user, actor = member
    entry_id = scene.enter(actor)
    found = scene.entry(org)
    assert (found.id, found.state, found.source) == (entry_id, EntryState.ENTERED, Source.OWN)
    assert {f.code for f in found.findings if not f.passed} == set()
    assert found.findings[-1].code == "consent"
    row = uow.session.get_one(Entry, entry_id)
    assert (row.consent_by, row.consent_at) == (user.id, NOW)
    [event] = uow.session.exec(select(AuditEvent).where(AuditEvent.event == "awards:entered")).all()
    assert json.loads(event.data) == {
        "category": "a2",
        "source": "own",
        "state": "entered",
        "snapshot": found.snapshot_sha256,
    }
    assert event.org_id == org.id


def test_entering_again_changes_the_words_not_the_entry(scene, member):
    first = scene.enter(member[2])
    assert scene.enter(member[2], title="あたらしい題") == first
    assert scene.entry(member[0]).title == "あたらしい題"


@pytest.mark.parametrize("fields", [{"title": ""}, {"statement": ""}, {"consent": False}], ids=str)
def test_an_unfinished_entry_is_refused(scene, uow, member, fields):
    with pytest.raises(Incomplete) as error:
        scene.enter(member[2], **fields)
    assert [g.target for g in error.value.gaps] == [*fields]
    assert uow.session.exec(select(Entry)).all() == []


def test_who_may_not_enter(scene, uow, member):
    editor = Actor(member[1].id, member[0].id, frozenset({Role.EDITOR, Role.ADMIN}))
    for actor in (editor, scene.judges[0]):
        with pytest.raises(NotPermitted):
            scene.enter(actor)
    with pytest.raises(NotFound):
        scene.enter(scene.staff)  # the secretariat proposes, the member enters


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"publish": False}, ["published"]),
        ({"evidence": EvidenceState.NONE}, None),
    ],
)
def test_who_is_not_eligible_is_told_each_rule(scene, uow, fields, codes):
    org, user, actor = make_member(uow, "まだの団体")
    accept(uow, org, user, **fields)
    with pytest.raises(Incomplete) as error:
        scene.enter(actor)
    facts = eligible.facts(uow, 2026, org.id)
    findings = rules.eligibility(scene.category().rule, facts[0].candidate())
    failed = [f for f in findings if not f.passed and f.code != "consent"]
    assert [g.text for g in error.value.gaps] == [f.text for f in failed]
    if codes:
        assert [f.code for f in failed] == codes


def test_without_an_accepted_assessment_nobody_enters(scene, uow):
    _, _, actor = make_member(uow, "未提出")
    with pytest.raises(Incomplete):
        scene.enter(actor)


@pytest.mark.parametrize("fields", [{"kind": MemberKind.NPO}, {"size": None}], ids=["kind", "size"])
def test_another_kind_or_size_cannot_enter(scene, uow, fields):
    org, user, actor = make_member(uow, "対象外", **fields)
    accept(uow, org, user)
    with pytest.raises(Incomplete):
        scene.enter(actor)


def test_az_11_entries_are_taken_to_the_millisecond(scene, member):
    import datetime as dt

    step = dt.timedelta(milliseconds=1)
    for moment in (WIDE.entries_open - step, WIDE.entries_close):
        with pytest.raises(DomainError, match="Entries are taken"):
            scene.enter(member[2], now=moment)
    scene.enter(member[2], now=WIDE.entries_close - step)
    with pytest.raises(DomainError, match="Entries are taken"):
        withdraw(scene, member[2], now=WIDE.entries_close)


def test_a_nominee_is_asked_and_consents(scene, uow, member, outbox):
    org, user, actor = member
    propose(scene, org)
    assert (scene.entry(org).state, scene.entry(org).source) == (
        EntryState.PROPOSED,
        Source.NOMINATED,
    )
    [mail] = [m for m in outbox(NOW) if "推薦" in m["Subject"]]
    assert mail["To"] == user.email
    assert f"{BASE}/m/awards/{scene.category().id}" in mail.get_content()
    with pytest.raises(DomainError, match="already has an entry"):
        propose(scene, org)
    scene.enter(actor)
    assert (scene.entry(org).state, scene.entry(org).source) == (
        EntryState.ENTERED,
        Source.NOMINATED,
    )


def test_a_nominee_declines_and_may_be_asked_again(scene, member):
    org, _, actor = member
    propose(scene, org)
    withdraw(scene, actor)
    assert scene.entry(org).state is EntryState.WITHDRAWN
    propose(scene, org)
    assert scene.entry(org).state is EntryState.PROPOSED


def test_who_may_not_nominate_and_who_may_not_be_nominated(scene, uow, member):
    for actor in (member[2], scene.judges[0], make_staff(uow, Role.REVIEWER)[1]):
        with pytest.raises(NotPermitted):
            propose(scene, member[0], actor=actor)
    org, user, _ = make_member(uow, "未公開")
    accept(uow, org, user, publish=False)
    with pytest.raises(Incomplete):
        propose(scene, org)
    assert uow.session.exec(select(Entry)).all() == []


def test_a_suggestion_keeps_the_rule_that_fired(scene, uow, member):
    org = member[0]
    weak, weak_user, _ = make_member(uow, "まあまあ")
    accept(uow, weak, weak_user, level=3)
    strong, strong_user, _ = make_member(uow, "とても")
    accept(uow, strong, strong_user, level=4)
    members = eligible.facts(uow, 2026)
    found = eligible.suggested(uow, 2026, scene.category(), members)
    assert found[0].org_id == strong.id
    assert found[0].suggestion.code == "evidenced"
    propose(scene, strong, Source.SUGGESTED)
    assert str(scene.entry(strong).fired) == ("Place 1 by evidenced score of principle 1: 100%.")
    left = eligible.suggested(uow, 2026, scene.category(), members)
    assert strong.id not in {s.org_id for s in left}
    assert org.id in {s.org_id for s in left}
    outsider, outsider_user, _ = make_member(uow, "下位")
    accept(uow, outsider, outsider_user, publish=False)
    with pytest.raises(DomainError, match="do not suggest"):
        propose(scene, outsider, Source.SUGGESTED)


def test_az_2_a_member_sees_its_own_entries_only(scene, uow, member, make_uow):
    scene.enter(member[2])
    other, _, _ = make_member(uow, "のぞき見")
    assert len(entries.of_category(make_uow(Scope(member[0].id)), scene.category().id)) == 1
    assert entries.of_category(make_uow(Scope(other.id)), scene.category().id) == ()


def test_the_database_refuses_an_entry_without_consent(scene, uow, member):
    entry_id = scene.enter(member[2])
    with pytest.raises(IntegrityError), uow.transaction():
        row = uow.session.get_one(Entry, entry_id)
        row.consent_at = row.consent_by = None


def test_the_database_refuses_wrong_quotas_and_weights(scene, uow):
    for table, field in ((Category, "quota"), (Criterion, "weight")):
        with pytest.raises(IntegrityError), uow.transaction():
            setattr(uow.session.exec(select(table)).first(), field, 0)


def test_an_approver_of_two_years_ago_gets_no_mail(scene, uow, member, outbox):
    make_user(uow, member[0], (Role.EDITOR,))
    propose(scene, member[0])
    assert [m["To"] for m in outbox(NOW) if "推薦" in m["Subject"]] == [member[1].email]


def test_au_6_an_entry_that_a_reviewer_has_opened_is_the_one_that_all_judge(uow):
    scene = make_scene(uow)
    [(_, _, actor, entry_id)] = scene.entered("甲", reviewed=[((4,),)])
    [(_, _, other, unread)] = scene.entered("乙")
    before = scene.uow.session.get_one(Entry, entry_id).version
    with pytest.raises(DomainError, match="cannot be changed any more"):
        scene.enter(actor, title="別の題名")
    assert scene.enter(actor) == entry_id
    uow.session.rollback()
    row = uow.session.get_one(Entry, entry_id)
    assert (row.title, row.version) == ("相談窓口を六つの言語で", before)
    assert scene.enter(other, title="別の題名") == unread
