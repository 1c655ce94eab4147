"""The ink of each character of a text line, by the columns in which it was seen."""

import numpy as np
import pytest

from model.ink.components import Component
from model.line.columns import Span, segment_by_columns


def bar(left: int, width: int = 10, height: int = 40, top: int = 0) -> Component:
    return Component(np.ones((height, width), np.float32), (left, top, width, height))


def test_each_character_gets_the_ink_in_its_columns() -> None:
    one, two = bar(0), bar(20)
    found = segment_by_columns([two, one], [(3, 6), (22, 27)], 40)
    assert found.characters == [one, two]
    assert found.left_out == []


def test_parts_of_one_character_are_merged() -> None:
    found = segment_by_columns([bar(0, height=15), bar(2, height=15, top=20)], [(3, 6)], 35)
    (character,) = found.characters
    assert character is not None
    assert character.box == (0, 0, 12, 35)


def test_ink_beside_the_columns_belongs_to_the_nearest_character() -> None:
    flag = bar(11, width=4, height=8)
    found = segment_by_columns([bar(0), flag, bar(40)], [(3, 6), (43, 46)], 40)
    assert [None if c is None else c.box for c in found.characters] == [
        (0, 0, 15, 40),
        (40, 0, 10, 40),
    ]


def test_ink_far_from_every_character_is_left_out() -> None:
    near, far = bar(0), bar(60)
    found = segment_by_columns([near, far], [(3, 6)], 40)
    assert found.characters == [near]
    assert found.left_out == [far]


def test_character_without_ink_has_none_and_without_characters_all_is_left_out() -> None:
    component = bar(0)
    assert segment_by_columns([component], [(3, 6), (90, 94)], 40).characters == [component, None]
    assert segment_by_columns([component], [], 40) == ([], [component])


def test_component_over_several_characters_is_cut_where_there_is_least_ink() -> None:
    ink = np.ones((40, 60), np.float32)
    ink[4:, 17:19] = 0  # thin bridges, beside the middles between the characters
    ink[4:, 42:44] = 0
    component = Component(ink, (100, 20, 60, 40))
    found = segment_by_columns([component], [(104, 112), (126, 134), (148, 156)], 40)
    boxes = [None if c is None else c.box for c in found.characters]
    lefts = [100, *(box[0] for box in boxes[1:] if box)]
    assert 117 <= lefts[1] <= 119
    assert 142 <= lefts[2] <= 144
    assert found.left_out == []


def test_cut_loses_no_ink() -> None:
    ink = np.random.default_rng(0).uniform(0.1, 1, (30, 50)).astype(np.float32)
    component = Component(ink, (7, 3, 50, 30))
    found = segment_by_columns([component], [(10, 20), (28, 34), (45, 52)], 30)
    pieces = [c for c in found.characters if c is not None]
    assert len(pieces) == 3
    assert sum(float(c.ink.sum()) for c in pieces) == pytest.approx(float(ink.sum()), rel=1e-5)
    for piece in pieces:
        x, y, w, h = piece.box
        assert (piece.ink == ink[y - 3 : y - 3 + h, x - 7 : x - 7 + w]).all()


def test_evenly_inked_component_is_cut_in_the_middle() -> None:
    found = segment_by_columns([bar(0, width=40)], [(8, 12), (28, 32)], 40)
    assert [c and c.box for c in found.characters] == [(0, 0, 20, 40), (20, 0, 20, 40)]


@pytest.mark.parametrize("width", [1, 2, 3])
def test_component_narrower_than_its_characters_is_cut_without_an_error(width: int) -> None:
    spans: list[Span] = [(0.2 * n, 0.2 * n + 0.15) for n in range(5)]
    found = segment_by_columns([bar(0, width=width, height=2)], spans, 2)
    assert sum(c.width for c in found.characters if c) == width
