import hashlib

from jpmirai_compliance.typesetting.faces import FOLDER, STEMS


def test_every_family_comes_with_both_weights_its_licence_and_sums():
    lines = (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines()[1:]
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    parts = ("Bold.ttf", "OFL.txt", "Regular.ttf")
    assert sorted(sums) == sorted(f"{stem}-{part}" for stem in STEMS for part in parts)
    assert {path.name for path in FOLDER.iterdir()} == {*sums, "SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest


def test_licences_are_the_open_font_licence():
    for stem in STEMS:
        text = (FOLDER / f"{stem}-OFL.txt").read_text(encoding="utf-8")
        assert "SIL OPEN FONT LICENSE Version 1.1" in text
