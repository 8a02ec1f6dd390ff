from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.agent import Agent


@pytest.fixture(scope="session")
def launcher(repository: Path) -> Path:
    return repository / "resources/cloudsmith/oidc/cloudsmith-oidc.sh"


@pytest.fixture(params=["dash"])
def agent(request: pytest.FixtureRequest, tmp_path: Path, launcher: Path) -> Iterator[Agent]:
    """An agent with nothing to run the program; see `Agent.has`. `IN_EVERY_SHELL` makes more of them."""
    agent = Agent(tmp_path, request.param, launcher)
    yield agent
    agent.kill()
