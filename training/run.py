"""A whole run: train, calibrate, evaluate once on the test digits, write the three files."""

import dataclasses
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from model.card import CalibrationFit, Card, Epoch, Refusal
from model.network.artifact import Artifact
from model.network.calibration import Calibration
from model.network.compile import compile_network, write_compiled
from model.network.load import import_keras
from model.network.runtime import LiteRTRuntime
from training.callbacks import ctrl_c_as_event
from training.checkpoint import Checkpoint
from training.data.epochs import Examples
from training.data.run_data import RunData, epochs_for, generate_non_digits, validation_examples
from training.distribute import Workers
from training.evaluation.evaluate import evaluate_on_test
from training.evaluation.held_out import learned_images
from training.evaluation.metrics import auroc, fit_temperature, fit_threshold
from training.evaluation.network_summary import multiply_adds, summarize_network
from training.evaluation.report import format_classification_report
from training.fit import History, fit
from training.recipes.base import Recipe

VERSIONED = ("tensorflow", "keras", "numpy", "pillow", "opencv-python-headless", "scikit-learn")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a run reports at its end."""

    accuracy: float
    loss: float
    history: History
    report: str  # scikit-learn's, digit by digit
    files: tuple[Path, ...]


def train_and_evaluate(
    recipe: Recipe,
    config: Any,
    data: RunData,
    artifact: Artifact,
    *,
    command: str,
    checkpoint: Checkpoint | None = None,
    watchers: Sequence[Any] = (),
    workers: Workers | None = None,
) -> Outcome:
    """Train a recipe and write `X.keras`, `X.tflite` and the card `X.json`.

    The epoch, the temperature and the refusal threshold are chosen on validation digits; the test
    digits are read once, by the compiled network that will serve and through all the stages of a
    reading. Ctrl-C ends the training early; what was learned is still evaluated and written.
    """
    import_keras().utils.clear_session()  # layers are numbered from 1 again, run for run
    held_out = validation_examples(config, data)
    with ctrl_c_as_event() as stop:
        with epochs_for(recipe, config, data) as examples:
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
        compiled = compile_network(network)
        runtime = LiteRTRuntime(compiled)
        calibration, refusal = _calibrate(runtime, config, data, held_out)
        figures = evaluate_on_test(runtime, calibration, data.digits.test, data.digits.name)
        card = _card(
            recipe,
            config,
            data,
            command=command,
            history=history,
            network=network,
            figures=figures,
        )
        card = msgspec.structs.replace(
            card, calibration=CalibrationFit(**dataclasses.asdict(calibration)), refusal=refusal
        )
        also = _save(network, artifact, recipe.also_as)
        write_compiled(artifact, compiled, card)
    assert figures.test and figures.confusion_matrix  # noqa: S101, PT018  an evaluation has both
    return Outcome(
        accuracy=figures.test.accuracy,
        loss=figures.test.loss or 0.0,
        history=history,
        report=format_classification_report(figures.confusion_matrix),
        files=(artifact.keras, artifact.tflite, artifact.card, *also),
    )


def follow(
    recipe: Recipe,
    config: Any,
    data: RunData,
    workers: Workers,
    checkpoint: Checkpoint | None,
) -> None:
    """Train along with the first process, which writes everything."""
    import_keras().utils.clear_session()
    held_out = validation_examples(config, data)
    with ctrl_c_as_event() as stop, epochs_for(recipe, config, data) as examples:
        fit(recipe, config, examples, held_out, stop, checkpoint=checkpoint, workers=workers)


def _card(
    recipe: Recipe,
    config: Any,
    data: RunData,
    *,
    command: str,
    history: History,
    network: Any,
    figures: Card,
) -> Card:
    """Build the card of a run; what `figures`, those of the test digits, hold is a part of it."""
    return msgspec.structs.replace(
        figures,
        recipe=recipe.name,
        command=command,
        **provenance(),
        seconds=history.seconds,
        interrupted=history.interrupted,
        versions=versions(),
        hyperparameters=dataclasses.asdict(config),
        parameters=network.count_params(),
        multiply_adds=multiply_adds(network),
        network=summarize_network(network),
        data=tuple(data.card_sources),
        learned_images=learned_images(data.identify()),
        left_out=tuple(data.digits.notes),
        best_epoch=history.best_epoch,
        averaged=history.averaged,
        history=tuple(Epoch(**dataclasses.asdict(epoch)) for epoch in history.epochs),
    )


def provenance() -> dict[str, str]:
    """Return the time of day in UTC and the machine, as cards and benchmark results state them."""
    return {
        "finished": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }


def _calibrate(
    runtime: LiteRTRuntime, config: Any, data: RunData, held_out: Examples
) -> tuple[Calibration, Refusal]:
    """Fit temperature and threshold on validation data; return what the threshold does there."""
    raw = runtime.run(held_out.pixels)
    images = len(data.digits.validation)  # the temperature is fitted on digits without degradation
    temperature = fit_temperature(raw[:images], held_out.labels[:images])
    calibrate = Calibration(temperature).apply
    digits, others = calibrate(raw), generate_non_digits(config, data)
    non_digits = None if others is None else calibrate(runtime.run(others))
    threshold = fit_threshold(digits, held_out.labels, non_digits)
    refusal = Refusal(
        set="validation",
        digits=len(digits),
        accepted=float((digits.max(axis=1) >= threshold).mean()),
    )
    if non_digits is not None:
        refusal = msgspec.structs.replace(
            refusal,
            non_digits=len(non_digits),
            refused=float((non_digits.max(axis=1) < threshold).mean()),
            auroc=auroc(digits.max(axis=1), non_digits.max(axis=1)),
        )
    return Calibration(temperature, threshold), refusal


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that a training's result depends on."""
    names = {name: name for name in VERSIONED}
    if sys.platform == "linux" and platform.machine() == "x86_64":
        names["tensorflow"] = "tensorflow-cpu"
    found = {name: version(package) for name, package in names.items()}
    return {"python": platform.python_version()} | found


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
