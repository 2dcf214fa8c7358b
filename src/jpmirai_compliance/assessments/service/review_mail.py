"""The one mail that tells a member what the check found; written here, edited by the reviewer."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments import rules
from jpmirai_compliance.assessments.queries.review import Desk, DeskAnswer
from jpmirai_compliance.assessments.rules import VerdictKind
from jpmirai_compliance.foundation import mail
from jpmirai_compliance.foundation.catalogue import translate
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.errors import Gap
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles import ScoreState, state_text

#: Those of a member who get its mails about the assessment.
WRITING = frozenset({Role.APPROVER, Role.EDITOR})
SUBJECT_MAX = 100
BODY_MAX = 60_000  # every answer of the longest form with the longest reason
_Parts = Sequence[Text | Localized | str]


@dataclass(frozen=True, slots=True)
class Letter:
    """The mail in one language, without its "Dear …"; what the reviewer edits."""

    locale: str
    subject: str
    body: str


def returned(
    uow: UnitOfWork, desk: Desk, *, due_at: dt.datetime, base_url: str
) -> tuple[Letter, ...]:
    """Return the mail about a return: which answers, why, until when, and what else was found."""
    subject = Text(
        "Please answer %(count)s questions again by %(due)s (%(year)s self-assessment)",
        {"count": len(desk.waiting), "due": due_at, "year": desk.year},
    )
    paragraphs = [
        Text(
            "The JP-MIRAI secretariat has looked at your %(year)s self-assessment and asks you to"
            " answer the questions below again by %(due)s. All other answers stay as they are.",
            {"year": desk.year, "due": due_at},
        ),
        *_listed(desk.waiting),
        *_findings(desk, base_url),
        Text("Open the returned questions: %(url)s", {"url": f"{base_url}/m/{desk.year}"}),
    ]
    return _letters(uow, desk, subject, paragraphs)


def accepted(uow: UnitOfWork, desk: Desk, *, base_url: str) -> tuple[Letter, ...]:
    """Return the mail about the end of a check: the result, each gap and offer with its reason."""
    subject = Text("The check of your %(year)s self-assessment is finished", {"year": desk.year})
    paragraphs = [
        Text(
            "The JP-MIRAI secretariat has finished its check of your %(year)s self-assessment."
            " Number: %(number)s",
            {"year": desk.year, "number": next_number(desk)},
        ),
        _result(desk),
        *_findings(desk, base_url),
        Text("Read the feedback report: %(url)s", {"url": f"{base_url}/m/{desk.year}/report"}),
        Text(
            "See the result and decide what to publish: %(url)s",
            {"url": f"{base_url}/m/{desk.year}"},
        ),
    ]
    return _letters(uow, desk, subject, paragraphs)


def next_number(desk: Desk) -> str:
    """Return the number that the next frozen state of the submission gets."""
    ordinal = int(desk.number.rpartition("-")[2]) + 1
    return rules.receipt_number(desk.year, rules.serial_of(desk.number), ordinal)


def faults(letters: Iterable[Letter]) -> list[Gap]:
    """Return what is missing or too long in what the reviewer made of the mail."""
    found = []
    for letter in letters:
        if not letter.subject.strip():
            found.append(Gap(Text("Enter the subject of the mail."), f"{letter.locale}-subject"))
        if not letter.body.strip():
            found.append(Gap(Text("Enter the text of the mail."), f"{letter.locale}-body"))
    return found


def send(
    uow: UnitOfWork, desk: Desk, kind: str, letters: Sequence[Letter], *, now: dt.datetime
) -> int:
    """Queue one mail to each approver and editor in their language; return how many."""
    by_locale = {letter.locale: letter for letter in letters}
    people = accounts.with_roles(uow, desk.org_id, WRITING) if letters else ()
    for person in people:
        letter = by_locale.get(person.locale, letters[0])
        mail.queue(
            uow,
            kind=kind,
            recipient=person.email,
            locale=letter.locale,
            subject=letter.subject,
            paragraphs=[Text("Dear %(name)s,", {"name": person.name}), letter.body.strip()],
            org_id=desk.org_id,
            now=now,
        )
    return len(people)


def _letters(uow: UnitOfWork, desk: Desk, subject: Text, paragraphs: _Parts) -> tuple[Letter, ...]:
    """Return the mail in each language that one of its readers has chosen."""
    people = accounts.with_roles(uow, desk.org_id, WRITING)
    return tuple(
        Letter(
            locale,
            translate(subject, locale),
            "\n\n".join(translate(part, locale) for part in paragraphs),
        )
        for locale in sorted({person.locale for person in people}, reverse=True)
    )


def _findings(desk: Desk, base_url: str) -> list[Text]:
    """Return what was found besides the answers that go back: gaps, then offers."""
    told = [a for a in desk.answers if a.verdict and not a.verdict.to_return]
    gaps = [a for a in told if a.verdict and a.verdict.kind in _LESS]
    offers = [a for a in told if a.verdict and a.verdict.kind is VerdictKind.DECLARATION_GAP]
    said = []
    if gaps:
        said += [Text("For these questions the check found less than was claimed:"), *_listed(gaps)]
    if offers:
        said += [
            Text("For these questions the evidence shows more than was claimed:"),
            *_offered(offers),
            Text(
                "Decide whether to take the higher level: %(url)s",
                {"url": f"{base_url}/m/{desk.year}/offers"},
            ),
        ]
    return said


_LESS = {VerdictKind.GAP, VerdictKind.NA_REJECTED}


def _result(desk: Desk) -> Text:
    overall = desk.scores.overall
    if overall.state is not ScoreState.SCORED:
        return state_text(desk.edition, overall.state)
    return Text(
        "Claimed score: %(claimed)s %%. Evidenced score: %(evidenced)s %%.",
        {"claimed": overall.claimed, "evidenced": overall.evidenced},
    )


def _listed(answers: Iterable[DeskAnswer]) -> list[Text]:
    return [_asked(answer) for answer in answers]


def _asked(answer: DeskAnswer) -> Text:
    names = {
        "id": answer.indicator.id,
        "title": answer.indicator.title,
        "reason": answer.verdict.reason if answer.verdict else "",
    }
    if answer.evidence_only:
        return Text("%(id)s %(title)s (only the evidence can be changed)\n%(reason)s", names)
    return Text("%(id)s %(title)s\n%(reason)s", names)


def _offered(answers: Iterable[DeskAnswer]) -> list[Text]:
    return [
        Text(
            "%(id)s %(title)s\nClaimed: level %(claimed)s. Offered: level %(offered)s.\n%(reason)s",
            {
                "id": a.indicator.id,
                "title": a.indicator.title,
                "claimed": a.frozen.answer.claimed,
                "offered": a.verdict.level if a.verdict else 0,
                "reason": a.verdict.reason if a.verdict else "",
            },
        )
        for a in answers
    ]
