"""The proof that digits can be read here: one whose answer is known is read."""

import time
from pathlib import Path

from model.errors import UnhealthyError
from model.recognizer import Recognizer

KNOWN = Path(__file__).with_name("known.png")
ANSWER = "7"


def check(recognizer: Recognizer) -> str:
    """Read the known digit; a sentence on it. Raises UnhealthyError where it is read otherwise."""
    start = time.perf_counter()
    reading = recognizer.read(KNOWN)
    if reading.text != ANSWER:
        raise UnhealthyError(f"A {ANSWER} is read as “{reading.text}”.")
    return f"A {ANSWER} is read as one, in {1000 * (time.perf_counter() - start):.0f} ms."
