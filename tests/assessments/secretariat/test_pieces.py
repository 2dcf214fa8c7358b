"""Frozen evidence with how it stands now, on both databases."""

import datetime as dt

import pytest
from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Membership
from jpmirai_compliance.assessments.queries import pieces
from jpmirai_compliance.evidence import queries, service
from jpmirai_compliance.evidence.models import Evidence, Visibility
from jpmirai_compliance.evidence.rules import Expiry
from jpmirai_compliance.foundation.errors import NotFound
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.assessments.secretariat.acts import desk_of
from tests.assessments.secretariat.conftest import NOW
from tests.evidence.files import PDF

TODAY = dt.date(2026, 4, 1)


@pytest.fixture
def filed(uow, make_case, round_, store):
    """A submission with a file behind an answer, and another organisation's with one too."""

    def submit(name):
        org, user, member = factories.make_member(uow, name)

        def attach(work, assessment_id, indicator_id):
            service.attach_file(
                work,
                store,
                actor=member,
                org_id=org.id,
                assessment_id=assessment_id,
                indicator_id=indicator_id,
                upload=service.Upload("規程.pdf", PDF + name.encode()),
                title=name,
                valid_until=TODAY,
                now=NOW,
            )

        return make_case.again(round_, org, user, member, attach=attach)

    submit("別の会社")
    return submit("対象の会社")


def shown_of(uow, reviewer, case, today=TODAY):
    answer = desk_of(uow, reviewer, case).answer(case.bare)
    [found] = pieces.shown(uow, answer.frozen.evidence, today=today).values()
    return found


def test_a_frozen_piece_is_shown_with_how_it_stands_now(uow, reviewer, filed):
    found = shown_of(uow, reviewer, filed)
    assert (found.piece.title, found.piece.ordinal, found.expiry) == ("対象の会社", 1, Expiry.SOON)
    assert (found.open, found.kept_back) == (True, False)
    assert found.standing.sha256 == found.piece.sha256
    tomorrow = TODAY + dt.timedelta(days=1)
    assert shown_of(uow, reviewer, filed, tomorrow).expiry is Expiry.EXPIRED
    with uow.transaction():
        row = uow.session.exec(select(Evidence).where(col(Evidence.title) == "対象の会社")).one()
        row.visibility = Visibility.INTERNAL
    found = shown_of(uow, reviewer, filed)
    assert (found.open, found.kept_back) == (False, True)
    assert found.piece.visibility is Visibility.REVIEWERS  # as it was submitted


def test_pieces_cost_one_question_and_none_if_there_are_none(uow, statements, reviewer, filed):
    answer = desk_of(uow, reviewer, filed).answer(filed.bare)
    link = desk_of(uow, reviewer, filed).answer(filed.proven[0])
    for given, cost in (((), 0), (answer.frozen.evidence, 1)):
        with statements() as seen:
            pieces.shown(uow, given, today=TODAY)
        assert len(seen) == cost
    both = answer.frozen.evidence + link.frozen.evidence
    with statements() as seen:
        found = pieces.shown(uow, both, today=TODAY)
    assert (len(seen), [s.open for s in found.values()]) == (1, [True, False])


def test_az_8_a_tied_reviewer_and_a_judge_find_no_file(uow, reviewer, colleague, strangers, filed):
    id_ = shown_of(uow, reviewer, filed).standing.id
    assert queries.find(uow, colleague, id_, 1).title == "対象の会社"
    with uow.transaction():
        uow.session.add(
            Membership(
                user_id=colleague.user_id,
                org_id=filed.org.id,
                role=Role.EDITOR,
                since=NOW,
                ended_at=NOW,
            )
        )
    for nobody in (colleague, *strangers.values()):
        with pytest.raises(NotFound):
            queries.find(uow, nobody, id_, 1)
    assert queries.find(uow, filed.member, id_, 1).title == "対象の会社"
    assert queries.find(uow, reviewer, id_, 1).title == "対象の会社"
