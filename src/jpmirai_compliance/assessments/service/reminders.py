"""Reminding many members at once: who gets a mail, who gets none and why, and sending it once."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.queries.reach import Reached
from jpmirai_compliance.assessments.queries import participants as taking_part
from jpmirai_compliance.assessments.queries import rounds
from jpmirai_compliance.assessments.queries.participants import DONE, Filters, Public
from jpmirai_compliance.assessments.queries.rounds import RoundRow
from jpmirai_compliance.assessments.queries.standing import BY_HAND, Standing, standings
from jpmirai_compliance.assessments.rules import reminding
from jpmirai_compliance.foundation import audit, mail
from jpmirai_compliance.foundation.audit import Event
from jpmirai_compliance.foundation.catalogue import TOKYO, translate
from jpmirai_compliance.foundation.db import UnitOfWork, lock
from jpmirai_compliance.foundation.errors import Conflict, DomainError, Gap, Incomplete
from jpmirai_compliance.foundation.mail import Letter, OutboxMail
from jpmirai_compliance.foundation.policy import SECRETARIAT_ITSELF, Actor, Permission, authorize
from jpmirai_compliance.foundation.text import Localized, Text

LANGUAGES = ("ja", "en")
SUBJECT_MAX, BODY_MAX = 100, 2_000
MOST = 2_000  # members at once
SUBJECT = Text("{year} self-assessment: {days} days left")
BODY = Text(
    "To everybody at {organisation} who works on the self-assessment\n\n"
    "The {year} self-assessment closes on {closes}. {days} days are left.\n\n"
    "It counts once an approver of your organisation has submitted it. "
    "A short, honest answer is better than none.\n\n"
    "Continue here:\n{link}\n\n"
    "The JP-MIRAI secretariat"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """Subject and text by language, with marks such as {days}."""

    subjects: Mapping[str, str]
    bodies: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody chosen who gets no mail, and why."""

    name: Localized
    why: Text


