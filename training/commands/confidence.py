"""`python -m training confidence`: how likely a text line is right, by what both networks say.

Reads scenes by writers that no network learned from, and fits the logistic regression of
`model.line.confidence`. It is written on the card of the line network.
"""

import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from tyro.conf import arg

from model.card import ConfidenceFit
from model.errors import DigitReaderError, TooManyComponentsError
from model.image.grayscale import Grey
from model.line.confidence import ConfidenceModel, log_of_error
from model.line.reader import MARKS
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from model.networks import LINE_MODEL_FILE
from model.recognizer import Recognizer
from training.errors import TrainingError
from training.options import PROGRAM, Sources, parse_as, without_folders
from training.recipes.config import within
from training.scenes.corpus import Corpus, load_corpora
from training.scenes.layers import between_log
from training.scenes.scene import STYLE, Scene, make_scene

NAME = f"{PROGRAM} confidence"
DESCRIPTION = (
    "Fit how likely a text is right on scenes that no network learned from, and the confidence "
    "from which 99.5% of the texts are right. It is written on the card of the line network."
)

EXIT_DONE, EXIT_FAILED = 0, 1
MOST_STATED_WRONG = 0.005  # of the text lines that are stated
FEWEST_LINES = 200  # text lines that are right, and wrong, for a fit
# Scenes that people would hand in: the networks learn from worse ones. Printed figures are read too
# where little is written, and would count as wrong.
SCENES = replace(
    STYLE,
    neighbour=0.0,
    print=replace(STYLE.print, figures=0.0),
    paper=replace(STYLE.paper, faint=0.0, grain=0.03),
    camera=replace(STYLE.camera, blur=0.2, blur_size=(0.008, 0.04), noise=(0.5, 4), reduced=0.1),
)
HEIGHTS = (16.0, 120.0)  # pixels of a digit
SIDES = (1.3, 4.0), (2.0, 12.0)  # rows and columns of a scene, in heights of a digit


@dataclass(frozen=True)
class ConfidenceOptions:
    """The flags of the fit."""

    data: Sources = ()
    """The sources that the networks learned from, as for `python -m training line`."""
    scenes: Annotated[int, within(int, 1)] = 4000
    """Scenes that are read."""
    seed: Annotated[int, within(int, 0, 2**32 - 1)] = 1
    """Seed of the scenes."""
    bound: Annotated[float | None, arg(metavar="P")] = None
    """State a text from this confidence on; else from where 99.5% of the texts are right."""
    model: Annotated[Path, arg(metavar="FILE")] = DEFAULT_MODEL_FILE
    """The digit network that reads beside the line network."""


class Sample(NamedTuple):
    """A text line that was read, and whether its digits were right."""

    log_probs: tuple[float, float]  # of the line, and of all its digits
    right: bool


def parse(arguments: list[str]) -> ConfidenceOptions:
    """Parse the command line. Exits with status 2 where it is wrong."""
    return parse_as(ConfidenceOptions, arguments, NAME, DESCRIPTION, default=ConfidenceOptions())


def main(arguments: list[str]) -> int:
    """Fit and write the confidence; return the exit status."""
    options = parse(arguments)
    try:
        corpus = load_corpora(options.data).validation
        fit = fit_confidence(list(read_scenes(options, corpus)), options.bound)
        fit = msgspec.structs.replace(fit, command=_command_of(options))
        artifact = Artifact(LINE_MODEL_FILE)
        card = artifact.require_card()
        artifact.write_card(msgspec.structs.replace(card, confidence=fit))
    except (TrainingError, DigitReaderError) as error:
        print(error, file=sys.stderr)
        return EXIT_FAILED
    print(
        f"From a confidence of {fit.bound:.3f} on, {100 * fit.stated:.1f}% of {fit.n:,} text lines "
        f"are stated, {100 * fit.right:.2f}% of them right."
    )
    return EXIT_DONE


