"""Glyphs and places in the PDF equal those of an independent HarfBuzz, in every language."""

import dataclasses
import json
from pathlib import Path

import pytest

from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.languages import TAGS
from tests.typesetting.pages import LEFT, SIZE, baseline, drawn
from tests.typesetting.readback import text_lines

FOLDER = Path(__file__).parent / "golden"
NEAR = 0.1  # points at a size of 64


def load(tag):
    return json.loads((FOLDER / f"{tag}.json").read_text(encoding="utf-8"))


def differences(golden, own_style, only=None):
    """Return what differs between a golden file and our PDF, one sentence per line of text."""
    lines = [line for line in golden["lines"] if only is None or line["text"] in only]
    assert lines
    got = text_lines(drawn([line["text"] for line in lines], own_style))
    found = []
    for index, (line, glyphs) in enumerate(zip(lines, got, strict=True)):
        problem = _compare(golden, line["glyphs"], glyphs, baseline(index, len(lines)))
        if problem:
            found.append(f"{line['text']}: {problem}")
    return found


def _compare(golden, want, got, base):
    if len(want) != len(got):
        return f"{len(got)} glyphs instead of {len(want)}"
    scale = SIZE / golden["units"]
    pen = LEFT
    for (glyph, advance, dx, dy), found in zip(want, got, strict=True):
        if found.font != golden["font"]:
            return f"set in {found.font}"
        if found.outline != golden["outlines"][str(glyph)]:
            return f"another glyph than {glyph}"
        if abs(found.x - pen - dx * scale) > NEAR or abs(found.y - base - dy * scale) > NEAR:
            return f"glyph {glyph} at {found.x - LEFT:.2f}, {found.y - base:.2f}"
        pen += advance * scale
    return None


def test_golden_covers_every_language_with_enough_lines():
    files = {path.stem: load(path.stem) for path in FOLDER.glob("*.json")}
    assert set(files) == set(TAGS)
    assert sum(len(golden["lines"]) for golden in files.values()) >= 250


@pytest.mark.parametrize("tag", TAGS)
def test_glyphs_and_places_equal_the_golden_data(tag):
    assert differences(load(tag), style(tag)) == []


def test_control_nepali_in_hindi_forms_is_noticed():
    golden = load("ne")
    text = "समझदारी बुझ्छौं"
    assert differences(golden, style("ne"), {text}) == []
    assert len(differences(golden, style("hi"), {text})) == 1


def test_control_dropped_khmer_marks_are_noticed():
    golden = load("km")
    text = "ក្នុងសហគមន៍"
    features = tuple((name, False) for name in ("abvm", "blwm", "mark", "mkmk"))
    unplaced = dataclasses.replace(style("km"), features=features)
    assert differences(golden, style("km"), {text}) == []
    assert len(differences(golden, unplaced, {text})) == 1


def test_control_lost_khmer_mark_is_noticed():
    golden = load("km")
    [line] = [line for line in golden["lines"] if line["text"] == "ក្នុងសហគមន៍"]
    shorter = {**golden, "lines": [{**line, "text": "ក្នុងសហគមន"}]}
    assert len(differences(shorter, style("km"))) == 1


def test_control_company_form_as_one_character_is_noticed():
    golden = load("ja")
    [line] = [line for line in golden["lines"] if line["text"] == "株式会社サンプル製作所"]
    ligated = {**golden, "lines": [{**line, "text": "㍿サンプル製作所"}]}
    assert differences({**golden, "lines": [line]}, style("ja")) == []
    assert len(differences(ligated, style("ja"))) == 1


def test_no_line_has_the_glyph_for_missing_characters():
    assert [tag for tag in TAGS if "0" in load(tag)["outlines"]] == []
