"""Sources of digits to learn from: `load_sources` takes what `--data` takes.

    mnist                 MNIST, downloaded
    mnist.npz             MNIST in one file, as Keras publishes it
    DIR                   MNIST as its authors' four IDX files, packed or not
    digits                scikit-learn's 1,797 digits, no download
    folder:DIR, x.zip     a folder of images for each digit, or Chars74K's folders; also in a zip
    x.zip                 drawings that the app exported: labels.csv and images/
    x.json, pendigits*    pen strokes, ours or as the UCI repository publishes them

Several of them make a mixture.
"""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from training.data.dataset import Dataset
from training.data.preprocess import Preprocess, preprocess_image
from training.sources.drawings import LABELS, load_drawings
from training.sources.folder import load_folder, load_zip
from training.sources.guard import readable
from training.sources.mixture import finish, mix
from training.sources.mnist import idx_files, load_mnist
from training.sources.pen import is_pen_file, read_pen, render_pen_digits
from training.sources.sklearn_digits import load_digits
from training.sources.unsplit import TEST_SHARE, Collection

MNIST, SKLEARN_DIGITS, FOLDER = "mnist", "digits", "folder:"


def load_sources(
    specs: Sequence[str],
    *,
    seed: int,
    validation_share: float,
    test_share: float = TEST_SHARE,
    weights: Sequence[float] = (),
    preprocess: Preprocess = preprocess_image,
) -> Dataset:
    """Load the sources that `specs` name, split and mixed; MNIST, downloaded, without any.

    `test_share` is of sources without a test set of their own; `validation_share` is of what is
    then left to train on, or from 1 upwards a number of digits. `weights`, one for each source, set
    their shares of an epoch; without them every digit is shown once. Images are preprocessed by
    `preprocess`, except those of MNIST alone, which have the form already.

    Raises DataError, in one sentence, if a source is missing, damaged, without one of the digits,
    or another than it is said to be.
    """
    sources = [
        source
        if isinstance(source, Dataset)
        else source.split(validation_share=validation_share, test_share=test_share, seed=seed)
        for source in _sources(specs, seed, validation_share, preprocess)
    ]
    return finish(mix(sources, weights, preprocess, seed))


def as_test(source: Dataset | Collection) -> Dataset:
    """Return the test set of a source, or all its digits if it has none; nothing to train on."""
    if isinstance(source, Collection):
        return source.as_test()
    nothing = source.train.take(slice(0, 0))
    return replace(source, train=nothing, validation=nothing)


def load_test_set(
    specs: Sequence[str], *, choose: Callable[[Dataset | Collection], Dataset] = as_test
) -> Dataset:
    """Load the same sources to test on; `choose` takes the digits of each.

    The parts `train` and `validation` are empty. Raises DataError as `load_sources` does, except
    for a missing digit in drawings of the app.
    """
    found = _sources(specs, 0, 0.1, preprocess_image)
    return mix([choose(source) for source in found], (), preprocess_image, 0)


def is_strokes(spec: str) -> bool:
    """Return whether this names a file of pen strokes."""
    return is_pen_file(Path(spec))


def is_mnist(spec: str) -> bool:
    """Return whether `load_mnist` reads this source."""
    path = Path(spec)
    return spec == MNIST or path.suffix == ".npz" or (path.is_dir() and bool(idx_files(path)))


def _sources(
    specs: Sequence[str], seed: int, validation_share: float, preprocess: Preprocess
) -> list[Dataset | Collection]:
    strokes = [Path(spec) for spec in specs if is_strokes(spec)]  # files of one set
    found: list[Dataset | Collection] = []
    for spec in specs or [MNIST]:
        if not is_strokes(spec):
            found.append(_source(spec, seed, validation_share, preprocess))
        elif Path(spec) == strokes[0]:
            found.append(render_pen_digits(read_pen(strokes), preprocess))
    return found


def _source(
    spec: str, seed: int, validation_share: float, preprocess: Preprocess
) -> Dataset | Collection:
    if spec == SKLEARN_DIGITS:
        return load_digits(preprocess)
    path = None if spec == MNIST else Path(spec.removeprefix(FOLDER))
    if path and path.suffix.lower() == ".zip" and not path.is_dir():
        return _load_zip(path, preprocess)
    if path and (spec.startswith(FOLDER) or (path.is_dir() and not idx_files(path))):
        return load_folder(path, preprocess)
    return load_mnist(path, validation_share=validation_share, seed=seed)


def _load_zip(file: Path, preprocess: Preprocess) -> Collection:
    with readable(file, "a zip of images"):
        archive = zipfile.ZipFile(file)
    with archive:
        load_any = load_drawings if LABELS in archive.namelist() else load_zip
        return load_any(file, archive, preprocess)
