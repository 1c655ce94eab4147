"""One uploaded image beside its reading."""

import re
from dataclasses import dataclass

import streamlit as st
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from model import ImageError, Reading, Recognizer
from model.decode import open_image
from model.grey import to_grey
from ui.reading import show_reading

THUMBNAIL = 320  # pixels, twice what is shown; the browser need not get a photo back at full size


@dataclass(frozen=True)
class Upload:
    """What became of an uploaded file: a picture and a reading, or why there is none."""

    thumbnail: Image.Image | None = None
    reading: Reading | None = None
    error: str = ""


def show_uploads(recognizer: Recognizer, files: list[UploadedFile]) -> None:
    """Show every file with its reading; each is read once, however often the page runs."""
    known: dict[str, Upload] = st.session_state.get("uploads", {})
    uploads = {
        file.file_id: known.get(file.file_id) or _read(recognizer, file.name, file.getvalue())
        for file in files
    }
    st.session_state.uploads = uploads
    for file in files:
        with st.container(border=True):
            _show(uploads[file.file_id], file.name)


def _read(recognizer: Recognizer, name: str, content: bytes) -> Upload:
    try:
        image = open_image(content, name=name)
        return Upload(_thumbnail(image), recognizer.read(image, name=name))
    except ImageError as error:
        return Upload(error=str(error))


def _show(upload: Upload, name: str) -> None:
    if upload.thumbnail is None:
        st.error(as_plain(upload.error), icon=":material/broken_image:")
        return
    left, right = st.columns([1, 2], vertical_alignment="top")
    left.image(upload.thumbnail, as_plain(name), width=160, alt=f"The uploaded image {name}")
    with right:
        show_reading(
            upload.reading,
            invitation="No ink found.",
            hint="The image looks blank to the reader.",
            in_list=True,
        )


def as_plain(text: str) -> str:
    """Text that Streamlit shows as it is, whatever Markdown it might be taken for."""
    return re.sub(r"([^\w\s])", r"\\\1", text, flags=re.ASCII)


def _thumbnail(image: Image.Image) -> Image.Image:
    """A small picture in the image's own colours; grey levels where a browser shows none."""
    plain = image.mode in ("1", "L", "P", "RGB", "CMYK", "YCbCr") and not (
        image.has_transparency_data
    )
    small = image.convert("RGB") if plain else Image.fromarray(to_grey(image))
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return small
