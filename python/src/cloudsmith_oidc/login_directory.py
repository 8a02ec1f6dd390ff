"""The login directory of the command `login --output DIR`: it belongs to login alone, and is written and removed whole.

The launcher (resources/cloudsmith/oidc/cloudsmith-oidc.sh) writes and removes such directories by the same rules. No
symbolic link is followed: every access goes through a descriptor of the directory that holds the name.
"""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import WriteError

RECORD = "login.json"
"""The audit record: what login wrote, for whom, until when. Nothing is ever read back from it."""
ENV = "env"
ACTIVATE = "activate"
IGNORE = ".gitignore"
"""git and npm heed it in a directory that they are about to add or to pack."""
_TEMPORARY = ".cloudsmith-oidc-"
_LOCK_SECONDS = 5
_MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""The launcher has the same limit."""
_ESCAPES = {
    ord(byte): f"\\0{ord(byte):03o}"
    for byte in map(chr, range(256))
    if byte == "\\" or not (byte.isascii() and byte.isprintable())
}
"""Of all bytes that are not printable ASCII, and of the backslash."""
_TO_READ = os.O_RDONLY | os.O_DIRECTORY


def write(path: Path, files: Mapping[str, str]) -> None:
    """Write `files`, texts by their paths in the directory `path`: 0600 in 0700.

    Raises `WriteError` unless `path` is new, or empty, or holds an earlier login, which is replaced.
    """
    with _parent_of(path, create=True) as parent:
        created = _make(path.name, parent)
        try:
            with _opened([path.name], parent) as directory:
                problem = f"{path} must be new, or empty, or an earlier login's, and only this user may write to it"
                _require_logins(directory, problem, "Give another directory")
                os.fchmod(directory, 0o700)
                Deadline(_LOCK_SECONDS).run(lambda: _lock(directory))
                _fill(directory, files)
        except BaseException:
            if created:
                with suppress(OSError):  # The first trouble is the one to report.
                    _remove([path.name], parent)
            raise


def remove(path: Path, *, force: bool) -> None:
    """Remove the directory `path` whole; do nothing if there is none.

    Raises `WriteError` if it cannot be removed, or, without `force`, if it is not login's.
    """
    with suppress(FileNotFoundError), _parent_of(path) as parent:
        with _opened([path.name], parent) as directory:
            if not force:
                problem = f"{path} does not look like a login directory, so nothing was removed"
                _require_logins(directory, problem, "Give --force to remove it all the same")
            with suppress(OSError):  # A build may have changed it.
                os.fchmod(directory, 0o700)
        _remove([path.name], parent)


def as_lines(files: Mapping[str, str]) -> bytes:
    """Return `files` for the launcher: a line for each, its path and its text for `printf %b`, and a last line `end`.

    The record is the first line. Raises `WriteError` if the launcher would refuse the size.
    """
    lines = [f"{path} {files[path].encode().decode('latin-1').translate(_ESCAPES)}\n" for path in _record_first(files)]
    answer = "".join([*lines, "end\n"]).encode()
    if len(answer) > _MAX_ANSWER_BYTES:
        raise WriteError(
            f"the files of this login are larger than {_MAX_ANSWER_BYTES} bytes",
            hint="Use fewer repositories or formats in one login",
        )
    return answer


def _record_first(files: Iterable[str]) -> list[str]:
    """Sort paths so that a process that is killed has written the record, which shows whose the directory is."""
    return sorted(files, key=lambda path: path != RECORD)


@contextmanager
def _parent_of(path: Path, *, create: bool = False) -> Iterator[int]:
    """Open the directory that holds `path`; below the working directory and the build's, through no symbolic link.

    Turns every `OSError` of the block into `WriteError`, except for a missing directory without `create`.
    """
    roots = [Path.cwd(), *(Path(os.environ[name]) for name in ("WORKSPACE", "WORKSPACE_TMP") if os.environ.get(name))]
    start = next((root for root in roots if root in path.parents), path.parent)
    try:
        if create:
            start.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            descriptor = os.open(start, _TO_READ)
            stack.callback(os.close, descriptor)
            yield stack.enter_context(_opened(path.parent.relative_to(start).parts, descriptor, create=create))
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not create:
            raise
        raise WriteError(
            f"{path} cannot be used ({error.strerror or 'another login is writing to it'})",
            hint="Give a directory that this user can write to, with no symbolic link on the way",
        ) from None


@contextmanager
def _opened(steps: Iterable[str], start: int, *, create: bool = False) -> Iterator[int]:
    """Go from the directory `start` through the directories `steps`, none of which may be a symbolic link."""
    with ExitStack() as stack:
        directory = start
        for step in steps:
            if create:
                _make(step, directory)
            directory = os.open(step, _TO_READ | os.O_NOFOLLOW, dir_fd=directory)
            stack.callback(os.close, directory)
        yield directory


def _make(name: str, parent: int) -> bool:
    """Make a directory, and return True, unless there is something of that name."""
    try:
        os.mkdir(name, 0o700, dir_fd=parent)
    except FileExistsError:
        return False
    return True


def _require_logins(directory: int, problem: str, hint: str) -> None:
    status, names = os.fstat(directory), os.listdir(directory)
    is_private = status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    holds_login = RECORD in names and stat.S_ISREG(os.stat(RECORD, dir_fd=directory, follow_symlinks=False).st_mode)
    if not is_private or not (holds_login or all(name.startswith(_TEMPORARY) for name in names)):
        raise WriteError(problem, hint=hint)


def _lock(directory: int) -> None:
    """Let one login write at a time. The lock ends with the descriptor."""
    # Some network file systems cannot lock a directory. Each file is still replaced in one step.
    with suppress(OSError):
        fcntl.flock(directory, fcntl.LOCK_EX)


def _fill(directory: int, files: Mapping[str, str]) -> None:
    """Write all files under temporary names, rename them, and remove the other files of an earlier login."""
    temporary = {path: f"{_TEMPORARY}{secrets.token_hex(8)}" for path in files}
    try:
        for path, name in temporary.items():
            descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=directory)
            with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor, not a path
                file.write(files[path])
        for path in _record_first(files):
            *folders, name = path.split("/")
            with _opened(folders, directory, create=True) as folder:
                os.rename(temporary[path], name, src_dir_fd=directory, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            _remove([*temporary.values()], directory)
        raise
    _remove({*os.listdir(directory)} - {path.partition("/")[0] for path in files}, directory)


def _remove(names: Iterable[str], parent: int) -> None:
    """Remove all of these, whole. Raises the last `OSError` in the end: none may keep the others there.

    `shutil.rmtree` would fail on thousands of nested directories, and wait for ever on a FIFO that takes the place of
    one. So directories in a directory are moved up, which no depth and no exchanged name disturbs.
    """
    trouble: OSError | None = None
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        try:
            if not _is_removed(name, parent):
                with _opened([name], parent) as directory:
                    waiting += _moved_up(directory, parent)
                os.rmdir(name, dir_fd=parent)
        except FileNotFoundError:
            pass
        except OSError as error:
            trouble = error
    if trouble is not None:
        raise trouble


def _is_removed(name: str, parent: int) -> bool:
    """Remove a file or an empty directory, which takes no descriptor and no space. Return False for a full one."""
    try:
        os.unlink(name, dir_fd=parent)
    except (IsADirectoryError, PermissionError):  # what Linux, and what macOS reports for a directory
        try:
            os.rmdir(name, dir_fd=parent)
        except OSError:
            return False
    return True


def _moved_up(directory: int, parent: int) -> Iterator[str]:
    for name in os.listdir(directory):
        new = f"{_TEMPORARY}{secrets.token_hex(8)}"
        with suppress(OSError):  # What stays there keeps the directory from being removed, which is reported.
            if not _is_removed(name, directory):
                os.rename(name, new, src_dir_fd=directory, dst_dir_fd=parent)
                yield new
