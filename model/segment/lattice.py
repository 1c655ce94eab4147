"""Reading one line: marks are cut and joined so that the recogniser is surest of the whole."""

import itertools
import math
from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np

from model.ink.components import Component, join
from model.segment.candidates import Candidate, Scorer
from model.segment.split import Cut, cuts, hollow, piece

# Lengths are shares of the height of a line's digits.
SMALL = 0.45  # what is lower may be a dot, a comma, a dash, or a part of a digit beside it
WIDEST = 1.7  # no digit is wider
NEAR = 0.3  # parts of one digit are no further apart
NARROW = 0.4  # what is narrower is not two digits run together
NARROW_ALONE = 1.15  # the same where nothing else is written: rather a letter than two digits
CLEARLY_TWO = 1.6  # what is as wide is hardly a letter
WIDEST_PIECE = 1.5  # no digit that was cut off another is wider

LIKELY = 0.5  # from this confidence on a mark is rather a digit than none
OVERLAP = 0.6  # of the narrower one's span; two digits share less
SPAN = (0.1, 0.9)  # a digit spans the columns between these parts of its ink: not its long flourish
INNER = 0.08  # of a ring's box; a smaller mark within is dirt, and does not make it a face
SURE = 0.8  # from this confidence on a mark is not cut
# So sure must the digits be that a mark alone is cut into, or that count as two when joined.
SURE_ALONE = 0.95
TALL = 0.4  # a digit that was cut off another has at least this part of their height
TALL_STICK = 0.7  # the same of a 1, and of what counts as a digit by itself; lower is a scrap
MOST_PARTS = 5  # of one digit
# What a reading costs, as the confidence of a digit that would cost the same: leaving out a mark as
# high as SMALL (less if it is lower), and every further digit, since fewer explain the ink better.
DROP = math.log(0.6)
DIGIT = math.log(0.8)
# The same of the pieces of one mark, where a digit counts the more the wider it is.
PIECE = math.log(0.89)
WIDTH = 0.5  # times its width by the mark's height
# The same of a cut through a hollow as high as the mark; a lower one costs as much less.
THROUGH = math.log(0.14)
SHARED = math.log(0.8)  # the same of a cut around ink that belongs to both digits


def digit_height(marks: Sequence[Component]) -> float:
    """The height that most ink has, high marks counting more than long ones."""
    sizes = np.array([m.height for m in marks], float)
    weights = np.array([float(m.ink.sum()) * m.height for m in marks])
    order = np.argsort(sizes)
    reached = np.cumsum(weights[order]) >= 0.5 * weights.sum()
    return float(sizes[order][int(np.argmax(reached))])


def decode_line(row: Sequence[Component], judge: Scorer) -> list[Candidate]:
    """Cut and join the marks of a line so that the recogniser is surest of the whole."""
    height = digit_height(row)
    parts = {
        judged.mark: _cut_apart(judged.mark, judge)
        for judged in judge(row)
        if _may_be_cut(judged, height, alone=len(row) == 1)
    }
    while True:
        atoms = [part for mark in row for part in parts.get(mark, [mark])]
        path = _best_path(atoms, height, judge, droppable=set(row))
        in_vain = [mark for mark in parts if not _well_cut(mark, path, height, len(row) == 1)]
        if not in_vain:
            return [replace(d, doubtful=_is_doubtful(d, path, atoms)) for d in path]
        for mark in in_vain:
            del parts[mark]


def _is_doubtful(digit: Candidate, path: Sequence[Candidate], atoms: Sequence[Component]) -> bool:
    """Whether a digit is rather a part of something else.

    Two digits do not stand in one place; a face is no 0; and a stick that is tied to a mark which
    is no digit, or was left out, belongs to a letter.
    """
    others = [d.mark for d in path if d is not digit]
    left_out = [a for a in atoms if not any(_within(a, d.mark) for d in path)]
    refused = [d.mark for d in path if d is not digit and d.confidence < LIKELY]
    stick = int(digit.probabilities.argmax()) == 1
    return (
        any(_shared(digit.mark, other, whole=stick) > OVERLAP for other in others)
        or any(_nested(mark, digit.mark) for mark in left_out)
        or (stick and any(_touch(digit.mark, mark) for mark in [*left_out, *refused]))
    )


def _within(atom: Component, mark: Component) -> bool:
    """Whether an atom is a part of a mark that was joined of atoms."""
    return (
        mark.left <= atom.left
        and atom.right <= mark.right
        and mark.top <= atom.top
        and atom.bottom <= mark.bottom
        and not _is_hollow(mark, atom)
    )


def _is_hollow(mark: Component, atom: Component) -> bool:
    """Whether a mark has no ink where the atom has."""
    top, left = atom.top - mark.top, atom.left - mark.left
    part = mark.ink[top : top + atom.height, left : left + atom.width]
    return not bool((part * atom.ink).any())


def _nested(inner: Component, outer: Component) -> bool:
    return (
        outer.left < inner.left
        and inner.right < outer.right
        and outer.top < inner.top
        and inner.bottom < outer.bottom
        and inner.width * inner.height >= INNER * outer.width * outer.height
    )


def _shared(one: Component, two: Component, *, whole: bool) -> float:
    """The part of the narrower mark's width, the `whole` one or its span, that they share."""
    (start, end), (other_start, other_end) = (
        (mark.left, mark.right) if whole else _span(mark) for mark in (one, two)
    )
    shared = min(end, other_end) - max(start, other_start)
    return shared / max(1, min(end - start, other_end - other_start))


def _span(mark: Component) -> tuple[int, int]:
    """The first column of a mark's main part and the first behind it."""
    reached = np.cumsum(mark.ink.sum(axis=0))
    start, end = np.searchsorted(reached, np.array(SPAN) * reached[-1])
    return mark.left + int(start), mark.left + int(end) + 1


