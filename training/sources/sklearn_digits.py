"""The 1,797 handwritten digits that come with scikit-learn: small, and no download."""

import hashlib

import numpy as np

from training.data.dataset import fingerprint
from training.data.preprocess import Preprocess, to_bytes
from training.errors import DataError
from training.sources.unsplit import Collection, labelled

LEVELS = 16  # of grey in the set
UPSCALING = 8  # times, since strokes two pixels wide have no edges


def load_digits(preprocess: Preprocess) -> Collection:
    """Load 8x8 images of digits by 43 people (Alpaydin and Kaynak), preprocessed.

    Raises DataError if scikit-learn is not installed.
    """
    try:
        from sklearn import datasets
    except ImportError as error:
        raise DataError(
            "The data set digits comes with scikit-learn; pip install scikit-learn brings it."
        ) from error
    import cv2

    small, labels = datasets.load_digits(return_X_y=True)
    images = np.rint(small.reshape(-1, 8, 8) * (255 / LEVELS)).astype(np.uint8)
    side = 8 * UPSCALING
    inputs = []
    for image in images:
        # A border of background, as every image of a digit has one.
        large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
        pixels = preprocess(np.pad(large, side // 4))
        assert pixels is not None  # noqa: S101  every one of the set has ink
        inputs.append(to_bytes(pixels))
    return Collection(
        name="digits",
        source="Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, by scikit-learn",
        licence="CC BY 4.0",
        sha256=hashlib.sha256(small.tobytes() + labels.tobytes()).hexdigest(),
        digits=labelled(
            inputs,
            [int(label) for label in labels],
            [fingerprint(image.tobytes()) for image in images],
        ),
    )
