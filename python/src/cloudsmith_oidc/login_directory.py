"""The directory that holds the clients' files: written whole, removed whole, and nothing else touched.

The directory may lie in a workspace that a build can write to. So nothing here follows a symbolic link: every access
goes through a descriptor of the directory that holds the name.
"""

import fcntl
import io
import json
import os
import secrets
import stat
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import tenacity

from cloudsmith_oidc import formats
from cloudsmith_oidc.errors import WriteError

RECORD = "login.json"
"""The audit record: what login wrote, for whom, until when. It is what makes a directory a login directory."""
ENV = "env"
ACTIVATE = "activate"
_MADE_BY_LOGIN = "directory_created"
_TEMPORARY = ".cloudsmith-oidc-"
_MAX_RECORD_BYTES = 1024 * 1024
_LOCK_SECONDS = 10


def write(path: Path, files: Mapping[str, str]) -> None:
    """Write `files` (path in the directory: text) to the directory `path`, 0600 in 0700, all or none.

    A set that an earlier login left is replaced. Raises `WriteError` if a name is taken by anything else, and then
    changes nothing.
    """
    with _failures_named(path):
        created = _make_directory(path)
        try:
            with _opened(path) as directory, _locked(directory):
                _replace(directory, files, created=created)
        except BaseException:
            if created:
                with suppress(OSError):
                    path.rmdir()
            raise


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


def remove(path: Path) -> None:
    """Remove what login wrote to the directory `path`, and the directory if login made it and it is empty.

    A directory that login did not write to is left as it is. Raises `WriteError`.
    """
    with _failures_named(path):
        try:
            with _opened(path) as directory, _locked(directory):
                record = _read_record(directory)
                _unlink_all(directory, [*_left_over(directory), *record.files])
                _remove_empty_parents(directory, record.files)
        except FileNotFoundError:
            return
        if record.made_directory:
            with suppress(OSError):
                path.rmdir()


@dataclass(frozen=True)
class _Record:
    """What `login.json` says. It is read as what a hostile build may have made of it."""

    files: tuple[str, ...] = ()
    made_directory: bool = False


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
            hint="Give a directory that this user can write to",
        ) from None


def _make_directory(path: Path) -> bool:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        return False
    return True


@contextmanager
def _opened(path: Path, parent: int | None = None) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise WriteError(f"{path} belongs to another user", hint="Give a directory of this user's own")
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _locked(directory: int) -> Iterator[None]:
    """Keep other logins out. The lock is the directory's and goes with the descriptor; nothing is left on disk."""
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


def _replace(directory: int, files: Mapping[str, str], *, created: bool) -> None:
    old = _read_record(directory)
    for name in files:
        _require_free(directory, name, old)
    os.fchmod(directory, 0o700)
    made = {_MADE_BY_LOGIN: created or old.made_directory}
    texts = {**files, RECORD: json.dumps({**json.loads(files[RECORD]), **made}, indent=2) + "\n"}
    temporary: dict[str, str] = {}
    try:
        for name, text in texts.items():
            temporary[name] = f"{_TEMPORARY}{secrets.token_hex(8)}"
            _write_new(directory, temporary[name], text)
        # The record goes first: if this process is killed half-way, logout still knows every file.
        for name in sorted(texts, key=lambda name: name != RECORD):
            with _parent_of(directory, name, create=True) as (parent, base):
                os.rename(temporary[name], base, src_dir_fd=directory, dst_dir_fd=parent)
        stale = [name for name in old.files if name not in texts]
        for name in stale:
            _unlink_file(directory, name)
        _remove_empty_parents(directory, stale)
    finally:
        for name in temporary.values():
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=directory)


def _write_new(directory: int, name: str, text: str) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=directory)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(text)


def _require_free(directory: int, name: str, old: _Record) -> None:
    try:
        with _parent_of(directory, name) as (parent, base):
            mode = os.stat(base, dir_fd=parent, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise _in_the_way(str(Path(name).parent)) from None
    if not stat.S_ISREG(mode) or name not in old.files:
        raise _in_the_way(name)


def _in_the_way(name: str) -> WriteError:
    return WriteError(
        f"{name} is already there and was not written by login",
        hint="Give login a directory of its own, or remove it first",
    )


@contextmanager
def _parent_of(directory: int, name: str, *, create: bool = False) -> Iterator[tuple[int, str]]:
    """Open the directory that holds `name`, step by step, and yield its descriptor and the name's last part."""
    head, _, rest = name.partition("/")
    if not rest:
        yield directory, head
        return
    if create:
        with suppress(FileExistsError):
            os.mkdir(head, 0o700, dir_fd=directory)
    with _opened(Path(head), directory) as child, _parent_of(child, rest, create=create) as found:
        yield found


def _read_record(directory: int) -> _Record:
    try:
        if not stat.S_ISREG(os.stat(RECORD, dir_fd=directory, follow_symlinks=False).st_mode):
            return _Record()
        # Non-blocking, because a FIFO put in its place now would hold this process for ever.
        descriptor = os.open(RECORD, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, not a path
            record = json.loads(file.read(_MAX_RECORD_BYTES))
    except (OSError, ValueError, RecursionError):
        return _Record()
    listed = record.get("files") if isinstance(record, dict) else None
    if not isinstance(listed, list):
        return _Record()
    # The record is the last one: as long as anything is left, a later logout knows of it.
    own = [*(file for name in formats.names() for file in formats.load(name).files), ENV, ACTIVATE, RECORD]
    return _Record(tuple(file for file in own if file in listed), record.get(_MADE_BY_LOGIN) is True)


def _left_over(directory: int) -> list[str]:
    return [name for name in os.listdir(directory) if name.startswith(_TEMPORARY)]


def _unlink_all(directory: int, names: list[str]) -> None:
    """Remove all files that can be removed, but the record, the last one, only if no other is left."""
    failures: list[OSError | WriteError] = []
    for name in names:
        if name == RECORD and failures:
            break
        try:
            _unlink_file(directory, name)
        except (OSError, WriteError) as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _unlink_file(directory: int, name: str) -> None:
    with suppress(FileNotFoundError, NotADirectoryError), _parent_of(directory, name) as (parent, base):
        if stat.S_ISREG(os.stat(base, dir_fd=parent, follow_symlinks=False).st_mode):
            os.unlink(base, dir_fd=parent)


def _remove_empty_parents(directory: int, files: tuple[str, ...] | list[str]) -> None:
    for parent in {str(Path(name).parent) for name in files if "/" in name}:
        with suppress(OSError):
            os.rmdir(parent, dir_fd=directory)
