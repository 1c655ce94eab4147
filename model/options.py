"""What a caller may choose about a reading, and the thresholds of all stages in one object."""

from dataclasses import dataclass, field
from typing import TypedDict

from model.image.grayscale import GrayscaleParams
from model.ink.background import Polarity
from model.ink.binarize import InkParams
from model.ink.line_detection import RuledLineParams
from model.ink.noise import NoiseParams
from model.ink.pen import PenParams
from model.line.page import PageReaderParams
from model.line.reader import LineParams
from model.reading import ConfidenceParams
from model.segment.digits import SegmentParams
from model.segment.left_out import LeftOutParams
from model.segment.single import SingleParams
from model.settings import Limits
from model.tta import ViewParams


@dataclass(frozen=True)
class ReadOptions:
    """What a caller may choose about a reading.

    Raises ValueError for a confidence that is not between 0 and 1.
    """

    single: bool = False  # all ink on the image is one digit
    # Whether the ink is darker or lighter than the background; None to estimate it.
    polarity: Polarity | None = None
    name: str = ""  # of the image in error messages; empty for its file name
    limits: Limits | None = None  # None for those of the environment
    # A text is stated from this confidence on. None for that of the environment or else of the
    # model, which holds for texts of several digits: a lone digit has its own threshold.
    confidence: float | None = None

    def __post_init__(self) -> None:
        """Check the confidence."""
        if self.confidence is not None and not 0 < self.confidence < 1:
            raise ValueError(f"confidence must be between 0 and 1, not {self.confidence}")


class ReadKeywords(TypedDict, total=False):
    """The fields of `ReadOptions` as keyword arguments."""

    single: bool
    polarity: Polarity | None
    name: str
    limits: Limits | None
    confidence: float | None


@dataclass(frozen=True)
class ReaderParams:
    """Thresholds of all stages. Raises ValueError if two stages disagree on the ink levels."""

    grayscale: GrayscaleParams = field(default_factory=GrayscaleParams)
    ink: InkParams = field(default_factory=InkParams)
    ruled_lines: RuledLineParams = field(default_factory=RuledLineParams)
    noise: NoiseParams = field(default_factory=NoiseParams)
    segment: SegmentParams = field(default_factory=SegmentParams)
    single: SingleParams = field(default_factory=SingleParams)
    pen: PenParams = field(default_factory=PenParams)
    lines: LineParams = field(default_factory=LineParams)
    pages: PageReaderParams = field(default_factory=PageReaderParams)
    left_out: LeftOutParams = field(default_factory=LeftOutParams)
    views: ViewParams = field(default_factory=ViewParams)
    confidence: ConfidenceParams = field(default_factory=ConfidenceParams)
    # On an image with a shorter side of fewer pixels a digit is accepted only from this confidence:
    # there, more of the stated digits would be wrong than on other images.
    tiny_side: int = 12
    tiny_confidence: float = 0.985

    def __post_init__(self) -> None:
        """Check that one instance of `InkLevels` holds for all stages."""
        if self.ink.levels != self.segment.levels:
            raise ValueError("ink and segment must have the same levels")
