"""The form for the hyperparameters of a training: the main ones first, the rest on demand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ui.text import section, text

WIDTH = 170  # pixels of a field


@dataclass(frozen=True)
class Field:
    """What a hyperparameter may be; low and high may be reached."""

    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


# The same as in the recipes, which a test holds: the app does not import the training.
FIELDS = {
    "epochs": Field(low=1),
    "batch_size": Field(low=1),
    "learning_rate": Field(low=1e-8, high=10),
    "optimizer": Field(choices=("adam", "adamw", "rmsprop", "sgd")),
    "schedule": Field(choices=("constant", "cosine", "exponential", "one-cycle")),
    "label_smoothing": Field(low=0, high=0.9),
    "patience": Field(low=0),
    "stop_at": Field(low=0, high=1),
    "balanced": Field(),
    "validation_share": Field(low=0.01, high=1e6),
    "seed": Field(low=0, high=2**32 - 1),
    "dropout": Field(low=0, high=0.99),
    "l2": Field(low=0, high=1),
    "width": Field(low=4, high=128),
}
MAIN_FIELDS = ("epochs", "batch_size", "learning_rate")


def ask_settings(recipe: str, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Show a field for each hyperparameter; return what the person set."""
    main = [name for name in defaults if name in MAIN_FIELDS]
    advanced = [name for name in defaults if name not in MAIN_FIELDS]
    advanced.sort(key=lambda name: isinstance(defaults[name], bool))  # check boxes last, in line
    with st.container(horizontal=True):
        settings = {name: _ask(recipe, name, defaults[name]) for name in main}
    with (
        st.expander(text("train.advanced"), key=f"{recipe}_advanced"),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        settings |= {name: _ask(recipe, name, defaults[name]) for name in advanced}
    return settings


def _ask(recipe: str, name: str, default: Any) -> Any:
    field = FIELDS.get(name, Field())
    label = section("train.fields").get(name, name)
    about = section("train.help").get(name)
    shared: dict[str, Any] = {"key": f"{recipe}_{name}", "help": about, "width": WIDTH}
    if isinstance(default, bool):
        return st.checkbox(label, default, **shared)
    if isinstance(default, int | float):
        return _ask_number(label, default, field, shared)
    if default in field.choices:
        return st.selectbox(label, field.choices, field.choices.index(default), **shared)
    return st.text_input(label, str(default), **shared)


def _ask_number(label: str, default: float, field: Field, shared: dict[str, Any]) -> float | None:
    """A field for whole numbers or for any, as the default is."""
    kind = type(default)
    low, high = (None if end is None else kind(end) for end in (field.low, field.high))
    options: dict[str, Any] = {"step": 1} if kind is int else {"format": "%g"}
    return st.number_input(label, min_value=low, max_value=high, value=default, **options, **shared)
