"""What a system that issues ID tokens states about them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cloudsmith_oidc.redaction import redact

_MAX_LENGTH = 1000
"""Longer values are not suggested: nobody could enter them, and nobody could read a report of them."""

Claims = Mapping[str, Any]
"""What a token says, unverified: any JSON."""


@dataclass(frozen=True)
class Choice:
    """Required claims to enter in Cloudsmith: what they single out, and whom they let in."""

    scope: str
    claims: Mapping[str, str]
    lets_in: str


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """One system.

    `issued` recognises a token of it. `claims` are those that a report shows, with what they mean. `choices` are sets
    of required claims, from the narrowest to the widest; `aud` is added to each where it is a text. `setup` writes
    what a token's header and claims call for in the system itself, under `setup_title`. `hints` say, by a finding's
    code, what to do where the action in `CODES`, which is written for Jenkins, does not fit. `more_claims` says how a
    claim gets into the tokens where people can add some.
    """

    name: str
    issued: Callable[[Claims], bool]
    claims: Mapping[str, str]
    choices: Callable[[Claims], Iterable[Choice]]
    setup_title: str
    setup: Callable[[Claims, Claims], str]
    hints: Mapping[str, str] = field(default_factory=dict)
    more_claims: str = ""


@dataclass(frozen=True)
class Rung:
    """A choice that requires what the token itself has in `claims`."""

    scope: str
    claims: tuple[str, ...]
    lets_in: str


def ladder(*rungs: Rung) -> Callable[[Claims], Iterator[Choice]]:
    """Make choices of those rungs whose claims the token has. What is "false" singles nothing out."""

    def choices(claims: Claims) -> Iterator[Choice]:
        for rung in rungs:
            values = {name: text(claims.get(name)) for name in rung.claims}
            if not {"", "false"} & set(values.values()):
                yield Choice(rung.scope, values, rung.lets_in)

    return choices


def issuer_url(claims: Claims) -> str:
    """Return `iss` as text without a slash at its end, empty where there is none."""
    return text(claims.get("iss")).rstrip("/")


def text(value: object) -> str:
    """Return a claim as it can be entered somewhere: printable, and not too long. Empty if it is no such text."""
    if not isinstance(value, str) or len(value) > _MAX_LENGTH:
        return ""
    return "".join(filter(str.isprintable, redact(value)))


def audience(claims: Claims) -> str:
    """Return the audience, which may be the one member of a list."""
    value = claims.get("aud")
    return text(value[0] if isinstance(value, list) and len(value) == 1 else value)


def quoted(value: str) -> str:
    """Quote for YAML, of which JSON is a part."""
    return json.dumps(value, ensure_ascii=False)


def hints(name: str, *, token: str, audience: str) -> dict[str, str]:
    """Return hints for a system that serves its issuer's documents itself.

    `token` says how a job gets its token, and `audience` where the token's audience comes from.
    """
    external = f"If {name} is a server of your own, "
    return {
        "clock-skew": f"Synchronise this machine's clock with NTP. {external}synchronise that one's, too",
        "token-expired": f"Get the token right before the login. {token}",
        "token-not-yet-valid": f"Synchronise this machine's clock with NTP. {external}synchronise that one's, too",
        "algorithm-unexpected": f"Pass on the token as it is. {token}",
        "issuer-missing": f"Pass on the token as it is. {token}",
        "issuer-not-public": f"{external}Cloudsmith has to reach it from the Internet: give it a public https URL",
        "issuer-not-https": f"{external}serve it over https, and set its external URL to that address",
        "issuer-trailing-slash": f"{external}remove the slash from its external URL",
        "discovery-unreachable": "Make ISSUER/.well-known/openid-configuration answer 200 without a login. "
        f"{external}look at the proxy and the login in front of it",
        "discovery-issuer-mismatch": f"{external}make its external URL equal to iss, character by character. Otherwise "
        "look for a proxy in between",
        "jwks-host-mismatch": f"{name} publishes its keys on the issuer's own host: look for a proxy in between",
        "key-not-in-jwks": f"Get a fresh token: {name} may have changed its keys. {token}",
        "signature-invalid": f"Pass on the token unchanged. {token}",
        "subject-missing": f"Pass on the token as it is. {token}",
        "audience-missing": f"{audience} Enter the same in Cloudsmith if its provider requires aud",
        "audience-mismatch": f"Make it equal to the claim aud in Cloudsmith's provider. {audience}",
        "claim-mismatch": "Correct the required claim in Cloudsmith's provider, or run the job that it is meant for",
        "provider-claim-mismatch": "Correct the required claim in Cloudsmith, or run the job that it is meant for",
        "audience-is-list": "If nothing else explains a refusal, try it without aud among the required claims",
    }
