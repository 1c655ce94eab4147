"""What a training writes after every epoch, so that it can be resumed to the bit.

Keras's BackupAndRestore keeps neither the mean of weights, nor the state of dropout, nor the
history; see CONTRIBUTING.md.
"""

import dataclasses
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError, require_writable

Weights = list[NDArray[np.float32]]


@dataclasses.dataclass(frozen=True)
class EpochFigures:
    """What was measured after one epoch."""

    loss: float  # mean cross-entropy in nats, without penalties
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float = 0.0  # of training since the first epoch began


@dataclasses.dataclass
class Progress:
    """How far a training has come."""

    epochs: list[EpochFigures] = dataclasses.field(default_factory=list)
    seconds: float = 0.0
    best_epoch: int = 0  # whose weights are kept, counted from 1; of a mean the last
    best_weights: Weights = dataclasses.field(default_factory=list)


class Checkpoint:
    """One file, replaced after every epoch; it belongs to one recipe, configuration and data."""

    def __init__(self, file: Path, recipe: str, config: Any, data: str = "") -> None:
        """`data` is a fingerprint of the training data, or empty if unknown."""
        self._file = file
        self._data = data
        self._run = {"recipe": recipe} | dataclasses.asdict(config)

    def save(self, network: Any, progress: Progress) -> None:
        """Write weights, optimizer, random states and progress; a break leaves the old file."""
        arrays = {f"network{i}": np.asarray(v) for i, v in enumerate(network.get_weights())}
        slots = (v.numpy() for v in network.optimizer.variables)
        arrays |= {f"optimizer{i}": np.asarray(v) for i, v in enumerate(slots)}
        arrays |= {f"random{i}": v.numpy() for i, v in enumerate(random_states(network))}
        arrays |= {f"best{i}": v for i, v in enumerate(progress.best_weights)}
        state = {
            "epochs": [dataclasses.asdict(epoch) for epoch in progress.epochs],
            "seconds": progress.seconds,
            "best_epoch": progress.best_epoch,
            "of": json.dumps(self._run, sort_keys=True),
            "data": self._data,
        }
        temporary = self._file.with_suffix(".part")
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, state=np.array(json.dumps(state)), **arrays)
        os.replace(temporary, self._file)

    def restore(self, network: Any) -> Progress:
        """Put the compiled network where the last run left it; a fresh start without a file.

        Raises TrainingError if the file is of another recipe, other hyperparameters or other data.
        """
        if not self._file.exists():
            require_writable(self._file.parent)
            return Progress()
        try:
            with self._file.open("rb") as file, np.load(file, allow_pickle=False) as npz:
                arrays = {name: npz[name] for name in npz.files}
                # "told" is the name in a file that version 0.1.0 wrote.
                state = json.loads(str(arrays.pop("state", arrays.pop("told", None))))
            epochs = [EpochFigures(**epoch) for epoch in state["epochs"]]
            run = json.loads(state["of"])
        except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise TrainingError(
                f"{self._file.name} cannot be read as a checkpoint; remove it or name another file."
            ) from error
        self._check_run(run, len(epochs))
        if self._data and state.get("data", "") not in ("", self._data):
            raise TrainingError(
                f"{self._file.name} is of a training on other data; remove it or name another file."
            )
        network.set_weights(_numbered(arrays, "network"))
        network.optimizer.build(network.trainable_variables)
        slots = _numbered(arrays, "optimizer")
        for variable, value in zip(network.optimizer.variables, slots, strict=True):
            variable.assign(value)
        # A file written before these were kept has none; they matter for epochs still to come.
        for variable, value in zip(
            random_states(network), _numbered(arrays, "random"), strict=False
        ):
            variable.assign(value)
        return Progress(epochs, state["seconds"], state["best_epoch"], _numbered(arrays, "best"))

    def _check_run(self, run: dict[str, Any], done: int) -> None:
        """Raise TrainingError unless a run of `done` epochs could have been one of ours so far."""
        other = {name for name in {*run, *self._run} if run.get(name) != self._run.get(name)}
        # At a constant rate no epoch depends on how many there will be.
        if self._run.get("schedule") == "constant" and self._run["epochs"] >= done:
            other -= {"epochs"}
        if other:
            fields = "; ".join(
                f"{name.replace('_', ' ')}: {run.get(name)}, not {self._run.get(name)}"
                for name in sorted(other)
            )
            raise TrainingError(
                f"{self._file.name} is of a training with other settings ({fields}); "
                "remove it or name another file."
            )


def random_states(network: Any) -> list[Any]:
    """Return the random state of each layer that has one, such as dropout; it is no weight."""
    weights = {id(weight) for weight in network.weights}
    return [variable for variable in network.variables if id(variable) not in weights]


def _numbered(arrays: dict[str, NDArray[np.float32]], name: str) -> Weights:
    count = sum(key.rstrip("0123456789") == name for key in arrays)
    return [arrays[f"{name}{i}"] for i in range(count)]
