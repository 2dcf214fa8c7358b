"""What a mail server reports about mail that came back (RFC 3464). Pure; reads a bounded part."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

MOST = 256 * 1024  # bytes that are read; a report stands at the beginning
STATUS = re.compile(r"5\.[0-9]{1,3}\.[0-9]{1,3}")
#: The server does not like the sender or the text; the address itself may well be right.
POLICY = re.compile(r"\b5\.7\.[0-9]")
PERMANENT = range(500, 600)
_OURS = re.compile(
    r"\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE
)
_QUOTING = ("Message-ID", "In-Reply-To", "References", "X-Original-Message-ID")
SAID_MAX = 300


@dataclass(frozen=True, slots=True)
class Failure:
    """One address that a report gives up, why, and which of our mails the report quotes."""

    address: str
    status: str
    said: str
    mails: frozenset[uuid.UUID]


def read(report: bytes) -> tuple[Failure, ...]:
    """Return the addresses for which a delivery report says that they will never be reached.

    Delays, successes, temporary failures and policy refusals are none. Whatever is no report, or
    is nested without end, gives nothing.
    """
    try:
        message = message_from_bytes(report[:MOST])
        parts = list(message.walk())
    except RecursionError:
        return ()
    mails = frozenset(_mails(message, parts))
    found = []
    for part in parts:
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            blocks = [b for b in part.get_payload() if isinstance(b, Message)]
            found += [failure for block in blocks if (failure := _failure(block, mails))]
    return tuple(found)


def permanent(code: int, said: str) -> bool:
    """Return whether a refusal of a recipient will stay, and is about the address."""
    return code in PERMANENT and not POLICY.search(said)


def _failure(block: Message, mails: frozenset[uuid.UUID]) -> Failure | None:
    final = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
    address = final.rpartition(";")[2].strip().strip("<>").casefold()
    status = STATUS.match(str(block.get("Status", "")).strip())
    failed = str(block.get("Action", "")).strip().casefold() == "failed"
    if not address or not failed or status is None or POLICY.match(status[0]):
        return None
    said = " ".join(str(block.get("Diagnostic-Code", "")).split())[:SAID_MAX]
    return Failure(address, status[0], said, mails)


def _mails(message: Message, parts: list[Message]) -> Iterator[uuid.UUID]:
    """Yield the ids that our own Message-IDs in a report carry."""
    texts = [str(message.get(name, "")) for name in _QUOTING[1:]]
    for part in parts[1:]:
        texts += [str(part.get(name, "")) for name in _QUOTING]
        if part.get_content_type() == "text/rfc822-headers":
            texts.append(str(part.get_payload()))
    for text in texts:
        yield from (uuid.UUID(found) for found in _OURS.findall(text))
