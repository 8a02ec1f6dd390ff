"""Standard input and output, which a caller may have closed, or stop reading."""

import errno
import os
import sys
from io import RawIOBase
from typing import BinaryIO

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import WriteError

_PATIENCE_SECONDS = 10


def standard_output() -> RawIOBase | BinaryIO:
    """Return standard output. Raises `WriteError` if it is closed: better before a token is asked for than after."""
    if sys.stdout is None:
        raise WriteError("standard output is closed", hint="Let something read it")
    # Without Python's own buffer: a thread that is stuck in it would keep Python from ending.
    return getattr(sys.stdout.buffer, "raw", sys.stdout.buffer)


def write(content: bytes) -> None:
    """Write all of `content` to standard output. Raises `WriteError`, also if nobody reads it for ten seconds."""
    output = standard_output()
    try:
        Deadline(_PATIENCE_SECONDS).run(lambda: _write_all(output, content))
    except OSError as error:
        why = error.strerror or f"nobody has read it for {_PATIENCE_SECONDS} seconds"
        raise WriteError(f"standard output could not be written ({why})", hint="Look at what reads it") from None


def read(limit: int) -> bytes:
    """Return at most `limit` bytes of standard input, none if it is closed."""
    if sys.stdin is None:
        return b""
    content = bytearray()
    # Without Python's own buffer, as above. At the limit, it reads 0 bytes and ends.
    while chunk := os.read(sys.stdin.fileno(), limit - len(content)):
        content += chunk
    return bytes(content)


def _write_all(output: RawIOBase | BinaryIO, content: bytes) -> None:
    while content:
        written = output.write(content)
        if written is None:  # the pipe is full, and the caller has made it non-blocking
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        content = content[written:]
