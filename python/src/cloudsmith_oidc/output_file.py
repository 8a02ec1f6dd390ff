"""Files for others to read, at a path that somebody gave: the page of `explain`, and the documents of `discovery`.

A build may have put anything at such a path in its workspace. So below the current directory no link is followed, and
only a plain file is replaced: no FIFO, device, socket or directory, and no link, as /dev/stdout is one.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cloudsmith_oidc.errors import WriteError


def write(path: Path, content: bytes, *, make_folders: bool = False) -> None:
    """Replace the file `path` (absolute) in one step, readable for everybody. Raises `WriteError`."""
    try:
        with _opened(path.parent, make_folders=make_folders) as folder:
            _replace(path, content, folder)
    except OSError as error:
        raise WriteError(
            f"{path} cannot be written ({error.strerror})",
            hint="Give a file in a directory that this user can write to, without links on the way",
        ) from None


def _replace(path: Path, content: bytes, folder: int) -> None:
    with suppress(FileNotFoundError):
        kind = os.stat(path.name, dir_fd=folder, follow_symlinks=False).st_mode
        if not stat.S_ISREG(kind):
            raise WriteError(f"{path} cannot be written (it is not a plain file)", hint="Give the name of a new file")
    unfinished = f".{path.name}-{secrets.token_hex(8)}"
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, dir_fd=folder), "wb") as file:  # noqa: PTH123
            # It holds no secret, and its reader may be another user: Jenkins' agent next to a container, for example.
            os.fchmod(file.fileno(), 0o644)
            file.write(content)
        os.replace(unfinished, path.name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        with suppress(OSError):
            os.unlink(unfinished, dir_fd=folder)


@contextmanager
def _opened(folder: Path, *, make_folders: bool) -> Iterator[int]:
    """Open a folder, one part of its path after the other."""
    here = Path.cwd()
    below_here = folder.is_relative_to(here)
    start, flags = (here, os.O_NOFOLLOW) if below_here else (Path(folder.anchor), 0)
    opened = os.open(start, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in folder.relative_to(start).parts:
            try:
                inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | flags, dir_fd=opened)
            except FileNotFoundError:
                if not make_folders:
                    raise
                os.mkdir(part, dir_fd=opened)
                inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=opened)
                os.fchmod(inner, 0o755)
            os.close(opened)
            opened = inner
        yield opened
    finally:
        os.close(opened)
