"""Segmentation lattice of one text line: components are split and merged for the best score.

Arcs are components, merged components and pieces of split components; the network scores each, and
dynamic programming finds the path of the highest summed log confidence (LeCun et al. 1998,
"Gradient-based learning applied to document recognition").
"""

import itertools
import math
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from model.ink.binarize import InkLevels
from model.ink.components import Component, merged
from model.segment.candidates import Candidate, GlyphParams, Scorer
from model.segment.split import Split, crop_between, hole_crossing, split_candidates
from model.segment.split_lines import SplitParams
from model.segment.uncertainty import UncertaintyParams, is_uncertain

LEAST = 1e-6  # probability; so that its logarithm is finite


@dataclass(frozen=True)
class LatticeParams:
    """Thresholds and costs of the lattice.

    Lengths are shares of the height of the text line's digits unless stated; confidences are
    probabilities.
    """

    max_width: float = 1.7  # no digit is wider
    min_width_two: float = 0.4  # a narrower component is not two digits
    # Where nothing else is written, a component is more likely a letter than two digits.
    min_width_two_alone: float = 1.15
    min_width_surely_two: float = 1.6  # hardly a letter any more
    max_piece_width: float = 1.5  # of a piece of a split component, by the component's height
    min_piece_height: float = 0.4  # of such a piece, by the component's height
    # Minimum confidence of every piece when a lone component is split, and of a component that
    # counts as a whole digit by itself.
    confident_alone: float = 0.95
    max_parts: int = 5  # of one digit
    # Costs, as logarithms of confidences. Of a component that is left out and as high as
    # `GlyphParams.small_height` (a lower one costs less), and of every further digit: fewer digits
    # explain the ink better.
    drop_cost: float = math.log(0.6)
    digit_cost: float = math.log(0.8)
    # Of every piece of a split component; its log confidence weighs more the wider it is.
    piece_cost: float = math.log(0.89)
    width_weight: float = 0.5  # times its width by the component's height
    # Of a split across a hole as high as the component (less for a lower one), and of one around
    # ink that belongs to both digits.
    hole_cost: float = math.log(0.14)
    shared_cost: float = math.log(0.8)


def digit_height(components: Sequence[Component]) -> float:
    """Return the height, in pixels, of most ink; high components count more than long ones."""
    sizes = np.array([c.height for c in components], float)
    weights = np.array([float(c.ink.sum()) * c.height for c in components])
    order = np.argsort(sizes)
    reached = np.cumsum(weights[order]) >= 0.5 * weights.sum()
    return float(sizes[order][int(np.argmax(reached))])


