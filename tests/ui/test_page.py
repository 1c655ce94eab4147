import streamlit as st

from model.settings import Limits
from tests.conftest import ROOT
from ui.page import MENU
from ui.text import section


def test_menu_names_every_page() -> None:
    pages = {f"pages/{page.name}" for page in (ROOT / "pages").glob("*.py")}
    assert set(MENU.values()) == pages | {"app.py"}
    assert set(MENU) == set(section("menu"))


def test_upload_limit_is_the_same_for_browser_and_decoder() -> None:
    assert st.get_option("server.maxUploadSize") * 2**20 == Limits().max_bytes
