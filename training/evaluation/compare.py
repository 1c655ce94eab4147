"""Comparison of networks on the same digits: figures and costs of each, and tests of pairs."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.network.runtime import Runtime
from training.data.dataset import LabelledImages
from training.evaluation.evaluate import preprocess_like_reader
from training.evaluation.metrics import cross_entropy, wilson_interval
from training.evaluation.network_summary import multiply_adds
from training.evaluation.pretrained import PretrainedModel

TIMED, WARM_UP = 200, 10  # digits, one at a time

Right = NDArray[np.bool_]  # (n,) whether a network reads each digit right


@dataclass(frozen=True)
class ModelFigures:
    """One network's figures."""

    model: str
    accuracy: float
    accuracy_interval_95: tuple[float, float]
    loss: float  # cross-entropy of its own probabilities, in nats
    parameters: int
    multiply_adds: int  # for one digit
    seconds: float  # median for one digit, the network alone, one at a time


@dataclass(frozen=True)
class PairedTest:
    """McNemar's exact test of two networks on the same digits."""

    one: str
    other: str
    only_one: int  # digits that only the first reads right
    only_other: int
    p: float  # two-sided probability of counts as unequal if both were equally good

    def __str__(self) -> str:
        """Return it in one line."""
        return (
            f"{self.one} alone is right on {self.only_one}, {self.other} alone on "
            f"{self.only_other}: p = {self.p:.2g}"
        )


def measure(
    name: str, model: PretrainedModel, digits: LabelledImages
) -> tuple[ModelFigures, Right]:
    """Return a network's figures, and which of the digits it reads right."""
    examples = preprocess_like_reader(model.runtime, model.calibration, digits)
    probabilities = model.runtime.run(examples.pixels)
    right = probabilities.argmax(axis=1) == examples.labels
    row = ModelFigures(
        model=name,
        accuracy=float(right.mean()),
        accuracy_interval_95=wilson_interval(int(right.sum()), len(right)),
        loss=cross_entropy(probabilities, examples.labels),
        parameters=model.network.count_params(),
        multiply_adds=multiply_adds(model.network),
        seconds=seconds_a_digit(model.runtime, examples.pixels),
    )
    return row, right


def seconds_a_digit(runtime: Runtime, pixels: NDArray[np.float32]) -> float:
    """Return the median time for one digit at a time, after a few to warm up."""
    times = []
    for one in np.resize(pixels, (WARM_UP + TIMED, *pixels.shape[1:])):
        start = time.perf_counter()
        runtime.run(one[np.newaxis])
        times.append(time.perf_counter() - start)
    return statistics.median(times[WARM_UP:])


def mcnemar(one: str, other: str, first: Right, second: Right) -> PairedTest:
    """Test whether two networks differ on the same digits: McNemar's exact test (1947).

    Only the digits that just one of them reads right count. For equally good networks each of these
    falls to either side like a coin.
    """
    from scipy.stats import binomtest

    only_one, only_other = int((first & ~second).sum()), int((second & ~first).sum())
    tosses = only_one + only_other
    p = float(binomtest(only_one, tosses).pvalue) if tosses else 1.0
    return PairedTest(one, other, only_one, only_other, p)


def format_table(rows: Sequence[ModelFigures]) -> str:
    """Return the figures in aligned columns, the most accurate network first."""
    head = ("model", "accuracy", "95% interval", "loss", "parameters", "multiply-adds", "a digit")
    cells = [head] + [
        (
            row.model,
            f"{100 * row.accuracy:.2f}%",
            f"{100 * row.accuracy_interval_95[0]:.2f} to {100 * row.accuracy_interval_95[1]:.2f}%",
            f"{row.loss:.4f}",
            f"{row.parameters:,}",
            f"{row.multiply_adds:,}",
            f"{1000 * row.seconds:.2f} ms",
        )
        for row in sorted(rows, key=lambda row: -row.accuracy)
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    )
