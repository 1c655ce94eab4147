"""Pretrained networks from anywhere as digit classifiers: (28, 28, 1) in, 10 probabilities out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.card import Card
from model.errors import ModelError
from model.network.artifact import Artifact
from model.network.calibration import Calibration
from model.network.compile import compile_network
from model.network.load import import_keras
from model.network.normalize import SIDE
from model.network.runtime import CLASSES, KerasRuntime, LiteRTRuntime, Probabilities, Runtime

SUFFIXES = (".keras", ".h5", ".hdf5")
INPUTS = ((SIDE, SIDE), (SIDE, SIDE, 1))  # without the batch
BATCH_SIZE = 256  # inputs at once, so that memory does not depend on the number of digits


@dataclass(frozen=True, eq=False)
class PretrainedModel:
    """A trained network that fits the contract of a digit classifier, with its calibration."""

    name: str
    network: Any  # Keras model, (n, 28, 28, 1) to (n, 10) probabilities
    runtime: Runtime
    calibration: Calibration  # of its card; none changes nothing
    outputs: str  # of the network in the file: "probabilities", "logits" or "scores"


def load_pretrained(file: Path, sample: NDArray[np.float32]) -> PretrainedModel:
    """Load a `.keras` or `.h5` file as a classifier.

    `sample`, (n, 28, 28) in [0, 1], shows which kind of outputs it has. Raises ModelError if it
    cannot be loaded, or takes or gives other shapes.
    """
    own = load_classifier(file)
    inputs = sample.reshape(-1, *own.input_shape[1:])
    outputs = output_kind(np.asarray(own(inputs, training=False)), file.name)
    network = wrap_as_classifier(own, outputs)
    calibration = _calibration(Artifact(file).load_card())
    runtime = BatchedRuntime(_runtime(network, Artifact(file).read_compiled()))
    return PretrainedModel(file.name, network, runtime, calibration, outputs)


def load_classifier(file: Path) -> Any:
    """Load a Keras network and check its shapes. Code in the file is refused, never run.

    Raises ModelError if it cannot be loaded, or takes or gives other shapes.
    """
    name = f"The model {file.name}"
    if file.suffix not in SUFFIXES:
        raise ModelError(f"{name} is not one of {', '.join(SUFFIXES)}, which Keras writes.")
    if not file.is_file():
        raise ModelError(f"There is no model at {file}.")
    keras = import_keras()
    try:
        network = keras.saving.load_model(file, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever the layer that failed raises
        why = "holds code" if "Lambda" in str(error) else "is damaged or needs code of its own"
        raise ModelError(f"{name} cannot be loaded: it {why}.") from error
    taken, given = getattr(network, "input_shape", None), getattr(network, "output_shape", None)
    if not _is_batch_of(taken, *INPUTS) or not _is_batch_of(given, (CLASSES,)):
        raise ModelError(
            f"{name} takes {taken} and gives {given}; a digit reader takes "
            f"(None, {SIDE}, {SIDE}, 1) or (None, {SIDE}, {SIDE}) and gives (None, {CLASSES})."
        )
    return network


def output_kind(outputs: NDArray[np.float32], name: str) -> str:
    """Return what (n, 10) outputs are: "probabilities", "logits", or "scores" from 0 to 1.

    Raises ModelError for outputs that are not finite.
    """
    if not np.isfinite(outputs).all():
        raise ModelError(f"The model {name} gives outputs that are not finite numbers.")
    if outputs.min() < 0 or outputs.max() > 1 + 1e-3:
        return "logits"
    return "probabilities" if np.allclose(outputs.sum(axis=1), 1, atol=1e-2) else "scores"


def wrap_as_classifier(network: Any, outputs: str) -> Any:
    """Return a network that takes (n, 28, 28, 1) and gives probabilities, around this one."""
    keras = import_keras()
    shapes = (network.input_shape, network.output_shape)
    if shapes == ((None, SIDE, SIDE, 1), (None, CLASSES)) and outputs == "probabilities":
        return network
    inputs = keras.Input((SIDE, SIDE, 1))
    given = network(keras.layers.Reshape(network.input_shape[1:])(inputs))
    if outputs == "logits":
        given = keras.layers.Softmax()(given)
    elif outputs == "scores":
        given = keras.ops.normalize(given, order=1)  # to a sum of 1
    return keras.Model(inputs, given, name=network.name)


@dataclass(frozen=True, eq=False)
class BatchedRuntime:
    """A runtime that is given at most `BATCH_SIZE` inputs at once."""

    runtime: Runtime

    def run(self, pixels: NDArray[np.float32]) -> Probabilities:
        """See `Runtime.run`."""
        starts = range(0, len(pixels), BATCH_SIZE)
        return np.concatenate([self.runtime.run(pixels[at : at + BATCH_SIZE]) for at in starts])


def _runtime(network: Any, compiled: bytes | None) -> Runtime:
    """LiteRT, as the app uses it; Keras for a network that LiteRT cannot run."""
    try:
        return LiteRTRuntime(compiled or compile_network(network))
    except ModelError:
        return KerasRuntime(network)


def _calibration(card: Card) -> Calibration:
    fit = card.calibration
    return Calibration(fit.temperature, fit.threshold) if fit else Calibration()


def _is_batch_of(shape: object, *wanted: tuple[int, ...]) -> bool:
    return isinstance(shape, tuple) and shape[1:] in wanted
