"""How a service verifies an ID token: with the documents that the issuer serves, or with an uploaded key set."""

from collections.abc import Collection, Mapping
from typing import Any

import httpx
import jwt
from jwt.types import Options

from sandbox.faults import Answer
from sandbox.network import CLOUDSMITH, Network

FETCH_SECONDS = 2.0
NO_TIMES: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
PROBLEMS = (jwt.PyJWTError, httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError)
"""The exceptions of a verification, besides `RefusedError`."""


class RefusedError(Exception):
    """The reason of a refusal, for the test, and the answer for the client, if it is known here."""

    def __init__(self, reason: str, answer: Answer | None = None) -> None:
        super().__init__(reason)
        self.answer = answer


def reason_of(problem: Exception) -> str:
    """Return why a verification failed, for the test."""
    return str(problem) if isinstance(problem, RefusedError) else f"{type(problem).__name__}: {problem}"


def issuer_of(token: str) -> Any:
    """Return the issuer that a token names, unverified."""
    return jwt.decode(token, options={"verify_signature": False}).get("iss")


def texts(value: object) -> list[str]:
    """Return the members of a claim that may be a list."""
    return [str(member) for member in (value if isinstance(value, list) else [value])]


def demand_in_time(claims: Mapping[str, Any], now: int) -> None:
    """Raise `RefusedError` if a token has expired or is not valid yet."""
    if float(claims["exp"]) <= now:
        raise RefusedError("expired")
    if max(float(claims[name]) for name in ("iat", "nbf") if name in claims) > now:
        raise RefusedError("not valid yet")


class Verifier:
    """Fetches documents as a service outside would: host names as the sandbox resolves them, TLS by its CA."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.proxy_url = ""

    def claims(
        self, token: str, now: int, cannot_reach: Collection[str] = (), uploaded: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The claims of a token that its issuer has signed. Raises `RefusedError` and `PROBLEMS`.

        `cannot_reach` are hosts to which this service finds no way. With an uploaded key set it fetches none.
        """
        issuer = issuer_of(token)
        keys = jwt.PyJWKSet.from_dict(self._served_keys(issuer, cannot_reach) if uploaded is None else uploaded)
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
        demand_in_time(claims, now)
        return claims

    def _served_keys(self, issuer: str, cannot_reach: Collection[str]) -> dict[str, Any]:
        discovery = self._fetch(f"{issuer}/.well-known/openid-configuration", cannot_reach)
        if discovery.get("issuer") != issuer:
            raise RefusedError(f"discovery names issuer {discovery.get('issuer')!r}, not {issuer!r}")
        return self._fetch(discovery.get("jwks_uri", ""), cannot_reach)

    def _fetch(self, url: str, cannot_reach: Collection[str]) -> dict[str, Any]:
        if httpx.URL(url).host in cannot_reach:
            raise RefusedError(f"cannot reach {url}")
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
