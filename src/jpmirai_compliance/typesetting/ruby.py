"""Readings over characters: ``{職場|しょくば}``. For reviewed content, not for typed text."""

import re
from typing import NamedTuple

from jpmirai_compliance.typesetting.plain import plain

_GROUP = re.compile(r"\{([^{|}]+)\|([^{|}]+)\}")


class Ruby(NamedTuple):
    """The reading ``text`` over the characters ``start:end``."""

    start: int
    end: int
    text: str


def parse_ruby(markup: str) -> tuple[str, tuple[Ruby, ...]]:
    """Return the bare text and its readings; braces without a bar stay as they are."""
    markup = plain(markup)
    parts: list[str] = []
    found: list[Ruby] = []
    length = end = 0
    for match in _GROUP.finditer(markup):
        before = markup[end : match.start()]
        start = length + len(before)
        length = start + len(match[1])
        found.append(Ruby(start, length, match[2]))
        parts += [before, match[1]]
        end = match.end()
    return "".join([*parts, markup[end:]]), tuple(found)
