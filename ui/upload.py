"""Images that people upload, each beside its reading."""

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
from ui.pipeline_view import Stages, show_stages
from ui.rate_limit import may_read, reading_turn
from ui.reading import explain_error, show_message, show_reading
from ui.text import escape_markdown, section, text

if TYPE_CHECKING:
    from model import Recognizer
    from model.ink.background import Polarity

SHOWN_SIDE = 640  # pixels, twice what is shown; the browser need not get a photo back at full size
AUTOMATIC = "automatic"
POLARITIES: "dict[str, Polarity | None]" = {
    AUTOMATIC: None,
    "dark_on_light": "dark",
    "light_on_dark": "light",
}
# The least confidence of a text that is stated; None for the model's own.
SURENESS = {"fairly": 0.8, "usual": None, "very": 0.98, "extremely": 0.995}


@dataclass(frozen=True)
class UploadOptions:
    """What the person says about the images."""

    single: bool = False
    polarity: "Polarity | None" = None
    confidence: float | None = None


@dataclass(frozen=True)
class Upload:
    """The result of an uploaded file: a picture and its stages, or why there are none."""

    picture: str = ""  # small, with a box around every digit, as HTML
    stages: Stages | None = None
    error: str = ""


def choose_images() -> list[UploadedFile]:
    """Return the images that the person chose or took."""
    files, camera = st.tabs(
        [text("upload.files"), text("upload.camera")], key="source", on_change="rerun"
    )
    chosen = files.file_uploader(
        text("upload.choose"),
        type=list(SUFFIXES),
        accept_multiple_files=True,
        max_upload_size=Limits.configured().max_bytes >> 20,
        help=text("upload.choose_help", formats=FORMATS_IN_WORDS),
    )
    # Not shown before it is wanted, since the browser then asks for leave to use the camera.
    if camera.open or st.session_state.get("photo"):
        photo = camera.camera_input(text("upload.take"), key="photo", width=480)
        return [photo, *chosen] if photo else chosen
    return chosen


def choose_options() -> UploadOptions:
    """Show the controls that say what is on the images."""
    labels = {AUTOMATIC: text("upload.ink_automatic"), **section("inks")}
    with st.container(horizontal=True, vertical_alignment="center", key="options"):
        single = st.toggle(text("upload.single"), key="single")
        ink = st.selectbox(
            text("upload.ink"), POLARITIES, format_func=labels.__getitem__, key="ink", width=240
        )
        sureness = st.select_slider(
            text("upload.sureness"),
            SURENESS,
            value="usual",
            format_func=section("sureness").__getitem__,
            key="sureness",
            help=text("upload.sureness_help"),
            width=320,
        )
    return UploadOptions(single, POLARITIES[ink], SURENESS[sureness])


def show_uploads(
    recognizer: "Recognizer", files: Sequence[UploadedFile], options: UploadOptions
) -> None:
    """Show every file with its reading; each is read once with the same options."""
    known: dict[tuple[str, UploadOptions], Upload] = st.session_state.get("uploads", {})
    here = {file.file_id for file in files}
    uploads = {key: upload for key, upload in known.items() if key[0] in here}
    st.session_state.uploads = uploads
    limit = Limits.configured().max_files
    if len(files) > limit:
        st.warning(text("upload.too_many", n=len(files), limit=limit))
    for file in files[:limit]:
        key = (file.file_id, options)
        if key not in uploads and not may_read():
            st.warning(text("upload.too_fast"))
            st.button(text("upload.read_rest"), icon=":material/refresh:", key="read_rest")
            return
        uploads[key] = uploads.get(key) or _read(recognizer, file, options)
        with st.container(border=True):
            _show(uploads[key], file)


def _read(recognizer: "Recognizer", file: UploadedFile, options: UploadOptions) -> Upload:
    from model import ReadOptions  # late: it imports OpenCV

    wanted = ReadOptions(options.single, options.polarity, file.name, confidence=options.confidence)
    try:
        with reading_turn():
            thumbnail, grey = _open(file)
            trace = recognizer.trace(grey, wanted)
    except ImageError as error:
        return Upload(error=explain_error(error, file.name))
    label, size = text("upload.picture", name=file.name), (grey.shape[1], grey.shape[0])
    picture = picture_html(thumbnail, label, trace.reading.digits, size)
    return Upload(picture, Stages.of(trace, size))


def _open(file: UploadedFile) -> "tuple[Image.Image, Grey]":
    """A small picture of an upload and its grey levels; nothing else of a large one is kept."""
    image = open_image(file.getvalue(), name=file.name)
    grey = to_grey(image)
    return _thumbnail(image, grey), grey


@st.fragment
def _show(upload: Upload, file: UploadedFile) -> None:
    """Show one image; opening its stages runs this part of the page again and no other."""
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
            show_message(text("upload.blank"), text("upload.blank_hint"))
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
