"""What a long training writes down after every epoch, so that the next run can go on from there."""

import dataclasses
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError

Weights = list[NDArray[np.float32]]


@dataclasses.dataclass
class Progress:
    """How far a training has come."""

    epochs: list[dict[str, float]] = dataclasses.field(default_factory=list)
    seconds: float = 0.0
    best_epoch: int = 0  # counted from 1
    best_weights: Weights = dataclasses.field(default_factory=list)


class Checkpoint:
    """One file that is written anew after every epoch; it belongs to one configuration and data."""

    def __init__(self, file: Path, recipe: str, config: Any, data: str = "") -> None:
        """`data` is any text that is another one for other data; empty where that is not known."""
        self._file = file
        self._data = data
        self._of = json.dumps({"recipe": recipe} | dataclasses.asdict(config), sort_keys=True)

    def save(self, network: Any, progress: Progress) -> None:
        """Write weights, the states of optimizer and chance, and the progress, in one step."""
        arrays = {f"network{i}": np.asarray(v) for i, v in enumerate(network.get_weights())}
        state = (v.numpy() for v in network.optimizer.variables)
        arrays |= {f"optimizer{i}": np.asarray(v) for i, v in enumerate(state)}
        arrays |= {f"random{i}": v.numpy() for i, v in enumerate(random_states(network))}
        arrays |= {f"best{i}": v for i, v in enumerate(progress.best_weights)}
        told = {"epochs": progress.epochs, "seconds": progress.seconds}
        told |= {"best_epoch": progress.best_epoch, "of": self._of}
        told |= {"data": self._data}
        temporary = self._file.with_suffix(".part")
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, told=np.array(json.dumps(told)), **arrays)
        os.replace(temporary, self._file)

    def restore(self, network: Any) -> Progress:
        """Put the compiled network where the last run left it; a fresh start without a file.

        Raises TrainingError if the file is of another recipe, other hyperparameters or other data.
        """
        if not self._file.exists():
            self._try_to_write()
            return Progress()
        try:
            with self._file.open("rb") as file, np.load(file, allow_pickle=False) as npz:
                arrays = {name: npz[name] for name in npz.files}
                told = json.loads(str(arrays.pop("told")))
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise TrainingError(
                f"{self._file.name} cannot be read as a checkpoint; remove it or name another file."
            ) from error
        if told["of"] != self._of:
            raise TrainingError(
                f"{self._file.name} is of a training with other hyperparameters; "
                "remove it or name another file."
            )
        if self._data and told.get("data", "") not in ("", self._data):
            raise TrainingError(
                f"{self._file.name} is of a training on other data; remove it or name another file."
            )
        network.set_weights(_numbered(arrays, "network"))
        network.optimizer.build(network.trainable_variables)
        state = _numbered(arrays, "optimizer")
        for variable, value in zip(network.optimizer.variables, state, strict=True):
            variable.assign(value)
        # A file written before these were kept has none; they matter for what is still to come.
        for variable, value in zip(
            random_states(network), _numbered(arrays, "random"), strict=False
        ):
            variable.assign(value)
        best = _numbered(arrays, "best")
        return Progress(told["epochs"], told["seconds"], told["best_epoch"], best)

    def _try_to_write(self) -> None:
        """Find out now, not after an epoch, that the folder cannot be written."""
        try:
            with tempfile.TemporaryFile(dir=self._file.parent):
                pass
        except OSError as error:
            raise TrainingError(f"{self._file} cannot be written: {error.strerror}.") from error


def random_states(network: Any) -> list[Any]:
    """The state of each layer that draws by chance, such as dropout, which is no weight."""
    weights = {id(weight) for weight in network.weights}
    return [variable for variable in network.variables if id(variable) not in weights]


def _numbered(arrays: dict[str, NDArray[np.float32]], name: str) -> Weights:
    count = sum(key.rstrip("0123456789") == name for key in arrays)
    return [arrays[f"{name}{i}"] for i in range(count)]
