"""Networks that answer for every place of an image: what each pixel is, what each column shows."""

from pathlib import Path

from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from training.dense.ink_network import INK_TASK
from training.dense.line_network import LINE_TASK
from training.dense.task import DenseTask

DENSE_TASKS: dict[str, DenseTask] = {task.name: task for task in (INK_TASK, LINE_TASK)}


def dense_artifact(name: str, folder: Path | None) -> Artifact:
    """Return where the three files of a dense network go: beside the app's model by default."""
    return Artifact((folder or DEFAULT_MODEL_FILE.parent) / f"{name}_model.keras")
