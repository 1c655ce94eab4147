"""MNIST in each of its file formats."""

import gzip
import zipfile
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest

from training.cli import main
from training.errors import DataError
from training.sources.mnist import IDX, KEYS, SHA256, load_mnist


def load(file: Path) -> object:
    return load_mnist(file, validation_share=0.1, seed=1)


def test_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.npz does not exist; --data takes an mnist\.npz"):
        load(tmp_path / "nowhere.npz")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut short"])
def test_file_of_another_kind(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"other\.npz cannot be read as an mnist\.npz"):
        load(tmp_path / "other.npz")


def test_damaged_npz(tmp_path: Path) -> None:
    file = tmp_path / "damaged.npz"
    zeros = np.zeros((400, 28, 28), np.uint8)
    np.savez_compressed(file, x_train=zeros, y_train=zeros, x_test=zeros, y_test=zeros)
    content = bytearray(file.read_bytes())
    content[60:140] = bytes(255 - byte for byte in content[60:140])
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"damaged\.npz cannot be read"):
        load(file)


def npy(shape: str, kind: str = "|u1", content: bytes = b"") -> bytes:
    """Return a .npy file whose header states this shape and type."""
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + content


@pytest.mark.parametrize(
    "array",
    [
        npy("(25000000, 28, 28)"),
        npy("(1300000000, 28, 28)"),
        npy("(2,)", "<U4", 32 * b"a"),
        npy("(2,)", "|O", b"pickled"),
        npy("(-5, 3)"),
        npy("(7, 28, 28)", content=bytes(100)),
        npy("([[[[[[[[[[", content=bytes(100)),
        bytes(70_000_000),
    ],
    ids=["18 GiB", "931 GiB", "strings", "objects", "negative", "short", "damaged", "large"],
)
def test_npz_with_a_hostile_array_gets_one_sentence(array: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "mnist.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for key in KEYS:
            archive.writestr(f"{key}.npy", array)
    with pytest.raises(DataError, match=r"^mnist\.npz cannot be read as an mnist\.npz"):
        load(tmp_path / "mnist.npz")


def test_packed_idx_file_that_unpacks_to_too_much_is_named(tmp_path: Path) -> None:
    for name in IDX:
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(bytes(60_000_000), 1))
    with pytest.raises(DataError, match=f"{IDX[0]}.gz cannot be read"):
        load(tmp_path)


def test_npz_without_the_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    with pytest.raises(DataError, match="x_train, y_train, x_test, y_test"):
        load(tmp_path / "other.npz")


def test_data_that_are_not_mnist_are_refused(tmp_path: Path) -> None:
    zeros = np.zeros((4, 28, 28), np.uint8)
    np.savez(tmp_path / "zeros.npz", x_train=zeros, y_train=zeros, x_test=zeros, y_test=zeros)
    with pytest.raises(DataError, match=r"zeros\.npz is not MNIST: the SHA-256"):
        load(tmp_path / "zeros.npz")


def test_without_a_network_the_sentence_names_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise URLError("no network")

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", refuse)
    monkeypatch.setattr("keras.src.utils.file_utils.config.keras_home", lambda: str(tmp_path))
    assert main(["fast", "--out", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("MNIST cannot be downloaded")
    assert "--data mnist.npz" in error


def test_mnist_is_recognised(data: Path) -> None:
    mnist = load_mnist(data / "mnist.npz", validation_share=0.1, seed=1)
    assert mnist.sha256 == SHA256
    assert len(mnist.train) + len(mnist.validation) == 60_000
    assert len(mnist.test) == 10_000
    assert abs(len(mnist.validation) - 6_000) < 10


@pytest.mark.parametrize("packed", [False, True])
def test_mnist_as_the_four_files_of_its_authors(data: Path, tmp_path: Path, packed: bool) -> None:
    with np.load(data / "mnist.npz") as npz:
        for name, key in zip(IDX, KEYS, strict=True):
            array = npz[key].astype(np.uint8)
            head = bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">u4").tobytes()
            content = head + array.tobytes()
            if packed:
                (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content, 1))
            else:
                (tmp_path / name.replace("-idx", ".idx")).write_bytes(content)
    mnist = load_mnist(tmp_path, validation_share=0.1, seed=1)
    same = load_mnist(data / "mnist.npz", validation_share=0.1, seed=1)
    assert mnist.sha256 == SHA256
    assert np.array_equal(mnist.train.images, same.train.images)


@pytest.mark.parametrize(
    "content", [b"", b"\0\0\x08", b"\0\0\x0d\1\0\0\0\1abcd", b"\0\0\x08\1\0\0\0\5abc"]
)
def test_damaged_idx_file_is_named(tmp_path: Path, content: bytes) -> None:
    for name in IDX:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=f"{IDX[0]} cannot be read as an IDX file of MNIST"):
        load(tmp_path)
