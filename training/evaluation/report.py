"""An evaluation for people: as text, and its mistakes as one picture."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from model.card import Card, ClassScores, Example
from model.network.normalize import SIDE
from model.network.runtime import CLASSES
from training.evaluation.pretrained import PretrainedModel

# The parts of an evaluation that its JSON holds.
REPORTED = ("test", "confusion_matrix", "reliability", "mistakes", "classification_report")
MEANING = {
    "probabilities": "Its outputs are probabilities.",
    "logits": "Its outputs are logits; a softmax turns them into probabilities.",
    "scores": "Its outputs are scores from 0 to 1; they are scaled to a sum of 1.",
}
SHEET_COLUMNS, SHEET_SIZE = 10, 100  # mistakes on a contact sheet
MISTAKE_SCALE, CAPTION_HEIGHT, MISTAKE_GAP = 3, 16, 8  # times; pixels; pixels

Matrix = Sequence[Sequence[int]]  # counts, a row for each true digit


def format_evaluation(model: PretrainedModel, figures: Card) -> str:
    """Return the figures of `evaluate_on_test` in lines of at most 80 characters."""
    test, matrix = figures.test, figures.confusion_matrix
    assert test is not None and matrix is not None  # noqa: S101, PT018  an evaluation has both
    low, high = (100 * bound for bound in test.accuracy_interval_95)
    lines = [
        f"{model.name} on {test.set}, {test.n:,} digits. {MEANING[model.outputs]}",
        "",
        f"accuracy           {100 * test.accuracy:.2f}%, 95% interval {low:.2f} to {high:.2f}%",
        f"loss               {test.loss:.4f}",
        f"calibration error  {100 * (test.calibration_error or 0):.2f}%{_temperature(model)}",
        "",
        "confidence from to     n     mean    right",
    ]
    lines += [
        f"{100 * b.low:7.0f} to {100 * b.high:3.0f}%  {b.n:7,}  "
        f"{100 * (b.confidence or 0):6.1f}%  {100 * (b.accuracy or 0):6.1f}%"
        for b in figures.reliability
        if b.n
    ]
    return "\n".join([*lines, "", format_classification_report(matrix), *_format_matrix(matrix)])


def _temperature(model: PretrainedModel) -> str:
    temperature = model.calibration.temperature
    return f", with the temperature {temperature:.2f} of its card" if temperature != 1 else ""


def _format_matrix(matrix: Matrix) -> list[str]:
    width = max(len(str(count)) for row in matrix for count in row) + 1
    rows = [
        f"{digit:5} " + "".join(f"{count or '.':>{width}}" for count in row)
        for digit, row in enumerate(matrix)
    ]
    return ["is \\ read as", " " * 6 + "".join(f"{d:>{width}}" for d in range(CLASSES)), *rows]


def contact_sheet(mistakes: Sequence[Example]) -> bytes:
    """Return the first mistakes as a PNG, each with its label, the answer and its confidence."""
    shown = mistakes[:SHEET_SIZE]
    side, cell = SIDE * MISTAKE_SCALE, SIDE * MISTAKE_SCALE + MISTAKE_GAP
    rows = max(1, -(-len(shown) // SHEET_COLUMNS))
    sheet = Image.new("L", (SHEET_COLUMNS * cell, rows * (cell + CAPTION_HEIGHT)), 255)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for place, mistake in enumerate(shown):
        left = place % SHEET_COLUMNS * cell
        top = place // SHEET_COLUMNS * (cell + CAPTION_HEIGHT)
        picture = Image.open(io.BytesIO(base64.b64decode(mistake.png)))
        sheet.paste(picture.resize((side, side)), (left + MISTAKE_GAP // 2, top + MISTAKE_GAP // 2))
        caption = f"{mistake.label}, not {mistake.answer}  {100 * mistake.confidence:.0f}%"
        draw.text((left + 4, top + side + 6), caption, fill=0, font=font)
    file = io.BytesIO()
    sheet.save(file, "PNG", optimize=True)
    return file.getvalue()


def classification_report(matrix: Matrix) -> dict[str, ClassScores | float]:
    """Return precision, recall and F1 of every digit and their means, and the accuracy."""
    from sklearn import metrics

    report: dict[str, Any] = metrics.classification_report(
        *_answers(matrix), output_dict=True, zero_division=0
    )
    return {
        name: scores
        if isinstance(scores, float)
        else ClassScores(
            precision=scores["precision"],
            recall=scores["recall"],
            f1=scores["f1-score"],
            support=scores["support"],
        )
        for name, scores in report.items()
    }


def format_classification_report(matrix: Matrix) -> str:
    """Return the same as a table to print."""
    from sklearn import metrics

    return str(metrics.classification_report(*_answers(matrix), digits=4, zero_division=0))


def _answers(matrix: Matrix) -> tuple[Any, Any]:
    """Truth and answer, a pair for each count."""
    truth, answer = np.divmod(np.arange(CLASSES * CLASSES), CLASSES)
    counts = np.array(matrix).reshape(-1)
    return np.repeat(truth, counts), np.repeat(answer, counts)
