"""The exchange verifies like the vendor's, and says as little."""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import httpx
import jwt
import pytest

from sandbox import Issuer, Sandbox
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


def rotated_behind_a_copy(sandbox: Sandbox) -> str:
    sandbox.issuer.served["jwks"] = sandbox.issuer.jwks()
    sandbox.issuer.rotate()
    return sandbox.mint()


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
    "audience is a list": (changed(lambda sandbox: setattr(sandbox.cloudsmith, "lists_match", False)), "claim aud"),
    "issuer of discovery": (other_discovery(issuer="https://elsewhere.example.com"), "discovery names"),
    "key set on an unknown host": (other_discovery(jwks_uri="https://elsewhere.example.com/jwks"), "ProxyError"),
    "key set is HTML": (other_jwks(html().answer), "JSONDecodeError"),
    "rotated behind a copy": (rotated_behind_a_copy, "InvalidSignature"),
    "unreachable": (
        changed(lambda sandbox: sandbox.cloudsmith.cannot_reach.add("jenkins.example.com")),
        "cannot reach",
    ),
    "bad certificate": (
        changed(lambda sandbox: sandbox.network.certificates.flaws.update({"jenkins.example.com": "expired"})),
        "certificate",
    ),
    "disabled": (entered(enabled=False), "Jenkins 1: disabled"),
    "unlinked": (entered(services={"ci-writer"}), "service account ci-reader is not linked"),
    "no mapping for the value": (entered(mapping_claim="sub", mappings={"x": "a"}), "no mapping for sub 'https:"),
    "refused by each of two": (two_providers, "Jenkins 1: disabled; Jenkins 2: claim aud"),
    "clocks": (changed(lambda sandbox: setattr(sandbox.cloudsmith.clock, "ahead", -600)), "not valid yet"),
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


@pytest.mark.parametrize(
    ("wildcards", "fitting"),
    [
        ({".*", "*"}, {"main", "m*", "m.*"}),
        ({"*"}, {"main", "m*"}),
        ({".*"}, {"main", "m.*"}),
        (set(), {"main"}),
    ],
)
def test_wildcards_are_a_switch(sandbox: Sandbox, client: httpx.Client, wildcards: set[str], fitting: set[str]) -> None:
    sandbox.cloudsmith.wildcards = wildcards
    (provider,) = sandbox.cloudsmith.providers["acme"]
    found = set()
    for value in ("main", "m*", "m.*", "x*", ".*main"):
        provider.claims, provider.mapping_claim = {"branch": value}, None
        static = exchange(client, sandbox.mint(branch="main")).status_code
        provider.claims, provider.mapping_claim, provider.mappings = {}, "branch", {value: "ci-reader"}
        assert exchange(client, sandbox.mint(branch="main")).status_code == static
        if static == 201:
            found.add(value)
    assert found == fitting


def test_mapping_chooses_the_service_account(sandbox: Sandbox, client: httpx.Client) -> None:
    (provider,) = sandbox.cloudsmith.providers["acme"]
    provider.mapping_claim = "groups"
    provider.mappings = {"team-a": "ci-a", "team-b": "ci-b"}
    answer = exchange(client, sandbox.mint(groups=["x", "team-b"]), service="ci-reader")
    assert sandbox.cloudsmith.service_of(answer.json()["token"]) == "ci-b"


def test_one_of_several_providers_is_enough(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.trust(sandbox.issuer.url, {"build_number": "7"}).services = {"ci-writer"}
    assert exchange(client, sandbox.mint(), service="ci-writer").status_code == 201
    assert exchange(client, sandbox.mint(), service="ci-reader").status_code == 201
    assert exchange(client, sandbox.mint(build_number=8), service="ci-writer").status_code == 401


@pytest.mark.parametrize(("matters", "status"), [(False, 201), (True, 401)])
def test_slash_after_the_provider_url_is_a_switch(
    sandbox: Sandbox, client: httpx.Client, *, matters: bool, status: int
) -> None:
    (provider,) = sandbox.cloudsmith.providers["acme"]
    provider.issuer += "/"
    sandbox.cloudsmith.slash_matters = matters
    assert exchange(client, sandbox.mint()).status_code == status


def test_statuses_of_other_mistakes(sandbox: Sandbox, client: httpx.Client) -> None:
    incomplete = client.post(EXCHANGE, json={"oidc_token": sandbox.mint()})
    assert (incomplete.status_code, list(incomplete.json()["fields"])) == (422, ["service_slug"])
    assert exchange(client, sandbox.mint(), url=EXCHANGE.replace("acme", "other")).status_code == 404
    assert exchange(client, sandbox.mint(), url=EXCHANGE.rstrip("/")).headers["Location"] == "/openid/acme/"
    assert client.get(EXCHANGE).status_code == 405


def test_loopback_issuer_needs_neither_tls_nor_proxy(sandbox: Sandbox, client: httpx.Client) -> None:
    issuer = sandbox.add_issuer(Issuer(sandbox.jenkins_url))
    sandbox.trust(issuer.url)
    assert exchange(client, issuer.mint()).status_code == 201
    assert sandbox.network.tunnels == ["api.cloudsmith.io"]


def test_hosts_have_their_own_clocks(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.jenkins.clock.ahead = sandbox.cloudsmith.clock.ahead = 86400
    id_token = sandbox.mint()
    assert jwt.decode(id_token, options={"verify_signature": False})["iat"] > time.time() + 80000
    answer = exchange(client, id_token)
    assert answer.status_code == 201
    assert sandbox.cloudsmith.service_of(answer.json()["token"]) == "ci-reader"
    assert parsedate_to_datetime(answer.headers["Date"]).timestamp() > time.time() + 80000
