"""Draw digits and whole numbers on the canvas of the app, which is wider than high."""

import itertools

from playwright.sync_api import Page

from benchmark.speed.browser import draw
from training.augment.strokes import PointList, written
from ui.canvas import CANVAS_HEIGHT, CANVAS_WIDTH


def number(text: str) -> list[list[PointList]]:
    """Return the strokes of each digit of a text, in pixels of the canvas, well apart."""
    lines = text.split("\n")
    height = min(
        0.7 * CANVAS_WIDTH / max(map(len, lines)), 0.7 * CANVAS_HEIGHT / (2 * len(lines) - 1)
    )
    top = (CANVAS_HEIGHT - (2 * len(lines) - 1) * height) / 2
    return written(text, height, left=0.05 * CANVAS_WIDTH, top=top, gap=0.6)


def placed(strokes: list[PointList], *, left: float, top: float, scale: float) -> list[PointList]:
    """Return strokes enlarged from their origin, which goes to (left, top)."""
    return [[(left + x * scale, top + y * scale) for x, y in stroke] for stroke in strokes]


def draw_pixels(page: Page, strokes: list[PointList]) -> None:
    """Draw strokes, in pixels of the canvas however large it is shown, with the mouse."""
    draw(
        page,
        [
            [(100 * x / CANVAS_WIDTH, 100 * y / CANVAS_HEIGHT) for x, y in stroke]
            for stroke in strokes
        ],
    )


def draw_number(page: Page, text: str) -> None:
    """Draw a number with the mouse."""
    draw_pixels(page, list(itertools.chain(*number(text))))
