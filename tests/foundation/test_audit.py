import pytest
import rfc8785
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from jpmirai_compliance.accounts.models import Organisation
from jpmirai_compliance.foundation import audit
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from tests.factories import NOW, make_member


def fill(uow, count=5):
    _, _, actor = make_member(uow)
    for number in range(count):
        with uow.transaction():
            audit.record(uow, Event.SIGNED_IN, actor=actor, now=NOW, data={"number": number})


def unlocked(uow, sql):
    """Tamper as somebody who owns the database could: the triggers are switched off first."""
    connection = uow.session.connection(execution_options={"write": True})
    if connection.dialect.name == "sqlite":
        for action in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS audit_event_no_{action}")
    else:
        connection.exec_driver_sql("ALTER TABLE audit_event DISABLE TRIGGER USER")
    for statement in sql:
        connection.exec_driver_sql(statement)


def test_au_4_the_chain_of_an_untouched_log_is_whole(uow):
    fill(uow)
    assert audit.verify(uow.session) == (5, None)


@pytest.mark.parametrize(
    ("sql", "bad"),
    [
        (["UPDATE audit_event SET event = 'accounts:signed-out' WHERE seq = 3"], 3),
        (["UPDATE audit_event SET data = '{\"number\":9}' WHERE seq = 2"], 2),
        (["DELETE FROM audit_event WHERE seq = 4"], 5),
        (["DELETE FROM audit_event WHERE seq = 1"], 2),
        (
            [
                "UPDATE audit_event SET seq = 99 WHERE seq = 2",
                "UPDATE audit_event SET seq = 2 WHERE seq = 3",
                "UPDATE audit_event SET seq = 3 WHERE seq = 99",
            ],
            2,
        ),
        (
            [
                (
                    "INSERT INTO audit_event (seq, at, event, subject, data, prev, hash) "
                    "SELECT 6, at, event, subject, data, prev, hash FROM audit_event WHERE seq = 5"
                )
            ],
            6,
        ),
    ],
    ids=["event", "data", "removed", "first removed", "swapped", "duplicated"],
)
def test_au_4_verify_names_the_first_bad_row(uow, sql, bad):
    fill(uow)
    unlocked(uow, sql)
    assert audit.verify(uow.session)[1] == bad


@pytest.mark.parametrize(
    "action", ["UPDATE audit_event SET subject = 'x'", "DELETE FROM audit_event"]
)
def test_au_3_the_database_refuses_to_change_the_log(uow, action):
    fill(uow, 1)
    with pytest.raises(DBAPIError, match="append-only"), uow.transaction():
        uow.session.connection().exec_driver_sql(action)
    assert audit.verify(uow.session) == (1, None)


def test_au_2_a_failing_event_takes_the_change_with_it(uow):
    org, _, actor = make_member(uow)
    with pytest.raises(rfc8785.CanonicalizationError), uow.transaction():
        uow.session.get(Organisation, org.id).name_ja = "変更後"
        audit.record(uow, Event.ORGANISATION_CHANGED, actor=actor, now=NOW, data={"at": object()})
    assert uow.session.get(Organisation, org.id).name_ja == org.name_ja
    assert uow.session.exec(select(AuditEvent)).all() == []
