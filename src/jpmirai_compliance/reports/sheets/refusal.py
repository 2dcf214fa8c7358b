"""Why a file is not read."""

from enum import StrEnum


class Refusal(StrEnum):
    """Each has its sentence in ``reading.WORDS``."""

    EMPTY = "empty"
    SIZE = "size"
    LARGE = "large"
    SEALED = "sealed"
    OLD = "old"
    BINARY = "binary"
    OTHER = "other"
    MACROS = "macros"
    ENTITIES = "entities"
    BROKEN = "broken"
    NOTHING = "nothing"
