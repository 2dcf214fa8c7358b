import re

import pytest

from jpmirai_compliance.typesetting.faces import style
from jpmirai_compliance.typesetting.qr import matrix, side, svg_path
from jpmirai_compliance.typesetting.shape import width
from jpmirai_compliance.typesetting.svg import outline


def test_outline_is_path_data_with_the_width_of_the_line():
    path, wide = outline("実践企業", "ja", bold=True, size=20)
    assert re.fullmatch(r"[MLHVCQZ0-9 .,-]+", path)
    assert wide == pytest.approx(width("実践企業", style("ja", bold=True)) * 20 / 1000)
    numbers = [float(found) for found in re.findall(r"-?\d+\.?\d*", path)]
    assert -20 <= min(numbers) < max(numbers) <= wide + 1


def test_outline_is_the_same_every_time_and_scales():
    assert outline("Nguyễn", "vi") == outline("Nguyễn", "vi")
    assert outline("Nguyễn", "vi", size=32)[1] == pytest.approx(2 * outline("Nguyễn", "vi")[1])


def test_outline_shapes_and_never_passes_markup():
    assert outline("क्ष", "hi") != outline("कष", "hi")
    path, _ = outline('"><script>', "en")
    assert "<" not in path
    assert outline("\x00a", "en") == outline("a", "en")


def test_outline_of_an_endless_name_is_cut():
    assert outline("あ" * 60_000, "ja") == outline("あ" * 299 + "…", "ja")


def test_code_has_its_border_and_smaller_size_for_capitals():
    path, length = svg_path("HTTPS://EXAMPLE.ORG/W/7K3P")
    assert (
        length
        == side("HTTPS://EXAMPLE.ORG/W/7K3P")
        == len(matrix("HTTPS://EXAMPLE.ORG/W/7K3P")) + 8
    )
    assert path.startswith("M4 4h7v1h-7z")
    assert side("https://example.org/w/7k3p") >= length
    with pytest.raises(ValueError, match="too"):
        matrix("x" * 5000)
