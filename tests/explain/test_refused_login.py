"""What a refused login says by itself."""

import json
from collections.abc import Callable

import pytest

from cloudsmith_oidc import cli as program
from cloudsmith_oidc import explain
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.explain.evidence import documents
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.id_token import IdToken
from explain.worlds import hosted
from program import Cli
from sandbox import Sandbox, faults

WORLDS_TO_REFUSE: dict[str, Callable[[Sandbox], object]] = {
    "an old key": lambda sandbox: hosted(sandbox).rotate(),
    "no workspace": lambda sandbox: sandbox.cloudsmith.providers.clear(),
    "an unlinked service account": lambda sandbox: sandbox.cloudsmith.providers["acme"][0].services.clear(),
    "a token for somebody else": lambda sandbox: sandbox.faults.always(
        "exchange", faults.token(sandbox.issue("ci-writer"))
    ),
    "a wrong clock": lambda sandbox: setattr(sandbox.jenkins.clock, "ahead", 600),
}


@pytest.fixture(params=WORLDS_TO_REFUSE, ids=str)
def refused(cli: Cli, request: pytest.FixtureRequest) -> None:
    """A world that refuses, of each kind."""
    WORLDS_TO_REFUSE[request.param](cli.sandbox)


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


def test_nothing_is_said_twice_and_no_line_is_long(cli: Cli, refused: None) -> None:
    assert refused is None

    lines = cli.login().stderr.splitlines()

    assert all(len(line) <= 140 for line in lines[:-1])
    assert len(lines[-1]) < 200
    words = " ".join(line.removeprefix("cloudsmith-oidc:") for line in lines).split()
    runs = [" ".join(words[place : place + 6]) for place in range(len(words) - 5)]
    assert [run for run in runs if runs.count(run) > 1] == []


def test_claims_come_after_the_findings(cli: Cli) -> None:
    result = cli.login(token=cli.sandbox.mint(sub=None))

    lines = result.stderr.splitlines()[-10:]
    assert lines[0] == "cloudsmith-oidc: the ID token says"
    assert [line.split(":")[1].strip() for line in lines[1:9]] == [
        *("iss", "sub", "aud", "kid", "alg", "iat", "exp", "clock")
    ]
    assert lines[2] == "cloudsmith-oidc:   sub: MISSING"


def test_json_log_begins_with_the_cause(cli: Cli, refused: None) -> None:
    assert refused is None

    result = cli.login("--log-format", "json")

    cause, *_, last = (json.loads(line) for line in result.stderr.splitlines())
    assert (last["level"], last["exit_code"]) == ("error", result.code)
    assert last["finding"] in cause["event"]
    assert cause["to_do"]


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

    result = cli.login("--timeout", "3")

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
