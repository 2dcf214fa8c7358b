"""One engine in a process of its own: reads orders as lines of JSON, answers each with one.

``{"do": "pages", "contents": […]}`` or ``{"do": "right", "tag": "ja"}``.
"""

import importlib
import json
import resource
import sys
import time

from benchmarks.typesetters.given import content_from

_STARTED = time.perf_counter()


def main() -> int:
    name = sys.argv[1]
    modules = {"own": "own", "weasyprint": "weasy", "typst": "typst_", "fpdf2": "fpdf"}
    engine = importlib.import_module(f"benchmarks.typesetters.{modules[name]}").Engine()
    _answer({"ready_ms": (time.perf_counter() - _STARTED) * 1000})
    for line in sys.stdin:
        order = json.loads(line)
        try:
            _answer(_done(engine, order))
        except Exception as error:  # noqa: BLE001 -- another program's; it is part of the result
            _answer({"failed": f"{type(error).__name__}: {error}"[:200]})
    return 0


def _done(engine, order) -> dict[str, object]:
    if order["do"] == "right":
        # only now: reading PDFs back must not count as the engine's memory
        right = importlib.import_module("benchmarks.typesetters.right")
        return right.judged(engine, order["tag"])
    contents = [content_from(values) for values in order["contents"]]
    wall, busy = time.perf_counter(), time.process_time()
    made = engine.pages(contents)
    return {
        "ms": (time.perf_counter() - wall) * 1000,
        "cpu_ms": (time.process_time() - busy) * 1000,
        "kb": round(len(made) / 1024, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def _answer(values: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
