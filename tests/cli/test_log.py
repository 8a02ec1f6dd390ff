"""What the program logs: for people or for machines, as much as they ask for, and never a secret."""

import json
import re

import pytest

from program import Cli
from sandbox import faults


def test_log_is_for_people_and_names_token_by_fingerprint(cli: Cli) -> None:
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
def test_log_is_json_if_asked_for(cli: Cli, asked: str) -> None:
    arguments, environment = JSON[asked]

    done = cli.run(*arguments, "--output", str(cli.directory), **environment)
    wrong = cli.run(*arguments, "--frobnicate", **environment)

    assert json.loads(done.last_line)["event"] == "logged in"
    assert (json.loads(wrong.last_line)["level"], json.loads(wrong.last_line)["exit_code"]) == ("error", 2)


@pytest.mark.parametrize("wrong", ["--timeout=60s", "--quiet=yes", "--log-level=loud", "--service=nobody"])
def test_errors_are_json_if_asked_for(cli: Cli, wrong: str) -> None:
    result = cli.run("login", "--log-format=json", "--output", str(cli.directory), wrong)

    assert json.loads(result.last_line)["exit_code"] == result.code == (4 if "nobody" in wrong else 2)


@pytest.mark.parametrize("level", [[], ["--log-level", "debug"]])
def test_quiet_logs_nothing_but_errors(cli: Cli, level: list[str]) -> None:
    assert cli.login("--quiet", *level).stderr == ""


def test_debug_log_has_one_line_for_each_decision(cli: Cli) -> None:
    proxy = cli.sandbox.environment()["HTTPS_PROXY"].removeprefix("http://")
    (cli.directory.parent / ".docker").mkdir()
    (cli.directory.parent / ".docker/config.json").write_text("{}")
    cli.sandbox.faults.add("exchange", faults.throttled("0"))
    login = {"HTTPS_PROXY": f"http://me:hunter2@{proxy}", "https_proxy": None, "HOME": str(cli.directory.parent)}

    result = cli.login(
        *("--format=npm,docker", "--domain=npm=npm.acme.com", "--timeout=30"),
        CLOUDSMITH_OIDC_LOG_LEVEL="debug",
        **login,
    )

    assert result.code == 0, result.stderr
    place = f"to={proxy} host=api.cloudsmith.io proxy={proxy}"
    lines = [
        r"got the ID token \(source=the variable CLOUDSMITH_OIDC_TOKEN seconds_left=(30|29)\)",
        rf"reads from home \(file={re.escape(str(cli.directory.parent))}/\.docker/config\.json\)",
        r"points a client to \(format=npm host=npm\.cloudsmith\.io url=https://npm\.acme\.com/prod/\)",
        r"asks for a token \(url=https://api\.cloudsmith\.io/openid/acme/ service=ci-reader seconds_left=\d+\)",
        rf"loads certificate authorities \(source=in SSL_CERT_FILE, '{re.escape(str(cli.sandbox.ca_file))}'\)",
        rf"connects \({place}\)",
    ]
    for line in lines:
        assert re.search(f"(?m)^cloudsmith-oidc: debug: {line}$", result.stderr), line
    assert result.stderr.count(f"debug: connects ({place})") == 2
    assert "warning: Cloudsmith's rate limit is used up (429" in result.stderr
    assert "tries have failed" not in result.stderr
    # The second try asks and connects again, perhaps within the same second.
    assert len(set(result.stderr.splitlines())) >= len(result.stderr.splitlines()) - 2, "a decision is told twice"
    secrets = ["hunter2", cli.issued_token(), json.loads(cli.sandbox.exchange_requests[0].body)["oidc_token"]]
    assert [secret for secret in secrets if secret in result.stderr] == []
    assert "eyJ" not in result.stderr


def test_debug_log_says_that_no_proxy_is_used(cli: Cli) -> None:
    result = cli.login("--log-level", "debug", CLOUDSMITH_API_HOST=cli.sandbox.api_url)

    host = cli.sandbox.api_url.removeprefix("http://")
    assert f"debug: connects (to={host} host={host.partition(':')[0]} proxy=none)\n" in result.stderr
    assert "reads from home" not in result.stderr
