"""The way of a login, from the token to the repository, and what is known of each link of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cloudsmith_oidc.explain.comparison import comparisons, service_account
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import CODES, LINKS, Finding, Link
from cloudsmith_oidc.explain.hosts import host_of
from cloudsmith_oidc.explain.text import shown

State = Literal["ok", "BROKEN", "doubt", "not checked"]

_NAMES: dict[Link, str] = {
    "documents": "Issuer documents",
    "provider": "Cloudsmith provider",
    "service": "Service account",
    "repository": "Repository",
}
_ISSUER_SIDE = "They can be looked at once there is an ID token"
_CLOUDSMITHS_SIDE = "With an API key of a Manager or Owner in CLOUDSMITH_API_KEY, explain looks there, too"
_KEY_IS_NOT_ENOUGH = "What was read with the API key does not settle it"
_REPOSITORY = "With --repo, explain looks at the service account's privileges"
_LOOKED_AT: dict[Link, str] = {
    "token": _ISSUER_SIDE,
    "documents": _ISSUER_SIDE,
    "provider": _CLOUDSMITHS_SIDE,
    "service": _CLOUDSMITHS_SIDE,
    "repository": _CLOUDSMITHS_SIDE,
}


@dataclass(frozen=True)
class Stage:
    """One link of the chain: its name, which one it is in this diagnosis, its state, and what was found there.

    `looked_at` says, as a sentence, what it takes to look at a link that was not.
    """

    link: Link
    name: str
    which: str
    state: State
    findings: tuple[Finding, ...]
    looked_at: str


def chain(evidence: Evidence, findings: Iterable[Finding], issuer: str) -> tuple[Stage, ...]:
    """Return the links in their order. `findings` begin with the likeliest; `issuer` names the token's system."""
    telling = tuple(_telling(findings))
    which: dict[Link, str] = {
        "documents": shown(host_of(evidence.issuer or "")),
        "provider": shown(evidence.account.org),
        "service": shown(evidence.account.slug),
    }
    stages = []
    for link in LINKS:
        here = tuple(finding for finding in telling if CODES[finding.code].link == link)
        state = _state(here, looked_at=link in _links_looked_at(evidence))
        stages.append(
            Stage(link, _NAMES.get(link, issuer), which.get(link, ""), state, here, _looked_at(link, evidence))
        )
    return tuple(stages)


def _telling(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Leave out remarks, and a refusal that has an earlier cause: it is only the consequence."""
    for place, finding in enumerate(findings):
        if finding.severity != "info" and (finding.code != "exchange-refused" or place == 0):
            yield finding


def _state(findings: tuple[Finding, ...], *, looked_at: bool) -> State:
    if any(finding.severity == "error" for finding in findings):
        return "BROKEN"
    if findings:
        return "doubt"
    return "ok" if looked_at else "not checked"


def _looked_at(link: Link, evidence: Evidence) -> str:
    """Say what it takes to look at a link, without asking for an API key that was given."""
    if evidence.cloudsmith is None or _LOOKED_AT[link] != _CLOUDSMITHS_SIDE:
        return _LOOKED_AT[link]
    return _REPOSITORY if link == "repository" and not evidence.expectations.repositories else _KEY_IS_NOT_ENOUGH


def _links_looked_at(evidence: Evidence) -> set[Link]:
    links: set[Link] = set()
    if evidence.token is not None:
        links.add("token")
    if evidence.jwks is not None and evidence.jwks.content is not None:
        links.add("documents")
    if evidence.granted:
        links |= {"documents", "provider", "service"}
    # What is not met here although it was read is a finding, so that its link is no longer unchecked.
    if comparisons(evidence):
        links.add("provider")
    if evidence.cloudsmith is not None and service_account(evidence) is not None:
        links.add("service")
        if evidence.cloudsmith.repositories:
            links.add("repository")
    return links
