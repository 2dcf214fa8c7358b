"""Where a line may end, by ICU: dictionaries for Thai, Lao, Khmer, Burmese; kinsoku for ja."""

import functools

from icu4py.breakers import LineBreaker

from jpmirai_compliance.typesetting.languages import Language

_CACHED_LENGTH = 300


def breaks(text: str, language: Language, *, phrase: bool = False) -> tuple[int, ...]:
    """Return the offsets, in characters, at which a line may end; the last is ``len(text)``.

    ``phrase`` asks for breaks between phrases only, for large text; few languages know it.
    """
    locale = language.phrase_icu if phrase else language.icu
    return _cached(text, locale) if len(text) <= _CACHED_LENGTH else _breaks(text, locale)


def _breaks(text: str, locale: str) -> tuple[int, ...]:
    # the breaker's own offsets count UTF-16 units; its pieces do not lie
    offsets, end = [], 0
    for piece in LineBreaker(text, locale):
        end += len(piece)
        offsets.append(end)
    return tuple(offsets)


_cached = functools.lru_cache(maxsize=2048)(_breaks)
