"""What a recipe learns from and is judged on: digits, and for some also pens and damage."""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.augment import fonts as typefaces
from training.augment.generator import Maker, Mix, Sources, picture
from training.augment.prefetch import Stream, make, stream
from training.augment.render import draw
from training.data.dataset import Dataset, limit
from training.data.epochs import Examples, Feed, SameEveryEpoch, Targets
from training.errors import DataError
from training.recipes.base import Recipe
from training.sources import is_strokes
from training.sources import load as load_digits
from training.sources.pen import PenDigits, load_pen

NO_DIGITS_SHOWN = 4000  # marks that are no digits, for fitting and judging the refusal


@dataclass(frozen=True, eq=False)
class MadeAnew:
    """A stream of examples, so many an epoch."""

    stream: Stream
    count: int

    def epoch(self, number: int) -> tuple[NDArray[np.uint8], Targets]:
        """The same seed and number give the same ones."""
        return self.stream.epoch(number)


@dataclass(frozen=True, eq=False)
class Materials:
    """The data of one run."""

    digits: Dataset
    pen_train: PenDigits | None = None
    pen_validation: PenDigits | None = None

    @property
    def described(self) -> list[dict[str, object]]:
        """Every source, as the card tells it."""
        told = self.digits.described
        if self.pen_train and self.pen_validation:
            pens = _describe(self.pen_train, self.pen_validation)
            told = [*told, pens, typefaces.describe()]
        return told


def load(
    specs: Sequence[str],
    recipe: Recipe,
    config: Any,
    most: int | None,
    weights: Sequence[float] = (),
) -> Materials:
    """The data of a recipe, from what `--data` names or downloaded; `most` digits of each part.

    Raises DataError where a source is missing, damaged or another one.
    """
    if not specs and recipe.needs:
        raise DataError(recipe.needs)
    strokes = [spec for spec in specs if is_strokes(spec)] if recipe.generated else []
    images = [spec for spec in specs if spec not in strokes]
    if recipe.generated and specs and not (strokes and images):
        raise DataError(
            "--data needs an mnist.npz and the strokes as JSON, or nothing at all to download them."
        )
    digits = load_digits(
        images,
        seed=config.seed,
        validation_share=config.validation_share,
        weights=weights,
        prepare=recipe.preprocess,
    )
    if most:
        digits = limit(digits, most)
    if not recipe.generated:
        return Materials(digits)
    return Materials(digits, *load_pen([Path(file) for file in strokes]))


@contextlib.contextmanager
def feed(recipe: Recipe, config: Any, materials: Materials) -> Iterator[Feed]:
    """Where the examples of every epoch come from."""
    if recipe.mixture is None:
        train = materials.digits.train
        yield SameEveryEpoch(
            Examples.of(train),
            config.seed,
            train.weights,
            config.balanced,
            recipe.targets,
        )
        return
    sources = _sources(
        materials.digits.train.images, materials.digits.train.labels, materials.pen_train
    )
    mix = functools.partial(recipe.mixture, config)
    with stream(sources, mix, count=config.examples, seed=config.seed) as endless:
        yield MadeAnew(endless, config.examples)


def validation(config: Any, materials: Materials) -> Examples:
    """What epoch and refusal are chosen by: held-out images, and strokes of other writers."""
    images = Examples.of(materials.digits.validation)
    if not materials.pen_validation:
        return images
    random = np.random.default_rng(config.seed)
    drawn = np.stack([picture(draw(s, random), random) for s in materials.pen_validation.strokes])
    return Examples(
        np.concatenate([images.pixels, drawn.astype(np.float32) / 255]),
        np.concatenate([images.labels, materials.pen_validation.labels]),
    )


def no_digits(config: Any, materials: Materials) -> NDArray[np.float32] | None:
    """Marks that are no digits, made of validation digits, (n, 28, 28); None for a plain recipe."""
    if not materials.pen_validation:
        return None
    held_out = materials.digits.validation
    sources = _sources(held_out.images, held_out.labels, materials.pen_validation)
    pictures, _ = make(Maker(sources, Mix(no_digit=1.0)), NO_DIGITS_SHOWN, [config.seed, 2**20])
    return np.asarray(pictures.astype(np.float32) / 255, np.float32)


def _sources(images: Any, labels: Any, pen: PenDigits | None) -> Sources:
    assert pen is not None  # noqa: S101  `load` has seen to it
    return Sources(images, labels, pen.strokes, pen.labels)


def _describe(train: PenDigits, validation: PenDigits) -> dict[str, object]:
    return {
        "name": train.name,
        "source": train.source,
        "licence": train.licence,
        "sha256": train.sha256,
        "counts": {"train": len(train), "validation": len(validation)},
    }
