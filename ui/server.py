"""What is served beside the pages: a health check, and a reference for an unexpected error."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from model.diagnostics import VERSION
from model.errors import DigitReaderError
from model.settings import Limits, configure_logging
from ui.models import recognizer
from ui.text import text

log = logging.getLogger(__name__)

MULTIPART_BYTES = 2**20  # bytes of an upload that are no part of the file


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Set up logging when the server starts, and keep uploads off the disk."""
    configure_logging()
    MultiPartParser.spool_max_size = Limits.configured().max_bytes + MULTIPART_BYTES
    yield


def report_error(error: Exception) -> bool:
    """Show the visitor a reference; log it with what happened, in one line."""
    reference = secrets.token_hex(4)
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "nowhere"
    log.error("reference %s: %s: %r at %s", reference, type(error).__name__, str(error), where)
    st.error(text("app.out_of_order", code=reference), icon=":material/error:")
    return True  # so that nothing else is shown of it


@st.cache_resource(ttl=1, show_spinner=False)  # however often it is asked
def _health() -> tuple[bool, str]:
    from model.diagnostics import check_health

    try:
        return True, check_health(recognizer())
    except DigitReaderError as error:
        log.error("unhealthy: %s", error)
        return False, text("app.unhealthy")


def health(_request: Request) -> Response:
    """Answer 200 if a known digit is read right, else 503."""
    healthy, sentence = _health()
    content = {"healthy": healthy, "sentence": sentence, "version": VERSION}
    return JSONResponse(content, status_code=200 if healthy else 503)


ROUTES = [Route("/health", health)]
