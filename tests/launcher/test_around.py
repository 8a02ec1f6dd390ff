"""What is around a login: variables of the job, docker.withRegistry, and the login directories of builds that ended."""

import base64
import os
import re
import shutil
import time
from pathlib import Path
from uuid import uuid4

import pytest

from launcher.agent import Agent

DAY = 24 * 60 * 60
REGISTRY = '{"auths": {"registry.example.com": {"auth": "…"}}}\n'


@pytest.fixture(autouse=True)
def tools(agent: Agent) -> None:
    """The launcher needs no dd to log in."""
    agent.tools["dd"] = [str(shutil.which("dd"))]
    agent.plain("dd")
    agent.has("cloudsmith-oidc")


def carried(agent: Agent) -> list[str]:
    """The configuration of docker.withRegistry that came by the pipe."""
    found = re.findall(r"-----BEGIN FILE around/config.json-----\n([^-]*)\n", agent.run_call.stdin)
    return [base64.b64decode(text).decode() for text in found]


def with_registry(agent: Agent) -> Path:
    """What docker.withRegistry writes, and where it points to with DOCKER_CONFIG."""
    directory = agent.workspace.with_name("workspace@tmp") / "5f1c"
    directory.mkdir(parents=True)
    (directory / "config.json").write_text(REGISTRY)
    agent.env["DOCKER_CONFIG"] = str(directory)
    return directory


def test_program_gets_the_names_of_variables_that_clients_read(agent: Agent) -> None:
    around = {
        "PIP_INDEX_URL": f"https://user:{agent.token}@example.com",
        "PIPELINE": "x",
        "PIP_EMPTY": "",
        "ODD": "1\nexport PIP_x=2\nexport 1=3",
    }
    # In Kubernetes, each service of the namespace has seven such variables.
    services = {f"SERVICE_{number}_PORT_8080_TCP_ADDR": "10.0.0.1" for number in range(3000)}
    assert agent.run("login", "d", **around, **services, CLOUDSMITH_OIDC_AROUND="PIP_OTHER").status == 0
    names = agent.run_call.env["CLOUDSMITH_OIDC_AROUND"].split()
    # A line of a value that only looks like a variable does no harm.
    assert {name for name in names if name.startswith("PIP")} - {"PIP_x"} == {"PIP_INDEX_URL"}
    assert not {"PIP_INDEX_URL", "PIPELINE", "ODD"} & agent.run_call.env.keys()


def test_program_gets_names_that_no_shell_has_as_a_variable(agent: Agent) -> None:
    agent.prelude = "exec env npm_config_@acme:registry=https://example.com '//x:y=1' \"$@\""
    assert agent.run("login", "d", OTHER="a\nnpm_config_@planted:registry=x", CLOUDSMITH_API_KEY="k").status == 0
    names = agent.run_call.env["CLOUDSMITH_OIDC_AROUND"].split()
    assert {name for name in names if not re.fullmatch("[A-Za-z0-9_]+", name)} == {"npm_config_@acme:registry"}
    assert "CLOUDSMITH_API_KEY" in names
    assert agent.token not in agent.run_call.env["CLOUDSMITH_OIDC_AROUND"]


def test_more_names_than_a_variable_can_hold_are_cut(agent: Agent) -> None:
    assert agent.run("login", "d", **{f"PIP_{number}_{'X' * 90}": "x" for number in range(2000)}).status == 0
    assert 20_000 < len(agent.run_call.env["CLOUDSMITH_OIDC_AROUND"]) < 33_000


def test_program_is_told_of_a_refresh(agent: Agent) -> None:
    assert agent.run("login", "d", CLOUDSMITH_OIDC_REFRESH="true").status == 0
    assert agent.run_call.env["CLOUDSMITH_OIDC_REFRESH"] == "true"


@pytest.mark.parametrize("runtime", ["cloudsmith-oidc", "docker"])
def test_program_gets_the_configuration_of_with_registry(agent: Agent, runtime: str) -> None:
    (agent.bin / "cloudsmith-oidc").unlink()
    agent.has(runtime)
    with_registry(agent)
    assert agent.run("login", "d").status == 0
    assert carried(agent) == [REGISTRY]
    assert "DOCKER_CONFIG" not in agent.run_call.env, "the engine does not use what a build can write"


@pytest.mark.parametrize("kind", ["file", "directory", "device", "FIFO", "of a login"])
def test_no_link_leads_to_another_configuration(agent: Agent, kind: str) -> None:
    """A build could otherwise get the logins of the agent's user."""
    directory = with_registry(agent)
    own = agent.stage / "own"
    own.mkdir()
    (own / "config.json").write_text("the user's")
    if kind == "directory":
        shutil.rmtree(directory)
        directory.symlink_to(own)
    elif kind == "of a login":
        (directory.parent / "login.json").write_text("{}")
    else:
        (directory / "config.json").unlink()
        if kind == "FIFO":
            os.mkfifo(directory / "config.json")
        else:
            (directory / "config.json").symlink_to("/dev/zero" if kind == "device" else own / "config.json")
    assert agent.run("login", "d").status == 0
    assert carried(agent) == []
    assert "DOCKER_CONFIG" not in agent.run_call.env


def test_login_removes_old_logins_beside_it(agent: Agent) -> None:
    """A lost agent or a killed build leaves them. They must be a day old, and have a name as the step makes them."""
    old, new, own = (f"cloudsmith-oidc-{uuid4()}" for _ in range(3))
    names = (old, new, own, "cloudsmith-oidc-x", "own")
    for name in names:
        (agent.workspace / name / "gradle").mkdir(parents=True)
        (agent.workspace / name / "login.json").write_text("{}")
        (agent.workspace / name).chmod(0o700)
        if name != new:
            os.utime(agent.workspace / name, (0, time.time() - 2 * DAY))
    link = f"cloudsmith-oidc-{uuid4()}"
    (agent.workspace / link).symlink_to(agent.workspace / "own")
    assert agent.run("login", own).status == 0
    assert {path.name for path in agent.workspace.iterdir()} == {new, own, "cloudsmith-oidc-x", "own", link}
    assert (agent.workspace / "own/login.json").exists()

    (agent.workspace / old).mkdir()
    os.utime(agent.workspace / old, (0, 0))
    assert agent.run("login", "d").status == 0, "in a directory with a name of its own nothing else is removed"
    assert agent.run("login", new, CLOUDSMITH_OIDC_LOGIN="a login around this").status == 0
    assert (agent.workspace / old).exists()
