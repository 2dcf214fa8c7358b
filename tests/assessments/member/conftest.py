"""One organisation that answers, another one beside it, and the secretariat."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest

from jpmirai_compliance.assessments.service import answers
from jpmirai_compliance.foundation.db import Scope, UnitOfWork
from jpmirai_compliance.foundation.policy import Actor
from tests.factories import (
    NOW,
    all_answers,
    make_assessment,
    make_member,
    make_round,
)

OPENS, CLOSES = NOW - dt.timedelta(days=1), NOW + dt.timedelta(days=1)


@dataclass
class Member:
    """``uow`` sees only this organisation's rows, as in a request."""

    org: Any
    user: Any
    actor: Actor
    round: Any
    assessment: Any
    uow: UnitOfWork

    def save(self, indicator_id="P1-01", **given):
        return self.saved(indicator_id, **given).version

    def saved(
        self,
        indicator_id="P1-01",
        *,
        uow=None,
        actor=None,
        version=0,
        seen="",
        yielding=(),
        now=NOW,
        **content,
    ):
        work = uow or self.uow
        with work.transaction():
            return answers.save(
                work,
                actor=actor or self.actor,
                assessment_id=self.assessment.id,
                indicator_id=indicator_id,
                content=answers.Content(**content),
                version=version,
                seen=seen,
                yielding=frozenset(yielding),
                now=now,
            )


@pytest.fixture
def make(uow, make_uow):
    """Build a member in a round of [OPENS, CLOSES); ``level`` answers everything."""

    def build(*, level=None, round_fields=None, **fields):
        org, user, actor = make_member(uow)
        other, their, _actor = make_member(uow, "別の会社")
        round_ = make_round(
            uow,
            orgs=[org, other],
            **({"opens_at": OPENS, "closes_at": CLOSES} | (round_fields or {})),
        )
        make_assessment(uow, other, round_, all_answers(other, 4), by=their)
        given = {} if level is None else all_answers(org, level)
        assessment = make_assessment(uow, org, round_, given, by=user, **fields)
        return Member(org, user, actor, round_, assessment, make_uow(Scope(org.id)))

    return build


@pytest.fixture
def member(uow):
    org, user, _actor = make_member(uow)
    other, their, _actor = make_member(uow, "別の会社")
    round_ = make_round(uow, orgs=[org, other])
    make_assessment(uow, other, round_, all_answers(other, 4), by=their)
    return org, user, round_
