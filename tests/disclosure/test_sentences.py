"""Changing and approving the code sentence by sentence."""

import pytest
from sqlmodel import col, select

from jpmirai_compliance.disclosure.models import WordingRow
from jpmirai_compliance.disclosure.queries.postings import in_force, sites_with
from jpmirai_compliance.disclosure.queries.texts import state_mark, wording, wording_view
from jpmirai_compliance.disclosure.service.postings import Hung, Wall, put_up
from jpmirai_compliance.disclosure.service.texts import (
    Edit,
    change_sentence,
    import_wordings,
    set_status,
)
from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.errors import Conflict, Incomplete, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles import (
    KEYS,
    ON_POSTERS,
    SOURCE,
    BankError,
    WordingStatus,
    dump_wordings,
    reference_wording,
    sentence_mark,
)
from jpmirai_compliance.workplaces.service import Details, add
from tests import factories
from tests.factories import NOW

OFFICIAL, APPROVED, REFERENCE = WordingStatus
VI = reference_wording("vi")
NEW = "Chúng tôi nói rõ mọi điều kiện làm việc."


@pytest.fixture
def staff(uow):
    return factories.make_staff(uow)[1]


def edit(key, text=NEW, status=APPROVED, seen=VI):
    return Edit(key, text, status, sentence_mark(seen, key))


def change(uow, actor, of, language="vi", now=NOW):
    with uow.transaction():
        return change_sentence(uow, actor=actor, language=language, edit=of, now=now)


def approve(uow, actor, keys, status=APPROVED, seen=VI):
    with uow.transaction():
        marks = {key: sentence_mark(seen, key) for key in keys}
        return set_status(uow, actor=actor, language="vi", marks=marks, status=status, now=NOW)


def audited(uow):
    query = select(AuditEvent).where(col(AuditEvent.event) == "disclosure:wording-changed")
    return list(uow.session.exec(query))


def test_one_sentence_changes_and_says_who_and_when(uow, staff):
    assert change(uow, staff, edit("plain.2")) is True
    view = wording_view(uow, "vi")
    assert (view.wording.plain[1], view.wording.plain[0]) == (NEW, VI.plain[0])
    assert view.wording.statuses == {"plain.2": APPROVED}
    assert {k: (t.at, t.by) for k, t in view.touched.items()} == {"plain.2": (NOW, staff.user_id)}
    assert wording(uow, "ja") == reference_wording("ja")
    assert len(audited(uow)) == 1
    assert '"plain.2"' in str(audited(uow)[0])
    other = factories.make_staff(uow)[1]
    assert change(uow, other, edit("title", "Quy tắc", OFFICIAL)) is True
    touched = wording_view(uow, "vi").touched
    assert (touched["plain.2"].by, touched["title"].by) == (staff.user_id, other.user_id)


def test_saving_what_is_there_already_changes_nothing(uow, staff):
    assert change(uow, staff, edit("plain.2", VI.plain[1], REFERENCE)) is False
    assert (audited(uow), uow.session.exec(select(WordingRow)).all()) == ([], [])


def test_the_source_can_be_changed_too(uow, staff):
    assert change(uow, staff, edit(SOURCE, "Thư ngày 1/4/2027")) is True
    assert wording(uow, "vi").source == "Thư ngày 1/4/2027"
    assert wording(uow, "vi").status is REFERENCE


def test_the_second_of_two_editors_is_told_and_other_sentences_are_free(uow, staff):
    change(uow, staff, edit("plain.2"))
    with pytest.raises(Conflict):
        change(uow, staff, edit("plain.2", "Câu khác của tôi."))
    assert wording(uow, "vi").plain[1] == NEW
    assert change(uow, staff, edit("plain.3")) is True
    with pytest.raises(Conflict):
        approve(uow, staff, ["plain.1", "plain.2"])
    assert wording(uow, "vi").status_of("plain.1") is REFERENCE


