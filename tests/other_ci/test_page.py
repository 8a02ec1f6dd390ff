"""The jobs of docs/other-ci.md, as they are, with the tokens of each CI system."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from explain.test_issuers import CIRCLECI, CIRCLECI_V2, GITHUB, GITLAB, issued_by
from leaks.needles import found
from needs import need
from pages import DOCS, example
from sandbox import Answer, Request, Sandbox
from sandbox.clock import Clock
from sandbox.faults import json_answer
from sandbox.network import Route

PAGE = "other-ci.md"
AUDIENCE = "https://cloudsmith.io"
Definition = dict[Any, Any]


@dataclass(frozen=True)
class Job:
    """A job as its system runs it: what is set, and the shell with the texts that it gets, the last one always."""

    environment: Mapping[str, str]
    shell: list[str]
    scripts: list[str]


@dataclass(frozen=True)
class System:
    """A CI system: the claims of its tokens, how it reads a job, and how it hands over the token."""

    claims: dict[str, Any]
    job: Callable[[Definition], Job]
    hands_over: Callable[[Sandbox, str], dict[str, str]]


def circleci(definition: Definition) -> Job:
    assert definition["version"] == 2.1
    assert definition["workflows"]["main"]["jobs"] == ["build"]
    job = definition["jobs"]["build"]
    assert job["machine"]["image"]
    checkout, step = job["steps"]
    assert checkout == "checkout"
    # "Configuration reference": the default shell of a step, and what it does with a failing line.
    return Job(job["environment"], ["bash", "-eo", "pipefail", "-c"], [step["run"]["command"]])


def circleci_token(sandbox: Sandbox, token: str) -> dict[str, str]:
    return {"CIRCLE_OIDC_TOKEN": issued_by(sandbox, CIRCLECI), "CIRCLE_OIDC_TOKEN_V2": token}


def github(definition: Definition) -> Job:
    assert definition[True] == {"push": {"branches": ["main"]}}  # YAML 1.1 takes the word on for true
    job = definition["jobs"]["build"]
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    checkout, step = job["steps"]
    assert checkout["uses"].startswith("actions/checkout@")
    # "Workflow syntax": the shell of a step that names none.
    return Job(job["env"], ["bash", "-e", "-c"], [step["run"]])


@dataclass
class TokenService:
    """What gives a job of GitHub its ID tokens (github/docs, "OpenID Connect reference")."""

    token: str
    clock: Clock = field(default_factory=Clock)

    def route(self, request: Request) -> Route:
        return "github-token", lambda: self.answer(request)

    def answer(self, request: Request) -> Answer:
        if request.headers.get("Authorization") != "Bearer the request token":
            return json_answer({"message": "Bad credentials"}, 401)
        assert dict(request.query) == {"api-version": "2.0", "audience": AUDIENCE}
        return json_answer({"count": len(self.token), "value": self.token})


def github_token(sandbox: Sandbox, token: str) -> dict[str, str]:
    need("curl", "jq")
    sandbox.network.hosts["run.actions.example.com"] = TokenService(token)
    return {
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "the request token",
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://run.actions.example.com/1/idtoken?api-version=2.0",
    }


def gitlab(definition: Definition) -> Job:
    job = definition["build"]
    assert job["id_tokens"] == {"CLOUDSMITH_OIDC_TOKEN": {"aud": AUDIENCE}}
    lines = ["\n".join(job[part]) for part in ("script", "after_script")]
    return Job(job["variables"], ["bash", "-eo", "pipefail", "-c"], lines)


def gitlab_token(_sandbox: Sandbox, token: str) -> dict[str, str]:
    return {"CLOUDSMITH_OIDC_TOKEN": token, "CI_JOB_ID": "17"}


SYSTEMS = {
    "CircleCI": System(CIRCLECI_V2, circleci, circleci_token),
    "GitHub Actions": System(GITHUB | {"aud": AUDIENCE}, github, github_token),
    "GitLab": System(GITLAB, gitlab, gitlab_token),
}
ANOTHER_BRANCH: dict[str, dict[str, Any]] = {
    "CircleCI": {"oidc.circleci.com/vcs-ref": "refs/heads/other"},
    "GitHub Actions": {"ref": "refs/heads/other"},
    "GitLab": {"ref": "other", "ref_protected": "false"},
}


@dataclass
class Runner:
    """Runs the page's job of a system, for a token with these claims, in the sandbox."""

    launcher: Path
    folder: Path

    def run(
        self, sandbox: Sandbox, name: str, body: str = "", **claims: str
    ) -> tuple["subprocess.CompletedProcess[str]", list[str]]:
        system = SYSTEMS[name]
        job = system.job(yaml.safe_load(example(PAGE, name)))
        assert job.environment["CLOUDSMITH_OIDC_IMAGE"].startswith("registry.example.com/")
        need(job.shell[0])
        self.enter(sandbox, name)
        token = issued_by(sandbox, system.claims | claims)
        home, workspace, temporary = (self.folder / part for part in ("home", "work", "temp"))
        for directory in (home, workspace, temporary):
            directory.mkdir()
        shutil.copy(self.launcher, workspace / "cloudsmith-oidc.sh")
        environment = {
            **sandbox.environment(),
            # The command is on PATH, and stands for the container: tests/container runs that.
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(home),
            "RUNNER_TEMP": str(temporary),
            **job.environment,
            **system.hands_over(sandbox, token),
        }
        results = []
        for script in job.scripts:
            command = [*job.shell, re.sub("pip install.*", body, script) if body else script]
            results.append(
                subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, check=False)
            )
        said = "".join(result.stdout + result.stderr for result in results)
        secrets = [token, *sandbox.cloudsmith.issued]
        assert found(said, *secrets) == []
        left = [path.name for directory in (home, temporary) for path in directory.glob("cloudsmith*")]
        return results[0], left

    def enter(self, sandbox: Sandbox, name: str) -> None:
        """Enter the provider of the page's table in Cloudsmith."""
        (row,) = re.findall(rf"(?m)^\| {name} \| `([^`]+)` \| (.+) \|$", (DOCS / PAGE).read_text())
        sandbox.cloudsmith.providers.clear()
        sandbox.trust(row[0], dict(re.findall(r"`([^`]+)` = `([^`]+)`", row[1])))


