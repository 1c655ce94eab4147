"""Inference: LiteRT runs a compiled model, Keras a bare `.keras` file."""

import threading
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError
from model.network.normalize import SIDE
from model.network.quiet import without_notice

Probabilities = NDArray[np.float32]

CLASSES = 10
XNNPACK_NOTICE = b"Created TensorFlow Lite XNNPACK delegate"  # LiteRT has no switch for it


class Runtime(Protocol):
    """Runs one network; safe to share between threads."""

    def run(self, pixels: NDArray[np.float32]) -> Probabilities:
        """(n, 28, 28) float32 in [0, 1], ink bright, to (n, 10) float32 probabilities."""
        ...


class LiteRTRuntime:
    """Runs a compiled model: ready in milliseconds and without TensorFlow."""

    def __init__(self, compiled: bytes) -> None:
        """Raises ModelError for anything but a compiled network that reads digits."""
        from ai_edge_litert.interpreter import Interpreter

        try:
            self._interpreter = Interpreter(model_content=compiled, num_threads=1)
            (given,), (taken,) = (
                self._interpreter.get_input_details(),
                self._interpreter.get_output_details(),
            )
            with without_notice(XNNPACK_NOTICE):
                self._interpreter.allocate_tensors()
        except Exception as error:  # LiteRT raises several types on a foreign file
            raise ModelError("The compiled model is damaged.") from error
        shapes = tuple(given["shape"][1:]), tuple(taken["shape"][1:])
        if shapes != ((SIDE, SIDE, 1), (CLASSES,)):
            raise ModelError(f"The compiled model takes {shapes[0]} and gives {shapes[1]}.")
        self._input, self._output = given["index"], taken["index"]
        self._batch = 0
        self._lock = threading.Lock()  # an interpreter holds its tensors between calls

    def run(self, pixels: NDArray[np.float32]) -> Probabilities:
        """See `Runtime.run`."""
        with self._lock:
            if len(pixels) != self._batch:
                self._interpreter.resize_tensor_input(self._input, (len(pixels), SIDE, SIDE, 1))
                self._interpreter.allocate_tensors()
                self._batch = len(pixels)
            self._interpreter.set_tensor(self._input, pixels[..., np.newaxis])
            self._interpreter.invoke()
            return np.array(self._interpreter.get_tensor(self._output))


class KerasRuntime:
    """Runs a `.keras` file with Keras, for a model that is not compiled."""

    def __init__(self, network: Any) -> None:
        self._network = network

    def run(self, pixels: NDArray[np.float32]) -> Probabilities:
        """See `Runtime.run`."""
        # Called, since predict() costs 5 times as much for one digit and leaks memory.
        return np.asarray(self._network(pixels[..., np.newaxis], training=False), np.float32)


def probe() -> NDArray[np.float32]:
    """Return random inputs, (4, 28, 28) in [0, 1], to compare two runtimes."""
    return np.random.default_rng(0).random((4, SIDE, SIDE), np.float32)
