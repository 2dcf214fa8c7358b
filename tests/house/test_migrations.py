"""The migrations make just what the models say, and go down and up again."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.foundation.db import owned_tables
from jpmirai_compliance.foundation.schema import migrate, unmigrate
from jpmirai_compliance.foundation.tables import Base
from tests.factories import make_assessment, make_member, make_round


def test_migrations_make_what_the_models_say(engine, app):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_they_go_down_and_up_again_with_rows_in_the_tables(engine, uow, app):
    org, user, _ = make_member(uow)
    make_assessment(uow, org, make_round(uow, orgs=[org]), {"P1-01": 2}, by=user)
    unmigrate(engine, "0001")
    migrate(engine)
    assert uow.session.get(Organisation, org.id).name_ja == org.name_ja
    uow.session.rollback()
    unmigrate(engine, "base")
    try:
        assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    finally:
        migrate(engine)


def test_az_2_every_owned_table_has_row_security(engine, app):
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        walled = connection.exec_driver_sql(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        )
        assert {r[0] for r in walled} == {t.__tablename__ for t in owned_tables()}


def test_bk_4_two_processes_that_migrate_at_once_both_succeed(settings, tmp_path):
    import subprocess
    import sys

    code = (
        "import sys; from jpmirai_compliance.foundation.db import make_engine; "
        "from jpmirai_compliance.foundation.schema import migrate; "
        f"migrate(make_engine('sqlite:///{tmp_path}/new.db'))"
    )
    started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [p.wait(timeout=60) for p in started] == [0, 0]
