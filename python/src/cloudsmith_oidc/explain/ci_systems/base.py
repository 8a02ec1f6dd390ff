"""What a CI system that issues ID tokens states about them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cloudsmith_oidc.redaction import redact

_MAX_LENGTH = 1000
"""Longer values are not suggested: nobody could enter them, and nobody could read a report of them."""

Claims = Mapping[str, Any]
"""The claims of a token, unverified: any JSON."""


@dataclass(frozen=True)
class Choice:
    """Required claims to enter in Cloudsmith: what they single out, and what they authorize."""

    scope: str
    claims: Mapping[str, str]
    authorizes: str


@dataclass(frozen=True, kw_only=True)
class CiSystem:
    """One system.

    `issued` recognises its tokens. `claims` are those that a report shows, with their meaning. `choices` are sets of
    required claims, from the narrowest to the widest; `aud` is added to each if it is text. `setup` returns the
    configuration of the system itself for a token's header and claims, under `setup_title`. `hints` say, by a finding's
    code, what to do where the action in `CODES`, which is written for Jenkins, does not fit. `more_claims` says how
    people can add a claim to the tokens, if they can.
    """

    name: str
    issued: Callable[[Claims], bool]
    claims: Mapping[str, str]
    choices: Callable[[Claims], Iterable[Choice]]
    setup_title: str
    setup: Callable[[Claims, Claims], str]
    hints: Mapping[str, str] = field(default_factory=dict)
    more_claims: str = ""


def choices_of(*rungs: tuple[str, tuple[str, ...], str]) -> Callable[[Claims], Iterator[Choice]]:
    """Return choices that require the token's own values of some claims: the scope, their names, what they authorize.

    A choice is left out if the token lacks one of its claims. "false" singles nothing out.
    """

    def choices(claims: Claims) -> Iterator[Choice]:
        for scope, names, authorizes in rungs:
            values = {name: enterable(claims.get(name)) for name in names}
            if not {"", "false"} & set(values.values()):
                yield Choice(scope, values, authorizes)

    return choices


def issuer_url(claims: Claims) -> str:
    """Return `iss` without a slash at its end, "" if it is not text."""
    return enterable(claims.get("iss")).rstrip("/")


def enterable(value: object) -> str:
    """Return a claim as people can enter it somewhere: printable, and not too long. Return "" if it is no such text."""
    if not isinstance(value, str) or len(value) > _MAX_LENGTH:
        return ""
    return "".join(filter(str.isprintable, redact(value)))


def audience(claims: Claims) -> str:
    """Return the audience, which may be the one member of a list, "" if there is no single one."""
    value = claims.get("aud")
    return enterable(value[0] if isinstance(value, list) and len(value) == 1 else value)


def yaml_text(value: str) -> str:
    """Return `value` as a string in YAML, of which JSON is a part."""
    return json.dumps(value, ensure_ascii=False)


def hints(name: str, *, token: str, audience: str) -> dict[str, str]:
    """Return hints for a system that serves its issuer's documents itself.

    `token` says how a job gets its token, and `audience` where the token's audience comes from.
    """
    external = f"If {name} is a server of your own, "
    unchanged = f"Pass on the token unchanged. {token}"
    clocks = f"Synchronise this machine's clock with NTP. {external}also synchronise its clock"
    kept = ("algorithm-unexpected", "issuer-missing", "signature-invalid", "subject-missing")
    return dict.fromkeys(kept, unchanged) | {
        "clock-skew": clocks,
        "token-expired": f"Get the token right before the login. {token}",
        "token-not-yet-valid": clocks,
        "issuer-not-public": f"{external}upload its key set to the provider, or give it a public https URL",
        "issuer-not-https": f"{external}serve it over https, and set its external URL to that address",
        "issuer-trailing-slash": f"{external}remove the slash from its external URL",
        "discovery-unreachable": "Make ISSUER/.well-known/openid-configuration answer 200 without a login. "
        f"{external}look at the proxy and the login in front of it",
        "discovery-issuer-mismatch": f"{external}make its external URL equal to iss, character by character. Otherwise "
        "look for a proxy in between",
        "jwks-host-mismatch": f"{name} publishes its keys on the issuer's own host: look for a proxy in between",
        "key-not-in-jwks": f"Get a fresh token: {name} may have changed its keys. {token}",
        "audience-missing": f"{audience} Enter the same in Cloudsmith if its provider requires aud",
        "audience-mismatch": f"Make it equal to the claim aud in Cloudsmith's provider. {audience}",
        "claim-mismatch": "Correct the required claim in Cloudsmith's provider, or run the job that it is meant for",
        "provider-claim-mismatch": "Correct the required claim in Cloudsmith, or run the job that it is meant for",
    }
