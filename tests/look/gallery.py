"""A small application that shows every layout and component, in the language that ?lang= names."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import wtforms as w
from flask import Flask, abort, flash, render_template, request
from flask_babel import Babel, get_locale, gettext, lazy_gettext
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.file import MultipleFileField
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from wtforms import SelectChoice
from wtforms.validators import InputRequired, Optional

from jpmirai_compliance.foundation.text import Text
from jpmirai_compliance.principles import ruby_parts, without_ruby

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/jpmirai_compliance"
DIST = PACKAGE / "static/dist"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
LEVELS = [
    ("0", "方針も取組もまだありません。"),
    ("1", "口頭で伝えていますが、文書はありません。"),
    ("2", "方針を文書にし、日本語と英語で社内に掲示しています。"),
    ("3", "働く人の母語で掲示し、入社時に説明した記録があります。"),
    ("4", "毎年、働く人の声を聞いて見直し、取引先にも同じ取組を求めています。"),
    ("na", "該当なし"),
]
MARKS = [(str(n), str(n)) for n in range(1, 6)]
MEMBER_NAV = [
    ("今年度", "/home", True),
    ("組織情報", "/profile", False),
    ("証憑", "/review", False),
]
PUBLIC_LANGUAGES = [("ja", "日本語", "?lang=ja", True), ("en", "English", "?lang=en", False)]
WORKER_LANGUAGES = [
    ("ja", "日本語", "?lang=ja", False),
    ("en", "English", "?lang=en", False),
    ("vi", "Tiếng Việt", "?lang=vi", False),
    ("id", "Bahasa Indonesia", "?lang=id", False),
    ("fil", "Filipino", "?lang=fil", False),
    ("zh-Hans", "简体中文", "?lang=zh-Hans", False),
    ("my", "မြန်မာ", "?lang=my", False),
    ("km", "ខ្មែរ", "?lang=km", False),
    ("ne", "नेपाली", "?lang=ne", False),
    ("th", "ไทย", "?lang=th", False),
]
ERRORS = ("400", "401", "403", "404", "405", "409", "410", "413", "415", "422", "429", "500")
ERRORS += ("503", "507", "csrf", "domain")
PLACES = (
    ("/", "disclosure.home"),
    ("/accessibility", "disclosure.accessibility"),
    ("/account", "accounts.account"),
)
PAGES = ("sign-in", "profile", "indicator", "home", "review", "judging", "public")
PAGES += ("confirmation", "conflict", "print")


def choices(*pairs, **named):
    """Return WTForms choices of (value, label) pairs and of names."""
    return [SelectChoice(value, label) for value, label in (*pairs, *named.items())]


class Visit(FlaskForm):
    """One part of a nested form."""

    class Meta:
        csrf = False

    place = w.StringField("訪問した場所", [InputRequired("訪問した場所を入力してください")])


class Profile(FlaskForm):
    name = w.StringField("組織の名称", [InputRequired("組織の名称を入力してください")])
    number = w.StringField("法人番号", [Optional()])
    staff = w.IntegerField("働く人の数", [Optional()])
    site = w.URLField("自社のウェブサイト", [Optional()], render_kw={"autocomplete": "url"})
    kind = w.RadioField(
        "区分",
        [InputRequired("区分を選んでください")],
        choices=choices(company="企業", npo="団体", city="自治体"),
    )
    prefecture = w.SelectField(
        "都道府県",
        [InputRequired()],
        choices=choices(("", "選んでください"), ("13", "東京都"), ("27", "大阪府")),
    )
    sector = w.SelectField(
        "業種",
        [Optional()],
        choices=[
            SelectChoice("e1", "食料品", optgroup="製造"),
            SelectChoice("e2", "金属", optgroup="製造"),
            SelectChoice("a1", "野菜", optgroup="農業"),
        ],
    )
    languages = w.SelectMultipleField(
        "働く人の言語",
        [Optional()],
        choices=choices(vi="ベトナム語", my="ビルマ語", id="インドネシア語"),
    )
    since = w.DateField("入会日", [Optional()], format=["%Y %m %d", "%Y-%m-%d"])
    agree = w.BooleanField("内容が正しいことを確認しました", [InputRequired("確認してください")])
    visits = w.FieldList(w.FormField(Visit), min_entries=1)


class Answer(FlaskForm):
    level = w.RadioField(
        "成熟度", [InputRequired("成熟度を選んでください")], choices=choices(*LEVELS)
    )
    reason = w.TextAreaField("該当なしの理由", [Optional()])
    done = w.TextAreaField("取組みの説明", [Optional()])
    note = w.TextAreaField("社内メモ", [Optional()])
    scope = w.RadioField(
        "対象の範囲",
        [Optional()],
        choices=choices(own="自社", group="グループ", chain="サプライヤーを含む"),
    )
    files = MultipleFileField("証憑のファイル", [Optional()])


class Score(FlaskForm):
    impact = w.RadioField("成果", [Optional()], choices=choices(*MARKS))
    reach = w.RadioField("広がり", [Optional()], choices=choices(*MARKS))
    comment = w.TextAreaField("講評", [Optional()])


class SignIn(FlaskForm):
    email = w.EmailField(
        "メールアドレス", [InputRequired()], render_kw={"autocomplete": "username"}
    )
    password = w.PasswordField("パスワード", [InputRequired()])


FORMS = {"profile": Profile, "indicator": Answer, "judging": Score, "sign-in": SignIn}
DEFAULTS = {"indicator": {"level": "2", "done": "入社時の説明会で配っています。", "scope": "own"}}


def create_gallery():
    """Return the application; RuntimeError if the assets were not built."""
    if not (DIST / "manifest.json").is_file():
        raise RuntimeError("run make assets first")
    app = Flask(
        __name__, static_folder=str(DIST.parent), template_folder=str(PACKAGE / "templates")
    )
    app.config.update(SECRET_KEY=os.urandom(16), SERVER_NAME=None)
    app.jinja_options = {**app.jinja_options, "undefined": StrictUndefined}
    app.jinja_loader = ChoiceLoader(
        [app.jinja_loader, FileSystemLoader(Path(__file__).parent / "pages")]
    )
    Babel(
        app,
        default_translation_directories=str(ROOT / "translations"),
        locale_selector=lambda: (
            request.args.get("lang") if request.args.get("lang") == "ja" else "en"
        ),
    )
    CSRFProtect(app)
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.add_template_global(get_locale)
    app.add_template_global(_asset, "asset")
    app.add_template_global(
        lazy_gettext("JP-MIRAI code of conduct self-assessment"), "service_name"
    )
    app.add_template_global("help@example.org", "contact_email")
    app.add_template_filter(lambda text: gettext(text.msgid, **text.values), "translate")
    app.add_template_filter(str, "shown")
    app.add_template_filter(ruby_parts, "ruby")
    app.add_template_filter(without_ruby, "bare")
    _routes(app)
    return app


def _asset(name):
    return f"/static/dist/{json.loads((DIST / 'manifest.json').read_text())[name]}"


def _routes(app):
    for rule, endpoint in PLACES:
        app.add_url_rule(rule, endpoint, lambda: "")
    for rule, endpoint in (("/sign-out", "accounts.sign_out"), ("/language", "accounts.language")):
        app.add_url_rule(rule, endpoint, lambda: "", methods=["POST"])
    app.add_url_rule("/<page>", "page", _page, methods=["GET", "POST"])
    app.add_url_rule("/worker", "worker", _worker)
    app.add_url_rule("/errors/<name>", "error", _error)

    @app.after_request
    def policy(response):
        response.headers["Content-Security-Policy"] = CSP
        return response


def _page(page):
    if page not in PAGES:
        abort(404)
    values = {"nav": MEMBER_NAV, "languages": PUBLIC_LANGUAGES}
    values["current_user"] = SimpleNamespace(
        is_authenticated=False, name="佐藤 花子", organisation_name="みらい食品株式会社", actor=None
    )
    form = FORMS[page](**_default(page)) if page in FORMS else None
    valid = form is None or request.method == "GET" or form.validate()
    if form is not None:
        values["form"] = form
    if page == "home":
        flash("保存しました（10:43）", "success")
    if page == "public":
        del values["current_user"], values["nav"]
    return render_template(f"{page}.html", **values), 200 if valid else 422


def _default(page):
    if page == "profile" and request.args.get("filled"):
        return {"name": "<b>A & B</b> \"'", "kind": "npo"}
    return DEFAULTS.get(page, {})


def _worker():
    lang = request.args.get("lang", "ja")
    languages = [(tag, name, url, tag == lang) for tag, name, url, _ in WORKER_LANGUAGES]
    words = json.loads((Path(__file__).parent / "pages/worker.json").read_text())
    return render_template("worker.html", page_lang=lang, languages=languages, words=words[lang])


def _error(name):
    text = Text("Someone else changed this. Please look again.")
    page = render_template(f"errors/{name}.html", text=text, reference="8f14e45f", status=409)
    return page, int(name) if name.isdigit() else 409
