"""An evaluation for people: as text, and its mistakes as one picture."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from model.network.normalize import SIDE
from model.network.runtime import CLASSES
from training.evaluation.pretrained import PretrainedModel

REPORTED = ("test", "confusion_matrix", "reliability", "mistakes")  # of what `judge` tells
MEANING = {
    "probabilities": "Its outputs are probabilities.",
    "logits": "Its outputs are no probabilities but logits; they went through a softmax.",
    "scores": "Its outputs are scores from 0 to 1 each; they were scaled to a sum of 1.",
}
SHEET, COLUMNS = 100, 10  # mistakes on a picture
ENLARGED, CAPTION = 3, 16  # times; pixels


def format_evaluation(adopted: PretrainedModel, figures: dict[str, Any]) -> str:
    """Everything in lines of at most 80 characters."""
    test = figures["test"]
    low, high = (100 * bound for bound in test["accuracy_interval_95"])
    lines = [
        f"{adopted.name} on {test['set']}, {test['n']:,} digits. {MEANING[adopted.outputs]}",
        "",
        f"accuracy           {100 * test['accuracy']:.2f} %, "
        f"95 % interval {low:.2f} to {high:.2f} %",
        f"loss               {test['loss']:.4f}",
        f"calibration error  {100 * test['calibration_error']:.2f} %{_softened(adopted)}",
        "",
        "sure from to       n     sure    right",
    ]
    lines += [
        f"{100 * b['low']:4.0f} to {100 * b['high']:3.0f} %  {b['n']:7,}  "
        f"{100 * b['confidence']:5.1f} %  {100 * b['accuracy']:5.1f} %"
        for b in figures["reliability"]
        if b["n"]
    ]
    matrix = figures["confusion_matrix"]
    return "\n".join([*lines, "", format_classification_report(matrix), *_matrix_text(matrix)])


def _softened(adopted: PretrainedModel) -> str:
    temperature = adopted.calibration.temperature
    return f", with the temperature {temperature:.2f} of its card" if temperature != 1 else ""


def _matrix_text(matrix: Sequence[Sequence[int]]) -> list[str]:
    width = max(len(str(count)) for row in matrix for count in row) + 1
    rows = [
        f"{digit:5} " + "".join(f"{count or '.':>{width}}" for count in row)
        for digit, row in enumerate(matrix)
    ]
    return ["is \\ read as", " " * 6 + "".join(f"{d:>{width}}" for d in range(CLASSES)), *rows]


def contact_sheet(mistakes: Sequence[dict[str, Any]]) -> bytes:
    """The surest mistakes as a PNG, each with what it is, what it was read as, and how surely."""
    from PIL import Image, ImageDraw, ImageFont

    shown = mistakes[:SHEET]
    side, cell = SIDE * ENLARGED, SIDE * ENLARGED + 8
    rows = max(1, -(-len(shown) // COLUMNS))
    sheet = Image.new("L", (COLUMNS * cell, rows * (cell + CAPTION)), 255)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for place, mistake in enumerate(shown):
        left, top = place % COLUMNS * cell, place // COLUMNS * (cell + CAPTION)
        sheet.paste(_picture(mistake).resize((side, side)), (left + 4, top + 4))
        words = f"{mistake['label']}, not {mistake['answer']}  {100 * mistake['confidence']:.0f} %"
        draw.text((left + 4, top + side + 6), words, fill=0, font=font)
    file = io.BytesIO()
    sheet.save(file, "PNG", optimize=True)
    return file.getvalue()


def _picture(mistake: dict[str, Any]) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(base64.b64decode(mistake["png"])))


def classification_report(matrix: Sequence[Sequence[int]]) -> dict[str, Any]:
    """The report of a confusion matrix, a row for each true digit, as a card tells it."""
    from sklearn.metrics import classification_report

    return dict(classification_report(*_answers(matrix), output_dict=True, zero_division=0))


def format_classification_report(matrix: Sequence[Sequence[int]]) -> str:
    """The same as a table to print."""
    from sklearn.metrics import classification_report

    return str(classification_report(*_answers(matrix), digits=4, zero_division=0))


def _answers(matrix: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """Truth and answer, a pair for each count."""
    truth, answer = np.divmod(np.arange(CLASSES * CLASSES), CLASSES)
    counts = np.array(matrix).reshape(-1)
    return np.repeat(truth, counts), np.repeat(answer, counts)
