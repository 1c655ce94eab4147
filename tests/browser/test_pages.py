"""Every page, opened by its address on a server that nobody has visited yet."""

from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmark.browser import serving
from tests.browser.conftest import opened
from tests.drawings import render

READING = ".reading-text"
WHAT_MAKES_IT_COMPLETE = {
    "": ".st-key-canvas_frame",
    "upload": "[data-testid=stFileUploader]",
    "training_history": "[data-testid=stVegaLiteChart] :is(svg, canvas)",
}


@pytest.mark.parametrize("path", WHAT_MAKES_IT_COMPLETE)
def test_page_opened_first_after_a_start_is_complete(
    browser: Browser, tmp_path: Path, path: str
) -> None:
    with (
        serving(tmp_path / "log") as address,
        opened(browser, viewport={"width": 1280, "height": 720}) as page,
    ):
        page.goto(f"{address}/{path}")
        expect(page.locator(WHAT_MAKES_IT_COMPLETE[path]).first).to_be_visible()
        menu = page.locator(".st-key-menu a")
        expect(menu).to_have_text(["Draw", "Upload", "Training history"])
        expect(page.locator("[data-testid=stException]")).to_have_count(0)
        assert "Digit reader" in page.title()


def test_uploaded_images_are_read_and_a_damaged_one_is_named(
    page: Page, server: str, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("two.png", "broken.png", "nine.jpg")]
    cv2.imwrite(str(files[0]), render(2))
    cv2.imwrite(str(files[2]), render(9, ink=240, paper=20))
    files[1].write_bytes(files[0].read_bytes()[:150])
    page.goto(f"{server}/upload")
    page.locator("input[type=file]").set_input_files(files)
    expect(page.locator(READING)).to_have_text(["2", "9"])
    expect(page.get_by_text("broken.png is damaged and cannot be decoded.")).to_be_visible()
    expect(page.get_by_alt_text("The uploaded image two.png")).to_be_visible()


def test_file_name_is_shown_as_text_not_run(page: Page, server: str, tmp_path: Path) -> None:
    file = tmp_path / "<img src=x onerror=alert(1)>.png"
    cv2.imwrite(str(tmp_path / "plain.png"), render(3))
    (tmp_path / "plain.png").rename(file)
    page.on("dialog", lambda _: pytest.fail("the file name was run"))
    page.goto(f"{server}/upload")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator(READING)).to_have_text(["3"])
    expect(page.locator("[data-testid=stImageCaption]")).to_have_text([file.name])


def test_name_of_a_damaged_file_is_shown_as_it_is(page: Page, server: str, tmp_path: Path) -> None:
    file = tmp_path / ":red[*best*] $x$ [a](b).png"
    file.write_bytes(b"\x89PNG\r\n\x1a\nno more")
    page.goto(f"{server}/upload")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("alert")).to_contain_text(file.name)


@pytest.mark.parametrize("path", WHAT_MAKES_IT_COMPLETE)
@pytest.mark.parametrize("width", [390, 360, 320])
def test_page_fits_a_phone(phone: Page, server: str, path: str, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 640})
    phone.goto(f"{server}/{path}")
    expect(phone.locator(WHAT_MAKES_IT_COMPLETE[path]).first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= width
