"""Several visitors of one server: no one sees another's drawing, upload or choice."""

import itertools
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page, expect

from benchmark.speed.drawing import draw_pixels, number
from training.augment.strokes import render
from ui.text import text

READING = ".reading-text"
SINGLE = text("upload.single")


def test_visitors_who_draw_in_turns_see_their_own_drawings(
    page: Page, phone: Page, server: str
) -> None:
    visitors = {page: "2740", phone: "9135"}
    for visitor in visitors:
        visitor.goto(server)
        expect(visitor.get_by_text(text("draw.prompt"))).to_be_visible()
    digits = {visitor: number(written) for visitor, written in visitors.items()}
    for place, visitor in itertools.product(range(4), visitors):
        draw_pixels(visitor, digits[visitor][place])
        expect(visitor.locator(READING)).to_have_text([visitors[visitor][: place + 1]])
    page.locator(".st-key-clear button").click()
    expect(page.locator(READING)).to_have_count(0)
    expect(phone.locator(READING)).to_have_text(["9135"])
    phone.reload()  # a new visit: neither the own old drawing nor the other's
    expect(phone.get_by_text(text("draw.prompt"))).to_be_visible()
    expect(phone.locator(READING)).to_have_count(0)


def test_uploads_and_choices_are_each_visitors_own(
    page: Page, phone: Page, server: str, tmp_path: Path
) -> None:
    pictures = {page: (2, 5), phone: (4, 7)}
    for visitor, pair in pictures.items():
        file = tmp_path / f"{pair}.png"
        cv2.imwrite(str(file), np.hstack([render(digit) for digit in pair]))
        visitor.goto(f"{server}/upload")
        visitor.locator("input[type=file]").set_input_files(file)
    for visitor, (first, second) in pictures.items():
        expect(visitor.locator(READING)).to_have_text([f"{first}{second}"])
        expect(visitor.locator(".upload figcaption")).to_have_text([f"({first}, {second}).png"])
    page.get_by_text(SINGLE).click()
    expect(page.locator(".upload .box")).to_have_count(1)
    phone.get_by_text(text("pipeline.title")).click()  # runs the other visitor's page again
    expect(phone.locator(".stage .box")).to_have_text(["4", "7"])
    expect(phone.locator(".upload .box")).to_have_count(2)
    expect(phone.get_by_label(SINGLE)).not_to_be_checked()
    expect(page.locator(".stage")).to_have_count(0)
