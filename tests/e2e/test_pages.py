"""Every type of page, measured: axe, reflow at 320 px, one h1, no fault, nothing from elsewhere."""

from pathlib import Path

import pytest

from jpmirai_compliance.demo.cast import PASSWORD
from tests.e2e.pages import LOCALES, PAGES, PUBLIC, World

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
    [
        pytest.param(p, lang, id=f"{p.name}-{lang}")
        for lang in LOCALES
        for p in PAGES
        if lang in p.languages
    ],
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


def test_a_worker_page_is_small_and_asks_nobody_else(world, readers):
    visitor = readers(PUBLIC, "ja")
    for language in ("ja", "vi", "my", "en"):
        weight = []
        visitor.page.on("response", lambda answer, w=weight: w.append(len(answer.body())))
        visitor.go(f"/{language}/w/{world.code}")
        visitor.page.wait_for_load_state("networkidle")
        assert 0 < sum(weight) <= 60_000, (language, sum(weight))
        visitor.page.context.clear_cookies()
    assert visitor.elsewhere == []


def test_keys_alone_are_enough_to_sign_in_answer_and_save(world, chromium):
    world.speak("ja")
    visitor = world.visitor(chromium, "visitor", "ja")
    page, keys = visitor.page, visitor.page.keyboard
    visitor.go(f"/sign-in?next=/m/{world.year}/P3-08")
    keys.press("Tab")
    assert _focused(page, "e => e.getAttribute('href')") == "#main"
    keys.press("Enter")
    assert _focused(page, "e => e.id") == "main"
    keys.press("Tab")
    keys.type("minami@minato.example.com")
    keys.press("Tab")
    keys.type(PASSWORD)
    with page.expect_navigation(url=f"**/m/{world.year}/P3-08"):
        keys.press("Enter")
    _tab_to(page, "[name=level]")
    assert _ring(page), "the focus cannot be seen"
    keys.press("ArrowDown")
    _tab_to(page, "[name=text]")
    keys.type("月に一度、住民の集まりで知らせています。")
    _tab_to(page, "button[value=back]")
    assert _ring(page), "the focus cannot be seen"
    with page.expect_navigation():
        keys.press("Enter")
    visitor.says("Your answer to %(id)s was saved.", id="P3-08")
    visitor.close()


def _focused(page, question):
    return page.evaluate(f"({question})(document.activeElement)")


def _tab_to(page, selector, most=60):
    for _ in range(most):
        page.keyboard.press("Tab")
        if _focused(page, f"e => e.matches({selector!r})"):
            return
    msg = f"{selector} is not reached by the Tab key"
    raise AssertionError(msg)


def _ring(page):
    """Return whether something around the focus is drawn that is not drawn without it."""
    return _focused(
        page,
        """e => [e, e.nextElementSibling, e.closest('div')].some(n => n && (s =>
          (s.outlineStyle != 'none' && parseFloat(s.outlineWidth) >= 2)
          || s.boxShadow != 'none')(getComputedStyle(n)))
          || (s => s.boxShadow != 'none' || parseFloat(s.outlineWidth) >= 2)(
            getComputedStyle(e.nextElementSibling ?? e, '::before'))""",
    )


# what axe does not see --------------------------------------------------------------------------


def test_the_word_between_radios_stands_on_one_line(world, readers):
    for width in (1280, 320):
        visitor = readers("minami", "ja")
        visitor.page.set_viewport_size({"width": width, "height": 800})
        visitor.go(f"/m/{world.year}/P3-08")
        divider = visitor.page.locator(".govuk-radios__divider")
        assert divider.inner_text() == "または"
        lines = divider.evaluate(
            "e => e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).lineHeight)"
        )
        assert lines < 1.5
    visitor.page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize(("language", "least"), [("my", 1.9), ("ja", 1.6)])
def test_lines_have_room(world, readers, language, least):
    visitor = readers(PUBLIC, "ja")
    for path in (f"/{language}/w/{world.code}", f"/{language}/code"):
        visitor.go(path)
        ratios = visitor.page.evaluate(
            f"""() => [...document.querySelectorAll('main :is(p, li):lang({language})')]
              .map(e => getComputedStyle(e))
              .map(s => parseFloat(s.lineHeight) / parseFloat(s.fontSize))"""
        )
        assert ratios
        assert min(ratios) >= least - 0.01, path


def test_a_judges_scale_never_wraps(world, readers):
    visitor = readers("shinsa", "ja")
    entry = next(p for p in PAGES if p.name == "judge-scoring")
    for width in (320, 700, 1024, 1280):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        entry.show(visitor, world, "ja")
        tops = visitor.page.evaluate(
            """() => [...document.querySelectorAll('.app-scale')].map(scale => new Set(
              [...scale.children].map(e => Math.round(e.getBoundingClientRect().top))).size)"""
        )
        assert len(tops) == 5
        assert set(tops) == {1}, width


def test_japanese_headings_break_between_phrases(world, readers):
    visitor = readers("minami", "ja")
    visitor.go(f"/m/{world.year}/P3-08")
    assert (
        visitor.page.locator("h1").evaluate("e => getComputedStyle(e).wordBreak") == "auto-phrase"
    )


def test_each_language_has_its_own_font_first(world, readers):
    visitor = readers(PUBLIC, "ja")
    visitor.go("/ja/")
    first = visitor.page.evaluate(
        """() => Object.fromEntries(["ja", "en", "zh-Hans", "zh-Hant", "ko", "my"].map(tag => {
          const p = document.createElement("p");
          p.lang = tag; p.className = "govuk-body"; p.textContent = "骨";
          document.querySelector("main").append(p);
          return [tag, getComputedStyle(p).fontFamily.split(",")[0].replaceAll('"', "")];
        }))"""
    )
    assert first == {
        "ja": "Noto Sans JP",
        "en": "Noto Sans",
        "zh-Hans": "Noto Sans SC",
        "zh-Hant": "Noto Sans TC",
        "ko": "Noto Sans KR",
        "my": "Noto Sans Myanmar",
    }
