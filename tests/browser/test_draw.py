"""Drawing on the drawing page."""

import io
import json
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Page, expect

from benchmark.speed.browser import canvas, draw
from benchmark.speed.drawing import draw_number, draw_pixels, number, placed
from tests.browser.conftest import assert_no_sideways_scrolling
from training.augment.strokes import BARRED_SEVEN, DRAWINGS
from ui.canvas import CANVAS_HEIGHT, CANVAS_WIDTH, DEFAULT_BRUSH
from ui.text import section, text

READING, CARD = ".reading-text", ".reading-card"

# By key: the canvas has buttons of the same names in its own toolbar.
MENU = list(section("menu").values())
UNDO, CLEAR = ".st-key-undo button", ".st-key-clear button"


def expect_reading(page: Page, number: str) -> None:
    expect(page.locator(READING)).to_have_text([number])


@pytest.mark.parametrize("digit", [4, 6])
def test_drawn_digit_is_read(page: Page, server: str, digit: int) -> None:
    """One of two strokes and one of one; tests/model reads all ten."""
    page.goto(server)
    expect(page.get_by_text(text("draw.prompt"))).to_be_visible()
    draw_number(page, str(digit))
    expect_reading(page, str(digit))
    expect(page.locator(".reading-bar")).to_have_count(10)
    expect(page.locator(".reading-bar.likeliest")).to_have_text(str(digit))


def test_real_pen_strokes_are_read(page: Page, server: str, data: Path) -> None:
    """A few of other people's digits, of one stroke and of two; tests/model reads hundreds."""
    samples = json.loads((data / "pen-dev.json").read_text())
    first_of_each = {sample["label"]: sample for sample in reversed(samples)}
    page.goto(server)
    for label in (3, 4, 8):
        draw_pixels(page, placed(first_of_each[label]["strokes"], left=110, top=30, scale=2 / 3))
        expect_reading(page, str(label))
        page.locator(CLEAR).click()
        expect(page.locator(READING)).to_have_count(0)


def shares(box: FloatRect, around: FloatRect) -> tuple[float, float, float, float]:
    """Left, top, width and height of a box as shares of another."""
    width, height = around["width"], around["height"]
    left, top = box["x"] - around["x"], box["y"] - around["y"]
    return left / width, top / height, box["width"] / width, box["height"] / height


def test_whole_number_is_read_without_a_switch(page: Page, server: str) -> None:
    page.goto(server)
    draw_number(page, "2024")
    expect_reading(page, "2024")
    expect(page.locator(".box")).to_have_text(["2", "0", "2", "4"])
    expect(page.locator(f"{CARD} .reading-head b")).to_have_text(["2", "0", "2", "4"])
    expect(page.locator(f"{CARD} .reading-bar")).to_have_count(40)
    expect(page.locator(f"{CARD} img")).to_have_count(4)


def test_boxes_are_where_the_digits_were_drawn(page: Page, server: str) -> None:
    page.goto(server)
    draw_number(page, "4202")
    expect(page.locator(".box")).to_have_count(4)  # the last digit is one stroke: all have arrived
    picture = page.locator(".picture").bounding_box()
    assert picture
    for strokes, box in zip(number("4202"), page.locator(".box").all(), strict=True):
        points = np.concatenate([np.array(stroke) for stroke in strokes])
        pen = DEFAULT_BRUSH / 2
        (x, y), (right, bottom) = points.min(axis=0) - pen, points.max(axis=0) + pen
        shown = box.bounding_box()
        assert shown
        assert shares(shown, picture) == pytest.approx(
            (
                x / CANVAS_WIDTH,
                y / CANVAS_HEIGHT,
                (right - x) / CANVAS_WIDTH,
                (bottom - y) / CANVAS_HEIGHT,
            ),
            abs=0.02,
        )


def test_second_digit_makes_a_number_and_undo_takes_it_back(page: Page, server: str) -> None:
    page.goto(server)
    three, two = number("32")
    draw_pixels(page, three)
    expect_reading(page, "3")
    draw_pixels(page, two)
    expect_reading(page, "32")
    expect(page.locator(CARD)).to_have_count(2)
    page.locator(UNDO).click()
    expect_reading(page, "3")
    expect(page.locator(CARD)).to_have_count(0)


def test_digits_of_several_strokes_are_read_whole(page: Page, server: str) -> None:
    page.goto(server)
    draw_pixels(page, placed(BARRED_SEVEN, left=20, top=75, scale=2.5))
    draw_pixels(page, placed(DRAWINGS[4], left=290, top=75, scale=2.5))
    expect_reading(page, "74")


def test_lines_are_kept(page: Page, server: str) -> None:
    page.goto(server)
    draw_number(page, "20\n53")
    expect(page.locator(READING)).to_have_text("20\n53", use_inner_text=True)


def test_undo_takes_back_one_stroke_and_clear_all(page: Page, server: str) -> None:
    page.goto(server)
    undo = page.locator(UNDO)
    clear = page.locator(CLEAR)
    canvas(page)
    expect(undo).to_be_disabled()
    draw_number(page, "1")
    expect_reading(page, "1")
    draw(page, [[(20, 20), (20, 80), (80, 80), (80, 20), (20, 20)]])
    expect(page.locator(READING)).not_to_have_text("1")
    undo.click()
    expect_reading(page, "1")
    undo.click()
    expect(page.get_by_text(text("draw.prompt"))).to_be_visible()
    draw_number(page, "7")
    expect_reading(page, "7")
    clear.click()
    expect(page.locator(READING)).to_have_count(0)
    expect(clear).to_be_disabled()
    draw_number(page, "3")
    expect_reading(page, "3")


