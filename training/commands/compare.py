"""Compare trained networks on the same digits: `python -m training compare A B ...`."""

import itertools
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from tyro.conf import Positional

from training.commands.common import OutputFile, card_of, load_pretrained_for, run, write
from training.evaluation.compare import format_table, mcnemar, measure
from training.evaluation.held_out import held_out
from training.options import PROGRAM, Limit, Sources, parse_as, usage_error
from training.recipes.config import several
from training.sources import MNIST

NAME = f"{PROGRAM} compare"
DESCRIPTION = (
    "Compare networks on the same digits, which none of them has learned from: accuracy, loss, "
    "size, time, and for each pair McNemar's exact test, whether one is better than chance "
    "explains. Images are preprocessed as the app does, for every network."
)


@dataclass(frozen=True)
class CompareOptions:
    """The flags."""

    models: Positional[Annotated[tuple[Path, ...], several("MODEL", Path)]]
    """.keras or .h5 files."""
    data: Sources = (MNIST,)
    """Digits to test on: mnist, which is downloaded, an mnist.npz, digits, folder:DIR, drawings
    that the app exported, or pen strokes."""
    limit: Limit | None = None
    """Use N random digits."""
    json: OutputFile = None
    """Write all figures as JSON."""


def parse(arguments: list[str]) -> CompareOptions:
    """Parse the command line. Exits with status 2 where it is wrong."""
    options = parse_as(CompareOptions, arguments, NAME, DESCRIPTION)
    if len(options.models) < 2:
        usage_error(NAME, "a comparison needs two models")
    return options


def main(arguments: list[str]) -> int:
    """Run the command; return the exit status."""
    return run(_compare, parse(arguments))


def _compare(options: CompareOptions) -> None:
    data = held_out(options.data, [card_of(file) for file in options.models], options.limit)
    measured = [
        measure(str(file), load_pretrained_for(file, data.test), data.test)
        for file in options.models
    ]
    rows = [row for row, _ in measured]
    pairs = [
        mcnemar(one.model, other.model, first, second)
        for (one, first), (other, second) in itertools.combinations(measured, 2)
    ]
    print(f"{len(data.test):,} digits of {data.name}\n")
    print(format_table(rows))
    print("\nMcNemar's exact test: how likely so unequal counts are for equally good networks")
    for pair in pairs:
        print(pair)
    if options.json:
        report = {
            "data": msgspec.to_builtins(data.card_sources),
            "models": [asdict(row) for row in rows],
            "pairs": [asdict(pair) for pair in pairs],
        }
        write(options.json, json.dumps(report, indent=1, ensure_ascii=False).encode() + b"\n")
