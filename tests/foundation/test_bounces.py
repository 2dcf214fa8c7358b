"""What came back: refusals of mail servers and delivery reports."""

import datetime as dt
import smtplib
import uuid

import pytest
from click.testing import CliRunner
from sqlmodel import select

from jpmirai_compliance.cli import main
from jpmirai_compliance.foundation import bounces, mail
from jpmirai_compliance.foundation.audit import AuditEvent
from jpmirai_compliance.foundation.mail import BouncedAddress, OutboxMail
from tests.factories import NOW

HANAKO, TARO = "hanako@example.com", "taro@example.com"
REPORT = """\
From: MAILER-DAEMON@mx.example.com
To: no-reply@mirai.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

Sorry.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} User unknown

--x
Content-Type: message/rfc822

From: JP-MIRAI <no-reply@mirai.example>
To: {address}
Message-ID: <1764.42.7.{mail_id}@mirai.example>
Subject: x

x
--x--
"""


def report(mail_id, address=HANAKO, action="failed", status="5.1.1"):
    return REPORT.format(address=address, action=action, status=status, mail_id=mail_id).encode()


def put(uow, recipient=HANAKO, kind="reminder", now=NOW):
    key = str(uuid.uuid4())
    with uow.transaction():
        mail.queue(
            uow,
            kind=kind,
            recipient=recipient,
            locale="en",
            subject="s",
            paragraphs=["a text"],
            key=key,
            now=now,
        )
        return uow.session.exec(select(OutboxMail.id).where(OutboxMail.key == key)).one()


def rows(uow, table):
    uow.session.rollback()
    return uow.session.exec(select(table)).all()


def state(uow, mail_id):
    uow.session.rollback()
    row = uow.session.get_one(OutboxMail, mail_id)
    return row.sent_at is not None, row.held_at is not None, row.next_try_at is not None


def refusing(code, said):
    def send(message):
        raise smtplib.SMTPRecipientsRefused({message["To"]: (code, said)})

    return send


def deliver(make_uow, settings, send, now=NOW):
    return mail.deliver(make_uow(), send, settings, now=now)


def test_a_refused_address_is_marked_at_once_and_its_mail_held_not_lost(uow, make_uow, settings):
    first, other = put(uow, "Hanako@Example.com"), put(uow, TARO, now=NOW + dt.timedelta(1))
    refuse = refusing(550, b"5.1.1 no such user")
    assert deliver(make_uow, settings, refuse) == 0
    [mark] = rows(uow, BouncedAddress)
    assert (mark.address, mark.status, mark.said) == (HANAKO, "5.1.1", "5.1.1 no such user")
    assert state(uow, first) == (False, True, False)
    assert state(uow, other) == (False, False, True)
    later = put(uow, HANAKO, now=NOW + dt.timedelta(1))
    sent = []
    assert deliver(make_uow, settings, sent.append, NOW + dt.timedelta(1)) == 1
    assert [m["To"] for m in sent] == [TARO]
    assert state(uow, later) == (False, True, False)
    assert uow.session.get_one(OutboxMail, later).body == "a text\n"
    assert [e.event for e in rows(uow, AuditEvent)] == ["operations:address-bounced"]


@pytest.mark.parametrize(
    ("code", "said"),
    [(450, b"4.2.0 greylisted"), (451, b"later"), (554, b"5.7.1 relay access denied")],
)
def test_what_may_pass_or_is_about_us_marks_no_address(uow, make_uow, settings, code, said):
    mail_id = put(uow)
    deliver(make_uow, settings, refusing(code, said))
    assert rows(uow, BouncedAddress) == []
    assert state(uow, mail_id) == (False, False, True)


def test_once_a_mail_arrives_the_mark_goes_and_held_mail_follows(uow, make_uow, settings):
    held = put(uow)
    deliver(make_uow, settings, refusing(550, b"5.1.1 no"))
    asked = put(uow, kind="accounts:reset")
    sent = []
    assert deliver(make_uow, settings, sent.append) == 1
    assert state(uow, asked) == (True, False, False)
    assert rows(uow, BouncedAddress) == []
    assert deliver(make_uow, settings, sent.append) == 1
    assert state(uow, held) == (True, False, False)
    names = [e.event for e in rows(uow, AuditEvent)]
    assert names == ["operations:address-bounced", "operations:address-reached"]


