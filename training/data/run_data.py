"""The data of a run: digits to learn from, to validate on and to test on, and pen strokes."""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.card import Source
from training.augment import fonts
from training.augment.characters import Mixture, WritingSamples
from training.augment.compose import to_input
from training.augment.generator import ExampleGenerator
from training.augment.prefetch import generate, generated_epochs
from training.augment.render import render_handwriting
from training.data.dataset import Dataset, LabelledImages, limit
from training.data.epochs import EpochSource, Examples, ShuffledEpochs
from training.errors import DataError
from training.recipes.base import Recipe
from training.sources import is_strokes, load_sources
from training.sources.pen import PenDigits, load_pen

NON_DIGITS_GENERATED = 4000  # for fitting the refusal threshold and measuring it


@dataclass(frozen=True, eq=False)
class RunData:
    """The data of one run."""

    digits: Dataset
    pen_train: PenDigits | None = None
    pen_validation: PenDigits | None = None

    @property
    def card_sources(self) -> tuple[Source, ...]:
        """The entries of the model card: one for each source."""
        sources = self.digits.card_sources
        if self.pen_train and self.pen_validation:
            sources += (_pen_source(self.pen_train, self.pen_validation), fonts.card_source())
        return sources

    def identify(self) -> NDArray[np.uint64]:
        """Return the fingerprints (n,) of all digits that are trained or validated on."""
        sets = (self.digits.train, self.digits.validation, self.pen_train, self.pen_validation)
        return np.concatenate([digits.identify() for digits in sets if digits])


def load_run_data(
    specs: Sequence[str],
    recipe: Recipe,
    config: Any,
    most: int | None,
    weights: Sequence[float] = (),
) -> RunData:
    """Load the data of a recipe from the sources that `--data` names, or download them.

    `most` limits the digits of each part. Raises DataError if a source is missing, damaged or
    another one.
    """
    if not specs and recipe.needs:
        raise DataError(recipe.needs)
    strokes = [spec for spec in specs if is_strokes(spec)] if recipe.generated else []
    images = [spec for spec in specs if spec not in strokes]
    if recipe.generated and specs and not (strokes and images):
        raise DataError(
            "--data needs an mnist.npz and the strokes as JSON, or nothing at all to download them."
        )
    if recipe.generated and weights and len(weights) != len(images):
        raise DataError(
            f"--weights needs one number a source of images, {len(images)} in all, "
            f"not {len(weights)} (the recipe {recipe.name} sets the share of pen strokes itself)."
        )
    digits = load_sources(
        images,
        seed=config.seed,
        validation_share=config.validation_share,
        weights=weights,
        preprocess=recipe.preprocess,
    )
    if most:
        digits = limit(digits, most)
    if not recipe.generated:
        return RunData(digits)
    return RunData(digits, *load_pen([Path(file) for file in strokes]))


@contextlib.contextmanager
def epochs_for(recipe: Recipe, config: Any, data: RunData) -> Iterator[EpochSource]:
    """Provide the examples of every epoch, for as long as the context lasts."""
    if recipe.mixture is None:
        train = data.digits.train
        yield ShuffledEpochs(
            Examples.of(train),
            config.seed,
            train.weights,
            config.balanced,
            recipe.targets,
        )
        return
    samples = _writing_samples(data.digits.train, data.pen_train)
    mixture = functools.partial(recipe.mixture, config)
    with generated_epochs(samples, mixture, count=config.examples, seed=config.seed) as epochs:
        yield epochs


def validation_examples(config: Any, data: RunData) -> Examples:
    """Return what the best epoch and the refusal threshold are chosen by.

    Held-out images, then strokes by writers who are not in the training data, drawn once.
    """
    images = Examples.of(data.digits.validation)
    if not data.pen_validation:
        return images
    random = np.random.default_rng(config.seed)
    drawn = np.stack(
        [to_input(render_handwriting(s, random), random) for s in data.pen_validation.strokes]
    )
    return Examples(
        np.concatenate([images.pixels, drawn.astype(np.float32) / 255]),
        np.concatenate([images.labels, data.pen_validation.labels]),
    )


def generate_non_digits(config: Any, data: RunData) -> NDArray[np.float32] | None:
    """Generate non-digits from validation digits, (n, 28, 28) in [0, 1]; None without strokes."""
    if not data.pen_validation:
        return None
    samples = _writing_samples(data.digits.validation, data.pen_validation)
    generator = ExampleGenerator(samples, Mixture(non_digit=1.0))
    seed = [config.seed, 2**20]  # of no epoch
    inputs, _ = generate(generator, NON_DIGITS_GENERATED, seed)
    return np.asarray(inputs.astype(np.float32) / 255, np.float32)


def _writing_samples(digits: LabelledImages, pen: PenDigits | None) -> WritingSamples:
    assert pen is not None  # noqa: S101  `load_run_data` has seen to it
    return WritingSamples(
        digits.images, digits.labels, pen.strokes, pen.labels, weights=digits.weights
    )


def _pen_source(train: PenDigits, validation: PenDigits) -> Source:
    return Source(
        name=train.name,
        source=train.source,
        licence=train.licence,
        sha256=train.sha256,
        counts={"train": len(train), "validation": len(validation)},
    )
