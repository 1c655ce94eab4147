"""Any array, any image and any bytes are either read or refused with one sentence."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import Image

from model import ImageError, Recognizer
from tests import fuzz

FILES = 2000
# The same examples every time: what fails here fails for the next person too.
SETTINGS = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# Every mode that Pillow can make a picture of.
MODES = ["1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "LA", "PA", "RGBX"]
MODES += ["La", "RGBa", "I;16", "I;16L", "I;16B"]
SIDES = st.integers(1, 40) | st.sampled_from((1, 3, 4, 5, 64, 300, 1000))


def is_read_or_refused(recognizer: Recognizer, image: object, **options: object) -> None:
    try:
        reading = recognizer.read(image, **options)  # type: ignore[arg-type]
    except ImageError as refused:
        sentence = str(refused)
    else:
        sentence = ""
        assert reading.status in ("read", "unsure", "blank")
        for digit in reading.digits:
            assert digit.probabilities.sum() == pytest.approx(1, abs=1e-5)
            assert min(digit.box) >= 0
    assert sentence == "" or (sentence.endswith(".") and len(sentence.splitlines()) == 1)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # as the app and the command line do
@pytest.mark.filterwarnings("ignore::RuntimeWarning:PIL")
def test_damaged_files_are_read_or_refused_in_time(recognizer: Recognizer) -> None:
    outcomes = fuzz.read_many(recognizer, seed=1, first=0, count=FILES)
    assert outcomes["read"] + outcomes["unsure"] > FILES / 20  # some are sound enough
    assert outcomes["DamagedImageError"] > FILES / 20


@SETTINGS
@given(
    arrays.arrays(
        arrays.scalar_dtypes() | st.just(np.dtype(object)),
        arrays.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=8),
    )
)
def test_any_array(recognizer: Recognizer, array: NDArray[np.generic]) -> None:
    is_read_or_refused(recognizer, array)


@SETTINGS
@given(
    st.tuples(SIDES, SIDES, st.sampled_from((0, 3, 4))),
    st.integers(0, 2**32 - 1),
    st.sampled_from((2, 3, 256)),
    st.booleans(),
)
def test_any_pixels(
    recognizer: Recognizer, shape: tuple[int, int, int], seed: int, levels: int, single: bool
) -> None:
    random = np.random.default_rng(seed)
    pixels = random.integers(0, levels, shape[: 3 if shape[2] else 2]) * (255 // (levels - 1))
    is_read_or_refused(recognizer, pixels.astype(np.uint8), single=single)


@SETTINGS
@given(st.sampled_from(MODES), st.tuples(SIDES, SIDES), st.binary(max_size=400), st.booleans())
def test_any_picture(
    recognizer: Recognizer, mode: str, size: tuple[int, int], content: bytes, clear: bool
) -> None:
    image = Image.new(mode, size)
    count = len(image.tobytes())
    image.frombytes((content * (count // max(1, len(content)) + 1))[:count].ljust(count, b"\0"))
    if clear and mode in ("1", "L", "P", "I", "RGB"):
        image.info["transparency"] = (0, 0, 0) if mode == "RGB" else 0
    is_read_or_refused(recognizer, image)


@SETTINGS
@given(st.binary(max_size=200) | st.text(max_size=50) | st.none() | st.integers())
def test_anything_else(recognizer: Recognizer, anything: object) -> None:
    is_read_or_refused(recognizer, anything)
