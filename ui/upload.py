"""Images that people hand over, each beside its reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from model import ImageError
from model.image.decode import FORMATS_IN_WORDS, SUFFIXES, open_image
from model.image.grayscale import Grey, reduce, to_grey
from model.settings import Limits
from ui.images import picture_html
from ui.models import reading_turn
from ui.pipeline_view import Stages, show_stages
from ui.rate_limit import TOO_FAST, may_read
from ui.reading import show_message, show_reading
from ui.text import escape_markdown

if TYPE_CHECKING:
    from model import Recognizer
    from model.ink.background import Polarity

SHOWN_SIDE = 640  # pixels, twice what is shown; the browser need not get a photo back at full size
POLARITIES: "dict[str, Polarity | None]" = {
    "Automatic": None,
    "Darker than the paper": "dark",
    "Lighter than the paper": "light",
}


@dataclass(frozen=True)
class UploadOptions:
    """What the person says of the images."""

    single: bool = False
    polarity: "Polarity | None" = None


@dataclass(frozen=True)
class Upload:
    """What became of an uploaded file: a picture and its stages, or why there are none."""

    picture: str = ""  # small, with a box on every digit, as HTML
    stages: Stages | None = None
    error: str = ""


def choose_images() -> list[UploadedFile]:
    """The images that the person chose or took."""
    files, camera = st.tabs(["Files", "Camera"], key="source", on_change="rerun")
    chosen = files.file_uploader(
        "Images of handwritten digits",
        type=list(SUFFIXES),
        accept_multiple_files=True,
        max_upload_size=Limits.configured().max_bytes >> 20,
        help=f"Photos, scans and screenshots: {FORMATS_IN_WORDS}.",
    )
    # Not shown before it is wanted, since the browser then asks for leave to use the camera.
    if camera.open or st.session_state.get("photo"):
        photo = camera.camera_input("A photo of handwritten digits", key="photo", width=480)
        return [photo, *chosen] if photo else chosen
    return chosen


def choose_options() -> UploadOptions:
    """The controls that say what is on the images."""
    with st.container(horizontal=True, vertical_alignment="center", key="options"):
        single = st.toggle("One digit per image", key="single")
        ink = st.selectbox("Ink", list(POLARITIES), key="ink", width=240)
    return UploadOptions(single, POLARITIES[ink])


def show_uploads(
    recognizer: "Recognizer", files: Sequence[UploadedFile], options: UploadOptions
) -> None:
    """Show every file with its reading; each is read once with the same options."""
    known: dict[tuple[str, UploadOptions], Upload] = st.session_state.get("uploads", {})
    here = {file.file_id for file in files}
    uploads = {key: upload for key, upload in known.items() if key[0] in here}
    st.session_state.uploads = uploads
    most = Limits.configured().max_files
    if len(files) > most:
        st.warning(f"These are {len(files)} images; the first {most} are read.")
    for file in files[:most]:
        key = (file.file_id, options)
        if key not in uploads and not may_read():
            st.warning(f"{TOO_FAST} The others are read when you come back in a moment.")
            return
        uploads[key] = uploads.get(key) or _read(recognizer, file, options)
        with st.container(border=True):
            _show(uploads[key], file)


def _read(recognizer: "Recognizer", file: UploadedFile, options: UploadOptions) -> Upload:
    single, polarity = options.single, options.polarity
    try:
        with reading_turn():
            thumbnail, grey = _open(file)
            trace = recognizer.trace(grey, single=single, polarity=polarity, name=file.name)
    except ImageError as error:
        return Upload(error=str(error))
    words, size = f"The uploaded image {file.name}", (grey.shape[1], grey.shape[0])
    picture = picture_html(thumbnail, words, trace.reading.digits, size)
    return Upload(picture, Stages.of(trace, size))


def _open(file: UploadedFile) -> "tuple[Image.Image, Grey]":
    """A small picture of an upload and its grey levels; nothing else of a large one is kept."""
    image = open_image(file.getvalue(), name=file.name)
    grey = to_grey(image)
    return _thumbnail(image, grey), grey


@st.fragment
def _show(upload: Upload, file: UploadedFile) -> None:
    """Opening what belongs to one image runs this part of the page again and no other."""
    if upload.stages is None:
        st.error(escape_markdown(upload.error), icon=":material/broken_image:")
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


def _thumbnail(image: Image.Image, grey: Grey) -> Image.Image:
    """A small picture in the image's own colours; grey levels where a browser shows none."""
    plain = image.mode in ("1", "L", "P", "RGB", "CMYK", "YCbCr") and not (
        image.has_transparency_data
    )
    factor = max(1, max(image.size) // (2 * SHOWN_SIDE))
    small = reduce(image, factor).convert("RGB") if plain else Image.fromarray(grey)
    small.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    return small
