"""What the secretariat's days leave behind: reminders, an extension, mail that did not arrive."""

import datetime as dt
import smtplib
import uuid
from email.message import EmailMessage

from sqlmodel import Session

from jpmirai_compliance.accounts.queries import people
from jpmirai_compliance.accounts.service import handover, reopening
from jpmirai_compliance.assessments.queries.participants import Filters
from jpmirai_compliance.assessments.queries.participants import Stage as Reached
from jpmirai_compliance.assessments.service import extensions, reminders
from jpmirai_compliance.demo.stage import Stage
from jpmirai_compliance.foundation import mail
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork
from jpmirai_compliance.foundation.text import Text

GONE = "tsuda@tsubame.example.com"  # changed the company; the mailbox is closed
DEAF = "linh@kakehashi.example.com"  # a mail server that is down for days
HOURS = (0, 1, 2, 3, 4, 6, 12, 24, 48)


def run(stage: Stage, year: int, closes: dt.datetime, now: dt.datetime) -> None:
    """Remind, extend, and let some mails fail, bounce and wait."""
    mori, base = stage.actor("jimukyoku"), stage.settings.public_base_url
    days_ago = now - dt.timedelta(days=4)

    def remind(uow: UnitOfWork) -> None:
        filters = Filters(stage=Reached.NOT_STARTED)
        asked = {"actor": mori, "year": year, "filters": filters, "now": days_ago}
        expected = len(reminders.plan(uow, **asked).addressees)  # type: ignore[arg-type]  # -- same
        reminders.send(
            uow,
            actor=mori,
            year=year,
            filters=filters,
            draft=reminders.proposed(),
            expected=expected,
            key=uuid.UUID(int=year),
            base_url=base,
            now=days_ago,
        )

    def extend(uow: UnitOfWork) -> None:
        extensions.extend(
            uow,
            actor=mori,
            year=year,
            org_id=stage.orgs["minato"],
            late_until=closes + dt.timedelta(days=14),
            reason="庁舎の移転と担当者の交代のため",
            base_url=base,
            now=days_ago,
        )

    stage.act(mori, remind)
    stage.act(mori, extend)
    stage.act(None, lambda uow: _write(uow, stage, "kakehashi", "report", days_ago))
    for hours in HOURS:
        _deliver(stage, days_ago + dt.timedelta(hours=hours))
    stage.act(None, lambda uow: _write(uow, stage, "kakehashi", "news", now))
    stage.act(None, lambda uow: _write(uow, stage, "tsubame", "news", now))
    _deliver(stage, now)


def _write(uow: UnitOfWork, stage: Stage, key: str, kind: str, now: dt.datetime) -> None:
    for person in people(uow, stage.orgs[key]):
        mail.queue(
            uow,
            kind=kind,
            recipient=person.email,
            locale=person.locale,
            subject=Text("Your public page is up to date"),
            paragraphs=[Text("Dear %(name)s,", {"name": person.name})],
            org_id=stage.orgs[key],
            now=now,
        )


def _deliver(stage: Stage, now: dt.datetime) -> None:
    with Session(stage.engine) as session:
        mail.deliver(UnitOfWork(session, EVERYTHING), _send, stage.settings, now=now)


def _send(message: EmailMessage) -> None:
    if message["To"] == GONE:
        answer = (550, b"5.1.1 The email account does not exist")
        raise smtplib.SMTPRecipientsRefused({GONE: answer})
    if message["To"] == DEAF:
        said = "Connection unexpectedly closed"
        raise smtplib.SMTPServerDisconnected(said)


def pass_on(stage: Stage, now: dt.datetime) -> None:
    """Leave a hand-over and the re-opening of a member undecided."""
    mori, base = stage.actor("jimukyoku"), stage.settings.public_base_url
    tanaka = stage.actor("tanaka")

    def hand_over(uow: UnitOfWork) -> None:
        handover.ask(
            uow,
            actor=tanaka,
            email="kobayashi@hoshizora.example.com",
            name="小林 直樹",
            locale="ja",
            leaves=True,
            base_url=base,
            now=now,
        )

    def reopen(uow: UnitOfWork) -> None:
        reopening.propose(
            uow,
            actor=mori,
            org_id=stage.orgs["tsubame"],
            email="ozawa@tsubame.example.com",
            name="小沢 恵",
            locale="ja",
            reason="登録されている管理者が退職し、メールが届かないため",
            evidence="公式サイトの代表番号に電話し、総務部の小沢さんを後任と確認しました。",
            base_url=base,
            now=now,
        )

    stage.act(tanaka, hand_over)
    stage.act(mori, reopen)
