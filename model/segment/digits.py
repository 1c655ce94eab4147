"""The third stage: from pieces of ink to digits, the recogniser judging where it is doubtful."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.errors import TooManyComponentsError
from model.ink.binarize import Ink
from model.ink.components import MOST, Component, find_components, join, whole
from model.ink.noise import CleanInk, remove_noise
from model.network.runtime import Probabilities
from model.segment.candidates import Candidate, Scorer
from model.segment.lattice import NEAR, SMALL, SURE, TALL_STICK, decode_line, digit_height
from model.segment.merge import merge_components
from model.segment.reading_order import lines

# Lengths are shares of the height of the digits.
DIRT = 0.12  # what is smaller is no part of a digit
LINE = 1.4  # what is as wide as this, and low, is a line under or between digits

# Pixels of the boxes of all marks: those of a page hardly overlap, those of nested rings do.
BOXES = 24_000_000
# What the border cuts off and is smaller than this share of the shorter side is the corner of a
# shadow, or a part of what lies outside.
SCRAP = 0.15
FIRST = 0.05  # by so much must more or less ink be surer than all that looks like the digit


def find_single_digit(
    ink: Ink, judge: Scorer, *, cleared: CleanInk | None = None
) -> list[list[Candidate]]:
    """All ink as one digit, without rules and dirt where the digit is clearer without them.

    `cleared` is the map without clutter, where that is known already.
    """
    everything = whole(ink)
    if everything is None:
        return []
    cleared = cleared or remove_noise(ink)
    if not cleared.ink.any():
        return []
    marks = find_components(*cleared)
    main = max(marks, key=lambda m: _prominence(m, ink.shape), default=everything)
    cut_off = _touches_border(main, ink.shape)
    parts = [
        m
        for m in marks
        if m.size >= DIRT * main.size and (cut_off or not _touches_border(m, ink.shape))
    ]
    near = [m for m in parts if _gap(m, main) <= NEAR * main.size]
    unchanged = cleared.ink is ink and len(parts) == len(marks)
    candidates = [everything if unchanged else join(parts) if parts else everything]
    if len(near) < len(parts):
        candidates.append(join(near))
    if not unchanged:
        candidates.append(everything)
    first, *others = judge(candidates)
    best = max([first, *others], key=lambda j: j.confidence + FIRST * (j is first))
    return _doubting_scraps([[best]], ink.shape)


def read_all(
    ink: Ink, judge: Scorer, *, cleared: CleanInk | None = None, most: int = MOST
) -> list[list[Candidate]]:
    """The digits on an ink map, line by line in reading order; `cleared` as in `find_single_digit`.

    Raises TooManyComponentsError for more than `most` pieces of
    ink that may be parts of digits.
    """
    cleared = cleared or remove_noise(ink)
    if cleared.ink is not ink:
        marks = find_components(ink)
        # The bar of a large 7 may look like a rule.
        if len(marks) == 1 and (only := judge(marks)[0]).confidence >= SURE:
            return [[only]]
    return _doubting_scraps(digits_of(find_components(*cleared), judge, most), ink.shape)


def digits_of(marks: Sequence[Component], judge: Scorer, most: int = MOST) -> list[list[Candidate]]:
    """The digits among the marks, line by line in reading order. Raises as `read_all` does."""
    if not marks:
        return []
    if len(marks) == 1 and (only := judge(marks)[0]).confidence >= SURE:
        return [[only]]
    height = digit_height(marks)
    marks = [m for m in marks if m.size >= DIRT * height and not _is_line(m, height)]
    if len(marks) > min(most, MOST - 1):
        raise TooManyComponentsError(f"more than {min(most, MOST - 1)} separate marks")
    if sum(m.width * m.height for m in marks) > BOXES:
        raise TooManyComponentsError("too many large marks within each other")
    marks = merge_components(marks, height, judge)
    large = [m for m in marks if m.height >= SMALL * height]
    rows = lines(large)
    for mark in marks:
        if mark.height < SMALL * height:
            _add_to_line(rows, mark, height)
    read = [in_numbers(line) for line in (decode_line(row, judge) for row in rows) if line]
    return read or [judge([join(marks)])]


def _doubting_scraps(
    lines: Sequence[Sequence[Candidate]], shape: tuple[int, ...]
) -> list[list[Candidate]]:
    return [
        [replace(j, doubtful=True) if _is_scrap(j.mark, shape) else j for j in line]
        for line in lines
    ]


def _is_scrap(mark: Component, shape: tuple[int, ...]) -> bool:
    return mark.size < SCRAP * min(shape) and _touches_border(mark, shape)


def _is_line(mark: Component, height: float) -> bool:
    return mark.width > LINE * height and mark.height < SMALL * height


def _prominence(mark: Component, shape: tuple[int, ...]) -> float:
    """How likely a mark is the one that an image is about: large, central, not cut off."""
    rows, columns = shape
    x = (mark.left + mark.width / 2) / columns - 0.5
    y = (mark.top + mark.height / 2) / rows - 0.5
    central = math.exp(-4 * (x * x + y * y))
    return float(mark.ink.sum()) * central * (0.4 if _touches_border(mark, shape) else 1)


def _touches_border(mark: Component, shape: tuple[int, ...]) -> bool:
    rows, columns = shape
    return mark.left <= 0 or mark.top <= 0 or mark.right >= columns or mark.bottom >= rows


def _gap(one: Component, two: Component) -> int:
    return max(
        one.left - two.right, two.left - one.right, one.top - two.bottom, two.top - one.bottom, 0
    )


def _add_to_line(rows: list[list[Component]], mark: Component, height: float) -> None:
    """Put a small mark on the line that it stands on; between lines it is dirt."""
    for row in rows:
        nearest = min(row, key=lambda m: abs(m.left + m.width / 2 - mark.left - mark.width / 2))
        if (
            nearest.top - NEAR * height
            <= mark.top + mark.height / 2
            <= nearest.bottom + NEAR * height
        ):
            row.append(mark)
            row.sort(key=lambda m: m.left + m.width / 2)
            return


COMPANY = 2  # so many sure digits make a number of a line
# How much less likely than alone is it that a mark as high as the digits of its number is none.
NO_DIGIT = 0.3


def in_numbers(line: Sequence[Candidate]) -> list[Candidate]:
    """The marks of a line, those among digits with the probabilities that they have there."""
    sure = [digit.mark.height for digit in line if digit.confidence >= SURE and not digit.doubtful]
    if len(sure) < COMPANY:
        return list(line)
    least = TALL_STICK * float(np.median(sure))
    return [  # what is sure is so by itself
        replace(one, probabilities=_among_digits(one.probabilities))
        if one.confidence < SURE and one.mark.height >= least
        else one
        for one in line
    ]


def _among_digits(probabilities: Probabilities) -> Probabilities:
    """(10,) by Bayes' rule, with other odds that the mark is a digit.

    What the network gives to marks that are no digits is spread evenly over the ten, so that none
    has less than a tenth of it.
    """
    least = probabilities.min()
    none = float(least) * len(probabilities)
    digits = probabilities - least
    return np.asarray((digits + NO_DIGIT * least) / (1 - none + NO_DIGIT * none), np.float32)
