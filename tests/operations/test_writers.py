"""People who save at the same time through a server of its own, over HTTP, on both databases.

``python -m benchmarks.writers`` does the same with eight people and 200 saves each.
"""

import time

import pytest

from jpmirai_compliance.foundation import audit
from tests.operations import office
from tests.operations.running import free_port, running, serve_command
from tests.operations.writers import BLANK, Acknowledged, Ledger, write_at_once

pytestmark = pytest.mark.usefixtures("socket_enabled")
PEOPLE, SAVES = 4, 10


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def place(engine, settings, tmp_path, port):
    """The office, and how a server for it is started."""
    settings.instance_path.mkdir()
    found = office.furnish(engine, settings, PEOPLE)

    def serve():
        return running(serve_command(), tmp_path, port, JPMIRAI_DATABASE_URL=settings.database)

    return found, serve


def statuses(shift):
    return sum((page.statuses for page in shift.pages), start=type(shift.pages[0].statuses)())


@pytest.mark.slow
def test_av_2_people_who_save_at_once_over_http_lose_nothing(place, engine, port, make_uow):
    found, serve = place
    shifts = [
        office.own_answers(found, port, 0),
        office.different_fields(found, port, PEOPLE),
        office.same_field(found, port, PEOPLE + 1),
    ]
    with serve():
        for shift in shifts:
            write_at_once(shift.pages, SAVES)
    for shift in shifts:
        assert shift.lost(engine) == []
        told = statuses(shift)
        assert told[200] == SAVES * len(shift.pages)
        assert set(told) <= {200, 409}
        assert sum(page.cut_off for page in shift.pages) == 0
    [ours, _theirs] = shifts[2].ledgers.values()
    assert max(save.version for save in ours.saves) == PEOPLE * SAVES
    assert statuses(shifts[2])[409] > 0  # they did get into each other's way
    assert audit.verify(make_uow().session)[1] is None


@pytest.mark.slow
def test_av_9_people_go_on_writing_after_kill_9_and_nothing_acknowledged_is_lost(
    place, engine, port, make_uow
):
    found, serve = place
    shift = office.same_field(found, port, 0)

    def enough():
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if sum(len(ledger.saves) for ledger in shift.ledgers.values()) > PEOPLE * SAVES // 2:
                return
            time.sleep(0.005)

    with serve() as process:
        second = []

        def kill():
            enough()
            process.kill()
            process.wait(timeout=10)
            second.append(serve())
            second[0].__enter__()

        try:
            write_at_once(shift.pages, SAVES, meanwhile=kill)
        finally:
            for server in second:
                server.__exit__(None, None, None)
    assert sum(page.cut_off for page in shift.pages) > 0  # it was in the middle of something
    assert shift.lost(engine) == []
    told = statuses(shift)
    assert told[200] == SAVES * len(shift.pages)
    assert set(told) <= {200, 409}
    assert audit.verify(make_uow().session)[1] is None


def told(version, base, text, unit="text"):
    return Acknowledged(version, unit, (base,), BLANK | {unit: text})


def test_the_ledger_sees_what_is_lost():
    """A check that could not fail would be worth nothing."""
    first, second = told(1, "", "甲"), told(2, "甲", "乙")
    there = BLANK | {"text": "乙"}
    assert Ledger([first, second]).lost(there, 2) == []
    assert Ledger([first, told(2, "", "乙")]).lost(there, 2) == [
        "version 2 replaced text ('甲',), which its author had not seen"
    ]
    assert Ledger([first, told(2, "", "メモ", "note")]).lost(BLANK | {"note": "メモ"}, 2) == [
        "version 2 replaced text ('甲',), which its author had not seen"
    ]
    assert Ledger([first, told(1, "", "乙")]).lost(there, 1) == [
        "version 1 was acknowledged with two contents",
        "stored is version 1, acknowledged version 1",
    ]
    assert Ledger([first, second]).lost(BLANK | {"text": "甲"}, 1) == [
        "stored is version 1, acknowledged version 2"
    ]
    same = Acknowledged(2, "reach", ("own",), there)  # saved what was there already, heard first
    assert Ledger([first, same, second]).lost(there, 2) == []
    assert len(Ledger([first, same]).lost(there, 2)) == 1
    gap = [first, told(3, "丙", "乙")]
    assert Ledger(gap).lost(there, 3) == [
        "nobody was told of what is between versions 1 and 3",
        "version 3 replaced text ('甲',), which its author had not seen",
    ]
    assert Ledger(gap, {("text", ("丙",))}).lost(there, 3) == []
