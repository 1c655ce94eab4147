"""Inference: LiteRT runs a compiled model, Keras a bare `.keras` file."""

import threading
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError
from model.network.normalize import SIDE

Probabilities = NDArray[np.float32]

CLASSES = 10


class Runtime(Protocol):
    """Runs one network; safe to share between threads."""

    def run(self, pixels: NDArray[np.float32]) -> Probabilities:
        """(n, 28, 28) float32 in [0, 1], ink bright, to (n, 10) float32 probabilities."""
        ...


class LiteRTRuntime:
    """Runs a compiled twin: ready in milliseconds and without TensorFlow."""

    def __init__(self, twin: bytes) -> None:
        """Raises ModelError for what is no compiled network that reads digits."""
        from ai_edge_litert.interpreter import Interpreter

        try:
            self._interpreter = Interpreter(model_content=twin, num_threads=1)
            (given,), (taken,) = (
                self._interpreter.get_input_details(),
                self._interpreter.get_output_details(),
            )
        except Exception as error:  # LiteRT raises several types on a file that is not its own
            raise ModelError("The compiled twin is damaged.") from error
        shapes = tuple(given["shape"][1:]), tuple(taken["shape"][1:])
        if shapes != ((SIDE, SIDE, 1), (CLASSES,)):
            raise ModelError(f"The compiled twin takes {shapes[0]} and gives {shapes[1]}.")
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
    """Runs a `.keras` file as it is, for models that somebody put in."""

    def __init__(self, network: Any) -> None:
        self._network = network

    def run(self, pixels: NDArray[np.float32]) -> Probabilities:
        """See `Runtime.run`."""
        # Called, not predict(): predict() costs 5 times as much for one digit and leaks memory.
        return np.asarray(self._network(pixels[..., np.newaxis], training=False), np.float32)


def probe() -> NDArray[np.float32]:
    """Random inputs, (4, 28, 28) in [0, 1], that tell whether two runtimes agree."""
    return np.random.default_rng(0).random((4, SIDE, SIDE), np.float32)
