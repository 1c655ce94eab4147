"""Several networks on the same digits: what each reaches and costs, and which pairs differ."""

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

TIMED, WARM = 200, 10  # digits, one at a time

Right = NDArray[np.bool_]  # (n,) which digits a network reads right


@dataclass(frozen=True)
class Row:
    """One network's figures."""

    model: str
    accuracy: float
    accuracy_interval_95: tuple[float, float]
    loss: float  # cross-entropy of its own probabilities, in nats
    parameters: int
    multiply_adds: int  # of one digit
    seconds: float  # to read one digit, the network alone, one at a time; a median


@dataclass(frozen=True)
class Pair:
    """McNemar's exact test of two networks on the same digits."""

    one: str
    other: str
    only_one: int  # digits that the first alone reads right
    only_other: int
    p: float  # of counts at least as unequal if both were equally good; two-sided

    def __str__(self) -> str:
        """In a line."""
        return (
            f"{self.one} alone is right on {self.only_one}, {self.other} alone on "
            f"{self.only_other}: p = {self.p:.2g}"
        )


def measure(name: str, adopted: PretrainedModel, digits: LabelledImages) -> tuple[Row, Right]:
    """A network's figures, and which of the digits it reads right."""
    seen = preprocess_like_reader(adopted.runtime, adopted.calibration, digits)
    probabilities = adopted.runtime.run(seen.pixels)
    right = probabilities.argmax(axis=1) == seen.labels
    row = Row(
        model=name,
        accuracy=float(right.mean()),
        accuracy_interval_95=wilson_interval(int(right.sum()), len(right)),
        loss=cross_entropy(probabilities, seen.labels),
        parameters=adopted.network.count_params(),
        multiply_adds=multiply_adds(adopted.network),
        seconds=seconds_a_digit(adopted.runtime, seen.pixels),
    )
    return row, right


def seconds_a_digit(runtime: Runtime, pixels: NDArray[np.float32]) -> float:
    """Median time of one digit at a time, after a few to warm up."""
    times = []
    for picture in np.resize(pixels, (WARM + TIMED, *pixels.shape[1:])):
        start = time.perf_counter()
        runtime.run(picture[np.newaxis])
        times.append(time.perf_counter() - start)
    return statistics.median(times[WARM:])


def mcnemar(one: str, other: str, first: Right, second: Right) -> Pair:
    """McNemar's exact test (1947) for two networks' right answers to the same digits.

    Only the digits that one alone reads right tell; between equals they fall to either side like
    a coin.
    """
    from scipy.stats import binomtest

    only_one, only_other = int((first & ~second).sum()), int((second & ~first).sum())
    tosses = only_one + only_other
    p = float(binomtest(only_one, tosses).pvalue) if tosses else 1.0
    return Pair(one, other, only_one, only_other, p)


def table(rows: Sequence[Row]) -> str:
    """The rows in aligned columns, the most accurate first."""
    head = ("model", "accuracy", "95 % interval", "loss", "parameters", "multiply-adds", "a digit")
    cells = [head] + [
        (
            row.model,
            f"{100 * row.accuracy:.2f} %",
            f"{100 * row.accuracy_interval_95[0]:.2f} to {100 * row.accuracy_interval_95[1]:.2f} %",
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
