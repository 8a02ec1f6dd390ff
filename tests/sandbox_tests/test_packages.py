"""Real clients get packages with a token of the sandbox, and nothing without one."""

import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from clients.client import clients
from needs import lacking, need
from sandbox import Sandbox
from sandbox.registries import KINDS

DOORS = {
    "vendor": ("https://dl.cloudsmith.io/basic/acme/prod", "https://npm.cloudsmith.io/acme/prod"),
    "account": ("https://dl.acme.com/basic/prod", "https://npm.acme.com/prod"),
    "repository": ("https://dl-prod.acme.com/basic", "https://npm-prod.acme.com"),
}
IMAGES = ["docker.cloudsmith.io/acme/prod/app:1", "docker.acme.com/prod/app:1", "docker-prod.acme.com/app:1"]


def need_backend(packages: Sandbox, name: str) -> None:
    if name in packages.missing:
        pytest.skip(packages.missing[name])


def test_a_machine_that_lacks_all_programs_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    reasons = [
        *(kind.missing() for kind in KINDS.values()),
        *(lacking(client.program) for client in clients().values()),
    ]
    assert {reason.partition(":")[0] for reason in reasons if reason} == {"not installed"}


def run(packages: Sandbox, *command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    world = {**os.environ, **packages.environment(), **environment}
    return subprocess.run(command, env=world, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(params=["good token", "bad token"])
def token(request: pytest.FixtureRequest, packages: Sandbox) -> str:
    return packages.issue() if request.param == "good token" else "sesame"


def test_anonymous_and_expired_clients_are_challenged(sandbox: Sandbox, client: httpx.Client) -> None:
    old = sandbox.issue(issued_at=time.time() - 7201)
    for url in ["https://dl.cloudsmith.io/basic/acme/prod/python/simple/", "https://docker.cloudsmith.io/v2/"]:
        for auth in [None, ("token", old), ("someone", sandbox.issue())]:
            answer = client.get(url, auth=auth)
            assert (answer.status_code, answer.headers["WWW-Authenticate"][:5]) == (401, "Basic")
    bearer = {"Authorization": f"Bearer {sandbox.issue()}"}
    assert client.get("https://docker.cloudsmith.io/v2/", headers=bearer).status_code == 401
    assert client.get("https://docker.cloudsmith.io/v2/", auth=("token", sandbox.issue())).status_code == 200


@pytest.mark.parametrize("door", DOORS)
def test_pip_installs(packages: Sandbox, tmp_path: Path, door: str, token: str) -> None:
    need_backend(packages, "python")
    index = DOORS[door][0].replace("://", f"://token:{token}@") + "/python/simple/"
    pip = [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--target", str(tmp_path)]
    result = run(packages, *pip, "--index-url", index, "acme-hello", folder=tmp_path)
    good = token != "sesame"
    assert (result.returncode == 0) == good, result.stderr
    assert (tmp_path / "acme_hello.py").exists() == good


def test_each_repository_has_its_own_packages(packages: Sandbox, client: httpx.Client) -> None:
    need_backend(packages, "python")
    auth = ("token", packages.issue())
    statuses = {
        (repo, name): client.get(
            f"https://dl.cloudsmith.io/basic/acme/{repo}/python/simple/{name}/", auth=auth
        ).status_code
        for repo in ("prod", "dev", "other")
        for name in ("acme-hello", "acme-tools")
    }
    assert [found for found, status in statuses.items() if status == 200] == [
        ("prod", "acme-hello"),
        ("dev", "acme-tools"),
    ]


PRIVILEGES: dict[str, tuple[list[dict[str, str]], bool]] = {
    "none": ([], False),
    "another's": ([{"privilege": "Admin", "service": "ci-writer"}], False),
    "a user's of that name": ([{"privilege": "Admin", "user": "ci-reader"}], False),
    "its own": ([{"privilege": "Read", "service": "ci-reader"}], True),
    "more than needed": ([{"privilege": "Write", "service": "ci-reader"}], True),
    "its team's": ([{"privilege": "Read", "team": "ci"}], True),
}


@pytest.mark.parametrize("case", PRIVILEGES)
def test_a_repository_is_for_those_who_may_read_it(packages: Sandbox, client: httpx.Client, case: str) -> None:
    need_backend(packages, "python")
    packages.add_service("ci-reader", teams=("ci",))
    packages.repository("prod").privileges, lets_in = PRIVILEGES[case]
    auth = ("token", packages.issue())
    statuses = [
        client.get(f"https://dl.cloudsmith.io/basic/acme/{repo}/python/simple/", auth=auth).status_code
        for repo in ("prod", "dev")
    ]
    assert statuses == [200 if lets_in else 403, 200]


@pytest.mark.parametrize("settings", [{"default_privilege": "Read"}, {"type": "Public"}])
def test_a_repository_may_be_for_everybody(packages: Sandbox, client: httpx.Client, settings: dict[str, str]) -> None:
    need_backend(packages, "python")
    repository = packages.repository("prod")
    repository.privileges = []
    for name, value in settings.items():
        setattr(repository, name, value)
    auth = ("token", packages.issue())
    assert client.get("https://dl.cloudsmith.io/basic/acme/prod/python/simple/", auth=auth).status_code == 200


@pytest.mark.parametrize("door", DOORS)
def test_npm_installs(packages: Sandbox, tmp_path: Path, door: str, token: str) -> None:
    need_backend(packages, "npm")
    registry = DOORS[door][1] + "/"
    settings = tmp_path / "npmrc"
    settings.write_text(f"registry={registry}\n{registry.removeprefix('https:')}:_authToken={token}\n")
    (tmp_path / "package.json").write_text("{}")
    npm = ["npm", "install", "@acme/hello", "acme-hello"]
    places = {"NPM_CONFIG_USERCONFIG": str(settings), "npm_config_cache": str(tmp_path / "cache")}
    result = run(packages, *npm, folder=tmp_path, **places)
    good = token != "sesame"
    assert (result.returncode == 0) == good, result.stderr
    assert (tmp_path / "node_modules/@acme/hello/index.js").exists() == good


@pytest.mark.parametrize("image", [*IMAGES, "{docker_host}/prod/app:1"])
def test_docker_sees_the_image(packages: Sandbox, tmp_path: Path, image: str, token: str) -> None:
    need_backend(packages, "docker")
    need("docker")
    image = image.format(docker_host=packages.host("docker"))
    auth = base64.b64encode(f"token:{token}".encode()).decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {image.split("/")[0]: {"auth": auth}}}))
    docker = ["docker", "manifest", "inspect", "--insecure", image]
    result = run(packages, *docker, folder=tmp_path, DOCKER_CONFIG=str(tmp_path))
    assert (result.returncode == 0) == (token != "sesame"), result.stderr
