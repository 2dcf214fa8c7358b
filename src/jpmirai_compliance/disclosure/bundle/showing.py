"""A public page in words: what a template needs, in one language."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jpmirai_compliance.accounts.rules.places import KINDS, PREFECTURES, SECTORS, SIZES
from jpmirai_compliance.assessments.queries.updates import QUESTIONS
from jpmirai_compliance.disclosure import rules
from jpmirai_compliance.foundation.catalogue import TOKYO, translate
from jpmirai_compliance.foundation.text import Localized, Text
from jpmirai_compliance.principles import (
    Edition,
    MemberKind,
    ScoreState,
    endonym,
    load_edition,
    state_text,
)


@dataclass(frozen=True, slots=True)
class Words:
    """A text that somebody wrote, and the language it is in."""

    text: str
    language: str

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class ShownActivity:
    """What was done for one indicator; ``level`` is empty unless numbers are shown."""

    title: str
    level: str
    words: Words
    evidence: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One principle, or the supply chain: ``number`` 0.

    Without numbers ``claimed`` and ``evidenced`` are None; without a band ``band`` says why.
    """

    number: int
    title: str
    band: str
    band_number: int | None
    claimed: int | None
    evidenced: int | None
    activities: tuple[ShownActivity, ...]


@dataclass(frozen=True, slots=True)
class ShownReport:
    """What the half-year update says about one principle; texts by (question, answer)."""

    number: int
    title: str
    said: tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class ShownUpdate:
    """The half-year update on the page."""

    day: dt.date
    principles: tuple[ShownReport, ...]


@dataclass(frozen=True, slots=True)
class ShownSite:
    """What hangs at a site: (tag, own name of the language, day); no ``name`` is not to be said."""

    name: Words
    posters: tuple[tuple[str, str, dt.date], ...]


