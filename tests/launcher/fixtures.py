"""Fixtures: an agent for the launcher, with stand-ins or with the real program."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher.agent import Agent
from sandbox import Sandbox

PODMAN = """
[ "$1" = run ] || exit 0
until [ "$1" = image ]; do shift; done
shift
exec cloudsmith-oidc "$@"
"""

Ready = Callable[[str], Agent]


@pytest.fixture(scope="session")
def launcher(repository: Path) -> Path:
    return repository / "resources/cloudsmith/oidc/cloudsmith-oidc.sh"


@pytest.fixture(params=["dash"])
def agent(request: pytest.FixtureRequest, tmp_path: Path, launcher: Path) -> Iterator[Agent]:
    """An agent with nothing to run the program; see `Agent.has`. `IN_EVERY_SHELL` makes more of them."""
    agent = Agent(tmp_path, request.param, launcher)
    yield agent
    agent.kill()


@pytest.fixture
def on(agent: Agent, sandbox: Sandbox, request: pytest.FixtureRequest) -> Ready:
    """Make the agent ready to run the real program in the sandbox's world.

    "docker" is the real one, "podman" a stand-in that runs the command, and "local" the command itself.
    """

    def ready(runtime: str) -> Agent:
        agent.enters(sandbox)
        agent.env["CLOUDSMITH_OIDC_RUNTIME"] = runtime
        if runtime == "docker":
            agent.env |= {"CLOUDSMITH_OIDC_IMAGE": request.getfixturevalue("image"), "CLOUDSMITH_OIDC_NETWORK": "host"}
            agent.env |= {name: os.environ[name] for name in ("HOME", "DOCKER_HOST") if name in os.environ}
            agent.script("docker", f'exec {shutil.which("docker")} "$@"')
        else:
            agent.env["CLOUDSMITH_OIDC_IMAGE"] = "image"
            agent.script("podman", PODMAN)
            agent.script("cloudsmith-oidc", f'exec {Path(sys.executable).with_name("cloudsmith-oidc")} "$@"')
        return agent

    return ready
