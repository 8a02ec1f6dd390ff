"""The login directory belongs to login alone: one table of cases for the command and for the launcher."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from directory.writers import Writer, files, is_private, tree

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to another user")
OTHERS = 65532


def place(mode: int, *paths: str) -> Callable[[Path], None]:
    """A directory with empty files in it."""

    def make(directory: Path) -> None:
        directory.mkdir()
        for path in paths:
            (directory / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (directory / path).touch(0o600)
        directory.chmod(mode)

    return make


def link(target: str) -> Callable[[Path], None]:
    def make(directory: Path) -> None:
        (directory.parent / "empty").mkdir()
        place(0o700, "login.json")(directory.parent / "earlier")
        directory.symlink_to(target)

    return make


def record(make_record: Callable[[Path], object]) -> Callable[[Path], None]:
    def make(directory: Path) -> None:
        directory.mkdir(0o700)
        make_record(directory / "login.json")

    return make


def make_socket(directory: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(directory.name)


def make_others(directory: Path) -> None:
    place(0o700)(directory)
    os.chown(directory, OTHERS, OTHERS)


FREE: dict[str, Callable[[Path], object]] = {
    "new": lambda _: None,
    "empty": place(0o700),
    "empty, readable for others": place(0o755),
    "begun": place(0o700, ".cloudsmith-oidc-0123456789"),
    "earlier": place(0o700, "login.json", "pip.conf"),
    "earlier, readable for others": place(0o755, "login.json", "docker/config.json"),
    "earlier, read-only for a build": place(0o500, "login.json", "pip.conf"),
    "earlier, with what a build left": place(0o700, "login.json", "docker/contexts", "mine/a/b\nc", ".d", "..e", "*"),
}
TAKEN: dict[str, Callable[[Path], object]] = {
    "foreign": place(0o755, "mine"),
    "foreign, with names like login's": place(0o700, "pip.conf", "env"),
    "foreign, with a directory": lambda directory: (directory / "mine").mkdir(parents=True),
    "foreign, with dots": place(0o700, "..."),
    "foreign, unreadable": place(0o300, "mine"),
    "world-writable": place(0o777),
    "group-writable": place(0o770),
    "earlier, world-writable": place(0o707, "login.json"),
    "link to an empty directory": link("empty"),
    "link to an earlier login": link("earlier"),
    "dangling link": link("none"),
    "link to itself": link("d"),
    "file": Path.touch,
    "FIFO": os.mkfifo,
    "socket": make_socket,
    "record that is a link": record(lambda path: path.symlink_to("/etc/passwd")),
    "record that is a directory": record(Path.mkdir),
    "record that is a FIFO": record(os.mkfifo),
}


@pytest.fixture
def directory(home: Path) -> Path:
    return home / "workspace/d"


@pytest.mark.parametrize("state", FREE)
def test_login_takes_what_is_its_own(writer: Writer, directory: Path, state: str) -> None:
    FREE[state](directory)
    outcome = writer.login("d")
    assert outcome.status == 0, outcome.said
    # In a directory to which login also writes, other files stay, such as those of a docker that ran in the block.
    assert files(directory) - {"docker/contexts"} == writer.files()
    assert is_private(directory)


@pytest.mark.parametrize("state", FREE)
def test_logout_removes_what_is_logins_own(writer: Writer, directory: Path, state: str) -> None:
    FREE[state](directory)
    for _ in range(2):
        outcome = writer.logout("d")
        assert (outcome.status, outcome.said) == (0, "")
        assert list(tree(directory.parent)) == ["."]


@pytest.mark.parametrize("state", [*TAKEN, pytest.param("somebody else's", marks=AS_ROOT)])
def test_anything_else_is_refused_and_nothing_changes(writer: Writer, directory: Path, state: str) -> None:
    (TAKEN | {"somebody else's": make_others})[state](directory)
    before = tree(directory.parent)
    outcomes = [writer.login("d"), writer.logout("d")]
    if directory.is_symlink() or not directory.is_dir():
        outcomes.append(writer.logout("--force", "d"))
    for outcome in outcomes:
        assert outcome.status == 8, outcome.said
        assert str(directory) in outcome.said
    assert tree(directory.parent) == before


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *[(name, 8) for name in ("link/d", "link/deep/d", "file/d", "$workspace/link/d", "a/b/link/d", "$tmp/link/d")],
        *[(name, 2) for name in ("../d", "a/../d", "a/..", "$workspace/../d")],
    ],
)
def test_no_link_on_the_way_is_followed(writer: Writer, home: Path, name: str, status: int) -> None:
    """A pull request may commit a link. Links above the workspace and its @tmp are the administrator's business."""
    workspace, tmp, outside = home / "workspace", home / "workspace@tmp", home / "outside"
    place(0o755, "login.json")(outside)
    for folder in (outside / "d", outside / "deep"):
        place(0o755, "login.json", "d/login.json")(folder)
    for folder in (workspace, workspace / "a/b", tmp):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "link").symlink_to(outside)
    (workspace / "file").touch()
    before = tree(home)
    target = name.replace("$workspace", str(workspace)).replace("$tmp", str(tmp))
    for outcome in (writer.login(target), writer.logout(target)):
        assert outcome.status == status, outcome.said
        assert status == 8 or ".. in it" in outcome.said
    assert tree(home) == before


def test_link_above_the_workspace_is_followed(writer: Writer, home: Path) -> None:
    (home / "link").symlink_to(home / "elsewhere")
    (home / "elsewhere").mkdir()
    assert writer.login(f"{home}/link/a/d").status == 0
    assert files(home / "elsewhere/a/d") == writer.files()
    assert writer.logout(f"{home}/link/a/d").status == 0
    assert not (home / "elsewhere/a/d").exists()


def test_what_cannot_be_reached_is_not_taken_for_removed(writer: Writer, home: Path) -> None:
    place(0o700, "login/login.json")(home / "folder")
    (home / "folder").chmod(0o600)
    assert writer.logout(f"{home}/folder/login").status == 8
    (home / "folder").chmod(0o700)
    assert (home / "folder/login/login.json").exists()


def test_each_knows_the_directories_of_the_other(writer: Writer, other: Writer, directory: Path) -> None:
    for few in (True, False):
        assert other.login("d").status == 0
        assert writer.login("d", few=few).status == 0
        assert files(directory) == writer.files(few=few)
        assert is_private(directory)
    assert other.login("d").status == 0
    assert writer.logout("d").status == 0
    assert not directory.exists()


def test_login_without_its_record_is_removed_only_by_force(writer: Writer, other: Writer, directory: Path) -> None:
    assert other.login("d").status == 0
    (directory / "login.json").unlink()
    before = tree(directory)
    assert writer.logout("d").status == 8
    assert tree(directory) == before
    assert writer.logout("--force", "d").status == 0
    assert not directory.exists()


def test_logout_removes_a_path_longer_than_the_system_allows(writer: Writer, directory: Path) -> None:
    assert writer.login("d").status == 0
    os.chdir(directory)
    for _ in range(40):
        Path("x" * 200).mkdir()
        os.chdir("x" * 200)
    os.chdir(directory.parent)
    outcome = writer.logout("d")
    assert (outcome.status, outcome.said) == (0, "")
    assert not directory.exists()


def test_login_that_cannot_write_leaves_no_new_directory(writer: Writer, home: Path) -> None:
    (home / "workspace/file").touch()
    assert writer.login("file/d").status == 8
    assert sorted(tree(home / "workspace")) == [".", "file"]
