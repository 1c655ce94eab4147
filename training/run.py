"""A whole run: train, calibrate, judge once on the test digits, write the three files."""

import dataclasses
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from model.artifact import Artifact
from model.engine import LiteRTEngine, compile_network, write_twin
from training.data import Dataset
from training.evaluate import (
    confusion_matrix,
    cross_entropy,
    fit_calibration,
    score,
    shown_digits,
)
from training.fit import Examples, History, ctrl_c_as_event, fit
from training.provenance import provenance

RIGHT_SHOWN, WRONG_SHOWN = 20, 40  # examples on a card, about 400 bytes each
VERSIONED = ("tensorflow", "keras", "numpy", "pillow", "opencv-python-headless")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a run tells at its end."""

    accuracy: float
    loss: float
    history: History
    files: tuple[Path, Path, Path]


def train_and_evaluate(
    recipe: ModuleType, config: Any, dataset: Dataset, artifact: Artifact, *, command: str
) -> Outcome:
    """Train a recipe on a data set and write `X.keras`, `X.tflite` and the card `X.json`.

    The epoch, the temperature and the refusal threshold are chosen on validation digits; the test
    digits are read once, by the compiled network that will serve. Ctrl-C ends the training early;
    what was learned is still judged and written.
    """
    train, validation, test = (
        Examples.of(part) for part in (dataset.train, dataset.validation, dataset.test)
    )
    with ctrl_c_as_event() as stop:
        network, history = fit(recipe, config, train, validation, stop)
        twin = compile_network(network)
        engine = LiteRTEngine(twin)
        calibration = fit_calibration(engine.run(validation.pixels), validation.labels)
        uncalibrated = engine.run(test.pixels)
        probabilities = calibration.apply(uncalibrated)
        loss = cross_entropy(uncalibrated, test.labels)
        test_score = score(probabilities, test.labels, calibration.threshold)
        card = {
            "recipe": recipe.NAME,
            "command": command,
            **provenance(),
            "seconds": history.seconds,
            "interrupted": history.interrupted,
            "versions": {"python": platform.python_version()} | _versions(),
            "hyperparameters": dataclasses.asdict(config),
            "parameters": network.count_params(),
            "data": [_describe(dataset)],
            "best_epoch": history.best_epoch,
            "history": history.epochs,
            "calibration": dataclasses.asdict(calibration),
            "test": {"set": dataset.name, "loss": loss} | dataclasses.asdict(test_score),
            "confusion_matrix": confusion_matrix(probabilities, test.labels),
            "examples": shown_digits(probabilities, test, RIGHT_SHOWN, WRONG_SHOWN),
        }
        _save(network, recipe, config, artifact)
        write_twin(artifact, twin, card)
    files = (artifact.keras, artifact.tflite, artifact.card)
    return Outcome(test_score.accuracy, loss, history, files)


def _versions() -> dict[str, str]:
    names = {name: name for name in VERSIONED}
    if sys.platform == "linux" and platform.machine() == "x86_64":
        names["tensorflow"] = "tensorflow-cpu"
    return {name: version(package) for name, package in names.items()}


def _describe(dataset: Dataset) -> dict[str, object]:
    return {
        "name": dataset.name,
        "source": dataset.source,
        "licence": dataset.licence,
        "sha256": dataset.sha256,
        "counts": {
            "train": len(dataset.train),
            "validation": len(dataset.validation),
            "test": len(dataset.test),
        },
    }


def _save(network: Any, recipe: ModuleType, config: Any, artifact: Artifact) -> None:
    """Save without optimizer state, which would triple the file, and in one step."""
    bare = recipe.build(config)
    bare.set_weights(network.get_weights())
    with tempfile.TemporaryDirectory(dir=artifact.keras.parent) as folder:
        temporary = Path(folder) / artifact.keras.name
        bare.save(temporary)
        os.replace(temporary, artifact.keras)
