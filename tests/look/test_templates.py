"""What the layouts and components write, read without a browser."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.look.gallery import ERRORS, PACKAGE, PAGES

TEMPLATES = PACKAGE / "templates"
OURS = [
    path
    for folder in ("layouts", "components", "errors")
    for path in sorted((TEMPLATES / folder).glob("*.html"))
]
EVERY = [f"/{page}" for page in PAGES] + [f"/errors/{name}" for name in ERRORS]


def read(client, url, lang="ja", **data):
    answer = (
        client.post(f"{url}?lang={lang}", data=data) if data else client.get(f"{url}?lang={lang}")
    )
    return BeautifulSoup(answer.text, "html.parser")


def post_profile(client, lang="ja", **fields):
    page = read(client, "/profile", lang)
    token = page.select_one("main input[name=csrf_token]")["value"]
    return read(client, "/profile", lang, csrf_token=token, **fields)


def words(element):
    return " ".join(element.get_text().split())


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("url", EVERY)
def test_page_is_well_formed(client, url, lang):
    page = read(client, url, lang)
    [h1] = page.select("h1")
    assert words(page.title).startswith(words(h1))
    assert page.html["lang"] == lang
    ids = [e["id"] for e in page.select("[id]")]
    assert len(ids) == len(set(ids))
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
        for element in page.select(f"[{attribute}]"):
            assert set(element[attribute].split()) <= set(ids)
    for control in page.select("input:not([type=hidden]), textarea, select"):
        assert page.select_one(f"label[for='{control['id']}']")
    assert page.select("[style], style, script:not([src]), [onclick], [onchange]") == []
    assert len(page.select("main#main")) == 1


@pytest.mark.parametrize("url", EVERY)
def test_every_post_form_has_a_token_and_checks_on_the_server(client, url):
    for form in read(client, url).select("form[method=post]"):
        assert form.select_one("input[name=csrf_token]")["value"]
        assert "required" not in {name for field in form.select("input") for name in field.attrs}


def test_only_forms_html_writes_forms():
    writers = [p.name for p in sorted(TEMPLATES.rglob("*.html")) if "<form" in p.read_text()]
    assert writers == ["forms.html"]


@pytest.mark.parametrize("path", OURS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_template_holds_no_inline_code_and_trusts_nobody(path):
    source = path.read_text()
    assert not re.search(r"\sstyle=|<style|<script(?! src=)|\son[a-z]+=|\|\s*safe|Markup", source)


def test_components_hold_no_text_at_top_level():
    """Jinja keeps an imported file's top level across requests, in the first one's language."""
    for path in (TEMPLATES / "components").glob("*.html"):
        outside = re.sub(
            r"{%-? macro .*?endmacro -?%}|{#.*?#}", "", path.read_text(), flags=re.DOTALL
        )
        assert "_(" not in outside, path.name
        assert "trans" not in outside, path.name


def test_texts_follow_the_reader_from_request_to_request(client):
    first, second, third = (read(client, "/home", lang) for lang in ("ja", "en", "ja"))
    tags = [words(p.select(".govuk-task-list__status")[1]) for p in (first, second, third)]
    assert tags == ["入力中", "In progress", "入力中"]


@pytest.mark.parametrize(
    ("lang", "name", "number"),
    [("ja", "組織の名称※必須", "法人番号"), ("en", "組織の名称", "法人番号 (optional)")],
)
def test_japanese_marks_required_english_marks_optional(client, lang, name, number):
    page = read(client, "/profile", lang)
    assert words(page.select_one("label[for=name]")) == name
    assert words(page.select_one("label[for=number]")) == number


@pytest.mark.parametrize(("lang", "prefix"), [("ja", "エラー："), ("en", "Error:")])
def test_error_summary_links_each_field_and_title_says_so(client, lang, prefix):
    page = post_profile(client, lang, name="")
    assert words(page.title).startswith(f"{prefix} 組織の情報")
    links = [(a["href"], words(a)) for a in page.select(".govuk-error-summary a")]
    assert links[:2] == [
        ("#name", "組織の名称を入力してください"),
        ("#kind", "区分を選んでください"),
    ]
    assert links[-2:] == [
        ("#agree", "確認してください"),
        ("#visits-0-place", "訪問した場所を入力してください"),
    ]
    for href, text in links:
        field = page.select_one(href)
        assert field.name in {"input", "select"}
        group = field.find_parent(class_="govuk-form-group--error")
        assert text in words(group.select_one(".govuk-error-message"))


def test_what_was_typed_stays(client):
    page = post_profile(
        client,
        name="",
        number="1２3",
        kind="npo",
        prefecture="27",
        languages=["vi", "id"],
        since=["2021", "4", "x"],
    )
    assert page.select_one("#number")["value"] == "1２3"
    assert [i["value"] for i in page.select("[name=kind][checked]")] == ["npo"]
    assert [o["value"] for o in page.select("#prefecture [selected]")] == ["27"]
    assert [i["value"] for i in page.select("[name=languages][checked]")] == ["vi", "id"]
    assert [i["value"] for i in page.select("[name=since]")] == ["2021", "4", "x"]


def test_date_in_three_inputs_is_read_as_one_date(gallery):
    from tests.look.gallery import Profile

    with gallery.test_request_context(method="POST", data={"since": ["２０２１", "4", "1"]}):
        assert Profile().since.data.isoformat() == "2021-04-01"


def test_user_text_is_escaped(client):
    page = BeautifulSoup(client.get("/profile?filled=1").text, "html.parser")
    assert page.select_one("#name")["value"] == "<b>A & B</b> \"'"
    assert page.select("main form b") == []


def test_conditional_reason_is_always_in_the_page(client):
    page = read(client, "/indicator")
    chosen = page.select_one("input[value=na]")
    box = page.select_one("#" + chosen["data-reveals"])
    assert box.select_one("textarea[name=reason]")
    assert not box.has_attr("hidden")


def test_level_shows_number_sentence_and_last_year(client):
    page = read(client, "/indicator")
    labels = [words(label) for label in page.select(".app-levels .govuk-radios__label")]
    assert labels[1] == "1口頭で伝えていますが、文書はありません。前年度"
    assert labels[5] == "該当なし"
    assert words(page.select_one(".govuk-radios__divider")) == "または"


def test_limits_are_said_before_the_file_is_chosen(client):
    field = read(client, "/indicator").select_one("#files")
    assert field["aria-describedby"] == "files-limits"
    assert field["accept"] == ".pdf,.jpg,.png,.xlsx"
    assert field.has_attr("multiple")
    assert field.find_parent("form")["enctype"] == "multipart/form-data"


def test_bars_are_one_picture_with_a_table_of_the_same_numbers(client):
    page = read(client, "/home")
    picture = page.select_one("[role=img]")
    named = " ".join(
        words(page.select_one(f"#{key}")) for key in picture["aria-labelledby"].split()
    )
    assert named == (
        "証憑のある点数は、原則2で最も伸びています 棒グラフ。同じ数値をすぐ下の表に載せています。"
    )
    widths = [
        (r.select_one(".app-bar-claimed")["width"], r.select_one(".app-bar-evidenced")["width"])
        for r in picture.select(".app-bars__row:has(svg)")
    ]
    assert widths == [("78.0", "63.0"), ("100.0", "100.0"), ("45.0", "0.0")]
    rows = [[words(cell) for cell in row.select("td")] for row in page.select("table tbody tr")]
    assert rows[0] == ["78%", "63%"]
    assert rows[3] == ["スコアなし：該当する設問が少ないため"] * 2


def test_table_has_caption_scopes_and_a_box_that_keys_reach(client):
    page = read(client, "/review")
    table = page.select_one("table")
    assert words(table.caption) == "確認を待つ提出"
    assert {th["scope"] for th in table.select("thead th")} == {"col"}
    assert {th["scope"] for th in table.select("tbody th")} == {"row"}
    assert table.parent["tabindex"] == "0"
    assert table.parent["aria-labelledby"] == table.caption["id"]
    numeric = [words(td) for td in table.select("td.govuk-table__cell--numeric")]
    assert numeric == ["63", "8", "100"]


@pytest.mark.parametrize(
    ("status", "ja"),
    [
        ("not_started", "未着手"),
        ("in_progress", "入力中"),
        ("awaiting_approval", "承認待ち"),
        ("submitted", "提出済み"),
        ("returned", "差戻し"),
        ("checked", "確認済み"),
        ("published", "公開済み"),
    ],
)
def test_status_words(gallery, status, ja):
    with gallery.test_request_context("/?lang=ja"):
        template = gallery.jinja_env.get_template("components/tag.html")
        assert words(BeautifulSoup(template.module.status_tag(status), "html.parser")) == ja


def test_unknown_status_is_an_error(gallery):
    with gallery.test_request_context("/"), pytest.raises(Exception, match="finished"):
        gallery.jinja_env.get_template("components/tag.html").module.status_tag("finished")


def test_summary_list_names_what_changes_and_what_is_missing(client):
    page = read(client, "/home")
    values = [words(dd) for dd in page.select(".govuk-summary-list__value")]
    assert values == ["みらい食品株式会社", "未入力", "ベトナム語ビルマ語"]
    assert words(page.select(".govuk-summary-list__actions a")[1]) == "変更する 法人番号"
    zero = read(client, "/print").select(".govuk-summary-list__value")
    assert [words(dd) for dd in zero] == ["2026-0123", "未入力", "0"]


def test_conflict_sends_either_text_and_the_new_version(client):
    form = read(client, "/conflict").select_one("main form")
    assert form.select_one("[name=version]")["value"] == "7"
    assert form.select_one("[name=done]")["value"].startswith("母語の契約書")
    assert form.select_one("[name=level]")["value"] == "2"
    assert [b["value"] for b in form.select("button[name=resolution]")] == [
        "mine",
        "theirs",
        "both",
    ]


def test_help_stands_at_the_same_place_on_every_page(client):
    places = {
        words(read(client, url).select_one("body > footer h2")) for url in EVERY if url != "/print"
    }
    assert places == {"お困りのときは"}


def test_public_page_sets_no_cookie_and_carries_no_token(client):
    answer = client.get("/public?lang=ja")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "csrf_token" not in answer.text
    switch = BeautifulSoup(answer.text, "html.parser").select("nav[aria-label=Language] li > *")
    assert [(e.name, e["lang"], e.get("hreflang")) for e in switch] == [
        ("strong", "ja", None),
        ("a", "en", "en"),
    ]


def test_signed_in_page_signs_out_by_post(client):
    page = read(client, "/home")
    actions = {form["action"] for form in page.select("header form[method=post]")}
    assert actions == {"/sign-out", "/language"}
    assert [b["value"] for b in page.select("[name=locale]")] == ["ja", "en"]


def test_flash_is_said_politely(client):
    banner = read(client, "/home").select_one(".app-banner--success")
    assert banner["role"] == "status"
    assert words(banner.select_one("p")) == "保存しました（10:43）"


def test_error_500_gives_its_number_and_asks_nobody():
    files = (TEMPLATES / "errors/500.html", TEMPLATES / "layouts/error.html")
    source = re.sub(r"{#.*?#}", "", "".join(path.read_text() for path in files), flags=re.DOTALL)
    assert "{{ reference }}" in source
    for risky in ("url_for(", "current_user", "get_flashed", "session", "translate"):
        assert risky not in source


def test_domain_error_speaks_the_readers_language(client):
    page = read(client, "/errors/domain")
    assert (
        words(page.select("main p")[0])
        == "ほかの人が先に変更しました。内容をもう一度確認してください。"
    )


@pytest.mark.parametrize("lang", ["ja", "my", "vi"])
def test_worker_page_is_in_its_language_and_has_no_script(client, lang):
    page = read(client, "/worker", lang)
    assert page.html["lang"] == lang
    assert page.select("script, form") == []
    assert [e["lang"] for e in page.select(".languages [aria-current]")] == [lang]


def test_folder_of_pages_is_whole():
    """Every page of the gallery is a file and every file is a page."""
    files = {path.stem for path in (Path(__file__).parent / "pages").glob("*.html")}
    assert files == {*PAGES, "worker"}
