"""docs/aws-and-google.md with the real clients: its credentials, policies, pipelines and programs, word for word."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from needs import INSTALLED, need
from pages import DOCS, example
from sandbox import Issuer, Sandbox, aws, google

PAGE = "aws-and-google.md"
TEXT = (DOCS / PAGE).read_text()
OTHER_JOB = "https://jenkins.example.com/job/team/job/app/job/other/"
OTHER_TEAM = "https://jenkins.example.com/job/other/job/app/job/main/"
DEEP = f"https://jenkins.example.com/job/team/{'job/folder/' * 10}"


@dataclass
class Build:
    """A build on an agent: it has the page's files in its workspace, and runs the page's pipelines."""

    sandbox: Sandbox
    folder: Path

    def __post_init__(self) -> None:
        self.workspace, self.temporary = self.folder / "workspace", self.folder / "workspace@tmp"
        self.workspace.mkdir()
        self.temporary.mkdir()
        for name in ("aws.py", "google_cloud.py", "google.json"):
            (self.workspace / name).write_text(example(PAGE, name))

    def credential(self, name: str) -> Issuer:
        """Bind the page's credential: Jenkins mints with its ID and its audience."""
        content = yaml.safe_load(example(PAGE, "credentials"))
        [domain] = content["credentials"]["system"]["domainCredentials"]
        files = [credential["idTokenFile"] for credential in domain["credentials"]]
        (audience,) = [file["audience"] for file in files if file["id"] == name]
        issuer = self.sandbox.issuer
        issuer.credential_id, issuer.audience = name, audience
        return issuer

    def run(self, pipeline: str, python: str, mint: Callable[[Issuer], str]) -> "subprocess.CompletedProcess[str]":
        """Run the one shell step of a pipeline of the page, with its credential bound and `python3` a client's."""
        need(python)
        text = example(PAGE, pipeline)
        (bound,) = re.findall(r"file\(credentialsId: '([\w-]+)', variable: '(\w+)'\)", text)
        (step,) = re.findall(r"(?s)sh ('''.*?'''|'[^']*')", text)
        variables = dict(re.findall(r"(?m)^ +([A-Z_]+) = ['\"](.*)['\"]$", text))
        token = mint(self.credential(bound[0]))
        secret = self.temporary / "id_token"
        secret.write_text(token)
        tools = self.folder / "bin"
        tools.mkdir(exist_ok=True)
        (tools / "python3").write_text(f'#!/bin/sh\nexec {INSTALLED / python} "$@"\n')
        (tools / "python3").chmod(0o755)
        environment = {
            **self.sandbox.environment(),
            "PATH": f"{tools}:/usr/bin:/bin",
            "HOME": str(self.folder),
            "AWS_CA_BUNDLE": str(self.sandbox.ca_file),
            **{name: value.replace("${WORKSPACE_TMP}", str(self.temporary)) for name, value in variables.items()},
            bound[1]: str(secret),
        }
        result = subprocess.run(
            ["sh", "-xe", "-c", step.strip("'")],
            cwd=self.workspace,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert token not in result.stdout + result.stderr
        return result


@pytest.fixture
def build(sandbox: Sandbox, tmp_path: Path) -> Build:
    return Build(sandbox, tmp_path)


@pytest.fixture
def account(build: Build) -> aws.Aws:
    """An AWS account as the page sets it up."""
    service = build.sandbox.network.hosts[aws.HOST] = aws.Aws(build.sandbox.verifier)
    (create,) = re.findall(r"(?m)^aws iam create-open-id-connect-provider (.*)$", TEXT)
    arguments = shlex.split(create)
    options = dict(zip(arguments[::2], arguments[1::2], strict=True))
    service.providers[options["--url"]] = [options["--client-id-list"]]
    (role,) = re.findall(r"(?m)^aws iam create-role --role-name (\S+)", TEXT)
    service.roles[f"arn:aws:iam::{service.account}:role/{role}"] = json.loads(example(PAGE, "trust.json"))
    return service


@pytest.fixture
def project(build: Build) -> google.Google:
    """A Google Cloud project as the page sets it up."""
    service = google.Google(build.sandbox.verifier)
    build.sandbox.network.hosts |= dict.fromkeys(google.HOSTS, service)
    commands = [shlex.split(line) for line in example(PAGE, "gcloud").replace("\\\n", " ").splitlines()]
    options = [dict(word[2:].split("=", 1) for word in words if word.startswith("--")) for words in commands]
    assert options[1]["attribute-mapping"] == "google.subject=assertion.sub"
    name = f"//iam.googleapis.com/projects/123456789012/locations/{options[1]['location']}"
    name += f"/workloadIdentityPools/{options[1]['workload-identity-pool']}/providers/{commands[1][5]}"
    service.providers[name] = google.Provider(options[1]["issuer-uri"], options[1]["attribute-condition"])
    service.members.add(options[2]["member"])
    return service


def in_aws(build: Build, mint: Callable[[Issuer], str]) -> "subprocess.CompletedProcess[str]":
    return build.run("AWS", "python-boto3", mint)


def in_google(build: Build, mint: Callable[[Issuer], str]) -> "subprocess.CompletedProcess[str]":
    return build.run("Google", "python-google-auth", mint)


@pytest.mark.parametrize("as_list", [True, False], ids=["aud is a list", "aud is a text"])
def test_aws_authorizes_the_job(build: Build, account: aws.Aws, as_list: bool) -> None:
    build.sandbox.issuer.audience_as_list = as_list

    result = in_aws(build, Issuer.mint)

    assert result.returncode == 0, (result.stderr, account.refusals)
    assert re.fullmatch(r"arn:aws:sts::123456789012:assumed-role/jenkins-app-main/[\w.-]+\n", result.stdout)


@pytest.mark.parametrize("as_list", [True, False], ids=["aud is a list", "aud is a text"])
def test_google_authorizes_the_job(build: Build, project: google.Google, as_list: bool) -> None:
    build.sandbox.issuer.audience_as_list = as_list

    result = in_google(build, Issuer.mint)

    assert result.returncode == 0, (result.stderr, project.refusals)
    assert result.stdout == "app.tar.gz\n"


def test_pattern_of_the_page_authorizes_the_folder_in_aws(build: Build, account: aws.Aws) -> None:
    (pattern,) = re.findall(r'put `sub` under `"StringLike"`.*?`(https://\S+\*)`', TEXT, re.DOTALL)
    [statement] = next(iter(account.roles.values()))["Statement"]
    del statement["Condition"]["StringEquals"]["jenkins.example.com/oidc:sub"]
    statement["Condition"]["StringLike"] = {"jenkins.example.com/oidc:sub": pattern}

    assert in_aws(build, lambda issuer: issuer.mint(sub=OTHER_JOB)).returncode == 0
    assert in_aws(build, lambda issuer: issuer.mint(sub=OTHER_TEAM)).returncode != 0


REFUSED: dict[str, tuple[Callable[[Issuer], str], str]] = {
    "another job": (lambda issuer: issuer.mint(sub=OTHER_JOB), ""),
    "another team": (lambda issuer: issuer.mint(sub=OTHER_TEAM), "does not authorize"),
    "a token for Cloudsmith": (lambda issuer: issuer.mint(aud=["https://cloudsmith.io"]), "audience|client IDs"),
}


@pytest.mark.parametrize("token", REFUSED)
def test_aws_refuses(build: Build, account: aws.Aws, token: str) -> None:
    mint, reason = REFUSED[token]

    result = in_aws(build, mint)

    assert result.returncode == 1
    assert re.search("AccessDenied|InvalidIdentityToken", result.stderr)
    assert re.search(reason, account.refusals[-1]), account.refusals


@pytest.mark.parametrize("token", REFUSED)
def test_google_refuses(build: Build, project: google.Google, token: str) -> None:
    mint, reason = REFUSED[token]

    result = in_google(build, mint)

    assert result.returncode == 1
    # Another job of the same folder gets a token of the pool, which nothing is bound to.
    assert re.search("403" if token == "another job" else "invalid_grant", result.stderr)
    assert re.search(reason, (project.refusals or [""])[-1]), project.refusals


def test_google_refuses_a_subject_that_is_too_long(build: Build, project: google.Google) -> None:
    assert in_google(build, lambda issuer: issuer.mint(sub=DEEP)).returncode == 1
    assert project.refusals == ["google.subject has more than 127 bytes"]
