"""Whether the token says what a provider in Cloudsmith may require."""

from collections.abc import Iterator

from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding, finding
from cloudsmith_oidc.explain.matching import matches
from cloudsmith_oidc.explain.text import shown
from cloudsmith_oidc.redaction import one_line


def subject(evidence: Evidence) -> Iterator[Finding]:
    """Check that there is a subject."""
    if evidence.token is not None and not evidence.token.claims.get("sub"):
        yield finding(
            "subject-missing",
            found=f"sub is {shown(evidence.token.claims.get('sub'))}",
            expected="sub says which job this is",
        )


def audience(evidence: Evidence) -> Iterator[Finding]:
    """Check that there is an audience, and that it is the expected one. It may be a text or a list."""
    if evidence.token is None:
        return
    found, expected = evidence.token.claims.get("aud"), evidence.expectations.audience
    if not found or found == [""]:
        yield finding("audience-missing", found=f"aud is {shown(found)}", expected=shown(expected or "an audience"))
        return
    if isinstance(found, list):
        yield finding("audience-is-list", found=f"aud is {shown(found)}", expected="one text")
    if expected is not None and not matches(found, expected):
        yield finding("audience-mismatch", found=f"aud is {shown(found)}", expected=f"aud holds {one_line(expected)}")


def expected(evidence: Evidence) -> Iterator[Finding]:
    """Check the claims that the person expects, as Cloudsmith compares them: exactly, or up to a wildcard at the end.

    The person may expect of `iss` what is entered as the provider URL. Cloudsmith's own examples have a slash at its
    end for an issuer without one, so that such a slash is a doubt, and not a cause.
    """
    if evidence.token is None:
        return
    for name, value in evidence.expectations.claims:
        found = evidence.token.claims.get(name)
        if matches(found, value):
            continue
        label = one_line(name)
        slash_only = name == "iss" and evidence.issuer is not None and evidence.issuer == value.removesuffix("/")
        yield finding(
            "claim-mismatch",
            found=f"{label} is {shown(found)}",
            expected=f"{label} is {one_line(value)}",
            severity="info" if slash_only else None,
            hint="If nothing else explains a refusal, enter the provider URL in Cloudsmith without the slash at its end"
            if slash_only
            else None,
        )
