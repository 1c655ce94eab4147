"""Loading a network: its compiled model where that is valid, else the `.keras` file with Keras."""

import logging
import os
from typing import Any

import numpy as np

from model.errors import ModelError
from model.network.artifact import Artifact, validate_keras_file
from model.network.compile import compile_network, write_compiled
from model.network.normalize import SIDE
from model.network.quiet import quiet_native_code, quiet_tensorflow
from model.network.runtime import CLASSES, KerasRuntime, LiteRTRuntime, Runtime, probe

log = logging.getLogger(__name__)


def load_runtime(artifact: Artifact) -> Runtime:
    """Return the runtime of a model: LiteRT if its compiled model is valid, else Keras.

    A model without a valid compiled model is compiled, for a fast next start; if that fails or its
    folder cannot be written, Keras runs it. Raises ModelError if it cannot be used.
    """
    compiled = load_compiled(artifact)
    if compiled is not None:
        return compiled
    validate_keras_file(artifact.read_keras(), artifact.keras.name)  # before a wait is announced
    log.warning(
        "%s has no valid compiled model; Keras loads and compiles it, which takes about a minute",
        artifact.keras.name,
    )
    network = load_network(artifact)
    try:
        write_compiled(artifact, compile_network(network), artifact.load_card())
    except (OSError, ModelError) as error:
        log.warning("Keras runs %s, which is slow: %s", artifact.keras.name, error)
    return KerasRuntime(network)


def load_compiled(artifact: Artifact) -> LiteRTRuntime | None:
    """Return the runtime of the compiled model, None if there is no valid one."""
    compiled = artifact.read_compiled()
    if compiled is None:
        return None
    try:
        return LiteRTRuntime(compiled)
    except ModelError as error:
        log.warning("%s", error)
        return None


def import_keras() -> Any:
    """Import Keras on TensorFlow without its log messages; 8 to 11 seconds on two cores.

    Raises ModelError if they are not installed.
    """
    quiet_tensorflow()
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    try:
        with quiet_native_code():
            import keras
    except ImportError as error:
        raise ModelError(
            "This needs TensorFlow and Keras, which are not installed here; install them with "
            "`pip install -r requirements.txt`."
        ) from error
    return keras


def load_network(artifact: Artifact) -> Any:
    """Load a `.keras` file with Keras, refusing code in it, and check its input and output.

    Raises ModelError if it cannot be loaded or does not read digits.
    """
    validate_keras_file(artifact.read_keras(), artifact.keras.name)
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
    given = KerasRuntime(network).run(probe())
    if not (given.min() >= 0 and np.allclose(given.sum(axis=1), 1, atol=1e-2)):
        raise ModelError(f"{name} does not end in ten probabilities; is its softmax missing?")
    return network
