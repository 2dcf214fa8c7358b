"""The hot path, rows PU-1 to PU-3, OU-3 and HD-1 of the security requirements."""

import json
import re

import pytest
from defusedxml import ElementTree as ET  # noqa: N817 -- as everybody calls it

from jpmirai_compliance.disclosure.serving import Published
from tests import factories
from tests.disclosure import cases
from tests.disclosure.cases import NOW

HOSTILE = '"><script>alert(1)</script>&{{7*7}}</svg>'
LONG = "長い名前の協同組合" * 20


def flask(environ, start_response):
    start_response("404 Not Found", [("X-From", "flask")])
    return [b"flask"]


@pytest.fixture
def clock():
    return [NOW.timestamp()]


@pytest.fixture
def ask(settings, clock):
    app = Published(flask, settings.published, clock=lambda: clock[0])

    def request(path, method="GET", **headers):
        got = {}

        def start(status, pairs):
            got["status"], got["headers"] = int(status[:3]), dict(pairs)
            assert len(got["headers"]) == len(pairs)

        environ = {"REQUEST_METHOD": method, "PATH_INFO": path}
        environ |= {f"HTTP_{k.upper()}": v for k, v in headers.items()}
        got["body"] = b"".join(app(environ, start))
        return got

    return request


@pytest.fixture
def found(member, publish):
    return publish(member[2])


def addresses(found):
    return [
        f"/ja/orgs/{found.slug}",
        f"/en/orgs/{found.slug}",
        f"/ja/orgs/{found.slug}/2026",
        f"/en/orgs/{found.slug}/2026",
        f"/badges/{found.slug}.svg",
        f"/badges/{found.slug}/2026.svg",
        f"/data/{found.slug}/2026.json",
        f"/ja/verify/{found.code}",
        f"/en/verify/{found.code.lower()}",
    ]


def test_pu_1_every_address_is_served_without_flask_and_without_a_cookie(ask, found):
    for path in addresses(found):
        answer = ask(path)
        assert answer["status"] == 200, path
        headers = answer["headers"]
        assert not {"Set-Cookie", "Vary", "X-From"} & set(headers)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=600"
        assert int(headers["Content-Length"]) == len(answer["body"]) > 0
        outside = re.findall(rb'(?:src|href)="(https?:)?//[^"]+', answer["body"])
        assert not [o for o in outside if b"stylesheet" in o]


def test_pu_1_pages_load_nothing_from_elsewhere(ask, found):
    for path in addresses(found)[:4]:
        text = ask(path)["body"].decode()
        loaded = re.findall(
            r'<(?:link rel="(?:stylesheet|icon)"|script|img)[^>]*(?:src|href)="([^"]+)"', text
        )
        assert loaded
        assert all(address.startswith("/") and not address.startswith("//") for address in loaded)


def test_head_and_revalidation(ask, found):
    for path in addresses(found):
        full = ask(path)
        head = ask(path, "HEAD")
        assert (head["status"], head["body"]) == (200, b"")
        assert head["headers"] == full["headers"]
        etag = full["headers"]["ETag"]
        for sent in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            again = ask(path, if_none_match=sent)
            assert (again["status"], again["body"]) == (304, b"")
            assert again["headers"]["ETag"] == etag
        assert ask(path, if_none_match='"other"')["status"] == 200
        assert ask(path, "POST")["headers"] == {"X-From": "flask"}


def test_withdrawing_cuts_all_addresses_at_once(app, settings, uow, ask, member, found):
    assert {ask(path)["status"] for path in addresses(found)} == {200}
    cases.withdraw(app, settings, uow, member[2])
    assert {ask(path)["headers"].get("X-From") for path in addresses(found)} == {"flask"}


def test_publishing_again_switches_every_address(ask, member, found, publish):
    before = {path: ask(path)["headers"]["ETag"] for path in addresses(found)[:4]}
    publish(member[2], statement_ja="新しい文章です。")
    for path, etag in before.items():
        answer = ask(path, if_none_match=etag)
        assert answer["status"] == 200
        assert "新しい文章です。" in answer["body"].decode()
    assert ask(f"/ja/verify/{found.code}")["headers"] == {"X-From": "flask"}  # leads on from there


def test_pu_3_badge_and_verification_lapse_by_the_clock_alone(ask, found, clock):
    badge, verify = f"/badges/{found.slug}/2026.svg", f"/ja/verify/{found.code}"
    valid = ask(badge), ask(verify)
    clock[0] = found.valid_until.timestamp() - 60
    last = ask(badge)
    assert last["body"] == valid[0]["body"]
    assert last["headers"]["Cache-Control"].startswith("public, max-age=60,")
    clock[0] = found.valid_until.timestamp()
    lapsed = ask(badge), ask(verify)
    assert "Lapsed" in lapsed[0]["body"].decode()
    assert "有効期限切れ" in lapsed[0]["body"].decode()
    assert "期限が切れています" in lapsed[1]["body"].decode()
    assert ask(badge, if_none_match=valid[0]["headers"]["ETag"])["status"] == 200
    assert ask(f"/ja/orgs/{found.slug}/2026")["status"] == 200


