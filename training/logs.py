"""Keeping the noise of TensorFlow out of what a run prints; errors stay loud."""

import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import Iterator

from model.network.load import import_keras


def quiet_tensorflow() -> None:
    """Silence what TensorFlow logs at its start; to be called before it is imported.

    Its errors are exceptions too, so that nothing is lost.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("absl").setLevel(logging.ERROR)


def start_tensorflow() -> None:
    """Import Keras and TensorFlow, whose libraries say on stderr how they were built."""
    with quiet_native_code():
        import_keras()


@contextlib.contextmanager
def quiet_native_code() -> Iterator[None]:
    """Hide what compiled code writes to stderr, past Python; show it if an exception is raised.

    Converters print warnings there that do not matter, before a log level can be set.
    """
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as hidden:
        os.dup2(hidden.fileno(), 2)
        try:
            yield
        except BaseException:
            hidden.seek(0)
            os.write(shown, hidden.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)
