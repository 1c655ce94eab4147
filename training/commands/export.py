"""Write a trained network for other programs: `python -m training export MODEL --to FORMAT`."""

import argparse
from pathlib import Path

from model.network.runtime import Runtime
from training.commands.common import (
    VALIDATION_SHARE,
    add_data,
    card_of,
    load_pretrained_for,
    prepare_of,
    run,
)
from training.data.dataset import Dataset
from training.data.epochs import Examples
from training.errors import TrainingError
from training.evaluation.export import FORMATS, TOLERANCE, export, export_int8
from training.evaluation.metrics import wilson_interval
from training.sources import load

COMPARED = 1000  # real digits on which an exported network must agree with the original
REPRESENTATIVE = 500  # digits that show the range of the activations


def parser() -> argparse.ArgumentParser:
    """The flags."""
    p = argparse.ArgumentParser(
        prog="python -m training export",
        description="Write a network for other programs. What is written takes (n, 28, 28, 1) "
        "float32, ink bright, from 0 to 1, and gives (n, 10) probabilities; on real digits they "
        f"are within {TOLERANCE:g} of the network's own, or nothing is written.",
    )
    p.add_argument("model", type=Path, metavar="MODEL", help="a .keras or .h5 file")
    p.add_argument("--to", required=True, choices=FORMATS, help="the format")
    p.add_argument(
        "--out", type=Path, metavar="FILE", help="default: of the model's name, in this folder"
    )
    p.add_argument(
        "--int8",
        action="store_true",
        help="tflite with weights and activations in 8 bits: smaller, and not quite the same",
    )
    add_data(p, default="digits")
    return p


def main(argv: list[str]) -> int:
    """Run the command; the exit status."""
    arguments = parser().parse_args(argv)
    if arguments.int8 and arguments.to != "tflite":
        parser().error("--int8 needs --to tflite")
    return run(_export, arguments)


def _export(arguments: argparse.Namespace) -> None:
    file: Path = arguments.model
    out: Path = arguments.out or Path(file.stem + FORMATS[arguments.to].suffix)
    if out.absolute() == file.absolute():
        raise TrainingError(f"{out} is the model itself; name another file with --out.")
    # Parted as in the network's own training, so that it has not learned the digits to test on.
    card = card_of(file)
    data = load(
        arguments.data,
        seed=card.get("hyperparameters", {}).get("seed", 0),
        validation_share=VALIDATION_SHARE,
        prepare=prepare_of(card),
    )
    adopted = load_pretrained_for(file, data.test)
    test = Examples.of(data.test)
    if arguments.int8:
        examples = Examples.of(data.train.take(slice(REPRESENTATIVE)))
        small = export_int8(adopted.network, out, examples.pixels)
        for name, runtime in (("float32", adopted.runtime), ("int8", small)):
            print(f"{name:8} {_accuracy(runtime, test, data)}")
    else:
        compared = test.pixels[:COMPARED]
        difference = export(adopted.network, arguments.to, out, compared)
        print(
            f"On {len(compared):,} digits of {data.name} its probabilities differ from the "
            f"network's by {difference:.1g} at most."
        )
    print(f"Written: {out}")


def _accuracy(runtime: Runtime, test: Examples, data: Dataset) -> str:
    right = int((runtime.run(test.pixels).argmax(axis=1) == test.labels).sum())
    low, high = wilson_interval(right, len(test.labels))
    return (
        f"{100 * right / len(test.labels):.2f} % of {len(test.labels):,} digits of {data.name}, "
        f"95 % interval {100 * low:.2f} to {100 * high:.2f} %"
    )
