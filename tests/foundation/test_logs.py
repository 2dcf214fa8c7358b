"""A log line is one JSON line, and tells nothing that a log should not know."""

import json
import logging

import pytest
import structlog

from tests import factories
from tests.operations.lines import json_logs


@pytest.fixture
def lines():
    with json_logs() as found:
        yield found


def test_au_7_line_ends_and_quotes_stay_inside_their_value(lines):
    log = structlog.get_logger()
    log.info('two\nlines\n{"fake":1}', agent='x"\r\n{"event":"sign-in:done"}\u2028')
    [line] = lines()
    assert line["event"] == 'two\nlines\n{"fake":1}'
    assert line["agent"] == 'x"\r\n{"event":"sign-in:done"}\u2028'
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_au_7_values_whose_names_sound_secret_are_blanked(lines):
    names = ["password", "new_password", "csrf_token", "Cookie", "secret_key", "code"]
    structlog.get_logger().info("x", authorization="Basic abc", count=3, **dict.fromkeys(names, 1))
    [line] = lines()
    assert {line[name] for name in [*names, "authorization"]} == {"-"}
    assert line["count"] == 3


def test_au_7_what_libraries_say_is_a_json_line_too(lines):
    logging.getLogger("waitress.queue").warning("Task queue depth is %d\n{}", 7)
    logging.getLogger("apscheduler").info("not of interest")
    try:
        raise ValueError("a\nb")
    except ValueError:
        logging.getLogger("apscheduler").exception("job raised")
    first, second = lines()
    assert (first["event"], first["level"]) == ("Task queue depth is 7\n{}", "warning")
    assert second["event"] == "job raised"
    assert second["exception"].endswith("ValueError: a\nb")


def test_au_7_one_line_a_request_with_the_route_and_no_address_or_text(app, lines):
    client = app.test_client()
    secret = "tok" * 15
    client.get(
        f"/invitations/{secret}?q=秘密",
        headers={"User-Agent": 'x\t{"fake":1}', "X-Forwarded-For": "203.0.113.9"},
        environ_base={"REMOTE_ADDR": "198.51.100.7"},
    )
    client.get("/ja/orgs")
    client.get("/no/such/page")
    client.open("/ja/orgs", method="BREW\x85")
    found = lines()
    assert [(x["event"], x["method"], x["route"], x["status"]) for x in found] == [
        ("request", "GET", "/invitations/<token>", 404),
        ("request", "GET", "/<any(ja, en):lang>/orgs", 200),
        ("request", "GET", None, 404),
        ("request", "other", None, 405),
    ]
    for line in found:
        assert set(line) == {
            *("event", "method", "route", "status", "milliseconds"),
            *("request_id", "level", "timestamp"),
        }
        assert line["milliseconds"] >= 0
    assert len({line["request_id"] for line in found}) == len(found)
    text = json.dumps(found, ensure_ascii=False)
    for unwanted in (secret, "秘密", "203.0.113.9", "198.51.100.7", "fake"):
        assert unwanted not in text


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/readyz", "/ja/w/7K3PQX9D", "/vi/w/7K3PQX9D", "/q/7K3PQX9D", "/ja/workers"],
)
def test_au_7_health_and_the_pages_of_workers_leave_no_line(app, lines, path):
    app.test_client().get(path)
    assert lines() == []


def test_au_7_a_fault_carries_the_number_on_the_page_and_no_text_of_an_answer(
    app, engine, uow, login, lines
):
    """The statement that failed is logged, what was to be stored by it is not."""
    org, user, _actor = factories.make_member(uow)
    round_ = factories.make_round(uow, orgs=[org])
    factories.make_assessment(uow, org, round_)
    browser = login(user, org)
    browser.get("/m/2026/P1-01")
    with engine.connect().execution_options(write=True) as connection:
        connection.exec_driver_sql("ALTER TABLE answer RENAME COLUMN text TO gone")
        connection.commit()
    try:
        lines()
        answer = browser.client.post(
            "/m/2026/P1-01",
            data=_fields(browser) | {"level": "2", "text": "賃金台帳の中身", "note": "内緒の記録"},
        )
        found = lines()
    finally:
        with engine.connect().execution_options(write=True) as connection:
            connection.exec_driver_sql("ALTER TABLE answer RENAME COLUMN gone TO text")
            connection.commit()
    assert answer.status_code == 500
    [fault] = [x for x in found if x["event"] == "fault"]
    assert fault["reference"] == fault["request_id"]
    assert fault["reference"] in answer.text
    assert fault["level"] == "error"
    assert "Error" in fault["exception"]
    text = json.dumps(found, ensure_ascii=False)
    assert "賃金台帳の中身" not in text
    assert "内緒の記録" not in text


def _fields(browser):
    return {
        field["name"]: field.get("value", "")
        for field in browser.page.select("form input[type=hidden][name]")
    }
