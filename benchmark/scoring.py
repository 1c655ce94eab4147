"""The rule by which every reader is judged, shares with their intervals, and stored results."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmark import RESULTS
from benchmark.sets import Case
from model import Reading
from model.errors import DigitReaderError
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from model.reading import UNSURE_MARK
from training.evaluation.metrics import wilson_interval
from training.run import provenance

Verdict: TypeAlias = Literal["right", "doubted", "stated_wrong"]
VERDICTS: tuple[Verdict, ...] = ("right", "doubted", "stated_wrong")


def verdict(text: str, answer: str | None) -> Verdict:
    """Return whether an answer is "right", "doubted" or, the worst, "stated_wrong".

    Right is the exact text, or no digit where there is none. Any other answer is doubted if it
    shows a `?` or if the image could not be read (None), and else it is stated wrong.
    """
    if answer is None:
        return "doubted"
    got = answer.replace("\n", "")
    if got == text or not (text or any(c.isdigit() for c in got)):
        return "right"
    return "doubted" if UNSURE_MARK in got else "stated_wrong"


def answer_of(read: Callable[[bytes], Reading], content: bytes) -> str | None:
    """Return the text that a reader states, None for an error."""
    try:
        return read(content).text
    except DigitReaderError:
        return None


def judged(images: Sequence[Case], answers: Sequence[str | None]) -> dict[str, Any]:
    """Return the number of images and the share of each verdict; by kind too where there are."""
    pairs = zip(images, answers, strict=True)
    verdicts = np.array([verdict(case.text, answer) for case, answer in pairs])
    result = _shares(verdicts)
    kinds = np.array([case.kind for case in images])
    if (kinds != "").any():
        result["kinds"] = [
            {"kind": str(kind), **_shares(verdicts[kinds == kind])} for kind in np.unique(kinds)
        ]
    return result


def _shares(verdicts: NDArray[np.str_]) -> dict[str, Any]:
    return {"n": len(verdicts)} | {v: share(verdicts == v) for v in VERDICTS}


def share(hits: Sequence[bool] | NDArray[np.bool_]) -> dict[str, Any]:
    """Return a share with its n and 95% interval."""
    n, count = len(hits), int(np.sum(hits))
    low, high = wilson_interval(count, n)
    return {"share": round(count / n, 5), "n": n, "interval_95": [round(low, 5), round(high, 5)]}


def store(name: str, command: str, **content: Any) -> None:
    """Write a file of benchmark/results: what was measured, when, where and of which model."""
    result = {
        "command": command,
        **provenance(),
        "model": Artifact(DEFAULT_MODEL_FILE).load_card().sha256.keras,
        **content,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
