import numpy as np
import pytest

from model.ink import find_ink
from tests.drawings import render


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (90, 200), (180, 40)])
def test_ink_is_bright_whatever_the_polarity(ink: int, paper: int) -> None:
    found = find_ink(render(4, ink=ink, paper=paper))
    drawn = render(4) < 128
    assert found[drawn].min() > 0.4
    assert found[render(4) == 255].max() == 0
    assert found.max() == pytest.approx(1)


def test_grey_levels_of_the_edge_are_kept() -> None:
    found = find_ink(render(0))
    assert ((found > 0.1) & (found < 0.9)).sum() > 100


@pytest.mark.parametrize("level", [0, 128, 255])
def test_blank_paper_has_no_ink(level: int) -> None:
    assert not find_ink(np.full((50, 60), level, np.uint8)).any()


def test_faint_grain_is_no_ink() -> None:
    grain = np.random.default_rng(0).integers(240, 256, (50, 60)).astype(np.uint8)
    assert not find_ink(grain).any()
