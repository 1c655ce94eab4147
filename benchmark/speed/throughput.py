"""Time of a reading: in Python, as a process, of a folder, of a photo, in the network."""

import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from benchmark.speed.browser import ROOT
from benchmark.speed.network import multiply_adds, peak_multiply_adds
from model import Recognizer
from model.image.decode import decode, open_image
from model.image.grayscale import to_grey
from model.ink.binarize import extract_ink
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from model.network.load import load_runtime
from model.segment.digits import find_digits
from training.augment.strokes import render
from training.sources.mnist import KEYS as MNIST_KEYS

# A process of its own, which imports nothing that a reading does not.
PHOTO_SCRIPT = """
import json, statistics, sys, time
from pathlib import Path
from model import Recognizer
from model.image.decode import open_image
from model.image.grayscale import to_grey
from model.ink.binarize import extract_ink
recognizer, content, times = Recognizer.load(), Path(sys.argv[1]).read_bytes(), []
for _ in range(1 + int(sys.argv[2])):
    begun = time.perf_counter(); recognizer.read(content); times.append(time.perf_counter() - begun)
status = Path("/proc/self/status").read_text()  # ru_maxrss would count the parent's memory too
peak = int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6
ms = 1000 * statistics.median(times[1:])
print(json.dumps({"reading_ms": round(ms), "peak_mb": round(peak)}))
"""
READING_SIDE = 280  # pixels
FOLDER_IMAGES = 10_000
PHOTO_SIZE = (4000, 3000)  # pixels, 12 megapixels


def one_reading(rounds: int) -> dict[str, Any]:
    """Measure the milliseconds of reading a 280x280 drawing, beside `model.predict` alone.

    The drawing is an array of pixels, as a canvas hands it to Python; from the bytes of a PNG it is
    decoded first.
    """
    recognizer, content = Recognizer.load(), _drawing()
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    return {
        "reading_ms": round(_median_ms(lambda: recognizer.read(pixels), 20 * rounds), 2),
        "reading_png_ms": round(_median_ms(lambda: recognizer.read(content), 20 * rounds), 2),
        "predict_ms": round(_with_tensorflow(content, 5 * rounds), 1),
    }


def one_process(rounds: int) -> dict[str, Any]:
    """Measure the seconds of a process that reads one file, beside one with TensorFlow."""
    times: dict[str, list[float]] = {"seconds": [], "tensorflow_seconds": []}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "digit.png"
        file.write_bytes(_drawing())
        ours, baseline = (
            ["-m", "model", "--single", str(file)],
            ["-m", "benchmark.apps.baseline_once", str(file)],
        )
        for number in range(-1, rounds):  # the first round fills the disk's cache
            for key, command in zip(times, (ours, baseline), strict=True):
                begun = time.perf_counter()
                _output_of(command)
                if number >= 0:
                    times[key].append(time.perf_counter() - begun)
    return {"rounds": rounds} | {k: round(statistics.median(t), 2) for k, t in times.items()}


def whole_folder(mnist: Path) -> dict[str, Any]:
    """Measure the images a second of a process that reads MNIST's test digits, each a PNG."""
    with np.load(mnist, allow_pickle=False) as npz:
        images = npz[MNIST_KEYS[2]][:FOLDER_IMAGES]
    with tempfile.TemporaryDirectory() as place:
        for number, image in enumerate(images):
            Image.fromarray(image).save(Path(place) / f"{number:05}.png")
        begun = time.perf_counter()
        lines = _output_of(["-m", "model", "--single", "--format", "csv", place]).count("\n") - 1
        seconds = time.perf_counter() - begun
    if lines != len(images):
        raise RuntimeError(f"{lines} of {len(images)} images were read")
    return {"images": lines, "seconds": round(seconds, 2), "a_second": round(lines / seconds)}


def large_photo(rounds: int) -> dict[str, Any]:
    """Measure milliseconds and peak memory of reading a colour photo, in a process of its own."""
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        Path(file.name).write_bytes(_photo_bytes())
        figures = _output_of(["-c", PHOTO_SCRIPT, file.name, str(rounds)])
    result: dict[str, Any] = json.loads(figures)
    return result


def stages(rounds: int) -> dict[str, Any]:
    """Measure the milliseconds of each stage of reading a drawing and a photo, from the file."""
    recognizer = Recognizer.load()
    files = {"drawing": _drawing(), "photo": _photo_bytes()}
    return {name: _stages_of(content, recognizer, rounds) for name, content in files.items()}


def _stages_of(content: bytes, recognizer: Recognizer, rounds: int) -> dict[str, float]:
    grey = to_grey(open_image(content))
    ink = extract_ink(grey).ink
    calls: dict[str, Callable[[], object]] = {
        "decode": lambda: to_grey(open_image(content)),
        "find ink": lambda: extract_ink(grey),
        "find and read digits": lambda: find_digits(ink, recognizer.score),
        "all": lambda: recognizer.read(content),
    }
    return {name: round(_median_ms(call, 10 * rounds), 2) for name, call in calls.items()}


def one_call(rounds: int) -> dict[str, Any]:
    """Measure the microseconds of one call for one digit, and of its arithmetic alone."""
    artifact = Artifact(DEFAULT_MODEL_FILE)
    runtime, pixels = (
        load_runtime(artifact),
        np.random.default_rng(0).random((1, 28, 28), np.float32),
    )
    count, peak = multiply_adds(artifact.read_compiled() or b""), peak_multiply_adds()
    return {
        "call_us": round(1000 * _median_ms(lambda: runtime.run(pixels), 50 * rounds)),
        "multiply_adds": count,
        "peak_multiply_adds_a_second": round(peak),
        "limit_us": round(1e6 * count / peak),
    }


def _drawing() -> bytes:
    """Return a drawing of one digit as a canvas gives it: 280x280, with an alpha channel."""
    file = io.BytesIO()
    picture = Image.fromarray(render(3, side=READING_SIDE, brush=18)).convert("RGBA")
    picture.save(file, "PNG")
    return file.getvalue()


def _photo_of(drawing: bytes) -> bytes:
    """Return a 12-megapixel photo of a drawing: uneven light, grain, JPEG."""
    random = np.random.default_rng(1)
    page = cv2.resize(255 - decode(drawing), PHOTO_SIZE, interpolation=cv2.INTER_LINEAR)
    y, x = np.mgrid[0 : 1 : PHOTO_SIZE[1] * 1j, 0 : 1 : PHOTO_SIZE[0] * 1j].astype(np.float32)
    level = (60 + page * 0.6) * (1 - 0.3 * x * y)
    noisy = level + random.normal(0, 3, level.shape).astype(np.float32)
    file = io.BytesIO()
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=88)
    return file.getvalue()


def _photo_bytes() -> bytes:
    """Return a colour photo of that drawing, 12 megapixels."""
    file = io.BytesIO()
    Image.open(io.BytesIO(_photo_of(_drawing()))).convert("RGB").save(file, "JPEG", quality=88)
    return file.getvalue()


def _median_ms(call: Callable[[], object], rounds: int) -> float:
    call()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


def _with_tensorflow(content: bytes, rounds: int) -> float:
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(content)
        file.flush()
        return float(
            _output_of(["-m", "benchmark.apps.baseline_once", file.name, str(rounds)]).split()[-1]
        )


def _output_of(arguments: list[str]) -> str:
    """Return what a Python process of its own prints."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