@dataclass(frozen=True, slots=True)
class Addressee:
    """One person of one member who gets the mail."""

    person: Reached
    of: Standing


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets a reminder and who does not; ``bounced``: people of those who do, left out."""

    round: RoundRow
    addressees: tuple[Addressee, ...]
    left_out: tuple[LeftOut, ...]
    bounced: tuple[str, ...]
    recent: int  # of those left out, reminded a short while ago

    @property
    def members(self) -> int:
        """How many members get a mail."""
        return len({found.of.of.org_id for found in self.addressees})


def proposed() -> Draft:
    """Return the text that a reminder starts from."""
    subjects = {language: translate(SUBJECT, language) for language in LANGUAGES}
    return Draft(subjects, {language: translate(BODY, language) for language in LANGUAGES})


def plan(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    filters: Filters,
    public: Public | None = None,
    again: bool = False,
    now: dt.datetime,
) -> Plan:
    """Return who of those chosen would get a mail now; ``again``: also the recently reminded.

    Raises NotPermitted, NotFound, DomainError for more members than can be reminded at once.
    """
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    round_ = rounds.round_of_year(uow, actor=actor, year=year)
    rows = taking_part.participants(
        uow,
        actor=actor,
        round_id=round_.id,
        now=now,
        filters=filters,
        public=public,
        limit=MOST + 1,
    )
    if len(rows) > MOST:
        text = Text("Choose %(most)d members or fewer at once.", {"most": MOST})
        raise DomainError(text)
    addressees: list[Addressee] = []
    left_out: list[LeftOut] = []
    bounced: list[str] = []
    recent = 0
    for found in standings(uow, round_, rows, now):
        if (why := _why_not(round_, found, now, again=again)) is not None:
            recent += _recent(found, now)
            left_out.append(LeftOut(found.of.name, why))
            continue
        addressees += [Addressee(person, found) for person in found.people if not person.bounced]
        bounced += found.bounced
    return Plan(round_, tuple(addressees), tuple(left_out), tuple(bounced), recent)


def send(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    *,
    actor: Actor,
    year: int,
    filters: Filters,
    draft: Draft,
    expected: int,
    key: uuid.UUID,
    base_url: str,
    public: Public | None = None,
    again: bool = False,
    now: dt.datetime,
) -> int:
    """Put the mails into the outbox and return how many; 0 if the same press did it already.

    Raises NotPermitted, NotFound, Incomplete for a text that cannot be sent or nobody to send it
    to, Conflict if it is not ``expected`` people any more.
    """
    authorize(actor, Permission.ROUND_MANAGE, SECRETARIAT_ITSELF)
    lock(uow, "reminders")
    sent = col(OutboxMail.key).startswith(f"{BY_HAND}:{key}:", autoescape=True)
    if uow.session.exec(select(OutboxMail.id).where(sent).limit(1)).first() is not None:
        return 0
    if gaps := faults(draft):
        raise Incomplete(Text("Nothing was sent yet."), gaps)
    found = plan(uow, actor=actor, year=year, filters=filters, public=public, again=again, now=now)
    if not found.addressees:
        text = Text("Nobody of those chosen gets a mail.")
        raise Incomplete(text, [Gap(text, "")])
    if len(found.addressees) != expected:
        text = Text("It is other people now than those you saw. Nothing was sent. Look again.")
        raise Conflict(text=text)
    letters = [_letter(found, one, draft, key, base_url, now) for one in found.addressees]
    count = mail.queue_all(uow, letters, now=now)
    data = {"year": year, "members": found.members, "mails": count, "again": again}
    data |= {"left_out": len(found.left_out)}
    audit.record(
        uow, Event.MEMBERS_REMINDED, actor=actor, now=now, subject=f"round:{year}", data=data
    )
    return count


def shown(
    draft: Draft, found: Plan, one: Addressee, base_url: str, now: dt.datetime
) -> tuple[str, str]:
    """Return subject and text as one person reads them."""
    language = one.person.locale if one.person.locale in LANGUAGES else LANGUAGES[0]
    values = _values(found, one, language, base_url, now)
    subject = reminding.filled(draft.subjects[language], values)
    return subject, reminding.filled(draft.bodies[language], values)


def _letter(  # noqa: PLR0913, PLR0917 -- one mail
    found: Plan, one: Addressee, draft: Draft, key: uuid.UUID, base_url: str, now: dt.datetime
) -> Letter:
    subject, body = shown(draft, found, one, base_url, now)
    org_id = one.of.of.org_id
    return Letter(
        kind=BY_HAND,
        recipient=one.person.email,
        locale=one.person.locale,
        subject=subject,
        paragraphs=[body],
        org_id=org_id,
        key=f"{BY_HAND}:{key}:{org_id}:{one.person.user_id}",
    )


def _values(
    found: Plan, one: Addressee, language: str, base_url: str, now: dt.datetime
) -> dict[str, str]:
    closes = one.of.closes_at
    days = (closes.astimezone(TOKYO).date() - now.astimezone(TOKYO).date()).days
    return {
        "organisation": one.of.of.name.pick(language),
        "year": str(found.round.year),
        "closes": translate(closes, language),
        "days": str(days),
        "link": f"{base_url}/m/{found.round.year}",
    }


def _why_not(round_: RoundRow, found: Standing, now: dt.datetime, *, again: bool) -> Text | None:
    reasons = (
        (found.of.status in DONE, Text("It has submitted already.")),
        (now < round_.opens_at, Text("The round is not open yet.")),
        (now >= found.closes_at, Text("Its time to answer is over. Extend it first.")),
        (not found.people, Text("Nobody of it can sign in.")),
        (
            all(person.bounced for person in found.people),
            Text("Mail to all its people came back."),
        ),
        (
            _recent(found, now) and not again,
            Text("It was reminded on %(when)s.", {"when": found.reminded_at}),
        ),
    )
    return next((why for holds, why in reasons if holds), None)


def _recent(found: Standing, now: dt.datetime) -> bool:
    return found.reminded_at is not None and now < found.reminded_at + reminding.QUIET


def faults(draft: Draft) -> list[Gap]:
    """Return what keeps a text from being sent, at the fields."""
    gaps = []
    for language in LANGUAGES:
        for name, texts in (("subject", draft.subjects), ("body", draft.bodies)):
            if marks := reminding.unknown_marks(texts[language]):
                values = {"marks": " ".join(marks)}
                text = Text("These marks stand for nothing: %(marks)s", values)
                gaps.append(Gap(text, f"{name}_{language}"))
        if "{link}" not in draft.bodies[language]:
            text = Text("Leave {link} in the text, so that people find the way.")
            gaps.append(Gap(text, f"body_{language}"))
    return gaps
