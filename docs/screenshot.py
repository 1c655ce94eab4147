"""Take the README's picture of the running app: `make screenshot`."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmark.speed.browser import launch, serving
from benchmark.speed.drawing import draw_number

PICTURE = Path(__file__).with_name("draw.png")


def main() -> None:
    """Draw a number and photograph the page with its reading."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "log") as address,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1040, "height": 626}, device_scale_factor=1.5)
        page.goto(address)
        draw_number(page, "2024")
        page.locator(".reading-text").get_by_text("2024").wait_for()
        page.mouse.move(0, 0)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
