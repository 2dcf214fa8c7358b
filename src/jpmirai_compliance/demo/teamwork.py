"""Colleagues of one member in the middle of their year: who answers what, flags, comments."""

import datetime as dt
import uuid
from functools import partial

from jpmirai_compliance.assessments.queries import member as reading
from jpmirai_compliance.assessments.service import teamwork as service
from jpmirai_compliance.demo.stage import Stage
from jpmirai_compliance.foundation.db import UnitOfWork

#: Question, who speaks, what is said.
TALK = (
    ("P2-01", "minami", "方針の英語版は、昨年度のものから変わっていますか。"),
    ("P2-01", "hamada", "変わっていません。4月に市長の承認も受けています。"),
    ("P2-09", "hamada", "相談窓口の件数は、国際課に確認してから書きます。"),
    ("P2-07", "minami", "研修の参加者数が見つかりません。来週、人事課に聞いてみます。"),
)
FLAGS = ("P2-07", "P2-09", "P5-02")
TASKS = (("P2", "hamada"), ("P5", "hamada"), ("P2-09", "minami"), ("P3", "minami"))


def run(stage: Stage, year: int, now: dt.datetime) -> None:
    """Let the two people of the city share this year's questions; some are not asked of it."""
    minami = stage.actor("minami")
    found = stage.act(minami, lambda uow: reading.assessment(uow, minami, year))
    asked = {i.id for i in found.indicators} | {f"P{i.principle}" for i in found.indicators}
    for place, local in TASKS:
        if place in asked:
            stage.act(
                minami,
                partial(
                    service.assign,
                    actor=minami,
                    assessment_id=found.id,
                    place=place,
                    user_id=stage.users[local],
                    seen=None,
                    now=now,
                ),
            )
    for indicator_id in FLAGS:
        if indicator_id in asked:
            stage.act(
                minami,
                partial(
                    service.flag,
                    actor=minami,
                    assessment_id=found.id,
                    indicator_id=indicator_id,
                    on=True,
                    now=now,
                ),
            )
    made = [
        _say(stage, found.id, line, now + dt.timedelta(hours=number))
        for number, line in enumerate(TALK)
        if line[0] in asked
    ]
    settle = partial(service.resolve, actor=minami, comment_id=made[0], done=True)
    stage.act(minami, partial(settle, now=now + dt.timedelta(days=1)))


def _say(
    stage: Stage, assessment_id: uuid.UUID, line: tuple[str, str, str], now: dt.datetime
) -> uuid.UUID:
    indicator_id, local, text = line
    person = stage.actor(local)

    def deed(uow: UnitOfWork) -> uuid.UUID:
        return service.comment(
            uow,
            actor=person,
            assessment_id=assessment_id,
            indicator_id=indicator_id,
            text=text,
            now=now,
        )

    return stage.act(person, deed)
