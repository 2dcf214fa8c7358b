"""A full form as a workbook, out and back, against bare XlsxWriter and calamine with its cells."""

import datetime as dt
import io
import json
import statistics
import sys
import tempfile
import time

import python_calamine
import xlsxwriter
from sqlmodel import Session

from jpmirai_compliance.foundation.db import EVERYTHING, Scope, UnitOfWork, make_engine
from jpmirai_compliance.foundation.schema import migrate
from jpmirai_compliance.reports.queries import workbooks as queries
from jpmirai_compliance.reports.rules.waiting import Waiting
from jpmirai_compliance.reports.service import workbooks as service
from jpmirai_compliance.reports.sheets import reading
from tests import factories
from tests.assessments.member.conftest import Member
from tests.reports.books import TEXT, exported, filled

TURNS = 7
LONG = "毎月、全拠点で点検し、是正の期限と完了を記録しています。" * 20


def main() -> int:
    """Print the figures as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/bench.db")
        migrate(engine)
        member = _member(engine)
        content = exported(member, now=factories.NOW)
        cells = _cells(content)
        out = _median(lambda: exported(member, now=factories.NOW))
        bare_out = _median(lambda: _written(cells))
        back = _median(lambda: reading.read(content))
        bare_back = _median(lambda: _cells(content))
        taken, rows = _taken_over(member, content)
        engine.dispose()
    report = {
        "bench": "a full form as a workbook: out, back, taken over",
        "baseline": "the same cells through bare XlsxWriter and calamine, in this process",
        "rows": rows,
        "cells": sum(len(row) for sheet in cells for row in sheet),
        "export": {"ours ms": out, "bare ms": bare_out, "ratio": round(out / bare_out, 2)},
        "read back": {"ours ms": back, "bare ms": bare_back, "ratio": round(back / bare_back, 2)},
        "compare and take over every row": {
            "ms": taken,
            "ratio to export": round(taken / out, 2),
        },
        "child": {"cpu s": round(reading.read(content).cost.cpu_seconds, 3)},
    }
    sys.stdout.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    return 0


def _member(engine):
    uow = UnitOfWork(Session(engine), EVERYTHING)
    org, user, actor = factories.make_member(uow)
    round_ = factories.make_round(uow, orgs=[org])
    given = {i: {"level": 3, "text": LONG} for i in factories.all_answers(org)}
    found = factories.make_assessment(uow, org, round_, given, by=user)
    return Member(org, user, actor, round_, found, UnitOfWork(Session(engine), Scope(org.id)))


def _taken_over(member, content):
    """Return milliseconds of comparing and storing every row, and how many rows that is."""
    rows = {i.replace("-", "_"): {TEXT: "別の文"} for i in factories.all_answers(member.org)}
    found = reading.read(filled(content, **rows))
    seen = dict.fromkeys((r.indicator_id for r in found.rows), "")
    origin = service.Origin(
        member.org.id, member.assessment.id, 2026, factories.EDITION, current=True
    )
    now = factories.NOW + dt.timedelta(hours=1)
    with member.uow.transaction():
        upload_id = service.receive(
            member.uow,
            actor=member.actor,
            year=2026,
            origin=origin,
            waiting=Waiting(found.rows, seen),
            file=service.File("a.xlsx", "a" * 64, len(content)),
            now=now,
        )
    begun = time.perf_counter()
    shown = queries.preview(member.uow, member.actor, 2026, upload_id)
    ticked = {r.indicator_id: r.version for r in shown.rows if r.offered}
    with member.uow.transaction():
        result = service.take_over(
            member.uow,
            actor=member.actor,
            year=2026,
            upload_id=upload_id,
            ticked=ticked,
            now=now,
        )
    return round((time.perf_counter() - begun) * 1000, 1), len(result.taken)


def _cells(content):
    book = python_calamine.load_workbook(io.BytesIO(content))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def _written(cells):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for sheet in cells:
            page = book.add_worksheet()
            for line, row in enumerate(sheet):
                for at, cell in enumerate(row):
                    if isinstance(cell, str):
                        page.write_string(line, at, cell)
                    else:
                        page.write_number(line, at, cell)
    return out.getvalue()


def _median(run):
    times = []
    for _turn in range(TURNS):
        begun = time.perf_counter()
        run()
        times.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(times), 1)


if __name__ == "__main__":
    raise SystemExit(main())
