"""Uncertainty by place: which digits of a text line are more likely parts of something else."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.ink.components import Component
from model.segment.candidates import Candidate, GlyphParams


@dataclass(frozen=True)
class UncertaintyParams:
    """Thresholds of uncertainty by place."""

    max_shared: float = 0.6  # of the narrower span; two digits share less
    # The span of a digit: the columns between these shares of its ink, without a long flourish.
    span_start: float = 0.1
    span_end: float = 0.9
    min_inner: float = 0.08  # of a ring's box; a smaller component within is dirt, and no face


def is_uncertain(
    digit: Candidate,
    path: Sequence[Candidate],
    atoms: Sequence[Component],
    params: UncertaintyParams = UncertaintyParams(),
    glyph: GlyphParams = GlyphParams(),
) -> bool:
    """Return whether a digit of a text line is more likely a part of something else.

    `path` are the digits of the text line, `atoms` all components on it. Two digits do not stand in
    one place; a face is no 0; and a stick that touches a component which is a non-digit or was left
    out belongs to a letter.
    """
    others = [d.component for d in path if d is not digit]
    left_out = [a for a in atoms if not any(_is_part(a, d.component) for d in path)]
    refused = [d.component for d in path if d is not digit and d.confidence < glyph.likely]
    stick = int(digit.probabilities.argmax()) == 1
    glyph_ink = digit.component
    return (
        any(_shared(glyph_ink, o, params, whole=stick) > params.max_shared for o in others)
        or any(_is_inside(component, glyph_ink, params) for component in left_out)
        or (stick and any(_touch(glyph_ink, component) for component in [*left_out, *refused]))
    )


def _is_part(atom: Component, component: Component) -> bool:
    """Return whether an atom is a part of a component that was merged of atoms."""
    return (
        component.left <= atom.left
        and atom.right <= component.right
        and component.top <= atom.top
        and atom.bottom <= component.bottom
        and not _is_empty_at(component, atom)
    )


def _is_empty_at(component: Component, atom: Component) -> bool:
    """Return whether a component has no ink where the atom has."""
    top, left = atom.top - component.top, atom.left - component.left
    part = component.ink[top : top + atom.height, left : left + atom.width]
    return not bool((part * atom.ink).any())


def _is_inside(inner: Component, outer: Component, params: UncertaintyParams) -> bool:
    return (
        outer.left < inner.left
        and inner.right < outer.right
        and outer.top < inner.top
        and inner.bottom < outer.bottom
        and inner.width * inner.height >= params.min_inner * outer.width * outer.height
    )


def _shared(one: Component, two: Component, params: UncertaintyParams, *, whole: bool) -> float:
    """Return the share of the narrower width, or of the narrower span, that two have in common."""
    (start, end), (other_start, other_end) = (
        (c.left, c.right) if whole else _span(c, params) for c in (one, two)
    )
    shared = min(end, other_end) - max(start, other_start)
    return shared / max(1, min(end - start, other_end - other_start))


def _span(component: Component, params: UncertaintyParams) -> tuple[int, int]:
    """Return the first column of a component's main part and the first behind it."""
    reached = np.cumsum(component.ink.sum(axis=0))
    shares = np.array((params.span_start, params.span_end))
    start, end = np.searchsorted(reached, shares * reached[-1])
    return component.left + int(start), component.left + int(end) + 1


def _touch(one: Component, two: Component) -> bool:
    beside = min(one.right, two.right) - max(one.left, two.left)
    over = min(one.bottom, two.bottom) - max(one.top, two.top)
    return beside >= 0 and over >= 0
