"""What list pages read from the address: filters, and the key of the page before."""

import datetime as dt
import uuid
from enum import StrEnum
from typing import Any, TypeVar

from flask import request, url_for

from jpmirai_compliance.assessments.queries import queue
from jpmirai_compliance.assessments.queries.rounds import Key
from jpmirai_compliance.foundation import inputs

Choice = TypeVar("Choice", bound=StrEnum)
WORDS_MAX = 100


def choice(name: str, kind: type[Choice]) -> Choice | None:
    """Return the chosen member, or None if nothing or nonsense was chosen."""
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return None


def words(name: str) -> str:
    """Return the words to look for, cleaned; "" if none or unusable."""
    try:
        return inputs.clean_line(request.args.get(name, ""), WORDS_MAX)
    except inputs.BadInput:
        return ""


def number(name: str) -> int | None:
    """Return a whole number from the address, or None."""
    try:
        return inputs.whole_number(request.args.get(name, ""))
    except inputs.BadInput:
        return None


def version() -> int:
    """Return the version that the page was made from; 0 is no row's version."""
    try:
        return inputs.whole_number(request.form.get("version", "0"))
    except inputs.BadInput:
        return 0


def name_key() -> Key | None:
    """Return the key after which a list by name goes on, or None for its start."""
    after, last = request.args.get("after", ""), request.args.get("last", "")
    try:
        return (inputs.clean_line(after), uuid.UUID(last)) if after else None
    except ValueError:  # BadInput is one, too
        return None


def time_key() -> tuple[dt.datetime, uuid.UUID] | None:
    """Return the key after which a list by time goes on, or None for its start."""
    try:
        at = dt.datetime.fromisoformat(request.args.get("after", ""))
        last = uuid.UUID(request.args.get("last", ""))
        return (at.astimezone(dt.UTC), last) if at.tzinfo else None
    except (ValueError, OverflowError):  # the year 1 in Japan began in the year 0
        return None


def turn_key() -> queue.Key | None:
    """Return the key after which the reviewers' queue goes on, or None for its start."""
    found, place = time_key(), number("turn")
    return queue.Key(place or 0, *found) if found else None


def here(**changed: object) -> str:
    """Return this page's address with some of its parameters changed, None removes one."""
    # url_for has parameters of its own: nobody sets the scheme or host of our links by an address
    asked = {k: v for k, v in request.args.items() if k != "endpoint" and not k.startswith("_")}
    kept: dict[str, Any] = {**asked, **(request.view_args or {}), **changed}
    return url_for(request.endpoint or "", **{k: v for k, v in kept.items() if v not in {None, ""}})


def day_of(field: Any) -> dt.date | None:  # noqa: ANN401 -- a DayField
    """Return the day in a field, typed or prefilled; None if there is none."""
    try:
        return field.day or inputs.calendar_day(field.data or "")
    except inputs.BadInput:
        return None
