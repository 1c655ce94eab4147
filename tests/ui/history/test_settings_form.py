"""The form for a training offers what the recipes take."""

import dataclasses
import math
from importlib import import_module
from typing import Any

import pytest

from ui.history.settings_form import FIELDS, MAIN_FIELDS
from ui.models import DEFAULT_MODEL, model_files
from ui.text import section

RECIPES = [name for name in model_files() if name != DEFAULT_MODEL]


def hyperparameters() -> list[tuple[str, Any]]:
    """Every hyperparameter of a recipe that can be trained from the page."""
    return [
        (field.name, field)
        for name in RECIPES
        for field in dataclasses.fields(import_module(f"training.recipes.{name}").Config)
    ]


@pytest.mark.parametrize(("name", "parameter"), hyperparameters())
def test_field_has_the_limits_and_choices_of_the_recipe(name: str, parameter: Any) -> None:
    field, rules = FIELDS[name], parameter.metadata
    assert list(field.choices) == list(rules["choices"] or ())
    assert (-math.inf if field.low is None else field.low) == rules["low"]
    assert (math.inf if field.high is None else field.high) == rules["high"]


def test_every_field_belongs_to_a_recipe_and_has_a_label() -> None:
    assert set(FIELDS) == {name for name, _ in hyperparameters()}
    assert set(MAIN_FIELDS) < set(FIELDS)
    assert set(section("train.fields")) == set(FIELDS)
    assert set(section("train.help")) <= set(FIELDS)
