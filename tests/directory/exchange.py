"""Write and remove login directories while a build changes names: before each operation of the program in turn.

    python exchange.py NAME=TARGET…

For each try, a new folder gets a copy of the folder `earlier`, a login directory, as `build/d`. Before one operation,
each NAME in that folder becomes a symbolic link to TARGET, or a FIFO if TARGET is empty. Before the next operation, it
is again what it was. Prints how many tries succeeded, and how many were refused.
"""

import os
import shutil
import sys
from collections import Counter
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

from cloudsmith_oidc import login_directory
from cloudsmith_oidc.errors import WriteError

OPERATIONS = {"open", "os.mkdir", "os.rename", "os.chmod", "os.remove", "os.rmdir", "os.listdir", "fcntl.flock"}
FILES = dict.fromkeys(["pip.conf", ".npmrc", "docker/config.json", "env", "activate", "login.json"], "text")
ACTS = [partial(login_directory.write, files=FILES), partial(login_directory.remove, force=True)]


class Attack:
    """Changes the names before the operation with the number `at`, and changes them back before the next."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names
        self.at = self.operation = 0
        self.is_on = False

    def __call__(self, event: str, _arguments: object) -> None:
        """Count an operation of the program."""
        if not self.is_on or event not in OPERATIONS:
            return
        self.is_on = False  # for operations of its own
        self.operation += 1
        for name, target in self.names.items():
            with suppress(OSError):
                if self.operation == self.at:
                    exchange(Path(name), target)
                if self.operation == self.at + 1:
                    restore(Path(name))
        self.is_on = True


def exchange(name: Path, target: str) -> None:
    with suppress(FileNotFoundError):
        name.rename(f"{name}.away")
    if target:
        name.symlink_to(target)
    else:
        os.mkfifo(name)


def restore(name: Path) -> None:
    name.unlink(missing_ok=True)
    Path(f"{name}.away").rename(name)


def main() -> None:
    attack = Attack(dict(argument.split("=") for argument in sys.argv[1:]))
    sys.addaudithook(attack)
    outcomes: Counter[str] = Counter()
    top = Path.cwd()
    for act in ACTS:
        for attack.at in count(1):
            folder = top / f"{outcomes.total()}"
            shutil.copytree(top / "earlier", folder / "build/d")
            os.chdir(folder)
            attack.operation, attack.is_on = 0, True
            try:
                act(folder / "build/d")
                outcomes["done"] += 1
            except WriteError:
                outcomes["refused"] += 1
            attack.is_on = False
            if attack.operation < attack.at:
                break
    sys.stdout.write(f"{outcomes['done']} {outcomes['refused']}\n")


if __name__ == "__main__":
    main()
