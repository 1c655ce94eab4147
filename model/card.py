"""The model card: what a training run wrote about itself and its network.

One definition for everybody: training writes it, the reader takes the calibration from it, the app
shows it. The file is JSON, `X.json` beside `X.keras`. An uploaded one may come from anyone, so
every length and range is bounded here. After Mitchell et al. 2019, "Model Cards for Model
Reporting".
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Struct

MAX_NUMBER = 10**15  # a chart cannot show more

Number: TypeAlias = Annotated[float, Meta(ge=0, le=MAX_NUMBER)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_NUMBER)]
EpochNumber: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_NUMBER)]  # counted from 1
Label: TypeAlias = Annotated[int, Meta(ge=0, le=9)]
Text: TypeAlias = Annotated[str, Meta(max_length=2000)]
# Shown in pictures and on the command line, hence no HTML and no control characters.
Name: TypeAlias = Annotated[str, Meta(max_length=100, pattern=r"^[\w .:/()-]+\Z")]
Checksum: TypeAlias = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]  # names a file
Weight: TypeAlias = Annotated[float, Meta(ge=-MAX_NUMBER, le=MAX_NUMBER)]
Kernel: TypeAlias = Annotated[
    tuple[Annotated[tuple[Weight, ...], Meta(min_length=1, max_length=28)], ...],
    Meta(min_length=1, max_length=28),
]
Hyperparameter: TypeAlias = bool | int | float | str | None
Counts: TypeAlias = Annotated[dict[str, Count], Meta(max_length=200)]


class CardError(ValueError):
    """Not a model card; the message says what is wrong, and where, without a period."""


class _Part(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a card: immutable; a field with its default value is left out of the file."""


class Epoch(_Part, frozen=True):
    """Figures after one epoch."""

    loss: Number
    accuracy: Share
    val_loss: Number | None = None
    val_accuracy: Share | None = None
    seconds: Number | None = None  # of training so far


class Source(_Part, frozen=True):
    """A set of digits that the network learned from, or was tested on."""

    name: Text
    source: Text = ""
    licence: Text = ""
    sha256: Text = ""
    counts: Counts = {}  # images of each part: train, validation, test
    # The same, for each digit from 0 to 9.
    per_class: Annotated[dict[str, tuple[Count, ...]], Meta(max_length=200)] = {}
    weight: Number | None = None  # share of an epoch among several sources


class CalibrationFit(_Part, frozen=True):
    """What was fitted on validation digits: see `model.network.calibration.Calibration`."""

    temperature: Annotated[float, Meta(ge=0.01, le=100)]
    threshold: Share


class ConfidenceFit(_Part, frozen=True):
    """What was fitted on synthetic text lines: see `model.line.confidence.ConfidenceModel`."""

    bias: Weight
    line: Weight
    digits: Weight
    bound: Share  # a text is stated from this confidence on
    set: Text
    n: Count  # text lines
    stated: Share  # of them, from the bound on
    right: Share  # of those stated
    command: Text = ""  # repeats the fit


class Refusal(_Part, frozen=True):
    """How well digits are separated from non-digits, on validation data."""

    set: Text
    digits: Count
    accepted: Share  # of the digits
    non_digits: Count = msgspec.field(name="no_digits", default=0)
    refused: Share | None = None  # of the non-digits
    auroc: Share | None = None


class TestFigures(_Part, frozen=True):
    """Figures on test digits. All but `loss` are of calibrated probabilities."""

    n: Count
    accuracy: Share
    accuracy_interval_95: tuple[Share, Share]  # Wilson's
    set: Text = ""
    loss: Number | None = None  # cross-entropy of the network's own probabilities
    cross_entropy: Number | None = None
    calibration_error: Share | None = None  # expected calibration error, 15 bins
    accepted: Share | None = None
    accepted_accuracy: Share | None = None


class ReliabilityBin(_Part, frozen=True):
    """Digits whose confidence lies between two bounds."""

    n: Count
    confidence: Share | None  # mean; None for an empty bin
    accuracy: Share | None
    low: Share = 0.0
    high: Share = 1.0


class Example(_Part, frozen=True):
    """A test digit and its reading."""

    label: Label  # true
    answer: Label  # read
    confidence: Share
    png: Annotated[str, Meta(max_length=5000, pattern="^[A-Za-z0-9+/=]+$")]  # 28x28, base64


