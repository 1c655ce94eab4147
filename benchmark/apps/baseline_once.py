"""The baseline from the command line: `python -m benchmark.apps.baseline_once IMAGE [ROUNDS]`.

Prints the digit, and with ROUNDS the median milliseconds of as many calls of `model.predict`.
"""

import statistics
import sys
import time
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

MODEL = Path(__file__).parents[2] / "model" / "zoo" / "streamlit.keras"


def main(image: str, rounds: int = 0) -> None:
    """Read an image as the tutorials do: resized to 28x28, white on black."""
    model = tf.keras.models.load_model(MODEL)
    small = Image.open(image).convert("L").resize((28, 28))
    pixels = 1 - np.asarray(small, np.float32)[np.newaxis, ..., np.newaxis] / 255
    print(int(model.predict(pixels, verbose=0).argmax()))
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        model.predict(pixels, verbose=0)
        times.append(1000 * (time.perf_counter() - start))
    if times:
        print(statistics.median(times))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
