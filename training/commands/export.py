"""Write a trained network for other programs: `python -m training export MODEL --to FORMAT`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import FlagCreatePairsOff, Positional

from model.network.quiet import quiet_native_code
from model.network.runtime import Runtime
from training.commands.common import (
    ModelFile,
    OutputFile,
    card_of,
    load_pretrained_for,
    run,
)
from training.data.dataset import Dataset, sample
from training.data.epochs import Examples
from training.errors import TrainingError
from training.evaluation.export import FORMATS, TOLERANCE, export, export_int8
from training.evaluation.held_out import VALIDATION_SHARE, seed_of
from training.evaluation.metrics import wilson_interval
from training.options import PROGRAM, Sources, parse_as, usage_error
from training.recipes.config import one_of
from training.sources import SKLEARN_DIGITS, load_sources

NAME = f"{PROGRAM} export"
DESCRIPTION = (
    "Write a network for other programs. The file takes (n, 28, 28, 1) float32, from 0 to 1 and "
    "with bright ink, and gives (n, 10) probabilities. On real digits they are within "
    f"{TOLERANCE:g} of the network's own, or nothing is written."
)
COMPARED = 1000  # real digits on which an exported network must agree with the original
REPRESENTATIVE = 500  # digits that show the range of the activations


@dataclass(frozen=True)
class ExportOptions:
    """The flags."""

    model: Positional[ModelFile]
    """A .keras or .h5 file."""
    to: Annotated[str, one_of(*FORMATS)]
    """The format."""
    out: OutputFile = None
    """Where to; else into this folder, under the model's name."""
    int8: FlagCreatePairsOff[bool] = False
    """With --to tflite: weights and activations in 8 bits; smaller, with slightly other answers."""
    data: Sources = (SKLEARN_DIGITS,)
    """Digits to check the file with: mnist, which is downloaded, an mnist.npz, digits, folder:DIR,
    drawings that the app exported, or pen strokes."""


def parse(arguments: list[str]) -> ExportOptions:
    """Parse the command line. Exits with status 2 where it is wrong."""
    options = parse_as(ExportOptions, arguments, NAME, DESCRIPTION)
    if options.int8 and options.to != "tflite":
        usage_error(NAME, "--int8 needs --to tflite")
    return options


def main(arguments: list[str]) -> int:
    """Run the command; return the exit status."""
    return run(_export, parse(arguments))


def _export(options: ExportOptions) -> None:
    out = options.out or Path(options.model.stem + FORMATS[options.to].suffix)
    if out.absolute() == options.model.absolute():
        raise TrainingError(f"{out} is the model itself; name another file with --out.")
    # Split as in the network's own training, so that it has not learned the digits to test on.
    seed = seed_of(card_of(options.model))
    data = load_sources(options.data, seed=seed, validation_share=VALIDATION_SHARE)
    model = load_pretrained_for(options.model, data.test)
    test = Examples.of(data.test)
    if options.int8:
        examples = Examples.of(sample(data.train, REPRESENTATIVE))
        with quiet_native_code():
            small = export_int8(model.network, out, examples.pixels)
        for name, runtime in (("float32", model.runtime), ("int8", small)):
            print(f"{name:8} {_accuracy(runtime, test, data)}")
    else:
        compared = test.pixels[:COMPARED]
        with quiet_native_code():
            difference = export(model.network, options.to, out, compared)
        print(
            f"On {len(compared):,} digits of {data.name} its probabilities differ from the "
            f"network's by {difference:.1g} at most."
        )
    print(f"Written: {out}")


def _accuracy(runtime: Runtime, test: Examples, data: Dataset) -> str:
    right = int((runtime.run(test.pixels).argmax(axis=1) == test.labels).sum())
    low, high = wilson_interval(right, len(test.labels))
    return (
        f"{100 * right / len(test.labels):.2f}% of {len(test.labels):,} digits of {data.name}, "
        f"95% interval {100 * low:.2f} to {100 * high:.2f}%"
    )
