"""How the exchange deals with a Cloudsmith, and a network, that misbehave."""

import json

import jwt
import pytest

from program import Cli, Result
from sandbox import faults

PASSING = {**faults.BROKEN_CONNECTIONS, **faults.SERVER_ERRORS, "throttled": faults.throttled()}


def explained(result: Result) -> str:
    """Return the last line, which has to be the error with what to do next."""
    assert result.last_line.startswith("cloudsmith-oidc: error: ")
    assert ". " in result.last_line
    return result.last_line


@pytest.mark.parametrize("trouble", PASSING)
def test_what_may_pass_is_tried_again(cli: Cli, trouble: str) -> None:
    cli.sandbox.faults.add("exchange", PASSING[trouble])

    result = cli.login()

    assert result.code == 0, result.stderr
    assert len(cli.sandbox.exchange_requests) == 2
    assert "tried again" in result.stderr


@pytest.mark.parametrize("silence", faults.SILENT_CONNECTIONS)
def test_one_lost_connection_does_not_use_up_the_deadline(cli: Cli, silence: str) -> None:
    cli.sandbox.faults.add("exchange", faults.SILENT_CONNECTIONS[silence])

    assert cli.login("--timeout", "6").code == 0
    assert len(cli.sandbox.exchange_requests) == 2


@pytest.mark.parametrize("trouble", faults.REFUSALS)
def test_a_refusal_is_final(cli: Cli, trouble: str) -> None:
    cli.sandbox.faults.add("exchange", faults.REFUSALS[trouble])

    result = cli.login()

    assert result.code == 4
    assert f"({trouble.removeprefix('status-')}: " in explained(result)
    assert len(cli.sandbox.exchange_requests) == 1
    assert not cli.directory.exists()


@pytest.mark.parametrize("answer", faults.STRANGE_ANSWERS)
def test_an_answer_that_is_not_understood(cli: Cli, answer: str) -> None:
    cli.sandbox.faults.add("exchange", faults.STRANGE_ANSWERS[answer])

    result = cli.login()

    assert result.code == 7, result.stderr
    assert explained(result)
    assert len(cli.sandbox.requests) == 1
    assert not cli.directory.exists()


def test_a_redirect_is_named_but_not_followed(cli: Cli) -> None:
    cli.sandbox.faults.add("exchange", faults.redirect("https://elsewhere.example.com/?token=secret", 307))

    result = cli.login()

    assert "redirect (307) to elsewhere.example.com, which is not followed" in result.stderr
    assert "secret" not in result.stderr
    assert cli.sandbox.network.tunnels == ["api.cloudsmith.io"]


@pytest.mark.parametrize("silence", faults.SILENT_CONNECTIONS)
def test_the_deadline_ends_everything(cli: Cli, silence: str) -> None:
    cli.sandbox.faults.always("exchange", faults.SILENT_CONNECTIONS[silence])

    result = cli.login("--timeout", "1")

    assert result.code == 6
    assert "in time" in explained(result)


def test_the_id_tokens_expiry_is_a_deadline_too(cli: Cli) -> None:
    cli.sandbox.faults.always("exchange", faults.status(503))
    soon = jwt.decode(cli.sandbox.mint(), options={"verify_signature": False})["iat"] + 3

    assert cli.login("--timeout", "3600", token=cli.sandbox.mint(exp=soon)).code == 6


def test_trouble_until_the_deadline(cli: Cli) -> None:
    cli.sandbox.faults.always("exchange", faults.status(502, "Bad Gateway"))

    result = cli.login("--timeout", "2")

    assert result.code == 6
    assert "Cloudsmith answered 502: Bad Gateway" in explained(result)


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_honoured(cli: Cli, as_date: bool) -> None:
    moment = cli.sandbox.cloudsmith.clock.http_date(1) if as_date else "1"
    cli.sandbox.faults.add("exchange", faults.throttled(moment))

    assert cli.login().code == 0


@pytest.mark.parametrize("as_date", [False, True])
def test_a_retry_after_beyond_the_deadline_fails_at_once_and_says_when_to_come_back(cli: Cli, as_date: bool) -> None:
    moment = cli.sandbox.cloudsmith.clock.http_date(3304) if as_date else "3304"
    cli.sandbox.faults.always("exchange", faults.throttled(moment))

    result = cli.login()

    assert result.code == 5
    assert "Come back after 20" in explained(result)
    assert len(cli.sandbox.exchange_requests) == 1


