"""A build that changes names in the middle of a login or a logout.

It can make a login fail. It cannot make it write, delete or change anything outside the login directory, show what is
there, or hang. Each test changes names once at every moment: before one operation of the program, or between two tools
of the launcher that work on names. So each moment is hit, on a machine of any speed.
"""

import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from directory.writers import Launcher, tree
from launcher.agent import ON_NAMES, SHELLS

SECRET = "what is outside"
NAMES = {
    "the directory": {"build/d": "d"},
    "the directory above": {"build": "."},
    "a directory in it": {"build/d/docker": "d/docker"},
    "files in it": {"build/d/pip.conf": "d/pip.conf", "build/d/env": "d"},
    "the directory, by a FIFO": {"build/d": ""},
}
"""The names that a build exchanges, in the folder of a try, and what it links them to in `outside`."""
EARLIER = ("login.json", "pip.conf", "env", "docker/config.json", "docker/mine", ".npmrc")


@pytest.fixture
def outside(home: Path) -> Path:
    """What an attack would reach: a directory that looks like the workspace's, with an earlier login."""
    for path in ("d/" + path for path in EARLIER):
        put(home / "outside" / path, SECRET, 0o644)
    put(home / "outside/mine", SECRET, 0o644)
    return home / "outside"


@pytest.fixture
def earlier(home: Path) -> Path:
    """An earlier login in the workspace."""
    for path in EARLIER:
        put(home / "workspace/earlier" / path, "", 0o600)
    (home / "workspace/earlier").chmod(0o700)
    return home / "workspace/earlier"


def put(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def exchanges(names: dict[str, str], outside: Path, folder: Path, number: int) -> str:
    """Return a line of a shell that exchanges names after one use of a tool, and restores them after the next."""
    mv, ln, rm = map(shutil.which, ("mv", "ln", "rm"))
    places = {str(folder / name): outside / target for name, target in names.items()}
    there = [f"{mv} -T {name} {name}.away; {ln} -s {target} {name}" for name, target in places.items()]
    back = [f"{rm} {name}; {mv} -T {name}.away {name}" for name in places]
    return f"case $use in {number}) {'; '.join(there)} ;; {number + 1}) {'; '.join(back)} ;; esac 2>/dev/null"


@pytest.mark.parametrize(
    ("shell", "act", "name"),
    [
        *[(shell, act, "the directory") for shell in SHELLS for act in ("login", "logout")],
        *[("dash", act, "the directory above") for act in ("login", "logout")],
        ("dash", "login", "files in it"),
        # The rm of the others is GNU's, which goes by descriptors.
        ("busybox", "logout", "a directory in it"),
    ],
)
def test_the_launcher(
    home: Path, outside: Path, earlier: Path, launchers: dict[str, Launcher], shell: str, act: str, name: str
) -> None:
    launcher = launchers[shell]
    before = tree(outside)
    statuses = []
    for number in count(1):
        folder = home / f"workspace/{number}"
        shutil.copytree(earlier, folder / "build/d")
        with launcher.agent.after_uses(number, exchanges(NAMES[name], outside, folder, number), ON_NAMES) as was_hit:
            path = f"{number}/build/d"
            outcome = launcher.login(path) if act == "login" else launcher.logout("--force", path)
        assert outcome.status in {0, 8}, outcome.said
        assert SECRET not in outcome.said
        assert tree(outside) == before
        if not was_hit():
            break
        statuses.append(outcome.status)
    assert 0 in statuses
    assert 8 in statuses or name == "files in it", "no exchange of a directory was noticed"


@pytest.mark.usefixtures("earlier")
@pytest.mark.parametrize("name", NAMES)
def test_the_command(home: Path, outside: Path, name: str) -> None:
    before = tree(outside)
    pairs = [f"{name}={target and outside / target}" for name, target in NAMES[name].items()]
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("exchange.py"), *pairs],
        cwd=home / "workspace",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    succeeded, refused = map(int, done.stdout.split())
    assert succeeded > 0
    assert refused > 0, "no exchange was noticed"
    assert tree(outside) == before
