"""Data that is small enough to train on in seconds."""

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from training.augment.strokes import DRAWINGS, render
from training.data.dataset import Dataset, LabelledImages
from training.data.run_data import RunData
from training.sources.pen import PenDigits
from training.sources.sklearn_digits import load_digits


def drawn(copies: int, seed: int) -> LabelledImages:
    """Return every digit `copies` times, with pens of several widths and a little noise."""
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


def pen_records(*writers: int) -> list[dict[str, Any]]:
    """Return the ten drawings of each writer as in a JSON file."""
    return [
        {
            "label": digit,
            "writer": writer,
            "strokes": [[[round(5 * x) + writer, round(5 * y)] for x, y in s] for s in strokes],
        }
        for writer in writers
        for digit, strokes in DRAWINGS.items()
    ]


def pen_digits(*writers: int) -> PenDigits:
    """Return the same drawings as arrays."""
    records = pen_records(*writers)
    return PenDigits(
        [[np.array(stroke, np.float32) for stroke in record["strokes"]] for record in records],
        np.array([record["label"] for record in records]),
        np.array([record["writer"] for record in records]),
        "1" * 64,
    )


@pytest.fixture(scope="session", autouse=True)
def _preprocess_digits_once() -> Iterator[None]:
    """Keep scikit-learn's digits, which many tests load and each preprocessed for a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.sources.load_digits", functools.cache(load_digits))
        yield


@pytest.fixture(scope="session")
def tiny() -> Dataset:
    """Return 240 digits, rendered from ten drawings."""
    return Dataset(
        name="ten drawings",
        source="the tests of this project",
        licence="MIT",
        sha256="0" * 64,
        train=drawn(16, 1),
        validation=drawn(4, 2),
        test=drawn(4, 3),
    )


@pytest.fixture(scope="session")
def run_data(tiny: Dataset) -> RunData:
    """Return the same 240 digits, and the ten drawings as pen strokes of several writers."""
    return RunData(tiny, pen_digits(1, 2, 3), pen_digits(29, 30))
