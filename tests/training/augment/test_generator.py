"""Examples: digits and non-digits as 28x28 inputs with their targets."""

import itertools
from typing import Any

import numpy as np
import pytest

from tests.training.augment.conftest import (
    IMAGES,
    PEN,
    SAMPLES,
    normalized,
    sharp_digit,
)
from tests.training.conftest import drawn
from training.augment.characters import Mixture, WritingSamples
from training.augment.generator import NON_DIGIT_TARGET, ExampleGenerator
from training.augment.prefetch import generate
from training.augment.stroke_templates import (
    DIGIT_TEMPLATES,
    LATIN_TEMPLATES,
    ONE_STROKE_TEMPLATES,
    RARE_TEMPLATES,
)


def test_same_seed_gives_the_same_examples() -> None:
    one, same, other = (
        generate(ExampleGenerator(SAMPLES, Mixture()), 60, [seed, 0]) for seed in (1, 1, 2)
    )
    assert np.array_equal(one[0], same[0])
    assert np.array_equal(one[1], same[1])
    assert not np.array_equal(one[0], other[0])


def test_inputs_have_the_form_of_a_normalised_digit() -> None:
    pictures, targets = generate(ExampleGenerator(SAMPLES, Mixture()), 200, [3])
    assert pictures.shape == (200, 28, 28)
    assert pictures.dtype == np.uint8
    assert targets.shape == (200, 10)
    assert targets.dtype == np.float32
    assert (pictures.max(axis=(1, 2)) > 150).all()
    # A pixel beside its place at most: nothing touches the edge of the to_input.
    border = [pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1]]
    assert np.mean([edge.max(axis=1) > 0 for edge in border]) < 0.02


def test_inputs_are_centred_by_mass() -> None:
    pictures, _ = generate(ExampleGenerator(SAMPLES, Mixture(non_digit=0, neighbour=0)), 200, [4])
    ink = pictures.astype(float)
    total = ink.sum(axis=(1, 2))
    rows = (ink.sum(axis=2) @ np.arange(28)) / total
    columns = (ink.sum(axis=1) @ np.arange(28)) / total
    for centre in (rows, columns):
        assert abs(float(np.median(centre)) - 14) < 0.7
        assert np.percentile(np.abs(centre - 14), 90) < 2


def test_targets_sum_to_one() -> None:
    _, targets = generate(ExampleGenerator(SAMPLES, Mixture(neighbour=0.5)), 400, [5])
    assert targets.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert targets.min() >= 0


def test_target_of_a_non_digit_is_uniform() -> None:
    _, targets = generate(ExampleGenerator(SAMPLES, Mixture(non_digit=1)), 50, [6])
    assert (targets == NON_DIGIT_TARGET).all()
    assert np.allclose(NON_DIGIT_TARGET, 0.1)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.6])
def test_mixture_sets_the_share_of_non_digits(share: float) -> None:
    _, targets = generate(ExampleGenerator(SAMPLES, Mixture(non_digit=share)), 600, [7])
    assert np.isclose(targets, 0.1).all(axis=1).mean() == pytest.approx(share, abs=0.06)


def test_every_digit_comes() -> None:
    _, targets = generate(ExampleGenerator(SAMPLES, Mixture(non_digit=0)), 400, [8])
    assert np.bincount(targets.argmax(axis=1), minlength=10).min() > 15


def test_neighbour_softens_the_target_but_keeps_the_label() -> None:
    samples = WritingSamples(IMAGES.images[:2], IMAGES.labels[:2], PEN.strokes[:1], PEN.labels[:1])
    _, targets = generate(
        ExampleGenerator(samples, Mixture(non_digit=0, template=0, mild=0, neighbour=1)), 60, [9]
    )
    assert (targets.argmax(axis=1) == 0).all()
    sure = targets.max(axis=1)
    assert 0.6 < sure.min() < sure.max() < 1


