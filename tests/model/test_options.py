"""Options and thresholds are frozen objects, passed in."""

import ast
import dataclasses
import importlib
import inspect

import numpy as np
import pytest

from model import ReadOptions, Recognizer
from model.ink.binarize import InkLevels, InkParams, extract_ink
from model.ink.components import find_components
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact, calibration_of
from model.network.load import load_runtime
from model.options import ReaderParams, ReadKeywords
from model.segment.digits import DigitParams, SegmentParams
from tests.conftest import ROOT
from training.augment.strokes import render

STAGES = [
    *(ROOT / "model").glob("i*/*.py"),
    *(ROOT / "model" / "segment").glob("*.py"),
    ROOT / "model" / "tta.py",
    ROOT / "model" / "recognizer.py",
]
STAGES = [file for file in STAGES if file.stem != "__init__"]


def test_keywords_are_the_fields_of_the_options() -> None:
    fields = {field.name for field in dataclasses.fields(ReadOptions)}
    assert set(ReadKeywords.__annotations__) == fields


@pytest.mark.parametrize("file", STAGES, ids=lambda file: file.stem)
def test_thresholds_are_fields_of_frozen_dataclasses(file: object) -> None:
    name = str(file).removeprefix(f"{ROOT}/").removesuffix(".py").replace("/", ".")
    module = importlib.import_module(name)
    for member in vars(module).values():
        if inspect.isclass(member) and member.__name__.endswith(("Params", "Options")):
            assert dataclasses.is_dataclass(member)
            assert member.__dataclass_params__.frozen  # type: ignore[attr-defined]
    constants = {
        target.id
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, float)
    }
    assert constants <= {"LEAST"}  # which keeps a logarithm finite


def test_stages_must_agree_on_the_levels_of_ink() -> None:
    other = InkLevels(ink_threshold=0.5)
    with pytest.raises(ValueError, match="levels"):
        ReaderParams(ink=InkParams(levels=other))
    both = ReaderParams(ink=InkParams(levels=other), segment=SegmentParams(levels=other))
    assert both.ink.levels == both.segment.levels


def test_ink_threshold_that_is_passed_in_holds() -> None:
    ink = np.zeros((20, 20), np.float32)
    ink[5:15, 5:15] = 0.4
    assert len(find_components(ink)) == 1
    assert find_components(ink, levels=InkLevels(ink_threshold=0.5)) == []


def test_noise_floor_that_is_passed_in_holds() -> None:
    grey = render(3)
    grey[0:4, 0:4] = 225
    usual = extract_ink(grey).ink
    high = extract_ink(grey, params=InkParams(levels=InkLevels(noise_floor=0.3))).ink
    assert usual[1, 1] > 0
    assert high[1, 1] == 0


def test_recognizer_reads_with_other_thresholds(recognizer: Recognizer) -> None:
    page = np.full((200, 300), 255, np.uint8)
    page[50:150, 20:120] = render(3, side=100)
    page[80:110, 200:230] = render(5, side=30, brush=3)
    artifact = Artifact(DEFAULT_MODEL_FILE)
    params = ReaderParams(segment=SegmentParams(digits=DigitParams(max_dirt=0.5)))
    blind = Recognizer(load_runtime(artifact), calibration_of(artifact.load_card()), params)
    assert len(recognizer.read(page).digits) == 2
    assert blind.read(page).text == "3"
