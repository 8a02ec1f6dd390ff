"""Whether Cloudsmith authorizes this token: the provider, its claims, the service account, and its privileges."""

from collections.abc import Iterator
from urllib.parse import unquote

from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import CODES, WITHOUT_SLASH, Finding, finding
from cloudsmith_oidc.explain.hosts import host_of
from cloudsmith_oidc.explain.matching import (
    FAR,
    ClaimMatch,
    address,
    as_compared,
    distance,
    matches,
    nearest,
    url_differences,
)
from cloudsmith_oidc.explain.shown import shown
from cloudsmith_oidc.explain.workspace import DOMAINS, NOT_FOUND
from cloudsmith_oidc.issuer_documents import first_few
from cloudsmith_oidc.redaction import one_line

_MAX_FINDINGS = 5
"""Of one kind. The report's table has the rest."""
_MUST_BE_USED = ("docker", "helm.oci")
"""The hosts that Cloudsmith's pages on Docker and OCI call replaced: "you must use it to authenticate and push"."""
_SLUG_FIRST = "Check the slug: Cloudsmith answers 404 if it does not exist or if the key's owner may not see it. "


def unread(evidence: Evidence) -> Iterator[Finding]:
    """Report what the API key did not show."""
    for one in evidence.workspace.unread[:_MAX_FINDINGS]:
        expected = f"{one_line(one.what)} of the workspace {shown(evidence.account.org)}"
        hint = _SLUG_FIRST + CODES[one.code].action if one.status == NOT_FOUND else None
        found = f"{one_line(one.what)}: {one.why}"
        yield finding(one.code, found, expected, hint=hint, severity="info" if one.what == DOMAINS else None)


def provider_url(evidence: Evidence) -> Iterator[Finding]:
    """Check that there is a provider for the token's issuer; if not, name the nearest and the difference."""
    known, issuer = evidence.workspace.providers, evidence.issuer
    if known is None or not issuer:
        return
    if evidence.provider is not None:
        url = evidence.provider.provider.url
        if url != issuer:
            found = f"{evidence.provider.provider.title} has the URL {shown(url)}"
            expected = f"{one_line(issuer)}, without the slash at the end"
            yield finding("provider-missing", found, expected, hint=WITHOUT_SLASH, severity="info")
        return
    hint = None
    closest = min(known, key=lambda one: distance(one.url, issuer), default=None)
    if closest is None:
        found = "the workspace has no provider"
    elif distance(closest.url, issuer) >= FAR:
        found = f"the providers have other URLs: {first_few(one.url for one in known)}"
    else:
        differences = " and ".join(url_differences(closest.url, issuer))
        found = f"the nearest is {closest.title} with the URL {shown(closest.url)}: {differences}"
        hint = f"In {closest.title}, enter the provider URL {one_line(issuer)}"
        if address(closest.url).folder != address(issuer).folder:
            hint += f". Or bind a credential of {address(closest.url).scope}: each folder has an issuer of its own"
    yield finding("provider-missing", found, f"a provider with the URL {one_line(issuer)}", hint=hint)


def provider(evidence: Evidence) -> Iterator[Finding]:
    """Check that the provider is enabled, and each claim that it requires."""
    match = evidence.provider
    if match is None:
        return
    name = match.provider.title
    if not match.provider.enabled:
        yield finding("provider-disabled", f"{name} is disabled", "an enabled provider")
    for claim in match.unfit[:_MAX_FINDINGS]:
        label = one_line(claim.name)
        found, expected = f"{label} is {shown(claim.found)}, but {name} requires another value", shown(claim.required)
        yield finding("provider-claim-mismatch", found, f"{label} is {expected}", hint=_remedy(claim, evidence))


def service(evidence: Evidence) -> Iterator[Finding]:
    """Check that the service account exists."""
    known, asked = evidence.workspace.services, evidence.account.slug
    if known is None or evidence.service or not asked:
        return
    meant = evidence.meant_service
    slugs = first_few(one.slug for one in known) or "no service account"
    hint = f"Give {shown(meant)}, if that is the one meant, with --service or CLOUDSMITH_SERVICE_SLUG"
    found = f"the workspace has no service account {shown(asked)} (it has {slugs})"
    yield finding("service-unknown", found, f"a service account {shown(asked)}", hint=hint if meant != asked else None)


