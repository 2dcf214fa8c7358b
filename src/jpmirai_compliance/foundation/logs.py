"""Structured logs: one JSON object a line, UTC, no address of a visitor, no secret."""

import json
import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_LINE_ENDS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}
SECRET = ("password", "token", "cookie", "secret", "code", "authorization")


def configure(level: str, *, as_json: bool = True) -> None:
    """Send every line, ours and the libraries', to standard error: JSON, or text for a person."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(one_line)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    last = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(number, logging.WARNING))  # what libraries tell below that is theirs


def one_line(event: EventDict, **options: Any) -> str:  # noqa: ANN401 -- json's own
    """Return JSON that no reader takes for two lines, whatever it counts as a line's end."""
    return json.dumps(event, ensure_ascii=False, **options).translate(_LINE_ENDS)


def without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank the values whose names say that they are secret."""
    for key in event:
        if any(word in key.lower() for word in SECRET):
            event[key] = "-"
    return event
