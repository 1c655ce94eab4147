"""Compare trained networks on the same digits: `python -m training compare A B ...`."""

import argparse
import itertools
import json
from dataclasses import asdict
from pathlib import Path

import msgspec
import numpy as np

from training.commands.common import (
    add_data,
    add_limit,
    card_of,
    held_out,
    load_pretrained_for,
    prepare_of,
    run,
    write,
)
from training.errors import DataError
from training.evaluation.compare import ModelFigures, PairedTest, format_table, mcnemar, measure


def parser() -> argparse.ArgumentParser:
    """The flags."""
    p = argparse.ArgumentParser(
        prog="python -m training compare",
        description="Compare networks on the same digits, which none of them has learned from: "
        "accuracy, loss, size and time, and for each pair McNemar's exact test, whether one reads "
        "better than chance explains.",
    )
    p.add_argument("models", type=Path, nargs="+", metavar="MODEL", help=".keras or .h5 files")
    add_data(p)
    add_limit(p)
    p.add_argument("--json", type=Path, metavar="FILE", help="write all figures as JSON")
    return p


def main(argv: list[str]) -> int:
    """Run the command; the exit status."""
    arguments = parser().parse_args(argv)
    if len(arguments.models) < 2:
        parser().error("a comparison needs two models")
    return run(_compare, arguments)


def _compare(arguments: argparse.Namespace) -> None:
    files: list[Path] = arguments.models
    cards = [card_of(file) for file in files]
    ways = [prepare_of(card) for card in cards]
    sets = {way: held_out(arguments.data, cards, arguments.limit, way) for way in set(ways)}
    data = [sets[way] for way in ways]
    if any(not np.array_equal(of.test.labels, data[0].test.labels) for of in data):
        raise DataError("Not every image has ink for each of the models' ways of preparing it.")
    measured = [
        measure(str(file), load_pretrained_for(file, of.test), of.test)
        for file, of in zip(files, data, strict=True)
    ]
    rows: list[ModelFigures] = [row for row, _ in measured]
    pairs: list[PairedTest] = [
        mcnemar(one.model, other.model, first, second)
        for (one, first), (other, second) in itertools.combinations(measured, 2)
    ]
    print(f"{len(data[0].test):,} digits of {data[0].name}\n")
    print(format_table(rows))
    print("\nMcNemar's exact test: how likely so unequal counts are between equally good readers")
    for pair in pairs:
        print(pair)
    if arguments.json:
        told = {
            "data": msgspec.to_builtins(data[0].card_sources),
            "models": [asdict(row) for row in rows],
            "pairs": [asdict(pair) for pair in pairs],
        }
        write(arguments.json, json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n")