def expect_colours(page: Page, background: str) -> None:
    """Wait until the canvas's corner has this tone and the ink on it the other one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        box = canvas(page).bounding_box()
        assert box
        shot = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("L")
        levels = np.asarray(shot).astype(int)[4:-4, 4:-4]  # within the outline
        corner = levels[0, 0]
        ink = levels.flat[np.abs(levels - corner).argmax()]
        dark, light = (ink, corner) if background == "light" else (corner, ink)
        if dark < 50 and light > 200:
            return
    pytest.fail(f"background {corner}, ink {ink}, expected a {background} background")


def test_ink_and_background_can_be_swapped_and_stay_so(page: Page, server: str) -> None:
    page.goto(server)
    draw_number(page, "5")
    expect_reading(page, "5")
    expect_colours(page, "light")
    page.get_by_role("button", name=text("draw.pen")).click()
    page.get_by_text(section("inks")["light_on_dark"]).click()
    page.keyboard.press("Escape")
    expect_colours(page, "dark")
    expect_reading(page, "5")
    page.get_by_role("link", name=section("menu")["upload"]).click()
    expect(page.get_by_text(text("upload.prompt"))).to_be_visible()
    page.get_by_role("link", name=section("menu")["draw"]).click()
    expect_reading(page, "5")
    expect_colours(page, "dark")


def test_drawing_is_kept_while_another_page_is_open(page: Page, server: str) -> None:
    page.goto(server)
    draw_number(page, "6")
    expect_reading(page, "6")
    page.get_by_role("link", name=section("menu")["upload"]).click()
    expect(page.get_by_text(text("upload.prompt"))).to_be_visible()
    page.get_by_role("link", name=section("menu")["draw"]).click()
    expect_reading(page, "6")


def test_how_it_was_read_opens_and_shows_every_stage(page: Page, server: str) -> None:
    page.goto(server)
    draw_number(page, "31")
    expect_reading(page, "31")
    expect(page.locator(".stage")).to_have_count(0)
    page.get_by_text(text("pipeline.title")).click()
    expect(page.locator(".stage")).to_have_count(6)
    expect(page.locator(".stage .pixels")).to_have_count(2)
    for picture in page.locator(".stage img").all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("image => image.complete && image.naturalWidth >= 28")
    expect(page.locator(".probabilities tr")).to_have_count(3)
    page.locator(UNDO).click()
    expect(page.locator(".probabilities tr")).to_have_count(2)  # it stays open, and keeps up


def test_two_visitors_see_their_own_drawings(page: Page, phone: Page, server: str) -> None:
    page.goto(server)
    phone.goto(server)
    draw_number(page, "2")
    draw_number(phone, "7")
    expect_reading(page, "2")
    expect_reading(phone, "7")


def test_phone_shows_drawing_and_reading_on_its_first_screen(phone: Page, server: str) -> None:
    phone.goto(server)
    draw_number(phone, "4")
    expect_reading(phone, "4")
    expect(phone.locator(".reading-bars")).to_be_in_viewport(ratio=1)
    expect(canvas(phone)).to_be_in_viewport(ratio=1)
    assert_no_sideways_scrolling(phone)


@pytest.mark.parametrize("width", [390, 360])
def test_phone_shows_a_number_and_its_stages_without_sideways_scrolling(
    phone: Page, server: str, width: int
) -> None:
    phone.set_viewport_size({"width": width, "height": 664})
    phone.goto(server)
    draw_number(phone, "27")
    expect_reading(phone, "27")
    expect(phone.locator(READING)).to_be_in_viewport(ratio=1)
    expect(canvas(phone)).to_be_in_viewport(ratio=1)
    phone.get_by_text(text("pipeline.title")).click()
    expect(phone.locator(".stage")).to_have_count(6)
    assert_no_sideways_scrolling(phone)


def test_touch_draws(phone: Page, server: str) -> None:
    phone.goto(server)
    box = canvas(phone).bounding_box()
    assert box
    x, top, bottom = box["x"] + box["width"] / 2, box["y"] + 40, box["y"] + box["height"] - 40
    touch = phone.context.new_cdp_session(phone)

    def send(kind: str, y: float | None = None) -> None:
        points = [] if y is None else [{"x": x, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", top)
    for step in range(1, 11):
        send("touchMove", top + (bottom - top) * step / 10)
    send("touchEnd")
    expect(phone.locator(".reading-bar.likeliest")).to_have_text("1")


def test_laptop_shows_drawing_and_reading_beside_each_other(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 600})
    page.goto(server)
    draw_number(page, "8")
    expect_reading(page, "8")
    expect(page.locator(".reading-bars")).to_be_in_viewport(ratio=1)
    surface, reading = canvas(page).bounding_box(), page.locator(READING).bounding_box()
    assert surface
    assert reading
    assert reading["x"] > surface["x"] + surface["width"]


def is_outlined(page: Page) -> bool:
    """Return whether the focused element has a visible outline."""
    style = "e => getComputedStyle(e).outlineStyle"
    return bool(page.locator(":focus").last.evaluate(style) == "solid")


def test_keyboard_reaches_menu_and_buttons_in_order(page: Page, server: str) -> None:
    page.goto(server)
    draw_number(page, "1")
    expect_reading(page, "1")
    reached: list[str] = []
    page.mouse.click(5, 5)
    for _ in range(20):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count():
            reached.append(focused.last.inner_text())
            assert reached[-1] not in MENU or is_outlined(page), reached[-1]
    tools = (text("draw.undo"), text("draw.clear"), text("draw.pen"))
    in_order = [*MENU, *tools, text("pipeline.title")]
    places = [next(i for i, label in enumerate(reached) if name in label) for name in in_order]
    assert places == sorted(places)
    page.locator(CLEAR).focus()
    assert is_outlined(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text(text("draw.prompt"))).to_be_visible()
