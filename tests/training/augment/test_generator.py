"""Examples made anew: other hands and pens, damage, and marks that are no digits."""

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from model.ink.components import find_components
from model.network.normalize import normalize
from tests.training.conftest import drawn, pen_digits
from training.augment.degradations import KINDS, Damage, damage
from training.augment.generator import HALVES, NO_DIGIT, TURNS, Maker, Mix, Sources, picture
from training.augment.prefetch import make, stream
from training.augment.render import LENGTH, NEAT, SIDE, Ink, bend, draw, redraw, tie
from training.augment.stroke_templates import (
    DIGITS,
    LATIN_DIGITS,
    NO_DIGITS,
    RARE_DIGITS,
    SWIFT_DIGITS,
    Stroke,
    smooth,
    strokes_of,
)
from training.augment.strokes import DRAWINGS, render

IMAGES, PEN = drawn(2, 5), pen_digits(1)
SOURCES = Sources(IMAGES.images, IMAGES.labels, PEN.strokes, PEN.labels)


def strokes(digit: int) -> list[Stroke]:
    return [np.array(stroke, np.float32) for stroke in DRAWINGS[digit]]


def test_same_seed_gives_the_same_examples() -> None:
    one, same, other = (make(Maker(SOURCES, Mix()), 60, [seed, 0]) for seed in (1, 1, 2))
    assert np.array_equal(one[0], same[0])
    assert np.array_equal(one[1], same[1])
    assert not np.array_equal(one[0], other[0])


def test_pictures_are_as_a_network_sees_them() -> None:
    pictures, targets = make(Maker(SOURCES, Mix()), 200, [3])
    assert pictures.shape == (200, 28, 28)
    assert pictures.dtype == np.uint8
    assert targets.shape == (200, 10)
    assert targets.dtype == np.float32
    assert (pictures.max(axis=(1, 2)) > 150).all()
    # A pixel beside its place at most: nothing touches the edge of the picture.
    border = [pictures[:, 0], pictures[:, -1], pictures[:, :, 0], pictures[:, :, -1]]
    assert np.mean([edge.max(axis=1) > 0 for edge in border]) < 0.02


def test_mass_of_a_picture_is_in_the_middle() -> None:
    pictures, _ = make(Maker(SOURCES, Mix(no_digit=0, neighbour=0)), 200, [4])
    ink = pictures.astype(float)
    total = ink.sum(axis=(1, 2))
    rows = (ink.sum(axis=2) @ np.arange(28)) / total
    columns = (ink.sum(axis=1) @ np.arange(28)) / total
    for centre in (rows, columns):
        assert abs(float(np.median(centre)) - 14) < 0.7
        assert np.percentile(np.abs(centre - 14), 90) < 2


def test_targets_sum_to_one() -> None:
    _, targets = make(Maker(SOURCES, Mix(neighbour=0.5)), 400, [5])
    assert targets.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert targets.min() >= 0


def test_mark_that_is_no_digit_favours_none() -> None:
    _, targets = make(Maker(SOURCES, Mix(no_digit=1)), 50, [6])
    assert (targets == NO_DIGIT).all()
    assert np.allclose(NO_DIGIT, 0.1)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.6])
def test_share_of_marks_that_are_no_digits(share: float) -> None:
    _, targets = make(Maker(SOURCES, Mix(no_digit=share)), 600, [7])
    assert np.isclose(targets, 0.1).all(axis=1).mean() == pytest.approx(share, abs=0.06)


def test_every_digit_comes() -> None:
    _, targets = make(Maker(SOURCES, Mix(no_digit=0)), 400, [8])
    assert np.bincount(targets.argmax(axis=1), minlength=10).min() > 15


def test_neighbour_makes_a_digit_doubtful_and_not_another() -> None:
    sources = Sources(IMAGES.images[:2], IMAGES.labels[:2], PEN.strokes[:1], PEN.labels[:1])
    _, targets = make(Maker(sources, Mix(no_digit=0, skeleton=0, neat=0, neighbour=1)), 60, [9])
    assert (targets.argmax(axis=1) == 0).all()
    sure = targets.max(axis=1)
    assert 0.6 < sure.min() < sure.max() < 1


def test_neat_digit_looks_like_its_source() -> None:
    mix = Mix(no_digit=0, image=1, neat=1)
    for digit in range(10):
        image = drawn(1, 1).images[digit : digit + 1]
        sources = Sources(image, np.array([digit]), PEN.strokes, PEN.labels)
        pictures, targets = make(Maker(sources, mix), 20, [10, digit])
        assert (targets.argmax(axis=1) == digit).all()
        mean = pictures.mean(axis=0).ravel()
        assert np.corrcoef(mean, _as_network_sees(image[0]).ravel())[0, 1] > 0.75


