"""Pen ink at the scale of the writing, by an ink network that calls a known mask pen."""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.background import Polarity
from model.ink.components import find_components
from model.ink.pen import PAPER, PEN, PRINT, PenMaps, PenParams, find_pen, writing_height
from model.networks import load_networks
from training.augment.strokes import render

PARAMS = PenParams()
Mask = NDArray[np.bool_]


@dataclass
class FakeInkNetwork:
    """Knows which pixels of an image are pen and print, at any scale; remembers what it saw."""

    pen: Mask
    printed: Mask
    seen: list[tuple[int, ...]] = field(default_factory=list)

    def probabilities(self, grey: Grey) -> NDArray[np.float32]:
        """(H, W) uint8 to (H, W, 3)."""
        self.seen.append(grey.shape)
        found = np.zeros((*grey.shape, 3), np.float32)
        for k, mask in ((PEN, self.pen), (PRINT, self.printed)):
            levels = mask.astype(np.float32)
            found[..., k] = cv2.resize(levels, grey.shape[::-1], interpolation=cv2.INTER_AREA)
        found[..., PAPER] = 1 - found[..., PEN] - found[..., PRINT]
        return found


def page(
    shape: tuple[int, int], height: int, *, ink: int = 40, paper: int = 210, printed: bool = False
) -> tuple[Grey, FakeInkNetwork]:
    """Return an image with two strokes of a pen, and perhaps a printed bar below them."""
    rows, columns = shape
    pen, print_ = np.zeros(shape, bool), np.zeros(shape, bool)
    top, width = rows // 4, max(1, height // 5)
    for left in (columns // 4, columns // 4 + 3 * width):
        pen[top : top + height, left : left + width] = True
    if printed:
        print_[top + 2 * height : top + 2 * height + width, columns // 8 : -columns // 8] = True
    grey = np.where(pen | print_, ink, paper).astype(np.uint8)
    return grey, FakeInkNetwork(pen, print_)


def heights(maps: PenMaps) -> list[int]:
    return [component.height for component in find_components(maps.ink)]


@pytest.mark.parametrize(
    ("shape", "height"),
    [
        ((400, 600), 34),
        ((100, 150), 60),
        ((60, 90), 12),
        ((1500, 2000), 40),
        ((1500, 2000), 700),
        ((3000, 4000), 60),
        ((34, 2000), 18),
        ((28, 28), 20),
    ],
)
def test_writing_of_any_size_is_looked_at_at_the_height_that_the_network_knows(
    shape: tuple[int, int], height: int
) -> None:
    maps = find_pen(*page(shape, height))
    found = heights(maps)
    assert len(found) == 2
    for seen in found:
        assert max(seen / PARAMS.height, PARAMS.height / seen) < 1.15 * PARAMS.tolerance


def test_good_first_look_is_the_only_one() -> None:
    grey, network = page((384, 512), 34)
    find_pen(grey, network)
    assert len(network.seen) == 1


@pytest.mark.parametrize(("ink", "paper"), [(40, 210), (120, 150), (230, 30)])
@pytest.mark.parametrize("polarity", [None, "own"])
def test_ink_is_bright_where_the_pen_was_and_zero_on_print_and_paper(
    ink: int, paper: int, polarity: str | None
) -> None:
    grey, network = page((384, 512), 34, ink=ink, paper=paper, printed=True)
    own: Polarity = "light" if ink > paper else "dark"
    maps = find_pen(grey, network, own if polarity else None)
    assert maps.grey.shape == maps.ink.shape == maps.contrast.shape == maps.pen.shape
    assert maps.ink.dtype == np.float32
    assert 0 <= maps.ink.min() <= maps.ink.max() <= 1
    assert (maps.ink[network.pen] > 0.9).all()
    assert (maps.ink[network.printed] == 0).all()
    assert (maps.contrast[network.printed] > 0.7).all()
    assert (maps.pen[network.pen] > 0.9).all()
    empty = ~cv2.dilate((network.pen | network.printed).view(np.uint8), np.ones((7, 7))).view(bool)
    assert maps.contrast[empty].max() < 0.1


def test_given_polarity_is_obeyed() -> None:
    grey, network = page((384, 512), 34, ink=40, paper=210)
    assert find_pen(grey, network, "light").ink.max() < 0.001


def test_shadow_over_the_page_changes_no_contrast() -> None:
    grey, network = page((384, 512), 34)
    shaded = (grey * np.linspace(1, 0.4, 512)).astype(np.uint8)
    ink = find_pen(shaded, network).ink
    assert (ink[network.pen] > 0.7).all()
    assert (ink[~cv2.dilate(network.pen.view(np.uint8), np.ones((5, 5))).view(bool)] == 0).all()


@pytest.mark.parametrize("shape", [(280, 280), (3000, 4000), (28, 28)])
def test_blank_image_has_no_ink(shape: tuple[int, int]) -> None:
    grey, network = page(shape, 1)
    network.pen[:] = False
    maps = find_pen(grey, network)
    assert not maps.ink.any()
    assert not maps.contrast.any()
    assert len(network.seen) <= PARAMS.looks


@pytest.mark.parametrize(
    "shape", [(1, 1), (2, 3), (1, 5000), (5000, 1), (3, 20000), (2400, 3300), (5, 400)]
)
@pytest.mark.parametrize("inked", ["nothing", "a stroke", "everything"])
def test_image_of_any_shape_stays_within_bounds(shape: tuple[int, int], inked: str) -> None:
    pen = np.zeros(shape, bool)
    if inked != "nothing":
        pen[..., : shape[1] // 3 if inked == "a stroke" else None] = True
    network = FakeInkNetwork(pen, np.zeros(shape, bool))
    maps = find_pen(np.where(pen, 30, 220).astype(np.uint8), network)
    for rows, columns in network.seen:
        assert min(rows, columns) >= 1
        assert rows <= PARAMS.max_enlarged * shape[0] + 1
        assert columns <= PARAMS.max_enlarged * shape[1] + 1
        assert rows * columns <= 1.05 * PARAMS.max_pixels
    assert np.isfinite(maps.ink).all()


def test_tiny_writing_on_a_large_page_is_found_by_looking_closer() -> None:
    """A first look at the reduced page, which shows no stroke, is not the last."""
    grey, network = page((2000, 3000), 20)
    maps = find_pen(grey, network)
    assert heights(maps)
    assert len(network.seen) > 1


def test_height_is_that_of_the_most_ink_whatever_specks_there_are() -> None:
    pen = np.zeros((200, 200), np.float32)
    for left in range(20, 180, 30):
        pen[50:90, left : left + 8] = 1
    pen[120:180:8, 10:190:8] = 1  # specks of one pixel
    pen[10:14, 10:14] = 1
    assert writing_height(pen) == 40
    assert writing_height(np.zeros((9, 9), np.float32)) == 0
    assert writing_height(np.full((9, 9), 0.4, np.float32)) == 0


def test_trained_network_finds_the_stroke_of_a_drawing() -> None:
    grey = np.full((280, 280), 255, np.uint8)
    grey[70:210, 70:210] = render(3, side=140, brush=10)
    maps = find_pen(grey, load_networks().ink)
    drawn = cv2.resize(255 - grey, maps.ink.shape[::-1], interpolation=cv2.INTER_AREA) > 200
    assert maps.ink[drawn].mean() > 0.8
    far = ~cv2.dilate(drawn.view(np.uint8), np.ones((9, 9))).view(bool)
    assert maps.ink[far].mean() < 0.01
    assert math.isclose(maps.ink.max(), 1)
