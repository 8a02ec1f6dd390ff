"""The launcher chooses its own environment, and uses no program, certificate or setting that a build can write.

It cannot change what a shell does before its first line: LD_PRELOAD, BASH_ENV, and functions in the environment.
"""

import os
from pathlib import Path

import pytest

from cloudsmith_oidc import __version__
from cloudsmith_oidc.http import CA_VARIABLES
from launcher.agent import IN_EVERY_SHELL, SET, TOOLS, Agent

PLANTED = ("cloudsmith-oidc", "docker", "podman", *TOOLS)


def plant(agent: Agent, folder: Path) -> Path:
    """Put programs that a build might leave into a folder. Each makes a note when it runs."""
    folder.mkdir(parents=True)
    for name in PLANTED:
        (folder / name).write_text(f"#!/bin/sh\necho {name} >>{agent.stage}/planted\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    "entry",
    [
        *("$workspace/bin", "$workspace", "$tmp/bin", "bin", "./bin", "", ".", "$workspace/../workspace/bin"),
        *("$link_to_workspace", "$link_to_tmp"),
    ],
)
def test_no_program_of_the_workspace_runs(agent: Agent, entry: str) -> None:
    agent.has("docker")
    workspace_tmp = Path(f"{agent.workspace}@tmp")
    for name, folder in {"workspace": agent.workspace, "tmp": workspace_tmp}.items():
        plant(agent, folder / "bin")
        link = agent.stage / f"link_to_{name}"
        link.symlink_to(folder / "bin")
        entry = entry.replace(f"$link_to_{name}", str(link)).replace(f"${name}", str(folder))
    for name in PLANTED:
        (agent.workspace / name).symlink_to(f"bin/{name}")
    path = f"{entry}:{agent.bin}:{entry}"
    for arguments in (["login", "d"], ["login", "d"], ["explain"], ["logout", "d"]):
        assert agent.run(*arguments, PATH=path).status == 0
    assert not (agent.stage / "planted").exists()
    assert {call.env["PATH"] for call in agent.calls} == {str(agent.bin)}


@pytest.mark.parametrize("agent", ["dash", "bash"], indirect=True)
def test_links_on_path_are_resolved_for_children(agent: Agent) -> None:
    """A link in the workspace counts as a place in it, as a build can change where it leads to."""
    agent.has("cloudsmith-oidc")
    (agent.stage / "link").symlink_to(agent.bin)
    for folder in (agent.workspace, Path(f"{agent.workspace}@tmp")):
        folder.mkdir(exist_ok=True)
        (folder / "link").symlink_to(agent.bin)
    beside = agent.stage / "workspace"
    beside.symlink_to(agent.workspace)
    for name, target in {"late": "late", "slashes": "/bin"}.items():
        (agent.stage / name).symlink_to(f"/{agent.workspace}/{target}")
    (agent.workspace / "bin").mkdir()
    path = ":".join(
        [
            *(f"{top}/link" for top in (agent.workspace, beside, f"{agent.workspace}@tmp", agent.stage)),
            *(f"{agent.stage}/late", f"{agent.stage}/slashes", f"/{agent.workspace}/bin"),
        ]
    )
    for workspace in (agent.workspace, f"{agent.workspace}/", f"/{agent.workspace}", beside):
        places = {"WORKSPACE": str(workspace), "WORKSPACE_TMP": f"{agent.workspace}@tmp"}
        assert agent.run("login", "d", PATH=path, **places).status == 0
    assert {call.env["PATH"] for call in agent.calls} == {str(agent.bin)}


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


@IN_EVERY_SHELL
def test_of_the_environment_only_what_is_on_the_list_comes_through(agent: Agent) -> None:
    agent.has("docker")
    agent.watches_tools()
    known = {"CLOUDSMITH_ORG": "acme", "HTTPS_PROXY": "http://user:password@proxy", "JENKINS_NODE_COOKIE": "cookie"}
    assert agent.run("login", "d", **HOSTILE, **known).status == 0
    assert agent.files("d") == SET
    expected = {name: value for name, value in (agent.env | known).items() if name != "CLOUDSMITH_OIDC_TOKEN"}
    expected |= {"CLOUDSMITH_OIDC_HOME": "/nonexistent", "CLOUDSMITH_OIDC_LAUNCHER": __version__}
    for call in agent.calls:
        assert "planted" not in call.env.pop("CLOUDSMITH_OIDC_AROUND"), "it has names, and no values"
        assert {name: value for name, value in call.env.items() if name not in OF_THE_SHELLS} == expected
    assert "planted" not in agent.tool_calls
    assert agent.run_call.stdin == f"{agent.token}\n"


