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
import shutil
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


def write(path: Path, files: Mapping[str, str]) -> None:
    """Write `files` (path in the directory: text) to the directory `path`, 0600 in 0700.

    `path` has to be new, or empty, or hold an earlier login, which is replaced. Raises `WriteError` otherwise, and then
    changes nothing.
    """
    with _failures_named(path), _parent_of(path, create=True) as parent:
        created = _make(path.name, parent)
        try:
            with _opened([path.name], parent) as directory:
                _require_logins(directory)
                os.fchmod(directory, 0o700)
                with _locked(directory):
                    _fill(directory, files)
        except BaseException:
            if created:
                with suppress(OSError):
                    _remove(path.name, parent)
            raise


def remove(path: Path, *, force: bool = False) -> None:
    """Remove the directory `path` whole; without it, do nothing.

    Raises `WriteError` if it cannot be removed, or is not login's; with `force`, whatever is in it.
    """
    with _failures_named(path), suppress(FileNotFoundError), _parent_of(path) as parent:
        with _opened([path.name], parent) as directory:
            if not force:
                _require_logins(directory)
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
def _failures_named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"{path} cannot be used ({error.strerror}{f': {error.filename}' if error.filename else ''})",
            hint="Give a directory that this user can write to, with no symbolic link on the way",
        ) from None


@contextmanager
def _parent_of(path: Path, *, create: bool = False) -> Iterator[int]:
    """Open the directory that holds `path`; below the working directory, through no symbolic link."""
    start, steps = path.parent, Path()
    if path.is_relative_to(here := Path.cwd()) and here != Path(here.anchor):
        start, steps = here, path.parent.relative_to(here)
    if create:
        start.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(start, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with _opened(steps.parts, descriptor, create=create) as parent:
            yield parent
    finally:
        os.close(descriptor)


@contextmanager
def _opened(steps: Iterable[str], start: int, *, create: bool = False) -> Iterator[int]:
    """Go from the directory `start` through the directories `steps`, none of which may be a symbolic link."""
    with ExitStack() as opened:
        directory = start
        for step in steps:
            if create:
                _make(step, directory)
            directory = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=directory)
            opened.callback(os.close, directory)
        yield directory


def _make(name: str, parent: int) -> bool:
    """Make a directory unless there is something of that name, and say whether it was made."""
    try:
        os.mkdir(name, 0o700, dir_fd=parent)
    except FileExistsError:
        return False
    return True


def _require_logins(directory: int) -> None:
    status = os.fstat(directory)
    if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise WriteError(
            "the directory belongs to another user, or another user can write to it",
            hint="Give a new directory, or one of this user's own with the mode 0700",
        )
    names = os.listdir(directory)
    holds_login = RECORD in names and stat.S_ISREG(os.stat(RECORD, dir_fd=directory, follow_symlinks=False).st_mode)
    if not holds_login and not all(name.startswith(_UNFINISHED) for name in names):
        raise WriteError(
            "the directory holds files, and they are not an earlier login's", hint="Give a new or an empty directory"
        )


@contextmanager
def _locked(directory: int) -> Iterator[None]:
    """Let one login at a time write. The lock goes with the descriptor, so that nothing is left of it on disk."""
    take = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(BlockingIOError),
        wait=tenacity.wait_fixed(0.05),
        stop=tenacity.stop_after_delay(_LOCK_SECONDS),
        reraise=True,
    )
    try:
        take(fcntl.flock, directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise WriteError(
            f"the directory has been locked for {_LOCK_SECONDS} seconds", hint="Give each login a directory of its own"
        ) from None
    except OSError:
        # Some network file systems cannot lock a directory. Each file is still replaced in one step.
        pass
    yield


def _fill(directory: int, files: Mapping[str, str]) -> None:
    """Write all files, and remove what else there is, of an earlier login."""
    # The record goes first: whenever this process is killed, it shows whose the directory is.
    for path in sorted(files, key=lambda path: path != RECORD):
        *folders, name = path.split("/")
        with _opened(folders, directory, create=True) as folder:
            unfinished = f"{_UNFINISHED}{secrets.token_hex(8)}"
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
            try:
                with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor, not a path
                    file.write(files[path])
                os.rename(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                _remove(unfinished, folder)
                raise
    for name in {*os.listdir(directory)} - {path.partition("/")[0] for path in files}:
        _remove(name, directory)


def _remove(name: str, parent: int) -> None:
    try:
        os.unlink(name, dir_fd=parent)
    except (IsADirectoryError, PermissionError):  # what Linux, and what macOS says of a directory
        shutil.rmtree(name, dir_fd=parent)
