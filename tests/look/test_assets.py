"""What the build wrote to static/dist."""

import hashlib
import json
import re
import subprocess
import sys

import pytest

from tests.look.gallery import DIST, ROOT

MANIFEST = json.loads((DIST / "manifest.json").read_text())


SCRIPTS = ("bengali", "devanagari", "khmer", "lao", "myanmar", "sinhala", "tamil", "thai")
FONTS = {f"noto-sans-{script}.woff2" for script in SCRIPTS}


def built(name):
    return (DIST / MANIFEST[name]).read_text()


def test_manifest_names_every_file_by_its_content():
    assert set(MANIFEST) == {
        "app.css",
        "app.js",
        "favicon.ico",
        "favicon.svg",
        "leave.js",
        "worker.css",
        *FONTS,
    }
    assert {p.name for p in DIST.iterdir()} == {*MANIFEST.values(), "manifest.json"}
    for name in MANIFEST.values():
        digest = hashlib.sha256((DIST / name).read_bytes()).hexdigest()
        assert re.search(r"-([0-9a-f]{10})\.", name)[1] == digest[:10]


def test_building_again_changes_nothing():
    before = {p.name: p.stat().st_mtime_ns for p in DIST.iterdir()}
    subprocess.run([sys.executable, ROOT / "tools/assets.py"], check=True)
    assert {p.name: p.stat().st_mtime_ns for p in DIST.iterdir()} == before


@pytest.mark.parametrize("name", ["app.css", "worker.css"])
def test_styles_name_no_foreign_host_and_no_licensed_font(name):
    css = built(name)
    assert "GDS Transport" not in css
    assert "@import" not in css
    assert set(re.findall(r'url\("?([^")]+)"?\)', css)) == {MANIFEST[font] for font in FONTS}


def test_worker_page_stays_small():
    assert len(built("worker.css")) <= 10_000
    assert max((DIST / MANIFEST[font]).stat().st_size for font in FONTS) <= 40_000


def test_lock_file_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
    assert lock["packages"]["node_modules/htmx.org"]["version"] == "2.0.11"
