"""Errors that the product itself raises. One class per thing a caller does."""

from collections.abc import Sequence
from dataclasses import dataclass

from jpmirai_compliance.foundation.text import Text


class DomainError(Exception):
    """A rule said no; ``text`` may be shown to the person (web edge: 409)."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


class NotPermitted(DomainError):
    """The actor sees the thing but may not do this (web edge: 403)."""


class NotFound(DomainError):
    """No such thing, or none that this actor may see (web edge: 404)."""

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or Text("We cannot find this page."))


class SignInAgain(DomainError):
    """The action needs a password typed a short while ago (web edge: asks for it)."""


class TooMany(DomainError):
    """Too many tries; ``retry_after`` in seconds (web edge: 429)."""

    def __init__(self, text: Text, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Competing:
    """One field that two people changed: both texts, and who saved the other one and when."""

    field: str
    mine: str
    theirs: str
    by: str
    at: object


class Conflict(DomainError):
    """Someone else changed the row first (web edge: 409); ``fields`` holds both texts."""

    def __init__(self, fields: Sequence[Competing] = (), text: Text | None = None) -> None:
        super().__init__(text or Text("Someone else changed this. Please look again."))
        self.fields = tuple(fields)


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing or wrong, and the field or page (``target``) that mends it."""

    text: Text
    target: str = ""


class Incomplete(DomainError):
    """Something is missing or wrong; ``gaps`` lists it in order (web edge: 422)."""

    def __init__(self, text: Text, gaps: Sequence[Gap]) -> None:
        super().__init__(text)
        self.gaps = tuple(gaps)


class Busy(DomainError):
    """The database did not answer in time (web edge: 503)."""

    def __init__(self) -> None:
        super().__init__(Text("The service is busy. Please try again in a few seconds."))


class DiskFull(DomainError):
    """There is no room to store this (web edge: 507)."""

    def __init__(self) -> None:
        super().__init__(Text("There is no space left to save this. Please tell the secretariat."))
