"""Recipes: one module each, a frozen `Config` of hyperparameters and a `build(config)`.

Every field of a `Config` is a flag of `python -m training` and stands on the card.
"""

from types import ModuleType

from training.recipes import streamlit

RECIPES: dict[str, ModuleType] = {recipe.NAME: recipe for recipe in (streamlit,)}
DEFAULT_RECIPE = streamlit.NAME
