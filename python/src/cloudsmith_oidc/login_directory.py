"""The login directory: it belongs to login alone, and is written and removed whole.

What shows that a directory is login's lies in the directory itself: `login.json`, which is written first. The launcher
(resources/cloudsmith/oidc/cloudsmith-oidc.sh) keeps the same rules.

A build may write where the directory lies, and change names at any moment. So no symbolic link is followed: every
access goes through a descriptor of the directory that holds the name.
"""

import fcntl
import io
import os
import secrets
import stat
import tarfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import tenacity

from cloudsmith_oidc.errors import WriteError

RECORD = "login.json"
"""The audit record: what login wrote, for whom, until when. Nothing is ever read back from it."""
ENV = "env"
ACTIVATE = "activate"
_UNFINISHED = ".cloudsmith-oidc-"
_LOCK_SECONDS = 5
_TO_READ = os.O_RDONLY | os.O_DIRECTORY


def write(path: Path, files: Mapping[str, str]) -> None:
    """Write `files` (path in the directory: text) to the directory `path`, 0600 in 0700.

    `path` has to be new, or empty, or hold an earlier login, which is replaced. Raises `WriteError` otherwise, and then
    changes nothing.
    """
    with _parent_of(path, create=True) as parent:
        created = _make(path.name, parent)
        try:
            with _opened([path.name], parent) as directory:
                _require_logins(directory, path)
                os.fchmod(directory, 0o700)
                _lock(directory)
                _fill(directory, files)
        except BaseException:
            if created:
                _remove(path.name, parent)
            raise


def remove(path: Path, *, force: bool = False) -> None:
    """Remove the directory `path` whole; without it, do nothing.

    Raises `WriteError` if it cannot be removed, or is not login's; with `force`, whatever is in it.
    """
    with suppress(FileNotFoundError), _parent_of(path) as parent:
        with _opened([path.name], parent) as directory:
            if not force:
                _require_logins(directory, path)
        _remove(path.name, parent)


def as_tar(files: Mapping[str, str]) -> bytes:
    """Return `files` as one tar archive, with the modes that they have in a directory."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for parent in dict.fromkeys(str(Path(name).parent) for name in files if "/" in name):
            tar.addfile(_member(parent, tarfile.DIRTYPE, 0o700))
        for name, text in files.items():
            content = text.encode()
            tar.addfile(_member(name, tarfile.REGTYPE, 0o600, len(content)), io.BytesIO(content))
    return archive.getvalue()


def _member(name: str, kind: bytes, mode: int, size: int = 0) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.mode, member.size, member.mtime = kind, mode, size, int(time.time())
    return member


@contextmanager
def _parent_of(path: Path, *, create: bool = False) -> Iterator[int]:
    """Open the directory that holds `path`; below the working directory and the build's, through no symbolic link.

    Turns what the system says of `path` there and in the block into `WriteError`, but for a missing directory if none
    is to be created.
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
    except (OSError, RecursionError) as error:
        if isinstance(error, FileNotFoundError) and not create:
            raise
        why = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) else "too many directories in it"
        raise WriteError(
            f"{path} cannot be used ({why.removesuffix(': None')})",
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
    """Make a directory unless there is something of that name, and say whether it was made."""
    try:
        os.mkdir(name, 0o700, dir_fd=parent)
    except FileExistsError:
        return False
    return True


def _require_logins(directory: int, path: Path) -> None:
    status = os.fstat(directory)
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise WriteError(
            f"{path} belongs to another user, or another user can write to it",
            hint="Give a new directory, or one of this user's own with the mode 0700",
        )
    names = os.listdir(directory)
    holds_login = RECORD in names and stat.S_ISREG(os.stat(RECORD, dir_fd=directory, follow_symlinks=False).st_mode)
    if not holds_login and not all(name.startswith(_UNFINISHED) for name in names):
        raise WriteError(
            f"{path} holds files, and they are not an earlier login's", hint="Give a new or an empty directory"
        )


def _lock(directory: int) -> None:
    """Let one login at a time write. The lock goes with the descriptor, so that nothing is left of it on disk."""
    # Some network file systems cannot lock a directory. Each file is still replaced in one step.
    attempts = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(BlockingIOError),
        wait=tenacity.wait_fixed(0.05),
        stop=tenacity.stop_after_delay(_LOCK_SECONDS),
    )
    try:
        with suppress(OSError):
            attempts(fcntl.flock, directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except tenacity.RetryError:
        raise WriteError(
            f"the directory has been locked for {_LOCK_SECONDS} seconds", hint="Give each login a directory of its own"
        ) from None


def _fill(directory: int, files: Mapping[str, str]) -> None:
    """Write all files, and remove what else there is, of an earlier login."""
    # The record goes first: whenever this process is killed, it shows whose the directory is.
    for path in sorted(files, key=lambda path: path != RECORD):
        *folders, name = path.split("/")
        unfinished = f"{_UNFINISHED}{secrets.token_hex(8)}"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=directory)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor, not a path
                file.write(files[path])
            with _opened(folders, directory, create=True) as folder:
                os.rename(unfinished, name, src_dir_fd=directory, dst_dir_fd=folder)
        except BaseException:
            _remove(unfinished, directory)
            raise
    _remove_all({*os.listdir(directory)} - {path.partition("/")[0] for path in files}, directory)


def _remove(name: str, parent: int) -> None:
    """Remove whatever has this name, whole. `shutil.rmtree` would wait for ever on a FIFO that takes its place."""
    with suppress(FileNotFoundError):
        try:
            os.unlink(name, dir_fd=parent)
        except (IsADirectoryError, PermissionError):  # what Linux, and what macOS says of a directory
            with _opened([name], parent) as directory:
                _remove_all(os.listdir(directory), directory)  # noqa: PTH208 - a descriptor, not a path
            os.rmdir(name, dir_fd=parent)


def _remove_all(names: Iterable[str], parent: int) -> None:
    """Remove all of these. What cannot be removed keeps no other here: a build could plant it to keep the token."""
    trouble: OSError | RecursionError | None = None
    for name in names:
        try:
            _remove(name, parent)
        except (OSError, RecursionError) as error:
            trouble = error
    if trouble is not None:
        raise trouble
