"""Bad input: one clear line, the right exit code, and nothing sent or written."""

import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudsmith_oidc.command_line import parse
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.settings import COMMANDS, options_of
from program import PROGRAM, Cli

SETTINGS = {
    "workspace with a slash": (["--org", "a/b"], "'a/b' is not a slug"),
    "workspace that climbs": (["--org", "a..b"], "'a..b' is not a slug"),
    "empty workspace": (["--org", ""], "'' is not a slug"),
    "service with a space": (["--service", "ci reader"], "--service"),
    "service with a line break": (["--service", "ci\nreader"], "--service"),
    "repository with a control character": (["--repo", "prod\x07"], "--repo"),
    "repository ..": (["--repo", "prod,.."], "'..' is not a slug"),
    "unknown format": (["--format", "piip"], "'piip' is not a known format: use "),
    "npm scope without @": (["--npm-scope", "acme"], "'acme' is not an npm scope"),
    "unknown option of a format": (["--format-option", "npm.scpe=@acme"], "'npm.scpe' is not an option of the format"),
    "option of a format that has none": (["--format-option", "pip.index=x"], "of the format pip: it has none"),
    "option of an unknown format": (["--format-option", "piip.index=x"], "'piip' is not a known format"),
    "option of no format": (["--format-option", "scope=@acme"], "FORMAT.NAME=VALUE"),
    "value that a format does not take": (["--format-option", "npm.scope=acme"], "is not an npm scope"),
    "switch of a format that is neither on nor off": (["--format-option", "uv.index=yes"], "true or false"),
    "domain without a host": (["--domain", "pip"], "NAME=HOST"),
    "domain of an unknown host": (["--domain", "piip=dl.acme.com"], "'piip' is no name for a custom domain"),
    "domain of a client that asks no host of packages": (["--domain", "cloudsmith=api.acme.com"], "is no name for a"),
    "domain with a path": (["--domain", "pip=dl.acme.com/basic"], "without a path"),
    "domain with a password": (["--domain", "pip=https://me:secret@dl.acme.com"], "without a path"),
    "domain in plain http": (["--domain", "npm=http://npm.acme.com"], "plain http"),
    "domain without its repository": (["--domain", "npm:=npm.acme.com"], "NAME:REPO=HOST"),
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
    "time-out in words": (["--timeout", "soon"], "'soon' is not a time-out"),
    "time-out with a unit": (["--timeout", "60s"], "a whole or decimal number, greater than 0 and at most 3600"),
    "time-out below nothing": (["--timeout", "-1"], "greater than 0"),
    "time-out of more than an hour": (["--timeout", "3601"], "at most 3600"),
    "time-out with an exponent, which the launcher would not read": (["--timeout", "1e3"], "'1e3' is not a time-out"),
    "time-out that is no number": (["--timeout", "nan"], "--timeout"),
    "endless time-out": (["--timeout", "inf"], "--timeout"),
    "root without --output -": (["--root", "/login"], "--output -"),
    "relative root": (["--output", "-", "--root", "login"], "'login' is not an absolute path"),
    "format without its repository": (
        ["--repo", "", "--format", "docker,npm"],
        "npm cannot be configured without a rep",
    ),
    "two sources of the token": (["--token-stdin", "--token-file", "x"], "exclude each other"),
    "unknown option": (["--frobnicate"], "--frobnicate"),
    "the name of the step and the variable": (["--formats", "pip"], "Did you mean --format?"),
    "the name of the step's option": (["--npmScope=@acme"], "'--npmScope' is not an option of cloudsmith-oidc login"),
    "an option cut short": (["--serv", "ci-reader"], "Did you mean --service?"),
    "a stray word": (["prod"], "'prod' is not an option of cloudsmith-oidc login"),
    "an option without its value": (["--repo"], "--repo needs a value: --repo SLUG"),
    "an option whose value is an option": (["--repo", "--quiet"], "--repo needs a value: --repo SLUG"),
    "a switch with a value": (["--quiet=yes"], "--quiet takes no value"),
    "unknown log format": (["--log-format", "xml"], "'xml' is not a log format: use console or json"),
    "unknown log level": (["--log-level", "loud"], "'loud' is not a log level: use info or debug"),
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


FOR_CLIENTS = {
    "a path that a client's file cannot hold": (
        "deb",
        'a "login"',
        {},
        "deb cannot use a login directory whose path has",
    ),
    "a path that a client would split": (
        "maven",
        "a login",
        {},
        "maven cannot use a login directory whose path has ' '",
    ),
    "a variable of the job": ("rubygems", "login", {"GEMRC": "a\nb"}, "GEMRC would hold a line break"),
    "a number of the job": ("git", "login", {"GIT_CONFIG_COUNT": "many"}, "GIT_CONFIG_COUNT is not a number"),
    "a login of the user": ("curl", "login", {"CLOUDSMITH_INHERIT": "true"}, ".netrc has something in it"),
}


@pytest.mark.parametrize("case", FOR_CLIENTS)
def test_value_that_a_client_cannot_take_is_refused_before_the_exchange(cli: Cli, tmp_path: Path, case: str) -> None:
    """Otherwise Cloudsmith would issue a token that nobody uses."""
    name, directory, environment, said = FOR_CLIENTS[case]
    cli.directory = tmp_path / directory
    (tmp_path / ".netrc").write_text("who knows\n")

    result = cli.login("--format", name, HOME=str(tmp_path), **environment)

    assert result.code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert cli.sandbox.requests == []
    assert not cli.directory.exists()


def test_all_missing_settings_are_named_with_their_variables(cli: Cli) -> None:
    result = cli.run("login", CLOUDSMITH_ORG=None, CLOUDSMITH_SERVICE_SLUG="")

    assert result.code == 2
    assert result.stderr == (
        "cloudsmith-oidc: error: --org SLUG is missing (or set CLOUDSMITH_ORG or CLOUDSMITH_WORKSPACE); "
        "--service SLUG is missing (or set CLOUDSMITH_SERVICE_SLUG or CLOUDSMITH_SERVICE_ACCOUNT_SLUG); "
        "--output DIR is missing. See cloudsmith-oidc login --help\n"
    )


def test_bad_variable_is_named_instead_of_its_option(cli: Cli) -> None:
    result = cli.login(CLOUDSMITH_TIMEOUT="60s")

    assert (result.code, cli.sandbox.requests) == (2, [])
    assert "error: CLOUDSMITH_TIMEOUT: '60s' is not a time-out" in result.stderr


COMMAND_LINES = {
    "": "no command was given",
    "logout": "DIR is missing",
    "logout one two": "'two' is not an option of cloudsmith-oidc logout",
    "frobnicate": "'frobnicate' is not a command",
    "log-in": "'log-in' is not a command. Did you mean login?",
    "--org acme login": "'--org' is not an option of cloudsmith-oidc",
    "explain --expect-claim=": "--expect-claim: '' is not NAME=VALUE",
    "--json explain": "'--json' is not an option of cloudsmith-oidc",
}


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_bad_command_line(cli: Cli, line: str) -> None:
    result = cli.run(*line.split())

    assert (result.code, result.stdout) == (2, b"")
    assert COMMAND_LINES[line] in result.stderr
    assert result.stderr.count("\n") == 1


def test_value_of_unknown_option_is_not_shown(cli: Cli) -> None:
    for arguments in (["--password", "hunter2"], ["--password=hunter2"]):
        result = cli.login(*arguments)

        assert result.code == 2
        assert "hunter2" not in result.stderr


def tokens(good: str) -> dict[str, str]:
    """Bad ID tokens, made from a good one."""
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


def test_expired_id_token_shows_both_clocks(cli: Cli) -> None:
    result = cli.login(token=cli.sandbox.mint(iat=1_000_000_000, exp=1_000_003_600))

    assert (result.code, cli.sandbox.requests) == (3, [])
    assert "expired at 2001-09-09T02:46:40Z; this machine's clock says 20" in result.stderr


@pytest.mark.parametrize("exp", [None, "tomorrow", True, 10**30, [int(time.time()) + 60]])
def test_id_token_without_usable_expiry(cli: Cli, exp: object) -> None:
    assert cli.login(token=cli.sandbox.mint(exp=exp)).code == 3


EMPTY = {
    "the variable": ([], "the variable CLOUDSMITH_OIDC_TOKEN is empty or not set"),
    "standard input": (["--token-stdin"], "standard input is empty"),
    "the file": (["--token-file", "/dev/null"], "'/dev/null' is empty"),
    "no file": (["--token-file", "/absent"], "'/absent' cannot be read (No such file or directory)"),
}


@pytest.mark.parametrize("source", EMPTY)
def test_missing_id_token_names_its_source_and_what_to_do(cli: Cli, source: str) -> None:
    arguments, said = EMPTY[source]

    result = cli.login(*arguments, token="")

    assert result.code == 3
    assert f"there is no ID token: {said}. Set CLOUDSMITH_OIDC_TOKEN to the token, or give" in result.last_line
    assert "In Jenkins, bind a credential" in result.last_line


def test_id_token_of_a_megabyte_is_refused(cli: Cli) -> None:
    result = cli.run("login", "--output", str(cli.directory), "--token-stdin", stdin="e30." + "A" * 2**20 + ".e30")

    assert (result.code, cli.sandbox.requests) == (3, [])
    assert "it has more than 16384 characters" in result.stderr


def test_relative_path_in_a_removed_directory(cli: Cli, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["sh", "-c", 'cd "$1" && rmdir "$1" && "$2" logout login', "sh", gone, PROGRAM],
        env=cli.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "DIR: the current directory does not exist any more" in done.stderr


def test_a_ca_file_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    result = cli.login(SSL_CERT_FILE=str(tmp_path / "absent.pem"))

    assert result.code == 2
    assert "absent.pem', cannot be read (No such file or directory)" in result.stderr


def test_a_ca_bundle_without_certificates(cli: Cli) -> None:
    stdin = cli.sandbox.mint() + "\n-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n"

    result = cli.run("login", "--output", str(cli.directory), "--token-stdin", stdin=stdin)

    assert result.code == 2
    assert "the certificate authorities after the token on standard input are not in PEM form" in result.stderr


def test_bad_proxy_is_not_quoted(cli: Cli) -> None:
    result = cli.login(HTTPS_PROXY="gopher://me:secret@proxy.acme.com", https_proxy="gopher://me:secret@proxy.acme.com")

    assert result.code == 2
    assert "secret" not in result.stderr


WORDS = [
    *("login", "explain", "discovery", "logout", "frobnicate", "-h", "--help", "--", "-", "-x", "--=", "="),
    *(
        "",
        " ",
        "\n",
        "\x1b[31m",
        "\u202e",
        "\udcff",
        "..",
        "/",
        "https://[",
        "https://a\r\nb",
        "http://a",
        "nan",
        "60s",
    ),
    *("a,b", "a=b", "a:b=c", "%s", "{0.__class__}", "$(id)", "eyJ" * 9_000, "a" * 40_000),
    *(option.flag for command in COMMANDS.values() for option in options_of(command).values()),
]


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=20)), max_size=6))
def test_any_command_line_is_understood_or_refused_in_one_short_line(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    said = ""
    try:
        parse(words)
    except SystemExit:
        assert {"-h", "--help", "--version"} & set(words)
    except SettingsError as error:
        said = str(error)
    capsys.readouterr()
    assert said.isprintable()
    assert len(said) < 2000
