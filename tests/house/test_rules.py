"""Rules of the house: what review forgets, these do not."""

import ast
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from jpmirai_compliance.foundation.guard import SAFE
from jpmirai_compliance.foundation.policy import GRANTS, Permission

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PACKAGE = SRC / "jpmirai_compliance"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted((PACKAGE / "templates").rglob("*.html"))
TREES = {p: ast.parse(p.read_text()) for p in SOURCES}


def named(path):
    return path.relative_to(PACKAGE).as_posix()


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            yield getattr(function, "attr", getattr(function, "id", "")), node


def test_az_1_route_table_is_as_reviewed(app_of_house):
    lines = set()
    for rule in app_of_house.url_map.iter_rules():
        view = app_of_house.view_functions[rule.endpoint]
        methods = ",".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        records = " ".join(sorted(view.records))
        lines.add(f"{methods:9}{rule.rule}  {view.audience}  {records}".rstrip())
    path = Path(__file__).parent / "routes.txt"
    assert sorted(lines) == path.read_text().splitlines(), (
        "review, then: python -m tests.house.routes"
    )


def test_au_1_every_changing_route_names_its_audit_events(app_of_house):
    silent = [
        rule.endpoint
        for rule in app_of_house.url_map.iter_rules()
        if rule.methods - SAFE and not app_of_house.view_functions[rule.endpoint].records
    ]
    assert silent == []


def test_ids_in_addresses_are_random_and_addresses_are_kebab_case(app_of_house):
    for rule in app_of_house.url_map.iter_rules():
        for converter, name in re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule):
            if name.endswith("_id") and name != "indicator_id":
                assert converter == "uuid", rule.rule
        fixed = re.sub(r"<[^>]*>", "", rule.rule)
        if fixed == "/Q/":
            continue  # printed codes are upper case: the denser mode of the symbol
        assert fixed == fixed.lower(), rule.rule
        assert "_" not in fixed, rule.rule


def test_az_1_a_planted_route_without_an_audience_is_named(app_of_house):
    from jpmirai_compliance.foundation import guard

    app_of_house.view_functions["forgotten"] = lambda: "oops"
    app_of_house.url_map.add(
        app_of_house.url_rule_class("/forgotten", endpoint="forgotten", methods=["POST"])
    )
    assert guard.undeclared(app_of_house) == ["forgotten"]


def test_every_permission_has_a_grant_row_and_is_documented():
    sys.path.insert(0, str(ROOT / "tools"))
    import permissions

    assert set(GRANTS) == set(Permission)
    assert (ROOT / "docs/permissions.md").read_text() == permissions.document()


def test_only_foundation_db_commits():
    commits = {
        named(path)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "begin", "begin_nested"}
    }
    assert commits == {"foundation/db.py", "foundation/schema.py"}


def test_az_2_no_raw_sql_outside_the_database_module():
    found = {
        named(path)
        for path, tree in TREES.items()
        for name, node in calls(tree)
        if name in {"text", "exec_driver_sql"} and not named(path).startswith("migrations/")
        if not (name == "text" and isinstance(node.func, ast.Attribute))
    }
    assert found <= {"foundation/db.py", "foundation/backup.py"}


def test_ou_1_no_platypus_paragraph_anywhere():
    assert [
        named(p) for p, tree in TREES.items() if "Paragraph" in {n for n, _ in calls(tree)}
    ] == []


def test_ou_6_no_markup_from_data():
    marked = [
        named(p)
        for p, tree in TREES.items()
        if {"Markup", "render_template_string"} & {n for n, _ in calls(tree)}
    ]
    assert marked == []
    for path in TEMPLATES:
        page = path.read_text()
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", page), path
        assert not re.search(r"=\{\{", page), f"unquoted attribute in {path}"


def test_hd_1_no_inline_script_or_style_and_forms_only_by_the_macros():
    for path in TEMPLATES:
        page = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
        assert not re.search(
            r"\sstyle=|<style|\son[a-z]+=[\"']|<script(?![^>]*\ssrc=|[^>]*ld\+json)", page
        ), path
        if path.name != "forms.html":
            assert "<form" not in page, path


def test_pu_4_absolute_addresses_come_from_the_settings():
    found = [
        named(p)
        for p, tree in TREES.items()
        for name, node in calls(tree)
        if name == "url_for" and "_external" in {k.arg for k in node.keywords}
    ]
    assert found == []


