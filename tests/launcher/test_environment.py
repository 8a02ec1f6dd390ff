"""The launcher runs with an environment of its own choosing, and no program or setting that a build can write.

What a shell does before the first line of the launcher nobody can help in there: LD_PRELOAD, BASH_ENV for bash, and
functions that bash takes from its environment.
"""

import os
from pathlib import Path

import pytest

from cloudsmith_oidc import __version__
from launcher.agent import SET, TOOLS, Agent

PLANTED = ("cloudsmith-oidc", "docker", "podman", *TOOLS)


def plant(agent: Agent, folder: Path) -> Path:
    """Put programs that a build might leave into a folder. Each that runs says so."""
    folder.mkdir(parents=True)
    for name in PLANTED:
        (folder / name).write_text(f"#!/bin/sh\necho {name} >>{agent.stage}/planted\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    "entry",
    ["$workspace/bin", "$workspace", "$tmp/bin", "$link", "bin", "./bin", "", ".", "$workspace/../workspace/bin"],
)
@pytest.mark.parametrize("runtime", ["cloudsmith-oidc", "docker"])
def test_no_program_of_the_workspace_runs(agent: Agent, entry: str, runtime: str) -> None:
    agent.has(runtime)
    workspace_tmp = Path(f"{agent.workspace}@tmp")
    for folder in (agent.workspace / "bin", workspace_tmp / "bin"):
        plant(agent, folder)
    for name in PLANTED:
        (agent.workspace / name).symlink_to(f"bin/{name}")
    link = agent.stage / "link"
    link.symlink_to(agent.workspace / "bin")
    for placeholder, place in {"$workspace": agent.workspace, "$tmp": workspace_tmp, "$link": link}.items():
        entry = entry.replace(placeholder, str(place))
    path = f"{entry}:{agent.bin}:{entry}"
    for arguments in (["login", "d"], ["login", "d"], ["explain"], ["logout", "d"]):
        assert agent.run(*arguments, PATH=path).status == 0
    assert not (agent.stage / "planted").exists()
    assert {call.env["PATH"] for call in agent.calls} == {str(agent.bin)}


def test_a_link_on_path_is_followed_once(agent: Agent) -> None:
    """What comes through the workspace can lead elsewhere later: so children get the path without links."""
    agent.has("cloudsmith-oidc")
    (agent.workspace / "link").symlink_to(agent.bin)
    assert agent.run("login", "d", PATH=f"{agent.workspace}/link").status == 0
    assert agent.run_call.env["PATH"] == str(agent.bin)


HOSTILE = {
    "PYTHONPATH": "/planted",
    "PYTHONHOME": "/planted",
    "PYTHONSTARTUP": "/planted",
    "TAR_OPTIONS": "--to-command=/planted",
    "GZIP": "-v",
    "POSIXLY_CORRECT": "1",
    "BASH_ENV": "/planted",
    "ENV": "/planted",
    "LD_LIBRARY_PATH": "/planted",
    "LD_AUDIT": "/planted",
    "IFS": "/",
    "CDPATH": "/tmp:/",
    "GLOBIGNORE": "*",
    "UID": "7",
    "EUID": "7",
    "PPID": "7",
    "LC_ALL": "tr_TR.UTF-8",
    "keep": " PYTHONPATH ",
    "settings": "PYTHONPATH",
    "paths": "PYTHONPATH",
    "CLOUDSMITH_OIDC_LAUNCHER": "planted",
    "name": "a",
    "line": "a",
    "dir": "/planted",
    "input": "planted",
    "runtime": "docker",
    "given": "planted",
    "container": "planted",
    "child": "1",
    "LARGE": "x" * 100_000,
    "OF_MANY_LINES": "a\nexport PATH=/planted\nexport id_token=planted\nexport keep=1\ndeclare -x PWD=x\nexport b",
}
OF_THE_SHELLS = {"PWD", "OLDPWD", "SHLVL", "_", "UID", "EUID", "PPID"}
"""What shells set by themselves."""