def places(agent: Agent) -> list[str]:
    """Paths of a folder and a file in the workspace and its @tmp: plain, relative, with dots, and through a link."""
    link = agent.stage / "link"
    inside, beside = agent.workspace / "settings", Path(f"{agent.workspace}@tmp")
    for folder in (inside, beside):
        folder.mkdir()
        (folder / "file").touch()
    link.symlink_to(inside)
    (agent.stage / "file").symlink_to(beside / "file")
    folders = [str(inside), str(link), str(beside), "settings", f"{agent.stage}/../workspace/settings"]
    return [*folders, *(f"{folder}/file" for folder in [*folders, agent.stage])]


@pytest.mark.parametrize(
    "name",
    ["HOME", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "REGISTRY_AUTH_FILE"],
)
def test_an_engine_is_not_led_to_what_a_build_can_write(agent: Agent, name: str) -> None:
    """Otherwise a build that leaves a context there would get the ID token of the next login."""
    agent.has("docker")
    for value in places(agent):
        assert agent.run("login", "d", **{name: value}, CLOUDSMITH_OIDC_HOME="/planted").status == 0
    assert [call.env for call in agent.calls if name in call.env] == []
    assert {call.env["CLOUDSMITH_OIDC_HOME"] for call in agent.calls} == {"/nonexistent"}
    for value in (str(agent.stage), "/none"):
        assert agent.run("login", "d", **{name: value}).status == 0
        assert agent.calls[-1].env[name] == value
        assert agent.calls[-1].env["CLOUDSMITH_OIDC_HOME"] == (value if name == "HOME" else "/nonexistent")


@pytest.mark.parametrize("runtime", ["cloudsmith-oidc", "docker"])
@pytest.mark.parametrize("name", CA_VARIABLES)
def test_a_build_cannot_choose_certificates(agent: Agent, name: str, runtime: str) -> None:
    """Otherwise the program would send the ID token to any server that the build trusts."""
    agent.has(runtime)
    certificate = "-----BEGIN CERTIFICATE-----\nplanted\n-----END CERTIFICATE-----\n"
    for value in places(agent):
        if Path(value).is_file():
            Path(value).write_text(certificate)
        assert agent.run("login", "d", **{name: value}).status == 0
    assert [call.env for call in agent.calls if name in call.env] == []
    assert {call.stdin for call in agent.calls if call.stdin} == {f"{agent.token}\n"}
    own = agent.tmp / "ca.pem"
    own.write_text(certificate)
    assert agent.run("login", "d", **{name: str(own)}).status == 0
    assert agent.calls[-1].env[name] == str(own)
    sent = certificate if runtime == "docker" and name != "SSL_CERT_DIR" else ""
    assert agent.calls[-1].stdin == f"{agent.token}\n{sent}"


def test_a_temporary_directory_of_the_build_is_not_used(agent: Agent) -> None:
    agent.has("cloudsmith-oidc")
    mktemp = " ".join(agent.tools["mktemp"])
    agent.script("mktemp", f'echo "$*" >>{agent.stage}/temporary; exec {mktemp} "$@"')
    assert agent.run("login", "d", TMPDIR=str(agent.workspace)).status == 0
    assert str(agent.workspace) not in (agent.stage / "temporary").read_text()


def test_a_context_left_in_the_logins_docker_directory_gets_nothing(agent: Agent) -> None:
    """In freestyle jobs: `. D/activate`, then log in again, there or elsewhere. D is not in a known WORKSPACE."""
    agent.has("docker")
    agent.env.pop("WORKSPACE")
    for directory in ("d", str(agent.workspace / "d"), f"{agent.workspace}//d/.", "other"):
        docker = agent.workspace / "d/docker"
        for value in (str(docker), f"{agent.workspace}/./d//docker"):
            assert agent.run("login", directory, DOCKER_CONFIG=value).status == 0
            (docker / "contexts").mkdir(exist_ok=True)
    assert [call.env for call in agent.calls if "DOCKER_CONFIG" in call.env] == []


@IN_EVERY_SHELL
def test_variables_that_cannot_be_unset_do_no_harm(agent: Agent) -> None:
    """Bash exports some names of its own when the environment has them, and does not unset them."""
    agent.has("cloudsmith-oidc")
    result = agent.run(
        "login", "d", SHELLOPTS="braceexpand:noclobber", BASHOPTS="cmdhist", BASH_VERSINFO="1", UID=str(os.getuid())
    )
    assert (result.status, result.err) == (0, "")
