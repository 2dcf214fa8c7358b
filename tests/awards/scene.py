"""An award year with members, reviewers and frozen assessments: the smallest that can be judged."""

import datetime as dt
import hashlib
import itertools
import json
import uuid
from dataclasses import dataclass, field

import rfc8785

from jpmirai_compliance.assessments.models import (
    Assessment,
    FormLength,
    Snapshot,
    SnapshotKind,
    Status,
)
from jpmirai_compliance.awards import rules
from jpmirai_compliance.awards.queries import cycles, entries
from jpmirai_compliance.awards.service import assignment, scoring
from jpmirai_compliance.awards.service import cycles as cycle_service
from jpmirai_compliance.awards.service import entries as entry_service
from jpmirai_compliance.awards.service.scoring import Mark
from jpmirai_compliance.disclosure.models import Publication
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.principles import Answer, EvidenceState, load_edition, take_snapshot
from tests.factories import EDITION, NOW, actor_of, make_member, make_round, make_staff, make_user

_numbers = itertools.count(1)
DAY = dt.timedelta(days=1)
BASE = "http://localhost"
CODES = ("benefit", "reproducibility", "continuity", "reach", "originality")
#: Entries and judging overlap and hold for the tests' moment and for the views' clock.
WIDE = rules.Calendar(NOW - 30 * DAY, NOW + 3000 * DAY, NOW - 30 * DAY, NOW + 3650 * DAY)


@dataclass
class Scene:
    uow: object
    year: int = 2026
    staff: Actor = None
    boss: Actor = None  # the second person of the secretariat
    staff_user: object = None
    boss_user: object = None
    judges: list = field(default_factory=list)
    judge_users: list = field(default_factory=list)

    @property
    def cycle(self):
        return cycles.cycle(self.uow, self.year)

    def category(self, code="a2"):
        return next(c for c in cycles.categories(self.uow, self.cycle.id) if c.code == code)

    def entry(self, org, code="a2"):
        listed = entries.of_category(self.uow, self.category(code).id)
        return next(e for e in listed if e.org_id == org.id)

    def enter(self, actor, code="a2", now=NOW, **fields):
        values = {"title": "相談窓口を六つの言語で", "statement": "窓口を開いた。", "consent": True}
        with self.uow.transaction():
            return entry_service.enter(
                self.uow,
                actor=actor,
                year=self.year,
                category_id=self.category(code).id,
                now=now,
                **(values | fields),
            )

    def assign(self, entry_id, judge):
        with self.uow.transaction():
            assignment.assign_one(
                self.uow,
                actor=self.staff,
                year=self.year,
                entry_id=entry_id,
                judge_id=judge.user_id,
                base_url=BASE,
                now=NOW,
            )

    def score(self, judge, entry_id, *values, submit=True, now=NOW):
        with self.uow.transaction():
            scoring.clear(self.uow, actor=judge, entry_id=entry_id, now=now)
        with self.uow.transaction():
            return scoring.save(
                self.uow,
                actor=judge,
                entry_id=entry_id,
                marks=card(*values),
                comment="",
                version=1,
                submit=submit,
                now=now,
            )

    def entered(self, *names, reviewed=()):
        """Members with an entry each; ``reviewed``: for each a tuple of values per judge."""
        found = []
        for name in names:
            org, user, actor = make_member(self.uow, name)
            accept(self.uow, org, user)
            found.append((org, user, actor, self.enter(actor)))
        for (_, _, _, entry_id), by_judge in zip(found, reviewed, strict=False):
            for judge, values in zip(self.judges, by_judge, strict=False):
                self.assign(entry_id, judge)
                self.score(judge, entry_id, *values)
        return found


def card(*values):
    """Marks in the rubric's order; one value stands for all."""
    values = values * 5 if len(values) == 1 else values
    return {c: Mark(str(v), "") for c, v in zip(CODES, values, strict=True)}


