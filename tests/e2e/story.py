"""What the year's test knows: the running service, and the people with their browsers open."""

import csv
import datetime as dt
import io

from click.testing import CliRunner

from jpmirai_compliance.accounts.queries import account, places
from jpmirai_compliance.assessments.queries import member as reading
from jpmirai_compliance.assessments.queries.review import desk
from jpmirai_compliance.assessments.service import answers, approval, review, rounds, submission
from jpmirai_compliance.cli import main
from jpmirai_compliance.disclosure import queries as disclosed
from jpmirai_compliance.disclosure import service as disclosure
from jpmirai_compliance.disclosure.bundle import Press, reconcile, renderer
from jpmirai_compliance.disclosure.rules import Choices
from jpmirai_compliance.evidence.service import Description
from jpmirai_compliance.foundation.catalogue import TOKYO
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.principles import MemberKind, load_edition
from tests.e2e.site import SECRET
from tests.e2e.visitor import Visitor

YEAR = 2026
EDITION = load_edition("2026.1")
CORE = EDITION.applicable(MemberKind.EMPLOYER, core_only=True)
AOBA = "青葉精密工業株式会社"
MIDORI = "みどり共生ネット"
HIKARI = "ひかり食品"
ENGLISH = {AOBA: "Aoba Precision Industries", MIDORI: "Midori Net", HIKARI: "Hikari Foods"}


class Story:
    """A year; ``people`` by name, each with a browser of their own."""

    def __init__(self, site, chromium, *, locale, js):
        self.site, self.chromium = site, chromium
        self.locale, self.js = locale, js
        self.people = {}
        self.kept = {}

    def person(self, name):
        """Return somebody, with a new browser the first time."""
        if name not in self.people:
            self.people[name] = Visitor(
                self.chromium, self.site.url, locale=self.locale, js=self.js
            )
        return self.people[name]

    def named(self, organisation):
        """Return an organisation's name as this story's pages show it."""
        return organisation if self.locale == "ja" else ENGLISH[organisation]

    def command(self, *arguments):
        """Run ``jpmirai`` in this service's environment and return what it prints."""
        settings = self.site.settings
        environment = {
            "JPMIRAI_ENV": "test",
            "JPMIRAI_SECRET_KEY": SECRET,
            "JPMIRAI_DATABASE_URL": settings.database,
            "JPMIRAI_INSTANCE_PATH": str(settings.instance_path),
            "JPMIRAI_PUBLIC_BASE_URL": settings.public_base_url,
        }
        done = CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    def close(self):
        for person in self.people.values():
            person.close()


def today():
    return dt.datetime.now(TOKYO).date()


def in_days(count):
    """Return a day as people type it."""
    return (today() + dt.timedelta(days=count)).isoformat()


def working_day(count):
    """Return the first working day that is ``count`` days ahead or more."""
    day = today() + dt.timedelta(days=count)
    while rounds.day_off(dt.datetime.combine(day, dt.time(12), TOKYO)) is not None:
        day += dt.timedelta(days=1)
    return day.isoformat()


def guest_list():
    """Return a CSV file with two organisations, as a spreadsheet writes it."""
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(["組織名", "組織名（英語）", "区分", "担当者名", "メールアドレス", "言語"])
    sheet.writerow([MIDORI, "Midori Net", "NPO", "緑川 葉子", "midori@midori.example.com", "ja"])
    sheet.writerow([HIKARI, "Hikari Foods", "企業", "光 一", "hikari@hikari.example.com", "英語"])
    content = text.getvalue().encode("utf-8-sig")
    return {"name": "members.csv", "mimeType": "text/csv", "buffer": content}


def neighbour(site, email, reviewer_email):
    """Take the second organisation through the same year, by the services behind the pages."""
    with site.work() as uow:
        user_id, reviewer_id = account(uow, email), account(uow, reviewer_email)
        [org_id] = {place.org_id for place in places(uow, user_id)}
    member = Actor(user_id, org_id, frozenset({Role.ADMIN, Role.EDITOR, Role.APPROVER}))
    reviewer = Actor(reviewer_id, None, frozenset({Role.SECRETARIAT, Role.REVIEWER}))
    now = dt.datetime.now(dt.UTC)
    own = Scope(org_id)
    with site.work(own) as uow:
        taken = answers.start(uow, actor=member, year=YEAR, now=now)
        for indicator in EDITION.applicable(MemberKind.NPO, core_only=True):
            here = {
                "actor": member,
                "assessment_id": taken,
                "indicator_id": indicator.id,
                "now": now,
            }
            said = answers.Content(level=3, text=f"{MIDORI}の取組。")
            answers.save(uow, content=said, version=0, **here)
            about = Description(title="活動報告")
            answers.attach_link(uow, url="https://midori.example.com/", description=about, **here)
    asked = {"actor": member, "year": YEAR, "now": now}
    with site.work(own) as uow:
        version = reading.assessment(uow, member, YEAR).version
        approval.approve(uow, version=version, **asked)
    with site.work(own) as uow:
        version = reading.assessment(uow, member, YEAR).version
        submission.submit(uow, version=version, base_url=site.url, **asked)
    checked = {"actor": reviewer, "assessment_id": taken, "now": now}
    with site.work() as uow:
        seen = desk(uow, actor=reviewer, assessment_id=taken).stamp
        review.accept_remaining(uow, expected=seen, **checked)
        review.accept(uow, base_url=site.url, **checked)
    _publish(site, member, taken, now)


def _publish(site, member, taken, now):
    press = Press(site.settings.published, renderer(site.app), site.url)
    with site.work(Scope(member.org_id)) as uow:
        offered = disclosed.offer(uow, disclosed.accepted(uow, taken)).everything()
        choices = Choices(
            statement_ja="共に学びます。", indicators=offered.indicators, evidence=offered.evidence
        )
        version = disclosure.save_draft(
            uow, actor=member, year=YEAR, choices=choices, version=0, now=now
        )
        disclosure.publish(
            uow,
            actor=member,
            year=YEAR,
            version=version,
            key=taken,
            write=press.write,
            settle=lambda org_id: reconcile(uow, site.settings.published, org_id=org_id),
            now=now,
        )
