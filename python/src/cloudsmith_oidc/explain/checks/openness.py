"""Whether Cloudsmith lets in more than it should: what a careful reviewer would say, with the narrower value."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from cloudsmith_oidc.explain.cloudsmith_side import LEVELS, Settings
from cloudsmith_oidc.explain.comparison import given, service_account
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding, finding
from cloudsmith_oidc.explain.matching import before_wildcard, matches, text
from cloudsmith_oidc.explain.text import shown
from cloudsmith_oidc.redaction import one_line

_MAX_FINDINGS = 5
_BOUNDARIES = ("/", ":")
_JOB = "/job/"
_ALL_ORGANIZATIONS = frozenset({"repo:", "project_path:", "org/", "https://github.com/", "https://gitlab.com/"})
"""What stands before the organization in the `sub` or the repository of GitHub Actions, GitLab and CircleCI."""
_NAMES_THE_ISSUER = frozenset({"iss", "aud"})
"""Claims that all tokens of one Jenkins credential have in common."""


@dataclass(frozen=True)
class _Opening:
    found: str
    narrower: str


def providers(evidence: Evidence) -> Iterator[Finding]:
    """Check what the enabled providers require, the one that the token meets first."""
    known = (evidence.cloudsmith.providers if evidence.cloudsmith else None) or ()
    ordered = sorted((one for one in known if one.enabled), key=lambda one: not one.serves(evidence.issuer))
    openings = ((one, opening) for one in ordered for opening in _openings(one, evidence))
    for one, opening in islice(openings, _MAX_FINDINGS):
        found = f"provider '{shown(one.name)}' {opening.found}"
        yield finding("provider-too-open", found=found, expected=opening.narrower)


def issuers(evidence: Evidence) -> Iterator[Finding]:
    """Check that the documents of the workspace's other issuers are still there."""
    for url, document in (evidence.cloudsmith.documents if evidence.cloudsmith else {}).items():
        if document.content is None:
            yield finding("provider-stale", found=document.trouble, expected=f"the documents of {shown(url)}")


def rights(evidence: Evidence) -> Iterator[Finding]:
    """Check that the service account has no more than the settings ask for."""
    account, side = service_account(evidence), evidence.cloudsmith
    if account is None or side is None:
        return
    if account.role in {"Manager", "Owner"}:
        yield finding(
            "service-too-powerful",
            found=f"{shown(account.slug)} is a {account.role} of the workspace, and may change its settings",
            expected="the role Member, and privileges on the repositories that it needs",
        )
    needed = "Write" if evidence.expectations.write else "Read"
    for repository in side.repositories:
        has = given(account, repository)
        if LEVELS.index(has) > LEVELS.index(needed):
            unless = "" if evidence.expectations.write else ", unless this build publishes (then give --write)"
            yield finding(
                "service-too-powerful",
                found=f"{shown(account.slug)} has {has} on {repository.slug}",
                expected=f"{needed} on {repository.slug}{unless}",
            )


def _openings(settings: Settings, evidence: Evidence) -> Iterator[_Opening]:
    narrower = _this_job(settings, evidence)
    if not settings.claims:
        yield _Opening("requires no claim: whoever gets a token of that issuer is let in", narrower)
    elif settings.serves(evidence.issuer) and _JOB not in settings.url and settings.claims.keys() <= _NAMES_THE_ISSUER:
        names = " and ".join(sorted(settings.claims))
        yield _Opening(f"requires only {names}, which every job of the controller can have", narrower)
    for name, required in settings.claims.items():
        start = before_wildcard(text(required))
        if start is not None:
            yield from _open_end(name, required, start, narrower)


def _open_end(name: str, required: object, start: str, narrower: str) -> Iterator[_Opening]:
    label = f"requires {one_line(name)} = {shown(required)}"
    if not start:
        yield _Opening(f"{label}, which is any value", narrower)
    elif start in _ALL_ORGANIZATIONS:
        yield _Opening(f"{label}, which is every organization", f"{one_line(start)}ORGANIZATION/ before the wildcard")
    elif not start.endswith(_BOUNDARIES):
        yield _Opening(
            f"{label}, which also lets in every longer name that begins so, such as {_tail(start)}-2",
            f"{one_line(name)} = {one_line(start)}/ before the wildcard",
        )
    elif name == "sub" and "://" in start and _JOB not in start:
        yield _Opening(f"{label}, which is every job of the controller", narrower)
    elif name == "sub" and _JOB in start:
        yield _Opening(
            f"{label}, which lets in pull requests, too, where a multibranch project is at or below {_tail(start)}",
            narrower,
        )


def _this_job(settings: Settings, evidence: Evidence) -> str:
    subject = evidence.token.claims.get("sub") if evidence.token else None
    let_in = settings.serves(evidence.issuer) and matches(subject, settings.claims.get("sub", "*"))
    if let_in and isinstance(subject, str) and subject:
        return f"sub = {shown(subject)}, for this job alone"
    return "a required claim that singles out the jobs which need the service account, such as sub"


def _tail(start: str) -> str:
    return shown(start.rstrip("/")[-_SHOWN_TAIL:].rpartition("/")[2])


_SHOWN_TAIL = 100
