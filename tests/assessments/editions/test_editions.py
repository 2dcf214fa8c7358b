"""Editions: cloned, edited, published; what is published or was answered never changes."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from jpmirai_compliance.assessments.models import (
    Assessment,
    BankEdition,
    FormLength,
    Round,
    Snapshot,
    SnapshotKind,
    Status,
)
from jpmirai_compliance.assessments.queries import editions as queries
from jpmirai_compliance.assessments.queries.editions import EditionState
from jpmirai_compliance.assessments.service import editions as service
from jpmirai_compliance.assessments.service import freezing, rounds
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles import BankError, EditionClash, catalogue, load_edition
from jpmirai_compliance.principles.data import as_yaml
from jpmirai_compliance.principles.drafting import entry_of
from tests.factories import NOW, all_answers, make_assessment, make_member, make_round, make_staff
from tests.statements import counting

SHIPPED = load_edition("2026.1")
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def uow(make_uow):
    return make_uow()


@pytest.fixture
def office(uow):
    return make_staff(uow, Role.SECRETARIAT)[1]


def call(uow, function, actor, **values):
    with uow.transaction():
        return function(uow, actor=actor, now=NOW, **values)


def a_draft(uow, office):
    return call(uow, service.clone, office, source="2026.1")


def shown(uow, office, edition_id="2026.2"):
    return queries.edition(uow, actor=office, edition_id=edition_id)


def reworded(view, indicator_id="P1-01", title="責任者と点検"):
    entry = entry_of(view.text, indicator_id)
    return entry, replace(entry, indicator=entry.indicator | {"title": {"ja": title, "en": "New"}})


def edit(uow, office, title="責任者と点検", indicator_id="P1-01"):
    entry, changed = reworded(shown(uow, office), indicator_id, title)
    call(
        uow,
        service.save_indicator,
        office,
        edition_id="2026.2",
        indicator_id=indicator_id,
        entry=changed,
        token=entry.token,
    )


def publish(uow, office):
    version = shown(uow, office).version
    call(uow, service.publish, office, edition_id="2026.2", version=version)


@pytest.fixture
def frozen(uow):
    """A submission of this year, frozen before anything happens to the editions."""
    org, user, actor = make_member(uow)
    round_ = make_round(uow, orgs=[org])
    assessment = make_assessment(uow, org, round_, all_answers(org), user)
    with uow.transaction():
        row = uow.session.get(Assessment, assessment.id)
        row.status, row.submitted_at = Status.SUBMITTED, NOW
        freezing.freeze(
            uow,
            row,
            kind=SnapshotKind.SUBMITTED,
            actor=actor,
            event=Event.ASSESSMENT_SUBMITTED,
            now=NOW,
        )


def tamper(uow, engine_name):
    """Change what triggers protect, as somebody with the database's password could."""
    if engine_name == "sqlite":
        off = ["DROP TRIGGER bank_edition_no_update", "DROP TRIGGER snapshot_no_update"]
        on = []  # this database is thrown away
    else:
        triggers = {"bank_edition": "bank_edition_fixed", "snapshot": "snapshot_append_only"}
        off = [f"ALTER TABLE {t} DISABLE TRIGGER {name}" for t, name in triggers.items()]
        on = [f"ALTER TABLE {t} ENABLE TRIGGER {name}" for t, name in triggers.items()]
    changes = (
        "UPDATE bank_edition SET body = replace(body, 'New', 'Old')",
        "UPDATE snapshot SET body = replace(body, '2026', '2025')",
    )
    with uow.transaction():
        for statement in (*off, *changes, *on):
            uow.session.execute(text(statement))


def events(uow):
    rows = uow.session.exec(select(AuditEvent).order_by(AuditEvent.seq)).all()
    return [(row.event, row.subject) for row in rows]


