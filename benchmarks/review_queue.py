"""The reviewers' queue with 1,000 and 100,000 answers in the database; growth as a ratio.

Asked as a page, with its counts and filters, by somebody who has signed in; the baseline is the
same page over the small database in the same run, on SQLite and on PostgreSQL. The queue reads one
kept line a submission, so what grows is the number of lines, never the answers behind them.
"""

import datetime as dt
import hashlib
import json
import secrets
import statistics
import sys
import tempfile
import time
import uuid

from sqlalchemy import insert
from sqlmodel import Session

from jpmirai_compliance.accounts.models import LoginSession, Membership, Organisation, User
from jpmirai_compliance.app import create_app
from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    FormLength,
    ReviewItem,
    Round,
    Status,
)
from jpmirai_compliance.assessments.rules import queueing
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork, make_engine
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.schema import migrate
from jpmirai_compliance.foundation.settings import Settings
from jpmirai_compliance.principles import MemberKind, load_edition
from tests import factories
from tests.postgres import Cluster

SIZES = (1_000, 100_000)  # answers
ASKED = 60
PAGES = {"what needs eyes": "/s/reviews", "filtered": "/s/reviews?only=high&who=nobody"}


def main() -> int:
    """Print the figures as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster()
        try:
            found = {
                "sqlite": measure(folder, lambda n: f"sqlite:///{folder}/{n}.db"),
                "postgresql": measure(folder, lambda n: cluster.create(f"queue{n}")),
            }
        finally:
            cluster.stop()
    report = {
        "bench": "reviewers' queue",
        "baseline": f"the same page with {SIZES[0]} answers",
        "requests": ASKED,
        "results": found,
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return 0


def measure(folder, url):
    """Return the milliseconds of each page at each size, and the growth of the median."""
    found = {}
    for size in SIZES:
        engine = make_engine(url(size))
        migrate(engine)
        fill(engine, size)
        found[size] = asked(folder, engine)
        engine.dispose()
    small, large = (found[size] for size in SIZES)
    return {
        name: {
            f"{SIZES[0]} answers": small[name],
            f"{SIZES[1]} answers": large[name],
            "growth of p50": round(large[name]["p50 ms"] / small[name]["p50 ms"], 2),
        }
        for name in PAGES
    }


def fill(engine, answers):
    """Write so many answers of submitted assessments, each with its line in the queue."""
    now = factories.NOW
    ids = [i.id for i in load_edition(factories.EDITION).applicable(MemberKind.EMPLOYER)]
    member = User(email="member@example.org", name="担当", created_at=now)
    round_ = Round(
        year=2026,
        edition=factories.EDITION,
        opens_at=now - dt.timedelta(days=60),
        closes_at=now + dt.timedelta(days=60),
        created_at=now,
    )
    rows = {Organisation: [], Assessment: [], AnswerRow: [], ReviewItem: []}
    for number in range(answers // len(ids) + 1):
        org = Organisation(
            name_ja=f"見本製作所{number}",
            kind=MemberKind.EMPLOYER,
            contact_name="担当",
            contact_email="member@example.org",
            created_at=now,
        )
        at = now - dt.timedelta(minutes=number)
        taken = Assessment(
            org_id=org.id,
            round_id=round_.id,
            form=FormLength.FULL,
            status=Status.SUBMITTED,
            started_at=at,
            submitted_at=at,
        )
        given = [
            AnswerRow(
                org_id=org.id,
                assessment_id=taken.id,
                indicator_id=id_,
                level=place % 5,
                text="研修と面談の記録を残しています。",
                updated_at=at,
                updated_by=member.id,
            )
            for place, id_ in enumerate(ids)
        ]
        rows[Organisation].append(org)
        rows[Assessment].append(taken)
        rows[AnswerRow].extend(given)
        rows[ReviewItem].append(_line(taken, number))
    with Session(engine) as session, UnitOfWork(session, EVERYTHING).transaction():
        session.add_all([member, round_])
        session.flush()
        for table, made in rows.items():
            values = [row.model_dump() for row in made]
            for start in range(0, len(values), 5_000):
                session.execute(insert(table.__table__), values[start : start + 5_000])


def _line(taken, number):
    counts = queueing.Counts(
        unchecked=30,
        changed=number % 17,
        high=number % 11,
        gates=4,
        supply_chain=number % 5,
        close_looks=4 + number % 23,
    )
    first, again = number % 7 == 0, number % 13 == 0
    return ReviewItem(
        org_id=taken.org_id,
        assessment_id=taken.id,
        year=2026,
        status=taken.status,
        submitted_at=taken.submitted_at,
        submissions=2 if again else 1,
        first_time=first,
        unchecked=counts.unchecked,
        changed=counts.changed,
        high=counts.high,
        gates=counts.gates,
        supply_chain=counts.supply_chain,
        close_looks=counts.close_looks,
        turn=queueing.turn(counts, first_time=first, again=again),
    )


def asked(folder, engine):
    """Return p50, p95 and p99 of each page, in milliseconds."""
    settings = Settings(
        _env_file=None,
        env="test",
        secret_key=secrets.token_hex(32),
        instance_path=f"{folder}/{uuid.uuid4()}",
        public_base_url="http://localhost",
    )
    client = _reviewer(create_app(settings, engine), engine)
    found = {}
    for name, path in PAGES.items():
        for _ in range(5):
            assert client.get(path).status_code == 200, path
        times = []
        for _ in range(ASKED):
            start = time.perf_counter()
            client.get(path)
            times.append((time.perf_counter() - start) * 1_000)
        cuts = statistics.quantiles(times, n=100)
        found[name] = {f"p{n} ms": round(cuts[n - 1], 1) for n in (50, 95, 99)}
    return found


def _reviewer(app, engine):
    token, now = secrets.token_urlsafe(32), factories.clock()
    with Session(engine) as session:
        user = User(
            email="r@secretariat.example", name="確認", totp_secret="enrolled", created_at=now
        )
        session.add(user)
        session.flush()
        session.add(Membership(user_id=user.id, org_id=None, role=Role.REVIEWER, since=now))
        session.add(
            LoginSession(
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                user_id=user.id,
                created_at=now,
                seen_at=now,
                fresh_at=now,
            )
        )
        session.commit()
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = token, True
    return client


if __name__ == "__main__":
    raise SystemExit(main())
