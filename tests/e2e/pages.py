"""Every type of page, as whom, and in which state: one list for the page tests and the gallery.

All of them are pages of the demo year. ``World`` knows the demo's ids.
"""

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


def _wrong_sign_in(visitor):
    visitor.press("Sign in", fields={"email": "nobody@example.com", "password": ""})


def _no_reason(visitor):
    visitor.press("Save and go back to the list", fields={"level": "na", "na_reason": ""})


def _wrong_profile(visitor):
    visitor.press("Save the profile", fields={"name_ja": "", "corporate_number": "1234"})


def _empty_round(visitor):
    visitor.press("Create the round", fields={"year": "", "closes_day": "2027-01-01"})


def _open_entry(visitor):
    """Say that there is no conflict, the first time."""
    if visitor.offers("I have no conflict of interest: open the entry"):
        visitor.press("I have no conflict of interest: open the entry")


def _score(visitor):
    """Submit one's scores, the first time; then look at them."""
    here = visitor.page.url
    _open_entry(visitor)
    if visitor.offers("Submit the scores"):
        fields = visitor.page.locator("main [name^=score_]").all()
        names = {field.get_attribute("name") for field in fields}
        visitor.press("Submit the scores", fields=dict.fromkeys(sorted(names), "4"))
        visitor.go(here)


def _worker(language):
    return lambda w: f"/{language}/w/{w.code}"


