"""Every page, opened by its address on a server that nobody has visited yet."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmark.speed.browser import serving
from tests.browser.conftest import assert_no_sideways_scrolling, opened
from training.augment.strokes import render
from ui.text import section, text

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
        expect(menu).to_have_text(list(section("menu").values()))
        expect(page.locator("[data-testid=stException]")).to_have_count(0)
        assert text("app.name") in page.title()


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
    expect(page.get_by_text(text("errors.damaged", name="broken.png"))).to_be_visible()
    expect(page.get_by_alt_text(text("upload.picture", name="two.png"))).to_be_visible()


def test_number_on_an_image_is_one_digit_where_that_is_said(
    page: Page, server: str, tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "number.png"), np.hstack([render(2), render(5)]))
    page.goto(f"{server}/upload")
    page.locator("input[type=file]").set_input_files(tmp_path / "number.png")
    expect(page.locator(READING)).to_have_text(["25"])
    expect(page.locator(".upload .box")).to_have_text(["2", "5"])
    page.get_by_text(text("upload.single")).click()
    expect(page.locator(".upload .box")).to_have_count(1)
    page.get_by_text(text("upload.single")).click()
    expect(page.locator(READING)).to_have_text(["25"])


def test_ink_is_darker_or_lighter_as_is_said(page: Page, server: str, tmp_path: Path) -> None:
    dark, light = render(3, brush=8, paper=128), render(7, brush=8, ink=255, paper=128)
    cv2.imwrite(str(tmp_path / "both.png"), np.hstack([dark, light]))
    page.goto(f"{server}/upload")
    page.locator("input[type=file]").set_input_files(tmp_path / "both.png")
    for ink, digit in (("light_on_dark", "7"), ("dark_on_light", "3")):
        page.get_by_role("combobox", name=text("upload.ink")).click()
        page.get_by_role("option", name=section("inks")[ink]).click()
        expect(page.locator(READING)).to_have_text([digit])


def test_how_an_image_was_read_opens_and_shows_every_stage(
    phone: Page, server: str, tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "four.png"), render(4))
    phone.goto(f"{server}/upload")
    phone.locator("input[type=file]").set_input_files(tmp_path / "four.png")
    expect(phone.locator(READING)).to_have_text(["4"])
    phone.get_by_text(text("pipeline.title")).click()
    expect(phone.locator(".stage")).to_have_count(6)
    expect(phone.locator(".stage .box")).to_have_text(["4"])
    assert_no_sideways_scrolling(phone)


def test_camera_waits_until_it_is_wanted(page: Page, server: str) -> None:
    page.goto(f"{server}/upload")
    expect(page.get_by_text(text("upload.prompt"))).to_be_visible()
    expect(page.get_by_test_id("stCameraInput")).to_have_count(0)
    page.get_by_role("tab", name=text("upload.camera")).click()
    expect(page.get_by_test_id("stCameraInput")).to_be_visible()


def test_file_name_is_shown_as_text_not_run(page: Page, server: str, tmp_path: Path) -> None:
    file = tmp_path / "<img src=x onerror=alert(1)>.png"
    cv2.imwrite(str(tmp_path / "plain.png"), render(3))
    (tmp_path / "plain.png").rename(file)
    page.on("dialog", lambda _: pytest.fail("the file name was run"))
    page.goto(f"{server}/upload")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator(READING)).to_have_text(["3"])
    expect(page.locator(".upload figcaption")).to_have_text([file.name])


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
    assert_no_sideways_scrolling(phone)
