import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import Session, col, select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.assessments.models import AnswerRow, Assessment
from jpmirai_compliance.foundation.db import NOTHING, Scope, TenantBreach, UnitOfWork, upsert
from jpmirai_compliance.foundation.errors import Busy, Conflict, DomainError
from jpmirai_compliance.foundation.text import Text
from tests.factories import NOW, make_assessment, make_member, make_organisation, make_round


@pytest.fixture
def two(uow):
    """Two organisations with one answered assessment each."""
    pairs = []
    for name in ("甲社", "乙社"):
        org, user, _ = make_member(uow, name)
        pairs.append((org, user))
    round_ = make_round(uow, orgs=[o for o, _ in pairs])
    return [
        (org, user, make_assessment(uow, org, round_, {"P1-01": 2}, by=user)) for org, user in pairs
    ]


def test_an_error_rolls_the_block_back(uow):
    org = make_organisation(uow)
    with pytest.raises(DomainError), uow.transaction():
        uow.session.get(Organisation, org.id).name_ja = "別の名前"
        uow.session.flush()
        raise DomainError(Text("no"))
    assert uow.session.get(Organisation, org.id).name_ja == org.name_ja


def test_after_commit_runs_only_after_a_commit(uow):
    seen = []
    with pytest.raises(ValueError), uow.transaction():
        uow.after_commit(lambda: seen.append("mail"))
        raise ValueError
    with uow.transaction():
        pass
    assert seen == []
    with uow.transaction():
        uow.after_commit(lambda: seen.append("mail"))
        assert seen == []
    assert seen == ["mail"]


def test_a_version_that_moved_on_is_a_conflict(uow):
    org = make_organisation(uow)
    with pytest.raises(Conflict), uow.transaction():
        row = uow.session.get(Organisation, org.id)
        row.name_ja = "別の名前"
        table = Organisation.__table__
        uow.session.connection().execute(
            update(table).where(table.c.id == org.id).values(version=2)
        )


def test_a_transaction_inside_a_transaction_is_refused(uow):
    with uow.transaction(), pytest.raises(RuntimeError), uow.transaction():
        pass


def test_av_1_four_writers_at_once_lose_no_update(engine, uow, two):
    _, _, assessment = two[0]

    def increment_fifty_times():
        for _ in range(50):
            with Session(engine) as session:
                work = UnitOfWork(session, Scope(assessment.org_id))
                with work.transaction():
                    query = select(Assessment).where(col(Assessment.id) == assessment.id)
                    row = session.exec(query.with_for_update()).one()
                    row.claimed = (row.claimed or 0) + 1

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(increment_fifty_times) for _ in range(4)]:
            done.result()
    assert uow.session.get(Assessment, assessment.id, populate_existing=True).claimed == 200


def test_av_1_a_database_that_stays_locked_is_busy_and_nothing_is_half_written(
    engine, settings, monkeypatch, two
):
    org, _, assessment = two[0]
    monkeypatch.setattr("jpmirai_compliance.foundation.db.BUSY_MS", 50)
    from jpmirai_compliance.foundation.db import make_engine

    other = make_engine(settings.database)
    with Session(engine) as holder, Session(other) as waiter:
        with UnitOfWork(holder, Scope(org.id)).transaction():
            query = select(Assessment).where(col(Assessment.id) == assessment.id)
            holder.exec(query.with_for_update()).one()
            with pytest.raises(Busy), UnitOfWork(waiter, Scope(org.id)).transaction():
                waiter.exec(query.with_for_update()).one().claimed = 7
        assert holder.get(Assessment, assessment.id, populate_existing=True).claimed is None
    other.dispose()


def test_av_1_of_two_in_a_deadlock_one_is_busy_and_the_other_is_stored(uow, make_uow, two):
    if uow.session.get_bind().dialect.name == "sqlite":
        pytest.skip("one writer at a time cannot block another in a circle")
    first, second = (assessment.id for _, _, assessment in two)
    met = Barrier(2, timeout=10)

    def both(order):
        work = make_uow()
        try:
            with work.transaction():
                for n, found in enumerate(order):
                    query = select(Assessment).where(col(Assessment.id) == found)
                    work.session.exec(query.with_for_update()).one().claimed = 7
                    if n == 0:
                        met.wait()
        except Busy:
            return "busy"
        return "stored"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(both, ([first, second], [second, first])))
    assert sorted(said) == ["busy", "stored"]
    uow.session.rollback()
    assert [uow.session.get(Assessment, i).claimed for i in (first, second)] == [7, 7]


