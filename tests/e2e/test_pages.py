"""Every type of page, measured: axe, reflow at 320 px, one h1, no fault, nothing from elsewhere."""

from pathlib import Path

import pytest

from tests.e2e.pages import LOCALES, PAGES, PUBLIC, World

pytestmark = pytest.mark.xdist_group("pages")
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = """async tags => {
  const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  return found.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 160))]);
}"""
WIDEST = """() => [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > 321 && !e.closest(".app-scroll"))
  .map(e => e.tagName + "." + e.className).slice(0, 5)"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    found = World(tmp_path_factory.mktemp("demo"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def readers(world, chromium):
    """Give the browser in which somebody is signed in, reading in one language."""
    opened = {}
    spoken = [None]

    def reader(who, locale):
        if spoken[0] != locale:
            world.speak(locale)
            spoken[0] = locale
        key = (who, locale if who in {"public", "visitor"} else "")
        if key not in opened:
            opened[key] = world.visitor(chromium, who, locale)
        opened[key].locale = locale
        return opened[key]

    yield reader
    for visitor in opened.values():
        visitor.close()


@pytest.mark.parametrize(
    ("page", "locale"),
    [pytest.param(p, lang, id=f"{p.name}-{lang}") for lang in LOCALES for p in PAGES if lang in p.languages],
)
def test_page(page, locale, world, readers):
    visitor = readers(page.who, locale)
    page.show(visitor, world, locale)
    looked_at = visitor.page
    assert looked_at.evaluate(f"{AXE.read_text()}; ({CHECK})({STANDARDS!r})") == []
    looked_at.set_viewport_size({"width": 320, "height": 800})
    wide = looked_at.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= 320, looked_at.evaluate(WIDEST)
    looked_at.set_viewport_size({"width": 1280, "height": 900})
    assert visitor.faults == []
    assert visitor.elsewhere == []
    if page.who == PUBLIC:
        assert visitor.context.cookies() == []
