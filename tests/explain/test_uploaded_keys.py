"""Keys that were uploaded to a provider: Cloudsmith fetches nothing, so that its way to the issuer is no finding."""

from typing import Any

import pytest

from explain.worlds import (
    HOSTED,
    JOB,
    Change,
    carefully,
    codes,
    explain,
    hosted,
    issues,
    provider,
    report,
    requires,
    rotated,
    uploads,
)
from program import Cli
from sandbox import Sandbox, faults


def moves(sandbox: Sandbox, change: Change) -> None:
    """Move the issuer, with its one provider that authorizes one job."""
    change(sandbox)
    sandbox.cloudsmith.providers[sandbox.org].pop(0)
    carefully(sandbox)


INSIDE = ["https://jenkins.corp.internal/oidc", "http://jenkins/oidc", "https://10.1.2.3/oidc", f"{HOSTED}/", HOSTED]


@pytest.fixture(params=INSIDE)
def inside(sandbox: Sandbox, request: pytest.FixtureRequest) -> None:
    """An issuer whose documents nobody can fetch, with uploaded keys."""
    moves(sandbox, issues(explicit=request.param))
    uploads(sandbox)


@pytest.mark.usefixtures("inside")
def test_login_with_uploaded_keys_is_no_finding(cli: Cli) -> None:
    key = cli.sandbox.api_key()
    found, text = report(cli, key=key), " ".join(explain(cli, key=key).stdout.decode().split())

    assert codes(found) == []
    assert [link["state"] for link in found["chain"]] == ["ok"] * 5
    assert found["chain"][1]["name"] == "Uploaded keys"
    assert found["cloudsmith"]["providers"][0]["keys"] == "uploaded"
    assert "need not reach the issuer" in found["note"]
    assert "Its keys are uploaded: Cloudsmith fetches nothing" in text
    assert not {"discovery", "jwks", "site"} & {request.endpoint for request in cli.sandbox.requests}


@pytest.mark.usefixtures("inside")
def test_granted_exchange_shows_that_cloudsmith_has_the_keys(cli: Cli) -> None:
    assert not [code for code in codes(report(cli)) if code.startswith("issuer-")]


@pytest.mark.usefixtures("inside")
def test_refusal_is_never_blamed_on_the_way_to_the_issuer(cli: Cli) -> None:
    requires(sub=JOB.replace("main", "dev"))(cli.sandbox)

    assert codes(report(cli, key=cli.sandbox.api_key())) == ["provider-claim-mismatch", "exchange-refused"]


@pytest.mark.usefixtures("inside")
def test_old_uploaded_key_says_what_to_upload(cli: Cli) -> None:
    rotated(cli.sandbox)

    found = report(cli, key=cli.sandbox.api_key())

    assert codes(found) == ["signature-invalid", "exchange-refused"]
    assert "the uploaded key oidc-token-cred" in found["findings"][0]["found"]
    assert "Upload the issuer's present key set to provider 'Jenkins 2'" in found["findings"][0]["hint"]
    assert "DIR/jwks" in found["findings"][0]["hint"]


@pytest.mark.usefixtures("inside")
def test_unexplained_refusal_does_not_suspect_the_way_to_the_issuer(cli: Cli) -> None:
    cli.sandbox.faults.always("exchange", faults.status(401))

    (first,) = report(cli, key=cli.sandbox.api_key())["findings"]

    assert first["code"] == "exchange-refused"
    assert "(1) Cloudsmith cannot use the uploaded keys" in first["hint"]


def key(sandbox: Sandbox) -> dict[str, Any]:
    (entry,) = sandbox.issuer.jwks()["keys"]
    return dict(entry)


@pytest.mark.parametrize("surplus", [{}, {"n": "*"}, {"kty": "unknown"}, {"kty": "EC", "crv": "P-256"}, {"kid": 7}])
def test_token_needs_one_fitting_key_among_those_of_its_id(cli: Cli, surplus: dict[str, Any]) -> None:
    carefully(cli.sandbox)
    own = key(cli.sandbox)

    provider(cli.sandbox).jwks = {"keys": [7, None, own | surplus, own]}
    assert codes(report(cli, "--no-exchange", key=cli.sandbox.api_key())) == []

    provider(cli.sandbox).jwks = {"keys": [own | surplus]}
    expected = ["key-not-in-jwks"] if surplus else []
    assert codes(report(cli, "--no-exchange", key=cli.sandbox.api_key())) == expected


@pytest.mark.parametrize("value", [None, {}, [], [{"keys": []}], "", "{}", 7, True], ids=repr)
def test_member_that_is_no_key_set_is_none(cli: Cli, value: Any) -> None:
    moves(cli.sandbox, hosted)
    provider(cli.sandbox).jwks = value

    found = report(cli, "--no-exchange", key=cli.sandbox.api_key())

    assert codes(found) == []
    assert found["cloudsmith"]["providers"][0]["keys"] == "fetched"
    assert "site" in {request.endpoint for request in cli.sandbox.requests}


@pytest.mark.parametrize("number", [1, 5_000])
def test_large_key_set_is_cut_in_the_report(cli: Cli, number: int) -> None:
    carefully(cli.sandbox)
    provider(cli.sandbox).jwks = {"keys": [{"kid": f"{n}\x1b[2J", "kty": "RSA", "n": "a" * 100} for n in range(number)]}

    result = explain(cli, key=cli.sandbox.api_key())

    assert b"error: key-not-in-jwks" in result.stdout
    assert len(result.stdout) < 10_000
    assert b"\x1b" not in result.stdout


def test_host_that_is_gone_is_no_finding_where_keys_were_uploaded(cli: Cli) -> None:
    carefully(cli.sandbox)
    other = cli.sandbox.trust("https://old.example.com", {"sub": "x"})
    api_key = cli.sandbox.api_key()
    assert codes(report(cli, key=api_key)) == ["provider-stale"]

    other.jwks = cli.sandbox.issuer.jwks()

    assert codes(report(cli, key=api_key)) == []