def test_az_10_nothing_is_populated_from_a_request():
    for path, tree in TREES.items():
        for name, node in calls(tree):
            assert name not in {"populate_obj", "sqlmodel_update"}, path
            for keyword in node.keywords:
                if keyword.arg is None:
                    assert "request.form" not in ast.unparse(keyword.value), path


def test_only_views_jobs_and_the_command_line_read_the_clock():
    # bundle/folder.py compares the ages of files, which are the file system's
    allowed = re.compile(
        r"^(cli|demo|app)\.py$|/(views|cli|serving|jobs)(\.py|/)|^foundation/web\.py$|bundle/folder\.py$"
    )
    reading = {
        named(path)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in {"dt.datetime.now", "datetime.now", "time.time", "dt.date.today"}
        and not allowed.search(named(path))
    }
    assert reading == set()


def _size(function):
    """Lines of the body; neither the arguments nor what the docstring promises count."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


def test_files_and_functions_stay_small():
    long = {named(p): n for p in SOURCES if (n := len(p.read_text().splitlines())) > 400}
    long.pop("migrations/versions/v0001_tables.py", None)
    assert long == {}
    tall = {
        f"{named(path)}:{node.name}": size
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := _size(node)) > 40
        and not named(path).startswith("migrations/")
    }
    assert tall == {}


def test_every_silenced_rule_has_a_reason():
    silent = [
        f"{named(p)}:{number}"
        for p in SOURCES
        for number, line in enumerate(p.read_text().splitlines(), 1)
        if re.search(r"# (noqa|type: ignore|pragma)", line) and " -- " not in line
    ]
    assert silent == []


def test_every_room_is_in_the_wheel_and_under_contract():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    root = "jpmirai_compliance"
    folders = {".".join(p.parent.relative_to(SRC).parts) for p in SRC.rglob("__init__.py")}
    assert set(setup["options"]["packages"].split()) == folders | {f"{root}.translations"}


def test_catalogues_are_whole():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/translations.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert done.returncode == 0


def test_sc_1_requirements_are_locked_with_hashes_and_name_no_index():
    for name in ("production", "development"):
        text = (ROOT / f"requirements/{name}.txt").read_text()
        pins = re.findall(r"^([a-z0-9][\w.\-\[\]]*)==", text, flags=re.MULTILINE | re.IGNORECASE)
        assert len(pins) > 40
        assert len(re.findall(r"--hash=sha256:", text)) >= len(pins)
        assert "index-url" not in text
        assert "://" not in text
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


@pytest.mark.parametrize("name", ["production", "development"])
def test_sc_2_no_pin_is_older_than_its_last_known_fault(name):
    """Dated 2026-11-24; an advisory service is not always reached, so the table is ours."""
    from packaging.version import Version

    least = {
        "flask": "3.1.3",
        "werkzeug": "3.1.6",
        "jinja2": "3.1.6",
        "pillow": "12.3",
        "pypdf": "7.1",
        "sqlalchemy": "2.1",
        "cryptography": "45",
        "waitress": "3.0.2",
        "granian": "2.5",
        "defusedxml": "0.7.1",
        "reportlab": "4.4",
    }
    text = (ROOT / f"requirements/{name}.txt").read_text()
    pins = dict(
        re.findall(r"^([a-z0-9.\-]+?)(?:\[[^\]]*\])?==([^ \\;]+)", text, flags=re.MULTILINE)
    )
    old = {p: pins[p] for p, v in least.items() if p in pins and Version(pins[p]) < Version(v)}
    assert old == {}
    assert {"flask", "werkzeug", "jinja2", "pillow", "sqlalchemy"} <= set(pins)


def test_no_text_of_the_repository_names_a_registry_or_an_unfinished_thing():
    files = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout.split()
    words = re.compile(r"registry\.npmjs|pypi\.org/simple|/simple/|\bTODO\b|\bFIXME\b|coming soon")
    found = [
        f
        for f in files
        if (ROOT / f).is_file()
        and Path(f).suffix
        in {".py", ".html", ".md", ".cfg", ".toml", ".yaml", ".json", ".js", ".scss"}
        and f != "tests/house/test_rules.py"
        and words.search((ROOT / f).read_text())
    ]
    assert found == []
