"""One mail a person about what colleagues did: not one for each click, and none about oneself."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import union, update
from sqlmodel import col, select

from jpmirai_compliance.accounts import queries as accounts
from jpmirai_compliance.assessments.models import Assessment, Round
from jpmirai_compliance.assessments.models.teamwork import Comment, Task
from jpmirai_compliance.assessments.queries.teamwork import ANSWERING, Teamwork, teamwork
from jpmirai_compliance.foundation import mail
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import MEMBER_ROLES
from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import load_edition

SETTLE = dt.timedelta(minutes=10)  # what was pressed by mistake can be taken back first
LISTED = 20  # lines of one kind in one mail


@dataclass
class News:
    """What one person is told: places assigned, and question → how many comments."""

    places: list[str] = field(default_factory=list)
    comments: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def waiting(uow: UnitOfWork, *, now: dt.datetime) -> tuple[uuid.UUID, ...]:
    """Return the assessments with something that nobody was told yet, in a fixed order."""
    before = now - SETTLE
    tasks = select(Task.assessment_id).where(col(Task.told_at).is_(None), col(Task.at) <= before)
    comments = select(Comment.assessment_id).where(
        col(Comment.told_at).is_(None), col(Comment.at) <= before
    )
    found = uow.session.exec(
        select(Assessment.id)
        .where(col(Assessment.id).in_(union(tasks, comments)))
        .order_by(col(Assessment.id))
    )
    return tuple(found)


def tell(uow: UnitOfWork, assessment_id: uuid.UUID, *, base_url: str, now: dt.datetime) -> int:
    """Queue at most one mail a person about one assessment; return how many.

    A comment goes to whoever answers the question and whoever commented on it before, an
    assignment to whom it asks; never to the one who did it, and only to people who are still
    there. The caller sees to it that this is not called more often than people want mail.
    """
    row, year, edition_id = uow.session.exec(
        select(Assessment, Round.year, Round.edition)
        .join(Round, col(Round.id) == col(Assessment.round_id))
        .where(col(Assessment.id) == assessment_id)
    ).one()
    titles = {i.id: i.title for i in load_edition(edition_id).indicators}
    news = _news(uow, assessment_id, now - SETTLE)
    people = accounts.with_roles(uow, row.org_id, MEMBER_ROLES)
    told = 0
    for person in people:
        mine = news.get(person.user_id)
        if mine is None or not (mine.places or mine.comments):
            continue
        if not person.roles & ANSWERING:
            mine.places.clear()
        mail.queue(
            uow,
            kind="colleagues",
            recipient=person.email,
            locale=person.locale,
            subject=Text("News from your colleagues: %(year)s self-assessment", {"year": year}),
            paragraphs=[*_lines(mine, titles), f"{base_url}/m/{year}?filter=mine"],
            now=now,
            org_id=row.org_id,
        )
        told += 1
    _mark(uow, assessment_id, now)
    return told


def _news(
    uow: UnitOfWork, assessment_id: uuid.UUID, before: dt.datetime
) -> Mapping[uuid.UUID, News]:
    news: dict[uuid.UUID, News] = defaultdict(News)
    team = teamwork(uow, assessment_id)
    fresh = select(Task).where(
        col(Task.assessment_id) == assessment_id,
        col(Task.told_at).is_(None),
        col(Task.at) <= before,
    )
    for task in uow.session.exec(fresh.order_by(col(Task.place))):
        asked = team.tasks.get(task.place)
        if asked and asked.user_id != task.by:
            news[asked.user_id].places.append(task.place)
    said = select(Comment).where(col(Comment.assessment_id) == assessment_id)
    spoke: dict[str, set[uuid.UUID]] = defaultdict(set)
    for comment in uow.session.exec(said.order_by(col(Comment.at), col(Comment.id))):
        if comment.told_at is None and comment.at <= before:
            for user_id in _concerned(team, comment, spoke[comment.indicator_id]):
                news[user_id].comments[comment.indicator_id] += 1
        spoke[comment.indicator_id].add(comment.by)
    return news


def _concerned(team: Teamwork, comment: Comment, spoke: set[uuid.UUID]) -> set[uuid.UUID]:
    principle = int(comment.indicator_id[1:].partition("-")[0])
    asked = team.assignee(comment.indicator_id, principle)
    return (spoke | ({asked.user_id} if asked else set())) - {comment.by}


def _lines(mine: News, titles: Mapping[str, object]) -> Sequence[Text]:
    lines = []
    if mine.places:
        lines.append(Text("You were asked to answer:"))
    for place in mine.places[:LISTED]:
        if place in titles:
            lines.append(Text("%(id)s %(title)s", {"id": place, "title": titles[place]}))
        else:
            lines.append(Text("All questions of principle %(number)s", {"number": place[1:]}))
    if mine.comments:
        lines.append(Text("Colleagues commented on:"))
    for id_, count in list(mine.comments.items())[:LISTED]:
        values = {"id": id_, "title": titles[id_], "count": count}
        lines.append(Text("%(id)s %(title)s (%(count)s new)", values))
    if max(len(mine.places), len(mine.comments)) > LISTED:
        lines.append(Text("The rest is in the service."))
    return lines


def _mark(uow: UnitOfWork, assessment_id: uuid.UUID, now: dt.datetime) -> None:
    for table in (Task, Comment):
        uow.session.execute(
            update(table)
            .where(
                col(table.assessment_id) == assessment_id,
                col(table.told_at).is_(None),
                col(table.at) <= now - SETTLE,
            )
            .values(told_at=now)
            .execution_options(synchronize_session=False)
        )
    uow.session.expire_all()
