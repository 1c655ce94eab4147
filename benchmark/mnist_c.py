"""How well digits are read that are corrupted as in MNIST-C.

`python -m benchmark.mnist_c FOLDER` corrupts MNIST's test digits, from the folder's `mnist.npz`, in
fifteen ways, reads each as a lone digit, and stores the shares in benchmark/results. The network
alone, on the 28x28 pixels as they are, is what the published figures are of.
"""

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.corruptions.definitions import CORRUPTIONS, corrupted
from benchmark.reading import labels_of
from benchmark.scoring import share, store
from benchmark.sets import mnist_digits, on_all_cores
from benchmark.table import markdown, percent_of
from model import Recognizer
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from model.network.load import load_runtime

SEED = 0
NAMES = {"single": "this reader, one digit", "network": "its network alone"}


def measure_corruption(
    name: str, images: NDArray[np.uint8], labels: NDArray[np.uint8]
) -> dict[str, Any]:
    """Return how digits, (N, 28, 28) uint8, are read with the corruption of this name."""
    recognizer, runtime = Recognizer.load(), load_runtime(Artifact(DEFAULT_MODEL_FILE))
    changed = corrupted(name, images, np.random.default_rng(SEED))
    single = [labels_of(recognizer.read(image, single=True)) for image in changed]
    alone = runtime.run(np.asarray(changed / 255, np.float32)).argmax(axis=1)
    return {
        "corruption": name,
        "single": share([got == str(label) for got, label in zip(single, labels, strict=True)]),
        "network": share(alone == labels),
    }


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return mean and worst share of each way to read."""
    return {
        way: {
            "mean": round(float(np.mean([row[way]["share"] for row in rows])), 5),
            "worst": min(rows, key=lambda row: row[way]["share"])["corruption"],
        }
        for way in NAMES
    }


def mnist_c_table(result: Mapping[str, Any]) -> str:
    """Return the table in Markdown: every corruption, the worst marked, and the mean."""
    worst = {way: result["summary"][way]["worst"] for way in NAMES}
    lines = []
    for row in result["corruptions"]:
        name, cells = row["corruption"], {way: percent_of(row[way]) for way in NAMES}
        marked = [f"{cells[way]}, the worst" if worst[way] == name else cells[way] for way in NAMES]
        lines.append([name.replace("_", " "), *marked])
    means = [percent_of({"share": result["summary"][way]["mean"]}) for way in NAMES]
    lines.append(["**mean**", *(f"**{mean}**" for mean in means)])
    return markdown(("corruption", *NAMES.values()), lines)


def main(folder: Path) -> None:
    """Measure, print and store."""
    images, labels = mnist_digits(folder)
    rows = list(
        on_all_cores(partial(measure_corruption, images=images, labels=labels), CORRUPTIONS)
    )
    result = {"seed": SEED, "summary": summary(rows), "corruptions": rows}
    print(mnist_c_table(result))
    store("mnist_c", "make bench", **result)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
