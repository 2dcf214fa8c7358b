"""Our posters beside WeasyPrint, typst and fpdf2, in turns, each in a process of its own.

How to read the report: ``docs/pdf.md``. Nothing passes or fails; ratios are
their time by ours.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.typesetters.content import content
from jpmirai_compliance.typesetting.languages import TAGS

ROUNDS = {"own": 24, "weasyprint": 24, "typst": 24, "fpdf2": 3}
PACKS = {"own": 5, "weasyprint": 3, "typst": 5, "fpdf2": 1}
STARTS = 3
WARM = 3  # first rounds, not counted, of those with more
LANGUAGES = ("ja", "vi", "my")
NAMES = ("青葉", "浜松", "若草", "北斗", "瀬戸内", "東海", "銀河", "緑川", "富士", "白樺")


class Worker:
    """An engine that waits for orders."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.typesetters.worker", engine],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._read()
        first = self.pages(["ja"], 0)
        self.first_ms = (time.perf_counter() - started) * 1000
        self.first_mb = first["peak_mb"]

    def ask(self, **order: object) -> dict[str, object]:
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._read()

    def pages(self, tags: Sequence[str], number: int) -> dict[str, object]:
        """Have posters drawn; each ``number`` has another name, so that nothing can be kept."""
        name = f"株式会社{NAMES[number % len(NAMES)]}製作所 第{number}工場"
        return self.ask(do="pages", contents=[content(tag, name) for tag in tags])

    def end(self) -> None:
        self._process.stdin.close()
        self._process.wait()

    def _read(self) -> dict[str, object]:
        return json.loads(self._process.stdout.readline())


def main() -> int:
    """Print the figures as JSON; return 0."""
    workers = _started()
    posters = {tag: _turns(workers, tag) for tag in LANGUAGES}
    packs = _packs(workers)
    found = {w.engine: _figures(w, posters, packs[w.engine]) for w in workers}
    for worker in workers:
        found[worker.engine]["right"] = _rightness(worker)
        worker.end()
    report = {
        "bench": "one warm A4 poster, a pack of 23, and the golden texts, in turns",
        "baseline": "WeasyPrint, typst and fpdf2 with the same words and fonts",
        "engines": found,
        "ratios": {engine: _ratios(found[engine], found["own"]) for engine in found},
    }
    sys.stdout.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    return 0


def _started() -> list[Worker]:
    """Start every engine several times, in turns; return the last ones, with the median start."""
    content("ja", NAMES[0])  # what the words cost to look up is nobody's
    times: dict[str, list[float]] = {engine: [] for engine in ROUNDS}
    for number in range(STARTS):
        workers = [Worker(engine) for engine in ROUNDS]
        for worker in workers:
            times[worker.engine].append(worker.first_ms)
            if number < STARTS - 1:
                worker.end()
    for worker in workers:
        worker.first_ms = statistics.median(times[worker.engine])
    return workers


def _turns(workers: list[Worker], tag: str) -> dict[str, list[dict[str, float]]]:
    """Return what each poster took, the engines taking turns; every round another name."""
    found: dict[str, list[dict[str, float]]] = {worker.engine: [] for worker in workers}
    for number in range(max(ROUNDS.values())):
        for worker in workers:
            if number < ROUNDS[worker.engine]:
                found[worker.engine].append(worker.pages([tag], number))
    return {e: rounds[WARM:] if len(rounds) > 2 * WARM else rounds for e, rounds in found.items()}


def _packs(workers: list[Worker]) -> dict[str, list[dict[str, float]]]:
    found: dict[str, list[dict[str, float]]] = {worker.engine: [] for worker in workers}
    for number in range(max(PACKS.values())):
        for worker in workers:
            if number < PACKS[worker.engine]:
                found[worker.engine].append(worker.pages(TAGS, number))
    return found


def _figures(worker: Worker, posters, packs) -> dict[str, object]:
    """Return one engine's medians, in milliseconds, and its memory, in MB."""
    if any("failed" in pack for pack in packs):
        return {"failed": packs[0]}
    rounds = [entry for tag in LANGUAGES for entry in posters[tag][worker.engine]]
    return {
        "first_poster_after_start_ms": round(worker.first_ms),
        "poster_ms": _median(rounds, "ms"),
        "poster_cpu_ms": _median(rounds, "cpu_ms"),
        "pack_ms": _median(packs, "ms"),
        "pack_cpu_ms": _median(packs, "cpu_ms"),
        "poster_kb": _median(rounds, "kb"),
        "pack_kb": _median(packs, "kb"),
        "peak_mb_first": worker.first_mb,
        "peak_mb_pack": max(pack["peak_mb"] for pack in packs),
    }


def _median(entries: list[dict[str, float]], key: str) -> float:
    return round(statistics.median(entry[key] for entry in entries), 2)


def _rightness(worker: Worker) -> dict[str, object]:
    """Return shares of golden texts with right glyphs, and of those that two readers find."""
    found = {tag: worker.ask(do="right", tag=tag) for tag in TAGS}
    failed = [tag for tag, entry in found.items() if "failed" in entry]
    good = {tag: entry for tag, entry in found.items() if tag not in failed}
    sums = {
        key: sum(entry[key] for entry in good.values())
        for key in ("texts", "hard", "wrong", "wrong_hard", "pypdf", "pdfium")
    }
    return {
        "glyphs": round(1 - sums["wrong"] / sums["texts"], 4),
        "glyphs_hard": round(1 - sums["wrong_hard"] / sums["hard"], 4),
        "found_by_pypdf": round(sums["pypdf"] / sums["texts"], 4),
        "found_by_pdfium": round(sums["pdfium"] / sums["texts"], 4),
        **sums,
        "failed": {tag: found[tag]["failed"] for tag in failed},
        "wrong_by_language": {t: e["examples"] for t, e in good.items() if e["wrong"]},
    }


def _ratios(entry: dict[str, float], own: dict[str, float]) -> dict[str, float]:
    keys = ("first_poster_after_start_ms", "poster_ms", "poster_cpu_ms", "pack_ms", "pack_cpu_ms")
    return {
        key.removesuffix("_ms"): round(entry[key] / own[key], 2) for key in keys if key in entry
    }


if __name__ == "__main__":
    raise SystemExit(main())
