"""Bad input: one clear line, the right exit code, and nothing sent or written."""

import time
from pathlib import Path

import pytest

from program import Cli

SETTINGS = {
    "workspace with a slash": (["--org", "a/b"], "'a/b' is not a slug"),
    "workspace that climbs": (["--org", "a..b"], "'a..b' is not a slug"),
    "empty workspace": (["--org", ""], "'' is not a slug"),
    "service with a space": (["--service", "ci reader"], "--service"),
    "service with a line break": (["--service", "ci\nreader"], "--service"),
    "repository with a control character": (["--repo", "prod\x07"], "--repo"),
    "repository ..": (["--repo", "prod,.."], "'..' is not a slug"),
    "unknown format": (["--format", "piip"], "'piip' is not a known format: use docker, npm, pip"),
    "npm scope without @": (["--npm-scope", "acme"], "'acme' is not an npm scope"),
    "domain without a host": (["--domain", "pip"], "FORMAT=HOST"),
    "domain of an unknown format": (["--domain", "piip=dl.acme.com"], "'piip' is not a known format"),
    "domain with a path": (["--domain", "pip=dl.acme.com/basic"], "without a path"),
    "domain with a password": (["--domain", "pip=https://me:secret@dl.acme.com"], "without a path"),
    "domain in plain http": (["--domain", "npm=http://npm.acme.com"], "plain http"),
    "domain without its repository": (["--domain", "npm:=npm.acme.com"], "FORMAT:REPO=HOST"),
    "API in plain http": (["--api-host", "http://api.acme.com"], "plain http"),
    "API with a line break": (["--api-host", "https://api.acme.com\r\nX: y"], "--api-host"),
    "API that is no URL": (["--api-host", "https://"], "--api-host"),
    "API with an impossible port": (["--api-host", "api.acme.com:123456"], "--api-host"),
    "API of another scheme": (["--api-host", "ftp://api.acme.com"], "--api-host"),
    "API with an empty label": (["--api-host", "api..cloudsmith.io"], "--api-host"),
    "API with an endless label": (["--api-host", "a" * 64 + ".io"], "--api-host"),
    "nowhere to write": (["--output", ""], "--output: it is empty"),
    "the token as an argument": (["--oidc-token", "secret"], "--oidc-token"),
    "time-out of nothing": (["--timeout", "0"], "greater than 0"),
    "time-out in words": (["--timeout", "soon"], "not 'soon'"),
    "endless time-out": (["--timeout", "inf"], "--timeout"),
    "root without a stream": (["--root", "/login"], "--output -"),
    "two sources of the token": (["--token-stdin", "--token-file", "x"], "exclude each other"),
    "unknown option": (["--frobnicate"], "--frobnicate"),
    "unknown log format": (["--log-format", "xml"], "not 'xml'"),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_bad_setting(cli: Cli, case: str) -> None:
    arguments, said = SETTINGS[case]

    result = cli.login(*arguments)

    assert result.code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert cli.sandbox.requests == []
    assert not cli.directory.exists()


def test_missing_settings_are_all_named_with_their_variables(cli: Cli) -> None:
    result = cli.login(CLOUDSMITH_ORG=None, CLOUDSMITH_SERVICE_SLUG="")

    assert result.code == 2
    assert "--org (CLOUDSMITH_ORG or CLOUDSMITH_WORKSPACE) has to be given" in result.stderr
    assert "--service (CLOUDSMITH_SERVICE_SLUG or CLOUDSMITH_SERVICE_ACCOUNT_SLUG) has to be given" in result.stderr


def test_a_format_without_its_repository(cli: Cli) -> None:
    result = cli.login("--format", "docker,npm", CLOUDSMITH_REPO=None)

    assert (result.code, cli.sandbox.requests) == (2, [])
    assert "npm needs a repository: give --repo or set CLOUDSMITH_REPO" in result.stderr


def test_a_stream_needs_an_absolute_root(cli: Cli) -> None:
    result = cli.run("login", "--output", "-", "--root", "login")

    assert (result.code, result.stdout) == (2, b"")


@pytest.mark.parametrize("arguments", [[], ["logout"], ["frobnicate"]])
def test_no_or_an_unknown_command(cli: Cli, arguments: list[str]) -> None:
    assert cli.run(*arguments).code == 2


def tokens(good: str) -> dict[str, str]:
    """ID tokens that are none, made from a good one."""
    header, payload, signature = good.split(".")
    return {
        "empty": "",
        "white space": " \t\n",
        "a line break inside": f"{header}.{payload}\n.{signature}",
        "a space inside": f"{header}. {payload}.{signature}",
        "two parts": f"{header}.{payload}",
        "four parts": f"{good}.{signature}",
        "not base64url": f"{header}.{payload}+/.{signature}",
        "not JSON": f"{header}.{signature}.{signature}",
        "not ASCII": f"{header}.{payload}é.{signature}",
        "masked by Jenkins": "****",
    }


@pytest.mark.parametrize("case", tokens("a.b.c"))
def test_bad_id_token(cli: Cli, case: str) -> None:
    result = cli.login(token=tokens(cli.sandbox.mint())[case])

    assert result.code == 3
    assert "ID token" in result.stderr
    assert result.stderr.count("\n") == 1
    assert cli.sandbox.requests == []
    assert not cli.directory.exists()


def test_an_expired_id_token_shows_both_clocks(cli: Cli) -> None:
    result = cli.login(token=cli.sandbox.mint(iat=1_000_000_000, exp=1_000_003_600))

    assert (result.code, cli.sandbox.requests) == (3, [])
    assert "expired at 2001-09-09T02:46:40Z; this machine's clock says 20" in result.stderr


@pytest.mark.parametrize("exp", [None, "tomorrow", True, 10**30, [int(time.time()) + 60]])
def test_an_id_token_without_a_usable_expiry(cli: Cli, exp: object) -> None:
    assert cli.login(token=cli.sandbox.mint(exp=exp)).code == 3


def test_a_token_file_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    result = cli.login("--token-file", str(tmp_path / "absent"))

    assert result.code == 3
    assert "absent' cannot be read (No such file or directory)" in result.stderr


def test_a_ca_file_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    result = cli.login(SSL_CERT_FILE=str(tmp_path / "absent.pem"))

    assert result.code == 2
    assert "absent.pem" in result.stderr


def test_a_ca_bundle_without_certificates(cli: Cli) -> None:
    stdin = cli.sandbox.mint() + "\n-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n"

    result = cli.run("login", "--output", str(cli.directory), "--token-stdin", stdin=stdin)

    assert result.code == 2
    assert "CA bundle" in result.stderr


def test_a_proxy_that_cannot_be_used_is_not_quoted(cli: Cli) -> None:
    result = cli.login(HTTPS_PROXY="gopher://me:secret@proxy.acme.com", https_proxy="gopher://me:secret@proxy.acme.com")

    assert result.code == 2
    assert "secret" not in result.stderr
