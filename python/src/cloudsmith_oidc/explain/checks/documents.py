"""Whether Cloudsmith can reach the issuer, or has its keys, and whether these verify the token."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

import jwt

from cloudsmith_oidc.errors import SettingsError, UnexpectedAnswerError
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding, finding
from cloudsmith_oidc.explain.hosts import can_be_fetched, host_of, is_public, same_origin
from cloudsmith_oidc.explain.shown import shown
from cloudsmith_oidc.issuer_documents import ALGORITHM, OK, Document, configuration_url, first_few, public_key
from cloudsmith_oidc.redaction import one_line

_MAX_KEYS = 8
"""How many keys of the token's `kid` are tried. A key set has one; a hostile one could keep this machine busy."""

_UPLOAD = (
    "Upload the issuer's present key set to {}. For Jenkins, cloudsmith-oidc discovery --output DIR writes it to "
    "DIR/jwks; saving the credential makes a new key, and so does each load of configuration as code"
)


def address(evidence: Evidence) -> Iterator[Finding]:
    """Check that Cloudsmith can reach `iss`, unless it has uploaded keys or has granted the exchange."""
    if not evidence.issuer or evidence.uploaded_to or evidence.granted:
        return
    host, found = host_of(evidence.issuer), f"iss is {one_line(evidence.issuer)}"
    if host and not is_public(host):
        yield finding("issuer-not-public", found, "a host that Cloudsmith can reach, or uploaded keys")
    if not evidence.issuer.startswith("https://") or not can_be_fetched(evidence.issuer):
        yield finding("issuer-not-https", found, "iss is an https URL without a user name")
    if evidence.issuer.endswith("/"):
        yield finding("issuer-trailing-slash", found, f"iss is {one_line(evidence.issuer.rstrip('/'))}")


def published(evidence: Evidence) -> Iterator[Finding]:
    """Check that both documents are there, that the first one names the token's issuer, and where it says the keys are.

    A key set on another host or port than the issuer's is not fetched.
    """
    issuer, document, jwks = evidence.issuer, evidence.discovery, evidence.jwks
    if not issuer or document is None or isinstance(document.error, SettingsError):
        return
    if document.content is None:
        unreachable = document.status != OK and not isinstance(document.error, UnexpectedAnswerError)
        code = "discovery-unreachable" if unreachable else "discovery-not-json"
        expected = f"{one_line(configuration_url(issuer))} answers 200 with a JSON object of at most 1 MiB"
        yield finding(code, document.trouble, expected, hint=_network_hint(document))
        return
    if document.content.get("issuer") != issuer:
        found = f"the document says {shown(document.content.get('issuer'))}, the token {one_line(issuer)}"
        yield finding("discovery-issuer-mismatch", found, "the same issuer in both, character by character")
    uri = document.content.get("jwks_uri")
    expected = "jwks_uri answers 200 with a key set: a JSON object with a list of keys"
    if isinstance(uri, str) and host_of(uri) and not same_origin(uri, issuer):
        begins = f"jwks_uri begins with {one_line(issuer.rstrip('/'))}"
        yield finding("jwks-host-mismatch", f"jwks_uri is {shown(uri)}", begins)
    elif jwks is None:
        yield finding("jwks-unreachable", f"jwks_uri is {shown(uri)}", "jwks_uri is a public https URL")
    elif jwks.content is None and not isinstance(jwks.error, SettingsError):
        yield finding("jwks-unreachable", jwks.trouble, expected, hint=_network_hint(jwks))
    elif jwks.content is not None and _keys(jwks.content) is None:
        yield finding("jwks-unreachable", f"{shown(jwks.url)} has no list of keys", expected)


def signature(evidence: Evidence) -> Iterator[Finding]:
    """Verify the token with the key of its `kid`: the one uploaded to the provider, or the published one."""
    what, keys, hint = "published", _keys(evidence.jwks.content if evidence.jwks else None), None
    if provider := evidence.uploaded_to:
        what, keys, hint = "uploaded", _keys(provider.jwks) or [], _UPLOAD.format(provider.title)
    if evidence.token is None or keys is None or evidence.token.header.get("alg") != ALGORITHM:
        return
    kid = evidence.token.header.get("kid")
    same = (key for key in keys if isinstance(kid, str) and key.get("kid") == kid)
    readable = list(_readable(islice(same, _MAX_KEYS)))
    if not readable:
        known = first_few(shown(key.get("kid")) for key in keys) or "no key"
        found = f"the token's kid is {shown(kid)}; the {what} key set holds {known}"
        expected = f"an RSA key with the kid {shown(kid)}" if kid is not None else "a kid in the token's header"
        yield finding("key-not-in-jwks", found, expected, hint=hint)
    elif not any(_signed_with(evidence.token.text, key) for key in readable):
        found = f"the {what} key {shown(kid)} did not sign this token"
        yield finding("signature-invalid", found, "the key that the issuer signs with now", hint=hint)


def _network_hint(document: Document) -> str | None:
    """Return what to do if the network is the trouble, None if the document is."""
    if document.error is None or isinstance(document.error, UnexpectedAnswerError):
        return None
    return f"{document.error.hint}. Cloudsmith must also fetch it, from the Internet, over TLS with a public CA"


def _keys(key_set: Mapping[str, Any] | None) -> list[Mapping[str, Any]] | None:
    """Return the members of a key set that can be keys, None if there is no list of them."""
    keys = key_set.get("keys") if key_set else None
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else None


def _readable(keys: Iterable[Mapping[str, Any]]) -> Iterator[jwt.PyJWK]:
    for key in keys:
        with suppress(ValueError):
            yield public_key(key)


def _signed_with(token: str, key: jwt.PyJWK) -> bool:
    signed, _, signature = token.rpartition(".")
    try:
        return key.Algorithm.verify(signed.encode(), key.key, base64.urlsafe_b64decode(signature + "=="))
    except ValueError:
        return False