def test_a_clone_is_the_same_under_a_new_id(uow, office, engine_name):
    assert a_draft(uow, office) == "2026.2"
    draft = shown(uow, office)
    assert draft.edition == replace(SHIPPED, id="2026.2")
    assert (draft.state, draft.based_on, draft.asked) == (EditionState.DRAFT, "2026.1", 54)
    assert [v.id for v in queries.all_editions(uow, actor=office)] == ["2026.2", "2026.1"]
    assert queries.known_ids(uow) == ("2026.1",)
    assert events(uow) == [("assessments:edition-changed", "edition:2026.2")]


@pytest.mark.parametrize("who", ["reviewer", "member"])
def test_only_the_secretariat_may(uow, office, who, engine_name):
    other = make_staff(uow, Role.REVIEWER)[1] if who == "reviewer" else make_member(uow)[2]
    a_draft(uow, office)
    with pytest.raises(NotPermitted):
        queries.all_editions(uow, actor=other)
    with pytest.raises(NotPermitted):
        call(uow, service.clone, other, source="2026.1")
    with pytest.raises(NotPermitted):
        call(uow, service.publish, other, edition_id="2026.2", version=1)
    assert len(events(uow)) == 1


def test_a_saved_text_is_in_the_draft_and_nowhere_else(uow, office, engine_name):
    a_draft(uow, office)
    edit(uow, office)
    draft = shown(uow, office)
    assert draft.edition.indicator("P1-01").title.pick("ja") == "責任者と点検"
    assert draft.edition.indicators[1:] == SHIPPED.indicators[1:]
    assert load_edition("2026.1") == SHIPPED
    with pytest.raises(BankError):
        load_edition("2026.2")


def test_two_who_change_one_question_see_both_texts(uow, office, engine_name):
    a_draft(uow, office)
    entry, mine = reworded(shown(uow, office), title="私の題")
    edit(uow, office, "他の人の題")
    with pytest.raises(Conflict) as caught:
        call(
            uow,
            service.save_indicator,
            office,
            edition_id="2026.2",
            indicator_id="P1-01",
            entry=mine,
            token=entry.token,
        )
    assert [(c.field, c.mine, c.theirs) for c in caught.value.fields] == [
        ("title_ja", "私の題", "他の人の題")
    ]
    assert shown(uow, office).edition.indicator("P1-01").title.pick("ja") == "他の人の題"


def test_two_who_change_different_questions_do_not_meet(uow, office, engine_name):
    a_draft(uow, office)
    before = entry_of(shown(uow, office).text, "P1-02").token
    edit(uow, office)
    entry, changed = reworded(shown(uow, office), "P1-02")
    assert entry.token == before
    edit(uow, office, indicator_id="P1-02")
    assert entry_of(shown(uow, office).text, "P1-02") == changed


def test_what_is_wrong_is_named_and_changes_nothing(uow, office, engine_name):
    a_draft(uow, office)
    before = shown(uow, office)
    entry = entry_of(before.text, "P1-01")
    wrong = replace(entry, indicator=entry.indicator | {"core": False, "gate": "badge"})
    with pytest.raises(BankError, match=r"^p1\.yaml: P1-01\.core: an indicator with a gate"):
        call(
            uow,
            service.save_indicator,
            office,
            edition_id="2026.2",
            indicator_id="P1-01",
            entry=wrong,
            token=entry.token,
        )
    assert shown(uow, office) == before


def test_a_new_indicator_gets_an_id_that_nobody_used_even_in_another_draft(
    uow, office, engine_name
):
    a_draft(uow, office)
    entry = entry_of(shown(uow, office).text, "P1-01")
    add = {"edition_id": "2026.2", "principle": 1, "entry": entry}
    assert call(uow, service.add_indicator, office, **add) == "P1-14"
    call(uow, service.clone, office, source="2026.1")
    add["edition_id"] = "2026.3"
    assert call(uow, service.add_indicator, office, **add) == "P1-15"
    draft = shown(uow, office)
    assert (draft.asked, draft.edition.indicators[13].id) == (55, "P1-14")


