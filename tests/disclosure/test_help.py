"""The neutral help that the secretariat sets."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from jpmirai_compliance.disclosure.models import HelpEdition
from jpmirai_compliance.disclosure.queries.help import desks, help_desks
from jpmirai_compliance.disclosure.queries.postings import in_force
from jpmirai_compliance.disclosure.rules.help import (
    DESKS_MAX,
    Desk,
    cleaned,
    dump_desks,
    faults,
    load_desks,
    mark,
    on_poster,
    printed,
    start_desks,
)
from jpmirai_compliance.disclosure.service.help import move_desk, save_desk
from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.errors import Conflict, Incomplete, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.principles import LANGUAGES, fingerprint, reference_wording
from jpmirai_compliance.typesetting.faces import missing_characters
from jpmirai_compliance.workplaces.rules import dialled
from tests import factories
from tests.factories import NOW

TODAY = NOW.date()
LINE = Desk(
    id="",
    names={"ja": "よりそい電話", "en": "Companion Line", "my": "အဖော် ဖုန်းလိုင်း"},
    abouts={"ja": "いつでも話せます。", "en": "Talk at any time."},
    phone="0120-279-338",
    languages=("my",),
    since=TODAY,
)


@pytest.fixture
def staff(uow):
    return factories.make_staff(uow)[1]


def save(uow, actor, desk, seen=None, now=NOW):
    with uow.transaction():
        return save_desk(uow, actor=actor, desk=desk, mark=mark(seen), now=now)


def ids(uow):
    return [desk.id for desk in desks(uow)]


def test_the_start_is_what_comes_with_the_software(uow):
    assert ids(uow) == ["assist", "isa", "labour", "portal"]
    for tag in LANGUAGES:
        for desk in start_desks():
            said = desk.said(tag)
            assert (said.name_language, said.about_language) == (tag, tag)
            assert missing_characters(said.name + said.about + desk.hours) == ""
            assert faults(desk, TODAY) == ()
            assert desk.url.startswith("https://")
        assert in_force(uow)[tag] == fingerprint(reference_wording(tag))


def test_a_new_place_comes_last_and_says_who_and_when(uow, staff):
    new = save(uow, staff, LINE)
    assert ids(uow) == ["assist", "isa", "labour", "portal", new]
    found = desks(uow)[-1]
    assert replace(found, id="", changed_at=None, changed_by=None) == LINE
    assert (found.changed_at, found.changed_by) == (NOW, staff.user_id)
    [event] = uow.session.exec(
        select(AuditEvent).where(AuditEvent.event == "disclosure:help-changed")
    )
    assert (event.subject, "よりそい電話" in event.data) == (f"help:{new}", True)


def test_it_is_shown_in_the_readers_language_before_those_that_do_not_answer_in_it(uow, staff):
    new = save(uow, staff, LINE)
    assert [desk.id for desk in help_desks(uow, "my")] == ["assist", "isa", new, "labour", "portal"]
    assert help_desks(uow, "my")[2].name == "အဖော် ဖုန်းလိုင်း"
    ur = help_desks(uow, "ur")[-1]
    assert (ur.name, ur.name_language) == ("Companion Line", "en")
    assert help_desks(uow, "ja-x-easy")[-1].name == "よりそい電話"


def test_a_place_that_is_not_shown_is_kept_but_nobody_sees_it(uow, staff):
    isa = desks(uow)[1]
    save(uow, staff, replace(isa, shown=False), isa)
    assert "isa" in ids(uow)
    for tag in ("my", "ja"):
        assert "isa" not in [desk.id for desk in help_desks(uow, tag)]
        assert [d.id for d in on_poster(desks(uow), tag)] == ["assist", "labour"]


def test_the_last_place_that_is_shown_cannot_be_hidden(uow, staff):
    for desk in desks(uow)[1:]:
        save(uow, staff, replace(desk, shown=False), desk)
    first = desks(uow)[0]
    with pytest.raises(Incomplete) as error:
        save(uow, staff, replace(first, shown=False), first)
    assert [gap.target for gap in error.value.gaps] == ["shown"]
    assert [desk.id for desk in help_desks(uow, "en")] == ["assist"]


def test_the_second_of_two_editors_is_told_and_other_places_are_free(uow, staff):
    isa, labour = desks(uow)[1:3]
    save(uow, staff, replace(isa, hours="9:00–18:00"), isa)
    with pytest.raises(Conflict):
        save(uow, staff, replace(isa, hours="10:00–11:00"), isa)
    assert desks(uow)[1].hours == "9:00–18:00"
    save(uow, staff, replace(labour, hours="18:00–22:00"), labour)
    assert [d.hours for d in desks(uow)[1:3]] == ["9:00–18:00", "18:00–22:00"]
    with pytest.raises(NotFound):
        save(uow, staff, replace(LINE, id="nowhere"))


def test_saving_what_is_there_changes_nothing(uow, staff):
    isa = desks(uow)[1]
    assert save(uow, staff, isa, isa) == "isa"
    assert uow.session.exec(select(HelpEdition)).all() == []


def test_the_order_is_that_of_the_secretariat(uow, staff):
    for desk_id, up in (("labour", True), ("assist", True), ("portal", False)):
        with uow.transaction():
            move_desk(uow, actor=staff, desk_id=desk_id, up=up, now=NOW)
    assert ids(uow) == ["assist", "labour", "isa", "portal"]
    assert len(uow.session.exec(select(HelpEdition)).all()) == 1
    with pytest.raises(NotFound), uow.transaction():
        move_desk(uow, actor=staff, desk_id="x", up=True, now=NOW)


def test_posters_are_out_of_date_when_what_they_print_of_the_help_changed(uow, staff):
    before = in_force(uow)
    portal = desks(uow)[3]
    save(uow, staff, replace(portal, url="https://example.org/"), portal)
    assert in_force(uow) == before  # on no poster
    isa = desks(uow)[1]
    save(uow, staff, replace(isa, phone="03-0000-0000"), isa)
    assert {t for t in before if in_force(uow)[t] == before[t]} == set()
    save(uow, staff, isa, desks(uow)[1])
    assert in_force(uow) == before
    named = replace(isa, names={**isa.names, "ta": "குடிவரவு"})
    save(uow, staff, named, desks(uow)[1])
    assert {t for t in before if in_force(uow)[t] != before[t]} == {"ta"}


def test_only_the_secretariat_sets_the_help(uow):
    org = factories.make_organisation(uow)
    for actor in (
        factories.actor_of(factories.make_user(uow, org), org),
        factories.make_staff(uow, Role.REVIEWER)[1],
        factories.make_staff(uow, Role.JUDGE)[1],
    ):
        with pytest.raises(NotPermitted):
            save(uow, actor, LINE)
        with pytest.raises(NotPermitted), uow.transaction():
            move_desk(uow, actor=actor, desk_id="isa", up=True, now=NOW)
    assert desks(uow) == start_desks()


def test_there_is_an_end_to_how_many(uow, staff):
    for _n in range(DESKS_MAX - 4):
        save(uow, staff, LINE)
    with pytest.raises(Incomplete, match="places already"):
        save(uow, staff, LINE)
    last = desks(uow)[-1]
    save(uow, staff, replace(last, hours="24h"), last)
    assert desks(uow)[-1].hours == "24h"


@pytest.mark.parametrize(
    ("changed", "targets"),
    [
        ({"phone": ""}, ["phone"]),
        ({"phone": "0120-KAISHA"}, ["phone"]),
        ({"phone": "12"}, ["phone"]),
        ({"phone": "1" * 16}, ["phone"]),
        ({"phone": "", "url": "javascript:alert(1)"}, ["url"]),
        ({"url": "jp-mirai.org"}, ["url"]),
        ({"url": "https://user@example.org/"}, ["url"]),
        ({"names": {"ja": "よりそい"}}, ["name_en"]),
        ({"names": {}}, ["name_ja", "name_en"]),
        ({"abouts": {"en": "Talk."}}, ["about_ja"]),
        ({"abouts": LINE.abouts | {"ur": "Talk"}}, ["about_ur"]),
        ({"names": LINE.names | {"my": "\u1031\u1005"}}, ["name_my"]),
        ({"since": TODAY + dt.timedelta(days=1)}, ["since"]),
    ],
)
def test_what_is_wrong_names_its_field(changed, targets):
    found = faults(cleaned(replace(LINE, **changed)), TODAY)
    assert [gap.target for gap in found] == targets


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("０１２０ー２７９ー３３８", "0120-279-338"),
        ("+81 (3) 0000−0000", "+81 (3) 0000-0000"),
        ("110", "110"),
    ],
)
def test_a_telephone_is_kept_as_plain_digits(typed, kept):
    found = cleaned(replace(LINE, phone=typed))
    assert (found.phone, faults(found, TODAY)) == (kept, ())


@given(st.text("+0123456789 ()-ー０９a", min_size=1, max_size=24))
def test_any_telephone_is_refused_or_can_be_dialled(typed):

    found = cleaned(replace(LINE, phone=typed, url="https://example.org/"))
    if found.phone and not faults(found, TODAY):
        assert 3 <= len(dialled(found.phone).removeprefix("+")) <= 15


def test_what_is_dumped_loads_back():
    wanted = (*start_desks(), replace(LINE, id="x", changed_at=NOW, changed_by=uuid.UUID(int=1)))
    assert load_desks(dump_desks(wanted)) == wanted
    assert printed(load_desks(dump_desks(start_desks())), "ja") == [
        ("JP-MIRAI アシスト", "jp-mirai.org"),
        ("出入国在留管理庁", "0570-013904"),
    ]
