"""Whether the issuer publishes the key that signed the token."""

import base64
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

import jwt

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.explain.checks.issuer import fetch_hint
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding, finding
from cloudsmith_oidc.explain.hosts import host_of
from cloudsmith_oidc.explain.text import shown
from cloudsmith_oidc.issuer_documents import ALGORITHM, first_few, public_key

_MAX_KEYS = 8
"""How many keys of the token's `kid` are tried. A key set has one; a hostile one could keep this machine busy."""


def location(evidence: Evidence) -> Iterator[Finding]:
    """Check that the keys are on the issuer's host, where a copy of the discovery document would have them, too."""
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
    """Check that the key set can be fetched and read."""
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
        yield finding("jwks-unreachable", found=document.trouble, expected=expected, hint=fetch_hint(document))
    elif _entries(evidence) is None:
        found = f"{shown(document.url)} has no list of keys"
        yield finding("jwks-unreachable", found=found, expected=expected)


def signature(evidence: Evidence) -> Iterator[Finding]:
    """Verify the token with the published key of its `kid`."""
    published = _entries(evidence)
    if evidence.token is None or published is None or evidence.token.header.get("alg") != ALGORITHM:
        return
    kid = evidence.token.header.get("kid")
    same = (entry for entry in published if isinstance(kid, str) and entry.get("kid") == kid)
    keys = list(_readable(islice(same, _MAX_KEYS)))
    if not keys:
        known = first_few(shown(entry.get("kid")) for entry in published) or "no key"
        yield finding(
            "key-not-in-jwks",
            found=f"the token's kid is {shown(kid)}; the key set holds {known}",
            expected=f"an RSA key with the kid {shown(kid)}" if kid is not None else "a kid in the token's header",
        )
    elif not any(_signed_with(evidence.token.text, key) for key in keys):
        yield finding(
            "signature-invalid",
            found=f"the published key {shown(kid)} did not sign this token",
            expected="the key that the issuer signs with now",
        )


def _jwks_uri(evidence: Evidence) -> object:
    return evidence.discovery.content.get("jwks_uri") if evidence.discovery and evidence.discovery.content else None


def _entries(evidence: Evidence) -> list[Mapping[str, Any]] | None:
    """Return the members of the key set that can be keys, `None` if there is no key set."""
    entries = evidence.jwks.content.get("keys") if evidence.jwks and evidence.jwks.content else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else None


def _readable(entries: Iterator[Mapping[str, Any]]) -> Iterator[jwt.PyJWK]:
    for entry in entries:
        with suppress(ValueError):
            yield public_key(entry)


def _signed_with(token: str, key: jwt.PyJWK) -> bool:
    signed, _, signature = token.rpartition(".")
    try:
        return key.Algorithm.verify(signed.encode(), key.key, base64.urlsafe_b64decode(signature + "=="))
    except ValueError:
        return False
