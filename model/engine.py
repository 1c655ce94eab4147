"""Running a network: LiteRT for a compiled twin, Keras for a bare `.keras` file."""

import logging
import os
import threading
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model import keras_file
from model.artifact import Artifact, sha256, write_atomically
from model.errors import ModelError
from model.normalize import SIDE

log = logging.getLogger(__name__)

Probabilities = NDArray[np.float32]

CLASSES = 10
TWIN_TOLERANCE = 1e-4  # how far a twin's probabilities may be from its original's


class Engine(Protocol):
    """Runs one network; safe to share between threads."""

    def run(self, pixels: NDArray[np.float32]) -> Probabilities:
        """(n, 28, 28) float32 in [0, 1], ink bright, to (n, 10) float32 probabilities."""
        ...


class LiteRTEngine:
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
        """See `Engine.run`."""
        with self._lock:
            if len(pixels) != self._batch:
                self._interpreter.resize_tensor_input(self._input, (len(pixels), SIDE, SIDE, 1))
                self._interpreter.allocate_tensors()
                self._batch = len(pixels)
            self._interpreter.set_tensor(self._input, pixels[..., np.newaxis])
            self._interpreter.invoke()
            return np.array(self._interpreter.get_tensor(self._output))


class KerasEngine:
    """Runs a `.keras` file as it is, for models that somebody put in."""

    def __init__(self, network: Any) -> None:
        self._network = network

    def run(self, pixels: NDArray[np.float32]) -> Probabilities:
        """See `Engine.run`."""
        # Called, not predict(): predict() costs 5 times as much for one digit and leaks memory.
        return np.asarray(self._network(pixels[..., np.newaxis], training=False), np.float32)


def load_engine(artifact: Artifact) -> Engine:
    """The engine for a model: its compiled twin where that is valid, else Keras.

    A model without a valid twin is compiled, so that the next start is quick; where that fails or
    its folder cannot be written, it stays with Keras. Raises ModelError if it cannot be used.
    """
    compiled = compiled_engine(artifact)
    if compiled is not None:
        return compiled
    log.warning(
        "%s has no compiled twin of its own; it is loaded with Keras and compiled, which takes "
        "about a minute",
        artifact.keras.name,
    )
    network = load_network(artifact)
    try:
        write_twin(artifact, compile_network(network), artifact.usable_card())
    except (OSError, ModelError) as error:
        log.warning("%s stays with Keras, which is slow: %s", artifact.keras.name, error)
    return KerasEngine(network)


def compiled_engine(artifact: Artifact) -> LiteRTEngine | None:
    """The engine of a model's compiled twin, None where there is no valid one."""
    twin = artifact.read_twin()
    if twin is None:
        return None
    try:
        return LiteRTEngine(twin)
    except ModelError as error:
        log.warning("%s", error)
        return None


def import_keras() -> Any:
    """Import Keras on TensorFlow without its chatter; 8 to 11 seconds on two cores."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import keras

    return keras


def load_network(artifact: Artifact) -> Any:
    """Load a `.keras` file with Keras, refusing code in it, and check what goes in and out.

    Raises ModelError if it cannot be loaded or does not read digits.
    """
    keras_file.check(artifact.read_keras(), artifact.keras.name)
    keras = import_keras()
    name = f"The model {artifact.keras.name}"
    try:
        network = keras.saving.load_model(artifact.keras, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever the layer that failed raises
        raise ModelError(
            f"{name} cannot be loaded with Keras {keras.__version__}: it needs code of its own, "
            "which is refused, or was saved by a newer Keras."
        ) from error
    shapes = getattr(network, "input_shape", None), getattr(network, "output_shape", None)
    if shapes != ((None, SIDE, SIDE, 1), (None, CLASSES)):
        raise ModelError(
            f"{name} takes {shapes[0]} and gives {shapes[1]}; "
            f"a digit reader takes (None, {SIDE}, {SIDE}, 1) and gives (None, {CLASSES})."
        )
    given = KerasEngine(network).run(_probe())
    if not (given.min() >= 0 and np.allclose(given.sum(axis=1), 1, atol=1e-2)):
        raise ModelError(f"{name} does not end in ten probabilities; is its softmax missing?")
    return network


def compile_network(network: Any) -> bytes:
    """Compile a Keras network for LiteRT, float32 throughout.

    Raises ModelError where that fails, or the compiled network gives other probabilities.
    """
    import tempfile

    import tensorflow as tf

    try:
        with tempfile.TemporaryDirectory() as folder:
            network.export(folder, format="tf_saved_model", verbose=False)
            twin = bytes(tf.lite.TFLiteConverter.from_saved_model(folder).convert())
        compiled = LiteRTEngine(twin).run(_probe())
    except Exception as error:  # each layer that LiteRT lacks fails in its own way
        raise ModelError("The network cannot be compiled for LiteRT.") from error
    difference = np.abs(compiled - KerasEngine(network).run(_probe())).max()
    if not difference < TWIN_TOLERANCE:  # "not <" because it may be NaN
        raise ModelError(f"The compiled network differs from the original by {difference:.2g}.")
    return twin


def _probe() -> NDArray[np.float32]:
    return np.random.default_rng(0).random((4, SIDE, SIDE), np.float32)


def write_twin(artifact: Artifact, twin: bytes, card: dict[str, Any]) -> None:
    """Write the compiled twin, then the card with the checksums that make it count."""
    checksums = {"keras": sha256(artifact.read_keras()), "tflite": sha256(twin)}
    write_atomically(artifact.tflite, twin)
    artifact.write_card(card | {"sha256": checksums})
