"""The exchange verifies like the vendor's, and says as little. Its settings: tests/explain/worlds.py."""

import time
from collections.abc import Callable

import httpx
import jwt
import pytest

from sandbox import Sandbox

EXCHANGE = "https://api.cloudsmith.io/openid/acme/"


def exchange(client: httpx.Client, id_token: str, service: str = "ci-reader", url: str = EXCHANGE) -> httpx.Response:
    return client.post(url, json={"oidc_token": id_token, "service_slug": service})


def test_good_id_token_becomes_a_token_for_two_hours(sandbox: Sandbox, client: httpx.Client) -> None:
    answer = exchange(client, sandbox.mint())
    assert answer.status_code == 201
    token = answer.json()["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 7200
    assert claims["service_slug"] == "ci-reader"
    assert set(claims) == {"iat", "exp", "service_slug", "service_slug_perm"}
    me = client.get("https://api.cloudsmith.io/v1/user/self/", headers={"Authorization": f"Bearer {token}"}).json()
    assert (me["authenticated"], me["slug"]) == (True, "ci-reader")
    assert client.get("https://api.cloudsmith.io/v1/user/self/").json()["authenticated"] is False


def test_uploaded_keys_take_the_place_of_the_issuer(sandbox: Sandbox, client: httpx.Client) -> None:
    [provider] = sandbox.cloudsmith.providers["acme"]
    provider.jwks = sandbox.issuer.jwks()
    sandbox.cloudsmith.cannot_reach.add("jenkins.example.com")
    assert exchange(client, sandbox.mint()).status_code == 201
    assert not [request for request in sandbox.network.requests if request.endpoint == "discovery"]
    sandbox.issuer.rotate()
    assert exchange(client, sandbox.mint()).status_code == 401
    assert "InvalidSignature" in sandbox.cloudsmith.refusals[-1]


def two_providers(sandbox: Sandbox) -> str:
    sandbox.cloudsmith.providers["acme"][0].enabled = False
    sandbox.trust(sandbox.issuer.url, {"aud": "x"})
    return sandbox.mint()


# What tests/explain cannot see: the program itself refuses such a token, or the exchange does for more than one reason.
REFUSED: dict[str, tuple[Callable[[Sandbox], str], str]] = {
    "not a token": (lambda _: "sesame", "DecodeError"),
    "expired": (lambda sandbox: sandbox.mint(exp=int(time.time()) - 1), "expired"),
    "no expiry": (lambda sandbox: sandbox.mint(exp=None), "exp"),
    "unsigned": (lambda sandbox: sandbox.mint(alg="none"), "Algorithm"),
    "symmetric": (lambda sandbox: sandbox.mint(alg="HS256"), "Algorithm"),
    "refused by each of two": (two_providers, "Jenkins 1: disabled; Jenkins 2: claim aud"),
}


@pytest.mark.parametrize("world", REFUSED)
def test_test_gets_the_reason_of_a_refusal_and_client_does_not(
    sandbox: Sandbox, client: httpx.Client, world: str
) -> None:
    prepare, reason = REFUSED[world]
    answer = exchange(client, prepare(sandbox))
    assert (answer.status_code, answer.json()) == (401, {"detail": "OIDC token cannot be authenticated."})
    (refusal,) = sandbox.cloudsmith.refusals
    assert reason in refusal


def test_statuses_of_other_mistakes(sandbox: Sandbox, client: httpx.Client) -> None:
    incomplete = client.post(EXCHANGE, json={"oidc_token": sandbox.mint()})
    assert (incomplete.status_code, list(incomplete.json()["fields"])) == (422, ["service_slug"])
    assert exchange(client, sandbox.mint(), url=EXCHANGE.replace("acme", "other")).status_code == 404
    assert exchange(client, sandbox.mint(), url=EXCHANGE.rstrip("/")).headers["Location"] == "/openid/acme/"
    assert client.get(EXCHANGE).status_code == 405
