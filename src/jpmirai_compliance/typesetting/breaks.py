"""Where a line may end.

ICU has the dictionaries for Thai, Lao, Khmer and Burmese and the rules for Japanese and Chinese.
Its phrases are too short for large text (it parts 安心 and 私たち), so there BudouX chooses among
the places that ICU allows.
"""

import functools

import budoux
from icu4py.breakers import LineBreaker

from jpmirai_compliance.typesetting.languages import Language

_CACHED_LENGTH = 300
_PARSERS = {
    "ja": budoux.load_default_japanese_parser,
    "zh-hans": budoux.load_default_simplified_chinese_parser,
    "zh-hant": budoux.load_default_traditional_chinese_parser,
}


def breaks(text: str, language: Language, *, phrase: bool = False) -> tuple[int, ...]:
    """Return the offsets, in characters, at which a line may end; the last is ``len(text)``.

    ``phrase`` asks for breaks between phrases only, for large text; few languages need it.
    """
    model = language.phrases if phrase else ""
    find = _cached if len(text) <= _CACHED_LENGTH else _breaks
    return find(text, language.icu, model)


def _breaks(text: str, locale: str, model: str) -> tuple[int, ...]:
    # the breaker's own offsets count UTF-16 units; its pieces do not lie
    offsets = _ends(list(LineBreaker(text, locale)))
    if not model:
        return offsets
    phrases = {*_ends(_parser(model).parse(text)), len(text)}
    return tuple(end for end in offsets if end in phrases or text[end - 1].isspace())


_cached = functools.lru_cache(maxsize=2048)(_breaks)


@functools.cache
def _parser(model: str) -> budoux.Parser:
    return _PARSERS[model]()


def _ends(pieces: list[str]) -> tuple[int, ...]:
    offsets, end = [], 0
    for piece in pieces:
        end += len(piece)
        offsets.append(end)
    return tuple(offsets)
