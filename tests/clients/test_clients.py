"""Real clients, real registries: what login writes is all that a client needs, and without it nothing is to be had."""

import shutil
from pathlib import Path

import pytest

from jobs import CLIENTS, Client, Job, loopback_domains
from program import Cli
from sandbox import Sandbox


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
