"""Components become digits by their scores; the scorer here knows where the digits are."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from model.ink.binarize import Ink
from model.ink.components import Box, Component, find_components
from model.segment.candidates import Candidate, Scorer
from model.segment.digits import digits_of, find_digits
from model.segment.single import find_single_digit

UNKNOWN = np.full(10, 0.1, np.float32)


def certain(label: int) -> np.ndarray:
    probabilities = np.full(10, 0.003, np.float32)
    probabilities[label] = 0.973
    return probabilities


def overlap(one: Box, two: Box) -> float:
    """Area that two boxes share by the area that they cover."""
    (x, y, w, h), (a, b, c, d) = one, two
    shared = max(0, min(x + w, a + c) - max(x, a)) * max(0, min(y + h, b + d) - max(y, b))
    return shared / (w * h + c * d - shared)


def knowing(*digits: Box) -> Scorer:
    """A scorer that is confident of what fills one of these boxes, the n-th being the digit n."""

    def score(components: Sequence[Component]) -> list[Candidate]:
        scored = []
        for component in components:
            known = [n for n, box in enumerate(digits) if overlap(component.box, box) > 0.8]
            probabilities = certain(known[0]) if known else UNKNOWN
            scored.append(Candidate(component, np.zeros((28, 28), np.float32), probabilities))
        return scored

    return score


def page(*boxes: Box, shape: tuple[int, int] = (300, 500)) -> Ink:
    """An ink map of blocks."""
    ink = np.zeros(shape, np.float32)
    for x, y, w, h in boxes:
        ink[y : y + h, x : x + w] = 1
    return ink


def read(ink: Ink, score: Scorer) -> str:
    """What was read: the number of each box, or "?"."""
    return "\n".join(
        "".join(str(d.probabilities.argmax()) if d.confidence > 0.8 else "?" for d in line)
        for line in find_digits(ink, score)
    )


A, B, C = (50, 50, 40, 80), (130, 55, 45, 75), (220, 45, 40, 85)
D, E = (60, 180, 40, 80), (150, 185, 40, 75)


def test_nothing_is_read_without_components() -> None:
    assert find_digits(page(), knowing()) == []
    assert digits_of([], knowing()) == []
    assert find_single_digit(page(), knowing()) == []


def test_glyph_is_cropped_to_its_ink() -> None:
    ink = np.zeros((50, 40), np.float32)
    ink[10:30, 5:12] = 0.5
    ((scored,),) = find_single_digit(ink, knowing())
    assert scored.component.box == (5, 10, 7, 20)
    assert scored.component.ink.shape == (20, 7)
    assert scored.component.ink.min() == 0.5


def test_digits_are_read_in_their_order() -> None:
    assert read(page(C, A, B), knowing(A, B, C)) == "012"


def test_two_lines() -> None:
    assert read(page(A, B, C, D, E), knowing(A, B, C, D, E)) == "012\n34"


def test_unknown_glyph_among_digits_is_kept() -> None:
    assert read(page(A, B, C), knowing(A, (0, 0, 1, 1), C)) == "0?2"


@pytest.mark.parametrize(
    "parts",
    [
        [(100, 40, 50, 12), (100, 60, 50, 70)],  # the bar of a 5 above its belly
        [(100, 40, 20, 60), (128, 40, 20, 90)],  # the two strokes of a 4
        [(100, 40, 50, 44), (102, 88, 46, 42)],  # the two rings of an 8
    ],
)
def test_parts_of_a_digit_are_merged(parts: list[Box]) -> None:
    both = (100, 40, 50, 90)
    left, right = (20, 42, 45, 88), (190, 42, 45, 88)
    assert read(page(left, *parts, right), knowing(left, both, right)) == "012"
    assert read(page(*parts), knowing((0, 0, 1, 1), both)) == "1"


def test_two_digits_close_to_each_other_stay_two() -> None:
    left, right = (100, 40, 40, 90), (146, 40, 40, 90)
    assert read(page(left, right), knowing(left, right)) == "01"


def test_digits_above_each_other_stay_two() -> None:
    upper, lower = (100, 40, 50, 80), (100, 130, 50, 80)
    assert read(page(upper, lower), knowing(upper, lower)) == "0\n1"


def test_touching_digits_are_split() -> None:
    """A lone component must be far too wide for a letter, one beside others need not."""
    left, right, bridge = (100, 40, 75, 90), (181, 40, 75, 90), (175, 80, 6, 6)
    assert read(page(left, right, bridge), knowing(left, right)) == "01"
    left, right, bridge = (100, 40, 50, 90), (156, 40, 50, 90), (150, 80, 6, 6)
    other = (250, 40, 50, 90)
    assert read(page(left, right, bridge, other), knowing(left, right, other)) == "012"


def test_touching_digits_are_split_with_dirt_beside_them() -> None:
    left, right, bridge = (100, 40, 50, 90), (156, 40, 50, 90), (150, 80, 6, 6)
    other, dirt = (250, 40, 50, 90), (96, 132, 12, 4)
    assert read(page(left, right, bridge, other, dirt), knowing(left, right, other)) == "012"


def test_likely_zero_is_not_split_though_its_halves_look_like_digits() -> None:
    ink = page(C)
    for x in (80, 140):  # two rings that touch
        cv2.circle(ink, (x, 85), 30, 1.0, 8)
    left, right = (46, 51, 67, 69), (108, 51, 67, 69)
    sure = knowing((46, 51, 35, 69), (80, 51, 35, 69), right, C)

    def score(components: Sequence[Component]) -> list[Candidate]:
        likely = 0.84 * certain(9) + 0.16 * UNKNOWN
        return [
            replace(j, probabilities=likely) if overlap(j.component.box, left) > 0.8 else j
            for j in sure(components)
        ]

    assert read(ink, score) == "923"


def test_non_digit_is_not_split_into_non_digits() -> None:
    left, right, bridge = (100, 40, 50, 90), (156, 40, 50, 90), (150, 80, 6, 6)
    for score in (knowing(), knowing(left), knowing((0, 0, 1, 1), right)):
        assert read(page(left, right, bridge), score) == "?"


def test_confident_digit_is_never_split() -> None:
    left, right, bridge = (100, 40, 30, 90), (136, 40, 30, 90), (130, 80, 6, 6)
    whole = (100, 40, 66, 90)
    assert read(page(left, right, bridge), knowing(whole, left, right)) == "0"


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param((102, 122, 8, 8), id="point between digits"),
        pytest.param((104, 118, 8, 20), id="comma"),
        pytest.param((100, 90, 24, 8), id="dash"),
        pytest.param((50, 150, 220, 6), id="line under them"),
        pytest.param((300, 230, 7, 7), id="dirt far away"),
    ],
)
def test_small_non_digit_is_left_out(extra: Box) -> None:
    assert read(page(A, B, C, extra), knowing(A, B, C)) == "012"


def scored_line(ink: Ink, score: Scorer) -> list[Candidate]:
    (line,) = find_digits(ink, score)
    return line


def test_flourish_over_its_neighbour_makes_neither_uncertain() -> None:
    bar, left, right = (50, 50, 110, 6), (50, 56, 40, 80), (112, 72, 70, 90)
    line = scored_line(page(bar, left, right), knowing((50, 50, 110, 86), A, right))
    assert [int(d.probabilities.argmax()) for d in line] == [0, 2]
    assert not any(d.uncertain for d in line)


@pytest.mark.parametrize("reading", [find_digits, find_single_digit])
def test_small_component_cut_off_by_the_border_is_uncertain(reading: Callable[..., Any]) -> None:
    for box, uncertain in (
        ((200, 265, 20, 35), True),
        ((200, 255, 20, 35), False),
        ((200, 200, 50, 100), False),
    ):
        ((scored,),) = reading(page(box), knowing(box))
        assert scored.uncertain is uncertain


def test_digits_in_one_place_are_uncertain() -> None:
    left, below, right = (50, 80, 10, 100), (50, 170, 100, 10), (140, 80, 10, 100)
    within = (75, 40, 50, 110)
    line = scored_line(page(left, below, right, within), knowing((50, 80, 100, 100), A, within))
    assert sorted(int(d.probabilities.argmax()) for d in line) == [0, 2]
    assert all(d.uncertain for d in line)


def test_frame_around_a_digit_is_not_merged_with_it() -> None:
    ink = page((100, 60, 40, 90))
    ink[20:200, 40:44] = ink[20:200, 216:220] = ink[20:24, 40:220] = ink[196:200, 40:220] = 1
    assert "0" in read(ink, knowing((100, 60, 40, 90)))


def test_components_are_not_changed_by_reading() -> None:
    components = find_components(page(A, B, C))
    before = list(components)
    digits_of(components, knowing(A, B, C))
    assert components == before


def test_number_of_scored_glyphs_is_bounded_on_a_texture() -> None:
    """A photo of a perforated sheet must not cost a server a minute."""
    scored = 0

    def score(components: Sequence[Component]) -> list[Candidate]:
        nonlocal scored
        scored += len(components)
        # Anything joined is a little better, the worst case.
        return [
            Candidate(
                m, np.zeros((28, 28), np.float32), certain(0) if m.size > 60 else UNKNOWN + 0.5
            )
            for m in components
        ]

    holes: list[Box] = [(20 * x, 20 * y, 17, 17) for x in range(1, 20) for y in range(1, 14)]
    find_digits(page(*holes), score)
    assert scored < 40 * len(holes)


def test_single_takes_all_ink_as_one_digit() -> None:
    ((scored,),) = find_single_digit(page(A, B), knowing())
    assert scored.component.box == (50, 50, 125, 80)


def test_single_prefers_all_ink_to_a_part_that_is_hardly_more_confident() -> None:
    def score(components: Sequence[Component]) -> list[Candidate]:
        sure = [0.93 if m.width > 100 else 0.96 for m in components]
        return [
            Candidate(m, np.zeros((28, 28), np.float32), np.array([s, 1 - s] + 8 * [0], np.float32))
            for m, s in zip(components, sure, strict=True)
        ]

    ((scored,),) = find_single_digit(page(A, B), score)
    assert scored.component.width > 100


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param((400, 250, 5, 5), id="dirt"),
        pytest.param((0, 270, 500, 30), id="table"),
        pytest.param((0, 160, 500, 3), id="rule"),
        pytest.param((400, 30, 60, 60), id="another component"),
    ],
)
def test_single_leaves_out_other_ink(extra: Box) -> None:
    ((scored,),) = find_single_digit(page((200, 60, 70, 140), extra), knowing((200, 60, 70, 140)))
    assert scored.confidence > 0.9


def test_single_is_not_thrown_off_by_faint_remains_far_away() -> None:
    """Ink too faint to be a component would stretch the box over the whole photo."""
    ink = page((200, 60, 70, 140), (0, 270, 500, 30))
    ink[10:14, 470:480] = 0.2
    ((scored,),) = find_single_digit(ink, knowing((200, 60, 70, 140)))
    assert scored.confidence > 0.9


def test_single_does_not_take_the_outline_for_the_whole() -> None:
    """A face is no 0, though its outline alone would be one."""
    ink = np.zeros((300, 300), np.float32)
    ink[50:250, 50:60] = ink[50:250, 240:250] = ink[50:60, 50:250] = ink[240:250, 50:250] = 1
    ink[100:130, 100:115] = ink[100:130, 185:200] = ink[190:205, 100:200] = 1

    def score(components: Sequence[Component]) -> list[Candidate]:
        hollow = [
            not m.ink[m.height // 4 : -m.height // 4, m.width // 4 : -m.width // 4].any()
            for m in components
        ]
        return [
            Candidate(m, np.zeros((28, 28), np.float32), certain(0) if h else UNKNOWN)
            for m, h in zip(components, hollow, strict=True)
        ]

    ((scored,),) = find_single_digit(ink, score)
    assert scored.confidence < 0.5
