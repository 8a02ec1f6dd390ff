"""Whether Cloudsmith can find the issuer, and whether the issuer's own document names the same issuer."""

from collections.abc import Iterator

from cloudsmith_oidc.errors import SettingsError, UnexpectedAnswerError
from cloudsmith_oidc.explain.evidence import Evidence
from cloudsmith_oidc.explain.findings import Finding, finding
from cloudsmith_oidc.explain.hosts import host_of, is_public
from cloudsmith_oidc.explain.text import shown
from cloudsmith_oidc.issuer_documents import OK, Document, configuration_url
from cloudsmith_oidc.redaction import one_line


def url(evidence: Evidence) -> Iterator[Finding]:
    """Check the form of `iss`."""
    if evidence.token is None:
        return
    if evidence.issuer is None:
        yield finding(
            "issuer-missing",
            found=f"iss is {shown(evidence.token.claims.get('iss'))}",
            expected="iss is the issuer's URL",
        )
        return
    host = host_of(evidence.issuer)
    found = f"iss is {one_line(evidence.issuer)}"
    if host and not is_public(host):
        yield finding("issuer-not-public", found=found, expected="a host that Cloudsmith can reach from the Internet")
    if host is None or not evidence.issuer.startswith("https://"):
        yield finding("issuer-not-https", found=found, expected="iss is an https URL")
    if evidence.issuer.endswith("/"):
        yield finding("issuer-trailing-slash", found=found, expected=f"iss is {one_line(evidence.issuer.rstrip('/'))}")


def discovery(evidence: Evidence) -> Iterator[Finding]:
    """Check that the discovery document is there, and that it names the token's issuer."""
    document = evidence.discovery
    if evidence.issuer is None or document is None or isinstance(document.error, SettingsError):
        return
    if document.content is None:
        unreachable = document.status != OK and not isinstance(document.error, UnexpectedAnswerError)
        yield finding(
            "discovery-unreachable" if unreachable else "discovery-not-json",
            found=document.trouble,
            expected=f"{one_line(configuration_url(evidence.issuer))} answers 200 with a JSON object of at most 1 MiB",
            hint=fetch_hint(document),
        )
    elif document.content.get("issuer") != evidence.issuer:
        yield finding(
            "discovery-issuer-mismatch",
            found=f"the document says {shown(document.content.get('issuer'))}, the token {one_line(evidence.issuer)}",
            expected="the same issuer in both, character by character",
        )


def fetch_hint(document: Document) -> str | None:
    """Return what to do where the network is the trouble, `None` where it is the document."""
    if document.error is None or isinstance(document.error, UnexpectedAnswerError):
        return None
    return f"{document.error.hint}. Cloudsmith has to fetch it too, from the Internet, over TLS with a public CA"
