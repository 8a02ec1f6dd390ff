"""Cloudsmith's API: the exchange of an ID token for a token of its own, "who am I", and `administration.py`.

The exchange really verifies the token, with an uploaded key set or the issuer's documents, and obeys the settings of
`workspace.py`; like the vendor's, it never names the reason of a refusal. `Cloudsmith.refusals` has it for the tests.
"""

import json
import re
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

import jwt

from sandbox.administration import NOT_FOUND, Administration
from sandbox.clock import Clock
from sandbox.faults import Answer, json_answer, with_headers
from sandbox.limit import RateLimit
from sandbox.network import Request, Route, Service
from sandbox.verifier import NO_TIMES, PROBLEMS, RefusedError, Verifier, demand_in_time, issuer_of, reason_of
from sandbox.workspace import Account, Provider, Workspaces

LIFETIME = 7200
NO_LIMIT = 10**9

RATE_LIMITS = {
    "X-RateLimit-Interval": "2.0",
    "X-RateLimit-Limit": "1800",
    "X-RateLimit-Remaining": "1799",
    "X-RateLimit-Reset": "1485712175",
}
"""Headers as the vendor's page api/rate-limits shows them."""
NOT_AUTHENTICATED = json_answer({"detail": "OIDC token cannot be authenticated."}, 401)


