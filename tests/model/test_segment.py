import numpy as np

from model.segment import segment


def test_glyph_is_cropped_to_its_ink() -> None:
    ink = np.zeros((50, 40), np.float32)
    ink[10:30, 5:12] = 0.5
    (glyph,) = segment(ink)
    assert glyph.box == (5, 10, 7, 20)
    assert glyph.ink.shape == (20, 7)
    assert glyph.ink.min() == 0.5


def test_without_ink_there_is_no_glyph() -> None:
    assert segment(np.zeros((50, 40), np.float32)) == []
