"""An upload waits, is compared, and is taken over in one transaction; on both databases."""

import datetime as dt
import json

import pytest
from sqlmodel import select

from jpmirai_compliance.assessments.rules import Content, Status
from jpmirai_compliance.foundation.audit import AuditEvent, Event
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import DomainError, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.reports.models import AnswerFile
from jpmirai_compliance.reports.queries import workbooks as queries
from jpmirai_compliance.reports.rules.comparing import Outcome
from jpmirai_compliance.reports.rules.waiting import Waiting
from jpmirai_compliance.reports.service import workbooks as service
from jpmirai_compliance.reports.service.workbooks import File, Origin
from jpmirai_compliance.reports.sheets import reading, stamp
from tests.assessments.member.acts import stored
from tests.factories import NOW, actor_of, make_user
from tests.reports.books import CHOICE, NOTE, SECRETS, TEXT, exported, filled

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def member(make):
    return make(level=2)


def hand_in(member, content, *, actor=None, now=LATER, origin=None, year=2026):
    found = reading.read(content)
    known = stamp.verified(found.stamp, SECRETS)
    with member.uow.transaction():
        return service.receive(
            member.uow,
            actor=actor or member.actor,
            year=year,
            origin=origin
            or Origin(known.org_id, known.assessment_id, known.year, known.edition, current=True),
            waiting=Waiting(found.rows, known.seen, found.lost),
            file=File("回答.xlsx", "a" * 64, len(content)),
            now=now,
        )


def preview(member, upload_id):
    member.uow.session.rollback()
    return queries.preview(member.uow, member.actor, 2026, upload_id)


def take(member, upload_id, ticked, *, actor=None, now=LATER, uow=None):
    work = uow or member.uow
    with work.transaction():
        return service.take_over(
            work,
            actor=actor or member.actor,
            year=2026,
            upload_id=upload_id,
            ticked=ticked,
            now=now,
        )


def outcomes(found):
    return {r.indicator_id: r.outcome for r in found.rows if r.outcome is not Outcome.UNCHANGED}


def test_ticked_rows_are_stored_and_the_rest_is_left(member, uow):
    content = filled(
        exported(member, now=NOW), P1_01={CHOICE: 4, TEXT: "新しい文"}, P1_02={NOTE: "メモ"}
    )
    upload_id = hand_in(member, content)
    found = preview(member, upload_id)
    assert outcomes(found) == {"P1-01": Outcome.CHANGED, "P1-02": Outcome.CHANGED}
    assert (found.counts[Outcome.UNCHANGED], found.missing) == (len(found.rows) - 2, 0)
    assert all(row.ticked for row in found.rows if row.offered)
    assert stored(uow, member.org).level == 2
    result = take(member, upload_id, {"P1-01": 1})
    assert (result.taken, result.left) == (("P1-01",), ())
    row = stored(uow, member.org)
    assert (row.level, row.text, row.version) == (4, "新しい文", 2)
    assert stored(uow, member.org, "P1-02").note == ""
    kept = uow.session.exec(select(AnswerFile)).one()
    assert (kept.rows, kept.imported_by, kept.sha256) == ("", member.user.id, "a" * 64)


def test_au_1_taking_over_is_recorded_with_hash_and_rows(member, uow):
    upload_id = hand_in(member, filled(exported(member, now=NOW), P1_01={CHOICE: 4}))
    take(member, upload_id, {"P1-01": 1, "P1-02": 1})
    uow.session.rollback()
    events = uow.session.exec(
        select(AuditEvent).where(AuditEvent.subject == f"answer-file:{upload_id}")
    ).all()
    assert [e.event for e in events] == [Event.ANSWERS_UPLOADED, Event.ANSWERS_IMPORTED]
    assert json.loads(events[1].data) == {
        "sha256": "a" * 64,
        "rows": ["P1-01"],
        "left": ["P1-02"],
    }


def test_av_2_what_the_web_changed_is_merged_or_offered_unticked(member, uow):
    content = filled(
        exported(member, now=NOW), P1_01={TEXT: "Excelの文"}, P1_02={TEXT: "Excelの文"}
    )
    member.save("P1-01", version=1, level=2, text="ウェブの文")
    member.save("P1-02", version=1, level=3, now=LATER)
    upload_id = hand_in(member, content)
    rows = {r.indicator_id: r for r in preview(member, upload_id).rows}
    assert (rows["P1-01"].outcome, rows["P1-01"].ticked) == (Outcome.NEWER_ON_THE_WEB, False)
    assert [(c.field, c.now.text, c.then.text) for c in rows["P1-01"].changes] == [
        ("text", "ウェブの文", "Excelの文")
    ]
    assert (rows["P1-02"].outcome, rows["P1-02"].web) == (Outcome.CHANGED, ("choice",))
    take(member, upload_id, {"P1-01": 2, "P1-02": 2})
    assert stored(uow, member.org).text == "Excelの文"
    second = stored(uow, member.org, "P1-02")
    assert (second.level, second.text) == (3, "Excelの文")


