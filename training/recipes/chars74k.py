"""Digits from a folder of images for each, as Chars74K keeps them, in black and white.

Images are made grey, their histogram is equalised and cut at the middle. What is then ink is
normalised as every picture is that a network here reads.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from model.image.grayscale import Grey
from model.ink.components import all_ink
from model.network.normalize import Pixels, normalize
from training.recipes.base import Usual, optimizer
from training.recipes.config import hyperparameter

__all__ = ["Config", "build", "optimizer", "prepare"]

NAME = "chars74k"
LEARNS = "a folder of images for each digit"
NEEDS = (
    "The recipe chars74k learns from a folder of images for each digit: name it with --data "
    "folder:DIR, or a zip of it, such as the digits of Chars74K (Sample001 to Sample010)."
)
PARAMETERS = 130_890
MULTIPLY_ADDS = 2_831_744
AUGMENTED = False
KEEP = "best"
MIDDLE = 127  # of the grey levels; the ancestor does not give its threshold


@dataclass(frozen=True)
class Config(Usual):
    """Hyperparameters."""

    # The ancestor gives neither; with little data an epoch is short and there can be many.
    epochs: int = hyperparameter(200, "passes over the training digits, at most", low=1)
    batch_size: int = hyperparameter(32, "digits a step", low=1)
    stop_at: float = hyperparameter(
        0.995, "stop as soon as the validation accuracy reaches this; 0: never", low=0, high=1
    )
    # The ancestor does not give its patience; this rides out the noise of a small validation set.
    patience: int = hyperparameter(
        20, "stop after so many epochs without a better validation accuracy; 0: never", low=0
    )
    validation_share: float = hyperparameter(
        0.15,
        "share of the training digits held out; from 1 upwards, how many",
        low=0.01,
        high=10**6,
    )
    dropout: float = hyperparameter(0.5, "share of features dropped, thrice", low=0, high=0.99)


def prepare(grey: Grey) -> Pixels | None:
    """Grey levels to the picture that the network learns from; None without ink."""
    import cv2

    _, light = cv2.threshold(cv2.equalizeHist(grey), MIDDLE, 1, cv2.THRESH_BINARY)
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    ink = light if border.mean() < 0.5 else 1 - light  # paper is what the border mostly shows
    mark = all_ink(ink.astype(np.float32))
    return normalize(mark.ink) if mark else None


def build(config: Config) -> Any:
    """The network, (28, 28, 1) to 10 probabilities."""
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
        name=NAME,
    )
