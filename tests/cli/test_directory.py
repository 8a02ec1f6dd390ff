"""The login directory: nothing foreign is touched, sets are whole, and logout leaves what it did not write."""

import json
import os
import signal
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from program import Cli
from sandbox import faults


def tree(directory: Path) -> dict[str, str]:
    """Every path below `directory`, with what it is and says."""
    found = {}
    for path in sorted(directory.rglob("*")):
        mode = path.lstat().st_mode
        content = path.read_text() if stat.S_ISREG(mode) else str(path.readlink()) if stat.S_ISLNK(mode) else ""
        found[str(path.relative_to(directory))] = f"{stat.S_IFMT(mode):o} {content}"
    return found


def names(cli: Cli) -> list[str]:
    """Return what the login directory holds."""
    return sorted(path.name for path in cli.directory.iterdir())


def plant_link(path: Path) -> None:
    path.symlink_to(path.parent.parent / "precious")


def plant_socket(path: Path) -> None:
    os.chdir(path.parent)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path.name)


PLANTS: dict[str, Callable[[Path], object]] = {
    "symbolic link": plant_link,
    "FIFO": os.mkfifo,
    "directory": os.mkdir,
    "foreign file": lambda path: path.write_text("mine"),
    "socket": plant_socket,
}
FILES = ["pip.conf", ".npmrc", "docker/config.json", "env", "activate", "login.json"]


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("name", FILES)
def test_what_is_in_the_way_is_refused_and_nothing_is_touched(
    cli: Cli, plant: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(cli.directory.parent)
    (cli.directory.parent / "precious").write_text("precious")
    (cli.directory / name).parent.mkdir(parents=True)
    PLANTS[plant](cli.directory / name)
    before = tree(cli.directory.parent)

    cli.directory.chmod(0o755)

    result = cli.login()

    assert result.code == 8
    assert name in result.last_line
    assert tree(cli.directory.parent) == before
    assert stat.S_IMODE(cli.directory.stat().st_mode) == 0o755


@pytest.mark.parametrize("plant", ["symbolic link", "FIFO", "foreign file"])
@pytest.mark.parametrize("place", [".", "docker"])
def test_a_directory_that_is_none_is_refused(cli: Cli, plant: str, place: str) -> None:
    precious = cli.directory.parent / "precious"
    precious.mkdir()
    where = cli.directory / place
    where.parent.mkdir(exist_ok=True)
    PLANTS[plant](where)
    before = tree(cli.directory.parent)

    result = cli.login()

    assert result.code == 8
    assert tree(cli.directory.parent) == before


def test_a_directory_that_cannot_be_made(cli: Cli) -> None:
    cli.directory.parent.joinpath("file").write_text("")
    cli.directory = cli.directory.parent / "file" / "login"

    assert cli.login().code == 8


def test_an_existing_directory_is_closed_to_others_and_keeps_its_own_files(cli: Cli) -> None:
    cli.directory.mkdir(mode=0o755)
    (cli.directory / "notes").write_text("mine")

    assert cli.login().code == 0
    assert stat.S_IMODE(cli.directory.stat().st_mode) == 0o700
    assert cli.run("logout", str(cli.directory)).code == 0

    assert names(cli) == ["notes"]


def test_a_second_login_replaces_the_whole_set(cli: Cli) -> None:
    assert cli.login().code == 0
    assert cli.login("--format", "npm").code == 0

    assert names(cli) == [".npmrc", "activate", "env", "login.json"]


def test_a_failed_login_leaves_the_earlier_set(cli: Cli) -> None:
    assert cli.login().code == 0
    before = tree(cli.directory)

    assert cli.login("--service", "nobody").code == 4
    (cli.directory / "env").unlink()
    (cli.directory / "env").mkdir()
    assert cli.login().code == 8
    (cli.directory / "env").rmdir()

    assert tree(cli.directory) == {name: text for name, text in before.items() if name != "env"}


def test_logins_at_once_leave_one_whole_set(cli: Cli) -> None:
    formats = ["pip", "npm", "docker", "pip,npm", "npm,docker"]
    running = [cli.start("login", "--output", str(cli.directory), "--format", name) for name in formats]

    codes = {process.wait() for process in running}

    for process in running:
        process.communicate()
    assert codes == {0}
    record = json.loads(cli.file("login.json"))
    files = {str(path.relative_to(cli.directory)) for path in cli.directory.rglob("*") if path.is_file()}
    assert files == set(record["files"])
    assert len({line.rpartition("=")[2] for line in cli.file("env").splitlines()}) == len(record["formats"])


def test_ending_the_process_leaves_nothing(cli: Cli) -> None:
    cli.sandbox.faults.always("exchange", faults.hang())
    process = cli.start("login", "--output", str(cli.directory))
    cli.sandbox.wait_for_request("exchange")

    process.send_signal(signal.SIGTERM)

    _, said = process.communicate()
    assert process.returncode == 128 + signal.SIGTERM
    assert b"ended by SIGTERM" in said
    assert not cli.directory.exists()


def test_logout_removes_the_directory_that_login_made(cli: Cli) -> None:
    assert cli.login().code == 0

    assert cli.run("logout", str(cli.directory)).code == 0

    assert not cli.directory.exists()


def test_logout_leaves_the_directory_that_was_there_before(cli: Cli) -> None:
    cli.directory.mkdir()
    assert cli.login().code == 0

    assert cli.run("logout", str(cli.directory)).code == 0

    assert names(cli) == []


def test_logout_leaves_what_the_build_put_there(cli: Cli) -> None:
    assert cli.login().code == 0
    (cli.directory / "docker/contexts").write_text("mine")
    (cli.directory / "pip.conf").unlink()
    (cli.directory / "pip.conf").symlink_to("docker/contexts")

    assert cli.run("logout", str(cli.directory)).code == 0

    assert list(tree(cli.directory)) == ["docker", "docker/contexts", "pip.conf"]


def test_logout_removes_what_a_killed_login_left(cli: Cli) -> None:
    assert cli.login().code == 0
    (cli.directory / ".cloudsmith-oidc-0123456789abcdef").write_text("half a file")

    assert cli.run("logout", str(cli.directory)).code == 0

    assert not cli.directory.exists()


def test_logout_does_not_believe_a_record_that_names_other_files(cli: Cli) -> None:
    assert cli.login().code == 0
    precious = cli.directory.parent / "precious"
    precious.write_text("precious")
    (cli.directory / "mine").write_text("mine")
    record = json.loads(cli.file("login.json"))
    record["files"] += ["../precious", str(precious), "mine"]
    (cli.directory / "login.json").write_text(json.dumps(record))

    assert cli.run("logout", str(cli.directory)).code == 0

    assert precious.read_text() == "precious"
    assert names(cli) == ["mine"]


@pytest.mark.parametrize("record", ["", "[]", "{", '{"files": 7}', '{"files": [7]}', "[" * 100_000])
def test_logout_without_a_usable_record_removes_nothing(cli: Cli, record: str) -> None:
    cli.directory.mkdir()
    (cli.directory / "login.json").write_text(record)
    (cli.directory / "pip.conf").write_text("mine")

    assert cli.run("logout", str(cli.directory)).code == 0

    assert names(cli) == ["login.json", "pip.conf"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to another user")
def test_logout_that_cannot_remove_all_keeps_the_record_for_the_next_one(cli: Cli) -> None:
    assert cli.login().code == 0
    os.chown(cli.directory / "docker", 65532, 65532)

    for _ in range(2):
        assert cli.run("logout", str(cli.directory)).code == 8
        assert names(cli) == ["docker", "login.json"]
    os.chown(cli.directory / "docker", 0, 0)

    assert cli.run("logout", str(cli.directory)).code == 0
    assert not cli.directory.exists()


def test_logout_of_what_is_not_there_is_harmless(cli: Cli) -> None:
    assert cli.run("logout", str(cli.directory)).code == 0


def test_logout_does_not_follow_a_link(cli: Cli) -> None:
    assert cli.login().code == 0
    link = cli.directory.with_name("link")
    link.symlink_to(cli.directory)

    assert cli.run("logout", str(link)).code == 8

    assert (cli.directory / "pip.conf").exists()
