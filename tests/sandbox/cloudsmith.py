"""Cloudsmith's API: the exchange of an ID token for a token of its own, and "who am I".

The exchange really fetches the issuer's documents and verifies the token; like the vendor's, it never says what is
wrong. `Cloudsmith.refusals` says it to the tests.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
from jwt.types import Options

from sandbox.clock import Clock
from sandbox.faults import Answer, json_answer
from sandbox.network import CLOUDSMITH, Network, Request, Route

LIFETIME = 7200
FETCH_SECONDS = 2.0
NO_TIMES: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}


NOT_CREATED = json_answer({"detail": "The JWT cannot be created."}, 400)
NOT_AUTHENTICATED = json_answer({"detail": "OIDC token cannot be authenticated."}, 401)
NOT_FOUND = json_answer({"detail": "Not found."}, 404)


class RefusedError(Exception):
    """Why an exchange is refused, in words for the sandbox's user, and what the client is told."""

    def __init__(self, reason: str, answer: Answer = NOT_AUTHENTICATED) -> None:
        super().__init__(reason)
        self.answer = answer


@dataclass
class Provider:
    """What an administrator enters at Cloudsmith: provider URL, required claims, linked service accounts.

    A required value may end in `*`. Of a claim that is a list, one member must match.
    """

    issuer: str
    claims: dict[str, str] = field(default_factory=dict)
    services: set[str] = field(default_factory=lambda: {"ci-reader"})

    def demand(self, claims: Mapping[str, Any], *, lists_match: bool) -> None:
        """Raise `RefusedError` unless all required claims are there."""
        for name, pattern in self.claims.items():
            found = claims.get(name)
            values = found if isinstance(found, list) and lists_match else [found]
            if not any(_matches(value, pattern) for value in values):
                raise RefusedError(f"claim {name} is {found!r}, not {pattern!r}")


