"""Bad input: one clear line, the right exit code, and nothing sent or written."""

import subprocess
import time
from pathlib import Path

import pytest

from in_process import InProcess, run
from program import PROGRAM, Cli
from sandbox import Sandbox

# What is said of the bad values of an option.
ADVICE = "is not a time-out: give the seconds as a whole or decimal number, greater than 0 and at most 3600"
VALUES: dict[str, dict[str, list[str | None]]] = {
    "--org": {"is not a slug": ["a/b", "a..b", ""]},
    "--service": {"is not a slug": ["ci reader", "ci\nreader"]},
    "--repo": {
        "is not a slug": ["prod\x07", "prod,..", "/"],
        "--repo needs a value: --repo SLUG": [None, "--quiet"],
        "is not the slug of a repository alone: leave out 'acme/'": ["acme/prod", "acme/prod/"],
    },
    "--format": {
        "is not a known format. Did you mean pip? There are: bundler, cargo": ["piip", "pypi", "Python"],
        "Did you mean npm with --format-option npm.yarn1=true?": ["yarn1"],
        "Did you mean deb?": ["apt"],
        "is not a known format. There are: ": ["xyzzy"],
        "'pip npm' is not a known format. Put commas between formats. There are: ": ["pip npm"],
        "'npm' is not an option of cloudsmith-oidc login. Put commas between formats": ["pip npm --quiet"],
    },
    "--npm-scope": {"is not an npm scope": ["acme"]},
    "--format-option": {
        "'npm.scpe' is not an option of the format": ["npm.scpe=@acme"],
        "of the format netrc: it has none": ["netrc.index=x"],
        "of the format pip: it has keep": ["pip.index=x"],
        "'NPM_CONFIG_REGISTRY' is none of PIP_INDEX_URL": ["pip.keep=NPM_CONFIG_REGISTRY"],
        "'piip' is not a known format": ["piip.index=x"],
        "FORMAT.NAME=VALUE": ["scope=@acme"],
        "is not an npm scope": ["npm.scope=acme"],
        "true or false": ["uv.index=yes"],
        "public key": [
            "hex.public-key=prod",
            "hex.public-key=prod=",
            "hex.public-key=prod=a b",
            'hex.public-key=prod=a">>',
        ],
        "distribution": [f"rpm.distribution={name}" for name in ("el", "el/$basearch", "el/9/x", "../x")],
    },
    "--domain": {
        "NAME=HOST": ["pip", "npm:=npm.acme.com"],
        "no format of this login uses the custom domain": [
            *("piip=dl.acme.com", "cloudsmith=api.acme.com", "maven=maven.acme.com"),
            "npm:prod-2=npm.acme.com",
        ],
        "without a path": ["pip=dl.acme.com/basic", "pip=https://me:secret@dl.acme.com"],
        "is Cloudsmith's own host and no custom domain": ["dl=dl.cloudsmith.io", "npm:prod=https://NPM.Cloudsmith.io"],
        "plain http": ["npm=http://npm.acme.com"],
    },
    "--api-host": {
        "plain http": ["http://api.acme.com"],
        "is not a host": [
            *("https://api.acme.com\r\nX: y", "https://", "api.acme.com:123456", "ftp://api.acme.com"),
            *("api..cloudsmith.io", "a" * 64 + ".io"),
        ],
    },
    "--output": {"--output: it is empty": [""]},
    # The launcher would not read an exponent.
    "--timeout": {ADVICE: ["0", "soon", "60s", "-1", "3601", "1e3", "nan", "inf"]},
    "--root": {"--output -": ["/login"], "'login' is not an absolute path": ["login"]},
    "--log-format": {"Input should be 'console' or 'json'": ["xml"]},
    "--log-level": {"Input should be 'info' or 'debug'": ["loud"]},
    "--token-file": {"exclude each other": ["x --token-stdin"]},
    "--oidc-token": {"'--oidc-token' is not an option": ["secret"]},
    "--token": {"is visible to all users of this machine: let the token expire, and give the next one": ["secret"]},
    "--organisation": {"Did you mean --org?": ["acme"]},
    "--workspace": {"Did you mean --org?": ["acme"]},
    "--dir": {"Did you mean --output?": ["x"]},
    "--formats": {"Did you mean --format?": ["pip"]},
    "--npmScope": {"'--npmScope' is not an option of cloudsmith-oidc login": ["@acme"]},
    "--serv": {"Did you mean --service?": ["ci-reader"]},
    "--quiet=yes": {"--quiet takes no value": [None]},
    "prod": {"'prod' is not an option of cloudsmith-oidc login": [None]},
}
BAD = [(option, value, said) for option, values in VALUES.items() for said in values for value in values[said]]


