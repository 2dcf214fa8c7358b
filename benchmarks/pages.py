"""The member's pages and autosave with 1,000 and with 100,000 answers in the database.

One process, no network: the whole application answers a client in the same process, on SQLite and
PostgreSQL. The ratio of the two sizes is what counts: what a member sees is of one size, so it
must not grow with the answers of others and of other years. Growth above 1.5 fails.
"""

import datetime as dt
import hashlib
import itertools
import json
import logging
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path

import structlog
from sqlmodel import Session

from benchmarks import filled
from jpmirai_compliance.accounts.models import LoginSession
from jpmirai_compliance.app import create_app
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork, make_engine
from jpmirai_compliance.foundation.schema import migrate
from jpmirai_compliance.foundation.settings import Settings
from tests.postgres import Cluster

TURNS = 60
WARM = 5
GROWTH = 1.5
PAGES = {
    "task list": f"/m/{filled.YEAR}",
    "principle": f"/m/{filled.YEAR}/principles/1",
    "indicator": f"/m/{filled.YEAR}/P1-01",
}
SIZES = {"1,000": filled.THOUSAND, "100,000": filled.HUNDRED_THOUSAND}


def main() -> int:
    """Print the figures as JSON; return 1 if a page grows with what others have answered."""
    # one line a request would stand between the figures
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster()
        try:
            found = {
                "sqlite": _both(lambda name: f"sqlite:///{folder}/{name}.db", folder),
                "postgresql": _both(cluster.create, folder),
            }
        finally:
            cluster.stop()
    report = {
        "bench": "the member's pages and autosave beside many answers",
        "baseline": "the same with 1,000 answers in the database",
        "results": found,
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    grown = [ratio for one in found.values() for ratio in one["growth of p50"].values()]
    return 0 if max(grown) <= GROWTH else 1


def _both(url_of, folder):
    found = {}
    for number, (name, size) in enumerate(SIZES.items()):
        found[name] = _measure(url_of(f"bench{number}"), size, Path(folder))
    small, large = (found[name] for name in SIZES)
    growth = {
        kind: round(large[kind]["p50 ms"] / small[kind]["p50 ms"], 2)
        for kind in small
        if kind != "answers"
    }
    return found | {"growth of p50": growth}


def _measure(url, size, folder):
    engine = make_engine(url)
    migrate(engine)
    there = filled.fill(engine, size)
    settings = Settings(
        _env_file=None,
        env="test",
        secret_key="x" * 40,
        database_url=url,
        instance_path=folder / "instance",
        public_base_url="http://localhost",
    )
    client = _signed_in(create_app(settings, engine), engine, there)
    found = {"answers": there.answers}
    for name, path in PAGES.items():
        found[name] = _times(lambda _turn, path=path: _page(client, path))
    found["autosave"] = _times(_saver(client))
    engine.dispose()
    return found


def _page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)


def _saver(client):
    path = PAGES["indicator"]
    told = client.get("/session").json
    state = {"csrf_token": told["token"], "version": "1", "seen": "", "reach": "own"}
    numbers = itertools.count()

    def save(_turn):
        data = state | {"level": "2", "text": f"{next(numbers)}" + "記" * 200}
        answer = client.post(path, data=data, headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.text
        state.update(version=answer.json["version"], seen=answer.json["seen"])

    return save


def _times(action):
    times = []
    for turn in range(WARM + TURNS):
        begun = time.perf_counter()
        action(turn)
        times.append((time.perf_counter() - begun) * 1000)
    cuts = statistics.quantiles(times[WARM:], n=100)
    return {f"p{n} ms": round(cuts[n - 1], 2) for n in (50, 95, 99)}


def _signed_in(app, engine, there):
    token, now = secrets.token_urlsafe(32), dt.datetime.now(dt.UTC)
    with Session(engine) as session:
        uow = UnitOfWork(session, EVERYTHING)
        with uow.transaction():
            session.add(
                LoginSession(
                    token_hash=hashlib.sha256(token.encode()).hexdigest(),
                    user_id=there.member.user_id,
                    org_id=there.org_id,
                    created_at=now,
                    seen_at=now,
                    fresh_at=now,
                )
            )
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client


if __name__ == "__main__":
    raise SystemExit(main())