def test_a_person_with_a_new_address_gets_what_was_held_but_no_old_links(uow, make_uow, settings):
    held, link = put(uow), put(uow, kind="accounts:invitation", now=NOW + dt.timedelta(minutes=1))
    moment = NOW + dt.timedelta(minutes=2)
    deliver(make_uow, settings, refusing(550, b"5.1.1 no"), moment)
    with uow.transaction():
        mail.moved(uow, HANAKO, "new@example.com", now=moment)
    sent = []
    deliver(make_uow, settings, sent.append, moment)
    assert [m["To"] for m in sent] == ["new@example.com"]
    assert (state(uow, held), state(uow, link)) == ((True, False, False), (False, True, False))


def test_a_report_about_a_mail_of_ours_marks_the_address(uow, make_uow, settings):
    mail_id = put(uow)
    deliver(make_uow, settings, lambda _m: None)
    waiting = put(uow)
    with uow.transaction():
        assert mail.take_report(uow, report(mail_id), now=NOW) == (1, 0)
    [mark] = rows(uow, BouncedAddress)
    assert (mark.address, mark.status) == (HANAKO, "5.1.1")
    assert uow.session.get_one(OutboxMail, mail_id).bounced_at == NOW
    assert state(uow, waiting) == (False, True, False)


def test_the_message_id_that_goes_out_is_the_one_that_is_believed(uow, make_uow, settings):
    put(uow)
    sent = []
    deliver(make_uow, settings, sent.append)
    quoted = REPORT.replace("<1764.42.7.{mail_id}@mirai.example>", sent[0]["Message-ID"])
    text = quoted.format(address=HANAKO, action="failed", status="5.1.1").encode()
    with uow.transaction():
        assert mail.take_report(uow, text, now=NOW) == (1, 0)


def test_a_forged_report_cuts_nobody_off(uow, make_uow, settings):
    mail_id = put(uow)
    waiting = put(uow, TARO)
    deliver(make_uow, settings, lambda _m: None)
    put(uow, TARO)
    forged = (report(uuid.uuid4()), report(mail_id, TARO), report(waiting, "third@example.com"))
    for text in forged:
        with uow.transaction():
            assert mail.take_report(uow, text, now=NOW) == (0, 1)
    assert rows(uow, BouncedAddress) == []


@pytest.mark.parametrize(
    "text",
    [
        report(uuid.uuid4(), action="delayed", status="4.4.1"),
        report(uuid.uuid4(), action="failed", status="4.4.7"),
        report(uuid.uuid4(), action="delivered", status="2.0.0"),
        report(uuid.uuid4(), status="5.7.26"),
        b"",
        b"\xff\x00 not a mail",
        b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n",
        report("x", address="")[:300],
    ],
    ids=["delayed", "temporary", "delivered", "policy", "empty", "noise", "no address", "cut"],
)
def test_what_is_no_lasting_failure_says_nothing(text):
    assert bounces.read(text) == ()


def test_a_hostile_report_is_read_to_a_limit_and_says_nothing():
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5_000)
    )
    blocks = b"Content-Type: message/delivery-status\n\n" + b"A: b\n\n" * 200_000
    assert bounces.read(nested) == ()
    assert bounces.read(blocks) == ()
    assert bounces.read(b"x: " + b"y" * 50_000_000) == ()


def test_the_command_takes_a_report_from_a_pipe(uow, make_uow, settings, monkeypatch):
    mail_id = put(uow)
    deliver(make_uow, settings, lambda _m: None)
    monkeypatch.setenv("JPMIRAI_DATABASE_URL", settings.database)
    monkeypatch.setenv("JPMIRAI_INSTANCE_PATH", str(settings.instance_path))
    monkeypatch.setenv("JPMIRAI_ENV", "test")
    monkeypatch.setenv("JPMIRAI_SECRET_KEY", "test-secret-0123456789-abcdefghij-ABCDEFGH")
    done = CliRunner().invoke(main, ["mail", "bounce", "-"], input=report(mail_id))
    assert (done.exit_code, done.output) == (
        0,
        "Addresses marked: 1. Not ours, so not believed: 0.\n",
    )
    assert [m.address for m in rows(uow, BouncedAddress)] == [HANAKO]
