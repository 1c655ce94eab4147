"""Images that people hand over, each beside its reading."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from model import ImageError
from model.decode import FORMATS_IN_WORDS, SUFFIXES, open_image
from model.grey import to_grey
from ui.pictures import picture_html
from ui.reading import show_message, show_reading
from ui.stages import Stages, show_stages

if TYPE_CHECKING:
    from model import Recognizer
    from model.background import Polarity

THUMBNAIL = 640  # pixels, twice what is shown; the browser need not get a photo back at full size
INKS: "dict[str, Polarity | None]" = {
    "Automatic": None,
    "Darker than the paper": "dark",
    "Lighter than the paper": "light",
}


@dataclass(frozen=True)
class Options:
    """What the person says of the images."""

    single: bool = False
    polarity: "Polarity | None" = None


@dataclass(frozen=True)
class Upload:
    """What became of an uploaded file: a picture and its stages, or why there are none."""

    picture: str = ""  # small, with a box on every digit, as HTML
    stages: Stages | None = None
    error: str = ""


def ask_images() -> list[UploadedFile]:
    """The images that the person chose or took."""
    files, camera = st.tabs(["Files", "Camera"], key="source", on_change="rerun")
    chosen = files.file_uploader(
        "Images of handwritten digits",
        type=list(SUFFIXES),
        accept_multiple_files=True,
        help=f"Photos, scans and screenshots: {FORMATS_IN_WORDS}.",
    )
    # Not shown before it is wanted, since the browser then asks for leave to use the camera.
    if camera.open or st.session_state.get("photo"):
        photo = camera.camera_input("A photo of handwritten digits", key="photo", width=480)
        return [photo, *chosen] if photo else chosen
    return chosen


def ask_options() -> Options:
    """The controls that say what is on the images."""
    with st.container(horizontal=True, vertical_alignment="center", key="options"):
        single = st.toggle("One digit per image", key="single")
        ink = st.selectbox("Ink", list(INKS), key="ink", width=240)
    return Options(single, INKS[ink])


def show_uploads(recognizer: "Recognizer", files: Sequence[UploadedFile], options: Options) -> None:
    """Show every file with its reading; each is read once with the same options."""
    known: dict[tuple[str, Options], Upload] = st.session_state.get("uploads", {})
    here = {file.file_id for file in files}
    uploads = {key: upload for key, upload in known.items() if key[0] in here}
    st.session_state.uploads = uploads
    for file in files:
        key = (file.file_id, options)
        uploads[key] = uploads.get(key) or _read(recognizer, file, options)
        with st.container(border=True):
            _show(uploads[key], file)


def _read(recognizer: "Recognizer", file: UploadedFile, options: Options) -> Upload:
    try:
        image = open_image(file.getvalue(), name=file.name)
        trace = recognizer.trace(
            image, single=options.single, polarity=options.polarity, name=file.name
        )
    except ImageError as error:
        return Upload(error=str(error))
    words, digits = f"The uploaded image {file.name}", trace.reading.digits
    picture = picture_html(_thumbnail(image), words, digits, image.size)
    return Upload(picture, Stages.of(trace, image.size))


@st.fragment
def _show(upload: Upload, file: UploadedFile) -> None:
    """Opening what belongs to one image runs this part of the page again and no other."""
    if upload.stages is None:
        st.error(as_plain(upload.error), icon=":material/broken_image:")
        return
    stages, name = upload.stages, escape(file.name)
    left, right = st.columns([2, 3], vertical_alignment="top")
    left.html(f'<figure class="upload">{upload.picture}<figcaption>{name}</figcaption></figure>')
    with right:
        if stages.reading.digits:
            show_reading(stages.reading, in_list=True)
        else:
            show_message("No ink found.", "The image looks blank to the reader.")
    show_stages(lambda: stages, f"stages_{file.file_id}")


def as_plain(text: str) -> str:
    """Text that Streamlit shows as it is, whatever Markdown it might be taken for."""
    return re.sub(r"([^\w\s])", r"\\\1", text, flags=re.ASCII)


def _thumbnail(image: Image.Image) -> Image.Image:
    """A small picture in the image's own colours; grey levels where a browser shows none."""
    plain = image.mode in ("1", "L", "P", "RGB", "CMYK", "YCbCr") and not (
        image.has_transparency_data
    )
    image = image.convert("RGB") if plain and image.mode != "RGB" else image
    shown = image if plain else Image.fromarray(to_grey(image))
    small = shown.reduce(max(1, max(shown.size) // (2 * THUMBNAIL)))
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return small
