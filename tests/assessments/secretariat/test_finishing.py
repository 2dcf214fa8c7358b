import datetime as dt
import threading

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, delete, select, update

from jpmirai_compliance.assessments.models import Assessment, Status, Verdict, VerdictLog
from jpmirai_compliance.assessments.queries import reasons as ready
from jpmirai_compliance.assessments.queries import review
from jpmirai_compliance.assessments.rules import reasons
from jpmirai_compliance.assessments.service import reasons as keeping
from jpmirai_compliance.assessments.service import review_mail
from jpmirai_compliance.assessments.service.reasons import Wording
from jpmirai_compliance.assessments.service.review import Choice, Ruling
from jpmirai_compliance.assessments.service.review_mail import Letter
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.errors import Conflict, Incomplete, NotFound, NotPermitted
from jpmirai_compliance.foundation.policy import Role
from tests import factories
from tests.assessments.secretariat.acts import (
    ACCEPT,
    BASE,
    DUE,
    LATER,
    accept,
    accept_remaining,
    desk_of,
    events,
    give,
    send_back,
)
from tests.assessments.secretariat.conftest import NOW

AGAIN = Ruling(Choice.AGAIN, reason="記録をください")
GAP = Ruling(Choice.GAP, 1, "方針だけです")


def written(uow, actor, case):
    return review_mail.returned(uow, desk_of(uow, actor, case), due_at=DUE, base_url=BASE)


def test_the_mail_is_written_in_each_readers_language_and_tells_everything_once(
    uow, case, reviewer
):
    factories.make_user(uow, case.org, (Role.EDITOR,), email="en@member.example", locale="en")
    factories.make_user(uow, case.org, (Role.ADMIN,), email="none@member.example", locale="en")
    give(uow, reviewer, case, case.bare, AGAIN)
    give(uow, reviewer, case, case.proven[0], GAP)
    ja, en = written(uow, reviewer, case)
    assert (ja.locale, en.locale) == ("ja", "en")
    for letter in (ja, en):
        assert (letter.body.count("記録をください"), letter.body.count("方針だけです")) == (1, 1)
    assert en.subject.startswith("Please answer 1 questions again by ")


def test_the_edited_mail_leaves_once_to_each_reader_in_the_same_transaction(
    uow, case, reviewer, outbox
):
    factories.make_user(uow, case.org, (Role.EDITOR,), email="en@member.example", locale="en")
    outbox(now=NOW + dt.timedelta(hours=2))
    give(uow, reviewer, case, case.bare, AGAIN)
    edited = (
        Letter("ja", "件名を変えました", "本文を変えました。{{7*7}} %(id)s"),
        Letter("en", "Changed subject", "Changed text."),
    )
    stamp = desk_of(uow, reviewer, case).stamp
    assert send_back(uow, reviewer, case, letters=edited, expected=stamp) == 1
    mails = {m["To"]: m for m in outbox(now=LATER)}
    assert {to: str(m["Subject"]) for to, m in mails.items()} == {
        case.user.email: "【JP-MIRAI】件名を変えました",
        "en@member.example": "【JP-MIRAI】Changed subject",
    }
    assert "本文を変えました。{{7*7}} %(id)s" in mails[case.user.email].get_content()
    assert "Changed text." in mails["en@member.example"].get_content()


def test_before_the_end_no_verdict_reaches_the_member(uow, case, reviewer, outbox):
    outbox(now=NOW + dt.timedelta(hours=2))
    give(uow, reviewer, case, case.proven[0], GAP)
    accept_remaining(uow, reviewer, case)
    assert outbox(now=LATER) == []


@pytest.mark.parametrize("act", [send_back, accept])
def test_an_empty_mail_is_refused_and_nothing_is_sent_back_or_finished(
    uow, case, reviewer, outbox, act
):
    outbox(now=NOW + dt.timedelta(hours=2))
    if act is accept:
        accept_remaining(uow, reviewer, case)
    else:
        give(uow, reviewer, case, case.bare, AGAIN)
    with pytest.raises(Incomplete) as error:
        act(uow, reviewer, case, letters=(Letter("ja", " ", ""),))
    assert [g.target for g in error.value.gaps] == ["ja-subject", "ja-body"]
    assert uow.session.get_one(Assessment, case.id).status is Status.SUBMITTED
    assert outbox(now=LATER) == []


@pytest.mark.parametrize("act", [send_back, accept])
def test_a_mail_about_other_verdicts_than_those_of_now_does_not_leave(
    uow, make_uow, case, reviewer, colleague, act
):
    accept_remaining(uow, reviewer, case)
    if act is send_back:
        give(uow, reviewer, case, case.bare, AGAIN)
    stamp = desk_of(uow, reviewer, case).stamp
    give(make_uow(), colleague, case, case.proven[0], GAP, 1)
    with pytest.raises(Conflict, match="Another reviewer"):
        act(uow, reviewer, case, expected=stamp)
    assert uow.session.get_one(Assessment, case.id).status is Status.SUBMITTED
    act(uow, reviewer, case, expected=desk_of(uow, reviewer, case).stamp)


