"""The baseline: the tutorials' network behind two ways to prepare an image of one digit."""

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.scoring import share
from benchmark.sets import Case
from model.image.decode import decode
from model.ink.binarize import InkLevels
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact, calibration_of
from model.network.load import load_runtime
from model.network.normalize import SIDE, normalize

BASELINE = DEFAULT_MODEL_FILE.parent / "zoo" / "streamlit.keras"

DigitInput = NDArray[np.float32]  # (28, 28) as a network takes it


def resized(content: bytes) -> DigitInput | None:
    """Return the input of the plain baseline: the whole image at 28x28."""
    grey = decode(content)
    return np.asarray(
        cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA) / 255, np.float32
    )


def normalised(content: bytes) -> DigitInput | None:
    """Return the input of a careful baseline: what differs from the border, centred as MNIST's."""
    grey = decode(content).astype(np.float32)
    background = float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))
    ink = np.abs(grey - background)
    ink[ink < InkLevels().noise_floor * ink.max()] = 0
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return None
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return normalize(box / box.max())


def measure_baseline(
    images: Sequence[Case], preprocess: Callable[[bytes], DigitInput | None]
) -> dict[str, Any]:
    """Return how the recipe `streamlit` reads a set with this preprocessing."""
    artifact = Artifact(BASELINE)
    runtime = load_runtime(artifact)
    calibration = calibration_of(artifact.load_card())
    inputs_or_none = [preprocess(case.content) for case in images]
    blank = np.zeros((SIDE, SIDE), np.float32)
    inputs = np.stack([blank if one is None else one for one in inputs_or_none])
    probabilities = calibration.apply(runtime.run(inputs))
    if not any(case.text for case in images):
        return {"single": share(probabilities.max(axis=1) < calibration.threshold)}
    answers = probabilities.argmax(axis=1)
    return {"single": share([str(a) == case.text for a, case in zip(answers, images, strict=True)])}
