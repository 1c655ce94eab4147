"""Reading digits: every stage in order, on one path for canvas, upload and command line."""

import os
from pathlib import Path

import numpy as np

from model.artifact import DEFAULT, Artifact, calibration_of
from model.calibrate import Calibration
from model.decode import ImageSource, Limits, open_image
from model.engine import Engine, Probabilities, load_engine
from model.grey import to_grey
from model.ink import find_ink
from model.normalize import Pixels, normalize
from model.reading import Digit, Reading
from model.segment import Box, Glyph, in_image, segment


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
        name: str = "",
        limits: Limits = Limits(),
    ) -> Reading:
        """Read every digit on an image, in reading order; with `single`, all ink is one digit.

        `image` is what `model.decode.open_image` takes; `name` stands in error messages. Raises an
        ImageError whose message is written for the person using the app.
        """
        opened = open_image(image, name=name, limits=limits)
        grey = to_grey(opened)
        glyphs = segment(find_ink(grey), single=single)
        return Reading.of(self._classify(glyphs, scale=opened.width / grey.shape[1]))

    def _classify(self, glyphs: list[Glyph], scale: float) -> tuple[Digit, ...]:
        if not glyphs:
            return ()
        pixels = np.stack([normalize(glyph.ink) for glyph in glyphs])
        probabilities = self._calibration.apply(self._engine.run(pixels))
        boxes = [in_image(glyph.box, scale) for glyph in glyphs]
        return tuple(self._digit(*row) for row in zip(boxes, pixels, probabilities, strict=True))

    def _digit(self, box: Box, pixels: Pixels, probabilities: Probabilities) -> Digit:
        label = int(probabilities.argmax())
        confidence = float(probabilities[label])
        accepted = confidence >= self._calibration.threshold
        return Digit(label, confidence, accepted, probabilities, box, pixels)
