"""kill -9 at any moment: no lock is left, and the next login or logout, of either program, finds its way."""

import subprocess
import sys
from pathlib import Path

import pytest

from directory.writers import Command, Launcher, Writer, files, is_private
from launcher.agent import SHELLS

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
    """Write a directory with the program, which is killed before a step. Return whether it came so far."""
    return subprocess.run([sys.executable, "-c", PROGRAM, str(step), str(directory)], check=False).returncode != 0


def killed_launcher(launcher: Launcher, step: int) -> bool:
    """Log in with the launcher, which is killed after a use of a tool. Return whether it came so far."""
    with launcher.agent.signals_all("KILL", step) as was_sent:
        launcher.login("d")
    return was_sent()


def assert_usable(writer: Writer, directory: Path, *, logs_in: bool) -> None:
    if logs_in:
        outcome = writer.login("d")
        assert (outcome.status, files(directory)) == (0, writer.files()), outcome.said
        assert is_private(directory)
    outcome = writer.logout("d")
    assert (outcome.status, outcome.said) == (0, "")
    assert not directory.exists()


@pytest.mark.parametrize("earlier", [False, True])
@pytest.mark.parametrize("after", ["command", "dash"])
def test_the_command(home: Path, command: Command, launchers: dict[str, Launcher], earlier: bool, after: str) -> None:
    directory = home / "workspace/d"
    writer: Writer = command if after == "command" else launchers[after]
    step = 0
    while True:
        step += 1
        if earlier:
            assert launchers["dash"].login("d").status == 0
        if not killed_command(directory, step):
            break
        assert_usable(writer, directory, logs_in=step % 2 == 0)
    assert step > 20


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("earlier", [False, True])
def test_the_launcher(home: Path, command: Command, launchers: dict[str, Launcher], shell: str, earlier: bool) -> None:
    directory = home / "workspace/d"
    launcher = launchers[shell]
    step = 0
    while True:
        step += 1
        if earlier:
            assert launcher.login("d", few=True).status == 0
        if not killed_launcher(launcher, step):
            break
        # The command takes longer to start than all of a launcher's login: it has its turn now and then.
        assert_usable(command if step % 10 == 0 else launcher, directory, logs_in=step % 2 == 0)
    assert step > 20
