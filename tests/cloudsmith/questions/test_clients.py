"""Real clients read and publish at the vendor's hosts, with a login as a pipeline has it."""

import dataclasses
import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import cast

import certifi
import httpx
import pytest

import needs
from clients.client import Client, clients
from clients.job import Jobs, masked
from cloudsmith.belief import CLIENTS, OWN
from cloudsmith.questions.conftest import Settle
from cloudsmith.seeds import NAME, VERSION, seeds
from cloudsmith.workspace import SECONDS, Workspace, soon, ways
from program import Cli
from sandbox import CA_VARIABLES, Sandbox
from sandbox.issuer import Issuer

REACH = ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", *CA_VARIABLES)
"""What this machine may need to reach the Internet."""
RAW = "https://dl.cloudsmith.io/basic/acme/prod/raw/files/acme-hello.txt"
CONAN = "conan profile detect --exist-ok; conan install --deployer=full_deploy --requires=acme-conan/1.0.0"
CHART = "oci://helm.oci.cloudsmith.io/acme/prod/acme-helm-oci"
READ_HERE = {
    "cargo": ("sed -i s/acme-hello/acme-new/ Cargo.toml; cargo vendor", "vendor/acme-new/src/lib.rs"),
    "conan": (CONAN, "full_deploy/host/acme-conan"),
    "curl": (f"curl --silent --show-error --fail --location --output raw {RAW}", "raw"),
    "helm-oci": (f"helm pull {CHART} --version 1.0.0", "acme-helm-oci-1.0.0.tgz"),
    "huggingface": ("hf download acme/acme-huggingface --local-dir hello", "hello/config.json"),
    "oras": ("oras copy --to-oci-layout docker.cloudsmith.io/acme/prod/acme-oras:1 app:1", "app/blobs/sha256/*"),
}
"""What clients read here (`read` and `got` of `Client`), where it is not what they read in the sandbox."""


class World:
    """What `Cli` and `Jobs` ask of a sandbox."""

    def __init__(self, workspace: Workspace, service: str, issuer: Issuer, state: Path) -> None:
        self.org, self.service, self.mint, self.state = workspace.org, service, issuer.mint, state
        self.variables = {name: os.environ[name] for name in REACH if name in os.environ}
        self.variables["CLOUDSMITH_API_HOST"] = workspace.api_host

    @property
    def proxy_url(self) -> str:
        """The proxy that this machine needs, "" if it needs none."""
        return self.variables.get("HTTPS_PROXY", "")

    @property
    def ca_file(self) -> str:
        """The certificates that this machine trusts."""
        return os.environ.get("SSL_CERT_FILE") or certifi.where()

    def environment(self) -> dict[str, str]:
        """Return the variables with which programs reach Cloudsmith."""
        return dict(self.variables)


def adapted(name: str, org: str, repo: str) -> Client:
    """Return a client whose scripts name this repository."""
    client = clients()[name]
    if name in READ_HERE:
        read, got = READ_HERE[name]
        client = dataclasses.replace(client, read=read, got=got)

    def here(text: str) -> str:
        return text.replace("acme/prod", f"{org}/{repo}").replace("cloudsmith-oidc-prod", f"cloudsmith-oidc-{repo}")

    texts = {one.name: getattr(client, one.name) for one in dataclasses.fields(client)}
    replaced = {name: here(text) for name, text in texts.items() if isinstance(text, str)}
    files = {path: here(text) for path, text in client.files.items()}
    return dataclasses.replace(client, **replaced, files=files)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def seeded(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], None]:
    """Publish the packages of a kind that clients read, once."""
    done = set()

    def seed(kind: str, token: str) -> None:
        repo = f"{workspace.org}/{workspace.repo}"
        packages = [] if kind in done else seeds(kind, tmp_path_factory.mktemp(kind))
        answers = [
            httpx.request(
                one.method, one.url.format(repo=repo), headers=ways(token)[one.way], timeout=SECONDS, **one.body
            )
            for one in packages
        ]
        for one, answer in zip(packages, answers, strict=True):
            if one.package:
                about = {"package_file": answer.json()["identifier"], "name": NAME, "version": VERSION}
                workspace.post(one.package.format(repo=repo), about, {"X-Api-Key": token}).raise_for_status()
        statuses = [answer.status_code for answer in answers]
        for one in packages:
            found = workspace.found(one.read.format(repo=repo), token)
            assert found, f"{one.read} after {statuses}"  # Of a call in here, pytest would show the token.
        done.add(kind)

    return seed


@pytest.mark.timeout(900)  # Cloudsmith may need minutes to index a package
@pytest.mark.parametrize("name", CLIENTS)
def test_client(
    workspace: Workspace,
    issuer: Issuer,
    settle: Settle,
    seeded: Callable[[str, str], None],
    tmp_path: Path,
    name: str,
) -> None:
    client, kind = adapted(name, workspace.org, workspace.repo), CLIENTS[name]
    needs.need(client.program)

    def log_in(service: str) -> Jobs:
        folder = tmp_path / service
        folder.mkdir()
        jobs = Jobs(client, Cli(cast("Sandbox", World(workspace, service, issuer, folder)), folder), folder)
        jobs.log_in(CLOUDSMITH_REPO=workspace.repo)
        return jobs

    def succeeds(jobs: Jobs, script: str, directory: str = "job") -> bool:
        ended = jobs.run(script, directory)
        print(masked(ended.output))  # noqa: T201 - pytest shows it if the test fails
        return ended.code == 0

    def reads() -> bool:
        directory = f"read-{next(numbers)}"
        return succeeds(reader, client.read, directory) and reader.got(directory)

    done, numbers = [], count()
    with workspace.provider(issuer, workspace.reader, workspace.publisher):
        publisher, reader = log_in(workspace.publisher), log_in(workspace.reader)
        if client.publish:
            done += ["publishes"] if succeeds(publisher, client.publish) else []
        if kind and client.read:
            if kind != OWN:
                seeded(kind, workspace.exchange(issuer.mint(), workspace.publisher).json()["token"])
            done += ["reads"] if soon(reads) else []
    settle(f"client-{name}", ", ".join(done) or "neither", f"{name} {reader.version()}")
