"""The user's home directory: the clients' own configuration, which a login keeps."""

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from cloudsmith_oidc import log

MAX_BYTES = 256 * 1024
"""More than any configuration has. The launcher sends no larger file."""
_MAX_FILES = 25
_RELOCATED = {".docker": "DOCKER_CONFIG", ".config": "XDG_CONFIG_HOME"}
"""Variables that relocate these directories. The launcher has the same."""
WITH_REGISTRY = "around/config.json"
"""Not in the home directory: the Docker configuration that the step docker.withRegistry has made around the login."""
_NOWHERE = "/nonexistent"
"""The launcher writes this if a build can write to the home directory."""
_PLAIN = re.compile(r"(?!.*[/.]\.)(?!.*[^/]{65})[A-Za-z0-9_.@+/-]+", re.ASCII)
"""The names that the launcher sends and writes. Docker's own have 64 characters."""


class Home:
    """The home directory of the user that runs the clients.

    The program may run in a container that does not have it. Then `files` is what the launcher sent of it, by path.
    A path is one below home, `.docker/config.json`, also of a directory that a variable relocates; or `WITH_REGISTRY`,
    whose content is `registry`. The launcher always sends that, because a build can write there.
    """

    def __init__(
        self, path: str | None = None, files: Mapping[str, bytes] | None = None, registry: bytes | None = None
    ) -> None:
        self._environment: Mapping[str, str] = os.environ if path is None else {}
        self.path = _path() if path is None else path
        """Where it is on the machine that runs the clients. It need not exist where this program runs."""
        self._files = files
        self._registry = registry
        self._left_out: set[tuple[str, str]] = set()
        self._read: set[str] = set()

    @property
    def known(self) -> bool:
        """False if the launcher withheld the home directory because a build can write there."""
        return self.path != _NOWHERE

    def place(self, path: str) -> str:
        """Return where something is on the machine that runs the clients."""
        if path == WITH_REGISTRY:
            return "the config.json of docker.withRegistry"
        top, slash, rest = path.partition("/")
        relocated = self._environment.get(_RELOCATED.get(top, ""), "")
        # A build can write to a login directory, so that is not the user's own. `Path.exists` would raise an error in a
        # directory of another user.
        is_own = relocated.startswith("/") and not os.path.exists(Path(relocated).parent / "login.json")  # noqa: PTH110
        return f"{relocated if is_own else f'{self.path}/{top}'}{slash}{rest}"

    def has(self, path: str) -> bool:
        """Return whether there is such a file."""
        if self._files is not None:
            return path in self._files
        return os.path.isfile(self.place(path))  # noqa: PTH113 - `Path.is_file` raises an error, as above

    def read(self, path: str) -> str | None:
        """Return the text of a file; None if there is none, or, which is logged, if it is too large or not text."""
        content = self._content(path)
        if content is not None and path not in self._read:
            self._read.add(path)
            log.debug("reads from home", file=self.place(path))
        if content is not None and len(content) > MAX_BYTES:
            self.leave_out(path, f"it is larger than {MAX_BYTES} bytes")
            return None
        try:
            return None if content is None else content.decode()
        except UnicodeDecodeError:
            self.leave_out(path, "it is not text")
            return None

    def read_object(self, path: str) -> dict[str, Any]:
        """Return the JSON object in a file; an empty one if there is none, or, which is logged, something else."""
        text = self.read(path)
        try:
            value = {} if text is None else json.loads(text)
            # Python reads 1e999 and NaN, which JSON does not have.
            json.dumps(value, allow_nan=False)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            self.leave_out(path, "it is not a JSON object")
            return {}
        return value

    def paths(self, pattern: str) -> list[str]:
        """Return the paths of the files that match a pattern, in which `*` is any name without a dot at its start."""
        found = sorted(name for name in self._names(pattern) if _PLAIN.fullmatch(name))
        if len(found) > _MAX_FILES:
            self.leave_out(pattern, f"there are more than {_MAX_FILES} of them; the others are carried over")
        return found[:_MAX_FILES]

    def _names(self, pattern: str) -> Iterator[str]:
        if self._files is not None:
            parts = pattern.split("/")
            for name in self._files:
                own = name.split("/")
                if len(own) == len(parts) and all(map(fnmatchcase, own, parts)):
                    yield name
            return
        top, _, rest = pattern.partition("/")
        start = Path(self.place(top))
        try:
            yield from (f"{top}/{file.relative_to(start)}" for file in start.glob(rest) if file.is_file())
        except OSError:
            return

    def _content(self, path: str) -> bytes | None:
        if path == WITH_REGISTRY:
            return self._registry
        if self._files is not None:
            return self._files.get(path)
        try:
            # Anything but a plain file might have no end. O_NONBLOCK keeps a FIFO from being waited for.
            descriptor = os.open(self.place(path), os.O_RDONLY | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
                return file.read(MAX_BYTES + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
        except OSError:
            return None

    def leave_out(self, path: str, why: str) -> None:
        """Log that something is left out, but once: each login asks the formats before the exchange and after it."""
        if (path, why) not in self._left_out:
            self._left_out.add((path, why))
            log.warn("not carried over", file=self.place(path), why=why)


def _path() -> str:
    """Return the job's home directory. The launcher passes it, as in a container HOME is another."""
    return next(filter(None, map(os.environ.get, ("CLOUDSMITH_OIDC_HOME", "HOME"))), _NOWHERE)
