"""Evaluate a trained network: `python -m training evaluate MODEL --data SOURCE`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from tyro.conf import FlagCreatePairsOff, Positional

from model.card import Card
from model.errors import ModelError
from model.network.artifact import Artifact, sha256
from training.commands.common import (
    ModelFile,
    OutputFile,
    card_of,
    load_pretrained_for,
    run,
    write,
)
from training.data.dataset import Dataset
from training.evaluation.evaluate import evaluate_on_test
from training.evaluation.held_out import held_out
from training.evaluation.network_summary import multiply_adds, summarize_network
from training.evaluation.pretrained import PretrainedModel
from training.evaluation.report import (
    REPORTED,
    contact_sheet,
    format_evaluation,
)
from training.options import PROGRAM, Limit, Sources, parse_as, usage_error
from training.run import provenance
from training.sources import MNIST

NAME = f"{PROGRAM} evaluate"
DESCRIPTION = (
    "Evaluate a network on digits that it has not learned from: loss, accuracy, every digit's "
    "precision and recall, confusions, and how well its confidence is calibrated. Any network will "
    "do that takes 28x28 pixels, from 0 to 1 and with bright ink, and has ten outputs. Images are "
    "preprocessed as the app does, also for a recipe that was trained with a preprocessing of its "
    "own."
)

ONLY_THE_TRAINING_KNOWS = (
    "recipe",
    "command",
    "finished",
    "machine",
    "seconds",
    "interrupted",
    "versions",
    "hyperparameters",
    "data",
    "learned_images",
    "left_out",
    "best_epoch",
    "averaged",
    "history",
    "calibration",
    "refusal",
    "sha256",
)


@dataclass(frozen=True)
class EvaluateOptions:
    """The flags."""

    model: Positional[ModelFile]
    """A .keras or .h5 file."""
    data: Sources = (MNIST,)
    """Digits to test on: mnist, which is downloaded, an mnist.npz, digits, folder:DIR, drawings
    that the app exported, or pen strokes."""
    limit: Limit | None = None
    """Use N random digits."""
    picture: OutputFile = None
    """Draw the most confident mistakes as a PNG."""
    json: OutputFile = None
    """Write all figures as JSON."""
    card: FlagCreatePairsOff[bool] = False
    """Write the figures into the model's own card; for its own test digits only."""


def parse(arguments: list[str]) -> EvaluateOptions:
    """Parse the command line. Exits with status 2 where it is wrong."""
    options = parse_as(EvaluateOptions, arguments, NAME, DESCRIPTION)
    if options.card and options.limit:
        usage_error(NAME, "--card needs all of the test digits; leave out --limit")
    return options


def main(arguments: list[str]) -> int:
    """Run the command; return the exit status."""
    return run(_evaluate, parse(arguments))


def _evaluate(options: EvaluateOptions) -> None:
    card = card_of(options.model)
    data = held_out(options.data, [card], options.limit)
    model = load_pretrained_for(options.model, data.test)
    figures = evaluate_on_test(model.runtime, model.calibration, data.test, data.name)
    print(format_evaluation(model, figures))
    if options.card:
        _renew_card(Artifact(options.model), card, model, figures)
    if options.json:
        report = _report(options.model, model, data, figures)
        write(options.json, json.dumps(report, indent=1, ensure_ascii=False).encode() + b"\n")
    if options.picture:
        write(options.picture, contact_sheet(figures.mistakes or ()))


def _report(file: Path, model: PretrainedModel, data: Dataset, figures: Card) -> dict[str, Any]:
    return {
        "model": model.name,
        "sha256": sha256(file.read_bytes()),
        **provenance(),
        "outputs": model.outputs,
        "parameters": model.network.count_params(),
        "multiply_adds": multiply_adds(model.network),
        "data": msgspec.to_builtins(data.card_sources),
        **{name: msgspec.to_builtins(getattr(figures, name)) for name in REPORTED},
    }


def _renew_card(artifact: Artifact, card: Card, model: PretrainedModel, figures: Card) -> None:
    """Write what a training would write today, except what only the training itself knows."""
    if card == Card():
        raise ModelError(f"The model {model.name} has no card; only a training writes one.")
    if card.test is None:
        raise ModelError(
            f"The card of {model.name} has no test figures that these could replace; train the "
            "model again to get a complete card."
        )
    assert figures.test  # noqa: S101  `evaluate_on_test` gives it
    if figures.test.set != card.test.set:
        raise ModelError(
            f"The card of {model.name} is about {card.test.set}, not about "
            f"{figures.test.set}; evaluate the model on that to write the card."
        )
    found = msgspec.structs.replace(
        figures,
        parameters=model.network.count_params(),
        multiply_adds=multiply_adds(model.network),
        network=summarize_network(model.network),
    )
    renewed = msgspec.structs.replace(
        found, **{name: getattr(card, name) for name in ONLY_THE_TRAINING_KNOWS}
    )
    artifact.write_card(renewed)
