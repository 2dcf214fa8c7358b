import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from jpmirai_compliance.accounts.models import Organisation, User
from jpmirai_compliance.assessments.models import FormLength, Participation, Round, Status
from jpmirai_compliance.assessments.queries import member as queries
from jpmirai_compliance.assessments.service import submission
from jpmirai_compliance.evidence import service as evidence
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.policy import Actor, Role
from tests import factories

NOW = factories.NOW
URL = "https://evidence.example/record"


@dataclass
class Case:
    """An organisation with a submitted short form: evidence on the first three, N/A on the last."""

    org: Organisation
    user: User
    member: Actor
    round: Round
    id: UUID
    asked: list[str] = field(default_factory=list)

    @property
    def proven(self):
        return self.asked[:3]

    @property
    def bare(self):
        return self.asked[3]

    @property
    def not_applicable(self):
        return self.asked[-1]


@pytest.fixture
def make_case(uow, make_uow):
    """Submit an assessment for real; ``levels`` overrides level 2 by position."""

    def make(round_, name="対象製作所", *, levels=None, at=NOW, **fields):
        org, user, member = factories.make_member(uow, name, **fields)
        return submit(round_, org, user, member, levels=levels, at=at)

    def submit(round_, org, user, member, *, levels=None, at=NOW, attach=None):
        asked = list(factories.all_answers(org, core_only=True))
        given = {id_: {"level": 2, "text": f"取組 {id_}"} for id_ in asked}
        given |= {
            asked[i]: {"level": n, "text": f"取組 {asked[i]}"} for i, n in (levels or {}).items()
        }
        given[asked[-1]] = {"not_applicable": True, "na_reason": "該当する業務がありません。"}
        with uow.transaction():
            uow.session.add(
                Participation(round_id=round_.id, org_id=org.id, form=FormLength.CORE, added_at=NOW)
            )
        found = factories.make_assessment(
            uow,
            org,
            round_,
            given,
            by=user,
            form=FormLength.CORE,
            status=Status.APPROVED,
            approved_at=at,
            approved_by=user.id,
        )
        own = make_uow(Scope(org.id))
        with own.transaction():
            for number, id_ in enumerate(asked[:3]):
                evidence.attach_link(
                    own,
                    actor=member,
                    assessment_id=found.id,
                    org_id=org.id,
                    indicator_id=id_,
                    url=f"{URL}/{number}",
                    title=f"資料{number}",
                    now=at,
                )
        if attach is not None:
            with own.transaction():
                attach(own, found.id, asked[3])
        submit_again(own, member, round_.year, at)
        return Case(org, user, member, round_, found.id, asked)

    make.again = submit
    return make


def submit_again(own, member, year, at):
    """Hand in what there is as the approver sees it."""
    version = queries.assessment(own, member, year).version
    with own.transaction():
        submission.submit(
            own, actor=member, year=year, version=version, base_url="http://localhost", now=at
        )


@pytest.fixture
def round_(uow):
    return factories.make_round(uow)


@pytest.fixture
def case(make_case, round_):
    """One submission, and a second organisation's as noise."""
    make_case(round_, "別の会社", at=NOW + dt.timedelta(hours=1))
    return make_case(round_)


@pytest.fixture
def staff(uow):
    user, actor = factories.make_staff(uow)
    return user, actor


@pytest.fixture
def english(uow):
    """A person of the secretariat who reads English."""
    return factories.make_user(
        uow,
        None,
        (Role.SECRETARIAT, Role.REVIEWER),
        totp_secret="enrolled",
        email="reader@secretariat.example",
        locale="en",
    )


@pytest.fixture
def reviewer(staff):
    return staff[1]


@pytest.fixture
def colleague(uow):
    return factories.make_staff(uow, Role.REVIEWER)[1]


@pytest.fixture
def strangers(uow, case):
    """Whoever may not review: the member, another member, a judge."""
    judge = factories.make_user(uow, None, (Role.JUDGE,))
    other = factories.make_member(uow, "第三の会社")[2]
    return {
        "member": case.member,
        "another member": other,
        "judge": factories.actor_of(judge, None, (Role.JUDGE,)),
    }
