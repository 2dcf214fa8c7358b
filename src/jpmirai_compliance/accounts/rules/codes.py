"""One-time codes and recovery codes. Pure."""

import base64
import hashlib
import secrets
import unicodedata
from hmac import compare_digest

import pyotp

STEP = 30  # seconds
DIGITS = 6
RECOVERY_CODES = 10
ISSUER = "JP-MIRAI"


def normal_code(typed: str) -> str:
    """Return a typed code without spaces, hyphens, full-width forms and case."""
    text = unicodedata.normalize("NFKC", typed).casefold()
    return "".join(c for c in text if c.isascii() and c.isalnum())[:32]


def matching_step(secret: str, typed: str, seconds: int, last_step: int) -> int | None:
    """Return the time step whose code was typed, or None.

    The step before and after now count too (clocks differ); a step up to ``last_step``, the one
    used last, never counts again.
    """
    code = normal_code(typed)
    if len(code) != DIGITS:
        return None
    totp = pyotp.TOTP(secret)
    found = None
    for step in (seconds // STEP - 1, seconds // STEP, seconds // STEP + 1):
        if compare_digest(totp.at(step * STEP), code) and step > last_step:
            found = step
    return found


def new_secret() -> str:
    """Return a new secret for an authenticator app, in base 32."""
    return str(pyotp.random_base32())


def enrolment_address(secret: str, email: str) -> str:
    """Return the ``otpauth:`` address that the app reads from a two-dimensional code."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER))


def new_recovery_codes() -> tuple[str, ...]:
    """Return ten codes of 60 bits, in three groups of four letters."""
    return tuple(_recovery_code() for _ in range(RECOVERY_CODES))


def recovery_hash(user_id: object, typed: str) -> str:
    """Return what is stored of a recovery code: a hash that differs from person to person."""
    return hashlib.sha256(f"{user_id}:{normal_code(typed)}".encode()).hexdigest()


def _recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()[:12]
    return "-".join(letters[i : i + 4] for i in (0, 4, 8))
