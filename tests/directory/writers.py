"""The two programs that write and remove login directories, to be held to the same rules."""

import stat
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen  # noqa: TC003 - a fixture's annotations are read
from typing import ClassVar, Protocol

from launcher.agent import OTHER, SET, Agent
from program import Cli

Tree = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Outcome:
    status: int
    said: str


class Writer(Protocol):
    """Logs in and out. `few` stands for a login with fewer formats, whose files are others."""

    def start(self, directory: str, *, few: bool = False) -> "Popen[str] | Popen[bytes]": ...

    def login(self, directory: str, *, few: bool = False) -> Outcome: ...

    def logout(self, *arguments: str) -> Outcome: ...

    def files(self, *, few: bool = False) -> set[str]: ...


@dataclass
class Command:
    """The command `cloudsmith-oidc`."""

    cli: Cli

    FORMATS: ClassVar = {True: ["npm"], False: ["pip", "npm", "docker"]}
    FILES: ClassVar = {True: {".npmrc"}, False: {"pip.conf", "netrc", ".npmrc", "docker/config.json"}}

    def start(self, directory: str, *, few: bool = False) -> "Popen[bytes]":
        return self.cli.start("login", f"--output={directory}", "--format", ",".join(self.FORMATS[few]))

    def login(self, directory: str, *, few: bool = False) -> Outcome:
        with self.start(directory, few=few) as process:
            _, said = process.communicate(timeout=60)
        return Outcome(process.returncode, said.decode())

    def logout(self, *arguments: str) -> Outcome:
        result = self.cli.run("logout", *arguments)
        return Outcome(result.code, result.stderr)

    def files(self, *, few: bool = False) -> set[str]:
        return self.FILES[few] | {"env", "activate", "login.json", ".gitignore"}


@dataclass
class Launcher:
    """The launcher, with a program that answers at once."""

    agent: Agent
    workspace: Path

    PATH: ClassVar = "resources/cloudsmith/oidc/cloudsmith-oidc.sh"

    def __post_init__(self) -> None:
        self.agent.workspace = self.workspace
        cat = " ".join(self.agent.tools["cat"])
        for few in (False, True):
            self.agent.answers(OTHER if few else SET)
            answer = (self.agent.stage / "answer").rename(self.agent.stage / f"few-{few}.answer")
            self.agent.script("cloudsmith-oidc", f"{cat} >/dev/null\nexec {cat} {answer}")
            folder = self.agent.stage / f"few-{few}"
            folder.mkdir()
            (self.agent.bin / "cloudsmith-oidc").rename(folder / "cloudsmith-oidc")

    def start(self, directory: str, *, few: bool = False) -> "Popen[str]":
        return self.agent.start("login", directory, PATH=f"{self.agent.stage}/few-{few}:{self.agent.bin}")

    def login(self, directory: str, *, few: bool = False) -> Outcome:
        process = self.start(directory, few=few)
        _, said = process.communicate(timeout=60)
        return Outcome(process.returncode, said)

    def logout(self, *arguments: str) -> Outcome:
        result = self.agent.run("logout", *arguments)
        return Outcome(result.status, result.err)

    def files(self, *, few: bool = False) -> set[str]:
        return set(OTHER if few else SET)


def tree(top: Path) -> Tree:
    """Everything at and below `top`: path, what it is with its mode, and what it says or where it leads."""
    found = {}
    for path in sorted([top, *top.rglob("*")]):
        mode = path.lstat().st_mode
        says = path.read_text() if stat.S_ISREG(mode) else str(path.readlink()) if stat.S_ISLNK(mode) else ""
        found[str(path.relative_to(top))] = (f"{mode:o} {path.lstat().st_uid}", says)
    return found


def files(directory: Path) -> set[str]:
    """The files in a directory."""
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if not path.is_dir()}


def is_private(directory: Path) -> bool:
    """Whether nobody but this user can read it, and nothing of it can be run."""
    modes = {stat.S_IMODE(path.lstat().st_mode) for path in [directory, *directory.rglob("*")]}
    return modes == {0o700, 0o600}
