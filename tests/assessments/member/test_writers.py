"""Eight people write at once, each in an answer of their own and all in one: nothing is lost.

``python -m benchmarks.autosave`` does the same with 200 saves each and gives times.
"""

import threading

from sqlmodel import Session, select

from jpmirai_compliance.assessments.models import Assessment
from jpmirai_compliance.assessments.queries import member_answers
from jpmirai_compliance.foundation.audit import AuditEvent, Event, verify
from jpmirai_compliance.foundation.db import Scope, UnitOfWork
from jpmirai_compliance.foundation.errors import Conflict

WRITERS, SAVES = 8, 6
HOT = "P5-09"
OWN = ("P1-01", "P1-02", "P1-03", "P1-04", "P2-01", "P2-02", "P2-03", "P2-04")


def add_a_word(member, work, indicator_id, word):
    """Read, add a word to the text or (every other writer) the note, save; after a conflict again.

    Returns how often somebody was faster in the same field.
    """
    field = "text" if int(word[0]) % 2 else "note"
    conflicts = 0
    while True:
        found = member_answers.answers(work, member.assessment.id).get(indicator_id)
        given = {"text": found.text, "note": found.note} if found else {"text": "", "note": ""}
        given[field] = f"{given[field]} {word}"
        seen = {"version": found.version, "seen": found.seen} if found else {}
        try:
            member.save(indicator_id, uow=work, **given, **seen)
        except Conflict:
            conflicts += 1
            work.session.rollback()
        else:
            return conflicts


def test_av_2_eight_writers_in_eight_answers_and_one_lose_nothing(uow, engine, make):
    member = make()
    failures = []

    def write(number):
        with Session(engine) as session:
            work = UnitOfWork(session, Scope(member.org.id))
            try:
                for turn in range(SAVES):
                    add_a_word(member, work, HOT, f"{number}{turn}")
                    add_a_word(member, work, OWN[number], f"{number}{turn}")
            except Exception as error:  # noqa: BLE001 -- the test shows it
                failures.append(error)

    writers = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    found = member_answers.answers(uow, member.assessment.id)
    expected = {f"{n}{t}" for n in range(WRITERS) for t in range(SAVES)}
    assert sorted(f"{found[HOT].text} {found[HOT].note}".split()) == sorted(expected)
    for number, id_ in enumerate(OWN):
        words = f"{found[id_].text} {found[id_].note}".split()
        assert words == [f"{number}{t}" for t in range(SAVES)]
    assert found[HOT].version == WRITERS * SAVES
    saves = uow.session.exec(select(AuditEvent).where(AuditEvent.event == Event.ANSWER_SAVED))
    assert len(saves.all()) == 2 * WRITERS * SAVES
    row = uow.session.get_one(Assessment, member.assessment.id)
    assert row.version == member.assessment.version + 2 * WRITERS * SAVES
    assert verify(uow.session)[1] is None
