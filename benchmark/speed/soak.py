"""A soak test of the server: `python -m benchmark.speed.soak --minutes 30`.

Several visitors draw, upload, open every page, leave and come back. The server's memory and the
errors in its log go to benchmark/results/soak.json.
"""

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmark import RESULTS
from benchmark.speed.browser import Server, launch, running
from benchmark.speed.latency import APPS, PATIENCE, answers, begin, opened
from training.augment.photos import PHOTO_STYLES, photo
from training.augment.strokes import render
from training.run import provenance

SOAK_VISITORS = 5  # at a time
STROKES_OF_A_DRAWING = 6
MEMORY_SAMPLES = 60  # spread evenly over the whole time
MOST_GROWTH = 0.05  # of the memory, from the third quarter of the time to the last
READING = ".reading-text"
TROUBLE = re.compile(r"Traceback|Error|Exception|CRITICAL")


def pictures(folder: Path) -> list[Path]:
    """Write the files to upload: a drawing, a photo and a damaged file."""
    files = [folder / name for name in ("drawing.png", "photo.jpg", "damaged.png")]
    cv2.imwrite(str(files[0]), render(5))
    cv2.imwrite(str(files[1]), photo(PHOTO_STYLES["evenly lit"], "27").grey)
    files[2].write_bytes(files[0].read_bytes()[:100])
    return files


def full_visit(page: Page, files: list[Path]) -> Iterator[str]:
    """Lead one visitor through the app; yield the name of each step once it is done."""
    begin(page, APPS["app"], STROKES_OF_A_DRAWING)
    yield "drawing begun"  # others go on meanwhile
    answers(page)
    yield "drawing read"
    drawn = page.locator(READING).inner_text()
    _open(page, "Upload")
    page.locator("input[type=file]").set_input_files(files)
    expect(page.locator(READING)).to_have_text(["5", "27"])
    expect(page.get_by_role("alert")).to_have_count(1)  # the damaged one
    yield "upload read"
    page.get_by_text("How it was read").last.click()
    expect(page.locator(".stage")).to_have_count(6)
    yield "stages opened"
    _open(page, "Training history")
    yield "history opened"
    _open(page, "Draw")
    expect(page.locator(READING)).to_have_text(drawn)
    yield "drawing found again"


def _open(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    page.locator("h1.page-title", has_text=name).wait_for()


def soak(browser: Browser, server: Server, folder: Path, minutes: float) -> dict[str, Any]:
    """Let visitors come and go; return what they did and the memory in even steps of time."""
    files, done, memory = pictures(folder), Counter[str](), [server.memory_mb()]
    begun = time.monotonic()
    visitors: list[tuple[Page, Iterator[str]] | None] = [None] * SOAK_VISITORS
    while (passed := time.monotonic() - begun) < 60 * minutes or any(visitors):
        if passed >= len(memory) * 60 * minutes / MEMORY_SAMPLES:
            memory.append(server.memory_mb())
        for place, visitor in enumerate(visitors):
            if visitor is None:
                if passed < 60 * minutes:  # nobody comes to a place that closes
                    page = opened(browser, server)
                    visitors[place] = page, full_visit(page, files)
                continue
            page, way = visitor
            step = next(way, None)
            if page.locator("[data-testid=stException]").count():
                raise AssertionError(f"a page shows an error after {done}")
            done[step or "visit"] += 1
            if step is None:
                page.context.close()
                visitors[place] = None
    return {"done": dict(done), "memory_mb": [round(mb) for mb in memory]}


def is_flat(memory: list[float]) -> bool:
    """Return whether the last quarter of the time took no more memory than the one before it."""
    quarter = max(1, len(memory) // 4)
    last, before = memory[-quarter:], memory[-2 * quarter : -quarter] or memory
    return statistics.median(last) <= (1 + MOST_GROWTH) * statistics.median(before)


def main(argv: list[str] | None = None) -> int:
    """Soak, print and store; exit status 1 where memory grew or the log shows an error."""
    p = argparse.ArgumentParser(
        prog="python -m benchmark.speed.soak", description=__doc__.split("\n")[0]
    )
    p.add_argument("--minutes", type=float, default=30)
    p.add_argument("--out", type=Path, default=RESULTS / "soak.json")
    arguments = p.parse_args(argv)
    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        log = Path(place) / "log"
        with running(log) as server:
            browser = launch(playwright)
            figures = soak(browser, server, Path(place), arguments.minutes)
            browser.close()
        trouble = [line for line in log.read_text().splitlines() if TROUBLE.search(line)]
    result = {
        "command": f"python -m benchmark.speed.soak --minutes {arguments.minutes:g}",
        **provenance(),
        "visitors": SOAK_VISITORS,
        **figures,
        "flat": is_flat(figures["memory_mb"]),
        "trouble": trouble,
    }
    arguments.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    return 0 if result["flat"] and not trouble else 1


if __name__ == "__main__":
    sys.exit(main())
