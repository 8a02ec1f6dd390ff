"""kill -9 at any moment: no lock is left, and the next login or logout, of either program, works."""

import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from directory.writers import Command, Launcher, Writer, files, is_private
from launcher.agent import ON_NAMES

PROGRAM = """
import os, signal, sys
from pathlib import Path
from cloudsmith_oidc import login_directory

left = int(sys.argv[1])

def hook(event, arguments):
    global left
    if event in {"open", "os.mkdir", "os.rename", "os.chmod", "os.remove", "os.rmdir", "os.listdir", "fcntl.flock"}:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

names = ["pip.conf", ".npmrc", "docker/config.json", "env", "activate", "login.json"]
sys.addaudithook(hook)
login_directory.write(Path(sys.argv[2]), dict.fromkeys(names, "text"))
"""


def killed_command(directory: Path, step: int) -> bool:
    """Write a directory with the program, and kill it before an operation. Return whether there were so many."""
    return subprocess.run([sys.executable, "-c", PROGRAM, str(step), str(directory)], check=False).returncode != 0


def killed_launcher(launcher: Launcher, step: int) -> bool:
    """Log in with the launcher, and kill it after a use of a tool. Return whether there were so many."""
    with launcher.agent.after_uses(step, "kill -KILL 0", ON_NAMES) as was_killed:
        launcher.login("d")
    return was_killed()


def assert_usable(writer: Writer, directory: Path, *, logs_in: bool) -> None:
    if logs_in:
        outcome = writer.login("d")
        assert (outcome.status, files(directory)) == (0, writer.files()), outcome.said
        assert is_private(directory)
    outcome = writer.logout("d")
    assert (outcome.status, outcome.said) == (0, "")
    assert not directory.exists()


def test_the_command(home: Path, launchers: dict[str, Launcher]) -> None:
    """Over an earlier login. Without one: tests/faults."""
    directory = home / "workspace/d"
    for step in count(1):
        assert launchers["dash"].login("d").status == 0
        if not killed_command(directory, step):
            break
        assert_usable(launchers["dash"], directory, logs_in=step % 2 == 0)
    assert step > 20


@pytest.mark.parametrize("earlier", [False, True])
def test_the_launcher(home: Path, command: Command, launchers: dict[str, Launcher], earlier: bool) -> None:
    directory = home / "workspace/d"
    launcher = launchers["dash"]
    for step in count(1):
        if earlier:
            assert launcher.login("d", few=True).status == 0
        if not killed_launcher(launcher, step):
            break
        # The command takes longer to start than the launcher takes for a login, so it is used now and then.
        assert_usable(command if step % 10 == 0 else launcher, directory, logs_in=step % 2 == 0)
    assert step > 15
