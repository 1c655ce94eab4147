"""A whole run: train, calibrate, judge once on the test digits, write the three files."""

import dataclasses
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from model.network.artifact import Artifact
from model.network.calibration import Calibration
from model.network.compile import compile_network, write_compiled
from model.network.load import import_keras
from model.network.runtime import LiteRTRuntime
from training.callbacks import Watcher, ctrl_c_as_event
from training.checkpoint import Checkpoint
from training.data.epochs import Examples
from training.data.run_data import RunData, epochs_for, generate_non_digits, validation_examples
from training.distribute import Workers
from training.evaluation.evaluate import evaluate_on_test
from training.evaluation.metrics import auroc, fit_temperature, fit_threshold
from training.evaluation.network_summary import multiply_adds, summarize_network
from training.evaluation.report import format_classification_report
from training.fit import History, fit
from training.provenance import provenance
from training.recipes.base import Recipe

VERSIONED = ("tensorflow", "keras", "numpy", "pillow", "opencv-python-headless", "scikit-learn")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a run tells at its end."""

    accuracy: float
    loss: float
    history: History
    report: str  # scikit-learn's, digit by digit
    files: tuple[Path, ...]


def train_and_evaluate(
    recipe: Recipe,
    config: Any,
    materials: RunData,
    artifact: Artifact,
    *,
    command: str,
    checkpoint: Checkpoint | None = None,
    watchers: Sequence[Watcher] = (),
    workers: Workers | None = None,
) -> Outcome:
    """Train a recipe and write `X.keras`, `X.tflite` and the card `X.json`.

    The epoch, the temperature and the refusal threshold are chosen on validation digits; the test
    digits are read once, by the compiled network that will serve and through all the stages of a
    reading. Ctrl-C ends the training early; what was learned is still judged and written.
    """
    import_keras().utils.clear_session()  # layers are numbered from 1 again, run for run
    held_out = validation_examples(config, materials)
    with ctrl_c_as_event() as stop:
        with epochs_for(recipe, config, materials) as examples:
            network, history = fit(
                recipe,
                config,
                examples,
                held_out,
                stop,
                checkpoint=checkpoint,
                watchers=watchers,
                workers=workers,
            )
        twin = compile_network(network)
        runtime = LiteRTRuntime(twin)
        calibration, refusal = _calibrate(runtime, config, materials, held_out)
        judged = evaluate_on_test(
            runtime, calibration, materials.digits.test, materials.digits.name
        )
        assert judged.test  # noqa: S101
        card = {
            "recipe": recipe.name,
            "command": command,
            **provenance(),
            "seconds": history.seconds,
            "interrupted": history.interrupted,
            "versions": {"python": platform.python_version()} | _versions(),
            "hyperparameters": dataclasses.asdict(config),
            "parameters": network.count_params(),
            "multiply_adds": multiply_adds(network),
            "network": msgspec.to_builtins(summarize_network(network)),
            "data": msgspec.to_builtins(materials.card_sources),
            "left_out": list(materials.digits.notes),
            "best_epoch": history.best_epoch,
            "averaged": list(history.averaged),
            "history": history.epochs,
            "calibration": dataclasses.asdict(calibration),
            "refusal": refusal,
            **msgspec.to_builtins(judged),
        }
        also = _save(network, artifact, recipe.also_as)
        write_compiled(artifact, twin, card)
    return Outcome(
        accuracy=judged.test.accuracy,
        loss=judged.test.loss or 0,
        history=history,
        report=format_classification_report(judged.confusion_matrix or ()),
        files=(artifact.keras, artifact.tflite, artifact.card, *also),
    )


def follow(
    recipe: Recipe,
    config: Any,
    materials: RunData,
    workers: Workers,
    checkpoint: Checkpoint | None,
) -> None:
    """Train along with the first process, which writes everything."""
    import_keras().utils.clear_session()
    held_out = validation_examples(config, materials)
    with ctrl_c_as_event() as stop, epochs_for(recipe, config, materials) as examples:
        fit(recipe, config, examples, held_out, stop, checkpoint=checkpoint, workers=workers)


def _calibrate(
    runtime: LiteRTRuntime, config: Any, materials: RunData, held_out: Examples
) -> tuple[Calibration, dict[str, object]]:
    """Temperature and threshold by validation data, and what the threshold does there."""
    raw = runtime.run(held_out.pixels)
    images = len(materials.digits.validation)  # confidence shall be true of undamaged digits
    temperature = fit_temperature(raw[:images], held_out.labels[:images])
    soft = Calibration(temperature).apply
    digits, others = soft(raw), generate_non_digits(config, materials)
    refused = None if others is None else soft(runtime.run(others))
    threshold = fit_threshold(digits, held_out.labels, refused)
    told: dict[str, object] = {"set": "validation", "digits": len(digits)}
    told["accepted"] = float((digits.max(axis=1) >= threshold).mean())
    if refused is not None:
        told["no_digits"] = len(refused)
        told["refused"] = float((refused.max(axis=1) < threshold).mean())
        told["auroc"] = auroc(digits.max(axis=1), refused.max(axis=1))
    return Calibration(temperature, threshold), told


def _versions() -> dict[str, str]:
    names = {name: name for name in VERSIONED}
    if sys.platform == "linux" and platform.machine() == "x86_64":
        names["tensorflow"] = "tensorflow-cpu"
    return {name: version(package) for name, package in names.items()}


def _save(network: Any, artifact: Artifact, formats: Sequence[str]) -> list[Path]:
    """Save without optimizer state, which would triple the file, and in one step.

    Further files beside it, one for each of these formats, are given back.
    """
    bare = type(network).from_config(network.get_config())  # with the layers' names on the card
    bare.set_weights(network.get_weights())
    files = [artifact.keras, *(artifact.keras.with_suffix(f".{ending}") for ending in formats)]
    with tempfile.TemporaryDirectory(dir=artifact.keras.parent) as folder:
        for file in files:
            bare.save(Path(folder) / file.name)
            os.replace(Path(folder) / file.name, file)
    return files[1:]
