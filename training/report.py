"""scikit-learn's classification report: precision, recall and F1 of every digit."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from model.network.runtime import CLASSES


def report(matrix: Sequence[Sequence[int]]) -> dict[str, Any]:
    """The report of a confusion matrix, a row for each true digit, as a card tells it."""
    from sklearn.metrics import classification_report

    return dict(classification_report(*_answers(matrix), output_dict=True, zero_division=0))


def report_as_text(matrix: Sequence[Sequence[int]]) -> str:
    """The same as a table to print."""
    from sklearn.metrics import classification_report

    return str(classification_report(*_answers(matrix), digits=4, zero_division=0))


def _answers(matrix: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    """Truth and answer, a pair for each count."""
    truth, answer = np.divmod(np.arange(CLASSES * CLASSES), CLASSES)
    counts = np.array(matrix).reshape(-1)
    return np.repeat(truth, counts), np.repeat(answer, counts)
