"""The helpers of the speed measurements."""

import json
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from benchmark.speed import __main__ as speed
from benchmark.speed.network import multiply_adds
from benchmark.speed.size import size
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from tests.conftest import ROOT
from ui.canvas import CANVAS_HEIGHT, CANVAS_WIDTH, DEFAULT_BRUSH

STREAMLIT = Artifact(DEFAULT_MODEL_FILE.parent / "zoo" / "streamlit.keras")


def test_multiply_adds_are_those_of_the_layers() -> None:
    convolutions = 26 * 26 * 32 * 3 * 3 + 11 * 11 * 64 * 3 * 3 * 32
    dense = 5 * 5 * 64 * 128 + 128 * 10
    assert multiply_adds(STREAMLIT.tflite.read_bytes()) == convolutions + dense


@pytest.mark.parametrize("name", ["blank_app.py", "baseline_app.py"])
def test_pages_that_are_compared_have_the_same_canvas(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    canvases: list[dict[str, object]] = []

    def st_canvas(**options: object) -> SimpleNamespace:
        canvases.append(options)
        return SimpleNamespace(json_data=None, image_data=None)

    monkeypatch.setitem(
        sys.modules, "streamlit_drawable_canvas", SimpleNamespace(st_canvas=st_canvas)
    )
    monkeypatch.setitem(sys.modules, "tensorflow", MagicMock())
    runpy.run_path(str(ROOT / "benchmark" / "apps" / name))
    (options,) = canvases
    size = (options["width"], options["height"], options["stroke_width"])
    assert size == (CANVAS_WIDTH, CANVAS_HEIGHT, DEFAULT_BRUSH)


def test_app_is_a_part_of_what_is_deployed() -> None:
    sizes = size()
    models = sum(file.stat().st_size for file in (ROOT / "model").rglob("*.tflite")) / 1e6
    assert models < sizes["app_mb"] < 20
    assert 0 < sizes["requirements_serve_mb"] < sizes["requirements_mb"] - 1000  # TensorFlow


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
