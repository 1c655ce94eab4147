"""Fitting the confidence of a text, and the bound from which it is stated."""

import json
import math
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from model.card import ConfidenceFit
from model.line.confidence import ConfidenceModel
from model.network.artifact import Artifact
from model.networks import LINE_MODEL_FILE
from tests.training.conftest import pen_records
from tests.training.scenes.conftest import corpus  # noqa: F401  a fixture
from training.cli import main
from training.commands.confidence import (
    FEWEST_LINES,
    MOST_STATED_WRONG,
    ConfidenceOptions,
    Sample,
    bound_for,
    fit_confidence,
    read_scenes,
)
from training.errors import TrainingError
from training.scenes.corpus import Corpus


def samples(count: int, seed: int = 0) -> list[Sample]:
    """Text lines whose networks are mostly sure where they are right."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        line, digits = random.beta(6, 0.3, 2)
        right = random.random() < line * digits
        found.append(Sample((math.log(line), math.log(digits)), bool(right)))
    return found


def bound(right: list[bool], confidences: list[float], most_wrong: float) -> float:
    return bound_for(np.array(confidences), np.array(right, bool), most_wrong)


def test_bound_is_the_lowest_from_which_on_few_enough_are_wrong() -> None:
    right = [True, True, False, True, True, False, False]
    confidences = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
    assert bound(right, confidences, 0.0) == 0.9
    assert bound(right, confidences, 0.2) == 0.6
    assert bound(right, confidences, 0.3) == 0.6
    assert bound(right, confidences, 1.0) == 0.4


def test_bound_does_not_depend_on_the_order() -> None:
    random = np.random.default_rng(3)
    confidences = random.random(300)
    right = random.random(300) < confidences
    expected = bound_for(confidences, right, 0.1)
    order = random.permutation(300)
    assert bound_for(confidences[order], right[order], 0.1) == expected
    stated = confidences >= expected
    assert (~right[stated]).mean() <= 0.1


def test_texts_of_one_confidence_are_stated_together_or_not_at_all() -> None:
    """Nothing tells the right ones of a confidence from the wrong ones."""
    assert bound([True, True, True, False], [0.9, 0.7, 0.7, 0.7], 0.0) == 0.9
    assert bound([True, True, True, False], [0.9, 0.7, 0.7, 0.7], 0.25) == 0.7


def test_without_any_good_bound_only_the_most_confident_is_stated() -> None:
    assert bound([False, True], [0.9, 0.8], 0.1) == 0.9


def test_fit_gives_more_confidence_to_surer_networks_and_keeps_its_promise() -> None:
    made = samples(4000)
    fit = fit_confidence(made)
    assert isinstance(fit, ConfidenceFit)
    assert fit.n == 4000
    assert 0 < fit.stated < 1
    assert 1 - fit.right <= MOST_STATED_WRONG
    model = ConfidenceModel(fit.bias, fit.line, fit.digits, fit.bound)
    assert model.of_log_probs(-0.001, -0.001) > model.of_log_probs(-1, -2)
    confidences = np.array([model.of_log_probs(*sample.log_probs) for sample in made])
    right = np.array([sample.right for sample in made])
    assert confidences.mean() == pytest.approx(right.mean(), abs=0.01)
    stated = confidences >= fit.bound
    assert stated.mean() == pytest.approx(fit.stated)
    assert right[stated].mean() == pytest.approx(fit.right)


def test_fit_holds_for_other_text_lines() -> None:
    fit = fit_confidence(samples(6000))
    model = ConfidenceModel(fit.bias, fit.line, fit.digits, fit.bound)
    others = samples(6000, seed=1)
    stated = [s.right for s in others if model.of_log_probs(*s.log_probs) >= fit.bound]
    assert np.mean(stated) > 1 - 4 * MOST_STATED_WRONG


@pytest.mark.parametrize("right", [True, False])
def test_too_few_text_lines_of_either_kind_are_refused(right: bool) -> None:
    one, other = Sample((-0.1, -0.1), right), Sample((-2.0, -2.0), not right)
    with pytest.raises(TrainingError, match=f"{FEWEST_LINES + 599} text lines"):
        fit_confidence([one] * 600 + [other] * (FEWEST_LINES - 1))
    assert fit_confidence([one] * 600 + [other] * FEWEST_LINES).n == 600 + FEWEST_LINES


def test_scenes_are_read_the_same_each_time(corpus: Corpus) -> None:  # noqa: F811
    options = ConfidenceOptions(scenes=3, seed=5)
    found = list(read_scenes(options, corpus))
    assert found == list(read_scenes(options, corpus))
    for sample in found:
        assert all(log_prob <= 0 for log_prob in sample.log_probs)


@pytest.fixture
def artifact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Artifact:
    """A copy of the line network that the command may write on."""
    found = Artifact(tmp_path / LINE_MODEL_FILE.name)
    for source in (LINE_MODEL_FILE, Artifact(LINE_MODEL_FILE).card):
        shutil.copy(source, tmp_path)
    monkeypatch.setattr("training.commands.confidence.LINE_MODEL_FILE", found.keras)
    return found


@pytest.fixture
def sources(tmp_path: Path) -> list[str]:
    file = tmp_path / "strokes.json"
    file.write_text(json.dumps(pen_records(1, 2, 28)))
    return ["--data", "digits", str(file)]


def test_command_writes_the_fit_on_the_card(
    artifact: Artifact,
    sources: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("training.commands.confidence.read_scenes", lambda *_: iter(samples(4000)))
    before = artifact.require_card()
    assert main(["confidence", *sources]) == 0
    after = artifact.require_card()
    assert after.confidence is not None
    assert after.confidence.command.startswith("python -m training confidence --data ")
    fitted = fit_confidence(samples(4000))
    assert msgspec.structs.replace(after.confidence, command="") == fitted
    assert after.sha256 == before.sha256
    assert after.history == before.history
    assert f"{after.confidence.bound:.3f}" in capsys.readouterr().out


def test_too_few_scenes_get_one_sentence_and_leave_the_card(
    artifact: Artifact, sources: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = artifact.card.read_bytes()
    assert main(["confidence", *sources, "--scenes", "1"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert artifact.card.read_bytes() == before