def make_scene(uow, *, judges=2, calendar=WIDE, year=2026, initiatives="ab", groups="26"):
    scene = Scene(uow, year)
    make_round(uow, year)
    scene.staff_user, scene.staff = make_staff(uow, Role.SECRETARIAT)
    scene.boss_user = make_user(
        uow, None, (Role.SECRETARIAT,), email=f"boss{next(_numbers)}@boss.example", totp_secret="x"
    )
    scene.boss = actor_of(scene.boss_user, None, (Role.SECRETARIAT,))
    for number in range(judges):
        user = make_user(
            uow,
            None,
            (Role.JUDGE,),
            email=f"judge{next(_numbers)}@jury{next(_numbers)}.example",
            name=f"審査員{number}",
            totp_secret="enrolled",
        )
        scene.judge_users.append(user)
        scene.judges.append(actor_of(user, None, (Role.JUDGE,)))
    with uow.transaction():
        cycle_service.open_cycle(
            uow,
            actor=scene.staff,
            year=year,
            calendar=calendar,
            initiatives=initiatives,
            groups=groups,
            now=NOW,
        )
    return scene


def accept(uow, org, user, *, year=2026, publish=True, **fields):
    """Freeze an accepted assessment (fields of ``_body``) and publish it; returns its hash."""
    text = rfc8785.dumps(_body(org, year, **fields)).decode()
    with uow.transaction():
        assessment = Assessment(
            org_id=org.id,
            round_id=make_or_find_round(uow, year),
            form=FormLength.FULL,
            status=Status.ACCEPTED,
            started_at=NOW,
            submitted_at=NOW,
            accepted_at=NOW,
            accepted_by=user.id,
        )
        uow.session.add(assessment)
        uow.session.flush()
        snapshot = Snapshot(
            org_id=org.id,
            assessment_id=assessment.id,
            kind=SnapshotKind.ACCEPTED,
            ordinal=1,
            number=json.loads(text)["number"],
            year=year,
            body=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            at=NOW,
            by=user.id,
        )
        uow.session.add(snapshot)
        uow.session.flush()
        if publish:
            uow.session.add(_publication(org, user, assessment, snapshot))
        return snapshot.sha256


def _body(org, year, *, level=3, evidence=EvidenceState.ACCEPTED, pieces=None, weak=()):
    """One level everywhere, 0 for ``weak`` indicators; ``pieces`` of evidence at the first one."""
    edition = load_edition(EDITION)
    asked = edition.applicable(org.kind)
    answers = {i.id: Answer(level=0 if i.id in weak else level, evidence=evidence) for i in asked}
    first = asked[0].id
    return {
        "schema": 1,
        "kind": "accepted",
        "number": f"{year}-{next(_numbers):04}-1",
        "year": year,
        "organisation": {
            "id": str(org.id),
            "name_ja": org.name_ja,
            "name_en": org.name_en,
            "kind": org.kind.value,
            "size": org.size.value if org.size else None,
        },
        "assessment": take_snapshot(edition, asked, answers, kind=org.kind),
        "texts": {first: {"text": "掲示を貼った。\n研修をした。", "na_reason": "", "reach": "own"}},
        "evidence": {first: pieces or []},
        "verdicts": {first: {"kind": "accepted", "level": None, "reason": ""}},
    }


def make_or_find_round(uow, year):
    from sqlmodel import select

    from jpmirai_compliance.assessments.models import Round

    found = uow.session.exec(select(Round.id).where(Round.year == year)).one_or_none()
    if found is None:
        row = Round(
            year=year,
            edition=EDITION,
            opens_at=NOW - 400 * DAY,
            closes_at=NOW - 300 * DAY,
            created_at=NOW,
        )
        uow.session.add(row)
        uow.session.flush()
        found = row.id
    return found


def _publication(org, user, assessment, snapshot):
    return Publication(
        org_id=org.id,
        key=uuid.uuid4(),
        assessment_id=assessment.id,
        snapshot_id=snapshot.id,
        year=snapshot.year,
        code=f"C{next(_numbers):09}",
        name_ja=org.name_ja,
        name_en=org.name_en,
        sort_ja="00",
        sort_en="00",
        search="",
        kind=org.kind.value,
        choices="{}",
        page="{}",
        band=None,
        badge=False,
        bundle="0" * 64,
        published_at=NOW,
        published_by=user.id,
        valid_until=NOW + 365 * DAY,
    )


def english(uow, user):
    """Let somebody read English, and return them."""
    with uow.transaction():
        found = uow.session.get_one(type(user), user.id)
        found.locale = "en"
    return user