@dataclass(frozen=True)
class LineDecoder:
    """Decodes the components of one text line; each step can be called alone."""

    score: Scorer
    params: LatticeParams
    glyph: GlyphParams
    split: SplitParams
    uncertainty: UncertaintyParams
    levels: InkLevels

    def decode(self, row: Sequence[Component]) -> list[Candidate]:
        """Return the digits of a text line, in order.

        A component that was split stays whole if the best path shows that the split was wrong.
        """
        height, alone = digit_height(row), len(row) == 1
        pieces = {
            candidate.component: self.split_component(candidate.component)
            for candidate in self.score(row)
            if self._may_be_split(candidate, height, alone=alone)
        }
        while True:
            atoms = [part for c in row for part in pieces.get(c, [c])]
            path = self.best_path(atoms, height, droppable=set(row))
            wrong = [c for c in pieces if not self._is_well_split(c, path, height, alone=alone)]
            if not wrong:
                return [replace(d, uncertain=self._is_uncertain(d, path, atoms)) for d in path]
            for component in wrong:
                del pieces[component]

    def split_component(self, component: Component) -> list[Component]:
        """Split a component into the pieces of the best path from its left to its right end.

        All pieces between any two split lines are scored.
        """
        found = split_candidates(component, self.split, self.levels)
        ends: list[Split | None] = [None, *found, None]
        costs = [self._split_cost(component, split) for split in ends]
        spans, pieces = [], []
        for i, j in itertools.combinations(range(len(ends)), 2):
            if not self._is_too_wide(ends[i], ends[j], component):
                piece = self._piece(component, ends[i], ends[j])
                if piece and piece.height >= self.params.min_piece_height * component.height:
                    spans.append((i, j))
                    pieces.append(piece)
        scored = zip(spans, self.score(pieces), strict=True)
        best: list[tuple[float, list[Component]] | None] = [(0.0, []), *[None] * (len(ends) - 1)]
        for (i, j), candidate in sorted(scored, key=lambda found: found[0][1]):
            if (before := best[i]) is None:
                continue
            weight = 1 + self.params.width_weight * candidate.component.width / component.height
            gain = weight * math.log(max(candidate.confidence, LEAST))
            total = before[0] + gain + self.params.piece_cost + costs[j]
            if (known := best[j]) is None or total > known[0]:
                best[j] = total, [*before[1], candidate.component]
        return best[-1][1] if best[-1] else [component]

    def best_path(
        self, atoms: Sequence[Component], height: float, *, droppable: Set[Component]
    ) -> list[Candidate]:
        """Return the sequence of runs of highest summed log confidence, each atom counted once.

        Small components that are `droppable` may be left out: dots, commas and dashes.
        """
        params, small = self.params, self.glyph.small_height * height
        runs = [
            (i, j)
            for i in range(len(atoms))
            for j in range(i + 1, min(i + params.max_parts, len(atoms)) + 1)
            if self._may_be_digit(atoms[i:j], height)
        ]
        scored = list(zip(runs, self.score([merged(atoms[i:j]) for i, j in runs]), strict=True))
        whole = [self._is_whole(d, height) for (i, j), d in scored if j == i + 1]
        best: list[tuple[float, list[Candidate]]] = [(0.0, [])]
        for end in range(1, len(atoms) + 1):
            ways = []
            for (i, j), digit in scored:
                if j == end:
                    before, path = best[i]
                    # One digit is no simpler explanation of two whole digits.
                    count = max(1, sum(whole[i:j]))
                    gain = (j - i) * math.log(max(digit.confidence, LEAST))
                    ways.append((before + (gain + count * params.digit_cost), [*path, digit]))
            atom = atoms[end - 1]
            if atom in droppable and atom.height < small:
                before, path = best[end - 1]
                ways.append((before + params.drop_cost * (atom.height / small), path))
            best.append(max(ways, key=lambda way: way[0]))
        return best[-1][1]

    def _piece(
        self, component: Component, left: Split | None, right: Split | None
    ) -> Component | None:
        start, end = left.start if left else None, right.end if right else None
        return crop_between(component, start, end, self.split, self.levels)

    def _split_cost(self, component: Component, split: Split | None) -> float:
        """Return the cost of a split; the ends of a component cost nothing."""
        if split is None:
            return 0.0
        if split.shares_ink:
            return self.params.shared_cost
        return self.params.hole_cost * hole_crossing(component, split.end, self.levels)

    def _is_too_wide(self, left: Split | None, right: Split | None, component: Component) -> bool:
        """Return whether what lies between two splits is certainly wider than a digit."""
        start = 0.0 if left is None else float(left.start.max())
        end = float(component.width) if right is None else float(right.end.min())
        return end - start > self.params.max_piece_width * component.height

    def _may_be_split(self, candidate: Candidate, height: float, *, alone: bool) -> bool:
        """Return whether a component is a non-digit large enough for two digits."""
        component, params = candidate.component, self.params
        uncertain = (
            candidate.confidence < self.glyph.confident
            or component.width > params.max_width * height
        )
        narrowest = params.min_width_two_alone if alone else params.min_width_two
        large = component.height >= self.glyph.small_height * height
        return uncertain and component.width >= narrowest * height and large

    def _is_well_split(
        self, component: Component, path: Sequence[Candidate], height: float, *, alone: bool
    ) -> bool:
        """Return whether splitting gave digits only; a letter gives sticks and scraps."""
        params, glyph = self.params, self.glyph
        if component.width > params.max_width * height:
            return True  # it must be several, whatever they are
        # By their middle: a piece may have been merged with dirt beside the component.
        digits = [
            d
            for d in path
            if component.left <= (d.component.left + d.component.right) / 2 <= component.right
        ]
        sticks = [d.probabilities.argmax() == 1 for d in digits]
        if alone and component.width < params.min_width_surely_two * height:
            return not any(sticks) and all(d.confidence >= params.confident_alone for d in digits)
        tall = (
            d.component.height
            >= (glyph.min_whole_height if stick else params.min_piece_height) * component.height
            for d, stick in zip(digits, sticks, strict=True)
        )
        confident = all(d.confidence >= glyph.confident for d in digits)
        return confident and all(tall) and not all(sticks)

    def _may_be_digit(self, run: Sequence[Component], height: float) -> bool:
        if len(run) == 1:
            return True
        width = max(c.right for c in run) - min(c.left for c in run)
        if width > self.params.max_width * height:
            return False
        right = run[0].right
        for component in run[1:]:
            if component.left - right > self.glyph.max_gap * height:
                return False
            right = max(right, component.right)
        return True

    def _is_whole(self, digit: Candidate, height: float) -> bool:
        """Return whether a component is a whole digit by itself."""
        high = digit.component.height >= self.glyph.min_whole_height * height
        return digit.confidence >= self.params.confident_alone and high

    def _is_uncertain(
        self, digit: Candidate, path: Sequence[Candidate], atoms: Sequence[Component]
    ) -> bool:
        return is_uncertain(digit, path, atoms, self.uncertainty, self.glyph)


def decode_line(
    row: Sequence[Component],
    score: Scorer,
    params: LatticeParams = LatticeParams(),
    *,
    glyph: GlyphParams = GlyphParams(),
    split: SplitParams = SplitParams(),
    uncertainty: UncertaintyParams = UncertaintyParams(),
    levels: InkLevels = InkLevels(),
) -> list[Candidate]:
    """Return the digits of one text line of components, from left to right."""
    return LineDecoder(score, params, glyph, split, uncertainty, levels).decode(row)
