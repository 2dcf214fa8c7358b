from contextlib import contextmanager

from sqlalchemy import event


@contextmanager
def counting(engine):
    """Yield a list that grows by every SQL statement (not BEGIN, COMMIT or settings)."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "SELECT set_config")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
