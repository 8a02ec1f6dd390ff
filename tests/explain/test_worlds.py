"""In every broken world the true cause is named first; in a healthy one nothing is found."""

import json

import pytest

from cloudsmith_oidc.explain.findings import CODES
from explain.worlds import MISENTERED, TOO_OPEN, WORLDS, World, assert_no_secret_is_shown, report
from program import Cli


def each(*worlds: World) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("world", worlds, ids=lambda world: f"{world.cause}: {world.name}")


@each(*WORLDS)
def test_explain_names_the_cause_first(cli: Cli, world: World) -> None:
    result = world.explain(cli, "--json")

    found = json.loads(result.stdout)
    assert found["findings"][0]["code"] == world.cause, found["findings"]
    assert found["findings"][0]["severity"] == "error"
    assert found["summary"]["cause"] == world.cause
    assert result.code == found["summary"]["exit_code"] == CODES[world.cause].error.exit_code
    assert world.cause in result.last_line
    assert world.cause not in {"token-missing", "token-malformed"} or cli.sandbox.requests == []


@each(*(world for world in WORLDS if world.login))
def test_refused_login_names_the_cause(cli: Cli, world: World) -> None:
    token = world.make(cli.sandbox)

    result = cli.login(token=token, **world.environment)

    assert world.cause in result.last_line
    assert result.code in {3, 4, 5, 7}
    assert result.stdout == b""
    assert not cli.directory.exists()
    assert len(cli.sandbox.exchange_requests) <= 1
    *lines, last = result.stderr.splitlines()
    assert [line for line in lines if len(line) > 140 and not line.endswith("…")] == []
    assert len(last) < 300
    words = " ".join(line.removeprefix("cloudsmith-oidc:") for line in [*lines, last]).split()
    runs = [" ".join(words[place : place + 6]) for place in range(len(words) - 5)]
    assert [run for run in runs if runs.count(run) > 1] == []
    assert_no_secret_is_shown(result, token, *cli.sandbox.cloudsmith.issued)


@each(*MISENTERED)
def test_api_key_reveals_the_cause(cli: Cli, world: World) -> None:
    result = world.explain(cli, "--json", key=cli.sandbox.api_key())

    found = json.loads(result.stdout)
    first = found["findings"][0]
    assert (first["code"], first["severity"]) == (world.cause, "error"), found["findings"]
    assert world.says in " ".join(first.values()), first
    assert result.code == found["summary"]["exit_code"] == CODES[world.cause].error.exit_code
    assert world.cause in result.last_line


@each(*MISENTERED)
def test_without_api_key_the_note_names_one(cli: Cli, world: World) -> None:
    found = json.loads(world.explain(cli, "--json").stdout)

    assert found["summary"]["cause"] == (world.alone or None), found["findings"]
    assert found["cloudsmith"] is None
    assert "With an API key" in found["note"]
    assert {request.endpoint for request in cli.sandbox.requests} == {"discovery", "jwks", "exchange"}


@each(*TOO_OPEN)
def test_too_open_settings_are_a_warning_with_the_narrower_value(cli: Cli, world: World) -> None:
    found = json.loads(world.explain(cli, "--json", key=cli.sandbox.api_key()).stdout)

    warnings = [one for one in found["findings"] if (one["severity"], one["code"]) == ("warning", world.cause)]
    assert warnings, found["findings"]
    assert world.says in warnings[0]["found"]
    assert world.narrower in warnings[0]["expected"]
    assert found["summary"]["exchange"] == "granted"
    assert found["summary"]["exit_code"] == 0


@pytest.mark.parametrize("audience_as_list", [True, False])
def test_healthy_world_has_no_finding(cli: Cli, audience_as_list: bool) -> None:
    cli.sandbox.issuer.audience_as_list = audience_as_list

    assert report(cli)["findings"] == []


def test_every_code_has_a_world() -> None:
    causes = {world.cause for world in (*WORLDS, *MISENTERED, *TOO_OPEN)}
    assert causes | {"audience-is-list", "api-key-refused", "cloudsmith-unread"} == set(CODES)


def test_codes_are_listed_by_their_unique_ranks() -> None:
    ranks = [code.rank for code in CODES.values()]

    assert ranks == sorted(set(ranks))
