"""Whether the issuer publishes the key that signed the token."""

from collections.abc import Iterator, Mapping
from typing import Any

import jwt

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.explain.checks.issuer import fetch_hint, fetch_trouble
from cloudsmith_oidc.explain.checks.token import ALGORITHM
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding, finding
from cloudsmith_oidc.explain.hosts import host_of
from cloudsmith_oidc.explain.text import shown


def location(evidence: Evidence) -> Iterator[Finding]:
    """Check that the keys are beside the discovery document, where a copy of it would also have them."""
    jwks_uri = _jwks_uri(evidence)
    if evidence.issuer is None or not isinstance(jwks_uri, str):
        return
    host = host_of(jwks_uri)
    if host is not None and host != host_of(evidence.issuer):
        yield finding(
            "jwks-host-mismatch",
            found=f"jwks_uri is {shown(jwks_uri)}",
            expected=f"jwks_uri on the issuer's host, {shown(host_of(evidence.issuer))}",
        )


def key_set(evidence: Evidence) -> Iterator[Finding]:
    """Check that the key set can be had."""
    if evidence.discovery is None or evidence.discovery.content is None:
        return
    expected = "jwks_uri answers 200 with a key set: a JSON object with a list of keys"
    document = evidence.jwks
    if document is None:
        found = f"jwks_uri is {shown(_jwks_uri(evidence))}"
        yield finding("jwks-unreachable", found=found, expected="jwks_uri is a public https URL")
    elif isinstance(document.error, SettingsError):
        return
    elif document.content is None:
        found = fetch_trouble(document)
        yield finding("jwks-unreachable", found=found, expected=expected, hint=fetch_hint(document))
    elif _keys(document.content) is None:
        found = f"{shown(document.url)} has no list of keys"
        yield finding("jwks-unreachable", found=found, expected=expected)


def signature(evidence: Evidence) -> Iterator[Finding]:
    """Verify the token with the published key of its `kid`."""
    published = _keys(evidence.jwks.content) if evidence.jwks and evidence.jwks.content else None
    if evidence.token is None or published is None or evidence.token.header.get("alg") != ALGORITHM:
        return
    kid = evidence.token.header.get("kid")
    keys = [key for entry in published if entry.get("kid") == kid and (key := _rsa_key(entry))]
    if kid is None or not keys:
        known = ", ".join(shown(entry.get("kid")) for entry in published) or "no key"
        yield finding(
            "key-not-in-jwks",
            found=f"the token's kid is {shown(kid)}; the key set holds {known}",
            expected=f"an RSA key with the kid {shown(kid)}" if kid is not None else "a kid in the token's header",
        )
    elif not any(_signed_with(evidence.token.text, key) for key in keys):
        yield finding(
            "signature-invalid",
            found=f"the published key {shown(kid)} did not sign this token",
            expected="the key that Jenkins signs with now",
        )


def _jwks_uri(evidence: Evidence) -> object:
    return evidence.discovery.content.get("jwks_uri") if evidence.discovery and evidence.discovery.content else None


def _keys(content: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    keys = content.get("keys")
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else None


def _rsa_key(entry: dict[str, Any]) -> jwt.PyJWK | None:
    try:
        return jwt.PyJWK(entry, ALGORITHM)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None


def _signed_with(token: str, key: jwt.PyJWK) -> bool:
    try:
        jwt.PyJWS().decode(token, key, algorithms=[ALGORITHM])
    except jwt.PyJWTError:
        return False
    return True
