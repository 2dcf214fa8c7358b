"""What a password must be: long, not common, not the name of the house."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jpmirai_compliance.foundation.text import Text

LEAST, MOST = 12, 128
#: The service's own names; an organisation's come from the caller.
OWN_NAMES = ("jpmirai", "jp-mirai", "ジェイピーミライ", "jpみらい")
_NAME_LEAST = 4  # shorter names ("JA") occur by chance
_LIST = Path(__file__).parents[1] / "passwords.txt"


def normal(password: str) -> str:
    """Return the password as it is hashed: composed, so that every keyboard sends the same."""
    return unicodedata.normalize("NFC", password)


@cache
def common() -> frozenset[str]:
    """Return the bundled list of passwords that everybody tries first, case folded."""
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("# "))


def fault(password: str, names: Iterable[str] = ()) -> Text | None:
    """Return what is wrong with a new password, or None; ``names``: of the organisation."""
    text = normal(password)
    if any(unicodedata.category(c) in {"Cs", "Cc"} for c in text):
        return Text("Remove the control characters from the password.")
    if len(text) < LEAST:
        values: dict[str, object] = {"least": LEAST, "length": len(text)}
        return Text("Use %(least)d characters or more. You entered %(length)d.", values)
    if len(text) > MOST:
        values = {"most": MOST, "length": len(text)}
        return Text("Use %(most)d characters or fewer. You entered %(length)d.", values)
    plain = folded(text)
    if plain in common():
        return Text("This password is one that is often guessed. Choose another one.")
    if any(name in plain for name in _telling(names)):
        return Text(
            "Leave out the name of the service and of your organisation: they are easily guessed."
        )
    return None


def folded(text: str) -> str:
    """Return text for comparing: full-width and case make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()


def _telling(names: Iterable[str]) -> list[str]:
    folded_names = [folded(name) for name in (*OWN_NAMES, *names)]
    joined = ["".join(name.split()) for name in folded_names]
    return [name for name in {*folded_names, *joined} if len(name) >= _NAME_LEAST]
