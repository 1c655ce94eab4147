"""A real Chromium and a real server, for tests, measurements and pictures."""

import itertools
import math
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Error, Locator, Page, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_NAMES = (
    "chromium-headless-shell",  # without windows and all that draws them
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Pages in the background run as fast as the one in front.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
]
HOW_TO_GET_ONE = (
    "no Chromium: `apt install chromium` or `.venv/bin/playwright install --with-deps chromium`"
)
START_SECONDS = 60
MOUSE_PIXELS = 8  # between two reports of a mouse that draws a line

Points = list[tuple[float, float]]


class NoBrowserError(Exception):
    """No Chromium on this machine; the message says how to get one."""


def launch(playwright: Playwright) -> Browser:
    """Start the system's Chromium, or the one that Playwright installed."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    try:
        return playwright.chromium.launch(executable_path=found, args=FLAGS)
    except Error as error:  # none installed, or one that lacks a library
        raise NoBrowserError(HOW_TO_GET_ONE) from error


@dataclass(frozen=True)
class Server:
    """A running Streamlit server."""

    address: str
    pid: int

    def memory_mb(self) -> float:
        """Return its resident memory in MB, on Linux."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6
        raise RuntimeError(f"the memory of process {self.pid} is unknown")


@contextmanager
def serving(log: Path, script: str = "app.py") -> Iterator[str]:
    """Start a Streamlit script as `running` does; yield its address."""
    with running(log, script) as server:
        yield server.address


@contextmanager
def running(log: Path, script: str = "app.py") -> Iterator[Server]:
    """Start a Streamlit script on a free port. The server's output goes to `log`.

    APP_PYTHON names another interpreter to serve with, to try the app in another environment.
    """
    port = free_port()
    python = os.environ.get("APP_PYTHON", sys.executable)
    command = [python, "-m", "streamlit", "run", script, "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    with log.open("wb") as output:  # a file, since a full pipe would stop the server
        server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_healthy(address, server, log)
        yield Server(address, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=20)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(
    address: str, server: subprocess.Popen[bytes], log: Path, seconds: float = START_SECONDS
) -> None:
    """Poll until the server answers; if it does not, raise RuntimeError with its log."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')}")


def canvas(page: Page) -> Locator:
    """Return the canvas, once it can be drawn on."""
    surface = page.locator("canvas").last
    surface.wait_for()
    return surface


def draw(page: Page, strokes: list[Points], *, side: float = 100) -> None:
    """Draw strokes on a canvas of `side` by `side` with the mouse, point by point."""
    box = canvas(page).bounding_box()
    if box is None:
        raise RuntimeError("the canvas is hidden")
    for stroke in strokes:
        points = [
            (box["x"] + x * box["width"] / side, box["y"] + y * box["height"] / side)
            for x, y in stroke
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for start, end in itertools.pairwise(points):
            # Few where points are close, as a mouse reports them, but enough to keep corners.
            steps = min(4, math.ceil(math.dist(start, end) / MOUSE_PIXELS))
            page.mouse.move(*end, steps=max(1, steps))
        page.mouse.up()


def main() -> int:
    """Report whether a browser starts: exit status 0 if one does."""
    with sync_playwright() as playwright:
        try:
            launch(playwright).close()
        except NoBrowserError as error:
            print(error)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
