"""What a refused login says by itself."""

import json
import time

import pytest

from cloudsmith_oidc import cli as program
from cloudsmith_oidc import explain
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.explain.evidence import documents
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.id_token import IdToken
from explain.worlds import hosted
from program import Cli
from sandbox import faults


def test_first_lines_name_the_cause_and_what_to_do_and_the_last_one_repeats_it(cli: Cli) -> None:
    hosted(cli.sandbox).rotate()

    result = cli.login()

    lines = result.stderr.splitlines()
    assert result.code == 4
    assert lines[0].startswith("cloudsmith-oidc: likely cause: signature-invalid. The published key")
    heads = [line.removeprefix("cloudsmith-oidc: ") for line in lines if not line.startswith("cloudsmith-oidc:    ")]
    assert [head.partition(":")[0] for head in heads[:5]] == [
        *("likely cause", "  to do", "  found", "the login asked for (org=acme service=ci-reader)", "the ID token says")
    ]
    assert lines[-1].startswith("cloudsmith-oidc: error: Cloudsmith refused the exchange (401")
    assert lines[-1].endswith(
        ". Why: see above, or docs/troubleshooting.md#signature-invalid (finding=signature-invalid)"
    )
    (line,) = cli.login("--quiet").stderr.splitlines()
    assert line.endswith("docs/troubleshooting.md#signature-invalid (finding=signature-invalid)")


def test_claims_come_after_the_findings(cli: Cli) -> None:
    result = cli.login(token=cli.sandbox.mint(sub=None))

    lines = result.stderr.splitlines()[-10:]
    assert lines[0] == "cloudsmith-oidc: the ID token says"
    assert [line.split(":")[1].strip() for line in lines[1:9]] == [
        *("iss", "sub", "aud", "kid", "alg", "iat", "exp", "clock")
    ]
    assert lines[2] == "cloudsmith-oidc:   sub: MISSING"


SUGGESTIONS = {
    400: "400 suggests that ci-reader is not the service account's slug. Check in Cloudsmith, in this order: (1)",
    401: "Check in Cloudsmith, in this order: (1)",
    403: "Check in Cloudsmith, in this order: (1)",
    404: "404 suggests that acme is not the workspace's slug. Check in Cloudsmith, in this order: (1)",
    422: "422 suggests that ci-reader is not the service account's slug. Check in Cloudsmith, in this order: (1)",
}


@pytest.mark.parametrize("status", SUGGESTIONS)
def test_unexplained_refusal_says_what_the_status_suggests(cli: Cli, status: int) -> None:
    cli.sandbox.faults.always("exchange", faults.status(status, "404 (400)"))

    result = cli.login("--log-format", "json")

    cause, *_, last = (json.loads(line) for line in result.stderr.splitlines())
    assert (last["level"], last["exit_code"]) == ("error", result.code)
    assert last["finding"] in cause["event"]
    assert cause["to_do"].startswith(SUGGESTIONS[status])
    assert f"refused the exchange ({status}: " in last["event"]
    assert "explain" not in cause["to_do"] + last["event"]


def test_refusal_makes_no_second_exchange(cli: Cli) -> None:
    cli.login()
    assert [request.endpoint for request in cli.sandbox.requests] == ["exchange"]
    hosted(cli.sandbox).rotate()

    cli.login()

    assert [request.endpoint for request in cli.sandbox.requests][1:] == ["exchange", "site", "site"]


@pytest.mark.parametrize("silence", faults.SILENT_CONNECTIONS)
def test_silent_issuer_changes_neither_code_nor_deadline(cli: Cli, silence: str) -> None:
    cli.sandbox.cloudsmith.providers.clear()
    cli.sandbox.faults.always("discovery", faults.SILENT_CONNECTIONS[silence])

    started = time.monotonic()
    result = cli.login("--timeout", "3")

    assert time.monotonic() - started < 9
    assert result.code == 4
    assert "discovery-unreachable" in result.last_line


def test_issuer_is_not_blamed_without_time_to_ask(cli: Cli) -> None:
    token = IdToken.read(cli.sandbox.mint())

    assert documents(HttpClient(), token, Deadline(0.9)) == (None, None)


def test_bug_in_the_diagnosis_does_not_hide_the_refusal(
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
