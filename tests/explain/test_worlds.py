"""In every misconfigured world the true cause is named first; in a healthy one nothing is found."""

import base64
import json
from typing import Any

import pytest

from cloudsmith_oidc.explain.findings import CODES
from explain import cloudsmith_worlds
from explain.worlds import WORLDS, Given, World
from program import Cli, Result
from sandbox import Sandbox

by_name = pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
by_name_of_refused = pytest.mark.parametrize("world", [w for w in WORLDS if w.login], ids=lambda world: world.name)


def explain(cli: Cli, given: Given, *arguments: str) -> Result:
    return cli.run("explain", *given.arguments, *arguments, token=given.token, **given.environment)


def report(result: Result) -> dict[str, Any]:
    content = json.loads(result.stdout)
    assert isinstance(content, dict)
    return content


@by_name
def test_explain_names_the_cause_first(cli: Cli, world: World) -> None:
    given = world.make(cli.sandbox)

    result = explain(cli, given, "--json")

    found = report(result)
    assert found["findings"][0]["code"] == world.cause, found["findings"]
    assert found["findings"][0]["severity"] == "error"
    assert found["summary"]["cause"] == world.cause
    assert result.code == found["summary"]["exit_code"] == CODES[world.cause].error.exit_code
    assert world.cause in result.last_line
    assert_no_token_is_shown(result, given.token, cli.sandbox)
    assert_only_the_exchange_got_the_token(cli.sandbox, given.token)


@by_name_of_refused
def test_login_names_the_cause_when_it_is_refused(cli: Cli, world: World) -> None:
    given = world.make(cli.sandbox)

    result = cli.login(token=given.token, **given.environment)

    assert world.cause in result.last_line
    assert result.code in {3, 4, 5, 7}
    assert result.stdout == b""
    assert not cli.directory.exists()
    assert len(cli.sandbox.exchange_requests) <= 1
    assert_no_token_is_shown(result, given.token, cli.sandbox)
    assert_only_the_exchange_got_the_token(cli.sandbox, given.token)


def test_in_a_healthy_world_there_is_nothing_but_remarks(cli: Cli) -> None:
    result = explain(cli, Given(cli.sandbox.mint()), "--json")

    assert result.code == 0
    assert [finding["code"] for finding in report(result)["findings"]] == ["audience-is-list"]
    assert {finding["severity"] for finding in report(result)["findings"]} == {"info"}


def test_an_audience_that_is_a_text_is_no_finding(cli: Cli) -> None:
    cli.sandbox.issuer.audience_as_list = False

    assert report(explain(cli, Given(cli.sandbox.mint()), "--json"))["findings"] == []


def test_every_code_has_a_world() -> None:
    causes = {world.cause for world in WORLDS} | {one.world.cause for one in cloudsmith_worlds.WORLDS}
    warnings = {one.code for one in cloudsmith_worlds.OPEN_WORLDS} | {"api-key-refused", "cloudsmith-unread"}
    assert causes | warnings | {"audience-is-list"} == set(CODES)
    assert len({world.name for world in WORLDS}) == len(WORLDS) >= 30


def assert_no_token_is_shown(result: Result, token: str, sandbox: Sandbox) -> None:
    output = result.stdout.decode() + result.stderr
    for secret in [token, *sandbox.cloudsmith.issued]:
        for part in [secret, *secret.split(".")]:
            encoded = base64.b64encode(part.encode()).decode().rstrip("=")
            assert len(part) < 8 or (part not in output and encoded not in output)


def assert_only_the_exchange_got_the_token(sandbox: Sandbox, token: str) -> None:
    for request in sandbox.requests:
        if request.endpoint != "exchange":
            seen = f"{request.path}{request.query}{request.headers}{request.body!r}"
            assert request.method == "GET"
            assert not any(part and part in seen for part in token.split("."))