@dataclass(frozen=True, slots=True)
class ShownPage:
    """Everything on an organisation's page."""

    slug: str
    year: int
    code: str
    name: str
    other_name: Words
    facts: tuple[tuple[str, str], ...]
    website: str
    headline: Words
    statement: Words
    narrative: bool
    numbers: bool
    badge: bool
    band: str
    band_number: int | None
    claimed: int | None
    evidenced: int | None
    parts: tuple[ShownPart, ...]
    supply_chain: ShownPart
    coverage: Mapping[str, int]
    edition: str
    snapshot: str
    checked_on: dt.date
    published_on: dt.date
    valid_until: dt.date
    update: ShownUpdate | None
    postings: tuple[ShownSite, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification page says; ``state`` is valid, lapsed or withdrawn."""

    state: str
    name: str
    slug: str
    year: int
    code: str
    band: str
    badge: bool
    published_on: dt.date
    valid_until: dt.date


def shown(page: Mapping[str, Any], locale: str) -> ShownPage:
    """Return the page in one language; a text that is missing in it comes in the other."""
    edition = load_edition(page["edition"])
    organisation = page["organisation"]
    overall = page["overall"] or {"claimed": None, "evidenced": None}
    return ShownPage(
        slug=page["slug"],
        year=page["year"],
        code=page["code"],
        name=_name(organisation, locale),
        other_name=_other_name(organisation, locale),
        facts=_facts(organisation, locale),
        website=organisation["website"],
        headline=_words(page["headline"], locale),
        statement=_words(page["statement"], locale),
        narrative=page["narrative"],
        numbers=page["numbers"],
        badge=page["badge"],
        band=band_name(edition, page["band"], locale),
        band_number=_band_number(edition, page["band"]),
        claimed=overall["claimed"],
        evidenced=overall["evidenced"],
        parts=tuple(_part(edition, part, locale) for part in page["principles"]),
        supply_chain=_part(edition, {"number": 0, **page["supply_chain"]}, locale),
        coverage=page["coverage"],
        edition=page["edition"],
        snapshot=page["snapshot"]["number"],
        checked_on=day(page["snapshot"]["checked_at"]),
        published_on=day(page["published_at"]),
        valid_until=day(page["valid_until"]),
        update=_update(page.get("update"), locale),
        postings=tuple(_site(site) for site in page.get("postings", ())),
    )


def verification(page: Mapping[str, Any], locale: str, state: str) -> Verification:
    """Return what the verification page of a publication says."""
    return Verification(
        state=state,
        name=_name(page["organisation"], locale),
        slug=page["slug"],
        year=page["year"],
        code=page["code"],
        band=band_name(load_edition(page["edition"]), page["band"], locale),
        badge=page["badge"],
        published_on=day(page["published_at"]),
        valid_until=day(page["valid_until"]),
    )


def band_name(edition: Edition, band: str | None, locale: str) -> str:
    """Return the name of a band, empty without one."""
    return next((b.name.pick(locale) for b in edition.bands if b.id == band), "")


def day(moment: str) -> dt.date:
    """Return the day in Japan of an ISO moment."""
    return dt.datetime.fromisoformat(moment).astimezone(TOKYO).date()


def shown_report(part: Mapping[str, Any], locale: str) -> ShownReport:
    """Return one principle of an update in words; what was left empty is left out."""
    return ShownReport(
        part["number"],
        Localized(part["title"]).pick(locale),
        tuple(
            (translate(question, locale), Words(part[name], rules.language_of(part[name])))
            for name, question in QUESTIONS.items()
            if part[name]
        ),
    )


def _update(update: Mapping[str, Any] | None, locale: str) -> ShownUpdate | None:
    if update is None:
        return None
    principles = tuple(shown_report(part, locale) for part in update["principles"])
    return ShownUpdate(day(update["at"]), principles)


def _site(site: Mapping[str, Any]) -> ShownSite:
    return ShownSite(
        Words(site["site"], rules.language_of(site["site"])),
        tuple(
            (p["language"], endonym(p["language"]), dt.date.fromisoformat(p["posted_on"]))
            for p in site["languages"]
        ),
    )


def _part(edition: Edition, part: Mapping[str, Any], locale: str) -> ShownPart:
    band = band_name(edition, part["band"], locale)
    return ShownPart(
        number=part["number"],
        title=Localized(part["title"]).pick(locale) if "title" in part else "",
        band=band or translate(state_text(edition, ScoreState(part["state"])), locale),
        band_number=_band_number(edition, part["band"]),
        claimed=part.get("claimed"),
        evidenced=part.get("evidenced"),
        activities=tuple(_activity(edition, a, locale) for a in part.get("activities", ())),
    )


def _activity(edition: Edition, activity: Mapping[str, Any], locale: str) -> ShownActivity:
    level = activity["level"]
    return ShownActivity(
        title=Localized(activity["title"]).pick(locale),
        level="" if level is None else f"{level} – {edition.levels[level].pick(locale)}",
        words=Words(activity["text"], rules.language_of(activity["text"])),
        evidence=tuple(activity["evidence"]),
    )


def _band_number(edition: Edition, band: str | None) -> int | None:
    return next((n for n, b in enumerate(edition.bands) if b.id == band), None)


def _name(organisation: Mapping[str, str], locale: str) -> str:
    if locale == "en":
        return organisation["name_en"] or organisation["name_ja"]
    return organisation["name_ja"]


def _other_name(organisation: Mapping[str, str], locale: str) -> Words:
    other = "en" if locale == "ja" else "ja"
    text = organisation[f"name_{other}"]
    return Words("" if text == _name(organisation, locale) else text, other)


def _words(texts: Mapping[str, str], locale: str) -> Words:
    for language in (locale, *rules.LANGUAGES):
        if texts.get(language):
            return Words(texts[language], language)
    return Words("", locale)


def _facts(organisation: Mapping[str, str], locale: str) -> tuple[tuple[str, str], ...]:
    kind = KINDS[MemberKind(organisation["kind"])]
    found = (
        (Text("Kind of member"), kind),
        (Text("Prefecture"), PREFECTURES.get(organisation["prefecture"])),
        (Text("Industry"), SECTORS.get(organisation["sector"])),
        (Text("Size"), SIZES.get(organisation["size"])),
        (Text("Corporate number"), organisation["corporate_number"] or None),
    )
    individual = organisation["kind"] == MemberKind.INDIVIDUAL
    return tuple(
        (translate(label, locale), translate(value, locale))
        for label, value in found
        if value is not None and not (individual and label.msgid in {"Size", "Industry"})
    )