def test_av_2_a_row_that_changed_after_the_preview_is_named_and_not_overwritten(member, uow):
    content = filled(exported(member, now=NOW), P1_01={TEXT: "Excel"}, P1_02={TEXT: "Excel"})
    upload_id = hand_in(member, content)
    member.save("P1-01", version=1, level=2, text="間に入った文")
    result = take(member, upload_id, {"P1-01": 1, "P1-02": 1})
    assert result.taken == ("P1-02",)
    assert [(i, str(t)) for i, t in result.left] == [
        ("P1-01", "Somebody changed this answer on the web after the list was shown.")
    ]
    assert stored(uow, member.org).text == "間に入った文"
    assert stored(uow, member.org, "P1-02").text == "Excel"


def test_an_emptied_text_is_offered_unticked_an_emptied_answer_is_no_change(member, uow):
    member.save("P1-01", version=1, level=2, text="残したい文")
    content = filled(exported(member, now=NOW), P1_01={TEXT: None, CHOICE: None})
    upload_id = hand_in(member, content)
    [row] = [r for r in preview(member, upload_id).rows if r.offered]
    assert [c.field for c in row.changes] == ["text"]
    assert (row.changes[0].clears, row.ticked) == (True, False)
    take(member, upload_id, {"P1-01": 2})
    assert (stored(uow, member.org).level, stored(uow, member.org).text) == (2, "")


def test_repeated_and_unknown_rows_are_refused_with_their_cells(member):
    import openpyxl

    from tests.reports.books import opened, saved

    book = opened(exported(member, now=NOW))
    assert isinstance(book, openpyxl.Workbook)
    sheet = book["原則1"]
    sheet["A3"] = "P1-01"
    sheet["A4"] = "P9-99"
    found = preview(member, hand_in(member, saved(book)))
    said = [str(t) for r in found.rows for t in r.problems]
    assert said == [
        "原則1!A2: this question is in the file more than once",
        "原則1!A3: this question is in the file more than once",
        "原則1!A4: there is no question with the number “P9-99” in your form",
    ]
    assert found.missing == 2


def test_only_answers_that_were_asked_again_can_be_changed(make, uow):
    from tests.factories import all_answers

    member = make(status=Status.RETURNED, submitted_at=NOW, return_due_at=LATER + dt.timedelta(1))
    from jpmirai_compliance.assessments.models import AnswerRow, Verdict, VerdictKind

    asked = {"P1-02", "P1-03"}
    with uow.transaction():
        for id_ in all_answers(member.org):
            uow.session.add(
                AnswerRow(
                    org_id=member.org.id, assessment_id=member.assessment.id, indicator_id=id_,
                    level=2, reopened=id_ in asked, updated_at=NOW, updated_by=member.user.id,
                )
            )  # fmt: skip
        for id_, again in (("P1-02", False), ("P1-03", True)):
            uow.session.add(
                Verdict(
                    org_id=member.org.id, assessment_id=member.assessment.id, indicator_id=id_,
                    kind=VerdictKind.GAP, reason="記録をください", to_return=True,
                    evidence_only=again, at=NOW, by=member.user.id,
                )
            )  # fmt: skip
    content = filled(
        exported(member, now=NOW), P1_01={CHOICE: 4}, P1_02={CHOICE: 4}, P1_03={CHOICE: 4}
    )
    upload_id = hand_in(member, content)
    found = preview(member, upload_id)
    rejected = dict.fromkeys(("P1-01", "P1-03"), Outcome.REJECTED)
    assert outcomes(found) == rejected | {"P1-02": Outcome.CHANGED}
    assert take(member, upload_id, {"P1-01": 1, "P1-02": 1, "P1-03": 1}).taken == ("P1-02",)
    assert stored(uow, member.org).level == 2


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.ACCEPTED])
def test_nothing_of_a_frozen_form_is_taken_in(make, uow, status):
    accepted = {"accepted_at": NOW} if status is Status.ACCEPTED else {}
    member = make()
    content = exported(member, now=NOW)
    from jpmirai_compliance.assessments.models import Assessment

    with uow.transaction():
        row = uow.session.get(Assessment, member.assessment.id)
        row.status, row.submitted_at = status, NOW
        for name, value in accepted.items():
            setattr(row, name, value)
            row.accepted_by = member.user.id
    with pytest.raises(DomainError, match="This answer is frozen"):
        hand_in(member, content)


