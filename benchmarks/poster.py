"""One warm A4 poster against the same strings drawn by ReportLab without shaping.

The baseline gets the finished lines: the same texts at the same places, sizes and weights, in the
same fonts, with the same rectangles and code. It measures nothing, breaks no lines, shapes nothing
and writes no tags; its Burmese is wrong. So the ratio is the price of being right.
"""

import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple
from unittest import mock

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from jpmirai_compliance.posters import layout
from jpmirai_compliance.posters.layout import upper
from jpmirai_compliance.posters.layout.part import BLUE, MARGIN
from jpmirai_compliance.principles.wording import reference_wording
from jpmirai_compliance.typesetting import block, drawing
from jpmirai_compliance.typesetting.faces import Style, preload
from jpmirai_compliance.typesetting.qr import matrix
from jpmirai_compliance.typesetting.tagging import TaggedPdf

ROUNDS = 40
WARM = 4  # first rounds, not counted
NAMES = ("青葉", "浜松", "若草", "北斗", "瀬戸内", "東海", "銀河", "緑川", "富士", "白樺")
LANGUAGES = ("ja", "vi", "my")
URL = "HTTPS://EXAMPLE.ORG/W/7K3PQX9D"


class Drawn(NamedTuple):
    """One line of text as the poster drew it."""

    x: float
    y: float
    text: str
    font: str
    path: str
    size: float


def main() -> int:
    """Print the figures as JSON; return 0."""
    preload()
    found = {tag: _compare(poster(tag)) for tag in LANGUAGES}
    report = {
        "bench": "one warm A4 poster",
        "baseline": "reportlab strings without shaping, lines given",
        "rounds": ROUNDS,
        "languages": found,
        "ratio": round(statistics.median(entry["ratio"] for entry in found.values()), 2),
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return 0


def poster(tag: str) -> layout.Poster:
    """Return a poster with the wording that comes with the product."""
    text = reference_wording(tag)
    return layout.Poster(
        language=tag,
        title=text.title,
        subtitle=text.preamble,
        principles=text.principles,
        headings=text.plain,
        supply_chain=text.supply_chain,
        help_lead=text.help_lead,
        help_lines=(layout.HelpLine("JP-MIRAI Assist", "0120-000-000"),),
        organisation="株式会社サンプル製作所",
        site="浜松工場",
        qr_url=URL,
        short_url=URL.lower().removeprefix("https://"),
        status=text.source,
        status_ja="" if tag == "ja" else "参考訳",
        footer="JP-MIRAI",
        author="JP-MIRAI",
        created=datetime(2026, 4, 1, tzinfo=UTC),
    )


def _compare(subject: layout.Poster) -> dict[str, float]:
    """Return medians in milliseconds, taken in turns, and their ratio.

    Each round has another organisation: a poster is drawn once, not forty times.
    """
    ours, theirs = [], []
    for number in range(ROUNDS):
        name = f"株式会社{NAMES[number % len(NAMES)]}製作所 第{number}工場"
        named = replace(subject, organisation=name)
        ours.append(_milliseconds(partial(layout.draw_poster, named)))
        theirs.append(_milliseconds(partial(_baseline, _lines(named))))
    mine, base = statistics.median(ours[WARM:]), statistics.median(theirs[WARM:])
    lines = _lines(subject)
    return {
        "poster_ms": round(mine, 2),
        "baseline_ms": round(base, 2),
        "ratio": round(mine / base, 2),
        "poster_kb": round(len(layout.draw_poster(subject)) / 1024, 1),
        "baseline_kb": round(len(_baseline(lines)) / 1024, 1),
    }


def _milliseconds(work: Callable[[], bytes]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _lines(subject: layout.Poster) -> list[Drawn]:
    """Return the lines that drawing the poster draws."""
    found: list[Drawn] = []

    def noted(
        pdf: TaggedPdf,
        place: tuple[float, float],
        text: str,
        style: Style,
        size: float,
        *,
        spread: float = 0.0,
    ) -> float:
        face = style.faces[0]
        found.append(Drawn(*place, text, face.name, str(face.path), size))
        return drawing.draw_line(pdf, place, text, style, size, spread=spread)

    with (
        mock.patch.object(block, "draw_line", noted),
        mock.patch.object(upper, "draw_line", noted),
    ):
        layout.draw_poster(subject)
    for line in found:
        if line.font not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(line.font, line.path))
    return found


def _baseline(lines: list[Drawn]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, pageCompression=1, invariant=1)
    _ground(canvas)
    canvas.setFillColorRGB(0, 0, 0)
    for line in lines:
        canvas.setFont(line.font, line.size)
        canvas.drawString(line.x, line.y, line.text)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _ground(canvas: Canvas) -> None:
    """Draw as many areas as the poster has, and its code module by module."""
    canvas.setFillColorRGB(*BLUE)
    for index in range(10):
        canvas.rect(MARGIN, 46 + 70 * index, 511, 0.6, stroke=0, fill=1)
    path = canvas.beginPath()
    for top, row in enumerate(matrix(URL)):
        for left, dark in enumerate(row):
            if dark:
                path.rect(420 + 3 * left, 90 + 3 * top, 3, 3)
    canvas.drawPath(path, stroke=0, fill=1)


if __name__ == "__main__":
    raise SystemExit(main())
