"""What a refused login says by itself."""

import json
import subprocess
import sys

import pytest

from cloudsmith_oidc import cli as program
from cloudsmith_oidc import explain
from explain.worlds import hosted
from program import Cli
from sandbox import faults


def test_the_cause_comes_first_then_the_claims(cli: Cli) -> None:
    hosted(cli.sandbox).rotate()

    result = cli.login()

    first, *_, last = result.stderr.splitlines()
    assert result.code == 4
    assert first.startswith("cloudsmith-oidc: warning: the likely cause (code=signature-invalid ")
    (claims,) = [line for line in result.stderr.splitlines() if "the ID token says" in line]
    for claim in ("iss", "sub", "aud", "kid", "iat", "exp", "clock"):
        assert f"{claim}=" in claims
    assert last.startswith("cloudsmith-oidc: error: Cloudsmith refused the exchange (401")
    assert "The likely cause is signature-invalid" in last


def test_in_json_the_cause_has_fields_of_its_own(cli: Cli) -> None:
    hosted(cli.sandbox).rotate()

    result = cli.login("--log-format", "json")

    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert lines[0]["code"] == lines[-1]["finding"] == "signature-invalid"
    assert lines[0]["hint"] in lines[-1]["event"]
    assert lines[-1]["exit_code"] == 4


def test_a_quiet_login_still_names_the_cause(cli: Cli) -> None:
    hosted(cli.sandbox).rotate()

    (line,) = cli.login("--quiet").stderr.splitlines()

    assert "The likely cause is signature-invalid" in line


def test_missing_claims_are_shown_as_missing(cli: Cli) -> None:
    result = cli.login(token=cli.sandbox.mint(sub=None))

    assert "sub=MISSING" in result.stderr


def test_there_is_no_second_exchange(cli: Cli) -> None:
    hosted(cli.sandbox).rotate()

    cli.login()

    assert [request.endpoint for request in cli.sandbox.requests] == ["exchange", "site", "site"]


def test_a_login_that_is_granted_asks_nobody_else(cli: Cli) -> None:
    cli.login()

    assert [request.endpoint for request in cli.sandbox.requests] == ["exchange"]


@pytest.mark.parametrize("silence", faults.SILENT_CONNECTIONS)
def test_an_issuer_that_never_finishes_changes_neither_the_code_nor_the_deadline(cli: Cli, silence: str) -> None:
    cli.sandbox.cloudsmith.providers.clear()
    cli.sandbox.faults.always("discovery", faults.SILENT_CONNECTIONS[silence])

    result = cli.login("--timeout", "3")

    assert result.code == 4
    assert "discovery-unreachable" in result.last_line


def test_an_issuer_is_not_blamed_when_there_is_no_time_left_to_ask(cli: Cli) -> None:
    cli.sandbox.faults.add("exchange", faults.throttled("2"), faults.status(401))

    result = cli.login("--timeout", "3")

    assert result.code == 4
    assert "exchange-refused" in result.last_line
    assert {request.endpoint for request in cli.sandbox.requests} == {"exchange"}


def test_only_a_refused_login_loads_what_verifies_signatures(cli: Cli) -> None:
    script = "import sys; from cloudsmith_oidc.cli import main; sys.exit(main(sys.argv[1:]) or 'jwt' in sys.modules)"
    environment = cli.environment | {"CLOUDSMITH_OIDC_TOKEN": cli.sandbox.mint()}
    command = [sys.executable, "-c", script, "login", "--output", str(cli.directory)]

    assert subprocess.run(command, env=environment, check=False).returncode == 0


def test_a_fault_in_the_diagnosis_does_not_hide_the_refusal(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    cli.sandbox.cloudsmith.providers.clear()
    for name, value in (cli.environment | {"CLOUDSMITH_OIDC_TOKEN": cli.sandbox.mint()}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(explain, "explain_refusal", broken)

    assert program.main(["login", "--output", str(cli.directory), "--log-format", "console"]) == 4

    lines = capsys.readouterr().err.splitlines()
    assert "the diagnosis of the refusal failed" in lines[0]
    assert lines[-1].startswith("cloudsmith-oidc: error: Cloudsmith refused the exchange (404")
