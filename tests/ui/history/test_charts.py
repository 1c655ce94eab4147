"""What the charts, tables and pictures of a run are made of."""

import csv
import io
import itertools
import subprocess
import sys
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from model.card import Network
from tests.cards import as_card, full_card, network
from tests.conftest import ROOT
from ui.history.cost import cost_chart, cost_rows
from ui.history.curves import curve_chart, curve_rows, moving_average
from ui.history.network import diagram, kernel_pictures
from ui.history.per_digit import digit_rows, digit_table, reliability_rows
from ui.history.runs import Run
from ui.tables import as_csv
from ui.text import section, text

NETWORK = msgspec.convert(network(), Network)


def run(name: str = "mine", **changes: Any) -> Run:
    return Run.of_card(name, as_card(full_card() | changes))


def drawn_rows(chart: Any) -> list[dict[str, Any]]:
    """The data of a chart's first layer, as Vega gets them."""
    return rows_of(chart.to_dict(), 0)


def rows_of(spec: dict[str, Any], layer: int) -> list[dict[str, Any]]:
    """The rows of a layer; a chart whose layers all share their data has it at its top."""
    data = spec["layer"][layer].get("data", spec.get("data"))
    rows: list[dict[str, Any]] = spec["datasets"][data["name"]]
    return rows


def test_smoothing_keeps_the_first_value_and_lags_behind() -> None:
    assert moving_average([1, 0, 0], 0.5) == [1, 0.5, 0.25]
    assert moving_average([0.3, 0.7], 0) == [0.3, 0.7]


def test_curves_show_what_the_history_says() -> None:
    history = [
        {"loss": 0.5, "accuracy": 0.8, "val_loss": 0.4, "val_accuracy": 0.9},
        {"loss": 0.3, "accuracy": 0.9, "val_loss": 0.2, "val_accuracy": 0.95},
    ]
    rows = curve_rows([run(history=history, best_epoch=2)], "accuracy")
    training, validation = section("learning.sets").values()
    shown = [(row["digits"], row["epoch"], row["value"], row["kept"]) for row in rows]
    assert shown == [
        (training, 1, 0.8, False),
        (training, 2, 0.9, False),
        (validation, 1, 0.9, False),
        (validation, 2, 0.95, True),
    ]
    assert curve_rows([run(history=history)], "loss", ["validation"])[1]["value"] == 0.2


def test_logarithmic_accuracy_is_drawn_by_its_error_and_leaves_out_what_has_none() -> None:
    rows = curve_rows([run(history=[{"loss": 0, "accuracy": 0.9}, {"loss": 0.1, "accuracy": 1}])],
                      "accuracy")  # fmt: skip
    drawn = drawn_rows(curve_chart(rows, "accuracy", log=True))
    assert [row["value"] for row in drawn] == [pytest.approx(0.1)]


def test_runs_of_any_length_and_without_validation_are_drawn_together() -> None:
    short = Run.of_csv("short.csv", b"epoch,loss,accuracy\n1,0.5,0.9\n")
    rows = curve_rows([run(), short], "loss", smoothing=0.6)
    for log, measure in itertools.product((False, True), ("loss", "accuracy")):
        spec = curve_chart(rows, measure, log=log).to_dict()
        pointer = rows_of(spec, -1)
        assert [row["epoch"] for row in pointer] == list(range(1, 11))
        assert len(pointer[0]) == 4  # the epoch, two curves and one
        assert len(pointer[1]) == 3
    assert curve_chart([], "loss").to_dict()  # neither training nor validation is chosen


def test_cost_leaves_out_runs_without_a_test_and_draws_a_perfect_one() -> None:
    history = Run.of_csv("short.csv", b"epoch,loss,accuracy\n1,0.5,0.9\n")
    test = {"n": 100, "accuracy": 1, "accuracy_interval_95": [0.963, 1]}
    rows = cost_rows([run("perfect", test=test), history])
    assert [row["run"] for row in rows] == ["perfect"]
    (drawn,) = drawn_rows(cost_chart(rows, "seconds"))
    assert 0 < drawn["least"] <= drawn["error"] < drawn["most"] == pytest.approx(0.037)


def test_precision_recall_and_f1_follow_from_the_confusion_matrix() -> None:
    matrix = np.zeros((10, 10), int)
    matrix[3, 3], matrix[3, 5], matrix[5, 3], matrix[5, 5] = 6, 2, 1, 9
    rows = digit_rows(run(confusion_matrix=matrix.tolist()))
    three, five = rows[3], rows[5]
    assert three["precision"] == 6 / 7
    assert three["recall"] == 6 / 8
    assert three["f1"] == pytest.approx(2 * (6 / 7) * (6 / 8) / (6 / 7 + 6 / 8))
    assert (five["precision"], five["recall"], five["test_digits"]) == (9 / 11, 9 / 10, 10)
    assert rows[0]["precision"] is rows[0]["recall"] is rows[0]["f1"] is None
    assert digit_table(rows, "recall")[5] == {"digit": 5, "mine": 9 / 10}


def test_calibration_curve_skips_bins_without_digits() -> None:
    (only,) = reliability_rows([run(), run("old", reliability=[])])
    assert only == {"run": "mine", "confidence": 0.98, "accuracy": 0.97, "digits": 9}


def test_network_is_drawn_with_shapes_parameters_and_short_cuts() -> None:
    lines = diagram(NETWORK.layers).splitlines()
    boxes = [line for line in lines if '["' in line]
    assert len(boxes) == 5  # normalisation and activation are with their convolution
    shown = "\n".join(lines)
    parameters = text("network.parameters", n=56)
    assert f"**Conv2D**\nBatchNormalization, ReLU\n28 × 28 × 4\n{parameters}" in shown
    arrows = {line for line in lines if " --> " in line}
    assert {"n1 --> n2", "n2 --> n3", "n1 --> n3", "n3 --> n4"} <= arrows
    assert "class n2 work25" in lines  # the most of the work


def test_filters_share_a_scale_with_zero_in_its_middle() -> None:
    filters = NETWORK.filters
    assert filters
    pictures = [np.asarray(Image.open(io.BytesIO(png)))
                for png in kernel_pictures(filters.kernels)]  # fmt: skip
    assert pictures[0].shape == (3, 3)
    assert pictures[0][0].tolist() == [128, 191, 0]
    assert pictures[1][0].tolist() == [255, 128, 128]
    assert kernel_pictures([[[0.0]]])  # nothing was learned


def test_tables_are_taken_along_as_csv() -> None:
    rows: list[dict[str, Any]] = [
        {"run": "a, b", "value": 0.125},
        {"run": "c", "value": None, "more": 1},
    ]
    read = list(csv.DictReader(io.StringIO(as_csv(rows))))
    assert read[0] == {"run": "a, b", "value": "0.125", "more": ""}
    assert read[1] == {"run": "c", "value": "", "more": "1"}


def test_charts_wait_until_pandas_is_loaded() -> None:
    program = "import sys, ui.history.curves; sys.modules['pandas'].Timestamp"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