class Cloudsmith:
    """The API host. `providers` holds the OIDC settings of each known workspace."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._secret = secrets.token_bytes(32)
        self.proxy_url = ""
        self.clock = Clock()
        self.reset()

    def reset(self) -> None:
        """Forget all settings, but honour tokens already issued."""
        self.providers: dict[str, list[Provider]] = {}
        self.lists_match = True
        self.cannot_reach: set[str] = set()
        self.token_lifetime = LIFETIME
        self.refusals: list[str] = []
        self.issued: list[str] = []
        self.clock.ahead = 0.0

    def route(self, request: Request) -> Route:
        """`exchange`, `user`, or nothing known ("api")."""
        if exchange := re.fullmatch(r"/openid/([^/]+)(/?)", request.path):
            org, slash = exchange.groups()
            if slash:
                return "exchange", lambda: self._exchange(org, request)
            return "exchange", lambda: Answer(301, headers={"Location": f"{request.path}/"})
        if request.path == "/v1/user/self/":
            return "user", lambda: self._user(request)
        return "api", lambda: NOT_FOUND

    def issue(self, service: str = "ci-reader", *, issued_at: float | None = None) -> str:
        """A Cloudsmith token for a service account, from now or from `issued_at` (seconds since the epoch)."""
        now = self.clock.now() if issued_at is None else int(issued_at)
        claims = {
            "iat": now,
            "exp": now + self.token_lifetime,
            "service_slug": service,
            "service_slug_perm": f"{service}-perm",
        }
        self.issued.append(jwt.encode(claims, self._secret, algorithm="HS256"))
        return self.issued[-1]

    def service_of(self, token: str) -> str | None:
        """The service account that a token lets in; None for a bad or expired token."""
        try:
            claims = jwt.decode(token, self._secret, algorithms=["HS256"], options=NO_TIMES)
            self._demand_in_time(claims)
        except (jwt.PyJWTError, RefusedError):
            return None
        return str(claims["service_slug"])

    def _exchange(self, org: str, request: Request) -> Answer:
        if request.method != "POST":
            return json_answer({"detail": f'Method "{request.method}" not allowed.'}, 405, {"Allow": "POST, OPTIONS"})
        try:
            token, service = _parameters(request.body)
            self._authenticate(org, token, service)
        except RefusedError as problem:
            self.refusals.append(str(problem))
            return problem.answer
        except (jwt.PyJWTError, httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError) as problem:
            self.refusals.append(f"{type(problem).__name__}: {problem}")
            return NOT_AUTHENTICATED
        return json_answer({"token": self.issue(service)}, 201)

    def _authenticate(self, org: str, token: str, service: str) -> None:
        """Find the provider of an ID token and verify the token against the issuer's own documents."""
        if org not in self.providers:
            raise RefusedError(f"no workspace {org}", NOT_FOUND)
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        provider = next((known for known in self.providers[org] if known.issuer == issuer), None)
        if provider is None:
            raise RefusedError(f"no provider for issuer {issuer!r}")
        discovery = self._fetch(f"{provider.issuer}/.well-known/openid-configuration")
        if discovery.get("issuer") != issuer:
            raise RefusedError(f"discovery names issuer {discovery.get('issuer')!r}, not {issuer!r}")
        keys = jwt.PyJWKSet.from_dict(self._fetch(discovery.get("jwks_uri", "")))
        kid = jwt.get_unverified_header(token).get("kid")
        key = next((key for key in keys.keys if key.key_id == kid), None)
        if key is None:
            raise RefusedError(f"no key {kid!r} in the key set")
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=issuer,
            options={**NO_TIMES, "verify_aud": False, "require": ["exp", "iat", "sub"]},
        )
        self._demand_in_time(claims)
        provider.demand(claims, lists_match=self.lists_match)
        if service not in provider.services:
            raise RefusedError(f"service account {service} is not linked", NOT_CREATED)

    def _demand_in_time(self, claims: Mapping[str, Any]) -> None:
        """Check the times by this host's own clock."""
        now = self.clock.now()
        if float(claims["exp"]) <= now:
            raise RefusedError("expired")
        if max(float(claims[name]) for name in ("iat", "nbf") if name in claims) > now:
            raise RefusedError("not valid yet")

    def _fetch(self, url: str) -> dict[str, Any]:
        """Fetch a JSON object as Cloudsmith would: host names as the sandbox resolves them, TLS by its CA."""
        if httpx.URL(url).host in self.cannot_reach:
            raise RefusedError(f"Cloudsmith cannot reach {url}")
        loopback = {f"all://{host}": None for host in ("127.0.0.1", "localhost")}
        with httpx.Client(
            proxy=self.proxy_url,
            mounts=loopback,
            verify=self._network.certificates.client_context,
            trust_env=False,
            timeout=FETCH_SECONDS,
            headers={"User-Agent": CLOUDSMITH},
        ) as client:
            answer = client.get(url)
        if answer.status_code != httpx.codes.OK:
            raise RefusedError(f"{url} answers {answer.status_code}")
        content = answer.json()
        if not isinstance(content, dict):
            raise RefusedError(f"{url} is not a JSON object")
        return content

    def _user(self, request: Request) -> Answer:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        slug = self.service_of(request.headers.get("X-Api-Key") or bearer)
        perm = f"{slug}-perm" if slug else None
        return json_answer(
            {"authenticated": slug is not None, "email": None, "name": slug, "slug": slug, "slug_perm": perm}
        )


def _parameters(body: bytes) -> tuple[str, str]:
    """The ID token and the service account asked for."""
    try:
        asked = json.loads(body)
    except ValueError:
        raise RefusedError("not JSON", json_answer({"detail": "JSON parse error"}, 400)) from None
    names = ("oidc_token", "service_slug")
    given = [asked.get(name) if isinstance(asked, dict) else None for name in names]
    if not all(given):
        fields = {name: ["This field is required."] for name, value in zip(names, given, strict=True) if not value}
        raise RefusedError(f"no {list(fields)}", json_answer({"detail": "Invalid input.", "fields": fields}, 422))
    token, service = map(str, given)
    return token, service


def _matches(value: object, pattern: str) -> bool:
    if value is None:
        return False
    if pattern.endswith("*"):
        return str(value).startswith(pattern[:-1])
    return str(value) == pattern
