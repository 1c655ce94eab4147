"""Evaluation on test digits: the figures, the calibration and the mistakes of a model card."""

import base64

import msgspec
import numpy as np

from model.card import Card, Example, ExampleSet
from model.network.calibration import Calibration
from model.network.normalize import SIDE, as_png
from model.network.runtime import Probabilities, Runtime
from model.recognizer import Recognizer
from training.data.dataset import LabelledImages
from training.data.epochs import Examples
from training.evaluation.metrics import confusion_matrix, cross_entropy, reliability, score
from training.evaluation.report import classification_report

# An example takes about 400 bytes of a card.
MAX_CORRECT = 20
MAX_MISTAKES = 300


def evaluate_on_test(
    runtime: Runtime, calibration: Calibration, test: LabelledImages, name: str
) -> Card:
    """Read the test digits of the set `name`; return a card with what follows from them alone.

    Its fields are `test`, `confusion_matrix`, `reliability`, `examples`, `mistakes` and
    `classification_report`. Everything but the loss is of calibrated probabilities.
    """
    digits = preprocess_like_reader(runtime, calibration, test)
    own = runtime.run(digits.pixels)
    probabilities = calibration.apply(own)
    matrix = confusion_matrix(probabilities, digits.labels)
    figures = score(probabilities, digits.labels, calibration.threshold)
    return Card(
        test=msgspec.structs.replace(figures, set=name, loss=cross_entropy(own, digits.labels)),
        confusion_matrix=matrix,
        reliability=reliability(probabilities, digits.labels),
        examples=ExampleSet(right=correct_examples(probabilities, digits)),
        mistakes=mistakes(probabilities, digits),
        classification_report=classification_report(matrix),
    )


def preprocess_like_reader(
    runtime: Runtime, calibration: Calibration, digits: LabelledImages
) -> Examples:
    """Return the 28x28 inputs that a reading makes of each image; zeros where it finds no ink.

    Images that are preprocessed already have passed these stages.
    """
    if digits.preprocessed:
        return Examples.of(digits)
    recognizer = Recognizer(runtime, calibration)
    pixels = np.zeros((len(digits), SIDE, SIDE), np.float32)
    for row, image in zip(pixels, digits.images, strict=True):
        for digit in recognizer.read(image, single=True).digits:
            row[:] = digit.pixels
    return Examples(pixels, digits.labels)


def mistakes(
    probabilities: Probabilities, digits: Examples, most: int = MAX_MISTAKES
) -> tuple[Example, ...]:
    """Return the digits read wrong, the most confident first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != digits.labels)
    order = np.argsort(-probabilities[wrong].max(axis=1), kind="stable")
    return tuple(_example(probabilities, digits, place) for place in wrong[order][:most])


def correct_examples(
    probabilities: Probabilities, digits: Examples, most: int = MAX_CORRECT
) -> tuple[Example, ...]:
    """Return some of the digits read right, evenly spread over the set."""
    right = np.flatnonzero(probabilities.argmax(axis=1) == digits.labels)
    spread = right[np.linspace(0, len(right) - 1, min(most, len(right))).astype(int)]
    return tuple(_example(probabilities, digits, place) for place in spread)


def _example(probabilities: Probabilities, digits: Examples, place: int) -> Example:
    return Example(
        label=int(digits.labels[place]),
        answer=int(probabilities[place].argmax()),
        confidence=round(float(probabilities[place].max()), 4),
        png=base64.b64encode(as_png(digits.pixels[place])).decode("ascii"),
    )
