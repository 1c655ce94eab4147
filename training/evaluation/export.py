"""Export to the formats of other programs, each checked against the network itself."""

import contextlib
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.errors import ModelError
from model.network.compile import compile_network
from model.network.load import import_keras
from model.network.normalize import SIDE
from model.network.runtime import KerasRuntime, LiteRTRuntime, Probabilities, Runtime
from training.errors import TrainingError
from training.evaluation.pretrained import BatchedRuntime

TOLERANCE = 1e-4  # largest difference of probabilities that an exported network may have


@dataclass(frozen=True)
class Format:
    """A file format: how a network is written, and how the file is run."""

    suffix: str
    write: Callable[[Any, Path], None]
    open: Callable[[Path], Runtime]


def export(network: Any, name: str, out: Path, pixels: NDArray[np.float32]) -> float:
    """Write a network in the format `name`; return the largest difference of its probabilities.

    It is written only if that is at most `TOLERANCE` on `pixels`, (n, 28, 28) real digits. Raises
    ModelError if the format cannot hold the network or gives other probabilities, TrainingError if
    the file cannot be written.
    """
    with _in_one_step(out) as temporary:
        FORMATS[name].write(network, temporary)
        given = BatchedRuntime(FORMATS[name].open(temporary)).run(pixels)
        difference = np.abs(given - BatchedRuntime(KerasRuntime(network)).run(pixels)).max()
        if not difference <= TOLERANCE:  # "not <=" because it may be NaN
            raise ModelError(f"In this format the network's answers differ by {difference:.2g}.")
    return float(difference)


def export_int8(network: Any, out: Path, examples: NDArray[np.float32]) -> Runtime:
    """Write a network for LiteRT with weights and activations in 8 bits; return its runtime.

    Inputs and outputs stay float32. `examples`, (n, 28, 28), show the range of every activation.
    Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient
    Integer-Arithmetic-Only Inference". Raises as `export` does.
    """
    import tensorflow as tf

    with _in_one_step(out) as temporary, tempfile.TemporaryDirectory() as folder:
        network.export(folder, format="tf_saved_model", verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        inputs = examples[:, np.newaxis, ..., np.newaxis]
        converter.representative_dataset = lambda: ([one] for one in inputs)
        temporary.write_bytes(converter.convert())
    return BatchedRuntime(LiteRTRuntime(out.read_bytes()))


@contextlib.contextmanager
def _in_one_step(out: Path) -> Iterator[Path]:
    """Provide a temporary path of the same name, which is moved to `out` if nothing fails."""
    if out.is_dir() and any(out.iterdir()):
        raise TrainingError(f"{out} is a folder with files in it; name another with --out.")
    try:
        with tempfile.TemporaryDirectory(dir=out.absolute().parent) as folder:
            temporary = Path(folder) / out.name
            yield temporary
            os.replace(temporary, out)
    except (TrainingError, ModelError):
        raise
    except ImportError as error:
        raise TrainingError(
            f"{error.name} is not installed; pip install -r requirements-training.txt brings what "
            "this format needs."
        ) from error
    except OSError as error:
        raise TrainingError(f"{out} cannot be written: {error.strerror or error}.") from error
    except Exception as error:  # every layer that a format lacks fails in its own way
        reason = " ".join([f"{type(error).__name__}:", *str(error).splitlines()[:1]])
        raise ModelError(f"The network cannot be written in this format ({reason}).") from error


def _write_tflite(network: Any, file: Path) -> None:
    file.write_bytes(compile_network(network))


def _open_tflite(file: Path) -> Runtime:
    return LiteRTRuntime(file.read_bytes())


def _write_onnx(network: Any, file: Path) -> None:
    import onnxruntime  # noqa: F401  missed now, not after the work
    import tf2onnx  # noqa: F401  Keras would hide its name if it is missing

    network(np.zeros((1, SIDE, SIDE, 1), np.float32))  # Keras needs a call before the export
    with warnings.catch_warnings():
        # Keras looks for an attribute `object` of NumPy, which warns about it.
        warnings.simplefilter("ignore", FutureWarning)
        network.export(file, format="onnx", verbose=False)


class _OnnxRuntime:
    def __init__(self, file: Path) -> None:
        import onnxruntime

        self._session = onnxruntime.InferenceSession(file)
        (self._input,) = self._session.get_inputs()

    def run(self, pixels: NDArray[np.float32]) -> Probabilities:
        (given,) = self._session.run(None, {self._input.name: pixels[..., np.newaxis]})
        return np.asarray(given, np.float32)


def _write_h5(network: Any, file: Path) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*HDF5.*")  # Keras warns that the format is old
        network.save(file)


def _open_h5(file: Path) -> Runtime:
    return KerasRuntime(import_keras().saving.load_model(file, compile=False, safe_mode=True))


def _write_savedmodel(network: Any, folder: Path) -> None:
    network.export(folder, format="tf_saved_model", verbose=False)


def _open_savedmodel(folder: Path) -> Runtime:
    import tensorflow as tf

    # Its variables live as long as `saved`, whoever holds `serve`.
    saved = tf.saved_model.load(folder)
    return KerasRuntime(lambda inputs, training: saved.serve(inputs))  # noqa: ARG005


FORMATS = {
    "tflite": Format(".tflite", _write_tflite, _open_tflite),
    "onnx": Format(".onnx", _write_onnx, _OnnxRuntime),
    "h5": Format(".h5", _write_h5, _open_h5),
    "savedmodel": Format("_savedmodel", _write_savedmodel, _open_savedmodel),  # a folder
}