def test_retired_and_asked_again(uow, office, engine_name):
    a_draft(uow, office)
    where = {"edition_id": "2026.2", "indicator_id": "P3-01"}
    assert call(uow, service.set_asked, office, asked=False, **where)
    draft = shown(uow, office)
    assert draft.edition.indicator("P3-01").until == "2026.2"
    assert (draft.asked, len(draft.edition.indicators)) == (53, 54)
    assert call(uow, service.set_asked, office, asked=True, **where)
    assert shown(uow, office).edition == replace(SHIPPED, id="2026.2")


def test_what_nobody_was_asked_is_removed_not_retired(uow, office, engine_name):
    a_draft(uow, office)
    entry = entry_of(shown(uow, office).text, "P1-01")
    call(uow, service.add_indicator, office, edition_id="2026.2", principle=5, entry=entry)
    gone = {"edition_id": "2026.2", "indicator_id": "P5-10", "asked": False}
    assert not call(uow, service.set_asked, office, **gone)
    assert shown(uow, office).edition == replace(SHIPPED, id="2026.2")


def test_published_is_for_ever(uow, office, engine_name):
    a_draft(uow, office)
    edit(uow, office)
    entry = entry_of(shown(uow, office).text, "P1-01")
    publish(uow, office)
    assert shown(uow, office).state is EditionState.PUBLISHED
    assert load_edition("2026.2") == shown(uow, office).edition
    same = {"edition_id": "2026.2"}
    one = same | {"indicator_id": "P1-01"}
    for function, values in (
        (service.save_indicator, one | {"entry": entry, "token": entry.token}),
        (service.set_asked, one | {"asked": False}),
        (service.import_files, same | {"files": {}, "version": 1}),
        (service.publish, same | {"version": 1}),
        (service.discard, same | {"version": 1}),
    ):
        with pytest.raises(DomainError, match=r"^A published edition never changes"):
            call(uow, function, office, **values)
    with pytest.raises(NotFound):
        call(uow, service.discard, office, edition_id="2099.1", version=1)
    assert events(uow)[-1] == ("assessments:edition-published", "edition:2026.2")


@pytest.mark.parametrize(
    "statement", ["UPDATE bank_edition SET body = 'x'", "DELETE FROM bank_edition"]
)
def test_the_database_itself_refuses_to_change_a_published_edition(
    uow, office, statement, engine_name
):
    a_draft(uow, office)
    edit(uow, office)
    publish(uow, office)
    with pytest.raises(DBAPIError, match="never changes"), uow.transaction():
        uow.session.execute(text(statement))


def test_an_unchanged_draft_and_one_seen_too_early_are_not_published(uow, office, engine_name):
    a_draft(uow, office)
    with pytest.raises(DomainError, match=r"^Nothing differs"):
        publish(uow, office)
    version = shown(uow, office).version
    edit(uow, office)
    with pytest.raises(Conflict):
        call(uow, service.publish, office, edition_id="2026.2", version=version)
    assert queries.known_ids(uow) == ("2026.1",)


def test_a_draft_that_lacks_what_was_published_meanwhile_is_refused(uow, office, engine_name):
    a_draft(uow, office)
    call(uow, service.clone, office, source="2026.1")
    entry = entry_of(shown(uow, office).text, "P1-01")
    call(uow, service.add_indicator, office, edition_id="2026.2", principle=1, entry=entry)
    publish(uow, office)
    late = {"edition_id": "2026.3", "indicator_id": "P1-02", "asked": False}
    call(uow, service.set_asked, office, **late)
    version = shown(uow, office, "2026.3").version
    with pytest.raises(BankError, match=r"^p1\.yaml: P1-14: in edition 2026\.2; clone that one"):
        call(uow, service.publish, office, edition_id="2026.3", version=version)


