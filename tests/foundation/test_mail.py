import datetime as dt
import smtplib

import pytest
from sqlmodel import select

from jpmirai_compliance.foundation import mail
from jpmirai_compliance.foundation.mail import OutboxMail
from jpmirai_compliance.foundation.text import Text
from tests.factories import NOW

SUBJECT = Text("%(days)s days left: %(year)s self-assessment", {"days": 7, "year": 2026})


def put(uow, **fields):
    values = {
        "kind": "reminder",
        "recipient": "hanako@example.com",
        "locale": "en",
        "subject": SUBJECT,
        "paragraphs": [Text("Start here: %(url)s", {"url": "https://x.example/m/2026"})],
        "now": NOW,
    }
    with uow.transaction():
        return mail.queue(uow, **(values | fields))


def test_a_mail_is_sent_once_in_the_recipients_language(uow, outbox):
    assert put(uow, locale="ja")
    [message] = outbox(NOW)
    assert message["Subject"] == "【JP-MIRAI】締切まであと7日：2026年度 自己評価"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert outbox(NOW) == []


def test_a_rolled_back_change_sends_nothing(uow, outbox):
    with pytest.raises(ValueError), uow.transaction():
        mail.queue(
            uow, kind="x", recipient="a@b.co", locale="en", subject=SUBJECT, paragraphs=[], now=NOW
        )
        raise ValueError
    assert outbox(NOW) == []


def test_the_same_key_is_queued_once(uow, outbox):
    assert [put(uow, key="k"), put(uow, key="k")] == [True, False]
    assert len(outbox(NOW)) == 1


def test_ou_4_line_ends_in_names_do_not_make_headers(uow, outbox):
    put(uow, subject=Text("Dear %(name)s,", {"name": "x\r\nBcc: victim@example.com\r\n\r\nbody"}))
    [message] = outbox(NOW)
    assert message["Bcc"] is None
    assert message["Subject"] == "【JP-MIRAI】Dear x Bcc: victim@example.com body,"


def test_a_server_that_fails_is_asked_again_later_and_given_up_after_eight(uow, make_uow, settings):
    put(uow)

    def refuse(_message):
        raise smtplib.SMTPServerDisconnected("gone")

    now, tries, work = NOW, [], make_uow()
    for _ in range(12):
        assert mail.deliver(work, refuse, settings, now=now) == 0
        row = work.session.exec(select(OutboxMail)).one()
        tries.append(row.attempts)
        now += dt.timedelta(hours=12)
    assert tries[-1] == mail.ATTEMPTS
    assert (row.sent_at, row.next_try_at) == (None, None)
    assert row.error == "SMTPServerDisconnected: gone"


def test_a_mail_taken_by_one_sender_is_not_sent_by_another(uow, make_uow, settings):
    put(uow)
    sent = []

    def send(message):
        mail.deliver(make_uow(), sent.append, settings, now=NOW)  # a second sender, meanwhile
        sent.append(message)

    assert mail.deliver(make_uow(), send, settings, now=NOW) == 1
    assert len(sent) == 1


def test_the_console_prints_and_smtp_speaks_to_the_server(uow, settings, capsys, monkeypatch):
    put(uow)
    spoken = []

    class Server:
        def __init__(self, host, port, timeout):
            spoken.append((host, port))

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def starttls(self):
            spoken.append("starttls")

        def login(self, user, password):
            spoken.append((user, password))

        def send_message(self, message):
            spoken.append(message["To"])

    monkeypatch.setattr(smtplib, "SMTP", Server)
    row = uow.session.exec(select(OutboxMail)).one()
    message = mail.compose(row, settings)
    mail.transport(settings)(message)
    assert capsys.readouterr().out.startswith("--- mail to hanako@example.com: 【JP-MIRAI】7 days")
    smtp = settings.model_copy(update={"mail_backend": "smtp", "smtp_user": "u"})
    mail.transport(smtp)(message)
    assert spoken == [("127.0.0.1", 25), "starttls", ("u", ""), "hanako@example.com"]


def test_an_6_no_copy_of_a_link_stays_once_the_mail_has_left(uow, make_uow, settings, outbox):
    put(uow, paragraphs=["https://x.example/reset-password/secret-token"])
    [message] = outbox(NOW)
    assert "secret-token" in message.get_content()
    assert make_uow().session.exec(select(OutboxMail.body)).all() == [""]
