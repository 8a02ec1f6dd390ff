"""A build that exchanges names while login, refresh and logout run.

It can make a login fail. It cannot make it write, delete or change anything outside the login directory, show what is
there, or hang. Each try is one login or logout; CLOUDSMITH_OIDC_TRIES sets how many there are of each kind.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from directory.writers import Launcher, tree
from launcher.agent import SHELLS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges two names in one step")

TRIES = int(os.environ.get("CLOUDSMITH_OIDC_TRIES", "40"))
SECRET = "what is outside"
NAMES = {
    "the directory": ("link", "d"),
    "the directory, for a FIFO": ("fifo", "d"),
    "a directory in it": ("link", "d/docker"),
    "a directory in it, for a FIFO": ("fifo", "d/docker"),
    "a file in it": ("link", "d/pip.conf"),
    "a file in it, for a link to a directory": ("link to a directory", "d/pip.conf"),
    "a file in it, for a FIFO": ("fifo", "d/login.json"),
    "the directory above": ("link", "../build"),
}

COMMAND = """
import sys
from pathlib import Path
from cloudsmith_oidc import login_directory
from cloudsmith_oidc.errors import WriteError

names = ["pip.conf", ".npmrc", "docker/config.json", "env", "activate", "login.json"]
directory, counts = Path.cwd() / "build" / "d", [0, 0]
for number in range(int(sys.argv[1])):
    try:
        if number % 4 == 3:
            login_directory.remove(directory, force=True)
        else:
            login_directory.write(directory, dict.fromkeys(names, "text"))
        counts[0] += 1
    except WriteError:
        counts[1] += 1
print(*counts)
"""


@contextmanager
def flipping(kind: str, target: Path, name: Path, double: Path) -> Iterator[None]:
    flip = [sys.executable, "-I", "-S", str(Path(__file__).with_name("flip.py"))]
    with subprocess.Popen(
        [*flip, kind, str(target), str(name), str(double)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield
            assert process.poll() is None, "the attack ended early"
        finally:
            process.kill()


@pytest.fixture
def outside(home: Path) -> Path:
    """What an attack would reach: a directory that looks like the workspace's, with a login that is none."""
    outside = home / "outside"
    for path in ("d/login.json", "d/pip.conf", "d/env", "d/docker/config.json", "d/docker/mine", "d/.npmrc", "mine"):
        (outside / path).parent.mkdir(parents=True, exist_ok=True)
        (outside / path).write_text(SECRET)
        (outside / path).chmod(0o644)
    return outside


def attack(home: Path, outside: Path, name: str) -> tuple[str, Path, Path, Path]:
    kind, path = NAMES[name]
    attacked = Path(os.path.normpath(home / "workspace/build" / path))
    target = outside if "build" in path else outside / (path if kind == "link" else "d")
    return kind, target, attacked, home / "workspace/double"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shell", SHELLS)
def test_the_launcher(home: Path, outside: Path, launchers: dict[str, Launcher], shell: str, name: str) -> None:
    launcher = launchers[shell]
    (home / "workspace/build").mkdir()
    assert launcher.login("build/d").status == 0
    before = tree(outside)
    statuses = []
    with flipping(*attack(home, outside, name)):
        for number in range(TRIES):
            outcome = (
                launcher.logout("--force", "build/d")
                if number % 4 == 3
                else launcher.login("build/d", few=number % 4 == 2)
            )
            assert outcome.status in {0, 8}, outcome.said
            assert SECRET not in outcome.said
            statuses.append(outcome.status)
    assert len(statuses) == TRIES
    print(shell, name, statuses.count(0), statuses.count(8))  # noqa: T201
    assert tree(outside) == before


@pytest.mark.parametrize("name", NAMES)
def test_the_command(home: Path, outside: Path, name: str) -> None:
    """The part of the program that writes, as often as a launcher's tries take in time."""
    (home / "workspace/build/d").mkdir(parents=True, mode=0o700)
    before = tree(outside)
    tries = 50 * TRIES
    with flipping(*attack(home, outside, name)):
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, str(tries)], capture_output=True, text=True, check=False, timeout=120
        )
    assert done.returncode == 0, done.stderr
    assert sum(map(int, done.stdout.split())) == tries
    assert tree(outside) == before
