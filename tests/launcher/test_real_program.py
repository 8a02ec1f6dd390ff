"""The launcher with the real program in the sandbox's world: as the command on PATH, and as a real container."""

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

from cloudsmith_oidc import __version__, formats
from launcher.agent import Agent
from launcher.fixtures import Ready
from sandbox import Sandbox, faults


def of_version(agent: Agent, version: str, folder: Path) -> Agent:
    """Give the agent the launcher of another version of the library."""
    launcher = re.sub(r"(?m)^version=.*", f"version={version}", agent.launcher.read_text())
    agent.launcher = folder / "launcher"
    agent.launcher.write_text(launcher)
    return agent


RUNTIMES = pytest.mark.parametrize("runtime", ["local", "docker"])


@RUNTIMES
def test_login_and_logout(on: Ready, runtime: str) -> None:
    agent = on(runtime)
    result = agent.run("login", "d")
    files = agent.files("d")
    assert (result.status, result.out) == (0, files["env"])
    assert files.keys() >= {"env", "activate", "login.json", "pip.conf", ".npmrc", "docker/config.json"}
    assert set(json.loads(files["login.json"])["files"]) == files.keys()
    assert f"PIP_CONFIG_FILE={agent.workspace}/d/pip.conf\n" in files["env"]
    assert [mode for mode in agent.tree().values() if mode not in {"600", "700"}] == []
    assert agent.run("logout", "d").status == 0
    assert agent.tree() == {}


@RUNTIMES
def test_configuration_of_the_user_is_kept_and_logins_only_if_they_are_inherited(
    on: Ready, tmp_path: Path, runtime: str
) -> None:
    agent = on(runtime)
    home = tmp_path / "the user's home"
    (home / ".docker").mkdir(parents=True)
    auths = {"example.com": {"auth": "b3duOm93bg=="}}
    (home / ".docker/config.json").write_text(json.dumps({"auths": auths, "psFormat": "x"}))
    (home / ".netrc").write_text("machine example.com login me password own\n")
    for inherit in (False, True):
        told = {"CLOUDSMITH_INHERIT": str(inherit).lower(), "HOME": str(home), "DOCKER_CONFIG": ""}
        result = agent.run("login", "d", **told)
        files = agent.files("d")
        config = json.loads(files["docker/config.json"])
        assert (result.status, config["psFormat"]) == (0, "x"), result.err
        assert config["cliPluginsExtraDirs"] == [f"{home}/.docker/cli-plugins"]
        assert (auths.items() <= config["auths"].items(), "password own" in files["netrc"]) == (inherit, inherit)


def test_launcher_writes_all_formats_and_25_contexts(on: Ready, tmp_path: Path) -> None:
    agent = on("local")
    home = tmp_path / "home"
    for number in range(30):
        path = home / f".docker/contexts/meta/{number:064x}/meta.json"
        path.parent.mkdir(parents=True)
        path.write_text("{}")
    # Go wants https, which the sandbox's world is without.
    names = ",".join(name for name in formats.names() if name not in {"go", "maven"})
    told = {"CLOUDSMITH_INHERIT": "true", "HOME": str(home), "CLOUDSMITH_FORMATS": names}
    result = agent.run("login", "d", **told)
    assert result.status == 0, result.err
    assert len([path for path in agent.files("d") if path.startswith("docker/contexts/")]) == 25


@RUNTIMES
def test_program_of_another_version_does_nothing(on: Ready, sandbox: Sandbox, tmp_path: Path, runtime: str) -> None:
    agent = of_version(on(runtime), "9.8.7", tmp_path)

    for command in (["login", "d"], ["explain"], ["login", "d", "--option-of-9.8.7"]):
        result = agent.run(*command)

        assert result.status == 2
        assert result.err == (
            f"cloudsmith-oidc: error: this program is {__version__} and the library '9.8.7': they do not fit. "
            "Use the image or the command of the library's version\n"
        )
    assert (agent.tree(), sandbox.requests) == ({}, [])


@RUNTIMES
def test_program_whose_version_differs_in_the_last_number_works(on: Ready, tmp_path: Path, runtime: str) -> None:
    agent = of_version(on(runtime), f"{__version__.rpartition('.')[0]}.987", tmp_path)

    assert agent.run("login", "d").status == 0


@RUNTIMES
def test_explain(on: Ready, runtime: str) -> None:
    result = on(runtime).run("explain", "--json", CLOUDSMITH_OIDC_TOKEN="no token")
    assert result.status == 3
    assert "token-malformed" in [finding["code"] for finding in json.loads(result.out)["findings"]]


@RUNTIMES
def test_explain_writes_the_page(on: Ready, runtime: str) -> None:
    agent = on(runtime)

    result = agent.run("explain", CLOUDSMITH_OIDC_TOKEN="no token", CLOUDSMITH_OIDC_HTML="reports/login.html")

    assert (result.status, result.out) == (3, "")
    assert "Likely cause: token-malformed" in result.err
    assert agent.files("reports")["login.html"].startswith("<!DOCTYPE html>")
    assert agent.tree() == {"workspace/reports": "755", "workspace/reports/login.html": "644"}


@RUNTIMES
def test_abort_while_the_exchange_hangs_leaves_nothing(on: Ready, sandbox: Sandbox, runtime: str) -> None:
    agent = on(runtime)
    sandbox.faults.always("exchange", faults.hang())
    launcher = agent.start("login", "d")
    sandbox.wait_for_request("exchange")
    launcher.terminate()
    launcher.communicate(timeout=60)
    assert launcher.returncode == 128 + signal.SIGTERM
    assert agent.tree() == {}
    assert runtime == "local" or agent.containers == []


def test_error_of_the_engine_is_reported(on: Ready) -> None:
    agent = on("docker")
    result = agent.run("login", "d", CLOUDSMITH_OIDC_NETWORK="no-such-network")
    assert result.status == 2
    assert result.err.splitlines()[-1].startswith("cloudsmith-oidc: docker cannot run the image")
    assert agent.tree() == {}
    assert agent.containers == []


@pytest.mark.parametrize(
    ("path", "status", "line"),
    [
        (None, 3, "there is no ID token"),
        ("PATH=/usr/bin:/bin", 2, "docs/troubleshooting.md#nothing-can-run-the-program"),
    ],
    ids=["with the command", "without it"],
)
def test_inside_a_container(image: str, launcher: Path, path: str | None, status: int, line: str) -> None:
    """The image has what the launcher needs, as in container('...') of a Kubernetes agent."""
    settings = [f"CLOUDSMITH_{name}=acme" for name in ("ORG", "SERVICE_SLUG", "REPO")]
    options = [word for setting in [*settings, *filter(None, [path])] for word in ("--env", setting)]
    result = subprocess.run(
        ["docker", "run", "--rm", "-i", *options, "--entrypoint", "sh", image, "-s", "login", "/tmp/d"],
        input=launcher.read_text(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (status, "")
    assert line in result.stderr.splitlines()[-1]
