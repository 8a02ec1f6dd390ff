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
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest

from cloudsmith_oidc.errors import WriteError
from cloudsmith_oidc.login_directory import as_lines
from program import Cli
from sandbox import faults


def test_login_writes_files_of_three_clients_with_one_request(cli: Cli) -> None:
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


def test_request_is_as_documented(cli: Cli) -> None:
    id_token = cli.sandbox.mint()

    cli.login(token=id_token)

    (request,) = cli.sandbox.exchange_requests
    assert (request.method, request.path) == ("POST", "/openid/acme/")
    assert json.loads(request.body) == {"oidc_token": id_token, "service_slug": "ci-reader"}
    assert "authorization" not in request.headers


def test_env_and_activate_point_clients_to_the_files(cli: Cli) -> None:
    cli.directory = cli.directory / "new" / "a login's $directory"

    assert cli.login().code == 0

    pointers = dict(line.split("=", 1) for line in cli.file("env").splitlines())
    index = "https://dl.cloudsmith.io/basic/acme/prod/python/simple/"
    assert pointers == {
        "PIP_CONFIG_FILE": f"{cli.directory}/pip.conf",
        "PIP_INDEX_URL": index,
        "PIP_EXTRA_INDEX_URL": index,
        "NPM_CONFIG_USERCONFIG": f"{cli.directory}/.npmrc",
        "DOCKER_CONFIG": f"{cli.directory}/docker",
        "REGISTRY_AUTH_FILE": f"{cli.directory}/docker/config.json",
        "HELM_REGISTRY_CONFIG": f"{cli.directory}/docker/config.json",
        "NETRC": f"{cli.directory}/netrc",
        "CLOUDSMITH_OIDC_SET": "NPM_CONFIG_USERCONFIG PIP_CONFIG_FILE PIP_EXTRA_INDEX_URL PIP_INDEX_URL",
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
        "files": ["pip.conf", ".npmrc", "docker/config.json", "netrc", "env", "activate", ".gitignore", "login.json"],
        "iss": cli.sandbox.issuer.url,
        "sub": "https://jenkins.example.com/job/team/job/app/job/main/",
        "aud": ["https://cloudsmith.example.com"],
    }


def test_login_json_is_short_whatever_the_claims_are(cli: Cli) -> None:
    nested = json.loads("[" * 900 + "]" * 900)
    cli.sandbox.faults.add("exchange", faults.token(cli.sandbox.issue()))
    token = cli.sandbox.mint(iss={"a": nested}, sub=["https://jenkins.example.com/"], aud=nested)

    assert cli.login(token=token).code == 0

    record = json.loads(cli.file("login.json"))
    assert (record["iss"], record["sub"], record["aud"]) == (None, ["https://jenkins.example.com/"], None)
    assert len(cli.file("login.json")) < 2000


def test_only_the_owner_can_read_the_files(cli: Cli) -> None:
    assert cli.login().code == 0

    modes = {
        str(path.relative_to(cli.directory.parent)): stat.S_IMODE(path.stat().st_mode)
        for path in [cli.directory, *cli.directory.rglob("*")]
    }
    assert {path: mode for path, mode in modes.items() if mode != 0o600} == {"login": 0o700, "login/docker": 0o700}


@pytest.mark.parametrize(
    ("settings", "files"),
    [({"CLOUDSMITH_REPO": None}, ["docker"]), ({"CLOUDSMITH_FORMATS": "npm"}, [".npmrc"])],
)
def test_only_possible_formats_and_those_asked_for_are_configured(
    cli: Cli, settings: dict[str, str | None], files: list[str]
) -> None:
    assert cli.login(**settings).code == 0

    names = {path.name for path in cli.directory.iterdir()}
    assert names - {"activate", "env", "login.json", ".gitignore", "netrc"} == set(files)


