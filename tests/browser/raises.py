"""An app whose page fails, served like the real one."""

import streamlit as st

from ui.server import ROUTES, lifespan, report_error

if __name__ == "__main__":
    raise RuntimeError("a secret of the server")
else:
    app = st.App(__file__, lifespan=lifespan, routes=ROUTES, on_script_error=report_error)
