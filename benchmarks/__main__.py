"""Run every benchmark once and keep the figures in benchmarks/latest.json."""

import json
import subprocess
import sys
from pathlib import Path

NAMES = (
    "autosave",
    "writers",
    "pages",
    "review_queue",
    "published",
    "poster",
    "typesetters",
    "workbook",
)
FOLDER = Path(__file__).parent


def main() -> int:
    """Print each report; return 1 if one of them failed."""
    found, failed = {}, 0
    for name in NAMES:
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"],
            cwd=FOLDER.parent,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        failed |= done.returncode
        found[name] = json.loads(done.stdout) if done.stdout.strip() else None
        sys.stdout.write(done.stdout)
    (FOLDER / "latest.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
