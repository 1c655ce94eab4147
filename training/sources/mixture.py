"""Several sources as one data set, and what must hold of any before it is trained on."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model.network.runtime import CLASSES
from training.data.dataset import Dataset, LabelledImages
from training.data.preprocess import Preprocess, prepare, preprocess_image
from training.errors import DataError
from training.sources.unsplit import as_bytes, in_words

NAMED = 5  # copies, in a sentence
TO = {"train": "learn from", "validation": "validate on", "test": "test on"}


def mix(
    sources: Sequence[Dataset], weights: Sequence[float], how: Preprocess, seed: int
) -> Dataset:
    """One data set of several, all digits preprocessed and shuffled; one alone stays as it is.

    A weight is a source's share of an epoch, among all weights.
    """
    if weights and len(weights) != len(sources):
        raise DataError(
            f"There are {len(weights)} weights for {len(sources)} sources; each needs one "
            "(files of pen strokes count as one)."
        )
    if len(sources) == 1 and how is preprocess_image:
        return sources[0]
    ready = [_prepared(source, how) for source in sources]
    if len(ready) == 1:
        return ready[0]
    shares = np.array(weights or [len(source.train) for source in ready], float)
    shares /= shares.sum()
    weighted = [
        replace(source, weight=round(float(share), 6)) if weights else source
        for source, share in zip(ready, shares, strict=True)
    ]
    trains = [
        _weighted(source.train, share) if weights else source.train
        for source, share in zip(ready, shares, strict=True)
    ]
    return Dataset(
        name=" and ".join(source.name for source in ready),
        source="; ".join(source.source for source in ready),
        licence="; ".join(source.licence for source in ready),
        sha256="; ".join(source.sha256 for source in ready),
        train=_together(trains, seed),
        validation=_together([source.validation for source in ready], seed),
        test=_together([source.test for source in ready], seed),
        notes=tuple(note for source in ready for note in source.notes),
        sources=tuple(weighted),
    )


def finish(dataset: Dataset) -> Dataset:
    """Take copies out of the training part, and see that no part lacks a digit.

    An image that is both learned from and tested on would flatter the figures; it stays where it
    is tested. Raises DataError where a part lacks a digit.
    """
    tested = _pictures(dataset.test)
    in_validation = _among(dataset.validation, tested)
    in_train = _among(dataset.train, tested | _pictures(dataset.validation))
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
    for name, purpose in TO.items():
        _every_digit(dataset, getattr(dataset, name), purpose)
    return dataset


def _every_digit(dataset: Dataset, part: LabelledImages, purpose: str) -> None:
    missing = [str(digit) for digit in range(CLASSES) if not part.per_class[digit]]
    if missing:
        raise DataError(f"{dataset.name} has no {in_words(missing)} to {purpose}.")


def _prepared(source: Dataset, how: Preprocess) -> Dataset:
    parts = {name: _prepare(getattr(source, name), how) for name in TO}
    return replace(source, **parts)  # type: ignore[arg-type]  # of three fields alike


def _prepare(digits: LabelledImages, how: Preprocess) -> LabelledImages:
    if digits.preprocessed:
        return digits
    return replace(digits, images=as_bytes(prepare(digits.images, how)), preprocessed=True)


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
    )
    return everything.take(np.random.default_rng(seed).permutation(len(everything)))


def _pictures(digits: LabelledImages) -> set[bytes]:
    return {image.tobytes() for image in digits.images}


def _among(digits: LabelledImages, pictures: set[bytes]) -> NDArray[np.bool_]:
    return np.array([image.tobytes() in pictures for image in digits.images], bool)


def _names(digits: LabelledImages) -> list[str]:
    return [] if digits.names is None else [str(name) for name in digits.names if name]
