"""Latency: until the canvas, the first digit and the next one, for one visitor and for twenty."""

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmark.speed.browser import Server, canvas, launch, running
from benchmark.speed.load import Recording, replayed

PEN = Path(__file__).with_name("pen.js").read_text("utf-8").rstrip().rstrip(";")
PATIENCE = 30_000  # milliseconds
# Small and without motion, so that twenty browsers on two cores do not paint what nobody sees.
SCREEN = ViewportSize(width=700, height=600)
VISITORS = 20
PERIOD = 2000  # milliseconds from stroke to stroke of one of many visitors


@dataclass(frozen=True)
class App:
    """A page with a canvas, and the selector of its answer."""

    script: str
    answer: str


APPS = {
    "blank": App("benchmark/apps/blank_app.py", "[data-testid=stText]"),
    "app": App("app.py", ".reading-text"),
    "baseline": App("benchmark/apps/baseline_app.py", "[data-testid=stText]"),
}


class NoAnswerError(Exception):
    """A page gave no answer, or an error; the message says which."""


@contextmanager
def served(app: App) -> Iterator[Server]:
    """Serve a page by a server of its own. Raises NoAnswerError if it logged an error."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with running(log, app.script) as server:
            yield server
        if "Traceback" in (text := log.read_text(errors="replace")):
            raise NoAnswerError(f"{app.script} raised an error:\n{text}")


def opened(browser: Browser, server: Server, recording: Recording | None = None) -> Page:
    """Return the page of a new visitor, once its canvas can be drawn on."""
    page = browser.new_context(viewport=SCREEN, reduced_motion="reduce").new_page()
    if recording:
        recording.listen(page)
    page.set_default_timeout(2 * PATIENCE)
    page.goto(server.address)
    canvas(page)
    return page


def begin(page: Page, app: App, strokes: int, period: int = 0) -> None:
    """Let the page draw on itself."""
    options = {"answer": app.answer, "strokes": strokes, "period": period, "patience": PATIENCE}
    canvas(page).evaluate(
        f"(surface, options) => {{ window.visit = ({PEN})(surface, options); }}", options
    )


def answers(page: Page) -> list[float]:
    """Return the milliseconds from the end of each stroke to its answer, once all are drawn.

    Raises NoAnswerError where one was not answered, or the page shows an error.
    """
    page.set_default_timeout(0)
    times: list[float | None] = page.evaluate("() => window.visit")
    if None in times or page.locator("[data-testid=stException]").count():
        raise NoAnswerError(f"{times.count(None)} of {len(times)} strokes were not answered")
    return [ms for ms in times if ms is not None]


def start(rounds: int) -> dict[str, Any]:
    """Measure the seconds from starting a server to its canvas, and to the first answer."""
    seconds: dict[str, dict[str, list[float]]] = {n: {"canvas": [], "first": []} for n in APPS}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for number in range(-1, rounds):  # the first round fills the caches of disk and browser
            for name, app in APPS.items():
                begun = time.perf_counter()
                with served(app) as server:
                    page = opened(browser, server)
                    there = time.perf_counter() - begun
                    begin(page, app, strokes=1)
                    answers(page)
                    first = time.perf_counter() - begun
                    page.context.close()
                if number >= 0:
                    seconds[name]["canvas"].append(there)
                    seconds[name]["first"].append(first)
        browser.close()
    medians = {
        name: {f"seconds_to_{what}": round(statistics.median(t), 2) for what, t in times.items()}
        for name, times in seconds.items()
    }
    return {"rounds": rounds, **medians}


def one_visitor(strokes: int) -> dict[str, Any]:
    """Measure the milliseconds from a stroke to its answer, and memory after the first one."""
    result: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name, app in APPS.items():
            with served(app) as server:
                page = opened(browser, server)
                begin(page, app, strokes=1)
                answers(page)
                memory = server.memory_mb()
                begin(page, app, strokes=strokes)
                result[name] = {**_spread(answers(page)), "first_reading_mb": round(memory)}
                page.context.close()
        browser.close()
    return result


def visitors_here(strokes: int) -> dict[str, Any]:
    """Measure one visitor, and twenty whose browsers share this machine, and memory after them.

    Each of the twenty draws so many strokes, the one alone half of them.
    """
    result: dict[str, Any] = {"visitors": VISITORS, "period_ms": PERIOD, "strokes": strokes}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name in ("blank", "app"):
            with served(APPS[name]) as server:
                alone = drawn_by(browser, server, APPS[name], 1, max(1, strokes // 2))
                together = drawn_by(browser, server, APPS[name], VISITORS, strokes)
                result[name] = {
                    "alone": _spread(alone),
                    "together": _spread(together),
                    "memory_mb": round(server.memory_mb()),
                }
        browser.close()
    return result


def drawn_by(
    browser: Browser,
    server: Server,
    app: App,
    visitors: int,
    strokes: int,
    *,
    recording: Recording | None = None,
) -> list[float]:
    """Return the milliseconds from each stroke to its answer, of visitors who draw at once."""
    pages = [opened(browser, server, recording) for _ in range(visitors)]
    for page in pages:
        begin(page, app, strokes, PERIOD)
        page.wait_for_timeout(PERIOD / visitors)  # they do not draw in step
    times = [ms for page in pages for ms in answers(page)]
    for page in pages:
        page.context.close()
    return times


def visitors_elsewhere(strokes: int) -> dict[str, Any]:
    """Measure one visitor, alone and among others whose browsers are elsewhere: see `replayed`."""
    result: dict[str, Any] = {"visitors": VISITORS, "period_ms": PERIOD, "strokes": strokes}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright)
        for name in ("blank", "app"):
            with served(APPS[name]) as server:
                recording, file = Recording(), Path(folder) / name
                drawn_by(browser, server, APPS[name], 1, 10)  # caches are filled
                alone = drawn_by(browser, server, APPS[name], 1, strokes, recording=recording)
                recording.save(file)
                with replayed(server, file, VISITORS - 1, PERIOD / 1000 / VISITORS):
                    time.sleep(PERIOD / 1000)  # until all have come
                    together = drawn_by(browser, server, APPS[name], 1, strokes - 2)
                result[name] = {"alone": _spread(alone), "together": _spread(together)}
        browser.close()
    return result


def _spread(times: Sequence[float]) -> dict[str, Any]:
    ordered = sorted(times)
    return {
        "n": len(ordered),
        "median_ms": round(statistics.median(ordered)),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]),
    }
