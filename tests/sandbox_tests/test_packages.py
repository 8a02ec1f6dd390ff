"""The package hosts serve those who have a token of the sandbox and may read the repository, and nobody else."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from clients.client import clients
from needs import installation, lacking
from sandbox import Sandbox
from sandbox.registries import KINDS

PYTHON = "https://dl.cloudsmith.io/basic/acme/{}/python/simple/"


@pytest.fixture
def status(packages: Sandbox, client: httpx.Client) -> Callable[[str], int]:
    """Return the status of the answer to a service account that asks for a page."""
    return lambda url: client.get(url, auth=("token", packages.issue())).status_code


def test_one_line_installs_all_that_a_bare_machine_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("needs.INSTALLED", Path("/nowhere"))
    programs = [program for kind in KINDS.values() for program in kind.programs]

    packages, installed = installation([lacking(*programs, *(one.program for one in clients().values()))]).split(" && ")

    assert {"docker-registry", "npm", "ruby", "gnupg"} < set(packages.removeprefix("apt-get install ").split())
    assert {"helm", "yarn1", "conan-server"} < set(installed.removeprefix("sh tests/clients/install.sh ").split())


def test_anonymous_and_expired_clients_are_challenged(sandbox: Sandbox, client: httpx.Client) -> None:
    old = sandbox.issue(issued_at=time.time() - 7201)
    url = PYTHON.format("prod")
    for auth in [None, ("token", old), ("someone", sandbox.issue())]:
        answer = client.get(url, auth=auth)
        assert (answer.status_code, answer.headers["WWW-Authenticate"][:5]) == (401, "Basic")
    assert client.get(url, headers={"Authorization": f"Bearer {sandbox.issue()}"}).status_code == 401


def test_each_repository_has_its_own_packages(status: Callable[[str], int]) -> None:
    found = [
        (repo, name)
        for repo in ("prod", "dev", "other")
        for name in ("acme-hello", "acme-tools")
        if status(f"{PYTHON.format(repo)}{name}/") == 200
    ]
    assert found == [("prod", "acme-hello"), ("dev", "acme-tools")]


PRIVILEGES: dict[str, tuple[list[dict[str, str]], bool]] = {
    "none": ([], False),
    "another's": ([{"privilege": "Admin", "service": "ci-writer"}], False),
    "a user's of that name": ([{"privilege": "Admin", "user": "ci-reader"}], False),
    "its own": ([{"privilege": "Read", "service": "ci-reader"}], True),
    "more than needed": ([{"privilege": "Write", "service": "ci-reader"}], True),
    "its team's": ([{"privilege": "Read", "team": "ci"}], True),
}


@pytest.mark.parametrize("case", PRIVILEGES)
def test_repository_is_for_those_who_may_read_it(packages: Sandbox, status: Callable[[str], int], case: str) -> None:
    packages.add_service("ci-reader", teams=("ci",))
    packages.repository("prod").privileges, may = PRIVILEGES[case]
    assert [status(PYTHON.format(repo)) for repo in ("prod", "dev")] == [200 if may else 403, 200]


def test_reader_cannot_publish(sandbox: Sandbox, client: httpx.Client) -> None:
    url, login = "https://upload.cloudsmith.io/acme/prod/new.txt", ("token", sandbox.issue())
    sandbox.repository("prod").privileges = [{"privilege": "Read", "service": "ci-reader"}]
    refused = client.put(url, content=b"new", auth=login)
    assert (refused.status_code, client.get(url, auth=login).status_code) == (403, 404)
    assert refused.json() == {"error": "You do not have permission to perform this action."}
    sandbox.repository("prod").privileges = [{"privilege": "Write", "service": "ci-reader"}]
    assert client.put(url, content=b"new", auth=login).status_code == 201
    assert client.get(url, auth=login).status_code == 200


@pytest.mark.parametrize(("setting", "value"), [("default_privilege", "Read"), ("type", "Public")])
def test_repository_may_be_for_everybody(
    packages: Sandbox, status: Callable[[str], int], setting: str, value: str
) -> None:
    packages.repository("prod").privileges = []
    setattr(packages.repository("prod"), setting, value)
    assert status(PYTHON.format("prod")) == 200
