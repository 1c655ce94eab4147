"""The reader without one of its stages, by the stage's name.

An entry makes a function that reads without the stage. Most are a change of `ReaderParams` that
switches it off; whatever a stage is made of, an entry may build the reader without it.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from model import Reading, Recognizer
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact, calibration_of
from model.network.load import load_runtime
from model.options import ReaderParams

Read: TypeAlias = Callable[[bytes], Reading]
Ablation: TypeAlias = Callable[[], Read]

NEVER = 10**9  # pixels, digits: more than there are
CERTAINLY = 1e-12  # a confidence that every text reaches


def without(change: Callable[[ReaderParams], ReaderParams]) -> Ablation:
    """Return the ablation that changes the parameters of the reader."""

    def make() -> Read:
        artifact = Artifact(Path(DEFAULT_MODEL_FILE))
        runtime = load_runtime(artifact)
        params = change(ReaderParams())
        return Recognizer(runtime, calibration_of(artifact.load_card()), params=params).read

    return make


def _every_text_stated() -> Read:
    return partial(Recognizer.load().read, confidence=CERTAINLY)


def _channels(params: ReaderParams) -> ReaderParams:
    grayscale = replace(params.grayscale, channel_contrast_ratio=math.inf)
    return replace(params, grayscale=grayscale)


def _page(params: ReaderParams) -> ReaderParams:
    page = replace(params.ink.page, min_side=NEVER)
    return replace(params, ink=replace(params.ink, page=page))


def _shadows(params: ReaderParams) -> ReaderParams:
    background = replace(params.ink.background, max_rough=math.inf)
    return replace(params, ink=replace(params.ink, background=background))


def _thick_strokes(params: ReaderParams) -> ReaderParams:
    background = replace(params.ink.background, min_side_thick=NEVER)
    return replace(params, ink=replace(params.ink, background=background))


def _enlarging(params: ReaderParams) -> ReaderParams:
    binarize = replace(params.ink.binarize, small_side=0)
    return replace(params, ink=replace(params.ink, binarize=binarize))


def _ruled_lines(params: ReaderParams) -> ReaderParams:
    return replace(params, ruled_lines=replace(params.ruled_lines, min_side=NEVER))


def _foreign_ink(params: ReaderParams) -> ReaderParams:
    return replace(params, noise=replace(params.noise, min_strength=0, along_side=math.inf))


def _merging(params: ReaderParams) -> ReaderParams:
    merge = replace(params.segment.merge, max_pixels=0)
    return replace(params, segment=replace(params.segment, merge=merge))


def _splitting(params: ReaderParams) -> ReaderParams:
    lattice = replace(params.segment.lattice, min_width_two=math.inf, min_width_two_alone=math.inf)
    return replace(params, segment=replace(params.segment, lattice=lattice))


def _seams(params: ReaderParams) -> ReaderParams:
    split = replace(params.segment.split, seams_per_height=0)
    return replace(params, segment=replace(params.segment, split=split))


def _slanted_splits(params: ReaderParams) -> ReaderParams:
    split = replace(params.segment.split, slants=(0.0,))
    return replace(params, segment=replace(params.segment, split=split))


def _number_prior(params: ReaderParams) -> ReaderParams:
    prior = replace(params.segment.prior, min_digits=NEVER)
    return replace(params, segment=replace(params.segment, prior=prior))


def _scraps(params: ReaderParams) -> ReaderParams:
    digits = replace(params.segment.digits, max_scrap=0)
    return replace(params, segment=replace(params.segment, digits=digits))


def _left_out(params: ReaderParams) -> ReaderParams:
    left_out = replace(params.left_out, min_height=math.inf, small_confidence=math.inf)
    return replace(params, left_out=left_out)


def _views(params: ReaderParams) -> ReaderParams:
    return replace(params, views=replace(params.views, max_digits=0))


def _tiny_images(params: ReaderParams) -> ReaderParams:
    return replace(params, tiny_side=0)


ABLATIONS: dict[str, Ablation] = {
    "choice of a colour channel": without(_channels),
    "page detection": without(_page),
    "background with shadows": without(_shadows),
    "background under thick strokes": without(_thick_strokes),
    "enlarging of small photos": without(_enlarging),
    "removal of ruling lines": without(_ruled_lines),
    "removal of foreign ink": without(_foreign_ink),
    "merging": without(_merging),
    "splitting": without(_splitting),
    "splits along seams": without(_seams),
    "slanted splits": without(_slanted_splits),
    "prior in numbers": without(_number_prior),
    "doubt about scraps at the border": without(_scraps),
    "`?` for what was left out": without(_left_out),
    "other views of photos": without(_views),
    "caution on tiny images": without(_tiny_images),
    "confidence of the text": _every_text_stated,
}
