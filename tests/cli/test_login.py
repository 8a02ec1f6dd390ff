"""What a login writes, and where its settings come from."""

import base64
import configparser
import json
import netrc
import os
import re
import shlex
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest

from program import Cli


def test_login_writes_the_three_clients_files_with_one_request(cli: Cli) -> None:
    result = cli.login()

    assert (result.code, result.stdout) == (0, b"")
    token = cli.issued_token()
    assert cli.sandbox.cloudsmith.service_of(token) == "ci-reader"
    pip = configparser.RawConfigParser()
    pip.read_string(cli.file("pip.conf"))
    assert pip["global"]["index-url"] == "https://dl.cloudsmith.io/basic/acme/prod/python/simple/"
    assert netrc.netrc(cli.directory / "netrc").hosts == dict.fromkeys(
        ["dl.cloudsmith.io", "npm.cloudsmith.io", "docker.cloudsmith.io", "helm.oci.cloudsmith.io"],
        ("token", "", token),
    )
    assert cli.file(".npmrc").splitlines() == [
        "registry=https://npm.cloudsmith.io/acme/prod/",
        f"//npm.cloudsmith.io/acme/prod/:_authToken={token}",
    ]
    auth = base64.b64encode(f"token:{token}".encode()).decode()
    assert json.loads(cli.file("docker/config.json"))["auths"] == {
        "docker.cloudsmith.io": {"auth": auth},
        "helm.oci.cloudsmith.io": {"auth": auth},
    }
    assert len(cli.sandbox.requests) == 1


def test_the_request_is_the_documented_one(cli: Cli) -> None:
    id_token = cli.sandbox.mint()

    cli.login(token=id_token)

    (request,) = cli.sandbox.exchange_requests
    assert (request.method, request.path) == ("POST", "/openid/acme/")
    assert json.loads(request.body) == {"oidc_token": id_token, "service_slug": "ci-reader"}
    assert "authorization" not in request.headers


def test_env_and_activate_lead_the_clients_to_the_files(cli: Cli) -> None:
    cli.directory = cli.directory.with_name("a login's $directory")

    assert cli.login().code == 0

    pointers = dict(line.split("=", 1) for line in cli.file("env").splitlines())
    assert pointers == {
        "PIP_CONFIG_FILE": f"{cli.directory}/pip.conf",
        "NPM_CONFIG_USERCONFIG": f"{cli.directory}/.npmrc",
        "DOCKER_CONFIG": f"{cli.directory}/docker",
        "REGISTRY_AUTH_FILE": f"{cli.directory}/docker/config.json",
        "HELM_REGISTRY_CONFIG": f"{cli.directory}/docker/config.json",
        "NETRC": f"{cli.directory}/netrc",
    }
    shell = f". {shlex.quote(str(cli.directory))}/activate && env"
    activated = subprocess.run(["sh", "-c", shell], env={}, capture_output=True, text=True, check=True).stdout
    assert {f"{name}={value}" for name, value in pointers.items()} <= set(activated.splitlines())


def test_login_json_is_an_audit_record_without_a_secret(cli: Cli) -> None:
    assert cli.login().code == 0

    record = json.loads(cli.file("login.json"))
    token = cli.issued_token()
    expires_at = jwt.decode(token, options={"verify_signature": False})["exp"]
    assert datetime.fromisoformat(record.pop("expires_at")) == datetime.fromtimestamp(expires_at, UTC)
    assert re.fullmatch("[0-9a-f]{12}", record.pop("fingerprint"))
    assert record == {
        "org": "acme",
        "service": "ci-reader",
        "formats": ["pip", "npm", "docker"],
        "files": ["pip.conf", ".npmrc", "docker/config.json", "netrc", "env", "activate", "login.json"],
        "iss": cli.sandbox.issuer.url,
        "sub": "https://jenkins.example.com/job/team/job/app/job/main/",
        "aud": ["https://cloudsmith.example.com"],
    }


def test_only_the_owner_can_read_the_files(cli: Cli) -> None:
    assert cli.login().code == 0

    modes = {
        str(path.relative_to(cli.directory.parent)): stat.S_IMODE(path.stat().st_mode)
        for path in [cli.directory, *cli.directory.rglob("*")]
    }
    assert {path: mode for path, mode in modes.items() if mode != 0o600} == {"login": 0o700, "login/docker": 0o700}


def test_without_a_repository_only_formats_that_need_none_are_configured(cli: Cli) -> None:
    assert cli.login(CLOUDSMITH_REPO=None).code == 0

    assert json.loads(cli.file("login.json"))["formats"] == ["docker"]


