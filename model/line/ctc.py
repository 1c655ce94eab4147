"""Decoding connectionist temporal classification (CTC, Graves et al. 2006).

A network gives for each column of a line image the log probabilities of its classes, one of which
is the blank. A text is the sum of all paths that give it once repeated classes are merged and
blanks are left out.
"""

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

LogProbs: TypeAlias = NDArray[np.float64]  # (columns, classes), each row sums to 1 after exp
Classes: TypeAlias = tuple[int, ...]

IMPOSSIBLE = -1e9


@dataclass(frozen=True)
class BeamParams:
    """How thoroughly texts are searched."""

    beams: int = 12  # texts that are kept from column to column
    least: float = math.log(1e-3)  # a class below it is not tried in a column
    certain: float = math.log(0.999)  # a column whose blank is above it is nothing but blank


class Hypothesis(NamedTuple):
    """A text and the log of its probability."""

    classes: Classes
    log_prob: float


def beam_search(
    log_probs: LogProbs, blank: int, params: BeamParams = BeamParams()
) -> list[Hypothesis]:
    """Return the likeliest texts, best first, by prefix beam search (Hannun et al. 2014)."""
    beams: dict[Classes, tuple[float, float]] = {(): (0.0, IMPOSSIBLE)}  # ends in blank, in class
    for row in _merge_blanks(log_probs, blank, params):
        tried = [int(k) for k in np.flatnonzero(row > params.least) if k != blank]
        grown: dict[Classes, tuple[float, float]] = {}
        for prefix, (in_blank, in_class) in beams.items():
            either = _add(in_blank, in_class)
            last = prefix[-1] if prefix else None
            _grow(
                grown,
                prefix,
                either + row[blank],
                IMPOSSIBLE if last is None else in_class + row[last],
            )
            for k in tried:
                _grow(grown, (*prefix, k), IMPOSSIBLE, row[k] + (in_blank if k == last else either))
        best = sorted(grown.items(), key=lambda item: _add(*item[1]), reverse=True)
        beams = dict(best[: params.beams])
    found = [Hypothesis(prefix, _add(*ends)) for prefix, ends in beams.items()]
    return sorted(found, key=lambda hypothesis: hypothesis.log_prob, reverse=True)


def log_prob(log_probs: LogProbs, classes: Classes, blank: int) -> float:
    """Return the log of the probability of a text: the forward algorithm over all its paths."""
    states = _states(classes, blank)
    skips = _skips(states)
    reached = np.full(len(states), IMPOSSIBLE)
    reached[:2] = log_probs[0, states[:2]]
    for row in log_probs[1:]:
        ways = np.stack(_arrivals(reached, skips))
        reached = np.logaddexp.reduce(ways) + row[states]
    return float(np.logaddexp.reduce(reached[-2:]))


def columns_needed(classes: Classes) -> int:
    """Return the fewest columns that a text takes: a blank parts repeated classes."""
    return len(classes) + sum(one == two for one, two in itertools.pairwise(classes))


def align(log_probs: LogProbs, classes: Classes, blank: int) -> list[tuple[int, int]]:
    """Return the columns, from and up to, of each class on the likeliest path of a text.

    Raises ValueError for a text that is longer than the line has columns for.
    """
    states = _states(classes, blank)
    skips = _skips(states)
    reached = np.full(len(states), IMPOSSIBLE)
    reached[:2] = log_probs[0, states[:2]]
    came = np.zeros((len(log_probs), len(states)), int)
    for t, row in enumerate(log_probs[1:], 1):
        ways = np.stack(_arrivals(reached, skips))
        came[t] = ways.argmax(axis=0)
        reached = ways.max(axis=0) + row[states]
    state = len(states) - (1 if len(states) == 1 or reached[-1] >= reached[-2] else 2)
    if reached[state] <= IMPOSSIBLE / 2:
        raise ValueError(f"{len(classes)} classes do not fit into {len(log_probs)} columns")
    path = np.zeros(len(log_probs), int)
    for t in range(len(log_probs) - 1, -1, -1):
        path[t] = state
        state -= came[t, state]
    return [_extent(path == 2 * i + 1) for i in range(len(classes))]


def _merge_blanks(log_probs: LogProbs, blank: int, params: BeamParams) -> LogProbs:
    """Return the columns with each run of nothing but blank as one column."""
    only = log_probs[:, blank] > params.certain
    repeated = only & np.concatenate([[False], only[:-1]])
    return np.asarray(log_probs[~repeated])


def _grow(
    beams: dict[Classes, tuple[float, float]], prefix: Classes, in_blank: float, in_class: float
) -> None:
    known = beams.get(prefix)
    if known is not None:
        in_blank, in_class = _add(known[0], in_blank), _add(known[1], in_class)
    beams[prefix] = in_blank, in_class


def _add(one: float, two: float) -> float:
    """Return the log of the sum of two probabilities given by their logs."""
    high, low = (one, two) if one > two else (two, one)
    return high + math.log1p(math.exp(low - high))


def _states(classes: Classes, blank: int) -> NDArray[np.int64]:
    """Return the classes with a blank before, between and after them."""
    states = np.full(2 * len(classes) + 1, blank)
    states[1::2] = classes
    return states


def _skips(states: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return for each state whether a path may jump to it over the blank before it."""
    skips = np.zeros(len(states), bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    return skips


def _arrivals(
    reached: NDArray[np.float64], skips: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the scores of staying in each state, of coming from the one before, and by a jump."""
    before = np.concatenate([[IMPOSSIBLE], reached[:-1]])
    jump = np.concatenate([[IMPOSSIBLE] * 2, reached[:-2]])[: len(reached)]
    return reached, before, np.where(skips, jump, IMPOSSIBLE)


def _extent(columns: NDArray[np.bool_]) -> tuple[int, int]:
    inside = np.flatnonzero(columns)
    return int(inside[0]), int(inside[-1]) + 1