Examples: TypeAlias = Annotated[tuple[Example, ...], Meta(max_length=1000)]


class ExampleSet(_Part, frozen=True):
    """Test digits that are shown."""

    right: Examples = ()
    wrong: Examples | None = None  # in cards before `Card.mistakes` existed


class Layer(_Part, frozen=True):
    """One layer of the network."""

    name: Name
    type: Name
    inputs: Annotated[tuple[Name, ...], Meta(max_length=100)]
    output: Annotated[tuple[Count, ...], Meta(max_length=10)]  # shape
    parameters: Count
    multiply_adds: Count


class Filters(_Part, frozen=True):
    """The kernels of the first convolution."""

    layer: Name
    kernels: Annotated[tuple[Kernel, ...], Meta(min_length=1, max_length=512)]


class Network(_Part, frozen=True):
    """The layers of the network in the order of computation."""

    layers: Annotated[tuple[Layer, ...], Meta(min_length=1, max_length=1000)]
    filters: Filters | None = None


class ClassScores(_Part, frozen=True):
    """Precision, recall and F1 of one class, or an average over classes."""

    precision: Share
    recall: Share
    f1: Share = msgspec.field(name="f1-score")
    support: Number


class LearnedImages(_Part, frozen=True):
    """Which digits the network was trained and validated on: see `training.evaluation.held_out`."""

    count: Count
    filter: Annotated[str, Meta(max_length=2_000_000, pattern="^[A-Za-z0-9+/=]*$")]  # base64


class Checksums(_Part, frozen=True):
    """SHA-256 of the files that the card belongs to."""

    keras: Checksum = ""
    tflite: Checksum = ""


class Card(_Part, frozen=True):
    """Everything that is known of a run. A field that a run did not record has its default."""

    recipe: Name | None = None
    command: Text | None = None  # repeats the run
    finished: Text | None = None
    machine: Text | None = None
    seconds: Number | None = None
    interrupted: bool | None = None
    versions: Annotated[dict[str, Text], Meta(max_length=200)] = {}
    hyperparameters: Annotated[dict[str, Hyperparameter], Meta(max_length=200)] = {}
    parameters: Count | None = None
    multiply_adds: Count | None = None
    network: Network | None = None
    data: Annotated[tuple[Source, ...], Meta(max_length=100)] = ()
    learned_images: LearnedImages | None = None
    left_out: tuple[Text, ...] = ()  # a sentence for each image that was skipped
    best_epoch: EpochNumber | None = None
    averaged: Annotated[tuple[EpochNumber, ...], Meta(max_length=100)] = ()
    history: Annotated[tuple[Epoch, ...], Meta(max_length=10_000)] = ()
    calibration: CalibrationFit | None = None
    confidence: ConfidenceFit | None = None
    refusal: Refusal | None = None
    test: TestFigures | None = None
    confusion_matrix: (
        Annotated[
            tuple[Annotated[tuple[Count, ...], Meta(min_length=10, max_length=10)], ...],
            Meta(min_length=10, max_length=10),
        ]
        | None
    ) = None  # a row for each true digit
    reliability: Annotated[tuple[ReliabilityBin, ...], Meta(max_length=1000)] = ()
    examples: ExampleSet = ExampleSet()
    mistakes: Examples | None = None  # most confident first
    classification_report: Annotated[dict[str, ClassScores | float], Meta(max_length=200)] = {}
    sha256: Checksums = Checksums()


def decode_card(content: bytes) -> Card:
    """Parse and validate the bytes of a card. Raises CardError."""
    try:
        return msgspec.json.decode(content, type=Card)
    except msgspec.ValidationError as error:
        raise CardError(_place(str(error))) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise CardError("it is not JSON") from error


def encode_card(card: Card) -> bytes:
    """A card as JSON for people: UTF-8, indented, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(card), indent=1) + b"\n"


def _place(message: str) -> str:
    """`Expected int, got str - at $.test.n` as `test.n: expected int, got str`."""
    what, _, where = message.partition(" - at `$")
    said = what.replace("`", "")
    said = said[:1].lower() + said[1:]
    place = where.rstrip("`").lstrip(".")
    return f"{place}: {said}" if place else said