def test_digit_as_it_is_comes_unchanged_but_for_its_place() -> None:
    pictures, targets = make(Maker(SOURCES, Mix(no_digit=0, image=1, neat=1, own=1)), 40, [13])
    sources = [np.rint(255 * _as_network_sees(image)).astype(np.uint8) for image in IMAGES.images]
    for shown, target in zip(pictures, targets, strict=True):
        same = [
            IMAGES.labels[at]
            for at, source in enumerate(sources)
            for place in itertools.product((-1, 0, 1), repeat=2)
            if np.array_equal(np.roll(source, place, (0, 1)), shown)
        ]
        assert target.argmax() in same


def test_bent_digit_is_as_large_as_its_source_and_in_the_middle() -> None:
    """It needs no scaling, which would blur it."""
    random = np.random.default_rng(16)
    for image in map(_sharp, range(10)):
        for bent in (bend(image, random) for _ in range(10)):
            assert bent.shape == image.shape
            assert 0 <= bent.min() < bent.max() <= 1
            rows, columns = (np.flatnonzero((bent > 0.08).any(axis=axis)) for axis in (1, 0))
            assert abs(max(np.ptp(rows), np.ptp(columns)) + 1 - 20) <= 3
            centre = np.average(np.indices(bent.shape), axis=(1, 2), weights=np.stack([bent] * 2))
            assert centre == pytest.approx(14, abs=0.8)


def test_bent_digit_is_sharper_than_one_that_is_drawn_anew() -> None:
    """How much of the ink is full, which the edges of a blurred stroke are not."""
    for image in map(_sharp, range(10)):
        random = np.random.default_rng(17)
        bent = np.mean([_full(np.rint(255 * bend(image, random))) for _ in range(10)])
        anew = np.mean([_full(picture(redraw(image, random, NEAT), random)) for _ in range(10)])
        assert bent > anew + 0.1
        assert bent == pytest.approx(_full(image), abs=0.25)


def test_bent_digit_is_another_each_time_and_of_the_same_kind() -> None:
    mix = Mix(no_digit=0, image=1, neat=1, own=1, bent=1)
    images = np.stack([_sharp(digit) for digit in range(10)])
    sources = Sources(images, np.arange(10), PEN.strokes, PEN.labels)
    pictures, targets = make(Maker(sources, mix), 200, [18])
    assert len({shown.tobytes() for shown in pictures}) == 200
    for digit, image in enumerate(images):
        shown = pictures[targets.argmax(axis=1) == digit].mean(axis=0).ravel()
        assert np.corrcoef(shown, image.ravel())[0, 1] > 0.75


def _sharp(digit: int) -> NDArray[np.uint8]:
    """A digit as MNIST has them, full ink up to the edges of its strokes, (28, 28)."""
    drawn = (255 - render(digit, side=280, brush=24)).astype(np.float32) / 255
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    part = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.asarray(
        np.rint(255 * np.minimum(1, 1.5 * normalize(np.asarray(part, np.float32)))), np.uint8
    )


def _full(picture: NDArray[Any]) -> float:
    return float((picture > 250).sum() / (picture > 20).sum())


@pytest.mark.parametrize(
    ("shapes", "labels"),
    [
        ({}, {label for _, label in DIGITS}),
        ({"rare": 1}, {label for _, label in RARE_DIGITS}),
        ({"rare": 1, "latin": 1}, {label for _, label in LATIN_DIGITS}),
        ({"rare": 1, "latin": 1, "swift": 1}, {label for _, label in SWIFT_DIGITS}),
    ],
)
def test_mix_chooses_among_shapes(shapes: dict[str, Any], labels: set[int]) -> None:
    mix = Mix(no_digit=0, image=0, skeleton=1, neighbour=0, **shapes)
    assert set(make(Maker(SOURCES, mix), 150, [15])[1].argmax(axis=1).tolist()) == labels


@pytest.mark.parametrize(("latin", "comes"), [(0.0, True), (0.5, False)])
def test_mirrored_nine_is_no_digit_unless_some_write_a_nine_so(latin: float, comes: bool) -> None:
    nine = _sharp(9)
    sources = Sources(nine[np.newaxis], np.array([9]), [strokes(9)], np.array([9]))
    mix = Mix(no_digit=1, letter=0.01, pair=0.55, skeleton=0, latin=latin)
    pictures, _ = make(Maker(sources, mix), 400, [16])
    mirrored = _as_network_sees(nine[:, ::-1]).ravel()
    alike = [np.corrcoef(shown.ravel(), mirrored)[0, 1] for shown in pictures]
    assert (max(alike) > 0.8) == comes


