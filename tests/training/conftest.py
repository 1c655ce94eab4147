"""A data set small enough to train on in a second."""

import numpy as np
import pytest

from tests.drawings import render
from training.data import Dataset, LabelledImages


def drawn(copies: int, seed: int) -> LabelledImages:
    """Every digit `copies` times, with pens of several widths and a little noise."""
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(10), copies)
    images = np.stack(
        [
            render(d, side=28, brush=int(generator.integers(1, 4)), ink=255, paper=0)
            for d in labels.tolist()
        ]
    )
    noise = generator.integers(0, 12, images.shape)
    return LabelledImages(np.clip(images.astype(int) + noise, 0, 255).astype(np.uint8), labels)


@pytest.fixture(scope="session")
def tiny() -> Dataset:
    """240 digits, drawn from ten drawings."""
    return Dataset(
        name="ten drawings",
        source="the tests of this project",
        licence="MIT",
        sha256="0" * 64,
        train=drawn(16, 1),
        validation=drawn(4, 2),
        test=drawn(4, 3),
    )
