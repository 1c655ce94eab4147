"""The networks and schedules that the recipes declare."""

import re
import sys

import numpy as np
import pytest

from training.augment.strokes import render
from training.cli import artifact_of
from training.evaluation.network_summary import multiply_adds
from training.recipes import RECIPES, chars74k, default, fast, heroku, notebook, ocr
from training.recipes.base import SCHEDULES, BaseConfig, Recipe, build_optimizer


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_recipe_has_the_network_that_it_states(recipe: Recipe) -> None:
    network = recipe.build(recipe.config())
    assert network.count_params() == recipe.parameters
    assert multiply_adds(network) == recipe.multiply_adds
    assert (network.input_shape, network.output_shape) == ((None, 28, 28, 1), (None, 10))
    assert 4 * recipe.parameters < 2.9e6  # bytes; a file of at most 3 MB


def parameters(recipe: Recipe) -> list[int]:
    """Return the number of parameters of each layer that has any."""
    counts = [layer.count_params() for layer in recipe.build(recipe.config()).layers]
    return [count for count in counts if count]


def test_layers_of_the_baselines() -> None:
    assert parameters(notebook.RECIPE) == [320, 18_496, 204_928, 1_290]
    assert parameters(heroku.RECIPE) == [320, 13_872, 600_500, 5_010]
    assert parameters(chars74k.RECIPE) == [320, 18_496, 36_928, 73_856, 1_290]
    assert parameters(ocr.RECIPE) == [832, 9_248, 100_416, 4_160, 650]


def test_schedules_of_the_baselines() -> None:
    assert (notebook.Config().epochs, notebook.Config().batch_size) == (10, 128)
    assert (heroku.Config().epochs, heroku.Config().batch_size) == (15, 128)
    assert heroku.Config().validation_share == 10_000
    assert chars74k.Config().stop_at == 0.995
    assert chars74k.Config().patience > 0


def rates(schedule: str) -> list[float]:
    """Return the learning rate at each of 10 epochs of 100 steps, and at the end."""
    config = BaseConfig(epochs=10, learning_rate=0.1, schedule=schedule)
    rate = build_optimizer(config, steps=100)._learning_rate
    return [float(rate(step)) if callable(rate) else float(rate) for step in range(0, 1001, 100)]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_learning_rate_goes_as_the_schedule_says(schedule: str) -> None:
    found = rates(schedule)
    assert max(found) == pytest.approx(0.1, rel=0.05)
    match schedule:
        case "constant":
            assert np.ptp(found) == 0
        case "cosine":
            assert found[5] == pytest.approx(0.05)
            assert found[10] == pytest.approx(0)
        case "exponential":
            assert found[5] == pytest.approx(0.01)
            assert found[10] == pytest.approx(0.001)
        case "one-cycle":
            assert found[0] < found[1] < found[2]
            assert found[3] > found[6] > found[9] > found[10]
            assert found[10] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("epochs", "phases"),
    [
        (83, (22, 20, 15, 8, 9, 9)),
        (40, (11, 9, 7, 4, 5, 4)),
        (4, (1, 1, 1, 0, 1, 0)),
        (2, (1, 0, 0, 1, 0, 0)),
        (1, (1, 0, 0, 0, 0, 0)),
    ],
)
def test_default_has_its_phases_however_few_epochs(epochs: int, phases: tuple[int, ...]) -> None:
    config = default.Config(epochs=epochs)
    of_default = list(zip(default.PHASES, phases, strict=True))
    mixes = [default.mixture(config, number) for number in range(epochs)]
    assert mixes == [phase.mixture for phase, count in of_default for _ in range(count)]
    ends = np.cumsum(phases).tolist()
    assert set(default.average(config)) == {
        e for e, count in zip(ends, phases, strict=True) if count
    }
    rate = default.build_phased_optimizer(config, steps=100)._learning_rate
    for (phase, count), end in zip(of_default, ends, strict=True):
        if count:
            steps = [
                *range(100 * (end - count), 100 * end, 100),
                100 * end - 1,
            ]  # a step an epoch, the last
            rates_of_phase = [float(rate(step)) for step in steps]
            assert max(rates_of_phase) == pytest.approx(phase.rate * config.learning_rate, rel=0.02)
            if count > 1 or not phase.warmup:
                assert rates_of_phase[-1] < 0.01 * config.learning_rate


def test_default_averages_the_ends_of_its_last_five_phases_with_a_third_for_the_last() -> None:
    parts: dict[int, float] = {}
    for epoch, part in default.average(default.Config()).items():
        parts = {before: (1 - part) * known for before, known in parts.items()} | {epoch: part}
    *others, last = [part for part in parts.values() if part]
    assert last == pytest.approx(1 / 3)
    assert others == pytest.approx([1 / 6] * 4)


def test_last_phases_of_default_start_from_the_average() -> None:
    config = default.Config()
    assert default.restarts(config) == tuple(default.average(config))[2:-1]


@pytest.mark.parametrize("name", ["adam", "adamw", "rmsprop", "sgd"])
def test_optimizer_by_its_name(name: str) -> None:
    assert type(build_optimizer(BaseConfig(optimizer=name), steps=1)).__name__.lower() == name


def test_labels_of_ocr_are_binarised() -> None:
    targets = ocr.targets(np.array([3, 0, 9]))
    assert targets.dtype == np.float32
    assert targets.argmax(axis=1).tolist() == [3, 0, 9]
    assert targets.sum() == 3
    assert ocr.targets(np.array([1])).shape == (1, 10)


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (90, 140), (200, 170)])
def test_black_and_white_digits_have_bright_ink_whatever_the_image_has(
    ink: int, paper: int
) -> None:
    picture = chars74k.preprocess(render(4, side=120, brush=8, ink=ink, paper=paper))
    reference = chars74k.preprocess(render(4, side=120, brush=8, ink=0, paper=255))
    assert picture is not None
    assert reference is not None
    assert picture.shape == (28, 28)
    assert (picture.min(), picture.max()) == (0, 1)
    # Equalising makes bright strokes thinner than dark ones, by the greys of their edges.
    assert np.abs(picture - reference).mean() < 0.06


@pytest.mark.parametrize("level", [0, 128, 255])
def test_black_and_white_paper_has_no_ink(level: int) -> None:
    assert chars74k.preprocess(np.full((40, 30), level, np.uint8)) is None


def test_fast_recipe_costs_less_than_the_notebook() -> None:
    cost = {r.name: r.config().epochs * r.multiply_adds for r in (fast.RECIPE, notebook.RECIPE)}
    assert cost["notebook"] > 16 * cost["fast"]


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_docstring_of_a_recipe_states_what_its_model_reached(recipe: Recipe) -> None:
    """Accuracy and seconds are those on the model card."""
    card = artifact_of(recipe.name, None).load_card()
    assert card.test
    reached = f"Reaches {100 * card.test.accuracy:.2f}% of .* in {card.seconds:,.0f} s on two cores"
    doc = sys.modules[recipe.build.__module__].__doc__
    assert doc
    assert re.match(reached, doc)