def test_of_the_environment_only_what_is_on_the_list_comes_through(agent: Agent) -> None:
    agent.has("docker")
    agent.watches_tools()
    known = {"CLOUDSMITH_ORG": "acme", "HTTPS_PROXY": "http://user:password@proxy", "JENKINS_NODE_COOKIE": "cookie"}
    assert agent.run("login", "d", **HOSTILE, **known).status == 0
    assert agent.files("d") == SET
    expected = {name: value for name, value in (agent.env | known).items() if name != "CLOUDSMITH_OIDC_TOKEN"}
    expected |= {"CLOUDSMITH_OIDC_HOME": "/nonexistent", "CLOUDSMITH_OIDC_LAUNCHER": __version__}
    for call in agent.calls:
        assert {name: value for name, value in call.env.items() if name not in OF_THE_SHELLS} == expected
    assert "planted" not in agent.tool_calls
    assert agent.run_call.stdin == f"{agent.token}\n"


PATHS = ["HOME", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "REGISTRY_AUTH_FILE"]


@pytest.mark.parametrize("name", PATHS)
def test_an_engine_is_not_led_to_what_a_build_can_write(agent: Agent, name: str) -> None:
    """Else a build that leaves a context there would get the ID token of the next login."""
    agent.has("docker")
    inside = agent.workspace / "settings"
    inside.mkdir()
    link = agent.stage / "link"
    link.symlink_to(inside)
    for value in (str(inside), str(link), "settings", f"{agent.stage}/../workspace/settings", f"{inside}/file"):
        assert agent.run("login", "d", **{name: value}).status == 0
    assert [call.env for call in agent.calls if name in call.env] == []
    assert agent.run("login", "d", **{name: str(agent.stage)}).status == 0
    assert agent.calls[-1].env[name] == str(agent.stage)


def test_the_program_is_told_the_home_directory_unless_a_build_can_write_there(agent: Agent) -> None:
    agent.has("docker")
    for home in (agent.workspace, f"{agent.workspace}/home", f"{agent.stage}/../workspace", "home", ""):
        assert agent.run("login", "d", HOME=str(home), CLOUDSMITH_OIDC_HOME="/planted").status == 0
    assert {call.env["CLOUDSMITH_OIDC_HOME"] for call in agent.calls} == {"/nonexistent"}
    assert agent.run("login", "d", HOME=str(agent.stage), CLOUDSMITH_OIDC_HOME="/planted").status == 0
    assert agent.calls[-1].env["CLOUDSMITH_OIDC_HOME"] == str(agent.stage)


def test_a_temporary_directory_of_the_build_is_not_used(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    mktemp = " ".join(agent.tools["mktemp"])
    agent.script("mktemp", f'echo "$*" >>{agent.stage}/temporary; exec {mktemp} "$@"')
    assert agent.run("login", "d", TMPDIR=str(agent.workspace)).status == 0
    assert str(agent.workspace) not in (agent.stage / "temporary").read_text()


def test_a_context_left_in_the_logins_docker_directory_gets_nothing(agent: Agent) -> None:
    """The shape of freestyle jobs: `. D/activate`, then login again. There is no WORKSPACE that would tell of D."""
    agent.has("docker")
    agent.env.pop("WORKSPACE")
    for directory in ("d", str(agent.workspace / "d"), f"{agent.workspace}//d/."):
        docker = agent.workspace / "d/docker"
        for value in (str(docker), f"{agent.workspace}/./d//docker"):
            assert agent.run("login", directory, DOCKER_CONFIG=value).status == 0
            (docker / "contexts").mkdir(exist_ok=True)
    assert [call.env for call in agent.calls if "DOCKER_CONFIG" in call.env] == []


def test_what_cannot_be_unset_does_not_matter(agent: Agent) -> None:
    """Bash exports some names of its own when the environment has them, and lets nobody unset them."""
    agent.has("cloudsmith-oidc")
    result = agent.run(
        "login", "d", SHELLOPTS="braceexpand:noclobber", BASHOPTS="cmdhist", BASH_VERSINFO="1", UID=str(os.getuid())
    )
    assert (result.status, result.err) == (0, "")