def _command_of(options: ConfidenceOptions) -> str:
    """Return the command that repeats this fit, without the folders of this machine."""
    data = " ".join(without_folders(spec) for spec in options.data)
    bound = [] if options.bound is None else [f"--bound {options.bound:g}"]
    flags = [f"--data {data}"] if data else []
    flags += [f"--scenes {options.scenes}", f"--seed {options.seed}", *bound]
    return " ".join([f"{PROGRAM} confidence", *flags])


def read_scenes(options: ConfidenceOptions, corpus: Corpus) -> Iterator[Sample]:
    """Yield the text lines that are read on new scenes; those without digits say nothing."""
    recognizer = Recognizer.load(options.model)
    for number in range(options.scenes):
        random = np.random.default_rng([options.seed, number])
        height = between_log(random, HEIGHTS)
        shape = tuple(round(height * random.uniform(*bounds)) for bounds in SIDES)
        scene = make_scene(random, corpus, (max(8, shape[0]), max(8, shape[1])), height, SCENES)
        if _is_cut_off(scene):  # whether a part of a digit is one is a matter of taste
            continue
        written = ["".join(c for c in text if c in MARKS) for text in scene.texts]
        with suppress(TooManyComponentsError):  # which is told as an error, not as a number
            yield from _samples(recognizer, scene.image, written)


def _is_cut_off(scene: Scene) -> bool:
    """Return whether the border of the image cuts a glyph."""
    rows, columns = scene.image.shape
    boxes = np.array([glyph.box for glyph in scene.glyphs]).reshape(-1, 4)
    return bool((boxes[:, :2] < 0).any() or (boxes[:, 2:] > (columns, rows)).any())


def _samples(recognizer: Recognizer, image: Grey, written: list[str]) -> Iterator[Sample]:
    whole = "".join(written)
    for found in recognizer.evidence(image):
        if not found.digits or "?" in found.digits:
            continue  # which is not stated, whatever its confidence
        log_probs = found.line_log_prob, found.digit_log_prob
        yield Sample(log_probs, found.digits in written or found.digits == whole)


def fit_confidence(samples: list[Sample], bound: float | None = None) -> ConfidenceFit:
    """Fit the regression, and the bound above which few enough texts are wrong unless it is given.

    Raises TrainingError for too few samples of either kind.
    """
    from sklearn.linear_model import LogisticRegression

    right = np.array([sample.right for sample in samples], bool)
    if min(right.sum(), (~right).sum()) < FEWEST_LINES:
        raise TrainingError(f"Of {len(right)} text lines {right.sum()} are right: too few to fit.")
    features = np.array([[log_of_error(p) for p in sample.log_probs] for sample in samples])
    model = LogisticRegression(C=1e4, max_iter=1000).fit(features, right)
    line, digits = (float(weight) for weight in model.coef_[0])
    fitted = ConfidenceModel(float(model.intercept_[0]), line, digits, 0.0)
    confidences = np.array([fitted.of_log_probs(*sample.log_probs) for sample in samples])
    bound = bound_for(confidences, right, MOST_STATED_WRONG) if bound is None else bound
    stated = confidences >= bound
    return ConfidenceFit(
        bias=fitted.bias,
        line=line,
        digits=digits,
        bound=bound,
        set="scenes by writers of the validation part",
        n=len(right),
        stated=float(stated.mean()),
        right=float(right[stated].mean()),
    )


def bound_for(
    confidences: NDArray[np.float64], right: NDArray[np.bool_], most_wrong: float
) -> float:
    """Return the lowest confidence from which on no more than this share is wrong.

    Where no bound gives that, the highest confidence.
    """
    order = np.argsort(-confidences)
    ordered = confidences[order]
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    is_last = np.append(ordered[1:] < ordered[:-1], True)  # of equal ones, which go together
    good = np.flatnonzero((wrong <= most_wrong) & is_last)
    return float(ordered[good[-1] if good.size else 0])
