"""Reaches 99.06% of Chars74K's test digits in 104 s on two cores: folders of images, binarised.

The images are converted to grey, their histogram is equalised, and they are binarised at the middle
grey. The ink is then normalised as for every other network here.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from model.image.grayscale import Grey
from model.ink.components import all_ink
from model.network.normalize import Pixels, normalize
from training.recipes.base import BaseConfig, Recipe, build_optimizer
from training.recipes.config import within

NEEDS = (
    "The recipe chars74k learns from a folder of images for each digit: name it with --data "
    "folder:DIR, or a zip of it, such as the digits of Chars74K (Sample001 to Sample010)."
)
MIDDLE = 127  # of the grey levels; the baseline does not give its threshold


@dataclass(frozen=True)
class Config(BaseConfig):
    """Hyperparameters."""

    # The baseline gives neither; with little data an epoch is short and there can be many.
    epochs: Annotated[int, within(int, 1)] = 200
    """Passes over the training digits, at most."""
    batch_size: Annotated[int, within(int, 1)] = 32
    """Digits a step."""
    stop_at: Annotated[float, within(float, 0, 1)] = 0.995
    """Stop as soon as the validation accuracy reaches this; 0: never."""
    # The baseline does not give its patience; this rides out the noise of a small validation set.
    patience: Annotated[int, within(int, 0)] = 20
    """Stop after so many epochs without a better validation accuracy; 0: never."""
    validation_share: Annotated[float, within(float, 0.01, 10**6)] = 0.15
    """Share of the training digits held out; from 1 upwards, how many."""
    dropout: Annotated[float, within(float, 0, 0.99)] = 0.5
    """Share of features dropped, in three places."""


def preprocess(grey: Grey) -> Pixels | None:
    """Turn grey levels, (h, w), into the 28x28 input; None without ink."""
    import cv2

    _, light = cv2.threshold(cv2.equalizeHist(grey), MIDDLE, 1, cv2.THRESH_BINARY)
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    ink = light if border.mean() < 0.5 else 1 - light  # paper is what the border mostly shows
    component = all_ink(ink.astype(np.float32))
    return normalize(component.ink) if component else None


def build(config: Config) -> Any:
    """Build the network, (28, 28, 1) to 10 probabilities."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(config.dropout),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(config.dropout),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(config.dropout),
            layers.Dense(10, activation="softmax"),
        ],
        name="chars74k",
    )


RECIPE = Recipe(
    name="chars74k",
    learns="a folder of images for each digit",
    config=Config,
    build=build,
    optimizer=build_optimizer,
    parameters=130_890,
    multiply_adds=2_831_744,
    preprocess=preprocess,
    needs=NEEDS,
)
