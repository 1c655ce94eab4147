"""Only pictures that are shown are made, and nothing is decoded twice."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.pages.test_pages import drawn, html, report, run, texts, uploaded, written_strokes
from training.augment.strokes import render
from ui.models import warm_up

SIDES = (4000, 3000)  # of 12 megapixels


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formats of the pictures that are made."""
    formats: list[str] = []
    save = Image.Image.save

    def noting(self: Image.Image, file: io.BytesIO, kind: str, **options: object) -> None:
        formats.append(kind)
        save(self, file, kind, **options)

    monkeypatch.setattr(Image.Image, "save", noting)
    return formats


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The images that are decoded."""
    files: list[object] = []
    open_file = Image.open

    def noting(file: io.BytesIO, *arguments: object, **options: object) -> Image.Image:
        files.append(file)
        return open_file(file, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Image, "open", noting)
    return files


def photo() -> bytes:
    """A JPEG of 12 megapixels with a digit on grainy paper."""
    page = cv2.resize(render(3, ink=60, paper=190), SIDES, interpolation=cv2.INTER_LINEAR)
    grain = np.random.default_rng(0).integers(0, 12, page.shape, np.uint8)
    file = io.BytesIO()
    Image.fromarray(page + grain).convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()


def test_stroke_makes_the_picture_of_its_digit_and_no_other(saved: list[str]) -> None:
    app = drawn("3").run()
    warm_up().join()
    saved.clear()
    report(app, written_strokes("5"))
    app.run()
    assert texts(app) == ["5"]
    assert saved == ["PNG"]  # the 28x28 pixels that the network saw


def test_stages_are_made_once_they_are_wanted(saved: list[str]) -> None:
    app = drawn("3")
    warm_up().join()
    saved.clear()
    app.session_state["drawing_stages"] = True
    app.run()
    assert saved.count("WEBP") == 4


def test_photo_is_decoded_once_and_comes_back_small(opened: list[object], saved: list[str]) -> None:
    content = photo()
    app = run("pages/upload.py").run()
    warm_up().join()
    saved.clear()
    app.file_uploader[0].set_value([("photo.jpg", content, "image/jpeg")]).run()
    assert texts(app) == ["3"]
    assert len(opened) == 1
    assert saved == ["WEBP", "PNG"]
    assert len(html(app)) < 40_000 < len(content)
    app.run()
    assert len(opened) == 1
    assert saved.count("WEBP") == 1


def test_opening_the_stages_of_one_image_leaves_the_others_alone(saved: list[str]) -> None:
    app = uploaded("three.png", render(3))
    saved.clear()
    app.session_state[str(app.expander[0].key)] = True
    app.run()
    assert saved.count("WEBP") == 4  # of the stages; the upload's own is there already