def test_repositories_scopes_and_domains_make_the_urls(cli: Cli) -> None:
    """All that is not said here is in the golden files: tests/formats/golden."""
    domains = "pip=dl.acme.com,pip:dev=dl-dev.acme.com,npm=https://npm.acme.com/,docker=http://127.0.0.1:5000"

    assert cli.login("--repo=prod", "--repo=dev", "--npm-scope=@acme,@tools", f"--domain={domains}").code == 0

    token = cli.issued_token()
    assert cli.file("pip.conf").startswith(
        "[global]\nindex-url = https://dl.acme.com/basic/prod/python/simple/\n"
        "extra-index-url =\n    https://dl-dev.acme.com/basic/python/simple/\n"
    )
    assert cli.file(".npmrc").splitlines() == [
        *(f"{scope}:registry=https://npm.acme.com/prod/" for scope in ("@acme", "@tools")),
        *(
            f"//{host}/{repo}/:_authToken={token}"
            for host in ("npm.acme.com", "npm.cloudsmith.io/acme")
            for repo in ("prod", "dev")
        ),
    ]
    hosts = ["127.0.0.1:5000", "docker.cloudsmith.io", "helm.oci.cloudsmith.io"]
    assert list(json.loads(cli.file("docker/config.json"))["auths"]) == hosts


# Where the ID token is: arguments, standard input and variables, in which T is the token, and F a file that holds it.
SOURCES: dict[str, tuple[list[str], str, dict[str, str]]] = {
    "standard input": (["--token-stdin"], "T\n", {}),
    "standard input before the variable": (["--token-stdin"], "T", {"CLOUDSMITH_OIDC_TOKEN": "ignored"}),
    "a file": (["--token-file", "F"], "", {}),
    "the variable": ([], "", {"CLOUDSMITH_OIDC_TOKEN": "T"}),
    "the vendor guide's variable": ([], "", {"OIDC_TOKEN": "T"}),
}


@pytest.mark.parametrize("source", SOURCES)
def test_id_token_comes_from(cli: Cli, source: str, tmp_path: Path) -> None:
    (arguments, stdin, variables), token = SOURCES[source], cli.sandbox.mint()
    (tmp_path / "F").write_text(token + "\n")
    arguments = [str(tmp_path / "F") if argument == "F" else argument for argument in arguments]
    environment = {
        "CLOUDSMITH_OIDC_TOKEN": None,
        **{name: text.replace("T", token) for name, text in variables.items()},
    }

    result = cli.run(
        "login", "--output", str(cli.directory), *arguments, stdin=stdin.replace("T", token), **environment
    )

    assert result.code == 0, result.stderr


def test_ca_bundle_can_follow_token_on_standard_input(cli: Cli) -> None:
    stdin = cli.sandbox.mint() + "\n" + cli.sandbox.ca_file.read_text()

    result = cli.run("login", "--output", str(cli.directory), "--token-stdin", stdin=stdin, SSL_CERT_FILE=None)

    assert result.code == 0, result.stderr


def test_flags_override_variables_and_variables_have_aliases(cli: Cli) -> None:
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
    assert next(iter(json.loads(cli.file("docker/config.json"))["auths"])) == "docker.acme.com"


def test_answer_for_launcher_holds_the_same_files(cli: Cli) -> None:
    result = cli.run("login", "--output", "-", "--root", "/work space/login")

    assert result.code == 0, result.stderr
    *lines, end = result.stdout.decode().splitlines()
    files = dict(line.split(" ", 1) for line in lines)
    assert end == "end"
    assert next(iter(files)) == "login.json"
    of_clients = {"pip.conf", ".npmrc", "docker/config.json", "netrc"}
    assert files.keys() == {"login.json", "env", "activate", ".gitignore", *of_clients}
    assert "PIP_CONFIG_FILE=/work space/login/pip.conf\\0012" in files["env"]


def test_answer_for_launcher_has_at_most_4_mib() -> None:
    most = 4 * 1024**2
    files = {"b": "A" * ((most - len("b \nend\n")) // 4 * 3)}
    rest = most - len(as_lines(files))

    assert len(as_lines({"b" * (1 + rest): files["b"]})) == most
    with pytest.raises(WriteError, match="larger than 4194304 bytes"):
        as_lines({"b" * (2 + rest): files["b"]})


def test_a_stream_is_empty_when_the_login_fails(cli: Cli) -> None:
    result = cli.run("login", "--output", "-", "--root", "/login", "--service", "nobody")

    assert (result.code, result.stdout) == (4, b"")


def test_version_is_printed(cli: Cli) -> None:
    assert re.fullmatch(rb"cloudsmith-oidc \d+\.\d+\.\d+\n", cli.run("--version").stdout)


def test_no_proxy_is_used_for_a_loopback_host(cli: Cli) -> None:
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
