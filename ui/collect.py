"""Keeping drawings with their right answers, to train on them: `labels.csv` and `images/`."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from ui.tables import as_csv

if TYPE_CHECKING:
    from model import Trace

KEPT = "kept_drawings"
MOST = 500  # drawings of a visit, of about 5 kB each
ANSWER = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class KeptDrawing:
    """A drawing and what it is."""

    png: bytes  # grey, dark ink on light
    text: str


def export(drawings: Sequence[KeptDrawing]) -> bytes:
    """A zip that `python -m training --data` reads: `labels.csv` (file, text) and `images/`."""
    names = [f"{number:04}.png" for number in range(1, len(drawings) + 1)]
    pairs = list(zip(names, drawings, strict=True))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labels.csv", as_csv([{"file": n, "text": d.text} for n, d in pairs]))
        for name, drawing in pairs:
            archive.writestr(f"images/{name}", drawing.png)
    return file.getvalue()


def keep_drawings(trace: "Trace | None", clear: Callable[[], None]) -> None:
    """Ask what the drawing is, keep it, clear the canvas for the next, offer all for download."""
    kept: list[KeptDrawing] = st.session_state.setdefault(KEPT, [])
    with st.expander(
        "Keep drawings", icon=":material/bookmark_add:", key="keep", on_change="rerun"
    ) as expander:
        if not expander.open:
            return
        st.caption(
            "Collect drawings with their right answers, to train on them. They stay in this "
            "visit's memory until you download them."
        )
        if trace is None:
            st.caption("Draw something first.")
        elif len(kept) < MOST:
            _ask(trace, kept, clear)
        else:
            st.info(f"{MOST} drawings are the most that a visit keeps; download them.")
        if kept:
            _offer(kept)


def _ask(trace: "Trace", kept: list[KeptDrawing], clear: Callable[[], None]) -> None:
    state = st.session_state

    def keep() -> None:
        text = state.answer.strip()
        state.answer_wrong = not ANSWER.fullmatch(text)
        if not state.answer_wrong:
            kept.append(KeptDrawing(_as_png(trace), text))
            state.answer = ""
            clear()

    with st.form("keep_form", border=False):
        row = st.container(horizontal=True, vertical_alignment="bottom")
        row.text_input("What is it?", key="answer", placeholder="2024", max_chars=12, width=200)
        row.form_submit_button("Keep", icon=":material/add:", on_click=keep)
    if state.get("answer_wrong"):
        st.error("The answer is one to twelve digits, as they stand on the drawing.")


def _offer(kept: list[KeptDrawing]) -> None:
    many = f"{len(kept)} drawing{'s' if len(kept) > 1 else ''}"
    with st.container(horizontal=True):
        st.download_button(
            f"Download {many}", export(kept), "drawings.zip", "application/zip",
            icon=":material/download:", on_click="ignore", key="download_drawings",
        )  # fmt: skip
        st.button("Forget them", icon=":material/delete:", on_click=kept.clear, key="forget")


def _as_png(trace: "Trace") -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(trace.grey).save(file, "PNG", optimize=True)
    return file.getvalue()
