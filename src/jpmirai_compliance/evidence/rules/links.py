"""Addresses given as evidence: text that is shown, never fetched."""

from urllib.parse import urlsplit

from jpmirai_compliance.foundation.errors import Gap, Incomplete
from jpmirai_compliance.foundation.inputs import BadInput, clean_line
from jpmirai_compliance.foundation.text import Text

URL_MAX = 2_000
FIELD = "#url"


def safe_url(value: str) -> str:
    """Return an http or https address with a host and no password; Incomplete if it is not."""
    try:
        text = clean_line(value, URL_MAX)
        parts = urlsplit(text)
        port_is_number = parts.port is None or parts.port > 0
        plain = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        )
    except (BadInput, ValueError):
        plain = port_is_number = False
        text = ""
    if not plain or not port_is_number or any(c.isspace() or c in "<>\"'`\\" for c in text):
        said = Text("Enter a whole address that starts with https:// or http://.")
        raise Incomplete(said, [Gap(said, FIELD)])
    return text
