"""Reading handwritten digits from images of any kind.

from model import Recognizer
reading = Recognizer.load().read("digit.png")
"""

from model.errors import DigitReaderError, ImageError, ModelError
from model.reading import Digit, Reading
from model.recognizer import Recognizer

__all__ = ["Digit", "DigitReaderError", "ImageError", "ModelError", "Reading", "Recognizer"]