CUSTOM = "--domain=pip=dl.acme.com,npm=https://npm.acme.com/,docker=docker.acme.com:5000"
OWN = "--domain=pip:prod=dl-prod.acme.com,npm:prod=npm-prod.acme.com,docker:prod=docker-prod.acme.com"
LAYOUTS: dict[str, tuple[list[str], dict[str, str | list[str]]]] = {
    "several repositories: the first is the index": (
        ["--repo=prod", "--repo=dev"],
        {
            "pip.conf": "[global]\nindex-url = https://dl.cloudsmith.io/basic/acme/prod/python/simple/\n"
            "extra-index-url =\n    https://dl.cloudsmith.io/basic/acme/dev/python/simple/\n",
            ".npmrc": "registry=https://npm.cloudsmith.io/acme/prod/\n"
            "//npm.cloudsmith.io/acme/prod/:_authToken=T\n//npm.cloudsmith.io/acme/dev/:_authToken=T\n",
        },
    ),
    "npm scopes leave the default registry alone": (
        ["--npm-scope=@acme", "--npm-scope=@acme-tools"],
        {
            ".npmrc": "@acme:registry=https://npm.cloudsmith.io/acme/prod/\n"
            "@acme-tools:registry=https://npm.cloudsmith.io/acme/prod/\n//npm.cloudsmith.io/acme/prod/:_authToken=T\n"
        },
    ),
    "a custom domain of the workspace drops the workspace": (
        ["--repo=prod,dev", CUSTOM],
        {
            "pip.conf": "[global]\nindex-url = https://dl.acme.com/basic/prod/python/simple/\n"
            "extra-index-url =\n    https://dl.acme.com/basic/dev/python/simple/\n",
            ".npmrc": "registry=https://npm.acme.com/prod/\n"
            "//npm.acme.com/prod/:_authToken=T\n//npm.acme.com/dev/:_authToken=T\n",
            "docker/config.json": ["docker.acme.com:5000", "helm.oci.cloudsmith.io"],
        },
    ),
    "a custom domain of a repository drops both, and is that repository's only": (
        ["--repo=prod,dev", OWN],
        {
            "pip.conf": "[global]\nindex-url = https://dl-prod.acme.com/basic/python/simple/\n"
            "extra-index-url =\n    https://dl.cloudsmith.io/basic/acme/dev/python/simple/\n",
            ".npmrc": "registry=https://npm-prod.acme.com/\n"
            "//npm-prod.acme.com/:_authToken=T\n//npm.cloudsmith.io/acme/dev/:_authToken=T\n",
            "docker/config.json": ["docker.cloudsmith.io", "docker-prod.acme.com", "helm.oci.cloudsmith.io"],
        },
    ),
    "plain http to a loopback host": (
        ["--domain=pip=http://127.0.0.1:8000", "--domain=docker=http://127.0.0.1:5000"],
        {
            "pip.conf": "[global]\nindex-url = http://127.0.0.1:8000/basic/prod/python/simple/\n",
            "docker/config.json": ["127.0.0.1:5000", "helm.oci.cloudsmith.io"],
        },
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_where_the_packages_are(cli: Cli, layout: str) -> None:
    arguments, expected = LAYOUTS[layout]

    assert cli.login(*arguments).code == 0

    token = cli.issued_token()
    for name, content in expected.items():
        if isinstance(content, list):
            assert list(json.loads(cli.file(name))["auths"]) == content
        else:
            assert cli.file(name) == content.replace("=T", f"={token}")


def test_only_the_formats_asked_for_are_configured(cli: Cli) -> None:
    assert cli.login("--format", "npm").code == 0

    assert sorted(path.name for path in cli.directory.iterdir()) == [".npmrc", "activate", "env", "login.json"]


@dataclass(frozen=True)
class Source:
    """How the ID token is handed over; `T` stands for it, and `F` for a file that holds it."""

    arguments: list[str] = field(default_factory=list)
    stdin: str = ""
    environment: dict[str, str] = field(default_factory=dict)


SOURCES = {
    "standard input": Source(["--token-stdin"], "T\n"),
    "standard input before the variable": Source(["--token-stdin"], "T", {"CLOUDSMITH_OIDC_TOKEN": "ignored"}),
    "a file": Source(["--token-file", "F"]),
    "the variable": Source(environment={"CLOUDSMITH_OIDC_TOKEN": "T"}),
    "the vendor guide's variable": Source(environment={"OIDC_TOKEN": "T"}),
}


@pytest.mark.parametrize("source", SOURCES)
def test_the_id_token_comes_from(cli: Cli, source: str, tmp_path: Path) -> None:
    given, token, file = SOURCES[source], cli.sandbox.mint(), tmp_path / "id-token"
    file.write_text(token + "\n")
    arguments = [str(file) if argument == "F" else argument for argument in given.arguments]
    environment: dict[str, str | None] = {"CLOUDSMITH_OIDC_TOKEN": None}
    environment |= {name: token if value == "T" else value for name, value in given.environment.items()}

    result = cli.run(
        "login", "--output", str(cli.directory), *arguments, stdin=given.stdin.replace("T", token), **environment
    )

    assert result.code == 0, result.stderr


def test_a_ca_bundle_can_follow_the_token_on_standard_input(cli: Cli) -> None:
    stdin = cli.sandbox.mint() + "\n" + cli.sandbox.ca_file.read_text()

    result = cli.run("login", "--output", str(cli.directory), "--token-stdin", stdin=stdin, SSL_CERT_FILE=None)

    assert result.code == 0, result.stderr


def test_flags_come_before_variables_and_variables_have_the_vendors_aliases(cli: Cli) -> None:
    result = cli.login(
        "--service",
        "ci-reader",
        CLOUDSMITH_ORG=None,
        CLOUDSMITH_WORKSPACE="acme",
        CLOUDSMITH_SERVICE_SLUG=None,
        CLOUDSMITH_SERVICE_ACCOUNT_SLUG="somebody-else",
        CLOUDSMITH_API_HOST=cli.sandbox.api_url + "/",
        CLOUDSMITH_FORMATS="docker",
        CLOUDSMITH_DOMAINS="docker=docker.acme.com",
    )

    assert result.code == 0, result.stderr
    assert list(json.loads(cli.file("docker/config.json"))["auths"]) == ["docker.acme.com", "helm.oci.cloudsmith.io"]


def test_answer_for_launcher_holds_the_same_files(cli: Cli) -> None:
    result = cli.run("login", "--output", "-", "--root", "/work space/login")

    assert result.code == 0, result.stderr
    *lines, end = result.stdout.decode().splitlines()
    files = {path: base64.b64decode(text).decode() for path, text in (line.split(" ") for line in lines)}
    assert end == "end"
    assert next(iter(files)) == "login.json"
    assert files.keys() == {"login.json", "pip.conf", ".npmrc", "docker/config.json", "netrc", "env", "activate"}
    assert "PIP_CONFIG_FILE=/work space/login/pip.conf\n" in files["env"]


def test_a_stream_is_empty_when_the_login_fails(cli: Cli) -> None:
    result = cli.run("login", "--output", "-", "--root", "/login", "--service", "nobody")

    assert (result.code, result.stdout) == (4, b"")


def test_the_log_is_for_people_and_names_the_token_by_its_fingerprint(cli: Cli) -> None:
    result = cli.run("login", "--output", str(cli.directory))

    fingerprint = json.loads(cli.file("login.json"))["fingerprint"]
    assert result.stderr.startswith("cloudsmith-oidc: logged in (org=acme service=ci-reader formats=pip,npm,docker ")
    assert result.stderr.endswith(f" fingerprint={fingerprint})\n")


JSON = {
    "an option of the command": (["login", "--log-format", "json"], {}),
    "an option before the command": (["--log-format=json", "login"], {}),
    "the variable": (["login"], {"CLOUDSMITH_OIDC_LOG_FORMAT": "json"}),
}


@pytest.mark.parametrize("asked", JSON)
@pytest.mark.parametrize("wrong", [[], ["--frobnicate"], ["--timeout", "60s"], ["--quiet=yes"]])
def test_the_log_is_json_if_asked_for_and_so_is_a_wrong_usage(cli: Cli, asked: str, wrong: list[str]) -> None:
    arguments, environment = JSON[asked]

    result = cli.run(*arguments, "--output", str(cli.directory), *wrong, **environment)

    event = json.loads(result.stderr)
    if wrong:
        assert (event["level"], event["exit_code"], result.code) == ("error", 2, 2)
    else:
        assert event["event"] == "logged in"


def test_quiet_logs_nothing_when_all_is_well(cli: Cli) -> None:
    assert cli.login("--quiet").stderr == ""


def test_version_is_printed_on_standard_output(cli: Cli) -> None:
    assert re.fullmatch(rb"cloudsmith-oidc \d+\.\d+\.\d+\n", cli.run("--version").stdout)


def test_a_proxy_is_not_used_for_a_loopback_host(cli: Cli) -> None:
    nowhere = "http://127.0.0.1:1"

    result = cli.login(
        CLOUDSMITH_API_HOST=cli.sandbox.api_url, HTTP_PROXY=nowhere, http_proxy=nowhere, NO_PROXY="", no_proxy=""
    )

    assert result.code == 0, result.stderr


@pytest.fixture
def too_deep(cli: Cli) -> Iterator[None]:
    """Thousands of nested directories in the login directory: pytest could not remove them at its end."""
    assert cli.login().code == 0
    try:
        for name in ("deep", "deeper"):
            descriptor = os.open(cli.directory, os.O_RDONLY)
            for _ in range(1500):
                os.mkdir(name, dir_fd=descriptor)
                below = os.open(name, os.O_RDONLY, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = below
            os.close(descriptor)
        yield
    finally:
        subprocess.run(["rm", "-rf", cli.directory], check=True)


@pytest.mark.usefixtures("too_deep")
def test_logout_removes_directories_of_any_depth(cli: Cli) -> None:
    """A build could plant them to keep the token there."""
    result = cli.run("logout", str(cli.directory))

    assert (result.code, result.stderr) == (0, "")
    assert not cli.directory.exists()
