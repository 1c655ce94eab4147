"""The shapes that scenes are written with: digits by writer, handwriting fonts, templates.

A corpus holds those of one part. No writer is in two parts, where the writers are known: those of
MNIST from a file `mnist-writers.npz` (Yadav and Bottou 2019, "Cold case: the lost MNIST digits").
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.card import Source
from model.network.runtime import CLASSES
from training.augment import fonts
from training.augment.stroke_templates import (
    DIGIT_TEMPLATES,
    LATIN_TEMPLATES,
    NON_DIGIT_TEMPLATES,
    ONE_STROKE_TEMPLATES,
    RARE_TEMPLATES,
    Stroke,
    parse_strokes,
)
from training.data.dataset import PARTS, Dataset, LabelledImages
from training.errors import DataError
from training.sources import MNIST, is_mnist, is_strokes, load_sources
from training.sources.guard import readable
from training.sources.mnist import mnist_dataset, read_mnist
from training.sources.pen import PenDigits, load_pen

Places = list[list[int]]  # for each digit from 0 to 9, where its examples by one writer are

WRITERS_FILE = "mnist-writers.npz"  # arrays train (60000,) and test (10000,): the writer of each
VALIDATION_WRITERS = 0.08  # share of MNIST's 539 training writers
FEWEST_DIGITS = 8  # different digits of a writer who writes scenes
SET_SIZE = 100  # images that count as one writer's where the writers are unknown
VALIDATION_FONTS = 0.1  # share of the handwriting fonts; the last ones
VALIDATION_SHARE = 0.1  # of the digits of other sources
UNKNOWN_WRITERS = f"Writers unknown: {SET_SIZE} digits in a row count as one hand's."
SPLIT_SEED = 7  # the same writers validate in every run
# How often a template of each kind is drawn.
TEMPLATE_KINDS = (
    (DIGIT_TEMPLATES, 3),
    (RARE_TEMPLATES, 2),
    (LATIN_TEMPLATES, 2),
    (ONE_STROKE_TEMPLATES, 1),
)


@dataclass(frozen=True, eq=False)
class Corpus:
    """The shapes of one part. A writer is a list of ten lists of places, one for each digit."""

    images: NDArray[np.uint8]  # (n, 28, 28) in 0 to 255, ink bright
    labels: NDArray[np.int64]  # (n,)
    image_writers: tuple[Places, ...]  # places in `images`
    strokes: list[list[Stroke]]
    stroke_writers: tuple[Places, ...]  # places in `strokes`
    faces: NDArray[np.uint8]  # (m, 10, side, side), the digits of m handwriting fonts
    letters: NDArray[np.uint8]  # (k, side, side), font by font

    @cached_property
    def templates(self) -> list[list[list[Stroke]]]:
        """For each digit from 0 to 9, the templates of its strokes, frequent ones repeated."""
        found: list[list[list[Stroke]]] = [[] for _ in range(CLASSES)]
        for templates, times in TEMPLATE_KINDS:
            for template, label in templates:
                found[label] += [parse_strokes(template)] * times
        return found

    @cached_property
    def non_digits(self) -> list[list[Stroke]]:
        """Templates of letters and signs that hardly anyone writes like a digit."""
        return [parse_strokes(template) for template in NON_DIGIT_TEMPLATES]

    @cached_property
    def by_label(self) -> list[NDArray[np.intp]]:
        """For each digit, the places of its images by any writer."""
        return [np.flatnonzero(self.labels == label) for label in range(CLASSES)]


@dataclass(frozen=True, eq=False)
class Corpora:
    """The corpora of one run, and where their shapes come from."""

    train: Corpus
    validation: Corpus
    test: Corpus
    card_sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()  # what a reader of the card should know


def load_corpora(specs: Sequence[str], *, seed: int = 1) -> Corpora:
    """Load what `--data` names: MNIST with its file of writers, other images, pen strokes as JSON.

    Without any, MNIST and pen strokes are downloaded. The file of writers may lie beside MNIST's.
    Raises DataError if a source is missing, damaged or another one.
    """
    strokes = [Path(spec) for spec in specs if is_strokes(spec)]
    writers_file = next((Path(spec) for spec in specs if Path(spec).name == WRITERS_FILE), None)
    images = [s for s in specs if not is_strokes(s) and Path(s).name != WRITERS_FILE]
    images = images or [MNIST]
    if len(images) == 1 and is_mnist(images[0]):
        path = None if images[0] == MNIST else Path(images[0])
        digits, writers, notes = _read_mnist_by_writer(path, writers_file)
    else:
        digits = load_sources(images, seed=seed, validation_share=VALIDATION_SHARE)
        writers = {part: _sets(_part(digits, part)) for part in PARTS}
        notes = (*digits.notes, UNKNOWN_WRITERS)
    pens = load_pen(strokes) if strokes or not specs else None
    sources = digits.card_sources + _pen_sources(pens) + (fonts.card_source(),)
    parts = {part: _corpus(digits, writers[part], pens, part) for part in PARTS}
    return Corpora(**parts, card_sources=sources, notes=notes)


def _read_mnist_by_writer(
    path: Path | None, writers_file: Path | None
) -> tuple[Dataset, dict[str, NDArray[np.int64]], tuple[str, ...]]:
    """MNIST split by writer, the writer of each image of each part, and notes for the card."""
    train, test = read_mnist(path)
    beside = path.with_name(WRITERS_FILE) if path else None
    file = writers_file or (beside if beside and beside.is_file() else None)
    if file:
        by_train, by_test = _read_writers(file, len(train), len(test))
        notes = (f"Writers of MNIST's digits: {WRITERS_FILE}, SHA-256 {_sha256(file)}.",)
    else:
        by_train, by_test = _sets(train), _sets(test)
        notes = (UNKNOWN_WRITERS,)
    everyone = np.random.default_rng(SPLIT_SEED).permutation(np.unique(by_train))
    held_out = np.isin(by_train, everyone[: max(1, round(VALIDATION_WRITERS * len(everyone)))])
    digits = mnist_dataset(train.take(~held_out), train.take(held_out), test)
    writers = {"train": by_train[~held_out], "validation": by_train[held_out], "test": by_test}
    return digits, writers, notes


def _read_writers(file: Path, train: int, test: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    what = f"the writers of MNIST, arrays train ({train},) and test ({test},)"
    with readable(file, what), np.load(file, allow_pickle=False) as arrays:
        found = arrays["train"].astype(np.int64), arrays["test"].astype(np.int64)
    if [part.shape for part in found] != [(train,), (test,)]:
        raise DataError(f"{file.name} cannot be read as {what}.")
    return found


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _part(data: Dataset, part: str) -> LabelledImages:
    images: LabelledImages = getattr(data, part)
    return images


def _sets(digits: LabelledImages) -> NDArray[np.int64]:
    """A number for each image that stands for its writer: the same for so many in a row."""
    return np.arange(len(digits), dtype=np.int64) // SET_SIZE


def _corpus(
    data: Dataset,
    writers: NDArray[np.int64],
    pens: tuple[PenDigits, PenDigits] | None,
    part: str,
) -> Corpus:
    """The shapes of a part; strokes and fonts to test on are those that validate."""
    digits, typefaces = _part(data, part), fonts.HandwritingFonts.load()
    learns = part == "train"
    pen = None if pens is None else pens[0 if learns else 1]
    cut = round((1 - VALIDATION_FONTS) * len(typefaces.digits))
    first_letter = round((1 - VALIDATION_FONTS) * len(typefaces.letters))
    known = slice(None, cut) if learns else slice(cut, None)
    letters = slice(None, first_letter) if learns else slice(first_letter, None)
    return Corpus(
        images=digits.images,
        labels=digits.labels,
        image_writers=_by_writer(writers, digits.labels),
        strokes=pen.strokes if pen else [],
        stroke_writers=_by_writer(pen.writers, pen.labels) if pen else (),
        faces=typefaces.digits[known],
        letters=typefaces.letters[letters],
    )


def _by_writer(writers: NDArray[np.int64], labels: NDArray[np.int64]) -> tuple[Places, ...]:
    """The places of each writer's digits, of those who wrote nearly all ten."""
    found: dict[int, Places] = {}
    for place, (writer, label) in enumerate(zip(writers.tolist(), labels.tolist(), strict=True)):
        found.setdefault(writer, [[] for _ in range(CLASSES)])[label].append(place)
    return tuple(w for w in found.values() if sum(map(bool, w)) >= FEWEST_DIGITS)


def _pen_sources(pens: tuple[PenDigits, PenDigits] | None) -> tuple[Source, ...]:
    if pens is None:
        return ()
    train, validation = pens
    return (
        Source(
            name=train.name,
            source=train.source,
            licence=train.licence,
            sha256=train.sha256,
            counts={"train": len(train), "validation": len(validation)},
        ),
    )