def access(evidence: Evidence) -> Iterator[Finding]:
    """Check that the provider gives access to the service account: by a link, or by a dynamic mapping."""
    match = evidence.provider
    if match is None:
        return
    name, asked = match.provider.title, shown(evidence.account.slug)
    label, value = one_line(match.provider.mapping_claim), evidence.claims.get(match.provider.mapping_claim)
    if match.way == "not linked" and (evidence.workspace.services is None or evidence.service):
        linked = first_few(match.provider.services) or "no service account"
        yield finding("provider-service-unlinked", f"{name} is linked to {linked}", f"a link to {asked}")
    elif match.way == "no mapping":
        known = [required for required, _ in match.provider.mappings or ()]
        hint = f"The token has no {label}: map another claim{_or_add_it(evidence)}" if value is None else None
        if near := nearest(as_compared(value), known):
            hint = f"The nearest value is {shown(near)}: correct it in Cloudsmith, or add {shown(value)}"
        found = f"{label} is {shown(value)}; {name} maps {first_few(known) or 'no value'}"
        expected = f"a mapping from a value of {label} to {asked}"
        yield finding("provider-mapping-missing", found, expected, hint=hint)
    elif match.way == "mapped to another":
        found = f"{name} maps {label} = {shown(value)} to {shown(match.mapped)}"
        hint = f"Log in as {shown(match.mapped)}, or correct the mapping in Cloudsmith"
        yield finding("provider-mapping-missing", found, f"a mapping to {asked}", hint=hint)


def repositories(evidence: Evidence) -> Iterator[Finding]:
    """Check that the service account has the privilege on each repository that the settings ask for."""
    service, needed = evidence.service, evidence.expectations.level
    for one in evidence.workspace.repositories if service else ():
        if one.grants(needed) is False:
            has = "no privilege" if one.level == "None" else one.level
            found = f"{shown(evidence.account.slug)} has {has} on {one.slug}"
            yield finding("repository-forbidden", found, f"{needed} on {one.slug}")


def domains(evidence: Evidence) -> Iterator[Finding]:
    """Check that the job uses a custom domain where Cloudsmith demands it."""
    for label in _MUST_BE_USED:
        known = {key: url for key, url in evidence.domains.items() if key.partition(":")[0] == label}
        if known and evidence.expectations.domain_urls.isdisjoint(known.values()):
            names = first_few(f"{key}={host_of(url)}" for key, url in known.items())
            yield finding("domain-unused", f"the job uses {label}.cloudsmith.io", f"the custom domain {names}")


def _remedy(claim: ClaimMatch, evidence: Evidence) -> str | None:
    """Return the way to mend a required claim, None if the mistake is not one of the usual ones."""
    if isinstance(claim.found, str):
        return next(_mistakes(as_compared(claim.required), claim.found), None)
    if claim.found is not None:
        return None
    other = next((name for name in evidence.claims if name.casefold() == claim.name.casefold()), None)
    other = other or next((name for name, value in evidence.claims.items() if matches(value, claim.required)), None)
    if other is not None:
        return f"The token has this value in {one_line(other)}: require that claim in Cloudsmith instead"
    has = f"The token has no such claim; it has {first_few(evidence.claims)}"
    return f"{has}. Remove it from the provider in Cloudsmith{_or_add_it(evidence)}"


def _or_add_it(evidence: Evidence) -> str:
    return evidence.system.more_claims and f", or {evidence.system.more_claims}"


def _mistakes(required: str, found: str) -> Iterator[str]:
    """Yield what to do about the usual mistakes in a required claim."""
    if "*" in required[:-1]:
        yield "A wildcard works at the end of a value only: correct it in Cloudsmith"
    if required.strip().rstrip("/") == found.rstrip("/"):
        yield "They differ in a slash or white space at an end: enter the token's value in Cloudsmith"
    if required.casefold() == found.casefold():
        yield "They differ in upper and lower case: enter the token's value in Cloudsmith"
    if unquote(required) == unquote(found):
        yield "They differ in how characters are escaped: enter the token's value in Cloudsmith"
    if required.partition("://")[2] == found.partition("://")[2] != "":
        yield "One has http where the other has https: correct the claim in Cloudsmith, or the issuer's settings"
    if required.endswith("/") and found.startswith(required):
        yield "The required value is a folder without a wildcard: enter the job, or add one (the pages show .* and *)"
