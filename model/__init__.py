"""Read handwritten digits from images of any kind.

from model import Recognizer
reading = Recognizer.load().read("digit.png")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from model.errors import DigitReaderError, ImageError, ModelError

if TYPE_CHECKING:
    from model.options import ReadOptions
    from model.reading import Digit, Line, Reading, Trace
    from model.recognizer import Recognizer
    from model.strokes import Stroke

# Imported on first use: a page is shown sooner than OpenCV is imported.
_HOMES = {
    "Digit": "model.reading",
    "Line": "model.reading",
    "ReadOptions": "model.options",
    "Reading": "model.reading",
    "Recognizer": "model.recognizer",
    "Stroke": "model.strokes",
    "Trace": "model.reading",
}

__all__ = [
    "Digit",
    "DigitReaderError",
    "ImageError",
    "Line",
    "ModelError",
    "ReadOptions",
    "Reading",
    "Recognizer",
    "Stroke",
    "Trace",
]


if not TYPE_CHECKING:  # else a type checker would accept any name

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
