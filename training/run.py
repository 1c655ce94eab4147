"""A whole run: train, calibrate, judge once on the test digits, write the three files."""

import dataclasses
import math
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from model.artifact import Artifact
from model.calibrate import Calibration
from model.engine import LiteRTEngine, compile_network, write_twin
from model.normalize import SIDE
from model.recognizer import Recognizer
from training.checkpoint import Checkpoint
from training.data import LabelledImages
from training.evaluate import (
    auroc,
    confusion_matrix,
    cross_entropy,
    fit_temperature,
    fit_threshold,
    score,
    shown_digits,
)
from training.fit import Examples, History, ctrl_c_as_event, fit
from training.materials import Materials, feed, no_digits, validation
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
    recipe: ModuleType,
    config: Any,
    materials: Materials,
    artifact: Artifact,
    *,
    command: str,
    checkpoint: Checkpoint | None = None,
) -> Outcome:
    """Train a recipe and write `X.keras`, `X.tflite` and the card `X.json`.

    The epoch, the temperature and the refusal threshold are chosen on validation digits; the test
    digits are read once, by the compiled network that will serve and through all the stages of a
    reading. Ctrl-C ends the training early; what was learned is still judged and written.
    """
    held_out = validation(config, materials)
    with ctrl_c_as_event() as stop:
        with feed(recipe, config, materials) as examples:
            network, history = fit(recipe, config, examples, held_out, stop, checkpoint=checkpoint)
        twin = compile_network(network)
        engine = LiteRTEngine(twin)
        calibration, refusal = _calibrate(engine, config, materials, held_out)
        test = _read_test(engine, calibration, materials.digits.test)
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
            "multiply_adds": multiply_adds(network),
            "data": materials.described,
            "best_epoch": history.best_epoch,
            "history": history.epochs,
            "calibration": dataclasses.asdict(calibration),
            "refusal": refusal,
            "test": {"set": materials.digits.name, "loss": loss} | dataclasses.asdict(test_score),
            "confusion_matrix": confusion_matrix(probabilities, test.labels),
            "examples": shown_digits(probabilities, test, RIGHT_SHOWN, WRONG_SHOWN),
        }
        _save(network, recipe, config, artifact)
        write_twin(artifact, twin, card)
    files = (artifact.keras, artifact.tflite, artifact.card)
    return Outcome(test_score.accuracy, loss, history, files)


def _calibrate(
    engine: LiteRTEngine, config: Any, materials: Materials, held_out: Examples
) -> tuple[Calibration, dict[str, object]]:
    """Temperature and threshold by validation data, and what the threshold does there."""
    raw = engine.run(held_out.pixels)
    images = len(materials.digits.validation)  # confidence shall be true of undamaged digits
    temperature = fit_temperature(raw[:images], held_out.labels[:images])
    soft = Calibration(temperature).apply
    digits, others = soft(raw), no_digits(config, materials)
    refused = None if others is None else soft(engine.run(others))
    threshold = fit_threshold(digits, held_out.labels, refused)
    told: dict[str, object] = {"set": "validation", "digits": len(digits)}
    told["accepted"] = float((digits.max(axis=1) >= threshold).mean())
    if refused is not None:
        told["no_digits"] = len(refused)
        told["refused"] = float((refused.max(axis=1) < threshold).mean())
        told["auroc"] = auroc(digits.max(axis=1), refused.max(axis=1))
    return Calibration(temperature, threshold), told


def _read_test(engine: LiteRTEngine, calibration: Calibration, test: LabelledImages) -> Examples:
    """The test digits as the network sees them after every stage of a reading."""
    recognizer = Recognizer(engine, calibration)
    pixels = np.zeros((len(test), SIDE, SIDE), np.float32)
    for row, image in zip(pixels, test.images, strict=True):
        for digit in recognizer.read(image, single=True).digits:
            row[:] = digit.pixels
    return Examples(pixels, test.labels)


def multiply_adds(network: Any) -> int:
    """Multiplications and additions of one picture, of convolutions and dense layers."""
    total = 0
    for layer in network.layers:
        if hasattr(layer, "kernel"):
            places = math.prod(layer.output.shape[1:-1])
            total += places * math.prod(layer.kernel.shape)
    return total


def _versions() -> dict[str, str]:
    names = {name: name for name in VERSIONED}
    if sys.platform == "linux" and platform.machine() == "x86_64":
        names["tensorflow"] = "tensorflow-cpu"
    return {name: version(package) for name, package in names.items()}


def _save(network: Any, recipe: ModuleType, config: Any, artifact: Artifact) -> None:
    """Save without optimizer state, which would triple the file, and in one step."""
    bare = recipe.build(config)
    bare.set_weights(network.get_weights())
    with tempfile.TemporaryDirectory(dir=artifact.keras.parent) as folder:
        temporary = Path(folder) / artifact.keras.name
        bare.save(temporary)
        os.replace(temporary, artifact.keras)