def test_az_2_reading_sees_own_rows_only(make_uow, two):
    (mine, _, own), (_, _, foreign) = two
    session = make_uow(Scope(mine.id)).session
    assert session.exec(select(Assessment.id)).all() == [own.id]
    assert session.get(Assessment, foreign.id) is None
    assert [a.org_id for a in session.exec(select(AnswerRow))] == [mine.id]
    assert make_uow(NOTHING).session.exec(select(Assessment.id)).all() == []


def test_az_2_orm_updates_touch_own_rows_only(make_uow, uow, two):
    (mine, _, own), (_, _, foreign) = two
    work = make_uow(Scope(mine.id))
    with work.transaction():
        work.session.exec(update(Assessment).values(claimed=50))
    scores = {i: uow.session.get(Assessment, i).claimed for i in (own.id, foreign.id)}
    assert scores == {own.id: 50, foreign.id: None}


def test_az_2_writing_for_another_organisation_is_refused(make_uow, two):
    (mine, _, _), (other, user, foreign) = two
    work = make_uow(Scope(mine.id))
    row = AnswerRow(
        org_id=other.id,
        assessment_id=foreign.id,
        indicator_id="P1-02",
        updated_at=NOW,
        updated_by=user.id,
    )
    with pytest.raises(TenantBreach), work.transaction():
        work.session.add(row)


def test_az_2_row_security_is_a_wall_of_its_own(engine, make_uow, two):
    (mine, _, _), (other, _, _) = two
    if engine.dialect.name != "postgresql":
        pytest.skip("row security is PostgreSQL's")
    session = make_uow(Scope(mine.id)).session
    rows = session.connection().exec_driver_sql("SELECT org_id FROM assessment").all()
    assert [r[0] for r in rows] == [mine.id]
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        make_uow(Scope(mine.id)).transaction() as work,
    ):
        work.session.connection().exec_driver_sql(
            "INSERT INTO participation (id, org_id, round_id, form, late_reason, added_at) "
            f"SELECT '{uuid.uuid4()}', '{other.id}', round_id, form, '', added_at "
            "FROM participation LIMIT 1"
        )
    with engine.connect() as bare:
        assert bare.exec_driver_sql("SELECT count(*) FROM assessment").scalar() == 0


def test_upsert_inserts_then_updates_only_where_it_may(uow, two):
    org, user, assessment = two[0]
    table = AnswerRow.__table__

    def save(level, version):
        values = {
            "id": uuid.uuid4(),
            "org_id": org.id,
            "assessment_id": assessment.id,
            "indicator_id": "P1-02",
            "level": level,
            "not_applicable": False,
            "na_reason": "",
            "text": "",
            "note": "",
            "reach": "own",
            "reopened": False,
            "version": version + 1,
            "updated_at": NOW,
            "updated_by": user.id,
        }
        with uow.transaction():
            keys = ("assessment_id", "indicator_id")
            return upsert(uow, table, values, keys=keys, where=table.c.version == version)

    assert [save(1, 0), save(2, 1), save(4, 0)] == [True, True, False]
    row = uow.session.exec(select(AnswerRow).where(AnswerRow.indicator_id == "P1-02")).one()
    assert (row.level, row.version) == (2, 2)


def test_sqlite_is_set_up_on_every_connection(engine):
    if engine.dialect.name != "sqlite":
        pytest.skip("pragmas are SQLite's")
    wanted = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 5000, "synchronous": 2}
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            found = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in wanted}
            assert found == wanted


def test_enums_are_stored_by_value_and_moments_come_back_aware(uow, two):
    _, _, assessment = two[0]
    assert uow.session.connection().exec_driver_sql(
        "SELECT DISTINCT status FROM assessment"
    ).all() == [("draft",)]
    assert uow.session.get(Assessment, assessment.id).started_at == NOW
    naive = select(Assessment).where(Assessment.started_at == NOW.replace(tzinfo=None))
    with pytest.raises(StatementError, match="naive datetime"):
        uow.session.exec(naive).all()
