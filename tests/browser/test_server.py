"""What monitoring sees of the server, and what a visitor sees when it fails."""

import json
import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from websockets import Origin
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from benchmark.speed.browser import canvas, serving
from model.diagnostics import VERSION
from model.network.artifact import DEFAULT_MODEL_FILE, sha256
from tests.browser.conftest import opened


def test_health_over_http_is_a_digit_that_is_read(server: str) -> None:
    with urllib.request.urlopen(f"{server}/health", timeout=20) as response:  # noqa: S310 - ours
        assert json.load(response)["healthy"]


def test_last_line_of_a_page_shows_version_and_model(page: Page, server: str) -> None:
    page.goto(server)
    surface = canvas(page).bounding_box()
    line = page.locator(".st-key-about")
    checksum = sha256(DEFAULT_MODEL_FILE.read_bytes())[:12]
    expect(line).to_contain_text(VERSION)
    expect(line).to_contain_text(checksum)
    place = line.bounding_box()
    assert surface
    assert place
    assert place["y"] > surface["y"] + surface["height"]


def test_page_that_fails_shows_a_reference_and_no_more(browser: Browser, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(log, "tests/browser/raises.py") as address, opened(browser) as page:
        page.goto(address)
        expect(page.get_by_role("alert")).to_be_visible()
        found = re.search(r"[0-9a-f]{8}", page.get_by_role("alert").inner_text())
        assert found
        assert "secret" not in page.content()
        assert "Traceback" not in page.content()
        lines = [line for line in log.read_text().splitlines() if found[0] in line]
    assert len(lines) == 1
    assert "RuntimeError: 'a secret of the server' at " in lines[0]


def test_another_site_may_not_connect(server: str) -> None:
    address = f"{server.replace('http', 'ws')}/_stcore/stream"
    with connect(address, origin=Origin(server)):
        pass
    with (
        pytest.raises(InvalidStatus, match="403"),
        connect(address, origin=Origin("https://elsewhere.example")),
    ):
        pass