def test_moved_picture_is_a_little_larger_or_smaller() -> None:
    random = np.random.default_rng(14)
    for digit in range(10):
        ink = draw(strokes(digit), random)
        pictures = [picture(ink, random, moved=1) for _ in range(40)]
        rows = [np.count_nonzero((shown > 20).any(axis=1)) for shown in pictures]
        columns = [np.count_nonzero((shown > 20).any(axis=0)) for shown in pictures]
        longer = np.maximum(rows, columns)
        assert longer.min() in (18, 19)
        assert longer.max() in (21, 22)
        assert len({shown.tobytes() for shown in pictures}) == len(pictures)


def _as_network_sees(image: np.ndarray) -> np.ndarray:
    seen = image > 0.08 * image.max()
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    part = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return normalize(np.asarray(part / 255, np.float32))


@pytest.mark.parametrize("digit", range(10))
def test_drawn_strokes_lie_on_the_canvas(digit: int) -> None:
    random = np.random.default_rng(digit)
    for _ in range(20):
        ink = draw(strokes(digit), random)
        assert ink.shape == (SIDE, SIDE)
        assert ink.dtype == np.float32
        assert ink.min() == 0
        assert 0.9 < ink.max() <= 1
        marks = find_components(ink)
        assert 0.6 * LENGTH < max(mark.size for mark in marks) < 1.7 * LENGTH


def test_pens_of_many_widths_come() -> None:
    random = np.random.default_rng(0)
    covered = [float(draw(strokes(3), random, NEAT).sum()) for _ in range(80)]
    assert max(covered) > 3 * min(covered)