def test_ou_3_the_badge_says_year_band_and_scope_and_runs_nothing(ask, found):
    answer = ask(f"/badges/{found.slug}/2026.svg")
    headers = answer["headers"]
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    tree = ET.fromstring(answer["body"])
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert tags == {"svg", "title", "rect", "path", "g"}
    title = tree[0].text
    for words in ("2026", "着手", "Starting", "自己評価・事務局確認範囲", "株式会社みらい製作所"):
        assert words in title
    for claim in (b"certified", "認証", "認定", b"rank"):
        assert (claim if isinstance(claim, bytes) else claim.encode()) not in answer["body"].lower()
    names = {name.rpartition("}")[2] for element in tree.iter() for name in element.attrib}
    assert not {n for n in names if n.startswith("on") or n in {"href", "style", "src"}}
    assert len(answer["body"]) < 60_000


@pytest.mark.parametrize("name", [HOSTILE, LONG])
def test_ou_3_a_hostile_name_stays_text(ask, uow, round_, publish, name):
    org, user, actor = factories.make_member(uow, name, name_en=name[:190])
    cases.accept(uow, org, user, round_)
    found = publish(actor, headline_ja=name[:100], statement_ja=name)
    badge = ET.fromstring(ask(f"/badges/{found.slug}.svg")["body"])
    shown = name if len(name) <= 40 else name[:39] + "…"
    assert shown in badge[0].text
    assert name not in badge[0].text or len(name) <= 45
    for lang in ("ja", "en"):
        page = ask(f"/{lang}/orgs/{found.slug}")["body"].decode()
        assert "<script>alert" not in page
        assert "49" not in re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)[0]
    data = json.loads(ask(f"/data/{found.slug}/2026.json")["body"])
    assert data["about"]["name"] == name
    assert data["selfAssessment"]["statement"]["ja"] == name


def test_the_data_is_a_report_and_no_certification(ask, found):
    answer = ask(f"/data/{found.slug}/2026.json")
    data = json.loads(answer["body"])
    assert (data["@type"], data["about"]["@type"]) == ("Report", "Organization")
    assert "ertification" not in answer["body"].decode()
    assert data["expires"] == found.valid_until.isoformat(timespec="seconds")
    assert data["selfAssessment"]["overall"] is None  # bands only
    assert all("claimed" not in p for p in data["selfAssessment"]["principles"])


FOREIGN = [
    "/ja/orgs/../../live/codes",
    "/ja/orgs/..%2f..%2fetc",
    "/ja/orgs/codes/2026",
    "/ja/orgs/a-b\n",
    "/fr/orgs/{slug}",
    "/ja/orgs/{slug}/",
    "/ja/orgs/{slug}/2026/",
    "/ja/orgs/{slug}/20266",
    "/ja/orgs/{slug}/2025",
    "/ja/orgs/{SLUG}",
    "/badges/{slug}/2026.png",
    "/data/{slug}/../2026.json",
    "/data/{slug}.json",
    "/ja/verify/../{slug}/2026",
    "/ja/verify/{code}x",
    "/static/dist/../manifest.json",
    "/static/dist/.lock",
    "/static/dist/..",
    "//ja/orgs/{slug}",
    "",
]


def test_other_addresses_are_flask_s(ask, found):
    for path in FOREIGN:
        asked = path.format(slug=found.slug, SLUG=found.slug.upper(), code=found.code)
        assert ask(asked)["headers"] == {"X-From": "flask"}, asked


def test_published_pages_keep_their_look(ask, settings, found):
    page = ask(f"/ja/orgs/{found.slug}")["body"].decode()
    sheet = re.search(r'rel="stylesheet" href="([^"]+)"', page)[1]
    answer = ask(sheet)
    assert answer["headers"]["Content-Type"] == "text/css; charset=utf-8"
    assert answer["headers"]["Cache-Control"] == "public, max-age=31536000, immutable"


def test_without_a_badge_there_is_no_picture(ask, uow, round_, publish):
    org, user, actor = factories.make_member(uow, "はじめたばかりの会社")
    cases.accept(uow, org, user, round_, level=0)
    found = publish(actor)
    assert found.badge is False
    assert ask(f"/badges/{found.slug}.svg")["headers"] == {"X-From": "flask"}
    assert ask(f"/ja/orgs/{found.slug}")["status"] == 200


def test_hd_1_https_is_remembered(settings, found):
    app, seen = Published(flask, settings.published, secure=True), {}
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": f"/ja/orgs/{found.slug}"}
    list(app(environ, lambda _status, headers: seen.update(headers)))
    assert seen["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