@pytest.fixture
def runner(repository: Path, tmp_path: Path) -> Runner:
    return Runner(repository / "resources/cloudsmith/oidc/cloudsmith-oidc.sh", tmp_path)


@pytest.mark.parametrize("name", SYSTEMS)
def test_job_installs_a_package_and_leaves_no_login(packages: Sandbox, runner: Runner, name: str) -> None:
    result, left = runner.run(packages, name)

    assert result.returncode == 0, result.stderr
    assert (runner.folder / "work/packages/acme_hello.py").exists()
    assert left == []


@pytest.mark.parametrize("sub", ["repo:acme/app:ref:refs/heads/main", "repo:acme@12/app@34:ref:refs/heads/main"])
def test_old_and_new_repositories_of_github_are_authorized(sandbox: Sandbox, runner: Runner, sub: str) -> None:
    result, _ = runner.run(sandbox, "GitHub Actions", "true", sub=sub)

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", SYSTEMS)
def test_failing_job_leaves_no_login(sandbox: Sandbox, runner: Runner, name: str) -> None:
    result, left = runner.run(sandbox, name, 'ls "$PIP_CONFIG_FILE"; false')

    assert result.returncode == 1
    assert result.stdout.endswith("/pip.conf\n")
    assert left == []


@pytest.mark.parametrize("name", SYSTEMS)
def test_commands_of_the_job_do_not_have_the_id_token(sandbox: Sandbox, runner: Runner, name: str) -> None:
    result, _ = runner.run(sandbox, name, "env")

    assert result.returncode == 0, result.stderr
    assert "PIP_CONFIG_FILE=" in result.stdout
    assert not re.search(r"(?m)^\w*(OIDC_TOKEN|ID_TOKEN_REQUEST)\w*=", result.stdout)


@pytest.mark.parametrize("name", SYSTEMS)
def test_another_branch_is_refused_and_its_claims_are_printed(sandbox: Sandbox, runner: Runner, name: str) -> None:
    result, left = runner.run(sandbox, name, "echo logged in", **ANOTHER_BRANCH[name])

    assert result.returncode == 4
    assert "logged in" not in result.stdout
    assert set(ANOTHER_BRANCH[name].values()) <= set(re.findall(r"[\w:/]+", result.stderr)), result.stderr
    assert left == []
