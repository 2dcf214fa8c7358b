"""The wheel alone is enough: pages, tables, fonts, styles and both languages are in it."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_wheel_carries_everything_that_is_needed_to_serve(tmp_path):
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        prefix = "jpmirai_compliance/"
        manifest = json.loads(archive.read(prefix + "static/dist/manifest.json"))
    source = ROOT / "src"
    wanted = {
        path.relative_to(source).as_posix()
        for pattern in ("**/*.py", "**/*.html", "**/*.svg", "**/*.xml", "**/*.yaml", "**/*.ttf")
        for path in (source / "jpmirai_compliance").glob(pattern)
    }
    wanted |= {prefix + "static/dist/" + name for name in manifest.values()}
    wanted |= {prefix + "translations/ja/LC_MESSAGES/messages.mo"}
    wanted |= {prefix + "accounts/passwords.txt", prefix + "migrations/script.py.mako"}
    assert sorted(wanted - names) == []
