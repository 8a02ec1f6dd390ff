"""What the job's user has at home: the clients' own configuration, which a login must not make them forget."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from cloudsmith_oidc import log

MAX_BYTES = 256 * 1024
"""More than any configuration has. The launcher sends no larger file."""
_MAX_FILES = 25
_ELSEWHERE = {".docker": "DOCKER_CONFIG", ".config": "XDG_CONFIG_HOME", ".run": "XDG_RUNTIME_DIR"}
"""What variables can lead elsewhere, or only they lead to: there is no `.run`. The launcher knows the same."""
_NOWHERE = "/nonexistent"
"""What the launcher, too, says instead of a home."""
_PLAIN = re.compile(r"(?!.*[/.]\.)(?!.*[^/]{65})[A-Za-z0-9_.@+/-]+", re.ASCII)
"""The names that the launcher reads, and writes; docker's own have 64 characters, and a tar archive holds those."""


class Home:
    """The home directory of the user that runs the clients.

    The program may run in a container that does not have it. Then `files` is what the launcher has sent of it, by path.
    A path is one below home, `.docker/config.json`, also of what a variable leads elsewhere.
    """

    def __init__(self, path: str | None = None, files: Mapping[str, bytes] | None = None) -> None:
        self._environment: Mapping[str, str] = os.environ if path is None else {}
        self.path = _path() if path is None else path
        """Where it is on the machine that runs the clients. It need not exist where this program runs."""
        self._files = files
        self._left_out: set[tuple[str, str]] = set()
        self._read: set[str] = set()

    @property
    def known(self) -> bool:
        """Whether anybody knows where it is: the launcher tells of none in which a build can write."""
        return self.path != _NOWHERE

    def place(self, path: str) -> str:
        """Return where something is on the machine that runs the clients."""
        top, slash, rest = path.partition("/")
        led = self._environment.get(_ELSEWHERE.get(top, ""), "")
        # A build can write into a login: what leads there is no way to the user's own. What another user has may not be
        # looked at, for which `Path.exists` raises.
        own = led.startswith("/") and not os.path.exists(Path(led).parent / "login.json")  # noqa: PTH110
        return f"{led if own else f'{self.path}/{top}'}{slash}{rest}"

    def read(self, path: str) -> str | None:
        """Return the text of a file, or nothing: without it, or if it is no text. If it is too large, that is said."""
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
        """Return the JSON object in a file; an empty one without it, or if there is something else in it."""
        text = self.read(path)
        try:
            value = {} if text is None else json.loads(text)
            # What is read need not be what can be written: Python reads 1e999 and NaN, which are none in JSON.
            json.dumps(value, allow_nan=False)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            self.leave_out(path, "it is not a JSON object")
            return {}
        return value

    def paths(self, pattern: str) -> list[str]:
        """Return the paths of the files that fit a pattern, in which `*` is any name that does not begin with a dot."""
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
        if self._files is not None:
            return self._files.get(path)
        try:
            # What is no plain file, a FIFO, might have no end.
            place = Path(self.place(path))
            if not place.is_file():
                return None
            with place.open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except OSError:
            return None

    def leave_out(self, path: str, why: str) -> None:
        """Say that something is, but once: the formats are asked twice, before the exchange and after it."""
        if (path, why) not in self._left_out:
            self._left_out.add((path, why))
            log.warn("not carried over", file=self.place(path), why=why)


def _path() -> str:
    """Return the job's home directory: the launcher says which, as in a container HOME is another."""
    return next(filter(None, map(os.environ.get, ("CLOUDSMITH_OIDC_HOME", "HOME"))), _NOWHERE)
