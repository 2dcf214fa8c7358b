"""Workbooks that strangers made: read in a process of its own, plain values out."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from jpmirai_compliance.foundation import confined
from jpmirai_compliance.foundation.confined import Cost, Ended, Limits, Why
from jpmirai_compliance.foundation.errors import DomainError
from jpmirai_compliance.foundation.text import Text

FILE_MAX = 5 * 1024 * 1024  # bytes; a form with every text at its longest has under 2 MB
LIMITS = Limits(cpu_seconds=1, wall_seconds=30, memory_mb=200, output_mb=16)


class Refusal(StrEnum):
    """Each has its sentence in ``WORDS``."""

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


WORDS: Mapping[Refusal, Text] = MappingProxyType(
    {
        Refusal.EMPTY: Text("This file is empty. Choose the workbook that you filled in."),
        Refusal.SIZE: Text(
            "This file is larger than 5 MB. Remove pictures and added sheets from the workbook,"
            " save it, and upload it again."
        ),
        Refusal.LARGE: Text(
            "There is too much in this file to read it. Remove added sheets, rows and pictures"
            " from the workbook, save it, and upload it again."
        ),
        Refusal.SEALED: Text(
            "This file has a password. Open it, remove the password, save it, and upload it again."
        ),
        Refusal.OLD: Text(
            "This is a file of an older Excel (.xls). Save it as “Excel workbook (.xlsx)” and"
            " upload that."
        ),
        Refusal.BINARY: Text(
            "This is a binary workbook (.xlsb). Save it as “Excel workbook (.xlsx)” and"
            " upload that."
        ),
        Refusal.OTHER: Text(
            "This is not an Excel workbook (.xlsx). If you filled in the workbook in another"
            " program, save it as “Excel workbook (.xlsx)” and upload that."
        ),
        Refusal.MACROS: Text(
            "This workbook contains macros, which we do not accept. Save it as “Excel workbook"
            " (.xlsx)” without macros and upload that."
        ),
        Refusal.ENTITIES: Text(
            "This workbook contains parts that no spreadsheet program writes (DOCTYPE), so it was"
            " not read. Open it in Excel, save it, and upload it again."
        ),
        Refusal.BROKEN: Text(
            "This file is broken and cannot be read. Open it in Excel, save it, and upload it"
            " again."
        ),
        Refusal.NOTHING: Text(
            "There is no row with a question’s number in this file. Upload the workbook that you"
            " downloaded here, with its headings as they were."
        ),
    }
)


class Unreadable(DomainError):
    """The file is not read; ``text`` says why and what to do, ``cost`` what looking took."""

    def __init__(self, why: Refusal, cost: Cost | None = None) -> None:
        super().__init__(WORDS[why])
        self.why = why
        self.cost = cost


def sheets_of(content: bytes) -> tuple[Sequence[Mapping[str, Any]], Cost]:
    """Return the sheets of a workbook and what reading them took; raises Unreadable in words.

    A sheet has ``name``, ``rows`` (number and cells) and ``formulas`` (addresses of cells).
    """
    if not content:
        raise Unreadable(Refusal.EMPTY)
    if len(content) > FILE_MAX:
        raise Unreadable(Refusal.SIZE)
    try:
        answer, cost = confined.run(_CHILD, content, LIMITS)
    except Ended as error:
        raise Unreadable(_WHY[error.why], error.cost) from error
    found = json.loads(answer)
    if why := found.get("refused"):
        raise Unreadable(Refusal(why), cost)
    return found["sheets"], cost


_CHILD = "jpmirai_compliance.foundation.workbook_child:read"
_WHY = {Why.TIME: Refusal.LARGE, Why.MEMORY: Refusal.LARGE, Why.FAILED: Refusal.BROKEN}
