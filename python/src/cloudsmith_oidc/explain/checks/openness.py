"""Whether Cloudsmith authorizes more than it should: the remarks of a careful reviewer, with the narrower value."""

from collections.abc import Iterator
from itertools import islice

from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding, finding
from cloudsmith_oidc.explain.matching import as_compared, before_wildcard, matches
from cloudsmith_oidc.explain.shown import shown
from cloudsmith_oidc.explain.workspace import LEVELS, Provider
from cloudsmith_oidc.redaction import one_line

_MAX_FINDINGS = 5
_BOUNDARIES = ("/", ":")
_JOB = "/job/"
_SHOWN_TAIL = 100
_ALL_ORGANIZATIONS = frozenset({"repo:", "project_path:", "org/", "https://github.com/", "https://gitlab.com/"})
"""The text before the organization in the `sub` or the repository of GitHub Actions, GitLab and CircleCI."""
_SAME_FOR_ALL_JOBS = frozenset({"iss", "aud"})
"""Claims that all tokens of one Jenkins credential have in common."""


def providers(evidence: Evidence) -> Iterator[Finding]:
    """Check the requirements of the enabled providers, first of those that have the token's issuer."""
    enabled = (one for one in evidence.workspace.providers or () if one.enabled)
    ordered = sorted(enabled, key=lambda one: not one.has_issuer(evidence.issuer))
    openings = ((one, *opening) for one in ordered for opening in _openings(one, evidence))
    for one, found, narrower in islice(openings, _MAX_FINDINGS):
        yield finding("provider-too-open", f"{one.title} {found}", narrower)


def other_issuers(evidence: Evidence) -> Iterator[Finding]:
    """Check that the documents of the workspace's other issuers are still there."""
    for url, document in evidence.workspace.documents.items():
        if document.content is None:
            yield finding("provider-stale", document.trouble, f"the documents of {shown(url)}")


def rights(evidence: Evidence) -> Iterator[Finding]:
    """Check that the service account has no more rights than the settings ask for."""
    service, needed = evidence.service, evidence.expectations.level
    if service is None:
        return
    if service.role in {"Manager", "Owner"}:
        found = f"{shown(service.slug)} is a {service.role} of the workspace, and may change its settings"
        expected = "the role Member, and privileges on the repositories that it needs"
        yield finding("service-too-powerful", found, expected)
    unless = "" if evidence.expectations.write else ", unless this build publishes (then give --write)"
    for one in evidence.workspace.repositories:
        if LEVELS.index(one.granted) > LEVELS.index(needed):
            found = f"{shown(service.slug)} has {one.granted} on {one.slug}"
            yield finding("service-too-powerful", found, f"{needed} on {one.slug}{unless}")


def _openings(provider: Provider, evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Yield each requirement that is too wide, and the narrower value."""
    narrower = _this_job(provider, evidence)
    jenkins = provider.has_issuer(evidence.issuer) and _JOB not in provider.url
    if not provider.claims:
        yield "requires no claim: it authenticates everybody with a token of that issuer", narrower
    elif jenkins and provider.claims.keys() <= _SAME_FOR_ALL_JOBS:
        names = " and ".join(sorted(provider.claims))
        yield f"requires only {names}, which every job of the controller can have", narrower
    for name, required in provider.claims.items():
        start = before_wildcard(as_compared(required))
        if start is not None:
            yield from _open_end(name, required, start, narrower)


def _open_end(name: str, required: object, start: str, narrower: str) -> Iterator[tuple[str, str]]:
    label, tail = f"requires {one_line(name)} = {shown(required)}", start.rstrip("/")[-_SHOWN_TAIL:].rpartition("/")[2]
    if not start:
        yield f"{label}, which is any value", narrower
    elif start in _ALL_ORGANIZATIONS:
        yield f"{label}, which is every organization", f"{one_line(start)}ORGANIZATION/ before the wildcard"
    elif not start.endswith(_BOUNDARIES):
        found = f"{label}, which also matches every longer name that begins so, such as {shown(tail)}-2"
        yield found, f"{one_line(name)} = {one_line(start)}/ before the wildcard"
    elif name == "sub" and "://" in start and _JOB not in start:
        yield f"{label}, which is every job of the controller", narrower
    elif name == "sub" and _JOB in start:
        found = f"{label}, which also matches pull requests if a multibranch project is at or below {shown(tail)}"
        yield found, narrower


def _this_job(provider: Provider, evidence: Evidence) -> str:
    subject = evidence.claims.get("sub")
    accepted = provider.has_issuer(evidence.issuer) and matches(subject, provider.claims.get("sub", "*"))
    if accepted and isinstance(subject, str) and subject:
        return f"sub = {shown(subject)}, for this job alone"
    return "a required claim that singles out the jobs which need the service account, such as sub"
