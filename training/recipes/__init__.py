"""Recipes: one module each, a frozen `Config`, a `build(config)` and an `optimizer(config, steps)`.

Every field of a `Config` is a flag of `python -m training` and stands on the card. Besides, a
recipe says what it learns from (`LEARNS`), what its network is made of (`PARAMETERS`,
`MULTIPLY_ADDS`), whether its examples are made anew in every epoch (`AUGMENTED`), and which weights
are kept (`KEEP`: those of the best epoch, of the last, or a mean).

One whose examples are made anew has `mix(config, number)`, the kinds of them in an epoch counted
from 0; one that keeps a mean has `kept(config)`, the epochs whose weights go into it, counted from
1, and the part of each in the mean after it, and may have `anew(config)`, those that begin from the
mean, counted from 0.

It may have `prepare(grey)`, its own way with images; `targets(labels)`, what is to be learned;
`NEEDS`, a sentence where it has no data of its own; `REPORTED`, where its figures are told digit by
digit; and `ALSO_AS`, further formats that its network is saved in.
"""

from types import ModuleType

from training.recipes import chars74k, default, fast, heroku, notebook, ocr, streamlit

RECIPES: dict[str, ModuleType] = {
    recipe.NAME: recipe for recipe in (default, chars74k, notebook, heroku, streamlit, ocr, fast)
}
DEFAULT_RECIPE = default.NAME
