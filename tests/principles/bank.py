"""The files of the newest edition as text, and small changes to them."""

from importlib.resources import files

from jpmirai_compliance.principles import editions

FOLDER = files("jpmirai_compliance.principles") / "bank" / editions()[-1]


def bank_files(**changes):
    """Return the files by name; ``p2=("old", "new")`` replaces the first find in p2.yaml."""
    found = {f.name: f.read_text(encoding="utf-8") for f in FOLDER.iterdir()}
    for stem, (old, new) in changes.items():
        name = f"{stem}.yaml"
        assert old in found[name], f"{name} has no {old!r}"
        found[name] = found[name].replace(old, new, 1)
    return found