def test_a_retry_after_that_is_nonsense_is_ignored(cli: Cli) -> None:
    cli.sandbox.faults.add(
        "exchange", faults.throttled("soon"), faults.throttled("-5"), faults.throttled("Sun, 99 Foo")
    )

    assert cli.login().code == 0


@pytest.mark.parametrize("moment", ["9" * 400, "999999999999", "Sun, 06 Nov 99999999999 08:49:37 GMT"])
def test_an_absurd_retry_after_is_an_error_like_any_other(cli: Cli, moment: str) -> None:
    cli.sandbox.faults.always("exchange", faults.throttled(moment))

    assert cli.login("--timeout", "1").code == 5


def test_a_server_error_says_when_to_come_back_too(cli: Cli) -> None:
    cli.sandbox.faults.always("exchange", faults.header(faults.status(503), "Retry-After", "3304"))

    result = cli.login()

    assert result.code == 6
    assert "Come back after 20" in explained(result)
    assert len(cli.sandbox.exchange_requests) == 1


def test_throttled_until_the_deadline(cli: Cli) -> None:
    cli.sandbox.faults.always("exchange", faults.throttled())

    assert cli.login("--timeout", "1").code == 5


def test_a_token_for_another_service_account_is_refused(cli: Cli) -> None:
    cli.sandbox.faults.add("exchange", faults.token(cli.sandbox.issue("deployer")))

    result = cli.login()

    assert result.code == 7
    assert "for the service account deployer, not for ci-reader" in explained(result)


@pytest.mark.parametrize("claims", [{"service_slug": "ci-reader"}, {"exp": 9_999_999_999}])
def test_a_token_that_does_not_say_for_whom_or_how_long_is_refused(cli: Cli, claims: dict[str, object]) -> None:
    cli.sandbox.faults.add("exchange", faults.token(jwt.encode(claims, b"k" * 32)))

    assert cli.login().code == 7


def test_200_is_as_good_as_201(cli: Cli) -> None:
    cli.sandbox.faults.add("exchange", faults.token(cli.sandbox.issue(), 200))

    assert cli.login().code == 0


def test_the_vendors_words_are_shown_without_control_characters_and_tokens(cli: Cli) -> None:
    token = cli.sandbox.mint()
    said = {"detail": f"no \x1b[31m{token}\n", "fields": {"oidc_token": ["bad"], "service_slug": [token]}}
    cli.sandbox.faults.add("exchange", faults.document(said, 422))

    result = cli.login(token=token)

    assert result.code == 4
    assert "422: no  [31m*** (oidc_token, service_slug)" in result.stderr


@pytest.mark.parametrize("flaw", ["other-host", "unknown-ca", "expired"])
def test_a_bad_certificate_is_an_error_with_its_reason(cli: Cli, flaw: str) -> None:
    cli.sandbox.network.certificates.flaws["api.cloudsmith.io"] = flaw  # type: ignore[assignment]

    result = cli.login()

    assert result.code == 6
    assert "TLS connection to api.cloudsmith.io failed: " in explained(result)
    assert "tried again" not in result.stderr
    assert cli.sandbox.exchange_requests == []


def test_a_host_that_refuses_connections(cli: Cli) -> None:
    result = cli.login("--timeout", "1", CLOUDSMITH_API_HOST="http://127.0.0.1:1")

    assert result.code == 6
    assert "cannot connect to 127.0.0.1:1: Connection refused" in explained(result)


def test_a_host_that_does_not_exist(cli: Cli) -> None:
    no_proxy = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), "")

    result = cli.login("--timeout", "1", CLOUDSMITH_API_HOST="https://api.invalid", **no_proxy)

    assert result.code == 6


def test_a_proxy_that_refuses(cli: Cli) -> None:
    result = cli.login("--timeout", "1", CLOUDSMITH_API_HOST="https://unknown.example.com")

    assert result.code == 6
    assert "the proxy refused to connect to unknown.example.com" in explained(result)


def test_errors_are_one_json_object_for_machines(cli: Cli) -> None:
    result = cli.run("login", "--output", str(cli.directory), "--service", "nobody", "--log-format", "json")

    event = json.loads(result.last_line)
    assert (event["level"], event["exit_code"]) == ("error", result.code)