def test_one_or_many_are_approved_and_the_least_one_counts(uow, staff):
    assert approve(uow, staff, [k for k in KEYS if k != "plain.4"], OFFICIAL) is True
    found = wording(uow, "vi")
    assert (found.status, found.status_of("title")) == (REFERENCE, OFFICIAL)
    assert approve(uow, staff, ["plain.4"], APPROVED, seen=found) is True
    assert wording(uow, "vi").status is APPROVED
    assert approve(uow, staff, ["plain.4"], APPROVED, seen=wording(uow, "vi")) is False
    assert len(audited(uow)) == 2


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("plain.2", "", "empty"),
        ("plain.2", "日本語", "not written in the language"),
        ("plain.2", "a" * 201, "at most 200"),
    ],
)
def test_what_cannot_be_kept_is_said_and_changes_nothing(uow, staff, key, text, said):
    with pytest.raises(Incomplete, match=said) as error:
        change(uow, staff, edit(key, text))
    assert [gap.target for gap in error.value.gaps] == ["text"]
    assert wording(uow, "vi") == VI


def test_no_such_language_or_sentence(uow, staff):
    for language, key in (("fr", "title"), ("vi", "plain.6"), ("vi", "language")):
        with pytest.raises((NotFound, KeyError)):
            change(uow, staff, Edit(key, NEW, APPROVED, ""), language)
    with pytest.raises(Incomplete):
        approve(uow, staff, [])


def test_only_the_secretariat_changes_and_approves(uow):
    org = factories.make_organisation(uow)
    for actor in (
        factories.actor_of(factories.make_user(uow, org), org),
        factories.make_staff(uow, Role.REVIEWER)[1],
        factories.make_staff(uow, Role.JUDGE)[1],
    ):
        with pytest.raises(NotPermitted):
            change(uow, actor, edit("plain.2"))
        with pytest.raises(NotPermitted):
            approve(uow, actor, ["title"])
    assert wording(uow, "vi") == VI


def test_a_file_that_was_looked_at_does_not_overwrite_what_came_since(uow, staff):
    seen = state_mark(uow, ["vi"])
    text = dump_wordings([VI]).replace("reference", "official")
    change(uow, staff, edit("plain.2"))
    with pytest.raises(Conflict), uow.transaction():
        import_wordings(uow, actor=staff, text=text, filename="vi.yaml", seen=seen, now=NOW)
    assert wording(uow, "vi").plain[1] == NEW
    with uow.transaction():
        now = state_mark(uow, ["vi"])
        import_wordings(uow, actor=staff, text=text, filename="vi.yaml", seen=now, now=NOW)
    assert wording(uow, "vi").plain[1] == VI.plain[1]


def test_a_row_from_before_says_it_came_as_a_whole(uow, staff):
    change(uow, staff, edit("plain.2"))
    row = uow.session.exec(select(WordingRow)).one()
    with uow.transaction():
        uow.session.get(WordingRow, row.id).touched = ""
    touched = wording_view(uow, "vi").touched
    assert set(touched) == {SOURCE, *KEYS}
    assert {t.by for t in touched.values()} == {staff.user_id}


def test_posters_are_out_of_date_once_what_they_print_changed(uow, staff):
    org, _user, member = factories.make_member(uow, "みらい製作所")
    other, _user, neighbour = factories.make_member(uow, "隣の会社")
    for owner, actor, languages in ((org, member, ("vi", "ja")), (other, neighbour, ("ja",))):
        with uow.transaction():
            place = add(uow, actor=actor, org_id=owner.id, details=Details("工場"), now=NOW)
            hung = Hung(NOW.date(), languages)
            wall = Wall(owner.id, place.id, "工場")
            put_up(uow, actor=actor, wall=wall, hung=hung, evidence_id=None, now=NOW)
    before = in_force(uow)
    approve(uow, staff, ["title"])
    assert in_force(uow) == before  # what is printed is still the least approved sentence
    approve(uow, staff, [k for k in ON_POSTERS if k != "title"])
    assert {k for k in before if in_force(uow)[k] != before[k]} == {"vi"}
    assert [(o, [s.outdated for s in all_]) for o, all_ in sites_with(uow, "vi")] == [
        (org.id, [("vi",)])
    ]
    assert {o: [s.outdated for s in all_] for o, all_ in sites_with(uow)} == {
        org.id: [("vi",)],
        other.id: [()],
    }


def test_a_bad_status_in_a_file_is_named(uow, staff):
    text = dump_wordings([VI]) + "    statuses:\n      plain.1: good\n"
    with pytest.raises(BankError, match=r"vi\.statuses\.plain\.1"), uow.transaction():
        import_wordings(uow, actor=staff, text=text, filename="vi.yaml", now=NOW)
