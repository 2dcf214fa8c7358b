"""The secretariat makes the next edition; the next round asks it, the old year stays."""

import datetime as dt

from jpmirai_compliance.accounts import service as accounts
from jpmirai_compliance.assessments.models import FormLength
from jpmirai_compliance.assessments.service import answers, rounds
from jpmirai_compliance.demo.cast import PASSWORD, SECOND_FACTOR
from jpmirai_compliance.foundation.db import Scope
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.principles import MemberKind, load_edition
from tests.e2e.story import in_days, working_day

OLD = load_edition("2026.1").indicator("P1-01").question
NEW = {
    "ja": "責任者を決めて、毎年点検していますか。",
    "en": "Is there an owner, and a check each year?",
}
MEMBER, OFFICE = "tanaka@member.example.com", "mori@secretariat.example"
PAST, NEXT = 2026, 2027


def test_two_years_begin(story):
    """An organisation has begun this year's assessment with the shipped edition."""
    now = dt.datetime.now(dt.UTC)
    opens, closes = now - dt.timedelta(days=1), now + dt.timedelta(days=30)
    office = Actor(
        _person(story, OFFICE, None, [Role.SECRETARIAT], now), None, _roles("secretariat")
    )
    with story.site.work() as uow:
        org_id = accounts.create_organisation(
            uow, actor=None, name_ja="田中製作所", kind=MemberKind.EMPLOYER, now=now
        )
    roles = [Role.EDITOR, Role.APPROVER, Role.ADMIN]
    member = Actor(_person(story, MEMBER, org_id, roles, now), org_id, frozenset(roles))
    plan = rounds.Plan(PAST, "2026.1", opens, closes, FormLength.FULL)
    with story.site.work() as uow:
        rounds.open_round(uow, actor=office, plan=plan, org_ids=[org_id], now=now)
    with story.site.work(Scope(org_id)) as uow:
        answers.start(uow, actor=member, year=PAST, now=now)
    mori = story.person("mori")
    mori.secret = SECOND_FACTOR
    mori.sign_in(OFFICE, PASSWORD)


def test_a_draft_is_cloned_and_changed(story):
    mori = story.person("mori")
    mori.follow("Editions")
    mori.press("Clone to a draft", fields={"source": "2026.1"})
    mori.says("The draft %(edition)s was made. Nobody is asked it yet.", edition=draft(story))

    mori.go(f"/s/editions/{draft(story)}/indicators/P1-01")
    mori.press(
        "Save in the draft",
        fields={"question_ja": NEW["ja"], "question_en": NEW["en"], "weight": "3"},
    )
    mori.says("%(id)s was saved in the draft.", id="P1-01")

    mori.press("Retire", within="P1-13")
    mori.says("%(id)s is retired from this edition on.", id="P1-13")

    mori.go(f"/s/editions/{draft(story)}/add/5")
    mori.press("Save in the draft", fields=new_question())
    mori.says("%(id)s was added to the draft.", id="P5-10")


def test_the_difference_shows_it_and_it_is_published(story):
    mori = story.person("mori")
    mori.go(f"/s/editions/{draft(story)}/diff")
    mori.says("Added questions")
    mori.says("Retired questions")
    mori.shows("P5-10", "P1-13", "P1-01")
    assert mori.page.locator("ins").count() > 0
    mori.go("/s/rounds/new")
    assert mori.page.locator("#edition option").all_inner_texts() == ["2026.1"]

    mori.go(f"/s/editions/{draft(story)}/publish")
    mori.press("Publish for the next round")
    mori.says("Edition %(edition)s is published. A new round can use it.", edition=draft(story))
    assert not mori.offers("Publish this edition")
    mori.go("/s/editions/check")
    mori.says(
        "Yes. Every edition and every submission is byte for byte what it was, and the scores of "
        "every submission come out the same today."
    )


def test_the_next_round_asks_the_new_text_and_the_old_year_the_old_one(story):
    mori, tanaka = story.person("mori"), story.person("tanaka")
    mori.go("/s/rounds/new")
    mori.press(
        "Create the round",
        fields={
            "year": NEXT,
            "edition": draft(story),
            "opens_day": in_days(-1),
            "opens_time": "9:00",
            "closes_day": working_day(30),
            "closes_time": "17:00",
            "form_length": "core",
            "participants": "all",
        },
    )
    tanaka.sign_in(MEMBER, PASSWORD)
    tanaka.go("/m")
    tanaka.press("Start the self-assessment", fields={"form": "core"})
    assert tanaka.go(f"/m/{NEXT}/P1-01").heading == NEW[story.locale]
    assert tanaka.go(f"/m/{PAST}/P1-01").heading == OLD.pick(story.locale)
    tanaka.go(f"/m/{PAST}/P1-13")
    tanaka.go(f"/m/{NEXT}/P1-13", 404)


def test_the_short_form_is_extended_and_nothing_is_lost(story):
    tanaka = story.person("tanaka")
    tanaka.go(f"/m/{NEXT}/P5-10", 404)
    tanaka.go(f"/m/{NEXT}/P1-01")
    tanaka.press("Save and go back to the list", fields={"level": "2", "text": "年1回"})
    tanaka.go(f"/m/{NEXT}/form")
    tanaka.press("Change to the full form")
    tanaka.says("You answer the full form now. What you answered so far is kept.")
    tanaka.go(f"/m/{NEXT}/P5-10")
    tanaka.go(f"/m/{NEXT}/P1-01")
    assert tanaka.page.locator("[name=text]").input_value() == "年1回"


def draft(story):
    """Return the id that the clone got: the first free one of this year."""
    year = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=9))).year
    return f"{year}.2" if year == 2026 else f"{year}.1"


def new_question():
    texts = {
        f"{name}_{tag}": f"{name} {tag}"
        for name in ("title", "question", "why", "example", *(f"level{n}" for n in range(5)))
        for tag in ("ja", "en")
    }
    return texts | {
        "evidence_ja": "記録",
        "evidence_en": "Record",
        "weight": "1",
        "gate": "none",
        "applies_to": ["employer"],
        "refs": "LSA 24",
    }


def _roles(*names):
    return frozenset(Role(name) for name in names)


def _person(story, email, org_id, roles, now):
    with story.site.work() as uow:
        user_id = accounts.create_user(
            uow,
            email=email,
            name=email.partition("@")[0],
            locale=story.locale,
            password=PASSWORD,
            totp_secret="" if org_id else SECOND_FACTOR,
            vault=accounts.Vault.of(story.site.settings),
            now=now,
        )
        accounts.grant(uow, actor=None, user_id=user_id, org_id=org_id, roles=roles, now=now)
    return user_id
