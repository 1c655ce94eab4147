"""A real Chromium against a real server with the real model."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from benchmark.speed.browser import NoBrowserError, launch, serving

PATIENCE = 20_000  # milliseconds; a machine that is busy is no failure
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            chromium = launch(playwright)
        except NoBrowserError as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(str(error))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[str]:
    """One server for all tests that do not need a fresh one."""
    with serving(tmp_path_factory.mktemp("server") / "log") as address:
        yield address


def is_ours(message: ConsoleMessage) -> bool:
    """Whether an error is the app's.

    Not ours: Streamlit asking below a page's path before it asks at the root, and its usage
    statistics, which a deployment switches on, on a machine without a network.
    """
    address = message.location["url"]
    probe = address.endswith(("/_stcore/health", "/_stcore/host-config")) and "404" in message.text
    elsewhere = bool(address) and "127.0.0.1" not in address
    statistics = elsewhere or "metrics config" in message.text
    return not (probe or statistics)


def assert_no_sideways_scrolling(page: Page) -> None:
    """Wait for it, since a chart takes a moment to find its width."""
    for part in ("document.documentElement", "document.querySelector('.stMain')"):
        page.wait_for_function(f"{part}.scrollWidth <= {part}.clientWidth")


@contextmanager
def opened(browser: Browser, **options: object) -> Iterator[Page]:
    """A page in a session of its own; any error in its console fails the test."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and is_ours(message):
            errors.append(f"{message.text} {message.location['url']}")

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert errors == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a laptop's screen."""
    with opened(browser, viewport={"width": 1280, "height": 720}) as laptop:
        yield laptop


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page on a phone held upright, in the dark theme."""
    with opened(
        browser,
        viewport={"width": 390, "height": 664},
        color_scheme="dark",
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    ) as handheld:
        yield handheld
