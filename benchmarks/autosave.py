"""Saving one answer: our service call against the same upsert through the raw driver.

Eight writers, each on answers of its own and all on one shared answer in turn, on SQLite and
PostgreSQL, in one run. The service call is what a save costs here: load under the row's lock,
authorise, compare, upsert with the version in its WHERE, raise the assessment's version, append
to the audit chain, commit with full sync. "raw" is the upsert and the commit alone, with the same
pragmas. Lost updates and errors must be 0 for ours; a conflict is retried with what is stored, as
a person would do.
"""

import datetime as dt
import json
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
import uuid

import psycopg
from sqlmodel import Session, col, select

from jpmirai_compliance.assessments.models import AnswerRow
from jpmirai_compliance.assessments.service import answers
from jpmirai_compliance.foundation.db import EVERYTHING, Scope, UnitOfWork, make_engine
from jpmirai_compliance.foundation.errors import Conflict
from jpmirai_compliance.foundation.schema import migrate
from tests import factories
from tests.postgres import Cluster

WRITERS = 8
SAVES = 200  # of each writer
RAW = """INSERT INTO answer (id, org_id, assessment_id, indicator_id, level, not_applicable,
 na_reason, text, note, reach, reopened, version, updated_at, updated_by)
 VALUES ({marks}) ON CONFLICT (assessment_id, indicator_id) DO UPDATE SET level = excluded.level,
 text = excluded.text, version = excluded.version, updated_at = excluded.updated_at
 WHERE answer.version = excluded.version - 1"""


def main() -> int:
    """Print the figures as JSON; return 1 if an update was lost or a save failed."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster()
        try:
            found = {
                "sqlite": measure(f"sqlite:///{folder}/bench.db"),
                "postgresql": measure(cluster.create("bench")),
            }
        finally:
            cluster.stop()
    report = {
        "bench": "autosave of one answer",
        "baseline": "the same upsert through the raw driver",
        "writers": WRITERS,
        "saves": WRITERS * SAVES,
        "results": found,
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    clean = all(f["ours"]["lost"] == 0 and f["ours"]["errors"] == 0 for f in found.values())
    return 0 if clean else 1


def measure(url):
    """Return the figures of one database: ours, raw, their ratio, and the shared answer."""
    engine = make_engine(url)
    migrate(engine)
    place = _fill(engine)
    ids = [i for i, _ in zip(factories.all_answers(place["org"]), range(WRITERS), strict=False)]
    ours = _run(lambda number: _ours(engine, place, ids[number]))
    raw = _run(lambda number: _raw(url, place, f"RAW-{number}"))
    shared = _run(lambda _number: _ours(engine, place, "P5-09"))
    ours["lost"] = sum(SAVES - _version(engine, place, i) for i in ids)
    shared["lost"] = WRITERS * SAVES - _version(engine, place, "P5-09")
    engine.dispose()
    return {
        "ours": ours,
        "raw": raw,
        "all on one answer": shared,
        "ratio of p50 to raw": round(ours["p50 ms"] / raw["p50 ms"], 2),
        "ratio of saves a second to raw": round(ours["saves/s"] / raw["saves/s"], 3),
    }


def _run(writer_of):
    times, errors, lock = [], [], threading.Lock()

    def write(number):
        save = writer_of(number)
        for turn in range(SAVES):
            begun = time.perf_counter()
            try:
                save(turn)
            except Exception as error:  # noqa: BLE001 -- counted and shown
                with lock:
                    errors.append(f"{type(error).__name__}: {error}"[:200])
                continue
            with lock:
                times.append((time.perf_counter() - begun) * 1000)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
    return {
        "saves/s": round(len(times) / took, 1),
        "p50 ms": round(cuts[49], 2),
        "p95 ms": round(cuts[94], 2),
        "p99 ms": round(cuts[98], 2),
        "errors": len(errors),
        "first error": errors[0] if errors else "",
    }


def _ours(engine, place, indicator_id):
    def save(turn):
        while True:
            with Session(engine) as session:
                uow = UnitOfWork(session, Scope(place["org"].id))
                query = select(AnswerRow.version).where(
                    col(AnswerRow.assessment_id) == place["assessment"],
                    col(AnswerRow.indicator_id) == indicator_id,
                )
                version = session.exec(query).first() or 0
                content = answers.Content(
                    level=turn % 5, text=f"{uuid.uuid4()} {turn}" + "記" * 200
                )
                try:
                    with uow.transaction():
                        answers.save(
                            uow,
                            actor=place["actor"],
                            assessment_id=place["assessment"],
                            indicator_id=indicator_id,
                            content=content,
                            version=version,
                            now=dt.datetime.now(dt.UTC),
                        )
                except Conflict:
                    continue
                return

    return save


def _raw(url, place, indicator_id):
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        begin, mark, plain = "BEGIN IMMEDIATE", "?", str
    else:
        connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        connection.execute("SELECT set_config('jpmirai.org', '*', false)")
        begin, mark, plain = "BEGIN", "%s", lambda value: value
    statement = RAW.format(marks=", ".join([mark] * 14))
    hexed = (lambda value: value.hex) if plain is str else plain

    def save(turn):
        values = (
            hexed(uuid.uuid4()),
            hexed(place["org"].id),
            hexed(place["assessment"]),
            indicator_id,
            turn % 5,
            False,
            "",
            f"{uuid.uuid4()} {turn}" + "記" * 200,
            "",
            "own",
            False,
            turn + 1,
            plain(dt.datetime.now(dt.UTC)),
            hexed(place["actor"].user_id),
        )
        connection.execute(begin)
        connection.execute(statement, values)
        connection.execute("COMMIT")

    return save


def _fill(engine):
    with Session(engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        org, user, actor = factories.make_member(uow)
        round_ = factories.make_round(uow, orgs=[org])
        assessment = factories.make_assessment(uow, org, round_, by=user)
    return {"org": org, "actor": actor, "assessment": assessment.id}


def _version(engine, place, indicator_id):
    with Session(engine) as session:
        uow = UnitOfWork(session, Scope(place["org"].id))
        query = select(AnswerRow.version).where(
            col(AnswerRow.assessment_id) == place["assessment"],
            col(AnswerRow.indicator_id) == indicator_id,
        )
        return uow.session.exec(query).first() or 0


if __name__ == "__main__":
    raise SystemExit(main())