class Cloudsmith:
    """The API host. `workspaces` has the settings, and `providers` the OIDC providers of each workspace.

    Some things are not known of the real one, so a test can have either: whether a member of a claim that is a list
    matches (`lists_match`), whether a number is compared as text (`numbers_as_text`), which `wildcards` stand for any
    text at the end of a value (the vendor's pages show both), or whether values are `regular_expressions`, whether a
    provider URL that ends in a slash is another one than the issuer without (`slash_matters`), whether a dynamic
    provider gives its service account to those who ask for another (`mapping_overrides`), the answers to some refusals
    (`refusal_answers`, by "claim", "unlinked" and "unknown"), the headers in which the API takes a token
    (`api_headers`), those of a rate limit (`rate_limits`), and how package hosts take it (`schemes`, by registry).
    `workspaces` has some more. `limit` is the exchange's rate limit, if a test needs one.
    """

    def __init__(self, verifier: Verifier) -> None:
        self.verifier = verifier
        self._secret = secrets.token_bytes(32)
        self.packages: Service | None = None
        """The service that answers requests about packages at this host. It names unknown paths "api"."""
        self.clock = Clock()
        self.reset()

    def reset(self) -> None:
        """Forget all settings, but honour tokens already issued."""
        self.workspaces = Workspaces()
        self.providers = self.workspaces.providers
        self.administration = Administration(self.workspaces)
        self.lists_match = True
        self.wildcards = {".*", "*"}
        self.regular_expressions = False
        self.numbers_as_text = True
        self.slash_matters = False
        self.mapping_overrides = True
        self.refusal_answers: dict[str, Answer] = {}
        self.api_headers = {"X-Api-Key", "Authorization"}
        self.rate_limits = dict(RATE_LIMITS)
        self.limit = RateLimit(NO_LIMIT)
        self.schemes: dict[str, tuple[str, ...]] = {}
        self.cannot_reach: set[str] = set()
        self.token_lifetime = LIFETIME
        self.refusals: list[str] = []
        self.issued: list[str] = []
        self.clock.ahead = 0.0

    def route(self, request: Request) -> Route:
        """`exchange`, `user`, an endpoint of the administration, or nothing known ("api")."""
        if exchange := re.fullmatch(r"/openid/([^/]+)(/?)", request.path):
            org, slash = exchange.groups()
            if slash:
                answer = partial(self._exchange, org, request)
                return "exchange", lambda: with_headers(self.limit.answer(answer), self.rate_limits)
            return "exchange", lambda: Answer(301, headers={"Location": f"{request.path}/"})
        if request.path == "/v1/user/self/":
            return "user", lambda: self._user(request)
        if known := self.administration.route(request, self._account(request)):
            return known
        if self.packages and (found := self.packages.route(request))[0] != "api":
            return found
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

    def revoke(self) -> None:
        """Reject all tokens issued so far. The real Cloudsmith cannot, but tests need a refusal."""
        self._secret = secrets.token_bytes(32)

    def service_of(self, token: str) -> str | None:
        """Return the service account of a token, None for a bad or expired token."""
        try:
            claims = jwt.decode(token, self._secret, algorithms=["HS256"], options=NO_TIMES)
            demand_in_time(claims, self.clock.now())
        except (jwt.PyJWTError, RefusedError):
            return None
        return str(claims["service_slug"])

    def _exchange(self, org: str, request: Request) -> Answer:
        if request.method != "POST":
            return json_answer({"detail": f'Method "{request.method}" not allowed.'}, 405, {"Allow": "POST, OPTIONS"})
        try:
            service = self._authenticate(org, *_parameters(request.body))
        except (RefusedError, *PROBLEMS) as problem:
            self.refusals.append(reason_of(problem))
            return getattr(problem, "answer", None) or NOT_AUTHENTICATED
        return json_answer({"token": self.issue(service)}, 201)

    def _authenticate(self, org: str, token: str, service: str) -> str:
        """The service account for an ID token, which is verified against uploaded keys or the issuer's own documents.

        If several providers have the same URL, one that authenticates the token is enough.
        """
        if org not in self.providers:
            raise RefusedError(f"no workspace {org}", NOT_FOUND)
        issuer = issuer_of(token)
        providers = [known for known in self.providers[org] if issuer in self._issuers(known)]
        if not providers:
            raise RefusedError(f"no provider for issuer {issuer!r}")
        problems: dict[str, Exception] = {}
        for provider in providers:
            try:
                claims = self.verifier.claims(token, self.clock.now(), self.cannot_reach, provider.believed_keys)
                return self._admit(org, provider, claims, service)
            except (RefusedError, *PROBLEMS) as problem:
                problems[provider.name] = problem
        answer = next((problem.answer for problem in problems.values() if isinstance(problem, RefusedError)), None)
        raise RefusedError("; ".join(f"{name}: {reason_of(problem)}" for name, problem in problems.items()), answer)

    def _issuers(self, provider: Provider) -> set[str]:
        """Return the issuers that match a provider's URL."""
        return {provider.issuer} if self.slash_matters else {provider.issuer, provider.issuer.removesuffix("/")}

    def _admit(self, org: str, provider: Provider, claims: Mapping[str, Any], service: str) -> str:
        """The service account that a provider gives to the claims of a verified token.

        A dynamic provider chooses it, whichever was asked for: so says the vendor's page
        authentication/dynamic-oidc-mapping, a draft. Raises `RefusedError`.
        """
        if not provider.enabled:
            raise RefusedError("disabled")
        for name, pattern in provider.claims.items():
            if not self._fits(claims.get(name), pattern):
                raise self._refused("claim", f"claim {name} is {claims.get(name)!r}, not {pattern!r}")
        if provider.mapping_claim is None:
            if service not in provider.services:
                known = service in self.workspaces.accounts(org)
                raise self._refused("unlinked" if known else "unknown", f"service account {service} is not linked")
            return service
        value = claims.get(provider.mapping_claim)
        mapped = next((slug for pattern, slug in provider.mappings.items() if self._fits(value, pattern)), None)
        if mapped is None:
            raise RefusedError(f"no mapping for {provider.mapping_claim} {value!r}")
        if mapped != service and not self.mapping_overrides:
            raise RefusedError(f"{value!r} is mapped to {mapped}")
        return mapped

    def _refused(self, kind: str, reason: str) -> RefusedError:
        return RefusedError(reason, self.refusal_answers.get(kind))

    def _fits(self, found: object, required: object) -> bool:
        """Return whether a claim matches the required value. One member of a list is enough."""
        values = found if isinstance(found, list) and self.lists_match else [found]
        return found is not None and any(self._equals(value, required) for value in values)

    def _equals(self, value: object, required: object) -> bool:
        if not self.numbers_as_text and not (isinstance(value, str) and isinstance(required, str)):
            return value == required
        if self.regular_expressions:
            return bool(re.fullmatch(str(required), str(value)))
        prefixes = tuple(str(required).removesuffix(end) for end in self.wildcards if str(required).endswith(end))
        return str(value) == str(required) or str(value).startswith(prefixes)

    def _account(self, request: Request) -> Account | None:
        """Who asks: the owner of an API key, or the service account of a token of the exchange."""
        given = {name: request.headers.get(name, "") for name in ("X-Api-Key", "Authorization")}
        credential = given["X-Api-Key"] or given["Authorization"].removeprefix("Bearer ")
        taken = any(given[name] for name in self.api_headers)
        slug = self.service_of(credential) if taken else None
        return self.workspaces.account(slug) if slug else self.workspaces.keys.get(credential)

    def _user(self, request: Request) -> Answer:
        account = self._account(request)
        slug = account.slug if account else None
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
