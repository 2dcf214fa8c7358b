"""From what becomes public to its files: pages, verification, badge, data."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, render_template

from jpmirai_compliance.disclosure import rules
from jpmirai_compliance.disclosure.bundle.badge import badge_lines
from jpmirai_compliance.disclosure.bundle.folder import Files, keep_assets, store
from jpmirai_compliance.disclosure.bundle.showing import Verification, shown, verification
from jpmirai_compliance.principles import endonym

#: Path of the page, template, what it is given; returns the HTML.
Render = Callable[[str, str, Mapping[str, Any]], str]


def renderer(app: Flask) -> Render:
    """Return a renderer in a context of its own: nothing of who publishes gets onto the page."""
    base_url = app.extensions["settings"].public_base_url

    def render(path: str, template: str, context: Mapping[str, Any]) -> str:
        with app.app_context(), app.test_request_context(path, base_url=base_url):
            return render_template(template, **context)

    return render


@dataclass(frozen=True, slots=True)
class Preview:
    """A page that is not public: its own address without the language, and the way back.

    ``provisional`` says that the secretariat has not finished its check.
    """

    address: str
    back: str
    badge: str
    provisional: bool


@dataclass(frozen=True, slots=True)
class Press:
    """Makes bundles in a folder; the same page always gives the same bytes."""

    folder: Path
    render: Render
    base_url: str

    def write(self, page: Mapping[str, Any]) -> str:
        """Write the files of a page durably and return their bundle's name."""
        keep_assets(self.folder)
        return store(self.folder, self.files(page))

    def files(self, page: Mapping[str, Any]) -> Files:
        """Return every file that the page becomes."""
        content = {"data.json": self.data(page)}
        for locale in rules.LANGUAGES:
            content[f"page.{locale}.html"] = self.page(page, locale).encode()
            for name, state in (("verify", "valid"), ("lapsed", "lapsed")):
                content[f"{name}.{locale}.html"] = self.verify(page, locale, state).encode()
        if page["badge"]:
            content["badge.svg"] = self.badge(page, lapsed=False).encode()
            content["badge-lapsed.svg"] = self.badge(page, lapsed=True).encode()
        facts = {name: page[name] for name in ("slug", "year", "code", "valid_until")}
        return Files(content, facts)

    def page(self, page: Mapping[str, Any], locale: str, *, preview: Preview | None = None) -> str:
        """Return the organisation's page; a ``preview`` is marked as one and leads nowhere else."""
        address = f"/orgs/{page['slug']}/{page['year']}"
        languages = _languages(address, locale)
        if preview:
            languages = [(t, n, f"{preview.address}/{t}", here) for t, n, _a, here in languages]
        context = {
            "page": shown(page, locale),
            "languages": languages,
            "canonical": f"{self.base_url}/{locale}{address}",
            "alternates": [(tag, f"{self.base_url}/{tag}{address}") for tag in rules.LANGUAGES],
            "preview": preview,
        }
        return self.render(f"/{locale}{address}", "disclosure/page.html", context)

    def verify(self, page: Mapping[str, Any], locale: str, state: str) -> str:
        """Return the verification page: ``valid``, ``lapsed`` or ``withdrawn``."""
        found: Verification = verification(page, locale, state)
        address = f"/verify/{page['code']}"
        context = {"found": found, "languages": _languages(address, locale)}
        return self.render(f"/{locale}{address}", "disclosure/verify.html", context)

    def badge(self, page: Mapping[str, Any], *, lapsed: bool) -> str:
        """Return the badge as SVG, all its text as outlines."""
        context = {"badge": badge_lines(page, lapsed=lapsed)}
        path = f"/badges/{page['slug']}/{page['year']}.svg"
        return self.render(path, "disclosure/badge.svg", context)

    def data(self, page: Mapping[str, Any]) -> bytes:
        """Return what is public as JSON-LD: a report about an organisation, no certification."""
        address = f"{page['slug']}/{page['year']}"
        organisation = page["organisation"]
        names = [n for n in (organisation["name_ja"], organisation["name_en"]) if n]
        about: dict[str, Any] = {"@type": "Organization", "name": names[0]}
        if names[1:]:
            about["alternateName"] = names[1:]
        if organisation["website"]:
            about["url"] = organisation["website"]
        if organisation["corporate_number"]:
            about["identifier"] = organisation["corporate_number"]
        body = {
            "@context": "https://schema.org",
            "@type": "Report",
            "@id": f"{self.base_url}/data/{address}.json",
            "name": f"JP-MIRAI self-assessment {page['year']}: {names[-1]}",
            "datePublished": page["published_at"],
            "expires": page["valid_until"],
            "about": about,
            "url": [f"{self.base_url}/{tag}/orgs/{address}" for tag in rules.LANGUAGES],
            "selfAssessment": dict(page),
        }
        return json.dumps(body, ensure_ascii=False, sort_keys=True, indent=2).encode()


def _languages(address: str, locale: str) -> list[tuple[str, str, str, bool]]:
    return [(tag, endonym(tag), f"/{tag}{address}", tag == locale) for tag in rules.LANGUAGES]
