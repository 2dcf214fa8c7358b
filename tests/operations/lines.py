"""Log lines as a program reads them."""

import io
import json
import logging
from contextlib import contextmanager, redirect_stderr

import structlog

from jpmirai_compliance.foundation import logs


@contextmanager
def json_logs(level="info"):
    """Log as in production; yields a function that returns the lines since it was last asked."""
    root = logging.getLogger()
    handlers, number = root.handlers, root.level
    written = io.StringIO()
    with redirect_stderr(written):
        logs.configure(level)

    def lines():
        found = written.getvalue().splitlines()
        written.seek(0)
        written.truncate()
        return [json.loads(line) for line in found]

    try:
        yield lines
    finally:
        structlog.reset_defaults()
        root.handlers, root.level = handlers, number
