"""Short and full form: chosen at the start, extended at any time, nothing ever lost."""

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import (
    AnswerRow,
    Assessment,
    FormLength,
    Participation,
    Round,
    Status,
)
from jpmirai_compliance.assessments.queries import form_length as queries
from jpmirai_compliance.assessments.service import answers
from jpmirai_compliance.assessments.service import form_length as service
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import DomainError, Incomplete, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Role
from tests.assessments.member.acts import row_of
from tests.factories import NOW, actor_of, make_member, make_round, make_user

CORE, FULL = FormLength.CORE, FormLength.FULL


@pytest.fixture
def member(make):
    """One member whose unit of work sees only its own rows."""
    return make()


def change(member, form, *, actor=None, confirmed=False, now=NOW):
    with member.uow.transaction():
        service.change(
            member.uow,
            actor=actor or member.actor,
            year=2026,
            form=form,
            confirmed=confirmed,
            now=now,
        )


def forms(member):
    member.uow.session.rollback()
    return (
        member.uow.session.exec(select(Assessment.form)).one(),
        member.uow.session.exec(select(Participation.form)).one(),
    )


def test_shortening_and_extending_keep_every_answer(member, engine_name):
    member.save("P1-01", level=2)
    member.save("P1-07", level=3, text="説明しています")
    with pytest.raises(Incomplete):
        change(member, CORE)
    assert forms(member) == (FULL, FULL)
    change(member, CORE, confirmed=True)
    assert forms(member) == (CORE, CORE)
    found = queries.choice(member.uow, member.actor, 2026)
    assert (found.now, found.short.questions, found.full.questions) == (CORE, 32, 53)
    assert (found.short.answered, found.full.answered) == (1, 2)
    assert [i.id for i in found.outside] == ["P1-07"]
    change(member, FULL)
    assert forms(member) == (FULL, FULL)
    stored = member.uow.session.exec(select(AnswerRow.indicator_id, AnswerRow.text)).all()
    assert sorted(stored) == [("P1-01", ""), ("P1-07", "説明しています")]


def test_without_answers_outside_the_short_form_nobody_is_asked(member, engine_name):
    member.save("P1-01", level=2)
    change(member, CORE)
    assert forms(member) == (CORE, CORE)


def test_the_scores_of_both_forms_are_those_of_the_rules(member, engine_name):
    for indicator_id in ("P1-01", "P1-02", "P1-03"):
        member.save(indicator_id, level=4)
    found = queries.choice(member.uow, member.actor, 2026)
    short, full = (f.scores.principles[0].claimed for f in (found.short, found.full))
    assert short > full > 0


def test_an_approval_ends_and_after_submitting_nothing_changes(member, engine_name):
    set_status(member, Status.APPROVED, approved_at=NOW, approved_by=member.user.id)
    change(member, CORE)
    row = row_of(member)
    assert (row.status, row.form, row.approved_at) == (Status.DRAFT, CORE, None)
    for status in (Status.SUBMITTED, Status.RETURNED):
        set_status(member, status, submitted_at=NOW)
        with pytest.raises(DomainError, match=r"^The answers are submitted"):
            change(member, FULL)


def set_status(member, status, **fields):
    with member.uow.transaction():
        row = member.uow.session.exec(select(Assessment)).one()
        row.status = status
        for name, value in fields.items():
            setattr(row, name, value)


def test_only_a_round_that_lets_members_choose_lets_them_shorten(member, engine_name):
    with member.uow.transaction():
        member.uow.session.exec(select(Round)).one().members_choose = False
    with pytest.raises(DomainError, match=r"^In this round the secretariat chooses"):
        change(member, CORE)
    with member.uow.transaction():
        member.uow.session.exec(select(Assessment)).one().form = CORE
    change(member, FULL)
    assert forms(member) == (FULL, FULL)


def test_az_2_only_who_answers_changes_the_form(member, make_uow, engine_name):
    approver = make_user(make_uow(), member.org, (Role.APPROVER,))
    with pytest.raises(NotPermitted):
        change(member, CORE, actor=actor_of(approver, member.org, (Role.APPROVER,)))
    other = make_member(make_uow(), "別の会社")[2]
    member.uow.scope = Scope(other.org_id)
    with pytest.raises(NotFound):
        change(member, CORE, actor=other)
    member.uow.scope = Scope(member.org.id)
    assert forms(member) == (FULL, FULL)


@pytest.mark.parametrize(
    ("choose", "wanted", "found"), [(True, CORE, CORE), (True, None, FULL), (False, CORE, FULL)]
)
def test_the_form_chosen_at_the_start(make_uow, choose, wanted, found, engine_name):
    uow = make_uow()
    org, _user, actor = make_member(uow)
    make_round(uow, orgs=[org], members_choose=choose)
    own = make_uow(Scope(org.id))
    with own.transaction():
        answers.start(own, actor=actor, year=2026, now=NOW, form=wanted)
    assert own.session.exec(select(Assessment.form)).one() is found
    assert own.session.exec(select(Participation.form)).one() is found