def test_a_round_uses_published_editions_only(uow, office, engine_name):
    a_draft(uow, office)
    edit(uow, office)
    plan = rounds.Plan(2027, "2026.2", NOW, LATER, FormLength.FULL)
    with pytest.raises(Incomplete):
        call(uow, rounds.open_round, office, plan=plan, org_ids=())
    publish(uow, office)
    call(uow, rounds.open_round, office, plan=plan, org_ids=())
    assert uow.session.exec(select(Round.edition)).all() == ["2026.2"]
    assert shown(uow, office).rounds == (2027,)


def test_another_process_learns_of_it_with_one_small_query(uow, office, engine, engine_name):
    a_draft(uow, office)
    edit(uow, office)
    publish(uow, office)
    catalogue._registered.clear()
    with pytest.raises(BankError):
        load_edition("2026.2")
    queries.make_known(uow)
    assert load_edition("2026.2") == shown(uow, office).edition
    with counting(engine) as statements:
        queries.make_known(uow)
    assert len(statements) == 1


def test_a_process_that_knows_another_edition_of_this_id_stops(uow, office, engine_name):
    a_draft(uow, office)
    edit(uow, office)
    publish(uow, office)
    catalogue._registered["2026.2"] = ("0" * 64, SHIPPED)
    with pytest.raises(EditionClash):
        queries.make_known(uow)


def test_files_that_were_exported_import_without_a_change(uow, office, engine_name):
    a_draft(uow, office)
    edit(uow, office)
    draft = shown(uow, office)
    same = {"edition_id": "2026.2", "version": draft.version}
    assert not call(uow, service.import_files, office, files=as_yaml(draft.edition), **same)
    assert shown(uow, office) == draft


def test_thresholds_change_by_import(uow, office, engine_name):
    a_draft(uow, office)
    draft = shown(uow, office)
    file = as_yaml(draft.edition)["edition.yaml"].replace("min_items: 3", "min_items: 4")
    sent = {"edition_id": "2026.2", "version": draft.version, "files": {"edition.yaml": file}}
    assert call(uow, service.import_files, office, **sent)
    assert shown(uow, office).edition.thresholds.min_items == 4
    with pytest.raises(Conflict):
        call(uow, service.import_files, office, **sent)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("edition.yaml", "2026.2", "2026.1", r"^edition\.yaml: id: 2026\.2 expected"),
        ("p1.yaml", "weight: 2", "weight: 9", r"^p1\.yaml: P1-01\.weight: a whole number"),
        ("p1.yaml", "P1-13", "P1-44", r"^guidance\.yaml: P1-44: an indicator that is asked"),
    ],
)
def test_a_wrong_file_is_named_and_loses_nothing(uow, office, name, old, new, message, engine_name):
    a_draft(uow, office)
    draft = shown(uow, office)
    file = as_yaml(draft.edition)[name].replace(old, new)
    with pytest.raises(BankError, match=message):
        call(
            uow,
            service.import_files,
            office,
            edition_id="2026.2",
            version=draft.version,
            files={name: file},
        )
    assert shown(uow, office) == draft


def test_a_discarded_draft_is_gone_and_recorded(uow, office, engine_name):
    a_draft(uow, office)
    call(uow, service.discard, office, edition_id="2026.2", version=1)
    assert uow.session.exec(select(BankEdition)).all() == []
    assert len(events(uow)) == 2


def test_the_check_names_an_edition_and_a_snapshot_that_changed(uow, office, engine_name, frozen):
    assert queries.faults(uow) == []
    a_draft(uow, office)
    edit(uow, office)
    publish(uow, office)
    assert queries.faults(uow) == []
    tamper(uow, engine_name)
    assert list(map(str, queries.faults(uow))) == [
        "Edition 2026.2 is not as it was published.",
        "Submission 2026-0001-1 is not as it was frozen.",
    ]


def test_scores_of_the_past_are_equal_after_publishing(uow, office, frozen, engine_name):
    before = uow.session.exec(select(Snapshot.body, Snapshot.sha256)).all()
    a_draft(uow, office)
    edit(uow, office)
    publish(uow, office)
    assert uow.session.exec(select(Snapshot.body, Snapshot.sha256)).all() == before
    assert queries.faults(uow) == []
