"""Showing a reading: the digit large, why, what the network saw, and ten bars."""

import base64

import streamlit as st

from model import Digit, Reading
from model.normalize import Pixels, as_png
from model.reading import percent


def show_reading(
    reading: Reading | None, *, invitation: str, hint: str, in_list: bool = False
) -> None:
    """Show a reading; for none, or a blank one, an invitation and a hint in its place."""
    if reading is None or reading.status == "blank":
        panels = [
            '<div class="reading-head">'
            f'<div class="reading-why">{invitation}<small>{hint}</small></div></div>'
        ]
    else:
        panels = [_panel(digit) for digit in reading.digits]
    kind = "reading reading-list" if in_list else "reading"
    for panel in panels:
        st.html(f'<div class="{kind}" aria-live="polite">{panel}</div>')


def _panel(digit: Digit) -> str:
    text = str(digit.label) if digit.accepted else "?"
    return (
        f'<div class="reading-head"><div class="reading-text">{text}</div>'
        f'<div class="reading-why">{_why(digit)}</div>'
        f'<img class="reading-pixels" src="{png_url(digit.pixels)}" '
        'alt="What the network saw, 28 by 28" title="What the network saw, 28 by 28"></div>'
        f'<div class="reading-bars" role="img" aria-label="{_bars_in_words(digit)}">'
        f"{''.join(_bar(digit, label) for label in range(10))}</div>"
    )


def _why(digit: Digit) -> str:
    sure = f"{percent(digit.confidence)} sure"
    if digit.accepted:
        return sure
    return (
        f"This could be a {digit.label} or a {digit.runner_up}."
        f"<small>Only {sure}, so it is not stated as read.</small>"
    )


def _bar(digit: Digit, label: int) -> str:
    share = float(digit.probabilities[label])
    kind = "reading-bar likeliest" if label == digit.label else "reading-bar"
    value = percent(share).removesuffix(" %") if share >= 0.001 else ""
    return (
        f'<div class="{kind}"><span>{value}</span>'
        f'<div><i style="height:{100 * share:.1f}%"></i></div><b>{label}</b></div>'
    )


def _bars_in_words(digit: Digit) -> str:
    shares = (f"{label}: {percent(float(p))}" for label, p in enumerate(digit.probabilities))
    return f"Probabilities: {', '.join(shares)}"


def png_url(pixels: Pixels) -> str:
    """A (28, 28) picture in [0, 1] as a data URL."""
    return f"data:image/png;base64,{base64.b64encode(as_png(pixels)).decode('ascii')}"
