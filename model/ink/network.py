"""The compiled ink network."""

import cv2
import numpy as np
from numpy.typing import NDArray

from model.image.grayscale import Grey
from model.ink.features import INK_CHANNELS, ink_features
from model.network.dense import DenseRuntime

PIXEL_CLASSES = 3  # paper, pen, print
SIDE_STEP = 32  # pixels; the network halves both sides five times


class CompiledInkNetwork:
    """Runs the ink network on images of any size."""

    def __init__(self, compiled: bytes) -> None:
        """Raises ModelError for anything but an ink network."""
        self._runtime = DenseRuntime(compiled, INK_CHANNELS, PIXEL_CLASSES)

    def probabilities(self, grey: Grey) -> NDArray[np.float32]:
        """Return the probabilities of paper, pen and print, (H, W, 3), of an (H, W) uint8 image."""
        height, width = grey.shape
        bottom, right = -height % SIDE_STEP, -width % SIDE_STEP
        padded = cv2.copyMakeBorder(grey, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
        logits = self._runtime.run(ink_features(np.asarray(padded, np.uint8)))[:height, :width]
        logits -= logits.max(axis=2, keepdims=True)
        likely = np.exp(logits)
        return np.asarray(likely / likely.sum(axis=2, keepdims=True), np.float32)
