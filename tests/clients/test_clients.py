"""Real clients, real registries: what login writes is all that a client needs, and without it nothing is to be had."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from program import Cli
from sandbox import Sandbox


@dataclass(frozen=True)
class Client:
    """A command that fetches from the repository `prod`, what has to be installed for it, and a sign of success.

    `registry` leads there without a login, for the client that nobody let in.
    """

    format: str
    program: str
    command: list[str]
    fetched: Callable[[Path, str], bool]
    registry: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


PIP = [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", "--target", "."]
CLIENTS = {
    "pip": Client(
        "pip",
        sys.executable,
        [*PIP, "acme-hello"],
        lambda folder, _: (folder / "acme_hello.py").exists(),
        ("--index-url", "https://dl.cloudsmith.io/basic/acme/prod/python/simple/"),
    ),
    "npm": Client(
        "npm",
        "npm",
        ["npm", "install", "--no-audit", "--no-fund", "@acme/hello", "acme-hello"],
        lambda folder, _: (folder / "node_modules/@acme/hello/package.json").exists(),
        ("--registry", "https://npm.cloudsmith.io/acme/prod/"),
        {"package.json": "{}"},
    ),
    "docker": Client(
        "docker",
        "docker",
        ["docker", "manifest", "inspect", "--insecure", "{docker}/prod/app:1"],
        lambda _, output: "application/vnd" in output,
    ),
}


class Job:
    """What a build does after the login, in a folder of its own."""

    def __init__(self, cli: Cli, folder: Path) -> None:
        self.cli = cli
        self.folder = folder
        folder.mkdir()

    def run(self, client: Client, *, logged_in: bool, **others: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.cli.sandbox.environment(), **others}
        environment["npm_config_cache"] = str(self.folder / "npm-cache")
        if logged_in:
            environment |= dict(line.split("=", 1) for line in self.cli.file("env").splitlines())
        for name, text in client.files.items():
            (self.folder / name).write_text(text)
        command = [word.format(docker=self.cli.sandbox.docker_host) for word in client.command]
        command += () if logged_in else client.registry
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)


def loopback_domains(sandbox: Sandbox) -> str:
    """The docker client takes no proxy and no CA from its caller: it finds the registry on a loopback port."""
    return f"docker=http://{sandbox.docker_host}"


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest, packages: Sandbox) -> Client:
    found = CLIENTS[request.param]
    if found.format in packages.missing:
        pytest.skip(packages.missing[found.format])
    if not shutil.which(found.program):
        pytest.skip(f"{found.program} is not installed")
    return found


def test_a_client_gets_its_package_after_the_login_and_only_then(client: Client, cli: Cli, tmp_path: Path) -> None:
    anonymous = Job(cli, tmp_path / "anonymous")
    refused = anonymous.run(client, logged_in=False)
    assert refused.returncode != 0
    assert not client.fetched(anonymous.folder, refused.stdout)

    assert cli.login(CLOUDSMITH_DOMAINS=loopback_domains(cli.sandbox)).code == 0

    job = Job(cli, tmp_path / "job")
    fetched = job.run(client, logged_in=True)
    assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    assert client.fetched(job.folder, fetched.stdout)


DOMAINS = {
    "of the workspace": "pip=dl.acme.com,npm=npm.acme.com",
    "of the repository": "pip:prod=dl-prod.acme.com,npm:prod=npm-prod.acme.com",
}


@pytest.mark.parametrize("domains", DOMAINS)
@pytest.mark.parametrize("client", ["pip", "npm"], indirect=True)
def test_custom_domains(client: Client, cli: Cli, tmp_path: Path, domains: str) -> None:
    assert cli.login(CLOUDSMITH_DOMAINS=DOMAINS[domains]).code == 0

    fetched = Job(cli, tmp_path / "job").run(client, logged_in=True)

    assert fetched.returncode == 0, fetched.stdout + fetched.stderr


@pytest.mark.parametrize("client", ["pip"], indirect=True)
def test_pip_finds_packages_of_every_repository(client: Client, cli: Cli, tmp_path: Path) -> None:
    assert cli.login(CLOUDSMITH_REPO="prod,dev").code == 0
    both = Client("pip", client.program, [*client.command, "acme-tools"], client.fetched)

    fetched = Job(cli, tmp_path / "job").run(both, logged_in=True)

    assert fetched.returncode == 0, fetched.stdout + fetched.stderr


@pytest.mark.parametrize("client", ["npm"], indirect=True)
def test_npm_asks_only_for_the_scope(client: Client, cli: Cli, tmp_path: Path) -> None:
    assert cli.login(CLOUDSMITH_NPM_SCOPE="@acme").code == 0
    command = [word for word in client.command if word != "acme-hello"]
    scoped = Client("npm", client.program, command, client.fetched, files=client.files)

    fetched = Job(cli, tmp_path / "job").run(scoped, logged_in=True)

    assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    assert {request.path for request in cli.sandbox.requests if request.endpoint == "npm"} <= {
        "/acme/prod/@acme%2fhello",
        "/acme/prod/@acme/hello/-/hello-1.0.0.tgz",
    }


@pytest.mark.parametrize("client", ["docker"], indirect=True)
def test_docker_logs_in_pulls_and_pushes_without_a_password(
    client: Client, cli: Cli, tmp_path: Path, engine: dict[str, str]
) -> None:
    assert cli.login(CLOUDSMITH_DOMAINS=loopback_domains(cli.sandbox)).code == 0
    image = f"{cli.sandbox.docker_host}/prod/app"
    steps = "docker login {docker} && docker pull I:1 && docker tag I:1 I:2 && docker push I:2".replace("I", image)
    clean_up = f"docker rmi --force {image}:1 {image}:2"
    every_step = Client("docker", client.program, ["sh", "-c", f"{steps}; s=$?; {clean_up}; exit $s"], client.fetched)
    pull = Client("docker", client.program, ["docker", "pull", f"{image}:1"], client.fetched)

    anonymous = Job(cli, tmp_path / "anonymous").run(pull, logged_in=False, **engine)
    result = Job(cli, tmp_path / "job").run(every_step, logged_in=True, **engine)

    assert anonymous.returncode != 0
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Login Succeeded" in result.stdout
