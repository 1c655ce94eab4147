"""Scenes agree with their truth, and the same seed makes the same ones."""

from dataclasses import replace

import numpy as np
import pytest

from training.scenes.corpus import Corpus
from training.scenes.scene import PAPER, PEN, PRINT, STYLE, Scene, make_scene

SHAPE = (96, 160)
CHARACTERS = set("0123456789.,-/:+=?")
COUNT = 150


@pytest.fixture(scope="module")
def scenes(corpus: Corpus) -> list[Scene]:
    random = np.random.default_rng(3)
    return [make_scene(random, corpus, SHAPE) for _ in range(COUNT)]


def test_same_seed_makes_the_same_scene(corpus: Corpus) -> None:
    one, other = (make_scene(np.random.default_rng(5), corpus, SHAPE) for _ in range(2))
    assert np.array_equal(one.image, other.image)
    assert np.array_equal(one.truth, other.truth)
    assert one.glyphs == other.glyphs
    third = make_scene(np.random.default_rng(6), corpus, SHAPE)
    assert not np.array_equal(one.image, third.image)


def test_scenes_have_the_shape_and_types_they_state(scenes: list[Scene]) -> None:
    for scene in scenes:
        assert scene.image.shape == scene.truth.shape == SHAPE
        assert scene.image.dtype == scene.truth.dtype == np.uint8
        assert set(np.unique(scene.truth)) <= {PAPER, PEN, PRINT}
        assert 13 <= scene.height <= 0.8 * SHAPE[0]
        for glyph in scene.glyphs:
            assert glyph.character in CHARACTERS
            left, top, right, bottom = glyph.box
            assert left < right
            assert top < bottom
            assert scene.texts[glyph.line].count(glyph.character)


def test_pen_looks_different_from_the_paper_around_it(scenes: list[Scene]) -> None:
    """In all but the faintest scenes; and more so than any pixel of paper from its neighbours."""
    differs = []
    for scene in scenes:
        pen = scene.truth == PEN
        if pen.sum() < 50:
            continue
        paper = scene.image[scene.truth == PAPER].astype(float)
        difference = abs(scene.image[pen].mean() - np.median(paper))
        differs.append(difference > 8)
    assert len(differs) > COUNT / 2
    assert np.mean(differs) > 0.85


def test_boxes_of_glyphs_hold_their_ink(scenes: list[Scene]) -> None:
    found = []
    for scene in scenes:
        for glyph in scene.glyphs:
            left, top, right, bottom = (round(side) for side in glyph.box)
            if left < 1 or top < 1 or right >= SHAPE[1] or bottom >= SHAPE[0]:
                continue  # cut off by the border
            part = scene.truth[top : bottom + 1, left : right + 1] == PEN
            found.append(bool(part.any()))
    assert len(found) > COUNT
    assert np.mean(found) > 0.98


def test_empty_fields_have_print_but_no_pen(corpus: Corpus) -> None:
    style = replace(STYLE, empty=1.0, form=replace(STYLE.form, frame=1.0))
    scene = make_scene(np.random.default_rng(1), corpus, SHAPE, style=style)
    assert not scene.glyphs
    assert not scene.texts
    assert not (scene.truth == PEN).any()
    assert (scene.truth == PRINT).any()


def test_printed_numbers_are_to_be_read_like_written_ones(corpus: Corpus) -> None:
    bare = replace(STYLE.print, words=0.0, guilloche=0.0, stamp=0.0)
    form = replace(STYLE.form, frame=0.0, comb=0.0, table=0.0, paper=0.0, guide=0.0)
    style = replace(STYLE, printed=1.0, empty=0.0, window=0.0, print=bare, form=form)
    random = np.random.default_rng(2)
    for _ in range(10):
        scene = make_scene(random, corpus, SHAPE, style=style)
        assert scene.glyphs
        assert not (scene.truth == PRINT).any()
    assert (scene.truth == PEN).any()


def test_struck_out_number_has_no_digits(corpus: Corpus) -> None:
    style = replace(STYLE, printed=0.0, empty=0.0, line=replace(STYLE.line, struck=1.0))
    random = np.random.default_rng(4)
    for _ in range(10):
        scene = make_scene(random, corpus, SHAPE, style=style)
        assert set("".join(scene.texts)) <= {"?"}


def test_ring_around_one_digit_is_no_digit(corpus: Corpus) -> None:
    text = replace(STYLE.text, lone=1.0)
    line = replace(STYLE.line, struck=0.0, ringed=1.0)
    style = replace(STYLE, printed=0.0, empty=0.0, neighbour=0.0, text=text, line=line)
    scene = make_scene(np.random.default_rng(8), corpus, SHAPE, height=30, style=style)
    assert set(scene.texts) == {"?"}
    box = scene.glyphs[0].box
    assert box[3] - box[1] > 30


def test_about_a_fifth_of_the_scenes_show_a_lone_digit(scenes: list[Scene]) -> None:
    lone = [len(scene.texts) == 1 and len(scene.glyphs) == 1 for scene in scenes]
    assert 0.1 < np.mean(lone) < 0.35
