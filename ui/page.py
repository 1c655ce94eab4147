"""The frame of every page: title, style and menu."""

from pathlib import Path

import streamlit as st

from model.diagnostics import VERSION, version_info
from model.errors import ModelError, SettingError
from model.network.artifact import DEFAULT_MODEL_FILE, Artifact
from model.settings import check_settings
from ui.text import section, text

# Plain page links, not st.navigation: with it, a page opened first after a start has no frame.
MENU = {
    "draw": "app.py",
    "upload": "pages/upload.py",
    "history": "pages/training_history.py",
}
STYLE = Path(__file__).with_name("style.css")


def page(name: str) -> None:
    """Begin the page `name` of the menu; must be the first call of its script."""
    titles = section("menu")
    title = f"{titles[name]} · {text('app.name')}"
    st.set_page_config(page_title=title, page_icon="✏️", layout="centered")
    st.html(STYLE)
    st.html(f'<h1 class="page-title">{titles[name]}</h1>')
    with st.container(horizontal=True, key="menu", gap="medium"):
        for entry, script in MENU.items():
            st.page_link(script, label=titles[entry])
    with st.container(key="about"):  # which the style sheet puts last
        st.html(f"<p>{_about()}</p>")
    try:
        check_settings()
    except SettingError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()


@st.cache_resource(show_spinner=False)
def _about() -> str:
    try:
        return version_info(Artifact(DEFAULT_MODEL_FILE)).short()
    except ModelError:  # which the page shows
        return f"{text('app.name')} {VERSION}"
