"""Every claim of the assurance case names tests, and every named test exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.compile(r"^\| ([A-Z]{2}-\d+) \| (.+?) \| (.+?) \| (.*) \|$", re.MULTILINE)
PROMISED = (
    {f"AN-{n}" for n in range(1, 9)}
    | {"SE-1", "SE-2", "SE-3", "SE-4", "SE-5", "SE-6"}
    | {f"AZ-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 10, 11)}
    | {f"FI-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)}
    | {f"OU-{n}" for n in range(1, 9)}
    | {f"PU-{n}" for n in range(1, 6)}
    | {f"AU-{n}" for n in (1, 2, 3, 4, 6, 7)}
    | {"BK-1", "BK-2", "AV-1", "AV-2", "AV-3", "AV-5", "AV-7", "AV-9"}
    | {"CF-1", "CF-2", "CF-3", "HD-1", "SC-1", "SC-2"}
)


def rows():
    return {row[0]: row[3] for row in ROWS.findall((ROOT / "docs/assurance-case.md").read_text())}


def test_every_promised_row_is_there_and_names_a_test():
    found = rows()
    assert PROMISED - set(found) == set()
    assert [row for row, tests in found.items() if "::" not in tests] == []


def test_every_named_test_exists():
    for tests in rows().values():
        for path, name in re.findall(r"`([\w/]+\.py)::(\w+)`", tests):
            tree = ast.parse((ROOT / "tests" / path).read_text())
            names = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
            assert name in names, f"{path}::{name}"