@pytest.mark.parametrize(("nib", "least", "most"), [(0, 0.9, 1.1), (1, 1.3, 4)])
def test_nib_is_pressed_on_the_way_down(nib: float, least: float, most: float) -> None:
    corner = [
        np.array([(0, y) for y in range(0, 101, 10)] + [(x, 100) for x in range(10, 101, 10)])
    ]
    random = np.random.default_rng(19)
    marks = [draw(corner, random, NEAT, nib=nib) for _ in range(150)]
    down = sum(float(mark[: SIDE // 2, : SIDE // 2].sum()) for mark in marks)
    across = sum(float(mark[SIDE // 2 :, SIDE // 2 :].sum()) for mark in marks)
    assert least < down / across < most


def test_unit_of_the_strokes_does_not_matter() -> None:
    large = [stroke * 37 + 1000 for stroke in strokes(5)]
    one, other = (draw(s, np.random.default_rng(1)) for s in (strokes(5), large))
    assert np.abs(one - other).mean() < 0.01


@pytest.mark.parametrize("points", [[(5, 5)], [(5, 5), (5, 5)], [(1, 1), (1, 9)]])
def test_strokes_of_hardly_any_points(points: list[tuple[float, float]]) -> None:
    ink = draw([np.array(points, np.float32)], np.random.default_rng(0))
    assert np.isfinite(ink).all()


def test_redrawn_image_is_written_by_another_hand() -> None:
    random = np.random.default_rng(0)
    one, other = (redraw(IMAGES.images[6], random) for _ in range(2))
    assert one.shape == (SIDE, SIDE)
    assert 0 <= one.min() < 0.2
    assert 0.8 < one.max() <= 1
    assert not np.array_equal(one, other)
    assert not redraw(np.zeros((28, 28), np.uint8), random).any()


def test_tied_zero_has_all_its_own_ink_and_mostly_a_stroke_that_leads_to_one_side() -> None:
    random = np.random.default_rng(20)
    leading = 0
    for _ in range(40):
        ink = draw(strokes(0), random, NEAT)
        tied = tie(ink, random)
        assert (tied >= ink).all()
        added = np.flatnonzero((tied > ink + 0.5).any(axis=0))
        own = np.flatnonzero((ink > 0.5).any(axis=0))
        assert added[0] >= own[0] or added[-1] <= own[-1]
        leading += added[0] < own[0] or added[-1] > own[-1]
        assert (tied > 0.5).sum() < 2 * (ink > 0.5).sum()
    assert leading > 30
    nothing = np.zeros((SIDE, SIDE), np.float32)
    assert not tie(nothing, random).any()


def test_zeros_are_tied_as_often_as_the_mix_says() -> None:
    zero = Sources(IMAGES.images[:1], IMAGES.labels[:1], PEN.strokes[:1], PEN.labels[:1])
    seven = Sources(IMAGES.images[-5:-4], IMAGES.labels[-5:-4], PEN.strokes[7:8], PEN.labels[7:8])
    plain, tied = (Mix(no_digit=0, skeleton=0, neat=0, neighbour=0, tied=t) for t in (0.0, 1.0))
    for sources, changes in ((zero, True), (seven, False)):
        one, other = (make(Maker(sources, mix), 30, [21])[0] for mix in (plain, tied))
        assert np.array_equal(one[0], other[0]) != changes


def test_uneven_pair_is_a_digit_and_a_smaller_one_beside_it() -> None:
    """What lies on the right is mostly the smaller one, which stands at the foot."""
    mixes = [Mix(no_digit=1, skeleton=0, letter=0.01, pair=0.55, uneven=u) for u in (0.0, 1.0)]
    even, uneven = (make(Maker(SOURCES, mix), 400, [22])[0] for mix in mixes)
    assert _lower_half(uneven) > _lower_half(even) + 0.03


def _lower_half(pictures: NDArray[np.uint8]) -> float:
    """The part of what lies right of the middle that lies in the lower half."""
    right = pictures[:, :, 16:].astype(float)
    return float(right[:, 14:].sum() / right.sum())


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS], ids=lambda kind: kind.__name__)
def test_damage_leaves_ink_in_place(kind: Damage) -> None:
    """Whatever happens to it, most of the mark stays where it was."""
    random = np.random.default_rng(0)
    for digit in range(10):
        ink = draw(strokes(digit), random)
        before = ink.copy()
        after = kind(ink, random)
        assert np.array_equal(ink, before)  # the source is left alone
        assert after.dtype == np.float32
        assert after.min() >= 0
        assert 0.05 < after.max() <= 1 + 1e-5
        assert np.isfinite(after).all()
        large = after if after.shape == ink.shape else _enlarged(after)
        assert np.corrcoef(large.ravel(), before.ravel())[0, 1] > 0.4


@pytest.mark.parametrize("kind", [kind for kind, _ in KINDS], ids=lambda kind: kind.__name__)
def test_damage_to_nothing_is_finite(kind: Damage) -> None:
    """What an earlier damage has taken away wholly."""
    random = np.random.default_rng(0)
    with np.errstate(all="raise"):
        for _ in range(20):
            after = kind(np.zeros((SIDE, SIDE), np.float32), random)
            assert np.isfinite(after).all()


def _enlarged(ink: Ink) -> Ink:
    places = np.arange(SIDE) * ink.shape[0] // SIDE
    return np.asarray(ink[places][:, places], np.float32)


def test_no_chance_no_damage() -> None:
    random = np.random.default_rng(0)
    ink = draw(strokes(2), random)
    assert damage(ink, random, share=0) is ink


def test_all_damage_at_once_leaves_something() -> None:
    for seed in range(60):
        random = np.random.default_rng(seed)
        ink = damage(draw(strokes(seed % 10), random), random, share=2)
        shown = picture(ink, random)
        assert shown.max() > 100


@pytest.mark.parametrize(
    "mark", [*NO_DIGITS, *(mark for mark, _ in DIGITS + RARE_DIGITS + SWIFT_DIGITS)]
)
def test_notation_of_strokes_is_sound(mark: str) -> None:
    for stroke in strokes_of(mark):
        assert stroke.dtype == np.float32
        assert stroke.ndim == 2
        assert len(stroke) >= 2
        assert np.isfinite(stroke).all()
        assert -10 < stroke.min() < stroke.max() < 30


def test_skeletons_cover_every_digit() -> None:
    assert {label for _, label in DIGITS} == set(range(10))


def test_smooth_curve_passes_through_its_corners() -> None:
    corners = np.array([(0, 0), (4, 8), (9, 3)], np.float32)
    curve = smooth(corners)
    assert len(curve) == 13
    for corner in corners:
        assert np.hypot(*(curve - corner).T).min() < 1e-5


@pytest.mark.parametrize("table", [HALVES, TURNS])
def test_tables_of_changes_have_a_row_for_every_digit(table: tuple[tuple[str, ...], ...]) -> None:
    assert len(table) == 10


def test_what_stays_a_digit_when_turned_is_not_called_none() -> None:
    """A 6 upside down is a 9, an 8 and a 0 stay what they are."""
    assert not {"half"} & {*TURNS[6], *TURNS[9]}
    assert TURNS[0] == TURNS[8] == ()
    assert not {"mirror", "flip"} & {*TURNS[0], *TURNS[1]}


def test_stream_gives_an_epoch_by_its_number() -> None:
    with stream(SOURCES, lambda _: Mix(), count=30, seed=11) as endless:
        epochs = [endless.epoch(number) for number in (0, 1, 5, 1)]
    for pictures, targets in epochs:
        assert pictures.shape == (30, 28, 28)
        assert targets.shape == (30, 10)
    assert np.array_equal(epochs[1][0], epochs[3][0])
    assert not np.array_equal(epochs[0][0], epochs[1][0])
    alone = make(Maker(SOURCES, Mix()), 30, [11, 5])
    assert np.array_equal(epochs[2][0], alone[0])


def test_makers_of_marks_that_are_no_digits_all_come() -> None:
    """Their chances are those of a generator's choice, which must sum to one."""
    pictures, _ = make(Maker(SOURCES, Mix(no_digit=1)), 300, [12])
    assert len({p.tobytes() for p in pictures}) > 290