PAGES = (
    # the public
    Page("public-home", PUBLIC, "/{lang}/"),
    Page("public-code", PUBLIC, "/{lang}/code"),
    Page("public-directory", PUBLIC, "/{lang}/orgs"),
    Page("public-directory-empty", PUBLIC, "/{lang}/orgs?search=zzz"),
    Page("public-organisation", PUBLIC, lambda w: f"/{{lang}}/orgs/{w.published.slug}/{{year}}"),
    Page("public-verify", PUBLIC, lambda w: f"/{{lang}}/verify/{w.published.code}"),
    Page("public-verify-start", PUBLIC, "/{lang}/verify"),
    Page("public-method", PUBLIC, "/{lang}/method"),
    Page("public-accessibility", PUBLIC, "/{lang}/accessibility"),
    Page("public-privacy", PUBLIC, "/{lang}/privacy"),
    Page("public-winners", PUBLIC, "/{lang}/awards"),
    Page("public-not-found", PUBLIC, "/{lang}/orgs/no-such-place", 404),
    Page("worker-ja", PUBLIC, _worker("ja"), languages=("ja",)),
    Page("worker-vi", PUBLIC, _worker("vi"), languages=("ja",)),
    Page("worker-my", PUBLIC, _worker("my"), languages=("ja",)),
    Page("worker-en", PUBLIC, _worker("en"), languages=("en",)),
    Page("worker-unknown-code", PUBLIC, "/{lang}/w/ZZZZZZ"),
    Page("worker-general", PUBLIC, "/{lang}/workers"),
    Page("code-my", PUBLIC, "/my/code", languages=("ja",)),
    Page("code-vi", PUBLIC, "/vi/code", languages=("ja",)),
    # signing in
    Page("sign-in", VISITOR, "/sign-in"),
    Page("sign-in-errors", VISITOR, "/sign-in", prepare=_wrong_sign_in),
    Page("forgot-password", VISITOR, "/forgot-password"),
    Page("invitation", VISITOR, lambda w: f"/invitations/{w.invitation}"),
    Page("invitation-unknown", VISITOR, "/invitations/no-such-invitation", 404),
    Page("not-found", VISITOR, "/no-such-page", 404),
    # a member
    Page("member-home-not-started", "tsuda", "/m"),
    Page("member-home", "minami", "/m"),
    Page("member-task-list", "minami", "/m/{year}"),
    Page("member-principle", "minami", "/m/{year}/principles/1"),
    Page("member-question", "minami", "/m/{year}/P2-01"),
    Page("member-question-errors", "minami", "/m/{year}/P2-01", prepare=_no_reason),
    Page("member-scores", "minami", "/m/{year}/scores"),
    Page("member-check", "minami", "/m/{year}/check"),
    Page("member-task-list-returned", "kimura", "/m/{year}"),
    Page("member-question-returned", "kimura", "/m/{year}/P1-01"),
    Page("member-question-frozen", "kimura", "/m/{year}/P1-02"),
    Page("member-home-accepted", "hanako", "/m"),
    Page("member-submitted", "hanako", "/m/{year}/done"),
    Page("member-publish", "buchou", "/m/{year}/publish"),
    Page("member-publish-check", "buchou", "/m/{year}/publish/check"),
    Page("member-publish-preview", "buchou", "/m/{year}/publish/preview/{lang}"),
    Page("member-publish-not-yet", "minami", "/m/{year}/publish"),
    Page("member-share", "buchou", "/m/{year}/share"),
    Page("member-unpublish", "buchou", "/m/{year}/unpublish"),
    Page("member-profile", "minami", "/m/profile"),
    Page("member-profile-errors", "minami", "/m/profile", prepare=_wrong_profile),
    Page("member-people", "minami", "/m/people"),
    Page("member-people-invite", "minami", "/m/people/invite"),
    Page("member-person", "minami", lambda w: f"/m/people/{w.user('minami')}"),
    Page("member-workplaces", "hanako", "/m/workplaces"),
    Page("member-workplaces-empty", "minami", "/m/workplaces"),
    Page("member-workplace-new", "hanako", "/m/workplaces/new"),
    Page("member-workplace", "hanako", lambda w: f"/m/workplaces/{w.workplace('aoba')}"),
    Page("member-posters", "hanako", "/m/posters"),
    Page("member-awards", "buchou", "/m/awards"),
    Page("member-entry", "buchou", lambda w: f"/m/awards/{w.category(w.year, 'b2')}"),
    Page("account", "minami", "/account"),
    Page("account-password", "minami", "/account/password"),
    Page("account-email", "minami", "/account/email"),
    Page("account-second-factor", "minami", "/account/second-factor"),
    Page("confirm-password", "minami", "/confirm-password"),
    Page("forbidden", "minami", "/s", 403),
    # the secretariat
    Page("office-home", "jimukyoku", "/s"),
    Page("office-audit", "jimukyoku", "/s/audit"),
    Page("office-members", "jimukyoku", "/s/members"),
    Page("office-member", "jimukyoku", lambda w: f"/s/members/{w.org('aoba')}"),
    Page("office-invite", "jimukyoku", "/s/members/invite"),
    Page("office-invite-csv", "jimukyoku", "/s/members/invite-csv"),
    Page("office-people", "jimukyoku", "/s/people"),
    Page("office-people-invite", "jimukyoku", "/s/people/invite"),
    Page("office-rounds", "jimukyoku", "/s/rounds"),
    Page("office-round", "jimukyoku", "/s/rounds/{year}"),
    Page("office-round-new", "jimukyoku", "/s/rounds/new"),
    Page("office-round-new-errors", "jimukyoku", "/s/rounds/new", prepare=_empty_round),
    Page("office-round-edit", "jimukyoku", "/s/rounds/{year}/edit"),
    Page("office-round-add", "jimukyoku", "/s/rounds/{year}/participants"),
    Page(
        "office-participant",
        "jimukyoku",
        lambda w: f"/s/rounds/{{year}}/participants/{w.org('minato')}",
    ),
    Page("office-queue", "jimukyoku", "/s/reviews"),
    Page("office-review", "jimukyoku", lambda w: f"/s/reviews/{w.assessment('midori')}"),
    Page(
        "office-review-answer", "jimukyoku", lambda w: f"/s/reviews/{w.assessment('midori')}/P1-02"
    ),
    Page(
        "office-accept-remaining",
        "jimukyoku",
        lambda w: f"/s/reviews/{w.assessment('midori')}/accept-remaining",
    ),
    Page("office-return", "jimukyoku", lambda w: f"/s/reviews/{w.assessment('midori')}/return"),
    Page("office-finish", "jimukyoku", lambda w: f"/s/reviews/{w.assessment('midori')}/accept"),
    Page("office-wordings", "jimukyoku", "/s/wordings"),
    Page("office-awards", "jimukyoku", "/s/awards"),
    Page("office-awards-new", "jimukyoku", "/s/awards/new"),
    Page("office-awards-year", "jimukyoku", "/s/awards/{year}"),
    Page("office-awards-edit", "jimukyoku", "/s/awards/{year}/edit"),
    Page("office-awards-rubric", "jimukyoku", "/s/awards/{year}/rubric"),
    Page(
        "office-category", "jimukyoku", lambda w: f"/s/awards/{{year}}/{w.category(w.year, 'b1')}"
    ),
    Page(
        "office-category-decided",
        "kakunin",
        lambda w: f"/s/awards/{{last}}/{w.category(w.last, 'b2')}",
    ),
    Page(
        "office-category-edit",
        "jimukyoku",
        lambda w: f"/s/awards/{{year}}/{w.category(w.year, 'b1')}/edit",
    ),
    Page(
        "office-shortlist",
        "jimukyoku",
        lambda w: f"/s/awards/{{year}}/{w.open_category('jimukyoku')}/shortlist",
    ),
    Page("office-release", "jimukyoku", "/s/awards/{year}/release"),
    # judges
    Page("judge-desk", "shinsa", "/j"),
    Page("judge-conflict", "judge", lambda w: f"/j/entries/{w.entry('judge', w.year)}/conflict"),
    Page(
        "judge-scoring",
        "shinsa",
        lambda w: f"/j/entries/{w.entry('shinsa', w.year)}",
        prepare=_open_entry,
    ),
    Page(
        "judge-scored",
        "judge",
        lambda w: f"/j/entries/{w.entry('judge', w.year)}",
        prepare=_score,
    ),
)
