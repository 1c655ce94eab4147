"""The networks beside the digit network: one finds pen ink, one reads text lines."""

import logging
from dataclasses import dataclass
from functools import cache

from model.ink.network import CompiledInkNetwork
from model.ink.pen import InkNetwork
from model.line.confidence import ConfidenceModel
from model.line.network import CompiledLineNetwork
from model.line.reader import LineNetwork
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from model.network.dense import load_dense

INK_MODEL_FILE = DEFAULT_MODEL_FILE.with_name("ink_model.keras")
LINE_MODEL_FILE = DEFAULT_MODEL_FILE.with_name("line_model.keras")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Networks:
    """What reads pages. Safe to share between threads."""

    ink: InkNetwork
    line: LineNetwork
    confidence: ConfidenceModel


@cache
def load_networks() -> Networks:
    """Load the networks of this package, once. Raises ModelError if one cannot be used."""
    ink, line = Artifact(INK_MODEL_FILE), Artifact(LINE_MODEL_FILE)
    fit = line.load_card().confidence
    if fit is None:
        log.warning(
            "%s has no confidence on its card, so nothing is stated; `python -m training "
            "confidence` fits it",
            line.keras.name,
        )
    return Networks(
        CompiledInkNetwork(load_dense(ink)),
        CompiledLineNetwork(load_dense(line)),
        ConfidenceModel(fit.bias, fit.line, fit.digits, fit.bound) if fit else ConfidenceModel(),
    )
