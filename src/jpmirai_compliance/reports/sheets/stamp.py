"""What a workbook knows about itself, signed: whose it is, and what it showed of each answer."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from jpmirai_compliance.foundation.settings import Settings

FORMAT = 1  # raised when workbooks of before can no longer be read
_SALT = "jpmirai:workbook"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Whose answers, of which year and edition, when; ``seen``: indicator → token of merging."""

    org_id: uuid.UUID
    assessment_id: uuid.UUID
    year: int
    edition: str
    made_at: dt.datetime
    seen: Mapping[str, str]
    format: int = FORMAT


def sign(stamp: Stamp, secrets: Sequence[str]) -> str:
    """Return the stamp as one line that nobody else can make; ``secrets``, the newest first."""
    return _serializer(secrets).dumps(
        {
            "format": stamp.format,
            "org": str(stamp.org_id),
            "assessment": str(stamp.assessment_id),
            "year": stamp.year,
            "edition": stamp.edition,
            "made": stamp.made_at.isoformat(),
            "seen": dict(stamp.seen),
        }
    )


def verified(line: str, secrets: Sequence[str]) -> Stamp | None:
    """Return the stamp of a line that ``sign`` made, or None."""
    try:
        found = _serializer(secrets).loads(line.strip())
    except BadData:
        return None
    return Stamp(
        org_id=uuid.UUID(found["org"]),
        assessment_id=uuid.UUID(found["assessment"]),
        year=found["year"],
        edition=found["edition"],
        made_at=dt.datetime.fromisoformat(found["made"]),
        seen=found["seen"],
        format=found["format"],
    )


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return the secrets to sign with, the newest first."""
    return (settings.secret_key.get_secret_value(), *settings.secret_key_fallbacks)


def _serializer(secrets: Sequence[str]) -> URLSafeSerializer:
    return URLSafeSerializer(list(reversed(secrets)), salt=_SALT)