@pytest.mark.parametrize(("option", "value", "said"), BAD)
def test_bad_setting(in_process: InProcess, option: str, value: str | None, said: str) -> None:
    given = [value] if value is not None and " --" not in value else (value or "").split()

    result = in_process.login(option, *given)

    assert result.code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert in_process.sandbox.requests == []
    assert not in_process.directory.exists()


NOT_IN_DNF = ("a space", "a,comma", "an=equals", "a*star", "a?mark", "a[bracket")
# What is refused before the exchange, because otherwise Cloudsmith would issue a token that nobody uses.
REFUSED: dict[str, tuple[str, str, dict[str, str | None], str]] = {
    "a path that apt cannot hold": ("deb", 'a "login"', {}, "cannot use a login directory whose path has '\"'"),
    "a path that Maven would split": ("maven", "a login", {}, "cannot use a login directory whose path has ' '"),
    "a path with a separator of yarn": ("yarn", "a;b", {}, "cannot use a login directory whose path has ';'"),
    **{f"the path {path} for dnf": ("rpm", path, {}, "rpm cannot use a login directory") for path in NOT_IN_DNF},
    "a variable of the job": ("rubygems", "login", {"GEMRC": "a\nb"}, "GEMRC would hold a line break"),
    "no number": ("git", "login", {"GIT_CONFIG_COUNT": "many"}, "GIT_CONFIG_COUNT is not a number"),
    "a number of the job": ("git", "login", {"GIT_CONFIG_COUNT": "10000"}, "GIT_CONFIG_COUNT is not a number"),
    "a login of the user": ("curl", "login", {"CLOUDSMITH_INHERIT": "true"}, ".netrc has something in it"),
    "no repository": ("npm", "login", {"CLOUDSMITH_REPO": None}, "without a repository. Give --repo, or set CLOUDSM"),
    "a bad variable": ("npm", "login", {"CLOUDSMITH_TIMEOUT": "60s"}, "CLOUDSMITH_TIMEOUT: '60s' is not a time-out"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_configured_is_refused_before_the_exchange(cli: Cli, tmp_path: Path, case: str) -> None:
    name, directory, environment, said = REFUSED[case]
    cli.directory = tmp_path / directory
    (tmp_path / ".netrc").write_text("who knows\n")

    result = cli.login("--format", name, **{"HOME": str(tmp_path), **environment})

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


COMMAND_LINES = {
    "": "no command was given",
    "logout": "DIR is missing",
    "formats pip": "'pip' is not an option of cloudsmith-oidc formats. See cloudsmith-oidc formats --help",
    "logout one two": "'two' is not an option of cloudsmith-oidc logout",
    "frobnicate": "'frobnicate' is not a command",
    "log-in": "'log-in' is not a command. Did you mean login?",
    "explain -psecret": "'-p' is not an option of cloudsmith-oidc explain",
    "--org acme login": "'--org' is not an option of cloudsmith-oidc",
    "explain --expect-claim=": "--expect-claim: '' is not NAME=VALUE",
    "explain --expect-claim sub": "--expect-claim: 'sub' is not NAME=VALUE",
    "discovery --issuer https://a.com": "Give --output DIR to write",
    "discovery --output public": "--issuer URL is missing",
    "discovery --issuer http://a.com/oidc --output public": "--issuer: 'http://a.com' is plain http",
    "discovery --issuer https://a.com/oidc?x=1 --output public": "no query",
    "discovery --issuer https://user:secret@a.com --output public": "--issuer: ",
    "discovery --issuer a.com --output public": "--issuer: 'a.com' is not an https URL",
    "--json explain": "'--json' is not an option of cloudsmith-oidc",
}


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_bad_command_line(cli: Cli, line: str) -> None:
    result, _ = run(line.split(), cli.environment)

    assert (result.code, result.stdout) == (2, b"")
    assert COMMAND_LINES[line] in result.stderr
    assert result.stderr.count("\n") == 1
    assert cli.sandbox.requests == []


def test_value_of_unknown_option_is_not_shown(in_process: InProcess) -> None:
    for arguments in (["--password", "hunter2"], ["--password=hunter2"]):
        result = in_process.login(*arguments)

        assert result.code == 2
        assert "hunter2" not in result.stderr


def tokens(sandbox: Sandbox) -> dict[str, list[str]]:
    """Bad ID tokens, by what is said of them."""
    good = sandbox.mint()
    header, payload, signature = good.split(".")
    expiries = [None, "tomorrow", True, 10**30, [int(time.time()) + 60]]
    return {
        "there is no ID token": [" \t\n"],
        "there is white space or a line break inside it": [good.replace(".", "\n.", 1), good.replace(".", ". ", 1)],
        "it does not have the three dot-separated base64url parts": [
            *(f"{header}.{payload}", f"{good}.{signature}", f"{header}.{payload}+/.{signature}"),
            *(f"{header}.{payload}é.{signature}", "****"),  # Jenkins masks with asterisks.
        ],
        "its payload is not base64url-encoded JSON": [f"{header}.{signature}.{signature}"],
        "it has more than 16384 characters": [good.ljust(16385, "A")],
        "it has no usable exp claim": [sandbox.mint(exp=expiry) for expiry in expiries],
    }


def test_bad_id_tokens(in_process: InProcess) -> None:
    for said, bad in tokens(in_process.sandbox).items():
        for token in bad:
            result = in_process.login(token=token)

            assert result.code == 3
            assert said in result.stderr
            assert result.stderr.count("\n") == 1
    assert in_process.sandbox.requests == []
    assert not in_process.directory.exists()


def test_id_token_of_16384_characters_reaches_cloudsmith(in_process: InProcess) -> None:
    result = in_process.login(token=in_process.sandbox.mint().ljust(16384, "A"))

    assert result.code == 4
    assert len(in_process.sandbox.exchange_requests) == 1


def test_expired_id_token_shows_both_clocks(cli: Cli) -> None:
    result = cli.login(token=cli.sandbox.mint(iat=1_000_000_000, exp=1_000_003_600))

    assert (result.code, cli.sandbox.requests) == (3, [])
    assert "expired at 2001-09-09T02:46:40Z; this machine's clock says 20" in result.stderr


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


# What comes after the token on standard input, and what is said of it.
DAMAGED = {
    "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----": "authorities after the token",
    "-----BEGIN FILE .netrc-----\nA\n-----END FILE-----": "files of the home directory",
}


@pytest.mark.parametrize("more", DAMAGED)
def test_damaged_standard_input(cli: Cli, more: str) -> None:
    stdin = f"{cli.sandbox.mint()}\n{more}\n"

    result = cli.run("login", "--output", str(cli.directory), "--token-stdin", stdin=stdin)

    assert (result.code, cli.sandbox.requests) == (2, [])
    assert DAMAGED[more] in result.stderr


@pytest.mark.parametrize("proxy", ["gopher://me:secret@proxy.acme.com", "http://secret/me@proxy", "me:1#secret@proxy"])
def test_bad_proxy_is_not_quoted(cli: Cli, proxy: str) -> None:
    result = cli.login(HTTPS_PROXY=proxy, https_proxy=proxy, CLOUDSMITH_API_HOST="https://api.example.com")

    assert result.code == 2
    assert "secret" not in result.stderr
