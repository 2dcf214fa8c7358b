import pytest
from bs4 import BeautifulSoup

TAGS = ["zh-Hans", "pt-BR", "es-419", "en-US", "xx", "", "ja'--", "ja;q=9", "*", "ja_JP.UTF-8"]
HOSTILE = [*TAGS, "\x00", "日本語", "a" * 5000, "../../etc/passwd", "ja\r\nSet-Cookie: x=1"]


@pytest.mark.parametrize("tag", [*TAGS, "a" * 5000])
def test_ou_8_any_tag_a_browser_sends_gives_a_page_in_ja_or_en(app, tag):
    client = app.test_client()
    for path in ("/sign-in", "/", "/no-such-page", "/ja/orgs"):
        answer = client.get(path, headers={"Accept-Language": tag})
        assert answer.status_code < 500, path
        if answer.mimetype == "text/html" and answer.status_code in {200, 404}:
            assert BeautifulSoup(answer.text, "html.parser").html["lang"] in {"ja", "en"}


@pytest.mark.parametrize("tag", HOSTILE)
def test_ou_8_any_tag_in_a_path_or_a_form_is_answered_and_none_is_a_fault(app, tag):
    from urllib.parse import quote

    client = app.test_client()
    for rest in ("orgs", "w/7K3PQX9D", "workers"):
        path = f"/{quote(tag, safe='')}/{rest}" if tag else f"/{rest}"
        assert client.get(path).status_code in {200, 301, 302, 303, 308, 404}, path
    token = BeautifulSoup(client.get("/sign-in").text, "html.parser").select_one(
        "[name=csrf_token]"
    )
    data = {"csrf_token": token["value"], "language": tag, "locale": tag, "next": "/sign-in"}
    answer = client.post("/language", data=data)
    assert answer.status_code < 500
    after = BeautifulSoup(client.get("/sign-in").text, "html.parser")
    assert after.html["lang"] in {"ja", "en"}


def test_ou_8_where_the_browsers_language_decides_caches_are_told(app):
    client = app.test_client()
    negotiated = client.get("/", headers={"Accept-Language": "en"})
    assert negotiated.status_code in {302, 303}
    assert negotiated.location.endswith("/en/")
    assert "Accept-Language" in negotiated.headers.get("Vary", "")
    assert "Accept-Language" not in client.get("/ja/orgs").headers.get("Vary", "")
