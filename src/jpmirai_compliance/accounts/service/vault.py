"""What needs the house's secrets: hashing passwords, sealing second factors, veiling addresses."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jpmirai_compliance.accounts.rules import passwords
from jpmirai_compliance.foundation.settings import Settings

_SEAL, _VEIL, _DRAFT = b"jpmirai:second-factor", b"jpmirai:address", b"jpmirai:draft"
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Vault:
    """Made once from the settings; holds keys and the cost of hashing."""

    def __init__(self, secrets: Sequence[str], hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._box = _box(secrets, _SEAL)
        self._drafts = _box(secrets, _DRAFT)
        self._veil = _key(secrets[0], _VEIL)
        self.nobody = hasher.hash("the password of nobody")

    @classmethod
    def of(cls, settings: Settings) -> "Vault":
        """Return the vault of these settings; hashing is cheap in the test environment only."""
        secrets = (settings.secret_key.get_secret_value(), *settings.secret_key_fallbacks)
        return cls(secrets, _CHEAP if settings.env == "test" else PasswordHasher())

    def hash_password(self, password: str) -> str:
        """Return what is stored of a password (argon2id)."""
        return self._hasher.hash(passwords.normal(password))

    def fits(self, stored: str, password: str) -> bool:
        """Return whether the password is the stored one; as slow for an empty ``stored``."""
        text = passwords.normal(password).encode("utf-8", "replace")[:1024]
        try:
            found = self._hasher.verify(stored or self.nobody, text)
        except (VerificationError, InvalidHashError):
            return False
        return found and bool(stored) and len(passwords.normal(password)) <= passwords.MOST

    def outdated(self, stored: str) -> bool:
        """Return whether a stored hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def seal(self, secret: str) -> str:
        """Return the secret encrypted with the newest key."""
        return self._box.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return the sealed secret, or "" if no key of this house opens it."""
        return _opened(self._box, sealed)

    def seal_draft(self, text: str) -> str:
        """Return what somebody typed, encrypted under a key of its own."""
        return self._drafts.encrypt(text.encode("utf-8", "replace")).decode()

    def open_draft(self, sealed: str) -> str:
        """Return what was typed, or "" if no key of this house opens it."""
        return _opened(self._drafts, sealed)

    def veil(self, value: str) -> str:
        """Return a keyed hash, so that a stored network address cannot be guessed back."""
        return hmac.new(self._veil, value.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _box(secrets: Sequence[str], purpose: bytes) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_key(s, purpose))) for s in secrets])


def _opened(box: MultiFernet, sealed: str) -> str:
    try:
        return box.decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _key(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
