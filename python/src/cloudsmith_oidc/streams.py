"""Standard input and output, which a caller may have closed, or stop reading."""

import os
import sys
from contextlib import suppress
from typing import BinaryIO

from cloudsmith_oidc.errors import WriteError


def standard_output() -> BinaryIO:
    """Return standard output. Raises `WriteError` if it is closed: better before a token is asked for than after."""
    if sys.stdout is None:
        raise WriteError("standard output is closed", hint="Let something read it")
    return sys.stdout.buffer


def write(content: bytes) -> None:
    """Write all of `content` to standard output. Raises `WriteError`."""
    stream = standard_output()
    try:
        stream.write(content)
        stream.flush()
    except OSError as error:
        # Python would try to write the rest once more on exit, and fail with a code and a text of its own.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise WriteError(
            f"standard output could not be written ({error.strerror})", hint="Look at what reads it"
        ) from None


def read(limit: int) -> bytes:
    """Return at most `limit` bytes of standard input, none if it is closed."""
    return sys.stdin.buffer.read(limit) if sys.stdin is not None else b""
