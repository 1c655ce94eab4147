"""Reading digits: every stage in order, on one path for canvas, upload and command line."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model.artifact import DEFAULT, Artifact, calibration_of
from model.background import Polarity
from model.calibrate import Calibration
from model.clutter import without_clutter
from model.decode import ImageSource, Limits, open_image
from model.engine import Engine, load_engine
from model.grey import to_grey
from model.ink import find_ink
from model.judge import Judged
from model.marks import Mark, in_image
from model.normalize import normalize
from model.reading import Digit, Reading, Trace
from model.segment import read_all, read_marks, read_single
from model.strokes import Stroke, draw


class Recognizer:
    """Reads handwritten digits. Safe to share between threads."""

    def __init__(self, engine: Engine, calibration: Calibration) -> None:
        self._engine = engine
        self._calibration = calibration

    @classmethod
    def load(cls, path: str | os.PathLike[str] = DEFAULT) -> "Recognizer":
        """Load a model by its `.keras` file. Raises ModelError if it cannot be used."""
        artifact = Artifact(Path(path))
        engine = load_engine(artifact)  # first, since it may write the card anew
        return cls(engine, calibration_of(artifact.usable_card()))

    def read(
        self,
        image: ImageSource,
        *,
        single: bool = False,
        polarity: Polarity | None = None,
        name: str = "",
        limits: Limits = Limits(),
    ) -> Reading:
        """Read every digit on an image, in reading order; with `single`, all ink is one digit.

        `image` is what `model.decode.open_image` takes; `polarity` says whether the ink is darker
        or lighter than the paper, where the image does not tell; `name` stands in error messages.
        Raises an ImageError whose message is written for the person using the app.
        """
        return self.trace(image, single=single, polarity=polarity, name=name, limits=limits).reading

    def trace(
        self,
        image: ImageSource,
        *,
        single: bool = False,
        polarity: Polarity | None = None,
        name: str = "",
        limits: Limits = Limits(),
    ) -> Trace:
        """Read an image as `read` does, and keep what every stage made of it."""
        opened = open_image(image, name=name, limits=limits)
        grey = to_grey(opened)
        flat, found = find_ink(grey, polarity)
        ink = without_clutter(found)
        read = read_single if single else read_all
        lines = read(found, self.judge, cleared=ink)
        reading = self._reading(lines, scale=opened.width / grey.shape[1])
        return Trace(grey, flat, ink, reading)

    def trace_strokes(self, strokes: Sequence[Stroke], size: tuple[int, int]) -> Trace:
        """Read pen strokes on a drawing of (width, height) pixels, every digit on it.

        The strokes tell which ink belongs together where digits touch.
        """
        ink, marks = draw(strokes, size)
        grey = np.asarray(255 - np.rint(255 * ink), np.uint8)
        return Trace(grey, ink, ink, self._reading(read_marks(marks, self.judge), scale=1))

    def _reading(self, lines: Sequence[Sequence[Judged]], scale: float) -> Reading:
        return Reading.of([[self._digit(judged, scale) for judged in line] for line in lines])

    def judge(self, marks: Sequence[Mark]) -> list[Judged]:
        """What the network makes of each mark, taken as one digit."""
        if not marks:
            return []
        pixels = np.stack([normalize(mark.ink) for mark in marks])
        probabilities = self._calibration.apply(self._engine.run(pixels))
        return [Judged(*row) for row in zip(marks, pixels, probabilities, strict=True)]

    def _digit(self, judged: Judged, scale: float) -> Digit:
        label = int(judged.probabilities.argmax())
        confidence = float(judged.probabilities[label])
        accepted = confidence >= self._calibration.threshold and not judged.doubtful
        box = in_image(judged.mark.box, scale)
        return Digit(label, confidence, accepted, judged.probabilities, box, judged.pixels)