def test_every_verdict_stays_in_the_history_with_author_time_and_reason(
    uow, case, reviewer, colleague
):
    give(uow, reviewer, case, case.proven[0], ACCEPT)
    give(uow, colleague, case, case.proven[0], GAP, 1, LATER + dt.timedelta(hours=1))
    accept_remaining(uow, reviewer, case)
    desk = desk_of(uow, reviewer, case)
    found = review.history(uow, desk, case.proven[0])
    assert [(v.version, v.kind.value, v.level, v.reason) for v in found] == [
        (2, "gap", 1, "方針だけです"),
        (1, "accepted", None, ""),
    ]
    assert [v.at for v in found] == [LATER + dt.timedelta(hours=1), LATER]
    assert len(review.history(uow, desk, case.proven[1])) == 1


@pytest.mark.parametrize(
    "statement",
    [update(VerdictLog).values(reason="別の理由"), delete(VerdictLog)],
    ids=["update", "delete"],
)
def test_au_3_the_log_of_verdicts_cannot_be_changed(uow, case, reviewer, statement):
    give(uow, reviewer, case, case.proven[0], GAP)
    with pytest.raises(DBAPIError, match="append-only"), uow.transaction():
        uow.session.exec(statement)
    assert [v.reason for v in uow.session.exec(select(VerdictLog))] == ["方針だけです"]


def test_az_2_the_log_of_one_member_is_no_row_of_another(uow, make_uow, case, reviewer):
    give(uow, reviewer, case, case.proven[0], GAP)
    other = factories.make_organisation(uow, "第三の会社")
    assert make_uow(Scope(other.id)).session.exec(select(VerdictLog)).all() == []
    assert len(make_uow(Scope(case.org.id)).session.exec(select(VerdictLog)).all()) == 1


def run_at_once(*deeds):
    outcomes = []

    def run(deed):
        try:
            outcomes.append(("done", deed()))
        except Conflict:
            outcomes.append(("conflict", None))

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(kind for kind, _result in outcomes)


def test_of_two_verdicts_at_once_one_is_stored_and_the_other_told(
    uow, make_uow, case, reviewer, colleague
):
    works = make_uow(), make_uow()
    assert run_at_once(
        lambda: give(works[0], reviewer, case, case.proven[0], ACCEPT),
        lambda: give(works[1], colleague, case, case.proven[0], GAP),
    ) == ["conflict", "done"]
    [stored] = uow.session.exec(select(Verdict)).all()
    [logged] = uow.session.exec(select(VerdictLog)).all()
    assert (stored.kind, stored.by, stored.version) == (logged.kind, logged.by, 1)


def test_accepting_what_is_left_while_another_gives_a_verdict_loses_neither(
    uow, make_uow, case, reviewer, colleague
):
    stamp = desk_of(uow, reviewer, case).stamp
    uow.session.rollback()
    works = make_uow(), make_uow()
    kinds = run_at_once(
        lambda: accept_remaining(works[0], reviewer, case, stamp),
        lambda: give(works[1], colleague, case, case.proven[0], GAP),
    )
    assert kinds == ["conflict", "done"]
    stored = {v.indicator_id: v for v in uow.session.exec(select(Verdict))}
    logged = uow.session.exec(select(VerdictLog).order_by(col(VerdictLog.indicator_id))).all()
    assert {v.indicator_id: v.kind for v in logged} == {i: v.kind for i, v in stored.items()}
    assert len(stored) in {1, 3}  # the colleague's one, or all of them accepted


def save(uow, actor, reason_id=None, version=0, **changed):
    fields = {"label_ja": "日付", "label_en": "Date", "body_ja": "日付", "body_en": "A date"}
    with uow.transaction():
        return keeping.save(
            uow,
            actor=actor,
            reason_id=reason_id,
            wording=Wording(**(fields | changed)),
            version=version,
            now=LATER,
        )


def test_the_list_of_reasons_is_shipped_changed_extended_and_retired(uow, reviewer):
    shipped = ready.reasons(uow, actor=reviewer)
    assert shipped == reasons.REASONS
    save(uow, reviewer, "too-old", label_en="Too old", retired=True)
    added = save(uow, reviewer)
    found = ready.reasons(uow, actor=reviewer)
    assert [r.id for r in found] == [*[r.id for r in reasons.REASONS], added]
    old = reasons.named(found, "too-old")
    assert (old.label.pick("en"), old.retired, old.version) == ("Too old", True, 1)
    with pytest.raises(Conflict):
        save(uow, reviewer, "too-old")
    with pytest.raises(NotFound):
        save(uow, reviewer, "no-such-reason")
    assert events(uow) == ["assessments:review-reasons-changed"] * 2


def test_az_9_only_the_secretariat_changes_the_list_and_no_member_reads_it(
    uow, case, strangers, colleague
):
    for actor in (*strangers.values(), colleague):
        with pytest.raises(NotPermitted):
            save(uow, actor)
    for actor in strangers.values():
        with pytest.raises(NotPermitted):
            ready.reasons(uow, actor=actor)
    assert ready.reasons(uow, actor=colleague) == reasons.REASONS


def test_ou_5_ready_made_reasons_are_data(uow):
    reason = reasons.named(reasons.REASONS, "does-not-show")
    filled = reasons.fill(
        reason, "en", indicator="{{7*7}} ${level} {0.__class__}", level="$year", year=2026
    )
    assert filled.startswith(
        "The evidence for {{7*7}} ${level} {0.__class__} does not show what level $year describes."
    )
    assert reasons.fill(reason, "ja", indicator="P1-01") == (
        "P1-01 の証跡からは、申告された成熟度$level の取組みを確認できません。"
        "取組みの内容が分かる箇所（ページ）を示すか、別の証跡を添付してください。"
    )
    assert reasons.named(reasons.REASONS, "../../etc/passwd") is None
