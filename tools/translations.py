"""Bring the catalogues up to date (`make i18n`), or say what is missing (`--check`)."""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "translations" / "messages.pot"
EXTRACT = ["extract", "-F", "babel.cfg", "-k", "Text", "-k", "_l", "--add-location", "file"]
EXTRACT += ["--omit-header", "--sort-by-file", "-o"]
UPDATE = ["update", "--ignore-pot-creation-date", "-N"]  # a date would be in every change's way


def main() -> int:
    """Return 0 if every text has a translation and the template is current, else 1."""
    if "--check" in sys.argv:
        return _check()
    _babel(*EXTRACT, str(TEMPLATE), ".")
    _babel(*UPDATE, "-i", str(TEMPLATE), "-d", "translations", "-w", "100")
    _babel("compile", "-f", "-d", "translations")
    return _check()


def _check() -> int:
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "messages.pot"
        _babel(*EXTRACT, str(fresh), ".")
        wanted = _ids(fresh)
    faults = [f"not in messages.pot: {i}" for i in sorted(wanted - _ids(TEMPLATE))]
    faults += [f"no longer used: {i}" for i in sorted(_ids(TEMPLATE) - wanted)]
    for path in sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        named = path.parent.parent.name
        for message in catalogue:
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.id and (message.fuzzy or not all(texts) or list(message.check())):
                faults.append(f"{named}: not translated or broken: {message.id}")
        faults += [f"{named}: missing: {i}" for i in sorted(wanted - _ids(path))]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


def _ids(path: Path) -> set[str]:
    with path.open("rb") as file:
        return {str(m.id) for m in read_po(file) if m.id}


def _babel(*arguments: str) -> None:
    program = str(Path(sys.executable).with_name("pybabel"))
    subprocess.run([program, "-q", *arguments], check=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
