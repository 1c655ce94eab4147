"""Lines cut out of scenes agree with what they say."""

import numpy as np

from model.line.alphabet import BLANK, CHARACTERS, greedy_text
from model.line.features import LINE_HEIGHT
from training.dense.line_examples import LINE_WIDTH, MOST_CHARACTERS, make_line, make_line_batch
from training.scenes.corpus import Corpus


def test_columns_show_the_characters_of_the_text(corpus: Corpus) -> None:
    random = np.random.default_rng(1)
    equal, texts = [], []
    for _ in range(60):
        line = make_line(random, corpus)
        height, width, channels = line.pixels.shape
        assert (height, channels) == (LINE_HEIGHT, 1)
        assert width <= LINE_WIDTH
        assert set(line.text) <= set(CHARACTERS)
        assert (line.columns[-(-width // 4) :] == BLANK).all()
        shown = {CHARACTERS[k] for k in line.columns if k != BLANK}
        assert shown <= set(line.text)
        equal.append(shown == set(line.text))
        texts.append(line.text)
    assert np.mean(equal) > 0.9  # the others have signs that a wide neighbour covers
    assert len(set(texts)) > 30
    assert "" in texts  # an empty field


def test_batch_holds_the_lines_that_are_made_one_by_one(corpus: Corpus) -> None:
    batch = make_line_batch(corpus, 3, np.random.default_rng(7))
    random = np.random.default_rng(7)
    labels, lengths, columns, widths = batch.targets
    assert labels.shape == (3, MOST_CHARACTERS)
    for place in range(3):
        line = make_line(random, corpus)
        width = line.pixels.shape[1]
        assert np.array_equal(batch.inputs[place, :, :width], line.pixels)
        assert not batch.inputs[place, :, width:].any()
        assert np.array_equal(columns[place], line.columns)
        text = "".join(CHARACTERS[k] for k in labels[place, : lengths[place]])
        assert text == line.text
        assert widths[place] == -(-width // 4)
    assert greedy_text(np.full(9, BLANK)) == ""
