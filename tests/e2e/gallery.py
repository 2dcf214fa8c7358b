"""A picture of every type of page: ``python -m tests.e2e.gallery [words of names]``.

Writes ``gallery/<page>-<phone|desktop>-<ja|en>.png``, and the documents as pictures.
"""

import sys
import tempfile
import time
from pathlib import Path

import pypdfium2
from playwright.sync_api import sync_playwright

from jpmirai_compliance.foundation.i18n import LOCALES
from tests.e2e import poster_pictures
from tests.e2e.browsing import launch
from tests.e2e.pages import PAGES, PUBLIC, World

OUT = Path("gallery")
SIZES = {
    "desktop": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844, "device_scale_factor": 2, "is_mobile": True},
}


def main(words):
    """Write the pictures of the pages whose names hold one of the words, or of all."""
    OUT.mkdir(exist_ok=True)
    chosen = [p for p in PAGES if not words or any(w in p.name for w in words)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        world = World(Path(folder))
        browser = launch(playwright)
        say(f"demo year filled in {time.monotonic() - began:.0f} s")
        for locale in LOCALES:
            world.speak(locale)
            for size, options in SIZES.items():
                _pages(world, browser, chosen, locale, size, options)
        if not words:
            _documents(world, browser)
            say(f"{poster_pictures.main()} pictures of posters")
        browser.close()
        world.close()
    say(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}/, {time.monotonic() - began:.0f} s")


def say(line):
    """Tell the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _pages(world, browser, chosen, locale, size, options):
    for who in dict.fromkeys(p.who for p in chosen):
        visitor = world.visitor(browser, who, locale, **options)
        for page in chosen:
            if page.who != who or locale not in page.languages:
                continue
            try:
                page.show(visitor, world, locale)
            except AssertionError as fault:
                say(f"{page.name} {locale}: {str(fault)[:300]}")
                visitor.faults.clear()
            path = OUT / f"{page.name}-{size}-{locale}.png"
            visitor.page.screenshot(path=path, full_page=True, animations="disabled")
        visitor.close()


def _documents(world, browser):
    """Draw the badge, the posters and the receipt."""
    world.speak("ja")
    stranger = world.visitor(browser, PUBLIC, "ja", width=400, height=160)
    stranger.page.goto(f"/badges/{world.published.slug}/{world.year}.svg")
    stranger.page.screenshot(path=OUT / "badge.png")
    stranger.close()
    member = world.visitor(browser, "hanako", "ja")
    member.go("/m/posters")
    _draw(member.download("Download the posters"), "poster")
    member.go(f"/m/{world.year}/done")
    _draw(member.download("Download the receipt (PDF)"), "receipt")
    member.close()


def _draw(path, name):
    document = pypdfium2.PdfDocument(path)
    for number, page in enumerate(document, 1):
        page.render(scale=1.5).to_pil().save(OUT / f"{name}-{number}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
