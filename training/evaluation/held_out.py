"""Held-out digits: what models can be tested on, without the digits that they learned from.

A source that a training split leaves its test part, found again by the seed on the card. Of any
other source, a digit counts as learned if the fingerprint of its image, or of its pen strokes, is
on the card: in a Bloom filter (1970, "Space/Time Trade-offs in Hash Coding with Allowable Errors"),
which has every learned digit and one in a hundred of the others.
"""

import base64
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from model.card import Card, LearnedImages
from training.data.dataset import Dataset, LabelledImages
from training.errors import DataError
from training.sources import as_test, load_test_set
from training.sources.unsplit import TEST_SHARE, Collection

VALIDATION_SHARE = 0.1  # which digits are in the test part does not depend on it
BITS_PER_IMAGE, HASHES = 9.6, 7  # for 1% false positives


def held_out(specs: Sequence[str], cards: Sequence[Card], most: int | None = None) -> Dataset:
    """Return sources to test on, without what a model with one of these cards has learned from.

    `most` limits it to so many random digits. Images are preprocessed as the reader does, whatever
    the preprocessing of a recipe was: the reader is evaluated. Raises DataError if a source cannot
    be read, nothing is left of it, or the models were trained on different parts of it.
    """
    found = load_test_set(specs, choose=partial(_unseen, cards=cards))
    if not most or most >= len(found.test):
        return found
    places = np.random.default_rng(0).permutation(len(found.test))[:most]
    return replace(found, name=f"{found.name}, {most} of its digits", test=found.test.take(places))


def seed_of(card: Card) -> int:
    """Return the seed by which a training split its sources; 0 for a model without one."""
    seed = card.hyperparameters.get("seed")
    return seed if isinstance(seed, int) else 0


def learned_images(fingerprints: NDArray[np.uint64]) -> LearnedImages:
    """Return the entry of a card for digits that a model learned from, by fingerprint (n,)."""
    bits = np.zeros(8 * max(1, round(BITS_PER_IMAGE * len(fingerprints) / 8)), bool)
    bits[_places(fingerprints, len(bits))] = True
    packed = np.packbits(bits).tobytes()
    return LearnedImages(count=len(fingerprints), filter=base64.b64encode(packed).decode("ascii"))


def is_learned(learned: LearnedImages, fingerprints: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return whether each fingerprint, (n,), is in the filter."""
    packed = np.frombuffer(base64.b64decode(learned.filter), np.uint8)
    if not packed.size:
        return np.zeros(len(fingerprints), bool)
    bits = np.unpackbits(packed).astype(bool)
    return np.asarray(bits[_places(fingerprints, len(bits))].all(axis=1))


def _places(fingerprints: NDArray[np.uint64], size: int) -> NDArray[np.intp]:
    """The bits of each fingerprint, (n, HASHES), by double hashing of its two halves."""
    low, high = fingerprints & np.uint64(2**32 - 1), fingerprints >> np.uint64(32)
    step = high | np.uint64(1)
    hashes = low[:, np.newaxis] + step[:, np.newaxis] * np.arange(HASHES, dtype=np.uint64)
    return (hashes % np.uint64(size)).astype(np.intp)


def _unseen(source: Dataset | Collection, cards: Sequence[Card]) -> Dataset:
    """The digits of a source that no model with one of these cards has learned from."""
    if isinstance(source, Dataset):  # with a test set of its own, as MNIST
        return as_test(source)
    own = [card for card in cards if _was_split(source, card)]
    parts = [_test_part(source, seed) for seed in sorted({seed_of(card) for card in own})]
    if any(not np.array_equal(part.images, parts[0].images) for part in parts):
        raise DataError(
            f"The models learned from different parts of {source.name}; they can be compared only "
            "on digits that none of them has learned from."
        )
    test = parts[0] if parts else source.digits
    learned = np.zeros(len(test), bool)
    for card in cards:
        if card.learned_images and card not in own:
            learned |= is_learned(card.learned_images, test.identify())
    if learned.all() and len(test):
        raise DataError(
            f"No digit of {source.name} is new to the model: it learned from all of them, or chose "
            "its epoch and thresholds by them. Name others with --data."
        )
    known = f" without {learned.sum()} that may have been learned" if learned.any() else ""
    return replace(source, name=f"{source.name}{known}", digits=test.take(~learned)).as_test()


def _was_split(source: Collection, card: Card) -> bool:
    """Whether the training of a card split this source and left a test part of it."""
    return any(one.sha256 == source.sha256 and one.counts.get("test") for one in card.data)


def _test_part(source: Collection, seed: int) -> LabelledImages:
    return source.split(validation_share=VALIDATION_SHARE, test_share=TEST_SHARE, seed=seed).test
