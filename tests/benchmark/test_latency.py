"""What the measurements of speed stand on."""

import json
from pathlib import Path

import pytest

from benchmark.speed import __main__ as speed
from benchmark.speed.network import multiply_adds
from benchmark.speed.size import size
from model.network.artifact import DEFAULT, Artifact
from tests.conftest import ROOT
from ui.canvas import CANVAS_HEIGHT, CANVAS_WIDTH, DEFAULT_BRUSH

STREAMLIT = Artifact(DEFAULT.parent / "zoo" / "streamlit.keras")


def test_multiply_adds_are_those_of_the_layers() -> None:
    convolutions = 26 * 26 * 32 * 3 * 3 + 11 * 11 * 64 * 3 * 3 * 32
    dense = 5 * 5 * 64 * 128 + 128 * 10
    assert multiply_adds(STREAMLIT.tflite.read_bytes()) == convolutions + dense


def test_pages_that_are_compared_have_the_same_canvas() -> None:
    for name in ("blank_app.py", "baseline_app.py"):
        text = " ".join((ROOT / "benchmark" / "apps" / name).read_text().split())
        assert f"width={CANVAS_WIDTH}, height={CANVAS_HEIGHT}, stroke_width={DEFAULT_BRUSH}" in text


def test_app_is_a_part_of_what_is_deployed() -> None:
    told = size()
    models = sum(file.stat().st_size for file in (ROOT / "model").rglob("*.tflite")) / 1e6
    assert models < told["app_mb"] < 20
    assert 100 < told["requirements_without_tensorflow_mb"] < told["requirements_mb"]


def test_part_is_measured_alone_and_the_others_keep_their_figures(tmp_path: Path) -> None:
    out = tmp_path / "speed.json"
    out.write_text(json.dumps({"process": {"seconds": 1, "tensorflow_seconds": 10}}))
    assert speed.main(["size", "--out", str(out)]) == 0
    result = json.loads(out.read_text())
    assert result["process"]["seconds"] == 1
    assert result["size"]["app_mb"] > 1


def test_unknown_part_is_wrong_usage() -> None:
    with pytest.raises(SystemExit):
        speed.main(["weight"])
