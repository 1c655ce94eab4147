"""The 1,797 handwritten digits that come with scikit-learn: small, and no download."""

import hashlib

import numpy as np

from training.data.preprocess import Preprocess
from training.errors import DataError
from training.sources.unsplit import Collection, as_bytes, labelled

LEVELS = 16  # of grey in the set
ENLARGED = 8  # times, so that strokes two pixels wide have edges to find


def load_digits(prepare: Preprocess) -> Collection:
    """8x8 pictures of digits by 43 people (Alpaydin and Kaynak), all as one collection."""
    try:
        from sklearn import datasets
    except ImportError as error:
        raise DataError(
            "The data set digits comes with scikit-learn; pip install scikit-learn brings it."
        ) from error
    import cv2

    small, labels = datasets.load_digits(return_X_y=True)
    images = np.rint(small.reshape(-1, 8, 8) * (255 / LEVELS)).astype(np.uint8)
    side = 8 * ENLARGED
    pictures = []
    for image in images:
        # A border of paper, as every image of a digit has one.
        large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
        picture = prepare(np.pad(large, side // 4))
        assert picture is not None  # noqa: S101  every one of the set has ink
        pictures.append(as_bytes(picture))
    return Collection(
        name="digits",
        source="Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, by scikit-learn",
        licence="CC BY 4.0",
        sha256=hashlib.sha256(small.tobytes() + labels.tobytes()).hexdigest(),
        digits=labelled(pictures, [int(label) for label in labels]),
    )
