from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from directory.writers import Command, Launcher, Writer
from launcher.agent import SHELLS, Agent
from program import Cli
from sandbox import Sandbox


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where all that a test looks at lies; the working directory is home/workspace."""
    (tmp_path / "workspace").mkdir()
    monkeypatch.chdir(tmp_path / "workspace")
    return tmp_path


@pytest.fixture
def variables(home: Path) -> dict[str, str]:
    """What Jenkins sets."""
    return {"WORKSPACE": str(home / "workspace"), "WORKSPACE_TMP": str(home / "workspace@tmp")}


@pytest.fixture
def command(home: Path, sandbox: Sandbox, variables: dict[str, str]) -> Command:
    cli = Cli(sandbox, home / "unused")
    cli.environment |= variables
    return Command(cli)


class Launchers(dict[str, Launcher]):
    """The launcher in each shell, made on first use. A test is skipped if its shell is not installed."""

    def __init__(self, make: Callable[[str], Launcher]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, shell: str) -> Launcher:
        self[shell] = self._make(shell)
        return self[shell]


@pytest.fixture
def launchers(
    home: Path, tmp_path_factory: pytest.TempPathFactory, repository: Path, variables: dict[str, str]
) -> Iterator[Launchers]:
    def make(shell: str) -> Launcher:
        agent = Agent(tmp_path_factory.mktemp(shell), shell, repository / Launcher.PATH)
        agent.env |= variables
        return Launcher(agent, home / "workspace")

    made = Launchers(make)
    yield made
    for launcher in made.values():
        launcher.agent.kill()


@pytest.fixture(params=["command", *SHELLS])
def writer(request: pytest.FixtureRequest, command: Command, launchers: dict[str, Launcher]) -> Writer:
    """What writes and removes login directories: the command, and the launcher in each shell."""
    return command if request.param == "command" else launchers[request.param]


@pytest.fixture
def other(writer: Writer, command: Command, launchers: dict[str, Launcher]) -> Writer:
    """The other program, which has written the directory before."""
    return launchers["dash"] if writer is command else command
