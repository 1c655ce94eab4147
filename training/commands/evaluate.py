"""Evaluate a trained network: `python -m training evaluate MODEL --data SOURCE`."""

import argparse
import json
from pathlib import Path
from typing import Any

from model.errors import ModelError
from model.network.artifact import Artifact, sha256
from training.commands.common import (
    add_data,
    add_limit,
    adopt_for,
    card_of,
    held_out,
    prepare_of,
    run,
    write,
)
from training.data.dataset import Dataset
from training.evaluation.evaluate import judge
from training.evaluation.network_summary import describe, multiply_adds
from training.evaluation.pretrained import Adopted
from training.evaluation.report import REPORTED, contact_sheet, report, text
from training.provenance import provenance


def parser() -> argparse.ArgumentParser:
    """The flags."""
    p = argparse.ArgumentParser(
        prog="python -m training evaluate",
        description="Evaluate a network on unseen digits: loss, accuracy, every "
        "digit's precision and recall, what it confuses, how far its confidence can be trusted. "
        "The network may be anybody's: 28x28 in with the ink bright, from 0 to 1; ten outputs.",
    )
    p.add_argument("model", type=Path, metavar="MODEL", help="a .keras or .h5 file")
    add_data(p)
    add_limit(p)
    p.add_argument("--picture", type=Path, metavar="FILE", help="draw the surest mistakes as a PNG")
    p.add_argument("--json", type=Path, metavar="FILE", help="write all figures as JSON")
    p.add_argument(
        "--card",
        action="store_true",
        help="write the figures into the model's own card, judged anew on its own test digits",
    )
    return p


def main(argv: list[str]) -> int:
    """Run the command; the exit status."""
    arguments = parser().parse_args(argv)
    if arguments.card and arguments.limit:
        parser().error("--card needs all of the test digits; leave out --limit")
    return run(_evaluate, arguments)


def _evaluate(arguments: argparse.Namespace) -> None:
    card = card_of(arguments.model)
    data = held_out(arguments.data, [card], arguments.limit, prepare_of(card))
    adopted = adopt_for(arguments.model, data.test)
    figures = judge(adopted.runtime, adopted.calibration, data.test, data.name)
    print(text(adopted, figures))
    if arguments.card:
        _refresh(Artifact(arguments.model), card, adopted, figures)
    if arguments.json:
        told = _told(arguments.model, adopted, data, figures)
        write(arguments.json, json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n")
    if arguments.picture:
        write(arguments.picture, contact_sheet(figures["mistakes"]))


def _told(file: Path, adopted: Adopted, data: Dataset, figures: dict[str, Any]) -> dict[str, Any]:
    return {
        "model": adopted.name,
        "sha256": sha256(file.read_bytes()),
        **provenance(),
        "outputs": adopted.outputs,
        "parameters": adopted.network.count_params(),
        "multiply_adds": multiply_adds(adopted.network),
        "data": data.described,
        **{name: figures[name] for name in REPORTED},
        "classification_report": report(figures["confusion_matrix"]),
    }


def _refresh(
    artifact: Artifact, card: dict[str, Any], adopted: Adopted, figures: dict[str, Any]
) -> None:
    """Write what a training would tell today, all but what only the training itself knows."""
    if not card:
        raise ModelError(f"The model {adopted.name} has no card, which only a training writes.")
    if figures["test"]["set"] != card["test"]["set"]:
        raise ModelError(
            f"The card of {adopted.name} tells of {card['test']['set']}, not of "
            f"{figures['test']['set']}; judge it on that to write the card."
        )
    anew = {
        "parameters": adopted.network.count_params(),
        "multiply_adds": multiply_adds(adopted.network),
        "network": describe(adopted.network),
        "classification_report": report(figures["confusion_matrix"]),
    }
    artifact.write_card(card | anew | figures)
