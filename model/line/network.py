"""The compiled line network."""

import numpy as np
from numpy.typing import NDArray

from model.line.alphabet import CLASS_COUNT
from model.line.ctc import LogProbs
from model.line.features import LINE_HEIGHT, STRIDE
from model.network.dense import DenseRuntime

WIDTH_STEP = 32  # pixels; a new width makes LiteRT plan its memory again


class CompiledLineNetwork:
    """Runs the line network on text lines of any width."""

    def __init__(self, compiled: bytes) -> None:
        """Raises ModelError for anything but a line network."""
        self._runtime = DenseRuntime(compiled, 1, CLASS_COUNT)

    def log_probs(self, pixels: NDArray[np.float32]) -> LogProbs:
        """Return log probabilities, (W / 4, classes), of `line_features`, (32, W, 1)."""
        width = pixels.shape[1]
        padded = np.zeros((LINE_HEIGHT, -(-width // WIDTH_STEP) * WIDTH_STEP, 1), np.float32)
        padded[:, :width] = pixels
        logits = self._runtime.run(padded)[: -(-width // STRIDE)].astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))
