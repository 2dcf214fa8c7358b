"""The pages in a real browser: accessibility, reflow, focus, type, keys, without script."""

import pytest

from tests.look.gallery import PAGES, ROOT

pytestmark = [pytest.mark.enable_socket, pytest.mark.e2e]
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERY = [(f"/{page}", lang) for page in PAGES for lang in ("ja", "en")]
EVERY += [("/worker", lang) for lang in ("ja", "en", "my", "zh-Hans")]
EVERY += [("/errors/404", "ja"), ("/errors/500", "en")]
SMALL = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
  .filter(e => e.type !== 'hidden' && e.checkVisibility({visibilityProperty: true}))
  .filter(e => !e.closest('p, li:not([class]), td, th, dd, figcaption, .govuk-hint')
      || e.closest('nav, header, footer ul'))
  .filter(e => !e.matches('.govuk-skip-link, .skip'))
  .map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 90)])
  .filter(([box]) => box.width && (box.width < 24 || box.height < 24)).map(([, html]) => html)"""


def show(tab, address, url, lang, width=1280):
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(f"{address}{url}?lang={lang}")
    return tab


def style(tab, selector, name):
    return tab.locator(selector).first.evaluate("(e, name) => getComputedStyle(e)[name]", name)


def violations(tab):
    tab.evaluate(AXE())
    found = tab.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)["violations"]
    return [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found]


@pytest.mark.parametrize(("url", "lang"), EVERY)
def test_axe_finds_nothing_page_reflows_and_targets_are_large_enough(tab, address, url, lang):
    show(tab, address, url, lang)
    assert violations(tab) == []
    tab.set_viewport_size({"width": 320, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") == 320
    assert tab.evaluate(SMALL) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_axe_finds_nothing_beside_errors_and_the_summary_has_the_focus(tab, address, lang):
    show(tab, address, "/profile", lang)
    tab.locator("main form .govuk-button").first.click()
    tab.wait_for_selector(".govuk-error-summary:focus")
    assert violations(tab) == []
    tab.get_by_role("link", name="区分を選んでください").click()
    assert tab.evaluate("document.activeElement.id") == "kind"


def test_wide_table_scrolls_in_its_own_box(tab, address):
    show(tab, address, "/review", "ja", 320)
    box = tab.locator(".app-scroll").first
    assert box.evaluate("e => e.scrollWidth > e.clientWidth")
    assert box.evaluate("e => getComputedStyle(e).overflowX") == "auto"


@pytest.mark.parametrize("width", [320, 1280])
def test_divider_stays_on_one_line(tab, address, width):
    show(tab, address, "/indicator", "ja", width)
    divider = tab.locator(".govuk-radios__divider")
    lines = divider.evaluate(
        "e => { const r = document.createRange(); r.selectNodeContents(e);"
        " return r.getClientRects().length }"
    )
    assert (divider.inner_text(), lines) == ("または", 1)


@pytest.mark.parametrize("width", [320, 1100, 1280])
def test_scale_never_wraps(tab, address, width):
    show(tab, address, "/judging", "ja", width)
    tops = tab.locator(".app-scale").first.evaluate(
        "e => [...e.children].map(c => Math.round(c.getBoundingClientRect().top))"
    )
    assert len(tops) == 5
    assert len(set(tops)) == 1


def leading(tab, selector):
    height, size = style(tab, selector, "lineHeight"), style(tab, selector, "fontSize")
    return round(float(height[:-2]) / float(size[:-2]), 2)


@pytest.mark.parametrize("selector", ["h1", "h2", "p", "li", ".action", ".note"])
def test_burmese_lines_do_not_touch(tab, address, selector):
    show(tab, address, "/worker", "my", 360)
    assert leading(tab, f"main {selector}") >= 1.9


def test_burmese_has_room_inside_a_japanese_page_too(tab, address):
    show(tab, address, "/judging", "ja")
    assert leading(tab, "p[lang=my]") == 2


def test_japanese_body_is_17_pixels_at_one_point_seven(tab, address):
    show(tab, address, "/profile", "ja")
    assert style(tab, ".govuk-label", "fontSize") == "17px"
    assert leading(tab, ".govuk-label") == 1.7


def test_chinese_is_not_drawn_with_japanese_glyphs(tab, address):
    show(tab, address, "/judging", "ja")
    fonts = style(tab, "p[lang=zh-Hans]", "fontFamily")
    assert fonts.startswith('"Noto Sans SC"')
    assert not {"JP", "Hiragino", "Yu Gothic"} & set(
        fonts.replace('"', "").replace(",", " ").split()
    )
    assert "JP" in style(tab, ".app-prose li", "fontFamily")


def test_burmese_font_is_fetched_for_burmese_only(tab, address):
    fetched = []
    tab.on("request", lambda request: fetched.append(request.url))
    for lang, wanted in (("vi", 0), ("my", 1)):
        fetched.clear()
        show(tab, address, "/worker", lang, 360)
        tab.evaluate("document.fonts.ready.then(() => 1)")
        assert len([url for url in fetched if url.endswith(".woff2")]) == wanted


def test_worker_page_is_under_60_kilobytes(tab, address):
    sizes = []
    tab.on("response", lambda r: sizes.append(len(r.body())) if "favicon" not in r.url else None)
    show(tab, address, "/worker", "my", 360)
    tab.wait_for_load_state("networkidle")
    assert len(sizes) == 3
    assert sum(sizes) <= 60_000


@pytest.mark.parametrize(
    "selector", ["main .govuk-button", "main .govuk-input", ".app-link-button"]
)
def test_focus_is_a_black_line_with_a_yellow_ring(tab, address, selector):
    show(tab, address, "/profile", "ja")
    tab.locator(selector).first.focus()
    tab.keyboard.press("Shift")
    look = [
        style(tab, selector, name) for name in ("outlineWidth", "outlineColor", "outlineOffset")
    ]
    assert look == ["4px", "rgb(0, 0, 0)", "2px"]
    assert "rgb(255, 212, 61)" in style(tab, selector, "boxShadow")


def test_focused_radio_shows_the_ring_on_its_circle(tab, address):
    show(tab, address, "/indicator", "ja")
    tab.locator("#level-3").focus()
    tab.keyboard.press("ArrowDown")
    ring = """e => { const s = getComputedStyle(e, '::before');
      return [s.outlineWidth, s.outlineColor] }"""
    assert tab.locator("label[for=level-4]").evaluate(ring) == ["4px", "rgb(0, 0, 0)"]


def test_two_panes_stand_side_by_side_and_stack_when_narrow(tab, address):
    tops = """() => ['main', 'side'].map(
      n => document.querySelector('.app-panes__' + n).getBoundingClientRect().top)"""
    left, right = show(tab, address, "/judging", "ja").evaluate(tops)
    assert left == right
    assert style(tab, ".app-panes__side", "position") == "sticky"
    upper, lower = show(tab, address, "/judging", "ja", 800).evaluate(tops)
    assert upper < lower


def test_reason_appears_with_not_applicable(tab, address):
    show(tab, address, "/indicator", "ja")
    reason = tab.locator("textarea[name=reason]")
    assert not reason.is_visible()
    tab.locator("input[value=na]").check()
    assert reason.is_visible()


def test_digits_choose_only_while_a_criterion_has_the_focus(tab, address):
    show(tab, address, "/judging", "ja")
    tab.locator("main").press("4")
    assert tab.locator(".app-scale__input:checked").count() == 0
    tab.locator("#impact").focus()
    tab.keyboard.press("4")
    assert tab.locator("input[name=impact]:checked").input_value() == "4"
    tab.keyboard.press("9")
    assert tab.locator("input[name=impact]:checked").input_value() == "4"
    tab.locator("#comment").press("3")
    assert tab.locator("#comment").input_value() == "3"


def test_control_enter_submits_but_not_while_an_input_method_composes(tab, address):
    show(tab, address, "/judging", "ja")
    sent = []
    tab.on("request", lambda request: sent.append(request.method))
    tab.locator("#comment").evaluate(
        "e => e.dispatchEvent(new KeyboardEvent('keydown',"
        " {code: 'Enter', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true}))"
    )
    assert "POST" not in sent
    with tab.expect_navigation():
        tab.locator("#comment").press("Control+Enter")
    assert sent.count("POST") == 1


def test_form_is_sent_once(tab, address):
    show(tab, address, "/judging", "ja")
    sent = []
    tab.on("request", lambda request: sent.append(request.method))
    with tab.expect_navigation():
        tab.locator("main form").evaluate("f => { f.requestSubmit(); f.requestSubmit() }")
    assert sent.count("POST") == 1


def test_chosen_files_are_listed_and_too_large_ones_are_named(tab, address):
    show(tab, address, "/indicator", "ja")
    tab.locator("input[type=file]").set_input_files(
        [
            {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x" * 10},
            {"name": "b.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2000},
        ]
    )
    assert [e.split(" (")[0] for e in tab.locator("[data-files] li").all_inner_texts()] == [
        "a.pdf",
        "b.pdf",
    ]
    assert (
        tab.locator(".app-files__bad").all_inner_texts()[0].endswith("このファイルは大きすぎます。")
    )
    assert (
        tab.locator(".govuk-file-upload-button__status").inner_text() == "2件のファイルを選びました"
    )


def test_password_can_be_shown_and_is_hidden_again_when_sent(tab, address):
    show(tab, address, "/sign-in", "ja")
    tab.locator("#password").fill("geheim")
    tab.get_by_role("button", name="パスワードを表示する").click()
    assert tab.locator("#password").get_attribute("type") == "text"
    tab.get_by_role("button", name="パスワードを隠す").click()
    assert tab.locator("#password").get_attribute("type") == "password"


def test_counter_speaks_japanese(tab, address):
    show(tab, address, "/indicator", "ja")
    tab.locator("#done").fill("あ" * 1999)
    tab.wait_for_selector("text=あと1文字入力できます")
    tab.locator("#done").fill("あ" * 2003)
    tab.wait_for_selector("text=3文字多すぎます")


def test_everything_is_reachable_without_script(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/indicator?lang=ja")
    assert page.locator("textarea[name=reason]").is_visible()
    page.goto(f"{address}/home?lang=ja")
    assert page.locator("#navigation a").first.is_visible()
    page.goto(f"{address}/sign-in?lang=ja")
    assert page.locator("main button").all_inner_texts() == ["ログインする"]
    context.close()


def test_forced_colours_keep_bars_and_choice_visible(browser, address):
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(f"{address}/home?lang=ja")
    track, filled = (style(page, s, "fill") for s in (".app-bar-track", ".app-bar-evidenced"))
    assert track != filled
    context.close()


def test_print_leaves_out_operation(tab, address):
    show(tab, address, "/home", "ja")
    tab.emulate_media(media="print")
    assert not tab.locator(".govuk-service-navigation").is_visible()
    assert not tab.locator(".app-footer").is_visible()
    assert tab.locator("h1").is_visible()