def test_nothing_is_taken_in_or_over_outside_the_window(member, uow):
    content = filled(exported(member, now=NOW), P1_01={CHOICE: 4})
    upload_id = hand_in(member, content)
    closed = NOW + dt.timedelta(days=2)
    with pytest.raises(DomainError, match="The time to answer ended"):
        hand_in(member, content, now=closed)
    with pytest.raises(DomainError, match=r"older than a day|The time to answer ended"):
        take(member, upload_id, {"P1-01": 1}, now=closed)
    assert stored(uow, member.org).level == 2


def test_an_upload_lasts_a_day_and_works_once(member):
    upload_id = hand_in(
        member,
        filled(exported(member, now=NOW), P1_01={CHOICE: 4}),
        now=NOW - dt.timedelta(hours=23, minutes=30),
    )
    with pytest.raises(DomainError, match="No row is ticked"):
        take(member, upload_id, {}, now=NOW)
    with pytest.raises(DomainError, match="older than a day"):
        take(member, upload_id, {"P1-01": 1}, now=LATER)
    take(member, upload_id, {"P1-01": 1}, now=NOW)
    with pytest.raises(DomainError, match="taken over before"):
        take(member, upload_id, {"P1-01": 2}, now=NOW)


def test_the_next_upload_of_a_person_replaces_the_one_that_waits(member, uow):
    content = exported(member, now=NOW)
    colleague = make_user(uow, member.org, (Role.EDITOR,))
    theirs = hand_in(member, content, actor=actor_of(colleague, member.org, (Role.EDITOR,)))
    first, second = hand_in(member, content), hand_in(member, content)
    uow.session.rollback()
    assert {r.id for r in uow.session.exec(select(AnswerFile))} == {theirs, second}
    with pytest.raises(NotFound):
        preview(member, first)


def origin_of(member, **changed):
    given = {
        "org_id": member.org.id,
        "assessment_id": member.assessment.id,
        "year": 2026,
        "edition": "2026.1",
        "current": True,
    }
    return Origin(**(given | changed))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"org_id": NOW}, "belongs to another organisation"),
        (
            {"assessment_id": NOW, "year": 2025},
            "of the self-assessment 2025; this page is for 2026",
        ),
        ({"edition": "2025.1"}, "The form has changed"),
        ({"current": False}, "The form has changed"),
    ],
)
def test_az_3_a_workbook_of_another_form_is_refused_in_words(member, uow, changed, said):
    content = exported(member, now=NOW)
    with pytest.raises(DomainError, match=said):
        hand_in(member, content, origin=origin_of(member, **changed))
    with pytest.raises(DomainError, match="We cannot tell that this workbook was downloaded"):
        service.examine(member.uow, actor=member.actor, year=2026, origin=None, now=NOW)
    uow.session.rollback()
    assert uow.session.exec(select(AnswerFile)).all() == []


def test_az_3_who_may_not(member, uow, make_uow):
    content = filled(exported(member, now=NOW), P1_01={CHOICE: 4})
    upload_id = hand_in(member, content)
    approver = actor_of(member.user, member.org, (Role.APPROVER,))
    with pytest.raises(NotPermitted):
        hand_in(member, content, actor=approver)
    with pytest.raises(NotPermitted):
        take(member, upload_id, {"P1-01": 1}, actor=approver)
    from sqlmodel import select as read

    from jpmirai_compliance.accounts.models import Organisation

    other = uow.session.exec(read(Organisation).where(Organisation.name_ja == "別の会社")).one()
    stranger = actor_of(make_user(uow, other), other)
    theirs = make_uow(Scope(other.id))
    with pytest.raises(NotFound):
        queries.preview(theirs, stranger, 2026, upload_id)
    with pytest.raises(NotFound):
        take(member, upload_id, {"P1-01": 1}, actor=stranger, uow=theirs)
    assert stored(uow, member.org).level == 2


def test_the_number_of_queries_of_a_preview_does_not_grow(member, statements):
    counts = []
    for cells in ({"P1_01": {CHOICE: 4}}, {f"P1_0{n}": {CHOICE: 4} for n in (1, 2, 3)}):
        upload_id = hand_in(member, filled(exported(member, now=NOW), **cells))
        member.uow.session.rollback()
        with statements() as seen:
            queries.preview(member.uow, member.actor, 2026, upload_id)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_blank_content_is_what_an_unanswered_row_says(make):
    member = make()
    upload_id = hand_in(member, exported(member, now=NOW))
    found = preview(member, upload_id)
    assert {r.outcome for r in found.rows} == {Outcome.UNCHANGED}
    assert {r.content for r in found.rows} == {Content()}
