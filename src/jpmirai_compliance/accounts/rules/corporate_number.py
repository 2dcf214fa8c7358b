"""The 13-digit corporate number of the National Tax Agency."""

import unicodedata

from stdnum.exceptions import ValidationError
from stdnum.jp import cn

from jpmirai_compliance.foundation.text import Text

LENGTH = 13


def read(typed: str) -> str | Text:
    """Return the 13 digits, or a Text that says what is wrong with what was typed."""
    text = "".join(
        c for c in unicodedata.normalize("NFKC", typed) if not c.isspace() and c not in "-‐‑–—―−ー"
    )
    if not text.isascii() or not text.isdigit():
        return Text("A corporate number has digits only, 13 of them.")
    if len(text) != LENGTH:
        return Text(
            "A corporate number has 13 digits. This one has %(length)d.", {"length": len(text)}
        )
    try:
        return str(cn.validate(text))
    except ValidationError:
        return Text(
            "The first digit does not fit the other 12. Please compare the number once more."
        )
