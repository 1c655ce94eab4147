"""Where digits to learn from come from: `load` takes what `--data` takes.

    mnist                 MNIST, downloaded
    mnist.npz             MNIST in one file, as Keras publishes it
    DIR                   MNIST as its authors' four IDX files, packed or not
    digits                scikit-learn's 1,797 digits, no download
    folder:DIR, x.zip     a folder of images for each digit, or Chars74K's folders; also in a zip
    x.zip                 drawings that the app has exported: labels.csv and images/
    x.json, pendigits*    pen strokes, ours or as the UCI repository publishes them

Several of them make a mixture.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from training.data.dataset import Dataset
from training.data.preprocess import Preprocess, preprocess_image
from training.errors import DataError
from training.sources.drawings import LABELS, load_export
from training.sources.folder import load_folder
from training.sources.mixture import finish, mix
from training.sources.mnist import idx_files, load_mnist
from training.sources.pen import is_pen_file, read_pen, render_pen_digits
from training.sources.sklearn_digits import load_digits
from training.sources.unsplit import TEST_SHARE, Collection

MNIST, DIGITS, FOLDER = "mnist", "digits", "folder:"


def load(
    specs: Sequence[str],
    *,
    seed: int,
    validation_share: float,
    test_share: float = TEST_SHARE,
    weights: Sequence[float] = (),
    prepare: Preprocess = preprocess_image,
) -> Dataset:
    """The sources that `specs` name, parted and mixed; MNIST, downloaded, where none is named.

    `test_share` is of sources without a test set of their own, `validation_share` of what is then
    left to train on, or from 1 upwards a number of digits. `weights`, one for each source, say how
    much of an epoch comes from it; without them every digit is shown once. Images are preprocessed
    by `prepare`, MNIST alone excepted, which is of the form already.

    Raises DataError, in one sentence, where a source is missing, damaged, without one of the
    digits, or another than it is said to be.
    """
    sources = [
        source
        if isinstance(source, Dataset)
        else source.part(validation_share=validation_share, test_share=test_share, seed=seed)
        for source in _sources(specs, seed, validation_share, prepare)
    ]
    return finish(mix(sources, weights, prepare, seed))


def load_test_set(specs: Sequence[str], *, prepare: Preprocess = preprocess_image) -> Dataset:
    """The same sources to test on alone: test sets where there are some, else all digits.

    Its parts `train` and `validation` are empty. Raises DataError as `load` does, though not for
    a missing digit in what the app has exported.
    """
    found = _sources(specs, 0, 0.1, prepare)
    return mix([_to_test(source) for source in found], (), prepare, 0)


def is_strokes(spec: str) -> bool:
    """Whether this names a file of pen strokes."""
    return is_pen_file(Path(spec))


def _sources(
    specs: Sequence[str], seed: int, validation_share: float, prepare: Preprocess
) -> list[Dataset | Collection]:
    strokes = [Path(spec) for spec in specs if is_strokes(spec)]  # files of one set
    found: list[Dataset | Collection] = []
    for spec in specs or [MNIST]:
        if not is_strokes(spec):
            found.append(_source(spec, seed, validation_share, prepare))
        elif Path(spec) == strokes[0]:
            found.append(render_pen_digits(read_pen(strokes), prepare))
    return found


def _source(
    spec: str, seed: int, validation_share: float, prepare: Preprocess
) -> Dataset | Collection:
    if spec == DIGITS:
        return load_digits(prepare)
    path = None if spec == MNIST else Path(spec.removeprefix(FOLDER))
    if path and spec.startswith(FOLDER):
        return load_folder(_existing(path, is_folder=True), prepare)
    if path and path.is_dir() and not idx_files(path):
        return load_folder(path, prepare)
    if path and path.suffix.lower() == ".zip":
        return _zip(_existing(path), prepare)
    return load_mnist(path, validation_share=validation_share, seed=seed)


def _zip(file: Path, prepare: Preprocess) -> Collection:
    try:
        with zipfile.ZipFile(file) as archive:
            if LABELS in archive.namelist():
                return load_export(file, archive, prepare)
            return load_folder(zipfile.Path(archive), prepare)
    except (zipfile.BadZipFile, OSError) as error:
        raise DataError(f"{file.name} cannot be read as a zip.") from error


def _existing(path: Path, *, is_folder: bool = False) -> Path:
    if is_folder and path.is_file() and path.suffix.lower() != ".zip":
        raise DataError(f"{path} is a file, not a folder of images.")
    if not path.exists():
        raise DataError(f"{path} does not exist.")
    return path


def _to_test(source: Dataset | Collection) -> Dataset:
    if isinstance(source, Collection):
        return source.as_test()
    nothing = source.train.take(slice(0, 0))
    return Dataset(
        source.name, source.source, source.licence, source.sha256, nothing, nothing, source.test
    )
