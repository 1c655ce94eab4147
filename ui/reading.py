"""Showing a reading: what was read large, why, and of each digit its ten bars and its picture."""

import streamlit as st

from model import Digit, Reading
from model.reading import percent
from ui.images import MAX_DETAILED_DIGITS, pixels_html, symbol
from ui.text import explain, summarize


def show_message(text: str, hint: str) -> None:
    """What stands in the place of a reading where there is none."""
    st.html(f'<div class="reading"><div class="reading-head">{_why(text, hint)}</div></div>')


def show_reading(reading: Reading, *, picture: str = "", in_list: bool = False) -> None:
    """Show a reading that is not blank; `picture` is HTML that stands below a whole number."""
    digits = reading.digits
    panel = _number(reading, picture) if len(digits) > 1 else _single(digits[0])
    kind = "reading reading-list" if in_list else "reading"
    st.html(f'<div class="{kind}">{panel}</div>')


def _single(digit: Digit) -> str:
    return (
        f'<div class="reading-head" aria-live="polite">{_text(symbol(digit))}{_why(*explain(digit))}'
        f"{pixels_html(digit)}</div>{_bars(digit)}"
    )


def _number(reading: Reading, picture: str) -> str:
    digits = reading.digits
    cards = f'<div class="reading-cards">{"".join(map(_card, digits))}</div>'
    if len(digits) > MAX_DETAILED_DIGITS:
        cards = f"<details><summary>Each of the {len(digits)} digits</summary>{cards}</details>"
    return (
        f'<div aria-live="polite">{_text(reading.text)}</div>'
        f'<div class="reading-beside">{picture}{_why(summarize(digits))}</div>{cards}'
    )


def _card(digit: Digit) -> str:
    return (
        f'<div class="reading-card"><div class="reading-head"><b>{symbol(digit)}</b>'
        f"{_why(*explain(digit))}{pixels_html(digit)}</div>{_bars(digit)}</div>"
    )


def _text(text: str) -> str:
    """The text with its lines; the style sheet needs their number and length to make it fit."""
    lines = text.split("\n")
    size = f"--characters:{max(map(len, lines))};--lines:{len(lines)}"
    return f'<div class="reading-text" style="{size}">{text}</div>'


def _why(sentence: str, more: str = "") -> str:
    small = f"<small>{more}</small>" if more else ""
    html = f'<div class="reading-why">{sentence}{small}</div>'
    return html.replace(" %", "&nbsp;%")


def _bars(digit: Digit) -> str:
    bars = "".join(_bar(digit, label) for label in range(10))
    shares = (f"{label}: {percent(float(p))}" for label, p in enumerate(digit.probabilities))
    words = f"Probabilities: {', '.join(shares)}"
    kind = "reading-bars" if digit.accepted else "reading-bars unsure"
    return f'<div class="{kind}" role="img" aria-label="{words}">{bars}</div>'


def _bar(digit: Digit, label: int) -> str:
    """One element, since a number of ten digits has a hundred of them, anew with every stroke."""
    share = float(digit.probabilities[label])
    kind = "reading-bar likeliest" if label == digit.label else "reading-bar"
    value = percent(share).removesuffix(" %") if share >= 0.001 else ""
    return f'<b class="{kind}" style="--share:{100 * share:.1f}%" data-value="{value}">{label}</b>'
