"""The exchange verifies like the vendor's, and says as little. Its settings: tests/explain/worlds.py."""

import time
from collections.abc import Callable

import httpx
import jwt
import pytest

from sandbox import Sandbox
from sandbox.faults import html
from sandbox.keys import rsa_key

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


World = Callable[[Sandbox], str]
"""Changes the world and returns an ID token."""


def changed(change: Callable[[Sandbox], object]) -> World:
    """Return a change of the world before the default token is minted."""

    def world(sandbox: Sandbox) -> str:
        change(sandbox)
        return sandbox.mint()

    return world


def other_jwks(document: object) -> World:
    return changed(lambda sandbox: sandbox.issuer.served.update(jwks=document))


def other_discovery(**members: object) -> World:
    return changed(lambda sandbox: sandbox.issuer.served.update(discovery=sandbox.issuer.discovery() | members))


def entered(**settings: object) -> World:
    """Return a world with other settings of the provider."""
    return changed(lambda sandbox: vars(sandbox.cloudsmith.providers["acme"][0]).update(settings))


def two_providers(sandbox: Sandbox) -> str:
    sandbox.trust(sandbox.issuer.url, {"aud": "x"})
    return entered(enabled=False)(sandbox)


REFUSED: dict[str, tuple[World, str]] = {
    "not a token": (lambda _: "sesame", "DecodeError"),
    "another issuer": (lambda sandbox: sandbox.mint(iss="https://jenkins.example.com"), "no provider"),
    "expired": (lambda sandbox: sandbox.mint(exp=int(time.time()) - 1), "expired"),
    "no expiry": (lambda sandbox: sandbox.mint(exp=None), "exp"),
    "from the future": (lambda sandbox: sandbox.mint(iat=int(time.time()) + 600), "not valid yet"),
    "another key": (lambda sandbox: sandbox.mint(key=rsa_key(99)), "InvalidSignature"),
    "unsigned": (lambda sandbox: sandbox.mint(alg="none"), "Algorithm"),
    "symmetric": (lambda sandbox: sandbox.mint(alg="HS256"), "Algorithm"),
    "another audience": (lambda sandbox: sandbox.mint(aud=["x", "y"]), "claim aud"),
    "no audience": (lambda sandbox: sandbox.mint(aud=None), "claim aud"),
    "issuer of discovery": (other_discovery(issuer="https://elsewhere.example.com"), "discovery names"),
    "key set on an unknown host": (other_discovery(jwks_uri="https://elsewhere.example.com/jwks"), "ProxyError"),
    "key set is HTML": (other_jwks(html().answer), "JSONDecodeError"),
    "bad certificate": (
        changed(lambda sandbox: sandbox.network.certificates.flaws.update({"jenkins.example.com": "expired"})),
        "certificate",
    ),
    "uploaded key set without the key": (entered(jwks={"keys": [{"kty": "oct", "k": "AA"}]}), "no key"),
    "uploaded key set is none": (entered(jwks={}), "PyJWKSetError"),
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
