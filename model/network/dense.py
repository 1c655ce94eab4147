"""Networks that answer for every place of an image of any size: the ink and the line network."""

import contextlib
import threading

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError
from model.network.artifact import Artifact, validate_keras_file
from model.network.quiet import without_notice
from model.network.runtime import XNNPACK_NOTICE


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
            return np.array(self._interpreter.get_tensor(self._output)[0], np.float32)


def load_dense(artifact: Artifact) -> bytes:
    """Return the compiled network of a model.

    Where it is missing or of another `.keras` file, that is compiled again with Keras. Raises
    ModelError if there is no model.
    """
    compiled = artifact.read_compiled()
    if compiled is not None:
        return compiled
    from model.network.compile import convert_network, write_compiled
    from model.network.load import import_keras

    validate_keras_file(artifact.read_keras(), artifact.keras.name)
    keras = import_keras()
    try:
        network = keras.saving.load_model(artifact.keras, compile=False, safe_mode=True)
        compiled = convert_network(network)
    except Exception as error:  # Keras raises whatever the layer that failed raises
        raise ModelError(f"The model {artifact.keras.name} cannot be loaded with Keras.") from error
    with contextlib.suppress(OSError):  # its folder cannot be written
        write_compiled(artifact, compiled, artifact.load_card())
    return compiled
