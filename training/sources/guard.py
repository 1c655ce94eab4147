"""The guard of every source: whatever a damaged or hostile file does, a person gets a sentence."""

import csv
import lzma
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import IO

from training.errors import DataError

# What parsers raise on damaged, encrypted, unknown or deeply nested content.
PARSER_ERRORS = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    RuntimeError,  # RecursionError, NotImplementedError and encrypted archives among them
    csv.Error,
    struct.error,
    SyntaxError,
    tokenize.TokenError,  # of the header of an npy file
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)


@contextmanager
def readable(file: Path, what: str) -> Iterator[None]:
    """Turn every failure to read a file into a DataError that names it.

    `what` completes the sentence "x.zip cannot be read as ...".
    """
    try:
        yield
    except DataError:
        raise
    except FileNotFoundError as error:
        raise DataError(f"{file} does not exist; --data takes {what}.") from error
    except PARSER_ERRORS as error:
        raise DataError(f"{file.name} cannot be read as {what}.") from error


def read_at_most(content: IO[bytes] | BufferedIOBase, most: int) -> bytes:
    """Read all of a stream. Raises ValueError for more than `most` bytes, before it holds them."""
    found = content.read(most + 1)
    if len(found) > most:
        raise ValueError(f"more than {most} bytes")
    return found
