"""A draft of the next edition: one question reworded, one made part of the short form."""

import datetime as dt
from dataclasses import replace
from functools import partial

from jpmirai_compliance.assessments.queries import editions as reading
from jpmirai_compliance.assessments.service import editions as writing
from jpmirai_compliance.demo.stage import Stage
from jpmirai_compliance.principles import editions
from jpmirai_compliance.principles.drafting import entry_of

#: What the secretariat changed so far, by indicator.
CHANGES: dict[str, dict[str, object]] = {
    "P1-11": {
        "question": {
            "ja": "育成就労への移行に向けて、関係者への周知と、契約や規程の見直しをしていますか。",
            "en": "Are you informing those concerned and revising contracts and internal rules "
            "for the move to Employment for Skill Development?",
        }
    },
    "P3-07": {"core": True},
}


def run(stage: Stage, now: dt.datetime) -> None:
    """Clone the newest edition and change two of its questions."""
    office = stage.actor("jimukyoku")
    made = stage.act(office, partial(writing.clone, actor=office, source=editions()[-1], now=now))
    for indicator_id, changed in CHANGES.items():
        found = stage.act(office, partial(reading.edition, actor=office, edition_id=made))
        entry = entry_of(found.text, indicator_id)
        if entry is None:
            continue  # a later edition may have let it go
        deed = partial(
            writing.save_indicator,
            actor=office,
            edition_id=made,
            indicator_id=indicator_id,
            entry=replace(entry, indicator=entry.indicator | changed),
            token=entry.token,
            now=now,
        )
        stage.act(office, deed)
