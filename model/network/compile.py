"""Compiling a Keras network for LiteRT."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from model.card import Card, Checksums
from model.errors import ModelError
from model.network.artifact import Artifact, sha256, validate_keras_file, write_atomically
from model.network.quiet import quiet_native_code
from model.network.runtime import KerasRuntime, LiteRTRuntime, probe

COMPILED_TOLERANCE = 1e-4  # largest difference of a probability from the original's

log = logging.getLogger(__name__)

EXIT_UNUSABLE = 2  # of `python -m model --compile`, for a model that cannot be used


def compile_in_subprocess(artifact: Artifact) -> None:
    """Compile a model in a separate process, whose end frees TensorFlow's memory.

    A model that Keras can run but LiteRT cannot is left as it is. Raises ModelError if neither can.
    """
    validate_keras_file(artifact.read_keras(), artifact.keras.name)
    command = [sys.executable, "-m", "model", "--compile", "--model", str(artifact.keras.resolve())]
    folder = Path(__file__).resolve().parents[2]  # where the package is found
    done = subprocess.run(  # noqa: S603 - this project's own command
        command, cwd=folder, capture_output=True, text=True, check=False, errors="replace"
    )
    if done.returncode == EXIT_UNUSABLE:
        raise ModelError(done.stderr.strip().splitlines()[-1])
    if done.returncode != 0:
        log.warning("%s was not compiled: %s", artifact.keras.name, done.stderr.strip()[-300:])


def compile_network(network: Any) -> bytes:
    """Compile a Keras network for LiteRT, float32 throughout.

    Raises ModelError if that fails, or the compiled network gives other probabilities.
    """
    try:
        compiled = convert_network(network)
        probabilities = LiteRTRuntime(compiled).run(probe())
    except Exception as error:  # each layer that LiteRT lacks fails in its own way
        raise ModelError("The network cannot be compiled for LiteRT.") from error
    difference = np.abs(probabilities - KerasRuntime(network).run(probe())).max()
    if not difference < COMPILED_TOLERANCE:  # "not <" because it may be NaN
        raise ModelError(f"The compiled network differs from the original by {difference:.2g}.")
    return compiled


def convert_network(network: Any) -> bytes:
    """Convert a Keras network to LiteRT's format, float32 throughout; nothing is checked."""
    import tempfile

    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder, quiet_native_code():
        network.export(folder, format="tf_saved_model", verbose=False)
        return bytes(tf.lite.TFLiteConverter.from_saved_model(folder).convert())


def write_compiled(artifact: Artifact, compiled: bytes, card: Card) -> None:
    """Write the compiled model, then the card with the checksums that make it valid."""
    checksums = Checksums(keras=sha256(artifact.read_keras()), tflite=sha256(compiled))
    write_atomically(artifact.tflite, compiled)
    artifact.write_card(msgspec.structs.replace(card, sha256=checksums))
