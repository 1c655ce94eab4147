"""Time from a fresh clone and `make app` to a canvas that can be drawn on.

`make bench-setup` prints it and stores it in benchmark/results/setup.json. It includes the download
of all packages, so it depends on the network.
"""

import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmark import RESULTS
from benchmark.speed.browser import ROOT, canvas, free_port, launch, wait_until_healthy
from training.run import provenance

LIMIT_SECONDS = 1200


def main() -> None:
    """Clone, `make app`, wait for the canvas."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright)
        clone, log = Path(folder) / "clone", Path(folder) / "log"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        environment = {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_HEADLESS": "true"}
        start = time.perf_counter()
        with log.open("wb") as output:
            make = subprocess.Popen(
                ["make", "app"],
                cwd=clone,
                env=os.environ | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_until_healthy(f"http://localhost:{port}", make, log, LIMIT_SECONDS)
            page = browser.new_page()
            page.goto(f"http://localhost:{port}")
            canvas(page)
            seconds = time.perf_counter() - start
        finally:
            os.killpg(make.pid, signal.SIGTERM)
            make.wait(timeout=20)
        browser.close()
    result = {
        "command": "make bench-setup",
        **provenance(),
        "seconds_to_canvas": round(seconds),
    }
    (RESULTS / "setup.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
