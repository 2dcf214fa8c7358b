"""A member that submitted last year and starts this year."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import select

from jpmirai_compliance.assessments.models import AnswerRow, Assessment, SnapshotKind
from jpmirai_compliance.assessments.service import answers, freezing
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.db import Scope
from tests.factories import NOW, all_answers, make_assessment, make_member, make_round

GIVEN = {
    "P1-01": {
        "level": 3,
        "text": "掲示は日本語と英語のみ。",
        "note": "昨年のメモ",
        "reach": "group",
    },
    "P1-02": {"not_applicable": True, "na_reason": "昨年の理由"},
}


@dataclass
class Returning:
    org: Any
    user: Any
    actor: Any
    uow: Any
    round: Any

    def start(self):
        with self.uow.transaction():
            return answers.start(self.uow, actor=self.actor, year=self.round.year, now=NOW)

    def rows(self):
        """This year's answers by indicator."""
        self.uow.session.rollback()
        query = (
            select(AnswerRow)
            .join(Assessment, Assessment.id == AnswerRow.assessment_id)
            .where(Assessment.round_id == self.round.id)
        )
        return {row.indicator_id: row for row in self.uow.session.exec(query)}


def make_returning(uow, make_uow, *, year=2026, only=None, **round_fields):
    """GIVEN and level 2 everywhere else, but nothing for P1-03, frozen for the year before."""
    org, user, actor = make_member(uow)
    other, their, other_actor = make_member(uow, "別の会社")
    last = make_round(uow, year - 1, orgs=[org, other])
    now = make_round(uow, year, orgs=[org, other], **round_fields)
    values = all_answers(org, 2) | GIVEN
    del values["P1-03"]
    values = {i: v for i, v in values.items() if only is None or i in only}
    earlier = make_assessment(uow, org, last, values, by=user)
    theirs = make_assessment(uow, other, last, all_answers(other, 4), by=their)
    for row_id, who in ((earlier.id, actor), (theirs.id, other_actor)):
        freeze(uow, row_id, who)
    return Returning(org, user, actor, make_uow(Scope(org.id)), now)


def freeze(uow, assessment_id, actor):
    with uow.transaction():
        freezing.freeze(
            uow,
            uow.session.get_one(Assessment, assessment_id),
            kind=SnapshotKind.SUBMITTED,
            actor=actor,
            event=Event.ASSESSMENT_SUBMITTED,
            now=NOW,
        )
