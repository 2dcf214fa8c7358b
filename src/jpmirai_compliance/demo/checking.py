"""What the secretariat does with a submission: verdicts, a return, the end of the check."""

import datetime as dt
import uuid

from jpmirai_compliance.assessments.queries import member_pages
from jpmirai_compliance.assessments.queries.review import Desk, desk
from jpmirai_compliance.assessments.service import answers, queueing, review, submission
from jpmirai_compliance.assessments.service.review import Choice, Ruling
from jpmirai_compliance.demo.stage import Stage
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor

RETURNED = "P1-01"
AGAIN = Ruling(Choice.AGAIN, reason="規程の該当ページが読み取れません。もう一度添付してください。")

#: What the secretariat writes to every member whose check it finishes.
REMARKS = {
    "P3-05": Ruling(
        Choice.GAP,
        level=1,
        reason="支援の案内は確認できましたが、担当者と支援の範囲を定めた文書がありません。",
    ),
    "P4-06": Ruling(
        Choice.ACCEPT, reason="節目の面談で使う資料が分かりやすく、他の会員の参考になります。"
    ),
}


def accept(stage: Stage, taken: uuid.UUID, now: dt.datetime) -> None:
    """Write the remarks, accept all other evidence and finish the check."""
    reviewer, base = stage.actor("kakunin"), stage.settings.public_base_url
    for indicator_id, ruling in REMARKS.items():
        _rule(stage, reviewer, taken, indicator_id, ruling, now)
    seen = _desk(stage, reviewer, taken).stamp
    stage.act(
        reviewer,
        lambda uow: review.accept_remaining(
            uow, actor=reviewer, assessment_id=taken, expected=seen, now=now
        ),
    )
    stage.act(
        reviewer,
        lambda uow: review.accept(uow, actor=reviewer, assessment_id=taken, base_url=base, now=now),
    )


def send_back(stage: Stage, taken: uuid.UUID, now: dt.datetime) -> None:
    """Offer a higher level for one answer, ask for another one again, and send it back."""
    reviewer, base = stage.actor("kakunin"), stage.settings.public_base_url
    found = next(
        a
        for a in _desk(stage, reviewer, taken).answers
        if a.indicator.id != RETURNED and a.evident and Choice.OFFER in review.choices(a)
    )
    offered = review.offer_levels(found)[0]
    offer = Ruling(
        Choice.OFFER,
        offered,
        f"添付の記録から、成熟度{offered}の取組みまで行っていることを確認できました。",
    )
    for indicator_id, ruling in ((found.indicator.id, offer), (RETURNED, AGAIN)):
        _rule(stage, reviewer, taken, indicator_id, ruling, now)
    stage.act(
        reviewer,
        lambda uow: review.send_back(
            uow,
            actor=reviewer,
            assessment_id=taken,
            due_at=stage.today + dt.timedelta(days=14),
            base_url=base,
            now=now,
        ),
    )


def submit_again(stage: Stage, member: str, taken: uuid.UUID, year: int, now: dt.datetime) -> None:
    """Answer what was asked again, hand it in, and let a reviewer take care of it."""
    editor, approver = stage.of(member, "editor"), stage.of(member, "approver")

    def mend(uow: UnitOfWork) -> None:
        question = member_pages.overview(uow, editor, year).question(RETURNED)
        if question is None or question.answer is None:
            return
        given = question.answer
        answers.save(
            uow,
            actor=editor,
            assessment_id=taken,
            indicator_id=RETURNED,
            content=answers.Content(
                level=given.level,
                text=f"{given.text}就業規則の該当箇所は12ページの第4章です。",
            ),
            version=given.version,
            now=now,
        )

    def submit(uow: UnitOfWork) -> None:
        version = member_pages.overview(uow, approver, year).assessment.version
        submission.submit(
            uow,
            actor=approver,
            year=year,
            version=version,
            base_url=stage.settings.public_base_url,
            now=now,
        )

    stage.act(editor, mend)
    stage.act(approver, submit)
    reviewer = stage.actor("kakunin")
    stage.act(
        reviewer,
        lambda uow: queueing.assign(
            uow, actor=reviewer, assessment_id=taken, to_me=True, seen=None, now=now
        ),
    )


def _desk(stage: Stage, reviewer: Actor, taken: uuid.UUID) -> Desk:
    return stage.act(reviewer, lambda uow: desk(uow, actor=reviewer, assessment_id=taken))


def _rule(  # noqa: PLR0913, PLR0917 -- one place
    stage: Stage,
    reviewer: Actor,
    taken: uuid.UUID,
    indicator_id: str,
    ruling: Ruling,
    now: dt.datetime,
) -> None:
    stage.act(
        reviewer,
        lambda uow: review.give_verdict(
            uow,
            actor=reviewer,
            assessment_id=taken,
            indicator_id=indicator_id,
            ruling=ruling,
            version=0,
            now=now,
        ),
    )
