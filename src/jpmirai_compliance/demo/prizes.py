"""Awards: last year's are decided, this year's are being judged."""

import datetime as dt
import uuid
from functools import partial

from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.queries import cycles as reading
from jpmirai_compliance.awards.queries import desk
from jpmirai_compliance.awards.queries import entries as entered
from jpmirai_compliance.awards.service import assignment, cycles, decisions, entries, scoring
from jpmirai_compliance.demo.stage import Stage
from jpmirai_compliance.foundation.db import UnitOfWork
from jpmirai_compliance.foundation.policy import Actor

#: Category codes (initiative kind and member group) and who enters.
ENTRIES = (
    (
        "b2",
        "aoba",
        "外部窓口と組んだ「声を聞く」仕組み",
        "無記名調査と外部の相談窓口を組み合わせ、改善を毎月公表しています。",
    ),
    (
        "b1",
        "hoshizora",
        "寮の住まいを一緒に見直す",
        "入居者の委員会と寮の規則を作り直し、家賃の内訳を公開しました。",
    ),
    (
        "c5",
        "kakehashi",
        "町の日本語ひろば",
        "働く人と住民が週1回集まり、届け出や医療の困りごとを一緒に解きます。",
    ),
)


def run(stage: Stage, year: int, now: dt.datetime, *, whole: bool) -> None:
    """Open a cycle, enter, assign; ``whole`` also scores, decides and releases."""
    mori = stage.actor("jimukyoku")
    day = dt.timedelta(days=1)
    calendar = rules.Calendar(now, now + 20 * day, now + day, now + 40 * day)
    opening = partial(cycles.open_cycle, actor=mori, year=year, calendar=calendar, now=now)
    stage.act(mori, opening)
    base = stage.settings.public_base_url
    chosen = {c: stage.act(mori, partial(_category, year=year, code=c)) for c, *_ in ENTRIES}
    for code, key, title, statement in ENTRIES:
        approver = stage.of(key, "approver")
        stage.act(
            approver,
            partial(
                entries.enter,
                actor=approver,
                year=year,
                category_id=chosen[code],
                title=title,
                statement=statement,
                consent=True,
                now=now + day,
            ),
        )
    stage.act(
        mori, partial(assignment.assign, actor=mori, year=year, base_url=base, now=now + 2 * day)
    )
    if whole:
        _score(stage, year, now + 3 * day)
        _decide(stage, year, list(chosen.values()), now + 41 * day)


def _category(uow: UnitOfWork, year: int, code: str) -> uuid.UUID:
    cycle = reading.cycle(uow, year)
    return next(c.id for c in reading.categories(uow, cycle.id) if c.code == code)


def _score(stage: Stage, year: int, now: dt.datetime) -> None:
    criteria = stage.act(stage.actor("jimukyoku"), partial(_criteria, year=year))
    for local in ("shinsa", "judge", "jimukyoku", "kakunin"):
        judge = stage.actor(local)
        for number, entry_id in enumerate(stage.act(judge, partial(_mine, judge=judge, year=year))):
            marks = {
                code: scoring.Mark(
                    str(3 + (number + place + len(local)) % 3), "資料で確かめました。"
                )
                for place, code in enumerate(criteria)
            }
            stage.act(judge, partial(scoring.clear, actor=judge, entry_id=entry_id, now=now))
            stage.act(judge, partial(_mark, judge=judge, entry_id=entry_id, marks=marks, now=now))


def _mark(
    uow: UnitOfWork,
    *,
    judge: Actor,
    entry_id: uuid.UUID,
    marks: dict[str, scoring.Mark],
    now: dt.datetime,
) -> None:
    card = desk.sheet(uow, actor=judge, entry_id=entry_id).card
    scoring.save(
        uow,
        actor=judge,
        entry_id=entry_id,
        marks=marks,
        comment="働く人の声が根拠になっています。",
        version=card.version if card else 0,
        submit=True,
        now=now,
    )


def _criteria(uow: UnitOfWork, year: int) -> list[str]:
    return [c.code for c in reading.criteria(uow, reading.cycle(uow, year).id)]


def _mine(uow: UnitOfWork, judge: Actor, year: int) -> list[uuid.UUID]:
    return [row.entry_id for row in desk.desk(uow, actor=judge) if row.year == year]


def _decide(stage: Stage, year: int, categories: list[uuid.UUID], now: dt.datetime) -> None:
    mori, okamoto = stage.actor("jimukyoku"), stage.actor("kakunin")
    for category_id in categories:
        stage.act(
            mori,
            partial(
                decisions.shortlist,
                actor=mori,
                reason="基準点を満たしています。",
                year=year,
                category_id=category_id,
                now=now,
            ),
        )
        stage.act(
            mori,
            partial(
                decisions.decide,
                actor=mori,
                named=stage.act(mori, partial(_entered, category_id=category_id)),
                reason="働く人の声による裏づけと、ほかの組織への広がりを評価しました。",
                year=year,
                category_id=category_id,
                now=now,
            ),
        )

    def release(uow: UnitOfWork) -> None:
        version = reading.cycle(uow, year).version
        base = stage.settings.public_base_url
        decisions.release(uow, actor=okamoto, year=year, version=version, base_url=base, now=now)

    stage.act(okamoto, release)


def _entered(uow: UnitOfWork, category_id: uuid.UUID) -> list[uuid.UUID]:
    return [e.id for e in entered.of_category(uow, category_id)]
