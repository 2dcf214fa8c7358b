"""Copied answers are no answers until somebody confirms them."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.models import AnswerRow, Assessment, FormLength, Status
from jpmirai_compliance.assessments.queries import last_year, member_pages
from jpmirai_compliance.assessments.rules import Content
from jpmirai_compliance.assessments.service import answers, approval, form_length
from jpmirai_compliance.assessments.service.prefilling import confirm
from jpmirai_compliance.evidence.models import EvidenceUse
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import (
    Conflict,
    DomainError,
    Incomplete,
    NotFound,
    NotPermitted,
)
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.text import Localized
from tests.assessments.member.last_year import make_returning
from tests.factories import NOW, actor_of, make_member, make_staff, make_user

DAY = dt.date(2026, 11, 24)


@pytest.fixture
def returning(uow, make_uow):
    return make_returning(uow, make_uow)


def press_confirm(who, assessment_id, indicator_id="P1-01", *, version=1, uow=None, **fields):
    work = uow or who.uow
    with work.transaction():
        return confirm(
            work,
            actor=fields.pop("actor", who.actor),
            assessment_id=assessment_id,
            indicator_id=indicator_id,
            version=version,
            now=fields.pop("now", NOW),
        )


def test_starting_a_year_copies_what_was_submitted_and_nothing_more(returning):
    returning.start()
    rows = returning.rows()
    first, second = rows["P1-01"], rows["P1-02"]
    assert (first.level, first.text, first.reach) == (3, "掲示は日本語と英語のみ。", "group")
    assert (first.note, first.prefilled, first.version) == ("", True, 1)
    assert (second.not_applicable, second.na_reason, second.prefilled) == (True, "昨年の理由", True)
    assert "P1-03" not in rows
    assert {row.org_id for row in rows.values()} == {returning.org.id}
    assert returning.uow.session.exec(select(EvidenceUse)).all() == []


def test_starting_twice_copies_once_and_keeps_what_was_changed(returning):
    taken = returning.start()
    press_confirm(returning, taken)
    assert returning.start() == taken
    rows = returning.rows()
    assert (rows["P1-01"].prefilled, rows["P1-01"].version) == (False, 2)
    assert (rows["P1-02"].prefilled, rows["P1-02"].version) == (True, 1)


def test_starting_takes_as_many_statements_for_one_answer_as_for_all(uow, make_uow, statements):
    counts = []
    for year, only in ((2026, ["P1-01"]), (2028, None)):
        who = make_returning(uow, make_uow, year=year, only=only)
        who.uow.session.rollback()
        with statements() as seen:
            who.start()
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_copied_answers_are_counted_apart_and_score_as_blank(returning):
    returning.start()
    found = member_pages.overview(returning.uow, returning.actor, 2026)
    assert (found.answered, found.prefilled) == (0, found.total - 1)
    assert found.scores.overall.claimed == 0
    assert found.next_open.indicator.id == "P1-01"


def test_each_copied_answer_keeps_the_year_from_being_submitted(returning):
    taken = returning.start()
    gaps = _gaps(returning)
    assert next(str(g.text) for g in gaps if "/P1-01#" in g.target).endswith(
        "Confirm it, or change it."
    )
    press_confirm(returning, taken)
    assert len(_gaps(returning)) == len(gaps) - 1
    assert not [g for g in _gaps(returning) if "/P1-01#" in g.target]


def _gaps(who):
    with pytest.raises(Incomplete) as caught, who.uow.transaction():
        version = who.uow.session.exec(
            select(Assessment.version).where(Assessment.round_id == who.round.id)
        ).one()
        approval.ask(
            who.uow, actor=who.actor, year=2026, version=version, base_url="https://x", now=NOW
        )
    return caught.value.gaps


def test_confirming_makes_it_this_years_answer_once_and_audited(uow, returning):
    taken = returning.start()
    colleague = make_user(uow, returning.org, (Role.EDITOR,))
    actor = actor_of(colleague, returning.org, (Role.EDITOR,))
    assert press_confirm(returning, taken, actor=actor) == 2
    assert press_confirm(returning, taken, version=1) == 2
    row = returning.rows()["P1-01"]
    assert (row.prefilled, row.level, row.updated_by) == (False, 3, colleague.id)
    events = returning.uow.session.exec(
        select(AuditEvent.subject).where(AuditEvent.event == Event.ANSWER_CONFIRMED)
    ).all()
    assert events == [f"answer:{taken}:P1-01"]


def test_a_save_of_the_same_words_confirms_them_too(returning):
    taken = returning.start()
    with returning.uow.transaction():
        saved = answers.save(
            returning.uow,
            actor=returning.actor,
            assessment_id=taken,
            indicator_id="P1-01",
            content=Content(level=3, text="掲示は日本語と英語のみ。", reach="group"),
            version=1,
            now=NOW,
        )
    assert saved.version == 2
    assert returning.rows()["P1-01"].prefilled is False


def test_what_may_not_be_confirmed(uow, make_uow, returning):
    taken = returning.start()
    reader = actor_of(make_user(uow, returning.org, (Role.APPROVER,)), returning.org, ("approver",))
    _org, _user, stranger = make_member(uow, "第三の会社")
    _staff, reviewer = make_staff(uow)
    with pytest.raises(NotPermitted):
        press_confirm(returning, taken, actor=reader)
    for actor, scope in ((stranger, Scope(stranger.org_id)),):
        with pytest.raises(NotFound):
            press_confirm(returning, taken, actor=actor, uow=make_uow(scope))
    with pytest.raises(NotPermitted):
        press_confirm(returning, taken, actor=reviewer, uow=uow)
    with pytest.raises(NotFound):
        press_confirm(returning, taken, "P9-99")
    with pytest.raises(Conflict):
        press_confirm(returning, taken, version=7)
    with pytest.raises(Conflict):
        press_confirm(returning, taken, "P1-03")
    with pytest.raises(DomainError):
        press_confirm(returning, taken, now=NOW + dt.timedelta(days=9_999))
    with uow.transaction():
        row = uow.session.get_one(Assessment, taken)
        row.status, row.submitted_at = Status.SUBMITTED, NOW
    with pytest.raises(DomainError):
        press_confirm(returning, taken)
    assert {row.prefilled for row in returning.rows().values()} == {True}


@pytest.mark.parametrize(
    ("until", "said"),
    [(None, "undated"), (DAY, "valid"), (DAY - dt.timedelta(days=1), "expired")],
)
def test_evidence_of_last_year_is_valid_to_its_last_day(until, said):
    assert last_year.validity(until, DAY) == said


def test_changed_words_are_shown_and_so_is_a_question_that_reads_differently(returning):
    taken = returning.start()
    question = _question(returning)
    assert _beside(returning, question).text == ()
    with returning.uow.transaction():
        answers.save(
            returning.uow,
            actor=returning.actor,
            assessment_id=taken,
            indicator_id="P1-01",
            content=Content(level=3, text="掲示は日本語とベトナム語です。"),
            version=1,
            now=NOW,
        )
    question = _question(returning)
    assert last_year.changed(question.previous, question.answer)
    found = _beside(returning, question)
    assert [(s.kind.value, s.text) for s in found.text] == [
        ("same", "掲示は日本語と"),
        ("removed", "英語のみ"),
        ("added", "ベトナム語です"),
        ("same", "。"),
    ]
    assert found.wording == ()
    levels = (Localized({"ja": "別の文。"}), *question.indicator.levels[1:])
    reworded = replace(question, indicator=replace(question.indicator, levels=levels))
    [change] = _beside(returning, reworded).wording
    assert str(change.place) == "Level 0"
    assert "".join(s.text for s in change.stretches if s.kind != "removed") == "別の文。"


def _question(who):
    who.uow.session.rollback()
    return member_pages.overview(who.uow, who.actor, 2026).question("P1-01")


def _beside(who, question):
    return last_year.beside(who.uow, question, locale="ja", today=DAY)


def test_only_what_is_asked_this_year_is_copied(uow, make_uow):
    who = make_returning(uow, make_uow, default_form="core")
    who.start()
    core = {i.id for i in member_pages.overview(who.uow, who.actor, 2026).assessment.indicators}
    assert set(who.rows()) == core - {"P1-03"}
    assert len(core) < len(who.uow.session.exec(select(AnswerRow)).all())


def test_what_the_full_form_asks_in_addition_starts_from_last_year_too(returning):
    start = {"actor": returning.actor, "year": returning.round.year, "now": NOW}
    with returning.uow.transaction():
        row_id = answers.start(returning.uow, **start)
    change = {**start, "confirmed": True}
    with returning.uow.transaction():  # as if it had begun with the short form
        form_length.change(returning.uow, form=FormLength.CORE, **change)
        for row in returning.uow.session.exec(select(AnswerRow)).all():
            if row.indicator_id == "P1-07":
                returning.uow.session.delete(row)
    assert "P1-07" not in returning.rows()
    with returning.uow.transaction():
        form_length.change(returning.uow, form=FormLength.FULL, **change)
    found = returning.rows()["P1-07"]
    assert (found.level, found.prefilled, found.assessment_id) == (2, True, row_id)
