"""Figures, examples and facts of a training run."""

from html import escape
from typing import Any

import streamlit as st

from model.reading import percent
from ui.words import named


def show_figures(card: dict[str, Any]) -> None:
    """What was measured on the test digits, large."""
    test = card["test"]
    low, high = (100 * bound for bound in test["accuracy_interval_95"])
    n = f"{test['n']:,}"
    with st.container(horizontal=True, gap="small"):
        st.metric("Test accuracy", f"{100 * test['accuracy']:.2f} %", width="content")
        st.metric("Test loss", f"{test['loss']:.4f}", width="content")
        st.metric("Test digits", n, width="content")
    st.caption(
        f"Measured once, on {n} digits of {test['set']} that were not learned from; "
        f"the 95 % interval of the accuracy is {low:.2f} to {high:.2f} %. "
        f"Epoch {card['best_epoch']} of {len(card['history'])} was kept (dashed line)."
    )


def show_mistakes(card: dict[str, Any]) -> None:
    """The surest of the test digits that were read wrong."""
    matrix = card["confusion_matrix"]
    mistakes = sum(map(sum, matrix)) - sum(matrix[digit][digit] for digit in range(len(matrix)))
    shown = card["mistakes"] if "mistakes" in card else card["examples"]["wrong"]
    show_examples(shown, f"The {len(shown)} surest of {mistakes} mistakes, surest first.")


def show_examples(examples: list[dict[str, Any]], caption: str) -> None:
    """Test digits as the network saw them, each with what it is and what it was read as."""
    if not examples:
        st.caption("None.")
        return
    st.caption(caption)
    st.html(f'<div class="examples">{"".join(_example(example) for example in examples)}</div>')


def _example(example: dict[str, Any]) -> str:
    label, answer = int(example["label"]), int(example["answer"])
    words = named(label) if label == answer else f"{named(label)}, read as {answer}"
    sure = f"{percent(float(example['confidence']))} sure"
    return (
        f'<figure><img src="data:image/png;base64,{escape(example["png"])}" alt="{words}" '
        f'title="{words}, {sure}"><figcaption>{words}<br>{sure}</figcaption></figure>'
    )


def show_facts(card: dict[str, Any]) -> None:
    """Everything needed to repeat the run."""
    st.code(card["command"], language="bash")
    facts = {
        "Recipe": card["recipe"],
        "Parameters": f"{card['parameters']:,}",
        "Seed": card["hyperparameters"]["seed"],
        "Trained for": f"{card['seconds']:.0f} seconds on {card['machine']}",
        "Finished": card["finished"],
        "Stopped early": "yes" if card["interrupted"] else "no",
        "Hyperparameters": ", ".join(
            f"{name.replace('_', ' ')} {value}" for name, value in card["hyperparameters"].items()
        ),
        "Versions": ", ".join(f"{name} {number}" for name, number in card["versions"].items()),
    }
    for data in card["data"]:
        counts = ", ".join(f"{count:,} {part}" for part, count in data["counts"].items())
        facts[f"Data: {data['name']}"] = f"{counts}; {data['source']}; {data['licence']}"
        facts[f"SHA-256 of {data['name']}"] = data["sha256"]
    st.table({name: str(value) for name, value in facts.items()}, border="horizontal")
