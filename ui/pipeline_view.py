"""How it was read: what every stage made of the image, as pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from model import Digit, Reading, Trace
from ui.images import picture_html, pixels_html, symbol, to_thumbnail
from ui.reading import NEARLY_CERTAIN, hides_share
from ui.text import text

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True)
class Stages:
    """A trace in small pictures, so that it can be kept: as it is, that of a photo takes 70 MB."""

    grey: "Image.Image"
    contrast: "Image.Image"
    ink: "Image.Image"
    reading: Reading
    size: tuple[int, int]  # width and height of the image itself, on which boxes are measured

    @classmethod
    def of(cls, trace: Trace, size: tuple[int, int]) -> "Stages":
        """Return the stages of an image of this width and height."""
        levels = (trace.grey, trace.contrast, trace.ink)
        grey, contrast, ink = (to_thumbnail(picture) for picture in levels)
        return cls(grey, contrast, ink, trace.reading, size)


def show_stages(stages: Callable[[], Stages], key: str) -> None:
    """Show an expander with every stage; the pictures are made and sent once it is opened."""
    label, icon = text("pipeline.title"), ":material/account_tree:"
    with st.expander(label, icon=icon, key=key, on_change="rerun") as expander:
        if expander.open:
            st.html(f'<div class="stages">{_stages(stages())}</div>')


def _stages(stages: Stages) -> str:
    digits = stages.reading.digits
    grey, contrast, ink = text("pipeline.grey"), text("pipeline.contrast"), text("pipeline.ink")
    ignored = [box for line in stages.reading.lines for box in line.ignored]
    boxed = picture_html(stages.ink, text("pipeline.digits_picture"), digits, stages.size, ignored)
    figures = [
        (grey, text("pipeline.grey_about"), picture_html(stages.grey, grey)),
        (contrast, text("pipeline.contrast_about"), picture_html(stages.contrast, contrast)),
        (ink, text("pipeline.ink_about"), picture_html(stages.ink, ink)),
        (text("pipeline.digits"), text("pipeline.digits_about"), boxed),
    ]
    if digits:
        pixels = f'<div class="stage-pixels">{"".join(map(pixels_html, digits))}</div>'
        figures += [
            (text("pipeline.pixels"), text("pipeline.pixels_about"), pixels),
            (
                text("pipeline.probabilities"),
                text("pipeline.probabilities_about"),
                _probability_table(digits),
            ),
        ]
    return "".join(_stage_figure(number, *figure) for number, figure in enumerate(figures, 1))


def _stage_figure(number: int, name: str, caption: str, content: str) -> str:
    return (
        f'<figure class="stage"><figcaption><b>{number}. {name}</b><br>{caption}</figcaption>'
        f"{content}</figure>"
    )


def _probability_table(digits: Sequence[Digit]) -> str:
    head = "".join(f'<th scope="col">{label}</th>' for label in range(10))
    rows = "".join(map(_probability_row, digits))
    return f'<table class="probabilities"><tr><td></td>{head}</tr>{rows}</table>'


def _probability_row(digit: Digit) -> str:
    cells = "".join(_probability_cell(digit, float(share)) for share in digit.probabilities)
    return f'<tr><th scope="row">{symbol(digit)}</th>{cells}</tr>'


def _probability_cell(digit: Digit, share: float) -> str:
    """A cell as full as the share; what is less than certain is never a round 100."""
    hidden = hides_share(digit) and share >= NEARLY_CERTAIN
    number = "" if hidden else min(99, round(100 * share)) or ""
    return f'<td style="--share:{share:.3f}">{number}</td>'
