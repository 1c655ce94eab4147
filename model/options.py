"""What a caller may choose about a reading, and the thresholds of all stages in one object."""

from dataclasses import dataclass, field
from typing import TypedDict

from model.image.grayscale import GrayscaleParams
from model.ink.background import Polarity
from model.ink.binarize import InkParams
from model.ink.line_detection import RuledLineParams
from model.ink.noise import NoiseParams
from model.segment.digits import SegmentParams
from model.segment.single import SingleParams
from model.settings import Limits
from model.tta import ViewParams


@dataclass(frozen=True)
class ReadOptions:
    """What a caller may choose about a reading."""

    single: bool = False  # all ink on the image is one digit
    # Whether the ink is darker or lighter than the background; None to estimate it.
    polarity: Polarity | None = None
    name: str = ""  # of the image in error messages; empty for its file name
    limits: Limits | None = None  # None for those of the environment


class ReadKeywords(TypedDict, total=False):
    """The fields of `ReadOptions` as keyword arguments."""

    single: bool
    polarity: Polarity | None
    name: str
    limits: Limits | None


@dataclass(frozen=True)
class ReaderParams:
    """Thresholds of all stages. Raises ValueError if two stages disagree on the ink levels."""

    grayscale: GrayscaleParams = field(default_factory=GrayscaleParams)
    ink: InkParams = field(default_factory=InkParams)
    ruled_lines: RuledLineParams = field(default_factory=RuledLineParams)
    noise: NoiseParams = field(default_factory=NoiseParams)
    segment: SegmentParams = field(default_factory=SegmentParams)
    single: SingleParams = field(default_factory=SingleParams)
    views: ViewParams = field(default_factory=ViewParams)
    # On an image with a shorter side of fewer pixels a digit is accepted only from this confidence:
    # there, more of the stated digits would be wrong than on other images.
    tiny_side: int = 12
    tiny_confidence: float = 0.985

    def __post_init__(self) -> None:
        """Check that one instance of `InkLevels` holds for all stages."""
        if self.ink.levels != self.segment.levels:
            raise ValueError("ink and segment must have the same levels")
