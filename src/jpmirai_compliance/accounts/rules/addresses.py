"""Addresses: e-mail as identity, where a redirect may lead, an organisation's own site."""

import hashlib
import ipaddress
import re
import secrets
import unicodedata
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from jpmirai_compliance.foundation.inputs import BadInput

EMAIL_MAX = 254
URL_MAX = 500
SHAPE, LONG = "shape", "long"  # reasons of BadInput
_LOCAL = re.compile(r"/(?:[A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*(?:\?[A-Za-z0-9._~=&%+-]*)?")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_PRIVATE = (".local", ".localhost", ".internal", ".lan", ".home", ".test", ".invalid", ".arpa")

#: Where a shared domain says nothing about whom somebody works for.
FREE_MAIL = frozenset(
    {
        "126.com",
        "163.com",
        "aol.com",
        "au.com",
        "biglobe.ne.jp",
        "docomo.ne.jp",
        "excite.co.jp",
        "ezweb.ne.jp",
        "fastmail.com",
        "gmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "goo.jp",
        "googlemail.com",
        "hotmail.co.jp",
        "hotmail.com",
        "i.softbank.jp",
        "icloud.com",
        "jcom.home.ne.jp",
        "live.com",
        "live.jp",
        "mac.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "mineo.jp",
        "msn.com",
        "naver.com",
        "nifty.com",
        "ocn.ne.jp",
        "outlook.com",
        "outlook.jp",
        "plala.or.jp",
        "pm.me",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "rakuten.jp",
        "so-net.ne.jp",
        "softbank.ne.jp",
        "tutanota.com",
        "uqmobile.jp",
        "vodafone.ne.jp",
        "web.de",
        "yahoo.co.jp",
        "yahoo.com",
        "yahoo.ne.jp",
        "yandex.com",
        "ybb.ne.jp",
        "ymobile.ne.jp",
        "zoho.com",
    }
)


def normal_email(typed: str) -> str:
    """Return the address that is somebody's identity: NFKC, checked, case folded, all ASCII.

    BadInput ``shape`` if mail could not reach it. Full-width letters become plain ones; letters
    that only look alike (``admın``) are refused, so two spellings never name two people.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if len(text) > EMAIL_MAX:
        raise BadInput(LONG, str(len(text)))
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise BadInput(SHAPE) from error
    return str(found.ascii_email).casefold()


def email_or_typed(typed: str) -> str:
    """Return the identity, or for what is none a string that no account has; never raises."""
    try:
        return normal_email(typed)
    except BadInput:
        escaped = unicodedata.normalize("NFKC", typed)[:EMAIL_MAX].encode("unicode_escape")
        return "?" + escaped.decode().casefold()


def mail_domain(email: str) -> str:
    """Return the domain of an address, or "" for free mail and for no address."""
    domain = email.rpartition("@")[2].casefold() if "@" in email else ""
    return "" if domain in FREE_MAIL else domain


def local_path(raw: str | None) -> str | None:
    """Return a path inside this site that a redirect may lead to, or None.

    An allow-list: no scheme, host, second slash, backslash, tab, encoded sign or control
    character can be written with these letters.
    """
    if not raw or len(raw) > URL_MAX or not _LOCAL.fullmatch(raw):
        return None
    return raw


def website(typed: str) -> str:
    """Return an organisation's own site as it is shown and linked.

    BadInput ``shape`` unless it is http(s) to a named public host: no IP address in any
    notation, no user, no odd port, no name of an inner network.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if any(c.isspace() or c in '<>"\\^`{|}' or not c.isprintable() for c in text):
        raise BadInput(SHAPE)
    if len(text) > URL_MAX:
        raise BadInput(LONG, str(len(text)))
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port, host = parts.port, (parts.hostname or "").rstrip(".").encode("idna").decode().lower()
    except (ValueError, UnicodeError) as error:
        raise BadInput(SHAPE) from error
    strange = parts.scheme not in {"http", "https"} or "@" in parts.netloc
    if strange or port not in {None, 80, 443} or not _public(host):
        raise BadInput(SHAPE)
    return parts.geturl()


def _public(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(_HOST.fullmatch(host)) and not host.endswith(_PRIVATE)
    return False


def new_token() -> str:
    """Return 256 random bits for a link or a session."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a token; whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
