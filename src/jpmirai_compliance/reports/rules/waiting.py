"""An upload as it waits in the database: rows and texts to JSON and back. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jpmirai_compliance.assessments.rules import Content, Reach
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.reports.rules.filled import Filled

ROWS_MAX = 500  # rows with a number; a form has 54


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a workbook said, what it had seen of each answer, and columns that it lost."""

    rows: tuple[Filled, ...]
    seen: Mapping[str, str]
    lost: tuple[Text, ...] = ()


def dumped(waiting: Waiting) -> str:
    """Return it as JSON."""
    return json.dumps(
        {
            "rows": [_row(row) for row in waiting.rows],
            "seen": dict(waiting.seen),
            "lost": [text_out(text) for text in waiting.lost],
        },
        ensure_ascii=False,
    )


def loaded(body: str) -> Waiting:
    """Return what ``dumped`` wrote."""
    found = json.loads(body)
    return Waiting(
        rows=tuple(_filled(row) for row in found["rows"]),
        seen=found["seen"],
        lost=tuple(text_in(text) for text in found["lost"]),
    )


def text_out(text: Text) -> list[Any]:
    """Return a text as JSON knows it; its values are strings, numbers and texts."""
    return [
        text.msgid,
        {k: text_out(v) if isinstance(v, Text) else v for k, v in text.values.items()},
    ]


def text_in(found: Sequence[Any]) -> Text:
    """Return the text that ``text_out`` wrote."""
    msgid, values = found
    return Text(msgid, {k: text_in(v) if isinstance(v, list) else v for k, v in values.items()})


def _row(row: Filled) -> dict[str, Any]:
    given = row.content
    return {
        "id": row.indicator_id,
        "place": row.place,
        "level": given.level,
        "na": given.not_applicable,
        "reason": given.na_reason,
        "text": given.text,
        "note": given.note,
        "reach": given.reach.value,
        "keeps": sorted(row.keeps),
        "problems": [text_out(text) for text in row.problems],
    }


def _filled(found: Mapping[str, Any]) -> Filled:
    return Filled(
        indicator_id=found["id"],
        place=found["place"],
        content=Content(
            level=found["level"],
            not_applicable=found["na"],
            na_reason=found["reason"],
            text=found["text"],
            note=found["note"],
            reach=Reach(found["reach"]),
        ),
        keeps=frozenset(found["keeps"]),
        problems=tuple(text_in(text) for text in found["problems"]),
    )
