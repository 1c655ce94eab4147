"""Reading digits: every stage in order, on one path for canvas, upload and command line."""

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import numpy as np

from model import tta
from model.errors import TooManyComponentsError
from model.image.decode import ImageSource, name_of, open_image, printable
from model.image.grayscale import Grey, to_grey
from model.ink.background import Polarity
from model.ink.binarize import InkMaps, extract_ink
from model.ink.components import Component, in_image
from model.ink.noise import remove_noise
from model.network.artifact import DEFAULT, Artifact, calibration_of
from model.network.calibration import Calibration
from model.network.load import load_runtime
from model.network.normalize import normalize
from model.network.runtime import Runtime
from model.reading import Digit, Reading, Trace
from model.segment.candidates import Candidate
from model.segment.digits import digits_of, find_single_digit, read_all
from model.settings import Limits
from model.strokes import Stroke, draw

log = logging.getLogger(__name__)

# On an image with a shorter side of fewer pixels than TINY a digit must be so sure to be stated, or
# what is stated would be wrong more often than on others.
TINY, SURE_OF_TINY = 12, 0.985


class Recognizer:
    """Reads handwritten digits. Safe to share between threads."""

    def __init__(self, runtime: Runtime, calibration: Calibration) -> None:
        self._runtime = runtime
        self._calibration = calibration

    @classmethod
    def load(cls, path: str | os.PathLike[str] = DEFAULT) -> "Recognizer":
        """Load a model by its `.keras` file. Raises ModelError if it cannot be used."""
        artifact = Artifact(Path(path))
        runtime = load_runtime(artifact)  # first, since it may write the card anew
        return cls(runtime, calibration_of(artifact.usable_card()))

    def read(
        self,
        image: ImageSource,
        *,
        single: bool = False,
        polarity: Polarity | None = None,
        name: str = "",
        limits: Limits | None = None,
    ) -> Reading:
        """Read every digit on an image, in reading order; with `single`, all ink is one digit.

        `image` is what `model.image.decode.open_image` takes. `polarity` says whether the ink is
        darker or lighter than the paper, where the image does not tell. `name` stands in errors;
        `limits` are those of the environment unless they are given.
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
        limits: Limits | None = None,
    ) -> Trace:
        """Read an image as `read` does, and keep what every stage made of it."""
        start = time.perf_counter()
        name = printable(name or name_of(image))
        limits = limits or Limits.configured()
        grey, width = _grey_and_width(image, name, limits)
        maps = extract_ink(grey, polarity)
        look = partial(self._look, single=single, most=limits.max_components)
        scale = width / grey.shape[1]
        with _naming(name):
            trace = look(grey, maps, scale)
        if maps.grain and tta.is_doubtful(trace.reading):
            trace = _again(trace, maps, look, scale, polarity)
        _log(trace.reading, grey, start)
        return trace

    def _look(
        self,
        grey: Grey,
        maps: InkMaps,
        scale: float,
        left: int = 0,
        top: int = 0,
        *,
        single: bool,
        most: int,
    ) -> Trace:
        """What an ink map shows. Raises TooManyComponentsError."""
        cleared = remove_noise(maps.ink)
        if single:
            lines = find_single_digit(maps.ink, self.judge, cleared=cleared)
        else:
            lines = read_all(maps.ink, self.judge, cleared=cleared, most=most)
        least = SURE_OF_TINY if min(grey.shape) < TINY else 0.0
        reading = self._reading(lines, scale, left, top, least)
        return Trace(grey, maps.contrast, cleared.ink, reading)

    def trace_strokes(self, strokes: Sequence[Stroke], size: tuple[int, int]) -> Trace:
        """Read pen strokes on a drawing of (width, height) pixels, every digit on it.

        The strokes show which ink belongs together. Raises TooManyComponentsError.
        """
        start = time.perf_counter()
        ink, marks = draw(strokes, size)
        grey = np.asarray(255 - np.rint(255 * ink), np.uint8)
        with _naming("The drawing"):
            lines = digits_of(marks, self.judge, Limits.configured().max_components)
        reading = self._reading(lines)
        _log(reading, grey, start)
        return Trace(grey, ink, ink, reading)

    def _reading(
        self,
        lines: Sequence[Sequence[Candidate]],
        scale: float = 1,
        left: int = 0,
        top: int = 0,
        least: float = 0.0,
    ) -> Reading:
        least = max(least, self._calibration.threshold)
        digit = partial(self._digit, scale=scale, left=left, top=top, least=least)
        return Reading.of([[digit(judged) for judged in line] for line in lines])

    def judge(self, marks: Sequence[Component]) -> list[Candidate]:
        """What the network makes of each mark, taken as one digit."""
        if not marks:
            return []
        pixels = np.stack([normalize(mark.ink) for mark in marks])
        probabilities = self._calibration.apply(self._runtime.run(pixels))
        return [Candidate(*row) for row in zip(marks, pixels, probabilities, strict=True)]

    def _digit(
        self, judged: Candidate, *, scale: float, left: int, top: int, least: float
    ) -> Digit:
        label = int(judged.probabilities.argmax())
        confidence = float(judged.probabilities[label])
        accepted = confidence >= least and not judged.doubtful
        box = in_image(judged.mark.box, scale, left, top)
        return Digit(label, confidence, accepted, judged.probabilities, box, judged.pixels)


def _again(
    first: Trace,
    maps: InkMaps,
    look: Callable[[Grey, InkMaps, float, int, int], Trace],
    scale: float,
    polarity: Polarity | None,
) -> Trace:
    """The surest of the first look and others at its digits; `scale` is its maps to the image."""
    boxes = [in_image(digit.box, 1 / scale) for digit in first.reading.digits]
    rows, columns = part = tta.around(boxes, first.grey.shape)
    left, top = round(scale * columns.start), round(scale * rows.start)
    cut, traces = maps._replace(contrast=maps.contrast[part], ink=maps.ink[part]), [first]
    for grey, others in tta.looks(first.grey[part], cut, tta.height_of(boxes), polarity):
        reduced = scale * (columns.stop - columns.start) / grey.shape[1]
        with suppress(TooManyComponentsError):
            traces.append(look(grey, others, reduced, left, top))
    best = tta.surest(traces)
    return best if best.grey is first.grey else tta.paste(best, part, first)


def _log(reading: Reading, grey: Grey, start: float) -> None:
    """A line on a reading; not what was read, which is nobody's business but the visitor's."""
    log.debug(
        "%s: %d digits on %d by %d pixels in %.1f ms",
        reading.status,
        len(reading.digits),
        grey.shape[1],
        grey.shape[0],
        1000 * (time.perf_counter() - start),
    )


def _grey_and_width(image: ImageSource, name: str, limits: Limits) -> tuple[Grey, int]:
    """Grey levels, and how wide the image is; nothing else of a large image is kept."""
    opened = open_image(image, name=name, limits=limits)
    return to_grey(opened), opened.width


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Make a sentence with this name of an error that says of what there is too much."""
    try:
        yield
    except TooManyComponentsError as error:
        raise TooManyComponentsError(f"{name} shows {error}; show fewer digits.") from None
