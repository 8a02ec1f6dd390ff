"""docs/reader-and-publisher.md: who can log in as which service account, and what that can do. On the sandbox.

`tests/jenkins/test_reader_and_publisher.py` does the same on a real Jenkins.
"""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from clients.client import Client, clients
from clients.job import Jobs
from needs import need
from pages import example
from program import Cli
from sandbox import Issuer, Sandbox
from terraform.hcl import enter

PAGE = "reader-and-publisher.md"


@pytest.fixture
def world(sandbox: Sandbox) -> Sandbox:
    """Cloudsmith as the page sets it up."""
    enter(example(PAGE, "cloudsmith.tf"), sandbox)
    return sandbox


def bind(sandbox: Sandbox, credential: str, job: str) -> None:
    """Mint from now on as a build of a job does with a credential of the page."""
    folder = "release" if credential == "cloudsmith-publisher" else ""
    sandbox.issuer = sandbox.add_issuer(Issuer(folder=folder, credential_id=credential, job=job))


@pytest.mark.parametrize(
    ("service", "credential", "job", "refusal"),
    [
        ("ci-reader", "oidc-token-cred", "team/app/main", ""),
        ("ci-reader", "oidc-token-cred", "release/app", ""),
        ("ci-publisher", "cloudsmith-publisher", "release/app", ""),
        ("ci-publisher", "oidc-token-cred", "team/app/main", "ci-publisher is not linked"),
        ("ci-publisher", "oidc-token-cred", "release/app", "ci-publisher is not linked"),
        ("ci-publisher", "cloudsmith-publisher", "release/other", "claim sub is"),
        ("ci-reader", "cloudsmith-publisher", "release/app", "ci-reader is not linked"),
    ],
)
def test_login(world: Sandbox, cli: Cli, service: str, credential: str, job: str, refusal: str) -> None:
    bind(world, credential, job)

    result = cli.login(CLOUDSMITH_SERVICE_SLUG=service)

    assert (result.code == 0) == (not refusal)
    assert [bool(refusal in said) for said in world.cloudsmith.refusals] == [True] * bool(refusal)


@pytest.mark.parametrize(
    ("service", "credential", "published"),
    [("ci-publisher", "cloudsmith-publisher", True), ("ci-reader", "oidc-token-cred", False)],
)
def test_publishing(world: Sandbox, cli: Cli, tmp_path: Path, service: str, credential: str, published: bool) -> None:
    twine: Client = clients()["twine"]
    need(twine.program)
    bind(world, credential, "release/app")
    jobs = Jobs(twine, cli, tmp_path)
    jobs.log_in(CLOUDSMITH_SERVICE_SLUG=service)

    done = jobs.run(twine.publish)

    assert (done.code == 0) == published, done.output
    assert ("403 Forbidden" in done.output) != published


def test_texts_of_the_page_agree() -> None:
    """The credentials' IDs and audience are the same wherever the page names them."""
    [domain] = yaml.safe_load(example(PAGE, "jenkins.yaml"))["credentials"]["system"]["domainCredentials"]
    [reader] = [credential["idToken"] for credential in domain["credentials"]]
    command = shlex.split(example(PAGE, "credential.sh"))
    publisher = json.loads(command[-1].removeprefix("json="))["credentials"]
    pipeline = example(PAGE, "Jenkinsfile")

    assert reader["id"] == "oidc-token-cred", "the default of the step"
    assert re.findall(r"credentialsId: '([\w-]+)'", pipeline) == [publisher["id"]]
    assert reader["audience"] == publisher["audience"]
    assert re.findall(r"service: '([\w-]+)'", pipeline) == ["ci-reader", "ci-publisher"]