def _touch(one: Component, two: Component) -> bool:
    beside = min(one.right, two.right) - max(one.left, two.left)
    over = min(one.bottom, two.bottom) - max(one.top, two.top)
    return beside >= 0 and over >= 0


def _cut_apart(mark: Component, judge: Scorer) -> list[Component]:
    """The pieces of a mark after the cuts that give the surest digits.

    All pieces between any two of the cut lines are judged, and the best way from the left end to
    the right is taken (a segmentation graph: LeCun et al. 1998, "Gradient-based learning applied
    to document recognition").
    """
    ends: list[Cut | None] = [None, *cuts(mark), None]
    prices = [_price(mark, cut) for cut in ends]
    spans, pieces = [], []
    for i, j in itertools.combinations(range(len(ends)), 2):
        if not _too_wide(ends[i], ends[j], mark):
            left, right = ends[i], ends[j]
            part = piece(mark, left.start if left else None, right.end if right else None)
            if part and part.height >= TALL * mark.height:
                spans.append((i, j))
                pieces.append(part)
    best: list[tuple[float, list[Component]] | None] = [(0.0, []), *[None] * (len(ends) - 1)]
    for (i, j), judged in sorted(
        zip(spans, judge(pieces), strict=True), key=lambda found: found[0][1]
    ):
        if (before := best[i]) is None:
            continue
        weight = 1 + WIDTH * judged.mark.width / mark.height
        total = before[0] + weight * math.log(max(judged.confidence, 1e-6)) + PIECE + prices[j]
        if (known := best[j]) is None or total > known[0]:
            best[j] = total, [*before[1], judged.mark]
    return best[-1][1] if best[-1] else [mark]


def _price(mark: Component, cut: Cut | None) -> float:
    """What a cut costs; the ends of a mark cost nothing."""
    if cut is None:
        return 0.0
    return SHARED if cut.shares else THROUGH * hollow(mark, cut.end)


def _too_wide(left: Cut | None, right: Cut | None, mark: Component) -> bool:
    """Whether what lies between two cuts is wider than a digit, as far as the cuts tell."""
    start = 0.0 if left is None else float(left.start.max())
    end = float(mark.width) if right is None else float(right.end.min())
    return end - start > WIDEST_PIECE * mark.height


def _may_be_cut(judged: Candidate, height: float, *, alone: bool) -> bool:
    """Whether a mark is no digit, and large enough for two; more so without others beside it."""
    mark = judged.mark
    doubtful = judged.confidence < SURE or mark.width > WIDEST * height
    narrowest = NARROW_ALONE if alone else NARROW
    return doubtful and mark.width >= narrowest * height and mark.height >= SMALL * height


def _well_cut(mark: Component, path: Sequence[Candidate], height: float, alone: bool) -> bool:
    """Whether cutting gave digits only; a letter gives sticks and scraps."""
    if mark.width > WIDEST * height:
        return True  # it must be several, whatever they are
    # Not all within the mark: a piece may have been joined with dirt beside it.
    digits = [d for d in path if mark.left <= (d.mark.left + d.mark.right) / 2 <= mark.right]
    sticks = [d.probabilities.argmax() == 1 for d in digits]
    if alone and mark.width < CLEARLY_TWO * height:
        return not any(sticks) and all(d.confidence >= SURE_ALONE for d in digits)
    tall = (
        d.mark.height >= (TALL_STICK if stick else TALL) * mark.height
        for d, stick in zip(digits, sticks, strict=True)
    )
    return all(d.confidence >= SURE for d in digits) and all(tall) and not all(sticks)


def _one_digit(run: Sequence[Component], height: float) -> bool:
    if len(run) == 1:
        return True
    width = max(m.right for m in run) - min(m.left for m in run)
    if width > WIDEST * height:
        return False
    right = run[0].right
    for mark in run[1:]:
        if mark.left - right > NEAR * height:
            return False
        right = max(right, mark.right)
    return True


def _best_path(
    atoms: Sequence[Component], height: float, judge: Scorer, *, droppable: Set[Component]
) -> list[Candidate]:
    """The sequence of runs of greatest summed log confidence, each atom counted once.

    Small marks that are `droppable` may be left out: dots, commas and dashes.
    """
    runs = [
        (i, j)
        for i in range(len(atoms))
        for j in range(i + 1, min(i + MOST_PARTS, len(atoms)) + 1)
        if _one_digit(atoms[i:j], height)
    ]
    judged = judge([join(atoms[i:j]) for i, j in runs])
    sure = [_is_sure(d, height) for (i, j), d in zip(runs, judged, strict=True) if j == i + 1]
    best: list[tuple[float, list[Candidate]]] = [(0.0, [])]
    for end in range(1, len(atoms) + 1):
        ways = []
        for (i, j), digit in zip(runs, judged, strict=True):
            if j == end:
                sum_before, path = best[i]
                # One digit is no simpler explanation of two that are sure by themselves.
                count = max(1, sum(sure[i:j]))
                gain = (j - i) * math.log(max(digit.confidence, 1e-6)) + count * DIGIT
                ways.append((sum_before + gain, [*path, digit]))
        if atoms[end - 1] in droppable and atoms[end - 1].height < SMALL * height:
            sum_before, path = best[end - 1]
            lowness = atoms[end - 1].height / (SMALL * height)
            ways.append((sum_before + DROP * lowness, path))
        best.append(max(ways, key=lambda way: way[0]))
    return best[-1][1]


def _is_sure(digit: Candidate, height: float) -> bool:
    """Whether a mark is a whole digit by itself."""
    return digit.confidence >= SURE_ALONE and digit.mark.height >= TALL_STICK * height
