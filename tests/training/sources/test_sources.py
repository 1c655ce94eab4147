"""Every form of data that `--data` takes."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.network.normalize import SIDE
from tests.training.conftest import pen_records
from training.augment.strokes import render
from training.data.dataset import Dataset
from training.errors import DataError
from training.sources import load_sources, load_test_set


def drawn(digit: int, copy: int) -> bytes:
    """Return a digit as a PNG; every copy has another pen and place."""
    image = render(digit, side=64 + copy, brush=3 + copy % 4)
    file = io.BytesIO()
    Image.fromarray(np.pad(image, ((copy, 0), (0, copy)), mode="edge")).save(file, "PNG")
    return file.getvalue()


def write_folder(root: Path, names: Iterable[str], copies: int = 5, first: int = 0) -> Path:
    """Write folders with `copies` of the digits 0 to 9, in this order, from the copy `first` on."""
    for digit, name in enumerate(names):
        (root / name).mkdir(parents=True)
        for copy in range(first, first + copies):
            (root / name / f"{copy}.png").write_bytes(drawn(digit, copy))
    return root


def split(*specs: object, **options: object) -> Dataset:
    settings = {"seed": 1, "validation_share": 0.2, "test_share": 0.2} | options
    return load_sources([str(spec) for spec in specs], **settings)  # type: ignore[arg-type]


LAYOUTS = {
    "digits": [str(digit) for digit in range(10)],
    "words": [f"digit_{digit}" for digit in range(10)],
    "Chars74K": [f"English/Hnd/Img/Sample{digit + 1:03d}" for digit in range(10)],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_folder_for_each_digit(layout: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS[layout])
    dataset = split(f"folder:{folder}")
    assert dataset.train.per_class == [3] * 10
    assert dataset.validation.per_class == dataset.test.per_class == [1] * 10
    assert dataset.train.images.shape == (30, SIDE, SIDE)
    assert dataset.train.images.dtype == np.uint8
    assert dataset.train.preprocessed
    assert dataset.train.images.max() == 255
    assert dataset.name == "mine"
    assert dataset.notes == ()


def test_same_images_in_a_zip_are_the_same_data(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS["Chars74K"])
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        for file in sorted(folder.rglob("*.png")):
            archive.write(file, file.relative_to(folder))
    packed, plain = split(tmp_path / "mine.zip"), split(folder)
    assert packed.sha256 == plain.sha256
    assert np.array_equal(packed.train.images, plain.train.images)
    assert np.array_equal(packed.test.labels, plain.test.labels)


def test_letters_of_chars74k_and_other_files_are_ignored(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS["Chars74K"])
    write_folder(tmp_path / "mine", ["English/Hnd/Img/Sample011", "notes"])
    (folder / "English/Hnd/Img/Sample001/.hidden.png").write_bytes(b"")
    (folder / "English/Hnd/Img/Sample001/Thumbs.db").write_bytes(b"")
    dataset = split(folder)
    assert len(dataset.train) + len(dataset.validation) + len(dataset.test) == 50
    assert dataset.notes == ()


def test_split_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS["digits"])
    first, again, other = split(folder), split(folder), split(folder, seed=2)
    assert np.array_equal(first.test.images, again.test.images)
    assert not np.array_equal(first.test.images, other.test.images)


def test_damaged_and_empty_images_are_named_and_left_out(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS["digits"])
    (folder / "3" / "cut.png").write_bytes(drawn(3, 0)[:60])
    (folder / "4" / "empty.png").write_bytes(b"")
    Image.new("L", (40, 40), 255).save(folder / "5" / "paper.png")
    dataset = split(folder)
    assert sum(map(len, (dataset.train, dataset.validation, dataset.test))) == 50
    assert len(dataset.notes) == 3
    for note, name in zip(
        dataset.notes,
        ("3/cut.png is damaged", "4/empty.png is empty", "5/paper.png shows no ink"),
        strict=True,
    ):
        assert note.startswith(name)
        assert note.endswith(".")


def test_missing_digits_are_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS["digits"][:8])
    with pytest.raises(DataError, match=r"^mine has no folder with images of 8 and 9; it needs"):
        split(folder)


def test_folder_without_images_of_a_digit_names_it(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS["digits"])
    for file in (folder / "7").iterdir():
        file.unlink()
    with pytest.raises(DataError, match=r"^mine has no folder with images of 7; it needs"):
        split(folder)


def test_digit_whose_images_are_all_damaged_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS["digits"])
    for file in (folder / "7").iterdir():
        file.write_bytes(b"no image")
    with pytest.raises(DataError, match=r"^mine has no image of 7; it needs some of each digit\.$"):
        split(folder)


def test_too_few_images_to_split_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS["digits"], copies=2)
    with pytest.raises(DataError, match=r"^mine has 2 images of 0; it needs at least 3 of each"):
        split(folder)


@pytest.mark.parametrize("name", ["", "letters"])
def test_empty_folder_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "mine" / name).mkdir(parents=True)
    with pytest.raises(DataError, match=r"^mine holds no images in folders 0 to 9, nor in Sample"):
        split(f"folder:{tmp_path / 'mine'}")


def test_copies_across_the_split_are_reported_and_never_learned_from(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS["digits"])
    for file in sorted(folder.rglob("*.png")):
        (file.parent / f"copy of {file.name}").write_bytes(file.read_bytes())
    dataset = split(folder)
    (note,) = dataset.notes
    assert "images identical to one on the other side of the split (" in note
    assert ".png" in note
    assert note.endswith("the other side keeps them, to be tested on.")
    sides = [
        {image.tobytes() for image in part.images}
        for part in (dataset.train, dataset.validation, dataset.test)
    ]
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]
    assert int(note.split()[0]) == 100 - sum(
        map(len, (dataset.train, dataset.validation, dataset.test))
    )


def write_export(file: Path, rows: Iterable[tuple[str, str]]) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("labels.csv", "file,text\n" + "".join(f"{f},{t}\n" for f, t in rows))
        for number, (name, text) in enumerate(rows):
            if len(text) == 1:
                archive.writestr(f"images/{name}", drawn(int(text), number // 10))
    return file


def test_single_digits_of_exported_drawings_are_used(tmp_path: Path) -> None:
    rows = [(f"{number:05d}.png", str(number % 10)) for number in range(50)]
    file = write_export(tmp_path / "mine.zip", [*rows, ("number.png", "2024"), ("letter.png", "")])
    dataset = split(file)
    assert dataset.train.per_class == [3] * 10
    assert dataset.notes == ("2 of the 52 rows of mine.zip are not single digits.",)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "needs a labels.csv with the columns file and text"),
        ("name,digit\na.png,1\n", "needs a labels.csv with the columns file and text"),
        ("file,text\na.png,12\n", "has no row of a single digit in labels.csv"),
        ("file,text\na.png,1\n", "None of the images in mine.zip can be read: a.png cannot be op"),
    ],
)
def test_export_that_cannot_be_used_is_refused(content: str, sentence: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as archive:
        archive.writestr("labels.csv", content)
    with pytest.raises(DataError) as caught:
        split(tmp_path / "mine.zip")
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


def test_damaged_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.zip").write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(DataError, match=r"^mine\.zip cannot be read as "):
        split(tmp_path / "mine.zip")


def test_digits_of_scikit_learn_need_no_download() -> None:
    dataset = split("digits")
    assert sum(map(len, (dataset.train, dataset.validation, dataset.test))) == 1797
    assert min(dataset.test.per_class) >= 30
    assert dataset.train.images[:, 4:24].max() == 255


def test_strokes_are_rendered_and_no_writer_is_in_two_parts(tmp_path: Path) -> None:
    records = pen_records(*range(1, 11))
    for record in records:  # no two people write alike
        record["strokes"] = [
            [[x * (10 + record["writer"]), y * 15] for x, y in stroke]
            for stroke in record["strokes"]
        ]
    for number, part in enumerate((records[:50], records[50:])):
        (tmp_path / f"pen{number}.json").write_text(json.dumps(part))
    dataset = split(tmp_path / "pen0.json", tmp_path / "pen1.json", test_share=0.3)
    assert dataset.test.per_class == [3] * 10
    assert dataset.validation.per_class == [1] * 10
    assert dataset.train.images.shape == (60, SIDE, SIDE)


def test_mixture_is_split_by_source_and_lists_each(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS["digits"])
    other = write_folder(tmp_path / "theirs", LAYOUTS["words"], copies=9, first=5)
    dataset = split(folder, other)
    alone, others = split(folder), split(other)
    assert len(dataset.train) == len(alone.train) + len(others.train)
    assert len(dataset.test) == len(alone.test) + len(others.test)
    assert [source.name for source in dataset.card_sources] == ["mine", "theirs"]
    assert dataset.train.weights is None
    labels = dataset.train.labels[:40]
    assert len(np.unique(labels)) > 5  # shuffled, not one source after the other


def test_weight_is_the_share_of_an_epoch(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", LAYOUTS["digits"])
    other = write_folder(tmp_path / "theirs", LAYOUTS["words"], copies=9, first=5)
    dataset = split(folder, other, weights=[3, 1])
    assert dataset.train.weights is not None
    heavy = dataset.train.weights > np.median(dataset.train.weights)
    assert heavy.sum() == 30
    assert dataset.train.weights[heavy].sum() == pytest.approx(0.75)
    assert [source.weight for source in dataset.card_sources] == [0.75, 0.25]
    with pytest.raises(DataError, match="2 in all, not 1"):
        split(folder, other, weights=[3])


def test_whole_source_can_be_tested_on(tmp_path: Path) -> None:
    rows = [(f"{number}.png", str(number % 3)) for number in range(6)]
    file = write_export(tmp_path / "mine.zip", rows)
    dataset = load_test_set([str(file)])
    assert dataset.test.per_class == [2, 2, 2, *[0] * 7]
    assert len(dataset.train) == len(dataset.validation) == 0


def test_source_that_lacks_digits_to_learn_is_refused(tmp_path: Path) -> None:
    rows = [(f"{number}.png", str(number % 3)) for number in range(30)]
    with pytest.raises(DataError, match=r"^mine\.zip has no image of 3, 4, 5, 6, 7, 8 and 9"):
        split(write_export(tmp_path / "mine.zip", rows))


@pytest.mark.parametrize("kind", ["fnt", "hnd"])
def test_real_images_of_chars74k(kind: str, data: Path, tmp_path: Path) -> None:
    """The archive has the first few images of each digit, in their own folders."""
    few: dict[str, list[str]] = {}
    with (
        zipfile.ZipFile(data / f"chars74k-{kind}.zip") as everything,
        zipfile.ZipFile(tmp_path / "few.zip", "w") as archive,
    ):
        for name in everything.namelist():
            few.setdefault(name.rpartition("/")[0], []).append(name)
        for names in few.values():
            for name in names[:4]:
                archive.writestr(name, everything.read(name))
    dataset = split(tmp_path / "few.zip")
    assert dataset.train.per_class == [2] * 10
    assert 15 < dataset.train.images.mean() < 90  # ink bright, most of it paper
    assert "Chars74K" in dataset.source


def zipped(file: Path, contents: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file


def patched(file: Path, marker: bytes, offset: int, value: bytes) -> None:
    """Overwrite bytes at an offset from every occurrence of a marker."""
    content = bytearray(file.read_bytes())
    place = content.find(marker)
    while place >= 0:
        content[place + offset : place + offset + len(value)] = value
        place = content.find(marker, place + 1)
    file.write_bytes(content)


LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


def deep_zip(file: Path) -> None:
    zipped(file, {"/".join(["7"] * 10_000) + "/a.png": drawn(7, 0)})


def encrypted_zip(file: Path) -> None:
    zipped(file, {f"{digit}/a.png": drawn(digit, 0) for digit in range(10)})
    patched(file, LOCAL, 6, b"\x01")
    patched(file, CENTRAL, 8, b"\x01")


def zip_of_unknown_compression(file: Path) -> None:
    zipped(file, {f"{digit}/a.png": drawn(digit, 0) for digit in range(10)})
    patched(file, LOCAL, 8, b"\x63")
    patched(file, CENTRAL, 10, b"\x63")


def zip_of_damaged_lzma(file: Path) -> None:
    contents = {f"{digit}/a.png": 50 * drawn(digit, 0) for digit in range(10)}
    zipped(file, contents, zipfile.ZIP_LZMA)
    patched(file, LOCAL, 36 + len("0/a.png"), b"\xff" * 60)


def zip_of_large_labels(file: Path) -> None:
    rows = b"file,text\n" + b"a.png,1\n" * 12_000_000
    zipped(file, {"labels.csv": rows}, zipfile.ZIP_DEFLATED)


def zip_of_many_labels(file: Path) -> None:
    zipped(file, {"labels.csv": b"file,text\n" + b"a,1\n" * 150_000}, zipfile.ZIP_DEFLATED)


@pytest.mark.parametrize(
    "write",
    [
        deep_zip,
        encrypted_zip,
        zip_of_unknown_compression,
        zip_of_damaged_lzma,
        zip_of_large_labels,
        zip_of_many_labels,
    ],
)
def test_hostile_zip_gets_one_sentence_that_names_it(
    write: Callable[[Path], None], tmp_path: Path
) -> None:
    write(tmp_path / "mine.zip")
    with pytest.raises(DataError, match=r"mine\.zip") as caught:
        split(tmp_path / "mine.zip")
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_folders_deep_within_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine" / "/".join(["7"] * 40)).mkdir(parents=True)
    with pytest.raises(DataError, match=r"^mine has folders more than"):
        split(tmp_path / "mine")
