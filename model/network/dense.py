"""Networks that answer for every place of an image of any size: the ink and the line network."""

import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError
from model.network.artifact import Artifact
from model.network.quiet import without_notice
from model.network.runtime import XNNPACK_NOTICE

INK_MODEL_FILE = Path(__file__).parents[1] / "ink_model.keras"
LINE_MODEL_FILE = Path(__file__).parents[1] / "line_model.keras"


class DenseRuntime:
    """Runs a compiled fully convolutional network. Safe to share between threads."""

    def __init__(self, compiled: bytes, channels: int, classes: int) -> None:
        """Raises ModelError for anything but a network of so many channels and classes."""
        from ai_edge_litert.interpreter import Interpreter

        try:
            self._interpreter = Interpreter(model_content=compiled, num_threads=1)
            (given,) = self._interpreter.get_input_details()
            (taken,) = self._interpreter.get_output_details()
        except Exception as error:  # LiteRT raises several types on a foreign file
            raise ModelError("The compiled model is damaged.") from error
        if (given["shape"][-1], taken["shape"][-1]) != (channels, classes):
            raise ModelError(
                f"The compiled model takes {given['shape'][-1]} channels and gives "
                f"{taken['shape'][-1]} classes, not {channels} and {classes}."
            )
        self._input, self._output = given["index"], taken["index"]
        self._shape: tuple[int, ...] = ()
        self._lock = threading.Lock()  # an interpreter holds its tensors between calls

    def run(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the scores of each place of (H, W, channels): (h, w, classes) or (w, classes)."""
        with self._lock:
            if image.shape != self._shape:
                self._interpreter.resize_tensor_input(self._input, (1, *image.shape))
                with without_notice(XNNPACK_NOTICE):
                    self._interpreter.allocate_tensors()
                self._shape = image.shape
            self._interpreter.set_tensor(self._input, image[np.newaxis])
            self._interpreter.invoke()
            return np.array(self._interpreter.get_tensor(self._output))[0]


def load_dense(artifact: Artifact, channels: int, classes: int) -> DenseRuntime:
    """Load the compiled model of a network. Raises ModelError if there is no valid one."""
    compiled = artifact.read_compiled()
    if compiled is None:
        raise ModelError(f"{artifact.keras.name} has no valid compiled model beside it.")
    return DenseRuntime(compiled, channels, classes)
