import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.ink.components import label_components
from training.augment.strokes import cover

RANDOM = np.random.default_rng(5)


def assert_like_opencv(mask: NDArray[np.uint8]) -> None:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    ours = label_components(mask)
    assert ours.count == count
    assert np.array_equal(ours.labels, labels)
    assert np.array_equal(ours.stats[1:], stats[1:])
    assert ours.stats[0, cv2.CC_STAT_AREA] == stats[0, cv2.CC_STAT_AREA]
    for x, y, w, h in stats[:, : cv2.CC_STAT_AREA]:
        assert np.array_equal(ours.crop(x, y, w, h), labels[y : y + h, x : x + w])


def test_components_are_numbered_and_measured_as_by_opencv() -> None:
    for _ in range(200):
        mask = np.zeros(RANDOM.integers(1, 60, 2), np.uint8)
        y, x = (RANDOM.integers(0, side) for side in mask.shape)
        part = mask[y : y + 40, x : x + 40]
        part[:] = RANDOM.random(part.shape) < RANDOM.random()
        assert_like_opencv(mask)


def test_real_handwriting_is_labelled_as_by_opencv(data: Path) -> None:
    for sample in json.loads((data / "pen-dev.json").read_text())[:50]:
        ink = cover(sample["strokes"], (300, 400), 9)
        assert_like_opencv((ink > 0.25).astype(np.uint8))


@pytest.mark.parametrize("level", [0, 1])
def test_mask_of_one_kind(level: int) -> None:
    assert_like_opencv(np.full((7, 5), level, np.uint8))
