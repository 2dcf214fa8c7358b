"""The demo year, served: where its pages are, and who looks at them."""

import datetime as dt
import functools
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import col, select

from jpmirai_compliance.accounts.models import Organisation, User
from jpmirai_compliance.accounts.service import invite
from jpmirai_compliance.assessments.models import Assessment, Round
from jpmirai_compliance.awards.models import Assignment, AwardCycle, Category, Entry
from jpmirai_compliance.demo.building import fill
from jpmirai_compliance.demo.cast import MEMBERS, PASSWORD, PEOPLE, SECOND_FACTOR
from jpmirai_compliance.disclosure.queries import live_publication
from jpmirai_compliance.foundation.policy import Role
from jpmirai_compliance.workplaces.models import Workplace
from tests.e2e.site import Site
from tests.e2e.visitor import Visitor

PUBLIC, VISITOR = "public", "visitor"
LOCALES = ("ja", "en")


class World:
    """The demo year, served, and where things are in it."""

    def __init__(self, folder):
        self.site = Site(folder)
        self.now = dt.datetime.now(dt.UTC)
        fill(self.site.settings, self.site.engine, now=self.now)
        self.site.start()
        self.year = self.now.astimezone(dt.timezone(dt.timedelta(hours=9))).year
        self.last = self.year - 1

    def id(self, model, *where):
        """Return the id of the first row, by its place in time or name."""
        with self.site.look() as uow:
            return uow.session.exec(select(model.id).where(*where).limit(1)).one()

    @functools.cache  # noqa: B019 -- as long as the tests run
    def org(self, key):
        name = next(m.name_ja for m in MEMBERS if m.key == key)
        return self.id(Organisation, col(Organisation.name_ja) == name)

    def user(self, local):
        email = next(p.email for p in PEOPLE if p.local == local)
        return self.id(User, col(User.email) == email)

    def assessment(self, key, year=None):
        round_id = self.id(Round, col(Round.year) == (year or self.year))
        of = (col(Assessment.org_id) == self.org(key), col(Assessment.round_id) == round_id)
        return self.id(Assessment, *of)

    def category(self, year, code):
        cycle = self.id(AwardCycle, col(AwardCycle.year) == year)
        return self.id(Category, col(Category.cycle_id) == cycle, col(Category.code) == code)

    def entry(self, local, year):
        """Return an entry that lies on somebody's desk."""
        query = (
            select(Entry.id)
            .join(Assignment, col(Assignment.entry_id) == col(Entry.id))
            .join(Category, col(Category.id) == col(Entry.category_id))
            .join(AwardCycle, col(AwardCycle.id) == col(Category.cycle_id))
            .where(col(Assignment.judge_id) == self.user(local), col(AwardCycle.year) == year)
            .order_by(col(Category.code))
        )
        with self.site.look() as uow:
            return uow.session.exec(query.limit(1)).one()

    def open_category(self, local):
        """Return a category of this year whose results somebody sees, not being its reviewer."""
        busy = select(Assignment.entry_id).where(col(Assignment.judge_id) == self.user(local))
        query = (
            select(Category.id)
            .join(Entry, col(Entry.category_id) == col(Category.id))
            .join(AwardCycle, col(AwardCycle.id) == col(Category.cycle_id))
            .where(col(AwardCycle.year) == self.year, col(Entry.id).not_in(busy))
            .order_by(col(Category.code))
        )
        with self.site.look() as uow:
            return uow.session.exec(query.limit(1)).one()

    def workplace(self, key):
        return self.id(Workplace, col(Workplace.org_id) == self.org(key))

    @functools.cached_property
    def published(self):
        org_id = self.org("aoba")
        with self.site.look() as uow:
            return live_publication(uow, org_id, self.year)

    @functools.cached_property
    def code(self):
        place = self.workplace("aoba")
        with self.site.look() as uow:
            return uow.session.get_one(Workplace, place).code

    @functools.cached_property
    def invitation(self):
        """Return the token of an invitation that nobody has answered."""
        org_id = self.org("minato")
        with self.site.work() as uow:
            return invite(
                uow,
                actor=None,
                email="new@minato.example.com",
                name="新井 葵",
                org_id=org_id,
                roles=frozenset({Role.EDITOR}),
                locale="ja",
                base_url=self.site.url,
                now=self.now,
            )

    def speak(self, locale):
        """Let everybody who signs in read pages in this language."""
        with self.site.work() as uow:
            for user in uow.session.exec(select(User)).all():
                user.locale = locale

    def visitor(self, chromium, who, locale, **options):
        """Return a browser in which this person has signed in, or nobody for public pages."""
        found = Visitor(chromium, self.site.url, locale=locale, **options)
        if who in {PUBLIC, VISITOR}:
            return found
        person = next(p for p in PEOPLE if p.local == who)
        if not person.org:
            self._let_code_in_again(person)
            found.secret = SECOND_FACTOR
        return found.sign_in(person.email, PASSWORD)

    def _let_code_in_again(self, person):
        """A code counts once: forget that this minute's was used, as a minute later."""
        user_id = self.user(person.local)
        with self.site.work() as uow:
            uow.session.get_one(User, user_id).totp_last_step = 0

    def close(self):
        self.site.stop()


@dataclass(frozen=True)
class Page:
    """One page: its name, who looks at it, its address, and what is pressed before looking."""

    name: str
    who: str
    path: str | Callable[[World], str]
    status: int = 200
    prepare: Callable[[Visitor], object] | None = None
    languages: tuple[str, ...] = LOCALES

    def address(self, world, locale):
        path = self.path if isinstance(self.path, str) else self.path(world)
        return path.format(lang=locale, year=world.year, last=world.last)

    def show(self, visitor, world, locale):
        visitor.go(self.address(world, locale), self.status)
        if self.prepare:
            self.prepare(visitor)
