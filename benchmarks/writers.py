"""Eight people save at the same time over HTTP, as the page of an answer does while they type.

A server of its own (``jpmirai serve``) on SQLite and on PostgreSQL; eight people of one
organisation, each until 200 saves are acknowledged: each in an answer of their own, all in the four
parts of one answer, all in its text, and that again, shorter, while the server is killed and
started anew.
Two people of another organisation write at the same time; they are counted, too. Whoever is told of
another text keeps theirs or puts the two together, and saves again.

Lost: see ``tests.operations.writers``; it must be 0, as must be answers of 500 and above. 409 is
how the second of two learns of the first. ``requests cut off`` got no answer, because the server
was killed. The baseline is one person alone in the same run. The eight share two cores with server,
database and each other; PostgreSQL does not sync here, so only ratios within one database count.
"""

import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from jpmirai_compliance.foundation.db import make_engine
from jpmirai_compliance.foundation.schema import migrate
from jpmirai_compliance.foundation.settings import Settings
from tests.operations import office
from tests.operations.running import SECRET, free_port, running, serve_command
from tests.operations.writers import write_at_once
from tests.postgres import Cluster

PEOPLE = 8
SAVES = 200  # of each person
KILLED_SAVES = 25  # of each, where it is about the crash and not the crowd
RUNS = {
    "each in an answer of their own": office.own_answers,
    "all in the four parts of one answer": office.different_fields,
    "all in the text of one answer": office.same_field,
}
KILLED = "all in the text of one answer, the server killed half-way"
ALONE = "one person alone"


def main() -> int:
    """Print the figures as JSON; return 1 if a save was lost or the server failed."""
    cluster = Cluster()
    try:
        found = {
            "sqlite": _measure(lambda folder: f"sqlite:///{folder}/bench.db"),
            "postgresql": _measure(lambda _folder: cluster.create("bench")),
        }
    finally:
        cluster.stop()
    report = {
        "bench": "people who save at the same time, over HTTP",
        "baseline": ALONE,
        "people": PEOPLE,
        "saves of each": SAVES,
        "results": found,
    }
    sys.stdout.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    runs = [run for one in found.values() for run in one.values()]
    return 0 if all(run["lost"] == run["5xx"] == 0 for run in runs) else 1


def _measure(url_of):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url, port = url_of(folder), free_port()
        engine = make_engine(url)
        migrate(engine)
        settings = Settings(
            _env_file=None,
            env="test",
            secret_key=SECRET,
            database_url=url,
            instance_path=folder / "instance",
            public_base_url="http://localhost",
        )
        place = office.furnish(engine, settings, PEOPLE)
        engine.dispose()

        def serve():
            return running(serve_command(), folder, port, JPMIRAI_DATABASE_URL=url)

        found = _all_runs(place, port, serve, engine)
        engine.dispose()
    alone = found[ALONE]["p50 ms"]
    for run in found.values():
        run["ratio of p50 to alone"] = round(run["p50 ms"] / alone, 2)
    return found


def _all_runs(place, port, serve, engine):
    found = {}
    with serve():
        for number, (name, shift_of) in enumerate(RUNS.items()):
            if not number:
                alone = office.Shift(*_first(shift_of(place, port, PEOPLE)))
                found[ALONE] = _figures(alone, write_at_once(alone.pages, SAVES), engine)
            # the answers of the first run are the first eight; every run has answers of its own
            shift = shift_of(place, port, 0 if not number else PEOPLE + number)
            found[name] = _figures(shift, write_at_once(shift.pages, SAVES), engine)
    shift = office.same_field(place, port, PEOPLE + len(RUNS))
    found[KILLED] = _figures(shift, _killed_half_way(shift, serve), engine)
    return found


def _first(shift):
    """Return the first page of a shift and its ledger."""
    page = shift.pages[0]
    return (page,), {key: ledger for key, ledger in shift.ledgers.items() if ledger is page.ledger}


def _killed_half_way(shift, serve):
    half = len(shift.pages) * KILLED_SAVES // 2
    again = []

    def kill():
        while sum(len(ledger.saves) for ledger in shift.ledgers.values()) < half:
            time.sleep(0.01)
        process.kill()
        process.wait(timeout=10)
        again.append(serve())
        again[0].__enter__()

    with serve() as process:
        try:
            return write_at_once(shift.pages, KILLED_SAVES, meanwhile=kill)
        finally:
            for server in again:
                server.__exit__(None, None, None)


def _figures(shift, took, engine):
    statuses = sum((page.statuses for page in shift.pages), start=Counter())
    times = [one for page in shift.pages for one in page.times]
    cuts = statistics.quantiles(times, n=100)
    lost = shift.lost(engine)
    engine.dispose()
    return {
        "acknowledged": statuses[200],
        "lost": len(lost),
        "first lost": lost[0] if lost else "",
        "5xx": sum(many for status, many in statuses.items() if status >= 500),
        "4xx": {str(s): many for s, many in sorted(statuses.items()) if 400 <= s < 500},
        "requests cut off": sum(page.cut_off for page in shift.pages),
        "saves/s": round(statuses[200] / took, 1),
        **{f"p{n} ms": round(cuts[n - 1], 2) for n in (50, 95, 99)},
    }


if __name__ == "__main__":
    raise SystemExit(main())
