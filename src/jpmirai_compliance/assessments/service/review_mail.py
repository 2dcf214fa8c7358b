"""Mails to the member about the secretariat's check: what to answer again, and the result."""

import datetime as dt
from collections.abc import Iterable, Sequence

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments.queries.review import Desk, DeskAnswer
from jpmirai_compliance.assessments.rules import VerdictKind
from jpmirai_compliance.foundation import mail
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles import ScoreState, state_text

#: Those of a member who get its mails about the assessment.
WRITING = frozenset({Role.APPROVER, Role.EDITOR})


def returned(  # noqa: PLR0913 -- keyword-only
    uow: UnitOfWork,
    desk: Desk,
    *,
    due_at: dt.datetime,
    message: str,
    base_url: str,
    now: dt.datetime,
) -> None:
    """Queue one mail to each approver and editor: which answers, why, until when."""
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
        *(
            [Text("Message from the secretariat: %(message)s", {"message": message})]
            * bool(message)
        ),
        Text("Open the returned questions: %(url)s", {"url": f"{base_url}/m/{desk.year}"}),
    ]
    _send(uow, desk, "review-returned", subject, paragraphs, now)


def accepted(uow: UnitOfWork, desk: Desk, *, number: str, base_url: str, now: dt.datetime) -> None:
    """Queue one mail to each approver and editor: the result, and each gap with its reason."""
    subject = Text("The check of your %(year)s self-assessment is finished", {"year": desk.year})
    gaps = [
        a
        for a in desk.answers
        if a.verdict and not a.verdict.to_return and a.verdict.kind is not VerdictKind.ACCEPTED
    ]
    paragraphs: list[Text | Localized | str] = [
        Text(
            "The JP-MIRAI secretariat has finished its check of your %(year)s self-assessment."
            " Number: %(number)s",
            {"year": desk.year, "number": number},
        ),
        _result(desk),
    ]
    if gaps:
        paragraphs.append(Text("For these questions the check found less than was claimed:"))
        paragraphs.extend(_listed(gaps))
    url = f"{base_url}/m/{desk.year}/report"
    paragraphs.append(Text("Read the feedback report: %(url)s", {"url": url}))
    url = f"{base_url}/m/{desk.year}"
    paragraphs.append(Text("See the result and decide what to publish: %(url)s", {"url": url}))
    _send(uow, desk, "review-accepted", subject, paragraphs, now)


def _result(desk: Desk) -> Text:
    overall = desk.scores.overall
    if overall.state is not ScoreState.SCORED:
        return state_text(desk.edition, overall.state)
    return Text(
        "Claimed score: %(claimed)s %%. Evidenced score: %(evidenced)s %%.",
        {"claimed": overall.claimed, "evidenced": overall.evidenced},
    )


def _listed(answers: Iterable[DeskAnswer]) -> list[Text]:
    return [
        Text(
            "%(id)s %(title)s\n%(reason)s",
            {
                "id": a.indicator.id,
                "title": a.indicator.title,
                "reason": a.verdict.reason if a.verdict else "",
            },
        )
        for a in answers
    ]


def _send(  # noqa: PLR0913, PLR0917 -- the parts of a mail
    uow: UnitOfWork,
    desk: Desk,
    kind: str,
    subject: Text,
    paragraphs: Sequence[Text | Localized | str],
    now: dt.datetime,
) -> None:
    for person in accounts.with_roles(uow, desk.org_id, WRITING):
        mail.queue(
            uow,
            kind=kind,
            recipient=person.email,
            locale=person.locale,
            subject=subject,
            paragraphs=[Text("Dear %(name)s,", {"name": person.name}), *paragraphs],
            org_id=desk.org_id,
            now=now,
        )
