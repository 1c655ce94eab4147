"""Show a reading: the text in large letters, how certain it is, and of each digit its ten bars."""

import streamlit as st

from model import Digit, ImageError, Reading, errors
from model.reading import percent
from model.settings import Limits
from ui.images import MAX_DETAILED_DIGITS, pixels_html, symbol
from ui.text import text, with_article

MAJORITY = 0.5  # from this probability on a digit is likelier than all the others together
RIVALS_SHARE = 2 / 3  # of the probability: what two rivals hold if it is one of them
MIN_RIVAL = 0.1  # the least probability that makes the second likeliest digit worth naming
# From here a probability is shown as 90% or more. A digit that is refused nevertheless
# has another reason than its probability, so the probability is not given as the reason.
NEARLY_CERTAIN = 0.895


def explain(digit: Digit) -> tuple[str, str]:
    """Return a sentence on how certain a digit is, and a smaller one behind it."""
    first, second = digit.label, digit.runner_up
    if digit.accepted:
        return text("reading.certain", share=percent(digit.confidence)), ""
    if is_flat(digit):
        return text("reading.not_a_digit"), ""
    if hides_share(digit):
        return text("reading.unusual", digit=with_article(first)), ""
    share, rival = digit.confidence, float(digit.probabilities[second])
    if rival < MIN_RIVAL:
        return text("reading.probably", digit=with_article(first), share=percent(share, 0)), ""
    shares = text(
        "reading.two_rivals_shares", first_share=percent(share, 0), second_share=percent(rival, 0)
    )
    return text("reading.two_rivals", first=first, second=second), shares


def is_flat(digit: Digit) -> bool:
    """Whether a digit was refused without a favourite, or two, among the ten."""
    rival = float(digit.probabilities[digit.runner_up])
    unclear = digit.confidence < MAJORITY and digit.confidence + rival < RIVALS_SHARE
    return not digit.accepted and unclear


def hides_share(digit: Digit) -> bool:
    """Whether a digit was refused although one of the ten is nearly certain."""
    return not digit.accepted and digit.confidence >= NEARLY_CERTAIN


def summarize(reading: Reading) -> str:
    """Return a sentence on how certain a whole number is."""
    digits = reading.digits
    uncertain = sum(not digit.accepted for digit in digits)
    if uncertain == len(digits):
        return text("reading.none_certain")
    if uncertain:
        return text("reading.some_uncertain", n=uncertain, digits=len(digits))
    share = percent(reading.confidence)
    if len(digits) == 2:
        return text("reading.both_certain", share=share)
    return text("reading.all_certain", n=len(digits), share=share)


def explain_error(error: ImageError, name: str) -> str:
    """Return a sentence for the person whose image `name` cannot be read."""
    match error:
        case errors.DamagedImageError():
            return text("errors.damaged", name=name)
        case errors.NotAnImageError():
            from model.image.decode import FORMATS_IN_WORDS

            return text("errors.not_an_image", name=name, formats=FORMATS_IN_WORDS)
        case errors.ImageTooSmallError():
            return text("errors.too_small", name=name)
        case errors.ImageTooLargeError():
            limits = Limits.configured()
            return text(
                "errors.too_large",
                name=name,
                megabytes=limits.max_bytes >> 20,
                megapixels=limits.max_pixels // 10**6,
            )
        case errors.TooManyComponentsError():
            return text("errors.too_much_ink", name=name)
        case _:
            return text("errors.unreadable", name=name)


def show_message(sentence: str, hint: str) -> None:
    """Show what stands in the place of a reading where there is none."""
    st.html(f'<div class="reading"><div class="reading-head">{_note(sentence, hint)}</div></div>')


def show_reading(reading: Reading, *, picture: str = "", in_list: bool = False) -> None:
    """Show a reading that is not blank; `picture` is HTML that stands below a whole number."""
    digits = reading.digits
    panel = _number_panel(reading, picture) if len(digits) > 1 else _digit_panel(digits[0])
    kind = "reading reading-list" if in_list else "reading"
    st.html(f'<div class="{kind}">{panel}</div>')


def _digit_panel(digit: Digit) -> str:
    return (
        f'<div class="reading-head" aria-live="polite">{_large(symbol(digit))}'
        f"{_note(*explain(digit))}{pixels_html(digit)}</div>{_bars(digit)}"
    )


def _number_panel(reading: Reading, picture: str) -> str:
    digits = reading.digits
    cards = f'<div class="reading-cards">{"".join(map(_digit_card, digits))}</div>'
    if len(digits) > MAX_DETAILED_DIGITS:
        label = text("reading.each_digit", n=len(digits))
        cards = f"<details><summary>{label}</summary>{cards}</details>"
    return (
        f'<div aria-live="polite">{_large(reading.text)}</div>'
        f'<div class="reading-beside">{picture}{_note(summarize(reading))}</div>{cards}'
    )


def _digit_card(digit: Digit) -> str:
    return (
        f'<div class="reading-card"><div class="reading-head"><b>{symbol(digit)}</b>'
        f"{_note(*explain(digit))}{pixels_html(digit)}</div>{_bars(digit)}</div>"
    )


def _large(read: str) -> str:
    """The text with its lines; the style sheet needs their number and length to make it fit."""
    lines = read.split("\n")
    size = f"--characters:{max(map(len, lines))};--lines:{len(lines)}"
    return f'<div class="reading-text" style="{size}">{read}</div>'


def _note(sentence: str, more: str = "") -> str:
    small = f"<small>{more}</small>" if more else ""
    return f'<div class="reading-note">{sentence}{small}</div>'


def _bars(digit: Digit) -> str:
    if is_flat(digit):  # ten equal bars say nothing
        return ""
    shares = ", ".join(
        text("reading.probability", digit=label, share=percent(float(share)))
        for label, share in enumerate(digit.probabilities)
        if not (hides_share(digit) and share >= NEARLY_CERTAIN)
    )
    label = text("reading.probabilities", shares=shares)
    bars = "".join(_bar(digit, label) for label in range(10))
    kind = "reading-bars" if digit.accepted else "reading-bars unsure"
    return f'<div class="{kind}" role="img" aria-label="{label}">{bars}</div>'


def _bar(digit: Digit, label: int) -> str:
    """One element, since a number of ten digits has a hundred of them, again with every stroke."""
    share = float(digit.probabilities[label])
    kind = "reading-bar likeliest" if label == digit.label else "reading-bar"
    hidden = share < 0.001 or (hides_share(digit) and share >= NEARLY_CERTAIN)
    value = "" if hidden else percent(share).removesuffix("%")
    return f'<b class="{kind}" style="--share:{100 * share:.1f}%" data-value="{value}">{label}</b>'
