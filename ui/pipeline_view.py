"""How it was read: what every stage made of the image, as pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from model import Digit, Reading, Trace
from ui.images import picture_html, pixels_html, symbol, to_thumbnail

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
        """The stages of an image of this width and height."""
        grey, flat, ink = (
            to_thumbnail(levels) for levels in (trace.grey, trace.contrast, trace.ink)
        )
        return cls(grey, flat, ink, trace.reading, size)


def show_stages(stages: Callable[[], Stages], key: str) -> None:
    """An expander with every stage; the pictures are made and sent once it is opened."""
    label, icon = "How it was read", ":material/account_tree:"
    with st.expander(label, icon=icon, key=key, on_change="rerun") as expander:
        if expander.open:
            st.html(f'<div class="stages">{_stages(stages())}</div>')


def _stages(stages: Stages) -> str:
    digits = stages.reading.digits
    words = "The ink, with a box on every digit"
    boxed = picture_html(stages.ink, words, digits, stages.size)
    parts = [
        ("Grey levels", "The image without its colours.", picture_html(stages.grey, "Grey levels")),
        (
            "Paper removed",
            "How far each pixel is from the paper under it.",
            picture_html(stages.contrast, "The image without its paper"),
        ),
        ("Ink", "Without grain, ruled lines and frames.", picture_html(stages.ink, "The ink")),
        ("Digits", "Cut and joined so that each is most like a digit.", boxed),
    ]
    if digits:
        pixels = f'<div class="stage-pixels">{"".join(map(pixels_html, digits))}</div>'
        parts += [
            ("28 by 28 pixels", "Scaled and centred: all that the network sees.", pixels),
            ("Probabilities", "In per cent, for each of the ten digits.", _table(digits)),
        ]
    return "".join(_stage(number, *part) for number, part in enumerate(parts, 1))


def _stage(number: int, name: str, caption: str, content: str) -> str:
    return (
        f'<figure class="stage"><figcaption><b>{number}. {name}</b><br>{caption}</figcaption>'
        f"{content}</figure>"
    )


def _table(digits: Sequence[Digit]) -> str:
    head = "".join(f'<th scope="col">{label}</th>' for label in range(10))
    rows = "".join(
        f'<tr><th scope="row">{symbol(digit)}</th>{"".join(map(_cell, digit.probabilities))}</tr>'
        for digit in digits
    )
    return f'<table class="probabilities"><tr><th scope="col"></th>{head}</tr>{rows}</table>'


def _cell(share: float) -> str:
    """A cell as full as the share; what is less than certain is never a round 100."""
    per_cent = min(99, round(100 * share))
    return f'<td style="--share:{share:.3f}">{per_cent or ""}</td>'
