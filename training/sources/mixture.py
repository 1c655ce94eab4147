"""Mixtures: several sources as one data set, and the checks before a data set is trained on."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model.network.runtime import CLASSES
from training.data.dataset import PARTS, Dataset, LabelledImages
from training.data.preprocess import (
    Preprocess,
    preprocess_clean_image,
    preprocess_image,
    preprocess_images,
    to_bytes,
)
from training.errors import DataError
from training.sources.unsplit import enumerate_words

NAMED = 5  # copies in a sentence
PURPOSES = {"train": "learn from", "validation": "validate on", "test": "test on"}


def mix(
    sources: Sequence[Dataset], weights: Sequence[float], preprocess: Preprocess, seed: int
) -> Dataset:
    """Return one data set of several, preprocessed and shuffled; a single one stays as it is.

    A weight, relative to the sum of all, is a source's share of an epoch. Raises DataError if their
    number is another than that of the sources.
    """
    if weights and len(weights) != len(sources):
        raise DataError(
            f"--weights needs one number a source, {len(sources)} in all, not {len(weights)} "
            "(files of pen strokes count as one source)."
        )
    if len(sources) == 1 and preprocess is preprocess_image:
        return sources[0]
    ready = [_preprocessed(source, preprocess) for source in sources]
    if len(ready) == 1:
        return ready[0]
    if weights:
        shares = [weight / sum(weights) for weight in weights]
        ready = [
            replace(source, train=_weighted(source.train, share), weight=round(share, 6))
            for source, share in zip(ready, shares, strict=True)
        ]
    return Dataset(
        name=" and ".join(source.name for source in ready),
        source="; ".join(source.source for source in ready),
        licence="; ".join(source.licence for source in ready),
        sha256="; ".join(source.sha256 for source in ready),
        train=_together([source.train for source in ready], seed),
        validation=_together([source.validation for source in ready], seed),
        test=_together([source.test for source in ready], seed),
        notes=tuple(note for source in ready for note in source.notes),
        sources=tuple(ready),
    )


def finish(dataset: Dataset) -> Dataset:
    """Remove copies from the training part, and check that no part lacks a digit.

    An image in two parts would flatter the figures; it stays where it is tested. Raises DataError
    if a part lacks a digit.
    """
    tested = _images(dataset.test)
    in_validation = _among(dataset.validation, tested)
    in_train = _among(dataset.train, tested | _images(dataset.validation))
    if copies := int(in_train.sum() + in_validation.sum()):
        names = _names(dataset.train.take(in_train)) + _names(
            dataset.validation.take(in_validation)
        )
        shown = f" ({', '.join(names[:NAMED])}{', ...' if len(names) > NAMED else ''})"
        note = (
            f"{copies} {'image' if copies == 1 else 'images'} identical to one on the other side "
            f"of the split{shown if names else ''}; the other side keeps them, to be tested on."
        )
        dataset = replace(
            dataset,
            train=dataset.train.take(~in_train),
            validation=dataset.validation.take(~in_validation),
            notes=(*dataset.notes, note),
        )
    for name, purpose in PURPOSES.items():
        _every_digit(dataset, getattr(dataset, name), purpose)
    return dataset


def _every_digit(dataset: Dataset, part: LabelledImages, purpose: str) -> None:
    missing = [str(digit) for digit in range(CLASSES) if not part.per_class[digit]]
    if missing:
        raise DataError(f"{dataset.name} has no {enumerate_words(missing)} to {purpose}.")


def _preprocessed(source: Dataset, preprocess: Preprocess) -> Dataset:
    parts = {name: _preprocess_part(getattr(source, name), preprocess) for name in PARTS}
    return replace(source, **parts)  # type: ignore[arg-type]  # three fields of the same type


def _preprocess_part(digits: LabelledImages, preprocess: Preprocess) -> LabelledImages:
    """Only MNIST comes here without; its images hold nothing but the digit."""
    if digits.preprocessed:
        return digits
    own = preprocess_clean_image if preprocess is preprocess_image else preprocess
    return replace(
        digits,
        images=to_bytes(preprocess_images(digits.images, own)),
        preprocessed=True,
        fingerprints=digits.identify(),
    )


def _weighted(digits: LabelledImages, share: float) -> LabelledImages:
    return replace(digits, weights=np.full(len(digits), share / max(1, len(digits))))


def _together(parts: Sequence[LabelledImages], seed: int) -> LabelledImages:
    weights = [part.weights for part in parts if part.weights is not None]
    names = [
        np.full(len(part), "") if part.names is None else part.names  # some know theirs
        for part in parts
    ]
    everything = LabelledImages(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
        preprocessed=True,
        weights=np.concatenate(weights) if weights else None,
        names=np.concatenate(names),
        fingerprints=np.concatenate([part.identify() for part in parts]),
    )
    return everything.take(np.random.default_rng(seed).permutation(len(everything)))


def _images(digits: LabelledImages) -> set[bytes]:
    return {image.tobytes() for image in digits.images}


def _among(digits: LabelledImages, images: set[bytes]) -> NDArray[np.bool_]:
    return np.array([image.tobytes() in images for image in digits.images], bool)


def _names(digits: LabelledImages) -> list[str]:
    return [] if digits.names is None else [str(name) for name in digits.names if name]
