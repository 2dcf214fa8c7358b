"""The one gate for text that people typed, on its way into a PDF or an SVG.

Text stays text: nothing here or behind it reads markup. What is removed has no glyph and could
reorder, hide or break what stands beside it.
"""

import re
import unicodedata

#: Longest text of one field, in characters.
LIMIT = 4000

_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
#: Other control characters; bidirectional embeddings, overrides and isolates; lone surrogates;
#: interlinear annotation; byte order mark; tags.
_REMOVED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ud800-\udfff\ufff9-\ufffb"
    "\ufeff\U000e0000-\U000e007f]"
)


def plain(text: str, limit: int = LIMIT) -> str:
    """Return ``text`` as it may be drawn: no control characters, at most ``limit`` characters.

    Line breaks and tabs become one space. A text that is cut ends with an ellipsis.
    """
    # what lies far behind the limit need not be searched
    text = _BREAKS.sub(" ", text[: 2 * limit + 1])
    text = _REMOVED.sub("", text).strip()
    if len(text) <= limit:
        return text
    end = limit - 1
    while end and unicodedata.category(text[end]) in {"Mn", "Mc", "Me"}:
        end -= 1
    return text[:end] + "…"
