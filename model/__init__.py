"""Reading handwritten digits from images of any kind.

from model import Recognizer
reading = Recognizer.load().read("digit.png")
"""

from model.errors import DigitReaderError, ImageError, ModelError
from model.reading import Digit, Reading, Trace
from model.recognizer import Recognizer
from model.strokes import Stroke

__all__ = [
    "Digit",
    "DigitReaderError",
    "ImageError",
    "ModelError",
    "Reading",
    "Recognizer",
    "Stroke",
    "Trace",
]
