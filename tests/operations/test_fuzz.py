"""Whatever is sent to any route, by whoever may knock there, is never answered by a fault."""

import re
from urllib.parse import quote, urlencode

import pytest
from bs4 import BeautifulSoup

from jpmirai_compliance.foundation.guard import Audience
from tests.operations.lines import json_logs
from tests.operations.world import make_world

VARIABLE = re.compile(r"<(?:[^<>:]*:)?(\w+)>")
LONG = "漢x" * 30_000
HOSTILE = (
    "\x00",
    "\ud800",
    LONG,
    str(2**63),
    "-1",
    "'; DROP TABLE answer; --",
    "../../../../etc/passwd",
    "%",
    "９９",
    "٣",
    "ja\r\nX-Injected: yes",
    "2026-99-99",
    "{{7*7}}${x}{0.__class__}",
    "<script>alert(1)</script>",
    "\uffff\u202e\u0000",
    "99999999999999999999999",
    "",
)
IN_PATH = ("\x00", "\ud800", "9" * 30, "x" * 3_000, "..", "ja\r\nX-Injected: yes", "-1", "'\"%")
ASKED = (
    *("q", "search", "words", "name", "page", "after", "before", "next", "status", "stage"),
    *("kind", "prefecture", "year", "room", "first_time", "again", "limit", "sort", "key", "lang"),
)
GENERIC = (*ASKED, "version", "level", "text", "email", "password", "code", "reason", "org_ids")


@pytest.fixture
def world(app, settings, store, uow):
    return make_world(app, settings, store, uow)


class Attacker:
    """Knocks as whoever the route is for; each request comes from another address."""

    def __init__(self, app, world, login):
        self.app, self.world, self.login = app, world, login
        self.number, self.asked, self.forms, self.faults = 0, 0, {}, []
        self.clients = {}

    def client(self, who):
        """Somebody signed in anew if what was sent before ended the session."""
        if who not in self.world.people:
            return self.clients.setdefault(who, self.app.test_client())
        client = self.clients.get(who)
        if client is None or client.get("/account").status_code != 200:
            client = self.clients[who] = self.login(*self.world.people[who]).client
        return client

    def send(self, who, method, path, **how):
        self.number += 1
        self.asked += 1
        address = f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}"
        client = self.client(who) if method == "POST" else self.clients.get(who) or self.client(who)
        answer = client.open(
            path, method=method, environ_base={"REMOTE_ADDR": address}, buffered=True, **how
        )
        if answer.status_code >= 500 or "X-Injected" in answer.headers:
            self.faults.append((method, path[:150], answer.status_code))
        return answer

    def address(self, rule, **changed):
        """Return a rule's address with what exists, or with hostile values."""
        values = self.world.ids | changed
        return VARIABLE.sub(lambda m: _quoted(values[m[1]]), rule.rule)

    def keep_forms(self, path, answer):
        if answer.mimetype != "text/html":
            return
        for form in BeautifulSoup(answer.data, "html.parser").select("form[method=post]"):
            action = (form.get("action") or path).split("?")[0]
            fields = form.select("[name]")
            self.forms[action] = {f["name"]: f.get("value", "") for f in fields}

    def token(self, who):
        client = self.client(who)
        for path in ("/account/password", "/sign-in"):
            page = BeautifulSoup(client.get(path).data, "html.parser")
            if field := page.select_one("[name=csrf_token]"):
                return field["value"]
        raise AssertionError("no form with a token")


def _quoted(value):
    return quote(str(value), safe="", errors="surrogatepass")


def _spread(names, turn):
    """Give every name another hostile value."""
    return {n: HOSTILE[(i + turn * 5) % len(HOSTILE)] for i, n in enumerate(names)}


def _encoded(fields):
    return urlencode(fields, doseq=True, errors="surrogatepass")


def _short(fields):
    """Addresses have an end: servers refuse more than some kilobytes before we see them."""
    return {name: value[:2_000] for name, value in fields.items()}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Werkzeug's, of parts without an end
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_fi_9_no_route_answers_hostile_input_with_a_fault(app, world, login):
    with json_logs() as lines:
        attacker = Attacker(app, world, login)
        reached = _knock_everywhere(attacker)
        faults = [x["exception"].splitlines()[-1] for x in lines() if x["event"] == "fault"]
    assert (attacker.faults, faults) == ([], [])
    # it did get through the doors: most pages opened with the ids that exist
    opened = {endpoint for endpoint, status in reached if status == 200}
    assert len(opened) > 60, sorted(reached)
    assert attacker.asked > 700


def _knock_everywhere(attacker):
    """Return which route answered a plain GET with which status."""
    app = attacker.app
    rules = [r for r in app.url_map.iter_rules() if r.endpoint != "accounts.sign_out"]
    reached = set()
    for rule in rules:
        who = app.view_functions[rule.endpoint].audience
        if "GET" not in rule.methods:
            continue
        path = attacker.address(rule)
        answer = attacker.send(who, "GET", path)
        reached.add((rule.endpoint, answer.status_code))
        attacker.keep_forms(path, answer)
        for turn in range(2):
            attacker.send(who, "GET", f"{path}?{_encoded(_short(_spread(ASKED, turn)))}")
        names = VARIABLE.findall(rule.rule)
        for index in range(4 if names else 0):
            value = IN_PATH[(index + attacker.number) % len(IN_PATH)]
            changed = {names[index % len(names)]: value}
            attacker.send(who, "GET", attacker.address(rule, **changed))
    for rule in rules:
        if "POST" in rule.methods:
            _post(attacker, rule, app.view_functions[rule.endpoint].audience)
    return reached


def _post(attacker, rule, who):
    path = attacker.address(rule)
    shown = attacker.forms.get(path, {})
    token = {"csrf_token": attacker.token(who)}
    typed = [n for n in shown if n not in {"csrf_token", "version"}] or GENERIC
    for turn in range(2):
        fields = shown | _spread(typed, turn) | token
        answer = attacker.send(
            who,
            "POST",
            path,
            data=_encoded(fields),
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code != 400 or b"csrf" not in answer.data.lower()
    with_version = _encoded(shown | token | {"version": str(2**63), "org_id": "x", "role": "admin"})
    for body, kind in (
        (with_version, "application/x-www-form-urlencoded"),
        ("[" * 20_000, "application/json"),
        (_parts(token["csrf_token"]), "multipart/form-data; boundary=x"),
    ):
        attacker.send(who, "POST", path, data=body, content_type=kind)


def _parts(token):
    """A form of parts with a hostile file name, a field twice, and no end."""
    return (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="version"\r\n\r\n1\r\n'
        '--x\r\nContent-Disposition: form-data; name="version"\r\n\r\n2\r\n'
        '--x\r\nContent-Disposition: form-data; name="files"; filename="../../a\x00b.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n%PDF-1.7 no end"
    ).encode()


@pytest.mark.slow
@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "PROPFIND", "BREW", "get"])
def test_fi_9_unknown_methods_and_crooked_paths_are_refused(app, uow, method):
    client = app.test_client()
    for path in (
        "/",
        "/ja/orgs",
        "/sign-in",
        "/%00",
        "/%ed%a0%80/orgs",
        "/ja//orgs",
        "/.git/config",
    ):
        assert client.open(path, method=method).status_code < 500


def test_fi_9_the_routes_are_for_whom_the_attacker_takes_them(app):
    """If a new audience appears, the attacker must learn to be it."""
    found = {view.audience for view in app.view_functions.values()}
    assert found == set(Audience)
