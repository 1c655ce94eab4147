"""Segmentation, the third stage: from components to digits, by the network's scores."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from model.errors import TooManyComponentsError
from model.ink.binarize import Ink, InkLevels
from model.ink.components import MAX_COMPONENTS, Component, find_components, merged
from model.ink.noise import CleanInk, remove_noise
from model.segment.candidates import Candidate, GlyphParams, Scorer
from model.segment.lattice import LatticeParams, decode_line, digit_height
from model.segment.merge import MergeParams, merge_components
from model.segment.number_prior import NumberPriorParams, number_prior
from model.segment.reading_order import ReadingOrderParams, group_lines
from model.segment.split_lines import SplitParams
from model.segment.uncertainty import UncertaintyParams


@dataclass(frozen=True)
class DigitParams:
    """Thresholds of the choice of components that may be digits.

    Lengths without a unit are shares of the height of the digits.
    """

    max_dirt: float = 0.12  # what is smaller is no part of a digit
    min_underline: float = 1.4  # what is as wide, and low, is a line under or between digits
    # Pixels of the boxes of all components: those of a page hardly overlap, those of nested rings
    # do. The bound limits time and memory.
    max_box_pixels: int = 24_000_000
    # What the border cuts off and is smaller than this share of the image's shorter side is the
    # corner of a shadow, or a part of what lies outside.
    max_scrap: float = 0.15


@dataclass(frozen=True)
class SegmentParams:
    """Thresholds of all steps of segmentation."""

    glyph: GlyphParams = field(default_factory=GlyphParams)
    order: ReadingOrderParams = field(default_factory=ReadingOrderParams)
    merge: MergeParams = field(default_factory=MergeParams)
    split: SplitParams = field(default_factory=SplitParams)
    lattice: LatticeParams = field(default_factory=LatticeParams)
    uncertainty: UncertaintyParams = field(default_factory=UncertaintyParams)
    prior: NumberPriorParams = field(default_factory=NumberPriorParams)
    digits: DigitParams = field(default_factory=DigitParams)
    levels: InkLevels = field(default_factory=InkLevels)


def find_digits(
    ink: Ink,
    score: Scorer,
    *,
    clean: CleanInk | None = None,
    max_components: int = MAX_COMPONENTS,
    params: SegmentParams = SegmentParams(),
) -> list[list[Candidate]]:
    """Return the digits on an (H, W) ink map: text lines in reading order, each left to right.

    `clean` is the map without noise, if known already. Raises TooManyComponentsError for more than
    `max_components` components that may be parts of digits.
    """
    clean = clean or remove_noise(ink, levels=params.levels)
    if clean.ink is not ink:
        components = find_components(ink, levels=params.levels)
        # The bar of a large 7 may look like a ruling line.
        if (only := _confident_digit(components, score, params)) is not None:
            return [[only]]
    components = find_components(*clean, params.levels)
    lines = digits_of(components, score, max_components, params)
    return mark_scraps(lines, ink.shape, params.digits)


def digits_of(
    components: Sequence[Component],
    score: Scorer,
    max_components: int = MAX_COMPONENTS,
    params: SegmentParams = SegmentParams(),
) -> list[list[Candidate]]:
    """Return the digits among components, as `find_digits` does, with the same errors."""
    if not components:
        return []
    if (only := _confident_digit(components, score, params)) is not None:
        return [[only]]
    height = digit_height(components)
    components = _merged_parts(components, height, score, max_components, params)
    rows = _text_lines(components, height, params)
    decoded = (
        decode_line(
            row,
            score,
            params.lattice,
            glyph=params.glyph,
            split=params.split,
            uncertainty=params.uncertainty,
            levels=params.levels,
        )
        for row in rows
    )
    lines = [number_prior(line, params.prior, params.glyph) for line in decoded if line]
    return lines or [score([merged(components)])]


def _confident_digit(
    components: Sequence[Component], score: Scorer, params: SegmentParams
) -> Candidate | None:
    """Return the only component as a digit if the network is confident of it."""
    if len(components) != 1:
        return None
    (only,) = score(components)
    return only if only.confidence >= params.glyph.confident else None


def _merged_parts(
    components: Sequence[Component],
    height: float,
    score: Scorer,
    max_components: int,
    params: SegmentParams,
) -> list[Component]:
    """Return the components that may be digits, the parts of each merged."""
    smallest = params.digits.max_dirt * height
    kept = [c for c in components if c.size >= smallest and not _is_underline(c, height, params)]
    most = min(max_components, MAX_COMPONENTS - 1)
    if len(kept) > most:
        raise TooManyComponentsError(f"more than {most} separate pieces of ink")
    if sum(c.width * c.height for c in kept) > params.digits.max_box_pixels:
        raise TooManyComponentsError("too many large pieces of ink within each other")
    return merge_components(kept, height, score, params.merge, params.glyph)


def _text_lines(
    components: Sequence[Component], height: float, params: SegmentParams
) -> list[list[Component]]:
    """Return the text lines, with the small components that stand on them."""
    small = params.glyph.small_height * height
    rows = group_lines([c for c in components if c.height >= small], params.order)
    for component in components:
        if component.height < small:
            _add_to_line(rows, component, params.glyph.max_gap * height)
    return rows


def _is_underline(component: Component, height: float, params: SegmentParams) -> bool:
    wide = component.width > params.digits.min_underline * height
    return wide and component.height < params.glyph.small_height * height


def _add_to_line(rows: list[list[Component]], small: Component, reach: float) -> None:
    """Put a small component on the text line that it stands on; between text lines it is dirt."""
    for row in rows:
        nearest = min(row, key=lambda c: abs(c.left + c.width / 2 - small.left - small.width / 2))
        middle = small.top + small.height / 2
        if nearest.top - reach <= middle <= nearest.bottom + reach:
            row.append(small)
            row.sort(key=lambda c: c.left + c.width / 2)
            return


def mark_scraps(
    lines: Sequence[Sequence[Candidate]], shape: tuple[int, ...], params: DigitParams
) -> list[list[Candidate]]:
    """Return the digits, those uncertain that are scraps which the border cuts off."""
    largest = params.max_scrap * min(shape)
    return [
        [
            replace(c, uncertain=True)
            if c.component.size < largest and touches_border(c.component, shape)
            else c
            for c in line
        ]
        for line in lines
    ]


def touches_border(component: Component, shape: tuple[int, ...]) -> bool:
    """Return whether a component reaches the border of an image of this (H, W) shape."""
    rows, columns = shape
    return (
        component.left <= 0
        or component.top <= 0
        or component.right >= columns
        or component.bottom >= rows
    )
