"""Glyphs in a line, and the pens that draw them."""

from dataclasses import replace

import numpy as np
import pytest

from training.scenes.corpus import Corpus
from training.scenes.hand import Hand, HandStyle, Scribe
from training.scenes.layers import Layer
from training.scenes.numbers import TextStyle, random_text
from training.scenes.pens import Nib, Pen, Pose, draw_image, draw_strokes
from training.scenes.printing import Typesetter
from training.scenes.shapes import SHAPES
from training.scenes.writing import VISIBLE, LineStyle, write_line

ALL = "0123456789.,-/:+=?"
KINDS = [(1.0, 0, 0, 0), (0, 1.0, 0, 0), (0, 0, 1.0, 0), (0, 0, 0, 1.0)]


def ink_height(layer: Layer) -> int:
    rows = np.flatnonzero((layer > VISIBLE).any(axis=1))
    return int(rows[-1] - rows[0] + 1)


@pytest.mark.parametrize("kinds", KINDS, ids=["images", "strokes", "templates", "fonts"])
def test_hand_writes_every_character_about_as_high_as_asked(
    corpus: Corpus, kinds: tuple[float, float, float, float]
) -> None:
    random = np.random.default_rng(1)
    style = replace(HandStyle(), kinds=kinds, uneven=(0, 0), slant=(0, 0, 0, 0), glyph_turn=0)
    hand = Hand(random, corpus, 40, replace(style, turn=0, pen=(0.08, 0.09), hairline=0, marker=0))
    for character in ALL:
        assert (hand.glyph(character) > VISIBLE).any()
    heights = [ink_height(hand.glyph(digit)) for digit in "0123456789"]
    assert 34 <= np.median(heights) <= 48


def test_press_sets_every_character() -> None:
    press = Typesetter(np.random.default_rng(1), 30)
    for character in ALL:
        assert (press.glyph(character) > VISIBLE).any()
    assert 26 <= ink_height(press.glyph("8")) <= 34


@pytest.mark.parametrize("nib", ["round", "pressed", "broad"])
def test_wider_pens_leave_more_ink(nib: Nib) -> None:
    strokes = [np.array([(0, 0), (5, 9), (0, 14)], np.float32)]
    random, pose = np.random.default_rng(1), Pose(40)
    inks = [int(draw_strokes(strokes, Pen(w, nib), pose, random).sum()) for w in (0.5, 1, 3, 8)]
    assert inks == sorted(inks)
    assert len(set(inks)) == len(inks)


def test_image_without_ink_is_drawn_as_nothing() -> None:
    assert not draw_image(np.zeros((28, 28), np.uint8), Pose(20), 0.4).any()


def test_signs_stand_where_people_write_them() -> None:
    """A point at the foot, a minus in the middle, and neither inside the digit before it."""
    random = np.random.default_rng(2)
    style = replace(LineStyle(), drift=0, ligature=0, uneven=0)
    scribe: Scribe = Typesetter(random, 40)
    digit, point, minus = write_line("8.-", scribe, random, style).glyphs
    top, foot = digit.box[1], digit.box[3]
    assert point.box[1] > (top + foot) / 2
    assert top < minus.box[1] < minus.box[3] < foot
    assert digit.box[2] <= point.box[0]


def test_word_of_joined_letters_is_one_mark(corpus: Corpus) -> None:
    random = np.random.default_rng(2)
    hand = Hand(random, corpus, 30)
    glyphs = write_line("?????", hand, random, replace(LineStyle(), joined=1.0)).glyphs
    assert [glyph.character for glyph in glyphs] == ["?"]
    apart = write_line("?????", hand, random, replace(LineStyle(), joined=0.0)).glyphs
    assert len(apart) == 5


def test_texts_are_of_known_characters_and_all_kinds() -> None:
    random = np.random.default_rng(1)
    texts = [random_text(random, TextStyle()) for _ in range(2000)]
    assert set("".join(texts)) == set(ALL) | {" "}
    for sign in ALL[10:]:
        assert sum(sign in text for text in texts) > 10
    assert 0.15 < np.mean([text.isdigit() and len(text) == 1 for text in texts]) < 0.35


def test_every_shape_has_strokes() -> None:
    random = np.random.default_rng(1)
    for shape in SHAPES:
        for stroke in shape(random):
            assert stroke.ndim == 2
            assert len(stroke) >= 2
            assert np.isfinite(stroke).all()
