"""What the job's user has at home: the clients' own configuration, which a login must not make them forget."""

import os
from collections.abc import Mapping
from pathlib import Path

_MAX_BYTES = 1024 * 1024
"""More than any configuration has."""


class Home:
    """The home directory of the user that runs the clients.

    The program may run in a container that does not have it. Then `files` is what the launcher has sent of it, by path.
    """

    def __init__(self, path: str | None = None, files: Mapping[str, bytes] | None = None) -> None:
        self.path = _path() if path is None else path
        """Where it is on the machine that runs the clients. It need not exist where this program runs."""
        self._files = files

    def read(self, path: str) -> str | None:
        """Return the text of a file by its path below home, or nothing: without it, or if it is no text."""
        try:
            content = self._content(path)
            return None if content is None else content.decode()
        except (OSError, UnicodeDecodeError):
            return None

    def _content(self, path: str) -> bytes | None:
        if self._files is not None:
            return self._files.get(path)
        with (Path(self.path) / path).open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
        return None if len(content) > _MAX_BYTES else content


def _path() -> str:
    """Return the job's home directory: the launcher says which, as in a container HOME is another."""
    return next(filter(None, map(os.environ.get, ("CLOUDSMITH_OIDC_HOME", "HOME"))), "/nonexistent")
