"""Time from starting the server to a canvas that can be drawn on, beside a bare page's.

`make bench-start` prints the medians of one run and stores them in benchmark/startup.json.
"""

import json
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmark.browser import canvas, launch, serving
from training.provenance import provenance

ROUNDS = 9
SCRIPTS = {"floor": "benchmark/floor.py", "app": "app.py"}
RESULT = Path(__file__).with_suffix(".json")


def seconds_to_canvas(browser: Browser, script: str) -> float:
    """Start a server and open its page in a fresh session; seconds until the canvas is there."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        with serving(Path(folder) / "log", script) as address:
            context = browser.new_context(viewport={"width": 1280, "height": 720})
            page = context.new_page()
            page.goto(address)
            canvas(page)
            seconds = time.perf_counter() - start
            context.close()
    return seconds


def main() -> None:
    """Measure both pages in turn, so that a slow minute of the machine hits both."""
    times: dict[str, list[float]] = {name: [] for name in SCRIPTS}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for script in SCRIPTS.values():
            seconds_to_canvas(browser, script)  # fills the caches of disk and browser
        for number in range(ROUNDS):
            for name, script in SCRIPTS.items():
                times[name].append(seconds_to_canvas(browser, script))
            print(f"round {number + 1} of {ROUNDS}", {n: round(t[-1], 2) for n, t in times.items()})
        browser.close()
    medians = {name: statistics.median(values) for name, values in times.items()}
    result = {
        "command": "make bench-start",
        **provenance(),
        "rounds": ROUNDS,
        "median_seconds_to_canvas": {name: round(value, 2) for name, value in medians.items()},
        "ratio": round(medians["app"] / medians["floor"], 2),
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