def test_mild_digit_looks_like_its_source() -> None:
    mixture = Mixture(non_digit=0, image=1, mild=1)
    for digit in range(10):
        image = drawn(1, 1).images[digit : digit + 1]
        samples = WritingSamples(image, np.array([digit]), PEN.strokes, PEN.labels)
        pictures, targets = generate(ExampleGenerator(samples, mixture), 20, [10, digit])
        assert (targets.argmax(axis=1) == digit).all()
        mean = pictures.mean(axis=0).ravel()
        assert np.corrcoef(mean, normalized(image[0]).ravel())[0, 1] > 0.75


def test_raw_digit_is_unchanged_except_for_its_place() -> None:
    pictures, targets = generate(
        ExampleGenerator(SAMPLES, Mixture(non_digit=0, image=1, mild=1, raw=1)), 40, [13]
    )
    samples = [np.rint(255 * normalized(image)).astype(np.uint8) for image in IMAGES.images]
    for shown, target in zip(pictures, targets, strict=True):
        same = [
            IMAGES.labels[at]
            for at, source in enumerate(samples)
            for place in itertools.product((-1, 0, 1), repeat=2)
            if np.array_equal(np.roll(source, place, (0, 1)), shown)
        ]
        assert target.argmax() in same


def test_warped_digits_differ_and_keep_their_shape() -> None:
    mixture = Mixture(non_digit=0, image=1, mild=1, raw=1, warped=1)
    images = np.stack([sharp_digit(digit) for digit in range(10)])
    samples = WritingSamples(images, np.arange(10), PEN.strokes, PEN.labels)
    pictures, targets = generate(ExampleGenerator(samples, mixture), 200, [18])
    assert len({shown.tobytes() for shown in pictures}) == 200
    for digit, image in enumerate(images):
        shown = pictures[targets.argmax(axis=1) == digit].mean(axis=0).ravel()
        assert np.corrcoef(shown, image.ravel())[0, 1] > 0.75


@pytest.mark.parametrize(
    ("shapes", "labels"),
    [
        ({}, {label for _, label in DIGIT_TEMPLATES}),
        ({"rare": 1}, {label for _, label in RARE_TEMPLATES}),
        ({"rare": 1, "latin": 1}, {label for _, label in LATIN_TEMPLATES}),
        ({"rare": 1, "latin": 1, "one_stroke": 1}, {label for _, label in ONE_STROKE_TEMPLATES}),
    ],
)
def test_mixture_chooses_among_templates(shapes: dict[str, Any], labels: set[int]) -> None:
    mixture = Mixture(non_digit=0, image=0, template=1, neighbour=0, **shapes)
    assert (
        set(generate(ExampleGenerator(SAMPLES, mixture), 150, [15])[1].argmax(axis=1).tolist())
        == labels
    )


def test_mixture_sets_how_many_zeros_have_a_ligature() -> None:
    zero = WritingSamples(IMAGES.images[:1], IMAGES.labels[:1], PEN.strokes[:1], PEN.labels[:1])
    seven = WritingSamples(
        IMAGES.images[-5:-4], IMAGES.labels[-5:-4], PEN.strokes[7:8], PEN.labels[7:8]
    )
    plain, tied = (
        Mixture(non_digit=0, template=0, mild=0, neighbour=0, ligature=t) for t in (0.0, 1.0)
    )
    for samples, changes in ((zero, True), (seven, False)):
        one, other = (
            generate(ExampleGenerator(samples, mixture), 30, [21])[0] for mixture in (plain, tied)
        )
        assert np.array_equal(one[0], other[0]) != changes


@pytest.mark.parametrize("weights", [(1, 1), (1, 9), (0, 1)])
def test_images_are_drawn_by_their_weights(weights: tuple[float, float]) -> None:
    """One image is a 0, the other a 1."""
    samples = WritingSamples(
        np.stack([sharp_digit(0), sharp_digit(1)]),
        np.array([0, 1]),
        PEN.strokes,
        PEN.labels,
        np.array(weights, float),
    )
    mixture = Mixture(non_digit=0, image=1, neighbour=0)
    _, targets = generate(ExampleGenerator(samples, mixture), 400, [30])
    share = (targets.argmax(axis=1) == 1).mean()
    assert share == pytest.approx(weights[1] / sum(weights), abs=0.07)
