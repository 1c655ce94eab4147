"""How quickly the recipe `fast` reaches 99% on MNIST, compared with ten epochs of `notebook`.

`make bench-fast` trains both in one run and stores the figures in benchmark/results/fast.json.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmark import RESULTS
from model.network.artifact import Artifact
from training.data.run_data import RunData, load_run_data
from training.recipes import fast, notebook
from training.recipes.base import Recipe
from training.run import provenance, train_and_evaluate

GOAL = 0.99  # of MNIST's test digits


def measure_training(recipe: Recipe, config: Any, run_data: RunData) -> dict[str, Any]:
    """Train a recipe; return the seconds of its epochs, validation included, and its accuracy.

    `all_seconds` are those of the whole command but for loading the data: preprocessing, training,
    compiling, evaluating.
    """
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        artifact = Artifact(Path(folder) / f"{recipe.name}.keras")
        outcome = train_and_evaluate(recipe, config, run_data, artifact, command=__doc__ or "")
    return {
        "recipe": recipe.name,
        "seconds": outcome.history.seconds,
        "all_seconds": round(time.perf_counter() - start, 1),
        "epochs": len(outcome.history.epochs),
        "test": {"n": len(run_data.digits.test), "accuracy": outcome.accuracy},
    }


def compare(data: str | None) -> dict[str, Any]:
    """Measure both recipes, one after the other; `data` as `--data` takes it."""
    rows = []
    for recipe in (fast.RECIPE, notebook.RECIPE):
        config = recipe.config()
        run_data = load_run_data([data] if data else [], recipe, config, None)
        rows.append(measure_training(recipe, config, run_data))
    of_fast, of_notebook = rows
    return {
        "command": "make bench-fast",
        **provenance(),
        "recipes": rows,
        "ratio": round(of_notebook["seconds"] / of_fast["seconds"], 1),
        "goal_reached": of_fast["test"]["accuracy"] >= GOAL,
    }


def sentence(result: dict[str, Any]) -> str:
    """Return the sentence of the documentation."""
    of_fast, of_notebook = result["recipes"]
    return (
        f"`fast` reads {100 * of_fast['test']['accuracy']:.2f}% of MNIST's test digits after "
        f"{of_fast['seconds']:.0f} seconds of training, `notebook` "
        f"{100 * of_notebook['test']['accuracy']:.2f}% after {of_notebook['seconds']:.0f}, "
        f"{result['ratio']:.1f} times as many (`{result['command']}`)"
    )


def main() -> None:
    """Measure, store and print."""
    result = compare(sys.argv[1] if len(sys.argv) > 1 else None)
    (RESULTS / "fast.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    print(sentence(result))


if __name__ == "__main__":
    main()
